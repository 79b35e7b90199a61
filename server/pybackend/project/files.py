"""A file of a project: its units with their facts, linked into a module, through all edits."""

from __future__ import annotations

from copy import copy
from typing import TYPE_CHECKING, NamedTuple

from ..facts.collector import collect
from ..facts.tables import Tag, UnitFacts
from ..facts.template import collect_template
from ..syntax.file import Fresh, SourceFile
from ..syntax.suppressions import Suppression, suppressions, template_suppressions
from ..syntax.template import TemplateFile, is_template
from .exports import exports
from .module import Module

if TYPE_CHECKING:
    from ..findings import Finding
    from ..syntax.units import Unit
    from .calls import FunctionCalls
    from .project import Project


class Results:
    """What is known of a unit beside its facts. `findings` are those of its rules, before any are ignored;
    None until they have run. `wire` is whatever a client-side cache wants to keep with them. `calls` are
    those of its functions, None until somebody asks for them."""

    __slots__ = ("calls", "exports", "findings", "suppressions", "wire")

    def __init__(self) -> None:
        self.calls: tuple[FunctionCalls, ...] | None = None
        self.exports: tuple[object, ...] = ()
        self.suppressions: tuple[Suppression, ...] = ()
        self.findings: tuple[Finding, ...] | None = None
        self.wire: object = None


class Update(NamedTuple):
    """What an edit changed: units with new facts, whether the names of the file changed, and whether others
    were told of calls that are different now, or of what a template says."""

    units: list[Unit]
    is_relinked: bool
    has_new_calls: bool
    has_new_tags: bool


