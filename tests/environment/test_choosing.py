"""Which environment is taken for a project's own."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from pybackend.environment import Chosen, Environment

from .places import LIBRARY, virtual, write

PROJECT = "[project]\nname = 'My_Shop.App'\ndependencies = ['django']\n"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return write(tmp_path / "work" / "shop", {"pyproject.toml": PROJECT})


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return write(tmp_path / "home", {"readme": ""})


def version(root: Path, chosen: Chosen | None = None) -> str | None:
    return Environment(root, chosen=chosen).version("django")


@pytest.mark.parametrize("name", [".venv", "venv", "env"])
def test_in_the_project(name: str, root: Path) -> None:
    virtual(root / name, {"Django": "5.1"})
    assert version(root) == "5.1"
    assert Environment(root).libraries == (root / name / LIBRARY,)


def test_a_directory_that_is_called_so_is_no_environment(root: Path) -> None:
    virtual(root / "env", {"django": "5.1"})
    (root / "env" / "pyvenv.cfg").unlink()
    assert version(root) is None and Environment(root).libraries == ()


def test_windows(root: Path) -> None:
    virtual(root / ".venv", {"django": "5.1"}, "Lib/site-packages")
    write(root / ".venv", {"Scripts/python.exe": ""})
    assert version(root) == "5.1"
    assert version(root, Chosen(editor=root / ".venv" / "Scripts" / "python.exe")) == "5.1"


def test_what_is_said_counts_more_than_what_is_found(root: Path, tmp_path: Path) -> None:
    virtual(root / ".venv", {"django": "1.0"})
    editor = Chosen(editor=virtual(tmp_path / "editor", {"django": "2.0"}) / "bin" / "python")
    assert version(root, editor) == "2.0"
    python = editor._replace(python=virtual(tmp_path / "setting", {"django": "3.0"}))
    assert version(root, python) == "3.0"
    packages = python._replace(site_packages=(virtual(tmp_path / "own", {"django": "4.0"}) / LIBRARY,))
    assert version(root, packages) == "4.0"
    assert version(root, Chosen(python=tmp_path / "missing", site_packages=(tmp_path / "none",))) == "1.0"


def test_a_bare_interpreter(root: Path, tmp_path: Path) -> None:
    system = write(
        tmp_path / "usr",
        {
            "bin/python3.12": "",
            "lib/python3.11/site-packages/django-4.2.dist-info/METADATA": "",
            "lib/python3.12/site-packages/django-5.0.dist-info/METADATA": "",
            "lib/python3/dist-packages/celery-5.3.0.egg-info": "Metadata-Version: 2.1\nVersion: 5.3.0\n",
        },
    )
    (system / "bin" / "python3").symlink_to(system / "bin" / "python3.12")
    chosen = Chosen(editor=system / "bin" / "python3")
    assert version(root, chosen) == "5.0"
    assert Environment(root, chosen=chosen).version("celery") == "5.3.0"
    virtual(root / ".venv", {"django": "5.1"})
    assert version(root, chosen) == "5.1"


def test_packages_of_the_system_where_an_environment_includes_them(root: Path, tmp_path: Path) -> None:
    system = {"bin/python": "", f"{LIBRARY}/django-4.0.dist-info/METADATA": ""}
    write(tmp_path / "usr", {**system, f"{LIBRARY}/celery-5.3.dist-info/METADATA": ""})
    virtual(root / ".venv", {"django": "5.1"})
    setting = f"include-system-site-packages = true\nhome = {tmp_path}/usr/bin\nversion = 3.12.1\n"
    write(root / ".venv", {"pyvenv.cfg": setting})
    found = Environment(root)
    assert found.version("django") == "5.1" and found.version("celery") == "5.3"


def test_the_active_one_where_it_may_be_the_projects(root: Path, tmp_path: Path) -> None:
    chosen = Chosen(variables={"VIRTUAL_ENV": str(virtual(tmp_path / "active", {"django": "5.1"}))})
    assert version(root, chosen) == "5.1"
    write(root, {"uv.lock": '[[package]]\nname = "django"\nversion = "5.2"\n'})
    assert version(root, chosen) == "5.2"
    write(root, {"uv.lock": "", "pyproject.toml": PROJECT.replace("django", "django<5")})
    assert version(root, chosen) is None and Environment(root, chosen=chosen).libraries == ()
    write(root, {"pyproject.toml": PROJECT.replace("django", "flask")})
    assert version(root, chosen) is None


def test_conda(root: Path, home: Path, tmp_path: Path) -> None:
    prefix = write(
        tmp_path / "envs" / "shop",
        {"conda-meta/history": "", f"{LIBRARY}/django-5.1.dist-info/METADATA": ""},
    )
    active = {"CONDA_PREFIX": str(prefix), "CONDA_DEFAULT_ENV": "shop"}
    assert version(root, Chosen(variables=active)) == "5.1"
    assert version(root, Chosen(variables={**active, "CONDA_DEFAULT_ENV": "base"})) is None
    write(home, {".conda/environments.txt": f"{tmp_path}/other\n{prefix}\n"})
    assert version(root, Chosen(home=home)) is None
    write(root, {"environment.yml": 'channels: []\nname: "shop"\ndependencies:\n'})
    assert version(root, Chosen(home=home)) == "5.1"


# What Poetry and Pipenv call the environments of these two directories.
POETRY = "my-shop-app-58fqC6Q1"
PIPENV = "my_shop__x_---ITb6Tu"


def test_the_names_that_tools_give_to_environments() -> None:
    from pybackend.environment.tools import pipenv_name, poetry_name

    assert poetry_name("My_Shop.App", "/srv/shop") == POETRY
    assert pipenv_name(Path("/srv/my shop [x]")) == PIPENV


@pytest.mark.parametrize(
    "where",
    [
        "home/.cache/pypoetry/virtualenvs",
        "cache/virtualenvs",
        "environments",
        "work/shop/environments",
        "home/elsewhere",
    ],
)
def test_poetry(where: str, root: Path, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from pybackend.environment.tools import poetry_name

    monkeypatch.setattr("sys.platform", "linux")
    own = poetry_name("my-shop.app", os.path.realpath(root))
    virtual(tmp_path / where / f"{own}-py3.9", {"django": "4.2"})
    virtual(tmp_path / where / f"{own}-py3.12", {"django": "5.1"})
    variables = {
        "cache/virtualenvs": {"POETRY_CACHE_DIR": str(tmp_path / "cache")},
        "environments": {"POETRY_VIRTUALENVS_PATH": str(tmp_path / "environments")},
    }.get(where, {})
    if where == "work/shop/environments":
        write(root, {"poetry.toml": '[virtualenvs]\npath = "{project-dir}/environments"\n'})
    if where == "home/elsewhere":
        write(home, {".config/pypoetry/config.toml": f"[virtualenvs]\npath = '{home}/elsewhere'\n"})
    chosen = Chosen(variables=variables, home=home)
    assert version(root, chosen) is None
    write(root, {"poetry.lock": ""})
    assert version(root, chosen) == "5.1"
    write(tmp_path / where, {"envs.toml": f'[{own}]\nminor = "3.9"\npatch = "3.9.1"\n'})
    assert version(root, chosen) == "4.2"


def test_pipenv(root: Path, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from pybackend.environment.tools import pipenv_name

    monkeypatch.setattr("sys.platform", "linux")
    write(root, {"Pipfile": "[packages]\ndjango = '*'\n"})
    virtual(home / ".local" / "share" / "virtualenvs" / pipenv_name(root), {"django": "5.1"})
    assert version(root, Chosen(home=home)) == "5.1"
    kept = {"WORKON_HOME": str(tmp_path / "kept")}
    assert version(root, Chosen(variables=kept, home=home)) is None
    virtual(tmp_path / "kept" / "mine", {"django": "5.2"})
    assert version(root, Chosen(variables={**kept, "PIPENV_CUSTOM_VENV_NAME": "mine"}, home=home)) == "5.2"
    write(root, {".venv": "mine\n"})
    assert version(root, Chosen(variables=kept, home=home)) == "5.2"


def test_pdm_pyenv_and_uv(root: Path, home: Path, tmp_path: Path) -> None:
    virtual(home / ".pyenv" / "versions" / "shop", {"django": "5.0"})
    write(root, {".python-version": "shop\n"})
    assert version(root, Chosen(home=home)) == "5.0"
    pdm = virtual(tmp_path / "pdm", {"django": "5.1"})
    write(root, {".pdm-python": f"{pdm}/bin/python\n"})
    assert version(root, Chosen(home=home)) == "5.1"
    virtual(root / ".venv", {"django": "5.2"})
    assert version(root, Chosen(home=home)) == "5.2"
    virtual(root / "environment", {"django": "5.3"})
    assert version(root, Chosen(variables={"UV_PROJECT_ENVIRONMENT": "environment"})) == "5.3"


def test_a_monorepo_shares_the_environment_above(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    write(tmp_path, {"pyproject.toml": "[tool.uv.workspace]\nmembers = ['services/*']\n"})
    virtual(tmp_path / ".venv", {"django": "5.1", "celery": "5.4"})
    service = write(tmp_path / "services" / "shop", {"pyproject.toml": PROJECT})
    found = Environment(service)
    assert found.version("django") == "5.1" and found.version("celery") is None
    assert found.libraries == (tmp_path / ".venv" / LIBRARY,)


OTHER_MACHINES = ["//server/share/venv", "\\\\server\\share\\venv", "\0", "", "~nobody-at-all/x"]


@pytest.mark.parametrize("text", OTHER_MACHINES)
def test_no_other_machine_is_asked(text: str, root: Path, home: Path) -> None:
    from pybackend.environment.reading import located

    assert located(text, root) is None
    poetry = {"poetry.lock": "", "poetry.toml": f"[virtualenvs]\npath = '''{text}'''\n"}
    write(root, {".pdm-python": text, **poetry})
    assert version(root, Chosen(variables={"VIRTUAL_ENV": text, "WORKON_HOME": text}, home=home)) is None


def test_loops_and_odd_files_end_well(root: Path, tmp_path: Path) -> None:
    (root / ".venv").symlink_to(root / ".venv")
    os.mkfifo(root / ".python-version")
    virtual(root / "venv", {"django": "5.1"})
    (root / "venv" / LIBRARY / "loop").symlink_to(root / "venv" / LIBRARY)
    (root / "venv" / LIBRARY / "self.dist-info").symlink_to(root / "venv" / LIBRARY / "self.dist-info")
    assert version(root, Chosen(home=tmp_path)) == "5.1"
    assert version(root, Chosen(python=root / ".venv" / "bin" / "python")) == "5.1"


def test_a_change_of_the_environment_is_noticed(root: Path) -> None:
    found = Environment(root)
    assert found.version("django") is None
    virtual(root / ".venv", {"django": "5.1"})
    assert found.refresh() and found.version("django") == "5.1"
    assert found.libraries == (root / ".venv" / LIBRARY,) and not found.refresh()
