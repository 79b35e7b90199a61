"""Mutations land where they say, and the count of what was found cannot flatter."""

import random
from pathlib import Path

import pytest

from tests.corpus import planted
from tests.corpus.check import Finding, Run
from tests.corpus.planted import run
from tests.corpus.plants import bare_except, no_return_type
from tests.corpus.projects import Project
from tests.corpus.source import Mutation, SourceFile

PROJECT = Project("shop", "1.0", "django", ("shop",), "sdist")

MODULE = '''\
"""Orders: größer als früher."""
from __future__ import annotations
import logging


def total(rows: list[int]) -> int:
    try:
        return sum(rows)
    except Exception:
        return 0


def other() -> None:
    try:
        total([])
    except:
        pass
'''


def source(text: str = MODULE) -> SourceFile:
    return SourceFile(PROJECT, "shop/orders.py", text.encode(), random.Random(1))


def marked(mutation: Mutation) -> list[str]:
    lines = mutation.text.decode().split("\n")
    return [lines[number - 1] for number in sorted(mutation.expected_lines)]


def test_a_mutation_points_at_what_it_changed() -> None:
    (mutation,) = bare_except.plants(source())
    assert marked(mutation) == ["    except:"]
    assert mutation.text.decode() == MODULE.replace("except Exception:", "except:")


def test_lines_are_counted_after_everything_inserted_above() -> None:
    file = source()
    function = next(file.functions())
    edits = [*file.imports("import time", "import logging"), file.line_before(function.body[0], "# one")]
    mutation = file.mutate("kind", edits, at=file.start(function.body[0]))
    assert marked(mutation) == ["    try:"]
    assert mutation.text.decode().split("\n")[1:3] == ["from __future__ import annotations", "import time"]


def test_an_inserted_line_is_where_it_was_inserted() -> None:
    file = source()
    edit = file.line_before(next(file.functions()).body[0], "print(rows)")
    assert marked(file.mutate("kind", [edit], at=edit[0])) == ["    print(rows)"]


def test_an_annotation_is_stripped_whole() -> None:
    texts = {mutation.text.decode() for mutation in no_return_type.plants(source())}
    assert texts == {MODULE.replace(" -> int", ""), MODULE.replace(" -> None", "")}


def fake_check(copy: Path, paths: list[str], *_options: str) -> Run:
    """Reports every `except:` of a file."""
    findings = [
        Finding(path, number, "bare-except", "warning", "m")
        for path in paths
        for number, line in enumerate((copy / path).read_text(encoding="utf-8").split("\n"), 1)
        if line.strip() == "except:"
    ]
    return Run(findings, 0.0, "")


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    monkeypatch.setattr("tests.corpus.projects.CORPUS", tmp_path / "corpus")
    monkeypatch.setattr(planted, "check", fake_check)
    (PROJECT.root / "shop").mkdir(parents=True)
    (PROJECT.root / "shop" / "orders.py").write_text(MODULE, encoding="utf-8")
    return PROJECT


def test_a_plant_is_found_on_its_line_and_the_corpus_stays_as_it_was(
    project: Project, tmp_path: Path
) -> None:
    (mutation,) = bare_except.plants(source())
    (outcome,) = run("bare-except", [(project, mutation)], tmp_path)
    assert outcome.found
    assert (project.root / "shop" / "orders.py").read_text(encoding="utf-8") == MODULE


def test_a_finding_that_was_there_before_does_not_count(project: Project, tmp_path: Path) -> None:
    unchanged = Mutation(
        "none", "shop/orders.py", MODULE.encode(), "shop/orders.py", frozenset({16}), "shop/orders.py"
    )
    (outcome,) = run("bare-except", [(project, unchanged)], tmp_path)
    assert not outcome.found


def test_a_finding_on_another_line_is_a_miss(project: Project, tmp_path: Path) -> None:
    text = MODULE.replace("except Exception:", "except:").encode()
    moved = Mutation("moved", "shop/orders.py", text, "shop/orders.py", frozenset({3}), "shop/orders.py")
    (outcome,) = run("bare-except", [(project, moved)], tmp_path)
    assert not outcome.found
    assert outcome.elsewhere == [9, 16]


def test_mutations_of_one_file_are_never_in_one_run(project: Project, tmp_path: Path) -> None:
    (mutation,) = bare_except.plants(source())
    outcomes = list(run("bare-except", [(project, mutation)] * 3, tmp_path))
    assert [outcome.found for outcome in outcomes] == [True, True, True]
    assert len(list(tmp_path.glob("bare-except-shop-*"))) == 3
