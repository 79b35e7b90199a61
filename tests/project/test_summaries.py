"""A module made from a summary answers as that of the file does."""

from __future__ import annotations

import asyncio
from importlib.util import find_spec
from pathlib import Path

import pytest

from pybackend.facts import expressions as ex
from pybackend.facts.packing import Damaged
from pybackend.facts.tables import UnitFacts
from pybackend.project.module import Module
from pybackend.project.pruning import prune
from pybackend.project.summaries import GRAMMAR, Summary, digest_of, summarise, units_of
from tests.project.answering import answers, closed, differences, project_file

SHOP = '''
"""Models of a shop."""

from __future__ import annotations

import requests
from django.db import models
from .clients import Client as Base, helpers

__all__ = ["Book", "find"]
LIMIT: int = 5
for kind in ("a", "b"):
    TABLE = {kind: [part for part in LIMIT]}

try:
    import orjson as json
except ImportError:
    import json

    def dumps(value: object) -> str: ...
else:
    class Fast(Base): ...


def find(name: str, *, session: requests.Session = requests.Session()) -> "Book | None":
    import time

    secret_sauce = time.time()
    return session.get(secret_sauce)


class Client(Base):
    timeout = 3
    session: requests.Session

    class Meta:
        ordering = ["name"]

    def __init__(self, other: helpers.Other, token="x", fallback=None):
        from httpx import Client as Http, AsyncClient

        unused = AsyncClient()
        http = Http()
        self.http = http
        self.other = other
        self.quoted: "requests.Response" = other.get(token)
        if fallback:
            self.deep = maker()
            self.cell = lambda: http
        def maker() -> Http: ...
        other.changed = 5

    @property
    def adapter(self) -> requests.adapters.HTTPAdapter:
        return self.http.adapter

    async def fetch(self, url: str) -> requests.Response:
        unused = [self.http.get(url) for _ in range(3)]
        return unused[0]


if LIMIT:
    class Book(models.Model):
        title = models.CharField(default=lambda: "x")
        client = Client()

        def save(self, *args, **kwargs) -> None:
            with open("x") as self.file:
                self.first, self.rest = args
            class Local: ...
            self.local = Local()
'''


def test_a_summary_answers_as_its_file() -> None:
    file = project_file(SHOP)
    assert differences(file) == []
    said = dict(answers(file.module))
    assert said["shop.models.Client has http"] == (True, "httpx.Client()")
    assert said["shop.models.Client has other"] == (True, "shop.clients.helpers.Other()")
    assert said["shop.models.Client has quoted"] == (True, "requests.Response()")
    assert said["shop.models.Client has adapter"] == (True, "requests.adapters.HTTPAdapter()")
    assert said["shop.models.Book lineage"] == ["shop.models.Book"]
    assert len(said) > 120


@pytest.mark.parametrize("name", ["base_events", "events", "locks", "queues", "streams", "__init__"])
def test_summaries_of_the_standard_library_answer_as_its_files(name: str) -> None:
    text = Path(asyncio.__file__).with_name(f"{name}.py").read_text("utf-8")
    assert differences(project_file(text, f"asyncio/{name}.py")) == []


@pytest.mark.slow
@pytest.mark.parametrize("package", ["db", "views", "contrib", "conf", "utils", "http"])
def test_summaries_of_django_answer_as_its_files(package: str) -> None:
    spec = find_spec("django")
    assert spec is not None
    assert spec.origin is not None
    root = Path(spec.origin).parents[1]
    paths = sorted((root / "django" / package).rglob("*.py"))
    for path in paths:
        file = project_file(path.read_text("utf-8"), path.relative_to(root).as_posix())
        assert differences(file) == [], path
    assert paths


def test_what_functions_do_inside_is_left_out() -> None:
    file = project_file(SHOP)
    text = GRAMMAR.pack(summarise(file))
    for inside in ("secret_sauce", "unused", "changed", "AsyncClient", "range", "Models of a shop"):
        assert inside not in text, inside
    for outside in ("Http", "fallback", "maker", "HTTPAdapter", "Local"):
        assert outside in text, outside


def test_indices_of_pruned_facts_lead_to_the_same_things() -> None:
    file = project_file(SHOP)
    for unit in file.module.units:
        facts: UnitFacts = unit.facts
        pruned = prune(facts)
        assert prune(pruned) == pruned
        assert (len(pruned.scopes), len(pruned.blocks)) == (len(facts.scopes), len(facts.blocks))
        for number, function in enumerate(pruned.functions):
            assert pruned.scopes[function.scope].definition == number
            assert pruned.scopes[function.scope].parameters == function.parameters
        for number, definition in enumerate(pruned.classes):
            assert definition.scope < 0 or pruned.scopes[definition.scope].definition == number
        for number, site in enumerate(pruned.calls):
            assert site.number == number
        for table in (pruned.bindings, pruned.imports, pruned.calls, pruned.functions, pruned.classes):
            for fact in table:
                one, other = (f.scopes[fact.at.scope]._replace(definition=0) for f in (facts, pruned))
                assert one == other
                assert pruned.blocks[fact.at.block] == facts.blocks[fact.at.block]


