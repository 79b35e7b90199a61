"""The references and `tests/rules/*.md` are tests: wrong fires, fixing it gives right, right is silent."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from pybackend.references import ENGINE_LEVEL, SEVERITIES, directory
from tests.checking import engine_for, fixed, marks, references, rules
from tests.marked import Example, Section, sections

EDGE_CASES = Path(__file__).parent / "rules"


def _cases() -> list[tuple[str, Section]]:
    found = [(section.id, section) for section in sections(directory() / "validations.md")]
    for path in sorted(EDGE_CASES.glob("*.md")):
        found += [(path.stem, section) for section in sections(path)]
    return found


def _parameters(kind: str) -> list[object]:
    return [
        pytest.param(section, example, id=f"{rule}-{section.title}-{number}".replace(" ", "-"))
        for rule, section in _cases()
        for number, example in enumerate(getattr(section, kind))
    ]


@pytest.mark.parametrize(("section", "example"), _parameters("wrong"))
def test_wrong_fires_where_marked(section: Section, example: Example) -> None:
    assert marks(engine_for(example, section.settings)) == sorted(example.marks)


@pytest.mark.parametrize(("section", "example"), _parameters("right"))
def test_right_is_silent(section: Section, example: Example) -> None:
    assert marks(engine_for(example, section.settings)) == []


@pytest.mark.parametrize(("section", "example"), _parameters("allowed"))
def test_allowed_is_silent(section: Section, example: Example) -> None:
    assert marks(engine_for(example, section.settings)) == []


@pytest.mark.parametrize(
    ("rule", "section", "number"),
    [
        pytest.param(rule, section, number, id=f"{rule}-{section.title}-{number}".replace(" ", "-"))
        for rule, section in _cases()
        for number in range(min(len(section.wrong), len(section.right)))
        if rules().get(rule) and rules()[rule].fixer
    ],
)
def test_fixing_wrong_gives_right(rule: str, section: Section, number: int) -> None:
    after = fixed(engine_for(section.wrong[number], section.settings), rule)
    assert after == section.right[number].files


def test_every_rule_has_an_entry_and_every_entry_a_rule() -> None:
    assert set(rules()) == set(references().rules)


@pytest.mark.parametrize("rule", sorted(references().rules))
def test_every_entry_is_complete(rule: str) -> None:
    entry = references()[rule]
    section = next(s for s in sections(directory() / "validations.md") if s.id == rule)
    assert entry.severity()
    assert entry.get("message")
    assert entry.source.startswith("https://")
    assert entry.link("why") and entry.link("instead")
    assert section.wrong and section.right and section.allowed
    assert any(mark.rule == rule for example in section.wrong for mark in example.marks)
    if rules()[rule].fixer:
        assert entry.get("fix") or entry.cases("fix")
        assert all(value in ("safe", "unsafe") for value in entry.all("safety")) and entry.all("safety")


def test_no_two_rules_say_the_same() -> None:
    said: dict[str, str] = {}
    for rule in sorted(rules()):
        for message in references().entries[rule].all("message"):
            other = said.setdefault(message, rule)
            names = {other.partition("-")[2], rule.partition("-")[2]}  # Of two frameworks, but of one kind.
            assert other == rule or names == {"unknown-field"}, f"{other} and {rule}: {message}"


@pytest.mark.parametrize("rule", sorted(ENGINE_LEVEL))
def test_what_needs_no_rule_has_an_entry(rule: str) -> None:
    entry = references()[rule]
    assert entry.file == "validations.md" and entry.source.startswith("https://") and entry.body
    assert entry.get("message") or entry.cases("message")
    assert all(entry.severity(case) in SEVERITIES for case in ("", *entry.cases("message")))


@pytest.mark.parametrize("rule", sorted(references().rules))
def test_links_lead_to_entries_and_say_their_titles(rule: str) -> None:
    entry = references()[rule]
    for key in ("why", "instead"):
        link = entry.link(key)
        if link is not None:
            assert references()[link[1]].title == link[0]


def test_every_danger_and_pattern_names_rules_that_exist() -> None:
    for entry in references().entries.values():
        if entry.file != "validations.md":
            for target in re.findall(
                r"validations\.md#([a-z0-9-]+)", " ".join([*entry.all("rules"), *entry.body])
            ):
                assert target in references().rules, f"{entry.id}: {target}"
