"""Fixes that are applied together: none gets lost, none spoils another, and the file still runs."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pybackend.engine import Engine
from pybackend.environment import Environment
from pybackend.facts import expressions as ex
from pybackend.findings import Finding
from pybackend.fixes.fix import Fix
from pybackend.fixes.source import Source
from pybackend.fixing import Offer, fix_all, offers
from pybackend.project.project import Project
from pybackend.references import References
from pybackend.rules.registry import Calls, Rule
from pybackend.text.edits import apply

REPLACEMENTS = {
    "one": ("json.dumps({})", ("json",), ()),
    "two": ("partial(len, ())()", ("functools.partial",), ()),
    "three": ("wraps(len)(lambda: 0)()", ("functools.wraps",), ()),
    "four": ("asyncio.iscoroutine(math.pi)", ("math", "asyncio"), ()),
    "five": ("OrderedDict()", ("collections.OrderedDict",), ("defaultdict", "Counter")),
    "six": ("dumps([])", ("json.dumps",), ("loads",)),
}
ENTRY = "## Marks {#marks}\n\n- severity: hint\n- message: Mark.\n- fix: Replace\n- safety: safe\n"
REFERENCES = References({"validations.md": ENTRY})


def check(calls: Calls) -> Iterator[Finding]:
    for site in calls:
        if isinstance(site.call.function, ex.Name) and site.call.function.id in REPLACEMENTS:
            yield Finding(site.call.range, data={"name": site.call.function.id})


check.__module__ = "pybackend.rules.python.marks"
RULE = Rule(check)


@RULE.fix
def fix(finding: Finding, source: Source, _: Project) -> Iterator[Fix]:
    code, imports, unused = REPLACEMENTS[finding.data["name"]]
    yield Fix((source.replace(finding.range, code),), imports=imports, unused=unused)


def opened(text: str) -> Engine:
    root = Path("/project")
    engine = Engine(Project(root, Environment(root), (3, 11)), [RULE], {})
    engine.open("app/service.py", text)
    return engine


def offered(text: str) -> list[Offer]:
    engine = opened(text)
    file, rules = engine.files["app/service.py"], {RULE.id: RULE}
    found = engine.findings("app/service.py")
    return [offer for one in found for offer in offers(file, one, rules, REFERENCES)]


def fixed(text: str) -> tuple[str, int]:
    engine = opened(text)
    done = list(fix_all(engine, "app/service.py", REFERENCES, lambda _: True))
    return engine.files["app/service.py"].source.document.text, len(done)


HEADS = st.lists(
    st.sampled_from(
        [
            "import json\n",
            "import os\n",
            "import sys, math\n",
            "from functools import cache\n",
            "from functools import (\n    cache,  # kept\n    wraps,\n)\n",
            "from collections import Counter, defaultdict\n",
            "from json import loads\n",
            "\n",
            "# a comment\n",
            "if True:\n    import string\n",
        ]
    ),
    max_size=6,
    unique=True,
)
USES = ["x = {}()\n", "def run():\n    return {}()\n", "class C:\n    x = {}()\n    y = [1, {}()]\n"]
CODE = st.lists(
    st.builds(
        str.replace, st.sampled_from(USES), st.just("{}"), st.sampled_from([*REPLACEMENTS, "len(())or str"])
    ),
    max_size=6,
)


@settings(deadline=None)
@given(st.sampled_from(["", '"""Text."""\n', "# Copyright\n\n"]), HEADS, CODE)
def test_all_land_and_the_file_runs(opening: str, head: list[str], code: list[str]) -> None:
    text = opening + "".join(head) + "".join(code)
    marks = sum(text.count(f"{name}()") for name in REPLACEMENTS)
    after, count = fixed(text)
    assert count == marks
    assert not any(f"{name}()" in after for name in REPLACEMENTS)
    namespace: dict[str, object] = {}
    exec(compile(after, "after", "exec"), namespace)
    for value in list(namespace.values()):
        if callable(value) and getattr(value, "__name__", "") == "run":
            value()
    assert fixed(after) == (after, 0)
    lines = after.splitlines()
    plain = [line for line in lines if line.startswith(("import ", "from ")) and "(" not in line]
    assert len(plain) == len(set(plain))


@settings(deadline=None)
@given(HEADS, CODE)
def test_each_lands_alone(head: list[str], code: list[str]) -> None:
    text = "".join(head + code)
    engine = opened(text)
    file = engine.files["app/service.py"]
    for located in engine.findings("app/service.py"):
        for offer in offers(file, located, {RULE.id: RULE}, REFERENCES):
            ast.parse(_applied(text, offer))


def _applied(text: str, offer: Offer) -> str:
    return apply(text, list(offer.edits))


def test_two_imports_at_one_place() -> None:
    after, count = fixed("one()\nfour()\ntwo()\nthree()\n")
    assert count == 4
    assert after.startswith(
        "import asyncio\nimport json\nimport math\nfrom functools import partial, wraps\n\n"
    )


def test_an_import_goes_with_its_last_use_of_several() -> None:
    before = "from collections import Counter\n\n\ndef run():\n    five()\n\n\ndef go():\n    five()\n"
    assert fixed(before)[0].startswith("from collections import OrderedDict\n\n\n")
    assert all("Counter" not in _applied(before, offer) for offer in offered(before))


def test_an_import_stays_while_its_unit_still_uses_it() -> None:
    before = "from collections import Counter\n\n\ndef run():\n    return five(), Counter()\n"
    assert fixed(before)[0].startswith("from collections import Counter, OrderedDict\n")
    assert "Counter, OrderedDict" in _applied(before, offered(before)[0])


@pytest.mark.parametrize(
    "text",
    [
        "def run(json):\n    return one()\n",
        "def run():\n    for json in range(3):\n        one()\n",
        "class C:\n    json = 1\n    x = one()\n",
        "json = 1\none()\n",
    ],
)
def test_a_name_that_means_something_else_declines(text: str) -> None:
    assert fixed(text) == (text, 0)
    assert offered(text) == []
