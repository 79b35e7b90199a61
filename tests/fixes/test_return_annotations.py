"""What the fix of no-return-type writes beyond the examples: what it declines, and what it asks jedi."""

from __future__ import annotations

from pathlib import Path

import pytest

from pybackend import inference
from pybackend.engine import Engine
from pybackend.environment import Environment
from pybackend.fixing import offers
from pybackend.project.project import Project
from tests.checking import engine_for, references, rules
from tests.marked import Example, sections

RULE = "no-return-type"
EDGE_CASES = Path(__file__).parents[1] / "rules" / f"{RULE}.md"


def offered(engine: Engine, path: str) -> dict[str, tuple[str, bool] | None]:
    """For each function that is reported, the title of its fix and whether that is safe."""
    file = engine.files[path]
    found = {}
    for located in engine.findings(path):
        if located.finding.rule == RULE:
            first = next(iter(offers(file, located, rules(), references())), None)
            found[located.finding.values["function"]] = first and (first.title, first.is_safe)
    return found


def engine_at(root: Path, text: str) -> Engine:
    project = Project(root, Environment(root, {}), (3, 11))
    engine = Engine(project, [rules()[RULE]], {})
    engine.open("service.py", text)
    return engine


def test_what_is_not_certain_is_left_to_the_author() -> None:
    section = next(s for s in sections(EDGE_CASES) if s.title == "What is left to the author")
    (example,) = section.wrong
    (path,) = example.files
    found = offered(engine_for(example, {}), path)
    assert len(found) == len(example.marks)
    assert set(found.values()) == {None}


@pytest.mark.parametrize("python", ["3.9", "3.10"])
def test_self_waits_for_python_that_has_it(python: str) -> None:
    text = "class Node:\n    def same(self):\n        return self\n"
    settings = {"project": {"requires-python": f">={python}"}}
    assert offered(engine_for(Example({"node.py": text}), settings), "node.py") == {"same": None}


LIBRARY = """\
class Plain:
    def __init__(self, size=0):
        self.size = size


class Meta(type):
    pass


class Made(metaclass=Meta):
    pass


def annotated(path: str) -> Plain:
    return Plain()


def vague(path):
    return Plain() if path else None


def maybe(path: str) -> "Plain | None":
    return None


async def later() -> Plain:
    return Plain()


def number() -> int:
    return 1
"""

CODE = """\
import library
from library import Plain, annotated, later, maybe, number, vague


def instance():
    return Plain(1)


def through_module():
    return library.annotated("a")


def declared(flag: bool):
    if flag:
        return annotated("a")
    return None


def builtin():
    return number()


def guessed():
    return vague("a")


def optional():
    return maybe("a")


def coroutine():
    return later()


def made():
    return library.Made()


def unknown():
    return library.missing()
"""


def test_jedi_is_asked_where_somebody_waits(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inference, "SECONDS", 60.0)  # A busy machine may take long over its first question.
    (tmp_path / "library.py").write_text(LIBRARY)
    engine = engine_at(tmp_path, CODE)
    assert set(offered(engine, "service.py").values()) == {None}
    with engine.project.inferring():
        found = offered(engine, "service.py")
    assert found == {
        "instance": ("Annotate it with `-> Plain`", False),
        "through_module": ("Annotate it with `-> Plain`", False),
        "declared": ("Annotate it with `-> Plain | None`", False),
        "builtin": ("Annotate it with `-> int`", False),
        **dict.fromkeys(("guessed", "optional", "coroutine", "made", "unknown")),
    }


def test_what_a_body_hands_over_counts_at_once(tmp_path: Path) -> None:
    engine = engine_at(tmp_path, "def one():\n    return 1\n\n\ndef start(app) -> None:\n    pass\n")
    assert set(offered(engine, "service.py")) == {"one"}
    engine.edit("service.py", (5, 4), (5, 8), 'app.add_api_route("/", one)')
    assert offered(engine, "service.py") == {}


def test_one_annotation_more_raises_the_others(tmp_path: Path) -> None:
    text = "".join(f"def f{number}() -> int:\n    return 1\n" for number in range(3))
    engine = engine_at(tmp_path, f"{text}def g():\n    return 1\ndef h():\n    return 1\n")
    assert {located.finding.case for located in engine.findings("service.py")} == {""}
    engine.edit("service.py", (6, 7), (6, 7), " -> int")
    (located,) = engine.findings("service.py")
    assert located.finding.case == "mostly"
    assert located.finding.values == {"function": "h", "annotated": "4", "total": "5"}
