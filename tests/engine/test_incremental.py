"""After any edits, an engine says what a new one says of the same text."""

from __future__ import annotations

import asyncio
import os
import random
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pybackend.engine import Engine
from pybackend.environment import Environment
from pybackend.fixing import offers
from pybackend.project import consoles
from pybackend.project.module import Module
from pybackend.project.project import Project
from tests.checking import references, rules

SAMPLES = Path(__file__).parent / "samples"
_STANDARD = Path(asyncio.__file__).parent
TEXTS = {path.name: path.read_bytes().decode("utf-8") for path in sorted(SAMPLES.glob("*.py"))} | {
    name: (_STANDARD / name).read_text("utf-8")
    for name in ("queues.py", "locks.py", "runners.py", "events.py")
}
PIECES = [
    "\n",
    "    ",
    "        ",
    "\t",
    ":",
    "(",
    ")",
    "[",
    '"""',
    "'",
    "\\\n",
    "#",
    "x",
    " = 1",
    ";",
    "@cached\n",
    "\r\n",
    "\x0c",
    "😋",
    "def f(self):\n        pass\n",
    "    def g(self):\n        return []\n",
    "else:\n",
    "class A:\n    x = 1\n",
    "    try:\n        pass\n    except:\n        pass\n",
    "import time\n",
    "async ",
    "try:\n    import a\nexcept ImportError:\n    a = None\n",
    "if TYPE_CHECKING:\n    def f(): ...\n",
    "return ",
    "time.sleep(1)\n",
    "finally:\n",
    "elif x:\n",
    "    x = 1\n",
    "x = '''\n",
    "match x:\n    case 1:\n        pass\n",
]


TYPED = (
    *(
        "x",
        " ",
        "(",
        ")",
        "[",
        "]",
        ":",
        ";",
        "#",
        "'",
        '"',
        "\\",
        ",",
        ".",
        "=",
        " = 1",
        "\t",
        "@",
        "😋",
        "\x0c",
    ),
    *("if ", "if x: ", "el", "else: ", "return ", "pass", "await ", "lambda: ", "f'{x!r}'", "yield ", "not "),
    *(
        "for x in y: ",
        "with x: ",
        "del ",
        "async ",
        "; x",
        "  ",
        "except: ",
        "def f(): ",
        "class A: ",
        "match ",
    ),
)

INSERTED = (
    *("{0}print(1)\n", "{0}try: super()\n{0}except: pass\n", "\n", "{0}# x\n", "{0}x = (\n{0}  1)\n"),
    *("{0}if x:\n{0}    y\n", "{0}    deeper\n", "{0}else:\n{0}    pass\n", "{0}return\n\n", "{0}a; b\n"),
    *("{0}x = \\\n{0}  2\n", "{0}except ValueError:\n{0}    pass\n", "{0}finally:\n{0}    pass\n"),
    *("{0}case 1:\n{0}    pass\n", "{0}@d\n{0}def g(): pass\n", "{0}'''a\n"),
)
"""Lines that are put in front of a line that stands at the indentation {0}."""


def new_engine() -> Engine:
    root = Path("/project")
    return Engine(Project(root, Environment(root), (3, 11)), rules().values(), {})


def state(engine: Engine) -> list[tuple[object, ...]]:
    source = engine.files["a.py"].source
    return [(unit.role, unit.start, unit.text, unit.facts) for unit in source.units]


def compare(engine: Engine) -> None:
    file = engine.files["a.py"]
    fresh = new_engine()
    fresh.open("a.py", file.source.document.text)
    engine.reconcile("a.py")
    if fresh.files["a.py"].source.problem is not None:
        assert sum(unit.count for unit in file.source.units) == len(file.source.document.lines)
        return
    assert file.source.problem is None
    assert state(engine) == state(fresh)
    assert [(f.range, f.finding) for f in engine.findings("a.py")] == [
        (f.range, f.finding) for f in fresh.findings("a.py")
    ]


def random_edit(engine: Engine, source: random.Random) -> None:
    lines = engine.files["a.py"].source.document.lines
    line = source.randrange(len(lines))
    column = source.randrange(len(lines[line]) + 1)
    end, end_column = line, column
    kind = source.random()
    if kind < 0.35:
        end = min(len(lines) - 1, line + source.choice([0, 0, 0, 1, 2, 5, 30]))
        end_column = source.randrange(len(lines[end]) + 1)
    if kind > 0.6:
        column = end_column = 0
        end = line
    text = "" if kind < 0.25 else source.choice(PIECES)
    engine.edit("a.py", (line, column), (end, end_column), text)


