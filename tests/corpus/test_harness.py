"""The parts of the corpus tools that could mislead in silence."""

import json
from pathlib import Path

import pytest

from tests.corpus import verdicts
from tests.corpus.check import Finding, parse
from tests.corpus.download import pyproject_of
from tests.corpus.projects import all_projects
from tests.corpus.verdicts import Place, Verdict


def judged(line: int, verdict: str = "right", reason: str = "swallows KeyboardInterrupt") -> Verdict:
    return Verdict(Place("celery", "5.7.0", "celery/app/base.py", line), verdict, reason)


def test_verdicts_survive_the_file(tmp_path: Path) -> None:
    verdicts.record("bare-except", [judged(20), judged(3, reason="two\nlines\tand a tab")], tmp_path)
    assert verdicts.read("bare-except", tmp_path) == {
        judged(3).place: judged(3, reason="two lines and a tab"),
        judged(20).place: judged(20),
    }


def test_a_place_judged_again_has_the_last_verdict(tmp_path: Path) -> None:
    verdicts.record("bare-except", [judged(3), judged(4)], tmp_path)
    verdicts.record("bare-except", [judged(3, "wrong", "re-raises")], tmp_path)
    read = verdicts.read("bare-except", tmp_path)
    assert [entry.verdict for entry in read.values()] == ["wrong", "right"]


@pytest.mark.parametrize("line", ["a\tb\tc\t1\tright", "a\tb\tc\t1\tmaybe\twhy", "a\tb\tc\tx\tright\twhy"])
def test_malformed_verdicts_are_refused(line: str) -> None:
    with pytest.raises(ValueError, match=r"columns|none of|invalid literal"):
        verdicts.parse_line(line)


def test_findings_are_read_relative_to_the_root(tmp_path: Path) -> None:
    output = [
        {
            "filename": str(tmp_path / "app" / name),
            "code": "bare-except",
            "severity": "warning",
            "message": "m",
            "location": {"row": 7, "column": 5},
        }
        for name in ("views.py", "admin.py")
    ]
    assert parse(json.dumps(output).encode(), tmp_path) == [
        Finding("app/admin.py", 7, "bare-except", "warning", "m"),
        Finding("app/views.py", 7, "bare-except", "warning", "m"),
    ]


def test_a_wheel_gets_the_requirements_of_its_metadata() -> None:
    text = pyproject_of(
        "Name: shop\nVersion: 2.0\nRequires-Python: >=3.12\n"
        'Requires-Dist: pydantic>=2\nRequires-Dist: pytest; extra == "test"\n\nLong text'
    )
    assert "pydantic>=2" in text
    assert "pytest" not in text
    assert 'requires-python = ">=3.12"' in text


def test_every_project_is_pinned_and_says_where_to_look() -> None:
    assert all(project.version[0].isdigit() and project.directories for project in all_projects())
