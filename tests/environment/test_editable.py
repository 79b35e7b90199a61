"""Packages that are used where they stand, and how installed ones are described."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from pybackend.environment import Environment

from .places import LIBRARY, virtual, write


@pytest.fixture
def library(tmp_path: Path) -> Path:
    write(tmp_path / "shop", {"pyproject.toml": "[project]\nname = 'shop'\n"})
    return virtual(tmp_path / "shop" / ".venv", {"django": "5.1"}) / LIBRARY


def environment(library: Path) -> Environment:
    return Environment(library.parents[3])


def test_ways_to_be_described(library: Path, tmp_path: Path) -> None:
    write(
        library,
        {
            "old-1.0-py3.12.egg-info": "Metadata-Version: 1.1\nName: old\nVersion: 1.0\n",
            "older-2.0.egg-info/PKG-INFO": "Version: 2.0\n",
            "bare.dist-info/METADATA": "Metadata-Version: 2.1\nName: bare\nVersion: 3.0\n\nVersion: 9\n",
            "linked.egg-link": f"{tmp_path}/linked\n.",
            "broken-x.dist-info/METADATA": "",
            "-.dist-info/METADATA": "",
        },
    )
    write(tmp_path / "linked", {"linked.egg-info/PKG-INFO": "Version: 4.0\n"})
    found = environment(library)
    assert [found.version(name) for name in ("old", "older", "bare", "linked")] == [
        "1.0",
        "2.0",
        "3.0",
        "4.0",
    ]
    assert found.version("broken") is None and found.version("django") == "5.1"


def test_path_files_name_directories_and_are_never_run(library: Path, tmp_path: Path) -> None:
    trap = tmp_path / "trap"
    code = f"open({str(trap)!r}, 'w')"
    write(
        library,
        {
            "a.pth": f"# {tmp_path}\n\n../added\n{tmp_path}/missing\nimport os; {code}\nimport\tos; {code}\n",
            "__editable__.billing-1.0.pth": f"{tmp_path}/billing/src\r\n",
            "__editable___stock_1_0_finder.py": (
                f"{code}\nMAPPING: dict[str, str] = {{'stock': {str(tmp_path / 'stock')!r}, 'x': 1}}\n"
                f"NAMESPACES: dict[str, list[str]] = {{}}\n"
            ),
            "__editable___hostile_1_0_finder.py": f"MAPPING: dict[str, str] = {{'h': {code}}}\n{code}\n",
            "__editable___deep_1_0_finder.py": f"MAPPING: dict = {{{'[' * 90_000}}}\n",
            "_editable_impl_parcels.py": f"F = X('x')\nF.map_module('parcels', '{tmp_path}/p.py')\n",
            "sitecustomize.py": f"{code}\n",
            "usercustomize.py": f"{code}\n",
        },
    )
    write(library.parent, {"added/inside.py": ""})
    write(tmp_path, {"billing/src/billing.py": "", "stock/__init__.py": "", "p.py": ""})
    search = environment(library).search
    assert search.directories == (library, tmp_path / "billing" / "src", library.parent / "added")
    assert search.mapped == {"stock": tmp_path / "stock", "parcels": tmp_path / "p.py"}
    assert not trap.exists()


@pytest.mark.parametrize(
    ("direct", "is_found"),
    [
        ({"url": "file://{}/billing", "dir_info": {"editable": True}}, True),
        ({"url": "file://localhost{}/billing", "dir_info": {"editable": True}}, True),
        ({"url": "file://{}/billing", "dir_info": {}}, False),
        ({"url": "https://host/x", "dir_info": {"editable": True}}, False),
        ({"url": "file://server{}/billing", "dir_info": {"editable": True}}, False),
        ({"url": "file:////server{}/billing", "dir_info": {"editable": True}}, False),
        ({"url": "http://[", "dir_info": {"editable": True}}, False),
        ({"url": 1, "dir_info": {"editable": True}}, False),
        ([], False),
    ],
)
def test_where_an_editable_install_came_from(
    direct: object, is_found: bool, library: Path, tmp_path: Path
) -> None:
    text = json.dumps(direct).replace("{}", str(tmp_path))
    write(library, {"billing-1.0.dist-info/direct_url.json": text})
    write(tmp_path, {"billing/src/billing.py": ""})
    expected = (library, tmp_path / "billing" / "src", tmp_path / "billing") if is_found else (library,)
    assert environment(library).search.directories == expected


def test_path_dependencies(tmp_path: Path) -> None:
    uv = "[tool.uv.sources]\nlib-a = {path = '../lib-a'}\nlib_b = {workspace = true}\nx = {path = 1}\n"
    poetry = "[tool.poetry.group.main.dependencies]\nlib-c = {path = '../lib-c', develop = true}\n"
    shop = write(tmp_path / "shop", {"pyproject.toml": uv + poetry})
    write(tmp_path, {"pyproject.toml": "[tool.uv.workspace]\nmembers = ['packages/*', '/', '*/*', 3]\n"})
    for name in ("lib-a", "lib-c", "packages/b"):
        write(
            tmp_path / name, {"pyproject.toml": f"[project]\nname = '{name.replace('packages/', 'Lib.')}'\n"}
        )
    found = Environment(shop).search.directories
    assert found == (tmp_path / "lib-a", tmp_path / "packages" / "b", tmp_path / "lib-c")


def test_given_versions_have_no_places(library: Path) -> None:
    found = Environment(library.parents[3], {"django": "5.2"})
    assert found.libraries == () and found.search.directories == () and found.distributions == []
