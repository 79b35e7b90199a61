"""The patterns type-check and run against the real libraries; links between references hold."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.examples import Entry, read_entries, write_files

PATTERNS = read_entries("patterns.md")
SHARP_EDGES = read_entries("sharp_edges.md")
EXAMPLES = [entry for entry in PATTERNS if entry.files]

PATTERN_HEADINGS = ["When", "Pattern", "Example"]
SHARP_EDGE_HEADINGS = ["Situation", "Why", "Symptoms", "In production"]

COMPLETE_PATTERNS = {
    "fastapi-structure",
    "django-modern",
    "pydantic-validation",
    "sqlalchemy-async",
    "celery-tasks",
    "pytest-backends",
}

MYPY_CONFIGURATION = """\
[mypy]
strict = true
warn_unreachable = true
namespace_packages = true
explicit_package_bases = true
cache_dir = {cache}
mypy_path = {roots}
plugins = mypy_django_plugin.main, pydantic.mypy

[mypy.plugins.django-stubs]
django_settings_module = settings_of_all_examples
"""

SETTINGS_OF_ALL_EXAMPLES = """\
# mypy: ignore-errors
{imports}
INSTALLED_APPS = {apps!r}
"""


def run(arguments: list[str], root: Path, python_path: str = "") -> None:
    """Run a Python module in `root`; on failure show its output."""
    environment = {**os.environ, "SECRET_KEY": "only-for-tests", "PYTHONPATH": python_path}
    environment.pop("DJANGO_SETTINGS_MODULE", None)
    result = subprocess.run(
        [sys.executable, "-m", *arguments],
        cwd=root,
        env=environment,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert result.returncode == 0, result.stdout + result.stderr


@pytest.fixture(scope="module")
def examples(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """All examples, each below a directory of its own."""
    root = tmp_path_factory.mktemp("examples")
    for entry in EXAMPLES:
        write_files(entry, root / entry.id)
    return root


@pytest.mark.slow
def test_examples_type_check_strictly(examples: Path) -> None:
    """One run for all of them: no two examples may share a module's name."""
    modules = [path for entry in EXAMPLES for path in entry.files if path.endswith(".py")]
    assert len(modules) == len(set(modules))
    roots = [examples / entry.id for entry in EXAMPLES]
    search_path = os.pathsep.join(map(str, [examples, *roots, *examples.glob("*/src")]))
    (examples / "mypy.ini").write_text(
        MYPY_CONFIGURATION.format(cache=examples / ".mypy_cache", roots=search_path), encoding="utf-8"
    )
    settings = examples / "settings_of_all_examples.py"
    settings.write_text(_settings_of_all_examples(), encoding="utf-8")
    run(["mypy", "--config-file", "mypy.ini", *map(str, roots), str(settings)], examples, search_path)


def _settings_of_all_examples() -> str:
    """What the mypy plugin of django-stubs needs to see: every application and every setting."""
    files = {path: text for entry in EXAMPLES for path, text in entry.files.items()}
    modules = [
        path.removesuffix(".py").replace("/", ".")
        for path, text in files.items()
        if path.endswith("/settings.py") and "INSTALLED_APPS" in text
    ]
    apps = [
        path.removesuffix("/models.py")
        for path, text in files.items()
        if path.endswith("/models.py") and "django.db" in text
    ]
    contrib = [f"django.contrib.{name}" for name in ("auth", "contenttypes", "sessions")]
    imports = "\n".join(f"from {module} import *" for module in modules)
    return SETTINGS_OF_ALL_EXAMPLES.format(imports=imports, apps=contrib + apps)


def test_examples_are_formatted_and_lint_clean(examples: Path) -> None:
    for entry in EXAMPLES:
        root = examples / entry.id
        sources = f'src=["{root}", "{root}/src"]'
        options = ["--isolated", "--target-version", "py311", str(root)]
        rules = "A,ANN,ASYNC,B,BLE,C4,DJ,DTZ,E,F,FAST,G,I,LOG,N,PERF,PIE,RET,RUF,SIM,T20,UP,W"
        run(["ruff", "check", "--select", rules, "--ignore", "RUF012", "--config", sources, *options], root)
        run(["ruff", "format", "--check", *options], root)


@pytest.mark.slow
@pytest.mark.parametrize("entry", EXAMPLES, ids=lambda entry: entry.id)
def test_example_runs(entry: Entry, tmp_path: Path) -> None:
    """The example's own tests pass, with warnings as errors."""
    write_files(entry, tmp_path)
    assert any(Path(path).name.startswith("test_") for path in entry.files)
    options = ["-W", "error", "-p", "no:cacheprovider", "-o", "asyncio_default_fixture_loop_scope=function"]
    run(["pytest", *options, str(tmp_path)], tmp_path)


SNIPPETS = [(entry.id, text) for entry in [*PATTERNS, *SHARP_EDGES] for text in entry.snippets]


@pytest.mark.parametrize(("name", "text"), SNIPPETS)
def test_snippet_runs(name: str, text: str) -> None:
    """Python without a file's name stands for itself; its assertions hold."""
    exec(compile(text, name, "exec"), {"__name__": name})


def test_every_complete_pattern_has_an_example() -> None:
    assert {entry.id for entry in EXAMPLES} >= COMPLETE_PATTERNS


@pytest.mark.parametrize("entry", PATTERNS, ids=lambda entry: entry.id)
def test_pattern_has_its_headings(entry: Entry) -> None:
    assert entry.headings == PATTERN_HEADINGS


@pytest.mark.parametrize("entry", SHARP_EDGES, ids=lambda entry: entry.id)
def test_sharp_edge_has_its_headings(entry: Entry) -> None:
    assert entry.headings == SHARP_EDGE_HEADINGS


@pytest.mark.parametrize("entry", [*PATTERNS, *SHARP_EDGES], ids=lambda entry: entry.id)
def test_entry_names_its_sources(entry: Entry) -> None:
    assert entry.bullets["source"]
    assert all(source.startswith("https://") for source in entry.bullets["source"])


def test_ids_are_unique() -> None:
    for entries in (PATTERNS, SHARP_EDGES):
        ids = [entry.id for entry in entries]
        assert len(ids) == len(set(ids))


@pytest.mark.parametrize("entry", [*PATTERNS, *SHARP_EDGES], ids=lambda entry: entry.id)
def test_links_lead_to_entries(entry: Entry) -> None:
    """A link's text is the title of the entry it leads to."""
    titles = {f"patterns.md#{other.id}": other.title for other in PATTERNS}
    titles |= {f"sharp_edges.md#{other.id}": other.title for other in SHARP_EDGES}
    for link in entry.links:
        if not link.target.startswith(("validations.md#", "https://")):
            assert titles.get(link.target) == link.text