def test_blocks_come_back_with_their_headers_and_statements() -> None:
    file = project_file(SHOP)
    before, after = file.module.units, closed(file).units
    assert [unit.role for unit in before] == [unit.role for unit in after]
    for one, other in zip(before, after, strict=True):
        assert other.text == ""
        chains = [list(unit.block.chain()) if unit.block is not None else [] for unit in (one, other)]
        for around, block in zip(*chains, strict=True):
            assert (around.kind, around.indent) == (block.kind, block.indent)
            assert around.header is not None
            assert block.header is not None
            assert before.index(around.header) == after.index(block.header)
    statements = [
        unit.block.statement for unit in after if unit.block and unit.block.kind in ("try", "handler")
    ]
    assert len(statements) > 1
    assert len(set(map(id, statements))) == 1


def test_no_secret_is_in_a_summary() -> None:
    token = "ghp_" + "x7Qm2VbR9dKs" * 3
    file = project_file(
        f'API_TOKEN = "{token}"\nclass A:\n    password = "{token}"\n'
        f'    def f(self, key="{token}"):\n        self.key = connect("{token}", secret=b"{token}")\n'
    )
    summary = summarise(file)
    assert "Secret" in repr(summary)
    assert token[4:] not in repr(summary)
    assert token[4:] not in GRAMMAR.pack(summary)


def test_what_does_not_parse_is_told() -> None:
    summary = summarise(project_file("import a\n\ndef f(:\n    pass\n\n\nclass B: ...\n"))
    assert not summary.is_whole
    assert [unit.is_broken for unit in summary.units] == [False, True, False]
    module = Module("shop/models.py", units_of(summary), project_file("").project)
    assert list(module.names) == ["a", "B"]
    assert [unit.origin for unit in module.units] == [None, [None] * module.units[1].count, None]
    assert summarise(project_file("import a\n")).is_whole


@pytest.mark.parametrize(
    ("before", "after", "is_same"),
    [
        ("def f(a):\n    return 1\n", "\n# new\n\ndef f(a):\n\n    return 2\n", True),
        ("def f(a):\n    return 1\n", "def f(b):\n    return 1\n", False),
        ("import b\ndef f(a):\n    return 1\n", "import b\ndef f(a):\n    return b.g()\n", False),
        ("X = 1\n", "X = 2\n", False),
        ("if A:\n    def f(): ...\n", "while A:\n    def f(): ...\n", False),
        (
            "class A:\n    def f(self):\n        x = 1\n",
            "class A:\n    def f(self):\n        self.x = 1\n",
            False,
        ),
    ],
)
def test_a_digest_tells_whether_others_see_a_difference(before: str, after: str, is_same: bool) -> None:
    assert (digest_of(project_file(before)) == digest_of(project_file(after))) is is_same


def test_digests_follow_edits() -> None:
    file = project_file("def f(a):\n    return 1\n")
    first = digest_of(file)
    file.edit((1, 11), (1, 12), "2")
    assert digest_of(file) == first
    file.edit((0, 6), (0, 7), "b")
    assert digest_of(file) != first
    assert digest_of(file) == digest_of(project_file("def f(b):\n    return 2\n"))


def test_the_deepest_expressions_are_summarised() -> None:
    file = project_file("X = " + " + ".join(["a"] * 2500) + "\n")
    summary: Summary = GRAMMAR.unpack(GRAMMAR.pack(summarise(file)))
    value = summary.units[0].facts.bindings[0].value
    depth = 0
    while isinstance(value, ex.Operation):
        value, depth = value.left, depth + 1
    assert depth == 2499


def test_a_summary_of_another_shape_is_not_read() -> None:
    text = GRAMMAR.pack(summarise(project_file("X = 1\n")))
    with pytest.raises(Damaged):
        GRAMMAR.unpack(text[:-1])


def test_a_name_is_the_same_from_however_deep_it_is_asked_for_first() -> None:
    text = "from shop import build\n\nFIRST = build()\nLAST = FIRST" + ".next()" * 4 + ".end\n"
    for order in (("FIRST", "LAST"), ("LAST", "FIRST")):
        module = project_file(text).module
        found = {name: module.resolve_name(name) for name in order}
        assert found["FIRST"] == "shop.build()"
        assert found["LAST"] == "shop.build()" + ".next()" * 4 + ".end"
