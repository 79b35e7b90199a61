"""What a user can do about a finding, as plain values: fix it, fix all like it, or ignore it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import NamedTuple

from ..engine import Engine, Located
from ..fixing import Offer, fix_all, offers
from ..references import References
from ..rewriting import Refactoring, refactorings
from ..syntax.template import is_template
from ..text.edits import Edit, minimal
from .ignoring_in_project import ignore_in_project
from .ignoring_in_text import ignore_in_file, ignore_in_template, ignore_on_line


class Action(NamedTuple):
    """One entry of the light bulb's menu; `edits` makes what it does from the text as it is then.

    `kind` is "fix", "fix-rule", "ignore-line", "ignore-file" or "ignore-project". `finding` is the first one
    that it is about.
    """

    kind: str
    title: str
    finding: Located
    is_preferred: bool
    edits: Callable[[], Offer | tuple[Edit, ...]]


class Actions:
    """What can be done in a file of an engine.

    `is_shown` says whether a user sees a finding; `read` gives the text of a configuration file, None where
    there is none.
    """

    def __init__(
        self,
        engine: Engine,
        path: str,
        references: References,
        is_shown: Callable[[Located], bool],
        read: Callable[[Path], str | None],
    ) -> None:
        self.engine, self.path, self.references = engine, path, references
        self.is_shown, self.read = is_shown, read
        self.rules = {rule.id: rule for rule in engine.rules}

    @property
    def _is_template(self) -> bool:
        return is_template(self.path)

    def of(self, findings: list[Located]) -> Iterator[Action]:
        """What can be done about findings of the file."""
        file = self.engine.files[self.path]
        for located in findings:
            with self.engine.project.inferring():
                found = offers(file, located, self.rules, self.references)
            for number, offer in enumerate(found):
                yield Action("fix", offer.title, located, number == 0, partial(_same, offer))
        firsts = {located.finding.rule: located for located in reversed(findings)}
        yield from self._fix_rules(firsts)
        yield from self._ignore_on_lines(findings)
        for rule, located in firsts.items():
            lines = file.source.document.lines
            edits = ignore_in_template(rule) if self._is_template else ignore_in_file(lines, rule)
            yield Action("ignore-file", f"Ignore {rule} in this file", located, False, partial(_same, edits))
        for rule, located in firsts.items():
            everywhere = self._ignore_everywhere(rule, located)
            if everywhere is not None:
                make = partial(_same, everywhere)
                yield Action("ignore-project", everywhere.title, located, False, make)

    def refactorings(self, line: int) -> Iterator[Refactoring]:
        """What refactorings there are for a line of the file."""
        with self.engine.project.inferring():
            yield from refactorings(self.engine.files[self.path], line, self.references)

    def all_of(self, rule: str = "") -> tuple[Edit, ...]:
        """All preferred fixes of a rule; without a rule, all safe ones."""
        text = self.engine.files[self.path].source.document.text
        alone = [known for known in self.engine.rules if known.driver != "app"]
        fixing = [known for known in alone if known.fixer and rule in ("", known.id)]
        copy = Engine(self.engine.project, fixing, self.engine.equivalents)
        copy.open(self.path, text)

        def accept(offer: Offer) -> bool:
            return (bool(rule) or offer.is_safe) and self.is_shown(offer.finding)

        for _ in fix_all(copy, self.path, self.references, accept):
            pass
        return tuple(minimal(text, copy.files[self.path].source.document.text))

    def _fix_rules(self, firsts: dict[str, Located]) -> Iterator[Action]:
        counts = Counter(located.finding.rule for located in self.engine.findings(self.path))
        for rule, located in firsts.items():
            if rule in self.rules and self.rules[rule].fixer is not None and counts[rule] > 1:
                make = partial(self.all_of, rule)
                yield Action("fix-rule", f"Fix all {rule} in this file", located, False, make)

    def _ignore_on_lines(self, findings: list[Located]) -> Iterator[Action]:
        taken: set[tuple[Edit, ...]] = set()
        for located in findings:
            edits = ignore_on_line(located, self._is_template)
            if edits and edits not in taken:
                taken.add(edits)
                title = f"Ignore {located.finding.rule} on this line"
                yield Action("ignore-line", title, located, False, partial(_same, edits))

    def _ignore_everywhere(self, rule: str, located: Located) -> Offer | None:
        """The rule in the `ignore` list of the project's own configuration file."""
        for name in ("pybackend.toml", "pyproject.toml"):
            text = self.read(self.engine.project.root / name)
            if text is not None:
                edit = ignore_in_project(text, rule, name == "pybackend.toml")
                title = f"Ignore {rule} in {name}"
                return Offer(located, title, False, (), {name: (edit,)}, {}) if edit is not None else None
        return None


def _same(edits: Offer | tuple[Edit, ...]) -> Offer | tuple[Edit, ...]:
    return edits
