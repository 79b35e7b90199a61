"""What a user can do about a finding, as plain values: fix it, fix all like it, or ignore it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import NamedTuple

from ..engine import Engine, Located
from ..facts.tables import Statement
from ..fixing import Offer, fix_all, offers
from ..references import References
from ..text.edits import Edit, minimal
from .ignoring_in_project import ignore_in_project


class Action(NamedTuple):
    """One entry of the light bulb's menu; `edits` makes what it does from the text as it is then.

    `kind` is "fix", "fix-rule", "fix-file", "ignore-line", "ignore-file" or "ignore-project".
    """

    kind: str
    title: str
    finding: Located | None
    is_preferred: bool
    edits: Callable[[], Offer | tuple[Edit, ...]]


def actions(engine: Engine, path: str, findings: list[Located], references: References) -> Iterator[Action]:
    """What can be done about the findings of an open file."""
    file = engine.files[path]
    rules = {rule.id: rule for rule in engine.rules}
    for located in findings:
        with engine.project.inferring():
            found = offers(file, located, rules, references)
        for number, offer in enumerate(found):
            yield Action("fix", offer.title, located, number == 0, partial(_same, offer))
    for rule in dict.fromkeys(located.finding.rule for located in findings):
        if rule in rules and rules[rule].fixer is not None and _count(engine, path, rule) > 1:
            every = partial(all_of, engine, path, references, rule)
            yield Action("fix-rule", f"Fix all {rule} in this file", None, False, every)
    for located in findings:
        rule, make = located.finding.rule, partial(ignore_line, engine, path, located)
        yield Action("ignore-line", f"Ignore {rule} on this line", located, False, make)
        make = partial(ignore_file, engine, path, located)
        yield Action("ignore-file", f"Ignore {rule} in this file", located, False, make)
    for rule in dict.fromkeys(located.finding.rule for located in findings):
        ignoring = ignore_everywhere(engine, rule, next(f for f in findings if f.finding.rule == rule))
        if ignoring is not None:
            yield Action("ignore-project", ignoring.title, ignoring.finding, False, partial(_same, ignoring))


def _same(offer: Offer) -> Offer:
    return offer


def ignore_everywhere(engine: Engine, rule: str, located: Located) -> Offer | None:
    """The rule in the `ignore` list of the project's own configuration file."""
    for name in ("pybackend.toml", "pyproject.toml"):
        file = engine.project.root / name
        if not file.is_file():
            continue
        edit = ignore_in_project(file.read_bytes().decode("utf-8", "replace"), rule, name == "pybackend.toml")
        if edit is None:
            return None
        title = f"Ignore {rule} in {name}"
        return Offer(located, title, False, (), {name: (edit,)}, {})
    return None


def _count(engine: Engine, path: str, rule: str) -> int:
    return sum(located.finding.rule == rule for located in engine.findings(path))


def all_of(engine: Engine, path: str, references: References, rule: str = "") -> tuple[Edit, ...]:
    """All preferred fixes of a rule; without a rule, all safe ones."""
    text = engine.files[path].source.document.text
    copy = Engine(engine.project, engine.rules, engine.equivalents)
    copy.open(path, text)

    def accept(offer: Offer) -> bool:
        return offer.finding.finding.rule == rule if rule else offer.is_safe

    for _ in fix_all(copy, path, references, accept):
        pass
    return tuple(minimal(text, copy.files[path].source.document.text))


def ignore_line(engine: Engine, path: str, located: Located) -> tuple[Edit, ...]:
    """An ignore comment on the finding's line, or at the end of its statement where a comment there would
    land inside a string."""
    lines = engine.files[path].source.document.lines
    line = _comment_line(located, located.unit.facts.statements) + located.unit.start
    text = lines[line].rstrip("\r\n")
    rule = located.finding.rule
    marker = "# pybackend: ignore["
    at = text.find(marker)
    if at >= 0:
        column = at + len(marker)
        return (Edit((line, column, line, column), f"{rule}, "),)
    stripped = len(text.rstrip())
    return (Edit((line, stripped, line, len(text)), f"  {marker}{rule}]"),)


def _comment_line(located: Located, statements: tuple[Statement, ...]) -> int:
    line = located.finding.range[0]
    around = [s for s in statements if s.range[:2] <= located.finding.range[:2] < s.range[2:]]
    simple = around and around[-1].kind in ("expr", "assign", "annassign", "augassign", "return", "raise")
    return around[-1].range[2] if simple and around[-1].range[0] != around[-1].range[2] else line


def ignore_file(engine: Engine, path: str, located: Located) -> tuple[Edit, ...]:
    """An `ignore-file` comment at the top, below a shebang and coding line."""
    lines = engine.files[path].source.document.lines
    line = 0
    while (
        line < min(2, len(lines))
        and lines[line].startswith("#")
        and ("!" in lines[line][:2] or "coding" in lines[line])
    ):
        line += 1
    ending = "\r\n" if lines[0].endswith("\r\n") else "\n"
    return (Edit((line, 0, line, 0), f"# pybackend: ignore-file[{located.finding.rule}]{ending}"),)
