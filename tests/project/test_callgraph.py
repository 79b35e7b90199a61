"""Chains of calls stay right through edits of any file that they pass through."""

from __future__ import annotations

from pathlib import Path

from pybackend.engine import Engine
from pybackend.environment import Environment
from pybackend.project.calls import FunctionCalls
from pybackend.project.project import Project
from tests.checking import rules

HTTP = """\
import requests


def fetch(path: str) -> str:
    return requests.get(path, timeout=5).text


def label(path: str) -> str:
    return path.upper()
"""
API = """\
from shop.http import fetch, label


def load(path: str) -> str:
    return label(path)


async def show(path: str) -> str:
    return load(path)


async def send(path: str) -> str:
    return fetch(path)
"""


def engine(root: Path) -> Engine:
    chosen = [rules()["blocking-helper-in-async"]]
    return Engine(Project(root, Environment(root, {}), (3, 11)), chosen, {})


def found(shop: Engine, path: str = "shop/api.py") -> list[tuple[int, list[tuple[str, str, int]]]]:
    """The lines of the findings, each with the chain: callee, file and line."""
    return [
        (
            located.range[0],
            [
                (related.values["callee"], related.place.path, related.place.absolute[0])
                for related in located.finding.related
                if related.place is not None
            ],
        )
        for located in shop.findings(path)
    ]


def test_a_chain_follows_edits_of_other_files(tmp_path: Path) -> None:
    shop = engine(tmp_path)
    shop.open("shop/api.py", API)
    assert found(shop) == []
    shop.open("shop/http.py", HTTP)
    send = (12, [("requests.get", "shop/http.py", 4)])
    assert found(shop) == [send]
    shop.edit("shop/http.py", (8, 4), (8, 4), "fetch(path)\n    ")
    show = [("label", "shop/api.py", 4), ("fetch", "shop/http.py", 8), ("requests.get", "shop/http.py", 4)]
    assert found(shop) == [(8, show), send]
    shop.edit("shop/http.py", (0, 0), (0, 0), "\n")
    assert found(shop)[1] == (12, [("requests.get", "shop/http.py", 5)])
    shop.edit("shop/http.py", (5, 4), (5, 4), "print(path)\n    ")
    assert found(shop)[1] == (12, [("requests.get", "shop/http.py", 6)])
    shop.edit("shop/http.py", (6, 0), (7, 0), "    return path\n")
    assert found(shop) == []


def test_a_chain_follows_edits_of_other_functions_of_the_file(tmp_path: Path) -> None:
    shop = engine(tmp_path)
    shop.open("shop/http.py", HTTP)
    shop.open("shop/api.py", API)
    shop.edit("shop/api.py", (4, 11), (4, 16), "fetch")
    chain = [("fetch", "shop/api.py", 4), ("requests.get", "shop/http.py", 4)]
    assert found(shop)[0] == (8, chain)
    shop.edit("shop/api.py", (4, 11), (4, 16), "label")
    assert [line for line, _ in found(shop)] == [12]


def test_a_chain_leads_through_files_on_the_disk(tmp_path: Path) -> None:
    (tmp_path / "shop").mkdir()
    (tmp_path / "shop" / "http.py").write_text(HTTP)
    shop = engine(tmp_path)
    shop.open("shop/api.py", API)
    assert found(shop) == [(12, [("requests.get", "shop/http.py", 4)])]
    (tmp_path / "shop" / "http.py").write_text(HTTP.replace("requests.get(path, timeout=5).text", "path"))
    shop.changed("shop/http.py")
    assert found(shop) == []


def told(text: str) -> dict[str, FunctionCalls]:
    """What the functions of a file tell, by the last part of their paths."""
    root = Path("/project")
    shop = Engine(Project(root, Environment(root, {}), (3, 11)), [], {})
    module = shop.open("shop/work.py", text).module
    return {
        item.path.removeprefix("shop.work."): item for outline in module.outlines for item in outline.calls
    }


def test_calls_are_told_with_how_and_when_they_happen() -> None:
    text = """\
import time
import shop.http
from shop.files import lines, opened


def work(kind, pause=False):
    with opened(kind) as file:
        for line in lines(file):
            try:
                shop.http.send(line)
            except OSError:
                time.sleep(1)
    if pause:
        shop.http.wait()
    return lambda: shop.http.fetch()
"""
    calls = told(text)["work"].calls
    assert [(call.path, call.how, call.when) for call in calls] == [
        ("shop.files.opened", "with", ""),
        ("shop.files.lines", "iterated", ""),
        ("shop.http.send", "", ""),
        ("time.sleep", "", "failing"),
        ("shop.http.wait", "", "sometimes"),
    ]


def test_functions_tell_what_they_give() -> None:
    text = """\
import requests


def client():
    return requests.Session()


def get_client():
    with client() as found:
        yield found


def either(flag):
    return requests.Session() if flag else None


class Work:
    def each(self):
        def inner():
            return self

        return inner
"""
    given = told(text)
    assert (given["client"].returns, given["client"].yields) == ("requests.Session()", None)
    assert (given["get_client"].returns, given["get_client"].yields) == (None, "shop.work.client()")
    assert given["either"].returns == "requests.Session()"
    assert given["Work.each.<locals>.inner"].returns == "shop.work.Work()"