class ProjectFile:
    """Text, units, facts and module of one file. `path` is relative to the project's root.

    `ignores` are the rules that its `ignore-file` comments name. `speaking` are the units, in order, with
    anything to show: findings, ignore comments, or a break; None where that is not known.
    """

    speaking: list[Unit] | None = None

    def __init__(self, path: str, text: str, project: Project, is_tracked: bool = True) -> None:
        self.path, self.project, self.is_tracked = path, project, is_tracked
        self.ignores: frozenset[str] = frozenset()
        self.source = TemplateFile(text) if is_template(path) else SourceFile(text)
        self._take(self.source.fresh)
        self.source.fresh = []
        self.module = Module(path, self._linked(), project)
        self._visible = self._exports(), self.ignores
        self._was_broken = self.source.broken

    def edit(self, start: tuple[int, int], end: tuple[int, int], text: str) -> Update:
        """Replace the text between two (line, code point) positions."""
        return self._update(self.source.edit(start, end, text))

    def reconcile(self) -> Update:
        """Read the whole text again where some of it is broken."""
        return self._update(self.source.reconcile())

    def twin(self) -> ProjectFile:
        """The same text and facts with a module of its own, which is told things by itself."""
        twin = copy(self)
        twin.speaking = None
        twin.module = Module(self.path, twin._linked(), self.project)
        return twin

    def snapshot(self) -> ProjectFile:
        """The file as it is now, which edits of this one leave alone."""
        twin = copy(self)
        twin.source = self.source.snapshot()
        return twin.twin()

    def _update(self, fresh: list[Fresh]) -> Update:
        is_alone = self._is_alone(fresh)
        before = fresh[0].unit.results if is_alone else None
        told = [(item.unit, item.unit.results.calls) for item in fresh if item.unit.results is not None]
        tags = self._tags()
        self._take(fresh)
        if not is_alone:
            self.module.move_units()
        is_same = before is not None and self._is_equal(before, fresh[0].unit.results)
        if before is None or before.suppressions or fresh[0].unit.results.suppressions:
            self.speaking = None
        is_relinked = not is_same and self._sees_change()
        if is_relinked or self.module.units is not self.source.units:
            self.module = Module(self.path, self._linked(), self.project)
        has_new_calls = self._has_new_calls(told)
        if not is_relinked and has_new_calls and self._gives_else(told):
            is_relinked = True
            self.module = Module(self.path, self._linked(), self.project)
        if is_relinked:
            self._forget_calls()
        return Update([item.unit for item in fresh], is_relinked, has_new_calls, tags != self._tags())

    def _tags(self) -> tuple[Tag, ...]:
        """What a template says."""
        return self.source.units[0].facts.tags if isinstance(self.source, TemplateFile) else ()

    def _forget_calls(self) -> None:
        """Let calls be told anew, because names may mean something else."""
        for unit in self._linked():
            if unit.results is not None:
                unit.results.calls = None

    def _has_new_calls(self, told: list[tuple[Unit, tuple[FunctionCalls, ...] | None]]) -> bool:
        """Whether calls that others know of changed."""
        return any(calls is not None and self.module.outline(unit).calls != calls for unit, calls in told)

    def _gives_else(self, told: list[tuple[Unit, tuple[FunctionCalls, ...] | None]]) -> bool:
        """Whether what a function gives, as far as others were told, is something else now."""
        return any(
            calls is not None and _results(self.module.outline(unit).calls) != _results(calls)
            for unit, calls in told
        )

    def _is_alone(self, fresh: list[Fresh]) -> bool:
        """Whether one unit has a new text where it stood, and that is all."""
        was_broken, self._was_broken = self._was_broken, self.source.broken
        if was_broken or self.source.broken or len(fresh) != 1:
            return False
        return fresh[0].nodes is not None and fresh[0].unit.results is not None

    def _is_equal(self, before: Results, now: Results) -> bool:
        return before.exports == now.exports and self.ignores == self._visible[1]

    def speakers(self) -> list[Unit]:
        """The units that `speaking` tells of, looked for if need be."""
        if self.speaking is None:
            self.speaking = [
                unit
                for unit in self.source.units
                if unit.origin is not None or unit.results.findings or unit.results.suppressions
            ]
        return self.speaking

    def _sees_change(self) -> bool:
        before, self._visible = self._visible, (self._exports(), self.ignores)
        return self._visible != before

    def _exports(self) -> list[tuple[int, tuple[object, ...]]]:
        return [(id(u), u.results.exports) for u in self._linked() if u.results and u.results.exports]

    def _linked(self) -> list[Unit]:
        """The units that names come from: for one that broke several, those as they were."""
        if not self.source.broken:
            return self.source.units
        found: list[Unit] = []
        for unit in self.source.units:
            before = {id(line[0]): line[0] for line in unit.origin or () if line}
            found += before.values() if len(before) > 1 else [unit]
        return found

    def _ignores(self) -> frozenset[str]:
        return frozenset(
            name
            for unit in self.source.units
            for suppression in unit.results.suppressions
            if suppression.kind == "ignore-file"
            for name in suppression.names
        )

    def _take(self, fresh: list[Fresh]) -> None:
        lines, is_python = self.source.document.lines, not isinstance(self.source, TemplateFile)
        for unit, nodes, base in fresh:
            if nodes is not None:
                own = lines[unit.start : unit.start + unit.count]
                is_header = unit.role == "header"
                unit.facts = (
                    collect(nodes, own, base + unit.start, is_header) if is_python else collect_template(own)
                )
                unit.results = Results()
                if self.is_tracked:
                    unit.results.exports = exports(unit.facts)
            read = suppressions if is_python else template_suppressions
            unit.results.suppressions = read(unit.text)
            unit.results.wire = None
        for unit in self.source.units if self.source.broken else ():
            if unit.facts is None:
                unit.facts, unit.results = UnitFacts(), Results()
        if self.ignores or any("ignore-file" in unit.text for unit, _, _ in fresh):
            self.ignores = self._ignores()


def _results(calls: tuple[FunctionCalls, ...]) -> set[tuple[str, str | None, str | None]]:
    return {(told.path, told.returns, told.yields) for told in calls}
