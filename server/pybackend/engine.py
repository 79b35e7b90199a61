"""The engine: open files and what the rules find in them, kept up to date by edits.

The only stateful module. The findings of a file are at all times those that a new engine would give for the
same texts; text that does not parse shows what its last good version said, minus the edited lines.
"""

from __future__ import annotations

import logging
import math
import time
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from .backlog import Backlog
from .findings import Finding, Range
from .ignoring import is_ignored, remembered
from .placing import PlacedFindings
from .project.django.app import App
from .project.files import ProjectFile, Update
from .project.imports.graph import Imports
from .project.module import Module
from .project.outline import Outline
from .project.project import Project
from .rules.plan import Plan
from .rules.registry import Rule, View
from .syntax.units import Unit

logger = logging.getLogger(__name__)


class Located(NamedTuple):
    """A finding and where it is in the file as it is now.

    Where `unit` is broken, the finding is one of its last good version: what else that said is out of place.
    """

    finding: Finding
    unit: Unit
    range: Range


class Engine:
    """Files of one project under edit."""

    def __init__(
        self, project: Project, rules: Iterable[Rule], equivalents: dict[str, frozenset[str]]
    ) -> None:
        self.project, self.equivalents = project, equivalents
        self.rules = list(rules)
        self.plan = Plan(self.rules)
        self.files: dict[str, ProjectFile] = {}
        self._placed = PlacedFindings(project, self.files, self._app)
        self._backlog = Backlog()
        self._may_move = False
        """Whether files may be in other cycles of imports than before."""
        self._reported: set[tuple[str, str]] = set()

    @property
    def judging(self) -> list[Rule]:
        """The rules that have all they need: what they do not find is not there."""
        waits = self.project.cycles.given is not None
        return [rule for rule in self.rules if not (waits and rule.reads_cycles)]

    def know_cycles(self, given: Mapping[str, tuple[str, ...]]) -> None:
        """Run only the rules on cycles of imports from now on, on these cycles."""
        self.plan = Plan(self.plan.cyclic)
        self.project.cycles.given = given

    def learn_imports(self, imports: Mapping[str, Imports] | None) -> None:
        """Be told what closed files import; None for not yet, so that there are no cycles until then."""
        self.plan = Plan(self.rules)
        self.project.cycles.given = {} if imports is None else None
        self.project.cycles.learn(imports or {})
        self._may_move = True

    @property
    def stale(self) -> set[str]:
        """The open files of which something is to be checked (again); see `refresh`."""
        return self._backlog.stale

    def open(self, path: str, text: str, is_tracked: bool = True, seconds: float = math.inf) -> ProjectFile:
        """Take a file's text; `path` is relative to the project's root.

        What is not checked after so long is left to `catch_up`.
        """
        end = time.monotonic() + seconds
        file = self.files[path] = ProjectFile(path, text, self.project, is_tracked)
        self._link(file)
        self._backlog.done(path)
        self._check(file, [], file.source.units, end)
        self._placed.touch(path)
        return file

    def visit(self, path: str, text: str) -> ProjectFile:
        """Take a file as it is on the disk, to look at it once and `leave` it.

        Nothing changes for others, so what was followed for one file is good for the next.
        """
        file = self.files[path] = self.project.closed.visited(path, text)
        self.project.modules.visit(file.module)
        self._run(file, file.source.units)
        return file

    def leave(self, path: str) -> None:
        """End a visit."""
        file = self.files.pop(path, None)
        if file is not None:
            self.project.modules.leave(file.module)
            file.module.dismiss()

    def edit(
        self,
        path: str,
        start: tuple[int, int],
        end: tuple[int, int],
        text: str,
        seconds: float = math.inf,
    ) -> None:
        """Replace the text between two (line, code point) positions. Raises KeyError if it is not open.

        What is not checked again after so long, beside what was edited, is left to `catch_up`.
        """
        file, until = self.files[path], time.monotonic() + seconds
        self._follow(file, file.module, file.edit(start, end, text), until)

    def reconcile(self, path: str, seconds: float = math.inf) -> None:
        """Read the whole file again if some of it is broken; call it when the user pauses."""
        file, until = self.files[path], time.monotonic() + seconds
        self._follow(file, file.module, file.reconcile(), until)

    def close(self, path: str) -> None:
        self.files.pop(path, None)
        self._backlog.done(path)
        self.changed(path)

    def changed(self, path: str) -> None:
        """Take note that a file that is not open has come, gone or changed on the disk."""
        if path not in self.files:
            self._placed.touch(path)
            self._mark(self.project.modules.drop(path))
            self._may_move = True

    def catch_up(self, seconds: float) -> list[str]:
        """Read files that were wanted and check open files again because of others, for so long.

        Gives the open files that were checked again; `is_behind` says whether there is more to do.
        """
        end, modules = time.monotonic() + seconds, self.project.modules
        fresh = modules.load(seconds)
        for path in fresh:
            self._mark(modules.readers(path))
        self._may_move = self._may_move or bool(fresh)
        done: list[str] = []
        if modules.wanted:  # What comes next would have the same files checked once more.
            return done
        with modules.hurrying(max(0.0, end - time.monotonic())):
            if self._may_move and not all(self._prepare(path, end) for path in self.project.cycles.asked):
                return done
            self._look_at_cycles()
            while self.stale and (not done or time.monotonic() < end):
                path = min(self.stale)
                if not self._check_on(path, end):
                    break
                done.append(path)
        return done

    def _look_at_cycles(self) -> None:
        """Mark the files that are in other cycles of imports now, if all modules of those are known."""
        if self._may_move:
            moved = self.project.cycles.moved()
            if not self.project.modules.wanted:
                self._may_move = False
                self._mark(moved)

    def _mark(self, paths: set[str]) -> None:
        """Have open files checked again from the beginning."""
        opened = paths & self.files.keys()
        self._backlog.mark(opened)
        for path in opened:
            self._placed.touch(path)

    def _check_on(self, path: str, end: float) -> bool:
        """Check what is left of a file, unit by unit, until then; whether all of it is checked."""
        return self._prepare(path, end) and self._go_on(self.files[path], end)

    def _go_on(self, file: ProjectFile, end: float) -> bool:
        units = self._backlog.left(file, self.project.modules.generation)
        current = set(map(id, file.source.units))
        while units:
            unit = units.pop()
            if id(unit) in current:
                self._run(file, [unit])
            if time.monotonic() > end:
                break
        if not units:
            self._backlog.done(file.path)
        return not units

    def _check(self, file: ProjectFile, edited: list[Unit], others: list[Unit], end: float) -> bool:
        """Check units now, the others until then; the rest is left to `catch_up`.

        What rules share is not worked out for longer than that either: those that need it wait. Says whether
        none had to.
        """
        if end == math.inf:
            self._run(file, edited + others)
            return True
        is_ready = self._prepare(file.path, end)
        self._run(file, edited, is_ready)
        left = others[::-1]
        while left and time.monotonic() < end:
            self._run(file, [left.pop()], is_ready)
        rest = left[::-1] if is_ready else edited + others
        if rest:
            self._backlog.add(file.path, self.project.modules.generation, rest)
        return is_ready

    def _prepare(self, path: str, end: float) -> bool:
        """Work out until then what rules share on an open file; whether that is done."""
        module = self.files[path].module
        try:
            is_ready = not self.plan.cyclic or self.project.cycles.prepare(path, end)
            return is_ready and (not module.may_use_django or module.models.standing.settle(end))
        except Exception:
            logger.exception("what rules share on %s could not be worked out", path)
            return True

    @property
    def is_behind(self) -> bool:
        return bool(self.stale or self.project.modules.wanted or self._may_move)

    def refresh(self, path: str) -> None:
        """Check what is left of an open file, which may follow from others that have changed since."""
        if path in self.stale:
            self._go_on(self.files[path], math.inf)

    def snapshot(self, path: str) -> Engine:
        """A file as it is now in an engine of its own, for a thread to read while this one is edited.

        What rules find in whole apps is not in it.
        """
        twin = Engine(self.project, (rule for rule in self.rules if rule.driver != "app"), self.equivalents)
        twin.rules = self.rules  # Fixes of what was found in whole apps are offered all the same.
        twin.files[path] = self.files[path].snapshot()
        return twin

    def findings(self, path: str) -> list[Located]:
        """What is found in a file now and not ignored, in the order of the text."""
        self._look_at_cycles()
        self.refresh(path)
        file = self.files[path]
        found = [located for unit in file.source.units for located in self.unit_findings(unit)]
        placed = self.placed_findings(path, is_settled=True)
        return sorted(found + placed, key=lambda located: located.range) if placed else found

    def stamp(self, path: str) -> str:
        """Equal while what a visit finds beside the file itself, in whole apps, is the same."""
        return self._placed.stamp(path) if self.plan.apps else ""

    def known_file(self, path: str) -> ProjectFile | None:
        """A file of the project that is open or was read for another one; any thread may ask."""
        return self.files.get(path) or self._placed.apps.file(path)

    def unread(self, path: str) -> list[str]:
        """The files that `settle` has to read, unless somebody else asks for them before (`known_file`)."""
        return self._placed.unread(path) if self.plan.apps and path in self.files else []

    def advance(self, path: str) -> bool:
        """Do a part of what `settle` does; whether there may be more."""
        return bool(self.plan.apps) and path in self.files and self._placed.advance(path)

    def settle(self, path: str) -> bool:
        """Run rules on the app of a file if that is due; whether they find something else now."""
        return bool(self.plan.apps) and path in self.files and self._placed.settle(path)

    def placed_findings(self, path: str, is_settled: bool = False) -> list[Located]:
        """What rules that look at several files find in a file, beside what its units say.

        It is as it was when they ran last, unless `is_settled` asks for the present.
        """
        found: list[Located] = []
        if not self.plan.apps:
            return found
        for finding in self._placed.of(path) if is_settled else self._placed.known(path):
            place = finding.place
            if place is not None and not is_ignored(finding, place.unit, self.equivalents):
                own = finding._replace(place=None) if place.path == path else finding
                found.append(Located(own, place.unit, place.absolute))
        return found

    def unit_findings(self, unit: Unit) -> Iterator[Located]:
        """What is found in a unit and not ignored there."""
        if unit.origin is not None:
            for finding, place in remembered(unit, self.equivalents):
                yield Located(finding, unit, place)
            return
        for finding in unit.results.findings or ():
            if not is_ignored(finding, unit, self.equivalents):
                line, column, end_line, end_column = finding.range
                place = line + unit.start, column, end_line + unit.start, end_column
                yield Located(finding, unit, place)

    def _link(self, file: ProjectFile) -> None:
        """Have the other files know a file as it is now."""
        self._mark(self.project.modules.take(file.module) - {file.path})
        self._may_move = True

    def _follow(self, file: ProjectFile, before: Module, update: Update, end: float) -> None:
        if update.has_new_calls:
            self.project.callgraph.forget()
        if file.module is not before:
            self._link(file)
        others = _around(update.units, file.source.units) if update.is_relinked else []
        until = end if self._check(file, update.units, others, end) else -math.inf
        if not update.is_relinked:
            seen = before.models.looked_through
            if any(id(unit) in seen for unit in update.units) or (seen and file.module is not before):
                self._run_again(file, update.units, self.plan.through, until)
        if update.has_new_calls:
            self._mark(self.project.modules.readers(file.path))
            if not update.is_relinked:
                self._run_again(file, update.units, self.plan.calling, until)
        if update.has_new_tags:
            self._mark(self.project.modules.readers(file.path))
        self._placed.follow(file.path, update)

    def _run_again(
        self, file: ProjectFile, changed: list[Unit], rules: list[tuple[int, Rule]], end: float
    ) -> None:
        """Run rules that look beyond a unit again, on the units that did not change themselves.

        Where that takes longer, all of the file is left to `catch_up`.
        """
        for unit in file.source.units:
            if time.monotonic() > end:
                self._mark({file.path})
                return
            due = [rule for index, rule in rules if unit.facts[index]]
            if due and unit.origin is None and unit not in changed:
                ids = {rule.id for rule in due}
                kept = [finding for finding in unit.results.findings or () if finding.rule not in ids]
                view = View(file.module.outline(unit), None, self.project)
                kept += [f for rule in due for f in self._guarded(rule, view)]
                self._keep(file, unit, kept)

    def _app(self, app: App) -> Iterator[list[Finding]]:
        view = View(None, app, self.project)
        yield from (self._guarded(rule, view) for rule in self.plan.apps)

    def _run(self, file: ProjectFile, units: Iterable[Unit], is_ready: bool = True) -> None:
        for unit in units:
            if unit.origin is None:
                self._keep(file, unit, self._unit(file.module.outline(unit), is_ready))

    @staticmethod
    def _keep(file: ProjectFile, unit: Unit, findings: Iterable[Finding]) -> None:
        found = tuple(sorted(findings, key=_order))
        speaking = file.speaking
        if speaking is not None and bool(found) is not (unit in speaking):
            file.speaking = None
        unit.results.findings, unit.results.wire = found, None

    def _unit(self, outline: Outline, is_ready: bool) -> Iterator[Finding]:
        facts, view = outline.facts, View(outline, None, self.project)
        names, attributes = facts.names, facts.attributes
        plan = self.plan
        for index, rules in plan.by_table if outline.may_use_django else plan.without_django:
            if facts[index]:
                for rule in rules:
                    words = rule.words
                    if words and words.isdisjoint(attributes) and words.isdisjoint(names):
                        continue
                    if rule.shares and not is_ready:
                        continue
                    if found := self._guarded(rule, view):
                        yield from found

    def _guarded(self, rule: Rule, view: View) -> list[Finding]:
        """What a rule finds; one that raises is logged once per file, and the others stand."""
        try:
            return rule.run(view)
        except Exception:
            outline, app = view.outline, view.app
            key = rule.id, outline.module.path if outline is not None else app.path if app is not None else ""
            if key not in self._reported:
                self._reported.add(key)
                logger.exception("rule %s failed in %s", *key)
            return []


def _around(units: list[Unit], all_units: list[Unit]) -> list[Unit]:
    """The other units, the nearest first."""
    start, own = (units[0].start if units else 0), set(map(id, units))
    return sorted((u for u in all_units if id(u) not in own), key=lambda unit: abs(unit.start - start))


def _order(finding: Finding) -> tuple[Range, str, str]:
    return finding.range, finding.rule, finding.case