@pytest.mark.parametrize("name", sorted(TEXTS))
@settings(
    max_examples=int(os.environ.get("PYBACKEND_EXAMPLES", "15")),
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
@given(seed=st.integers(0, 2**32))
def test_random_edits(name: str, seed: int) -> None:
    source = random.Random(seed)
    engine = new_engine()
    engine.open("a.py", TEXTS[name])
    for _ in range(12):
        random_edit(engine, source)
        if source.random() < 0.3:
            compare(engine)
    compare(engine)


@pytest.mark.parametrize("name", sorted(TEXTS))
def test_typing_a_statement_and_taking_it_back(name: str) -> None:
    engine = new_engine()
    engine.open("a.py", TEXTS[name])
    lines = engine.files["a.py"].source.document.lines
    for number in range(0, len(lines), max(1, len(lines) // 12)):
        text = "    x = [\n"
        for position, character in enumerate(text):
            engine.edit("a.py", (number, position), (number, position), character)
        engine.edit("a.py", (number, 0), (number + 1, 0), "")
        compare(engine)
    assert engine.files["a.py"].source.document.text == TEXTS[name]


def test_a_statement_on_the_line_of_a_docstring() -> None:
    engine = new_engine()
    engine.open("a.py", 'class A:\n    """Text."""\n\n    def f(self):\n        pass\n')
    engine.edit("a.py", (1, 14), (1, 14), "; x")
    compare(engine)
    engine.edit("a.py", (1, 14), (1, 17), "")
    compare(engine)


def test_broken_text_offers_no_fix() -> None:
    engine = new_engine()
    engine.open("a.py", "import time\n\n\nasync def f() -> None:\n    print(1)\n    time.sleep(1)\n")
    engine.edit("a.py", (3, 0), (3, 0), "\n\n")
    engine.edit("a.py", (6, 4), (6, 4), "x = (\n")
    known = {rule.id: rule for rule in engine.rules}
    found = engine.findings("a.py")
    assert [located.range[0] for located in found] == [8]
    assert not [offer for one in found for offer in offers(engine.files["a.py"], one, known, references())]


def test_a_file_of_prints_is_looked_through_once(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def answer(module: Module) -> bool:
        asked.append(module.path)
        return False

    monkeypatch.setattr(consoles, "is_console", answer)
    engine = new_engine()
    engine.open("a.py", "".join(f"def f{n}():\n    print({n})\n\n\n" for n in range(20)))
    assert sum(located.finding.rule == "print-debug" for located in engine.findings("a.py")) == 20
    assert asked == ["a.py"]


@pytest.mark.parametrize("name", sorted(TEXTS))
@settings(
    max_examples=int(os.environ.get("PYBACKEND_EXAMPLES", "15")),
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
@given(seed=st.integers(0, 2**32))
def test_typing_in_a_few_lines(name: str, seed: int) -> None:
    """Letters come and go in a few lines of a function or two, as they do when somebody types."""
    source = random.Random(seed)
    engine = new_engine()
    engine.open("a.py", TEXTS[name])
    lines = engine.files["a.py"].source.document.lines
    start = source.randrange(len(lines))
    for _ in range(25):
        line = min(start + source.choice((0, 0, 1, 2, 5)), len(lines) - 1)
        content = lines[line].rstrip("\r\n")
        column = source.choice((source.randrange(len(content) + 1), len(content)))
        end = min(column + source.choice((0, 0, 1, 3)), len(content))
        before = content[column:end]
        typed = source.choice((*TYPED, ""))
        engine.edit("a.py", (line, column), (line, end), typed)
        compare(engine)
        if source.random() < 0.7:
            engine.edit("a.py", (line, column), (line, column + len(typed)), before)
            compare(engine)


@pytest.mark.parametrize("name", sorted(TEXTS))
@settings(
    max_examples=int(os.environ.get("PYBACKEND_EXAMPLES", "15")),
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
@given(seed=st.integers(0, 2**32))
def test_lines_come_and_go(name: str, seed: int) -> None:
    """Whole lines are put into a function or two, and taken out again, between letters that are typed."""
    source = random.Random(seed)
    engine = new_engine()
    engine.open("a.py", TEXTS[name])
    lines = engine.files["a.py"].source.document.lines
    start = source.randrange(len(lines))
    for _ in range(20):
        line = min(start + source.choice((0, 0, 1, 2, 3, 5)), len(lines) - 1)
        content = lines[line].rstrip("\r\n")
        indent = content[: len(content) - len(content.lstrip())]
        if source.random() < 0.6:
            text = source.choice(INSERTED).format(indent)
            engine.edit("a.py", (line, 0), (line, 0), text)
            compare(engine)
            if source.random() < 0.5:
                engine.edit("a.py", (line, 0), (line + text.count("\n"), 0), "")
        elif source.random() < 0.4:
            engine.edit("a.py", (line, 0), (min(line + 1, len(lines) - 1), 0), "")
        else:
            end = line, len(content)
            engine.edit("a.py", end, end, source.choice((*TYPED, "\n" + indent)))
        compare(engine)
