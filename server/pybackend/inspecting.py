"""Opening, checking and mending one file after another."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import NamedTuple

from .engine import Engine, Located
from .findings import Finding, Range, Related
from .fixing import Offer, fix_all, offers, reaching
from .masking import Mask
from .project.closed import SIZE_LIMIT, content_digest
from .project.files import ProjectFile
from .project.imports.graph import Imports, imports_of
from .references import Severity
from .report import FixEdit, FixReport, Note, Report, shown
from .syntax.template import is_template
from .text.encoded import Encoded, Undecodable, decode
from .workspace import Workspace


class Options(NamedTuple):
    """What is to be done with a file."""

    fixes: bool = False
    unsafe_fixes: bool = False
    shows_fixes: bool = False


class Inspected(NamedTuple):
    """What was found in a file. `fixed` is None, or its text after `fixes` of them were made.

    `before` and `after` are the old and new lines as they may be shown. `reads` are the files of the project
    that something of it came from, `digest` stands for its content. `imports` is what it says of its imports.
    `reaches` says whether a fix is left that is wanted and edits other files too.
    """

    reports: list[Report]
    encoded: Encoded | None = None
    fixed: str | None = None
    fixes: int = 0
    before: list[str] = []  # noqa: RUF012
    after: list[str] = []  # noqa: RUF012
    reads: frozenset[str] = frozenset()
    digest: str = ""
    imports: Imports = Imports()
    reaches: bool = False

    @property
    def new_content(self) -> bytes:
        """The bytes that the file is to have. Raises UnicodeEncodeError where the encoding cannot hold it."""
        assert self.encoded is not None
        return self.encoded.encode(self.encoded.text if self.fixed is None else self.fixed)


class Inspector:
    """Checks files of a workspace. Nothing of a file stays after it was inspected."""

    def __init__(self, workspace: Workspace, options: Options, directory: Path) -> None:
        self.workspace, self.options, self.directory = workspace, options, directory
        self.references = workspace.references
        self.logger = logging.getLogger("pybackend")

    def filename(self, path: Path) -> str:
        """A path as it is shown: relative to the working directory where it stands below that."""
        return shown(path, self.directory)

    def read(self, path: Path) -> Inspected:
        """Inspect a file on the disk."""
        try:
            size = path.stat().st_size
            if size > SIZE_LIMIT:
                values = {"size": f"{size / 1e6:.1f}", "limit": f"{SIZE_LIMIT / 1e6:.0f}"}
                return self._skipped(path, "large", values)
            content = path.read_bytes()
        except OSError as error:
            return self._skipped(path, "unreadable", {"problem": error.strerror or str(error)})
        return self._inspect(path, content, is_visit=not self.options.fixes)

    def inspect(self, path: Path, content: bytes) -> Inspected:
        """Inspect bytes that a file might have."""
        return self._inspect(path, content, is_visit=False)

    def _inspect(self, path: Path, content: bytes, is_visit: bool) -> Inspected:
        try:
            encoded = decode(content)
        except Undecodable as error:
            if is_template(path.name):
                return Inspected([])  # It may be of any other kind.
            return self._skipped(path, "encoding", {"encoding": str(error)})
        engine, relative = self.workspace.place(path)
        try:
            if is_visit:
                engine.visit(relative, encoded.text)
            else:
                engine.open(relative, encoded.text, is_tracked=False)
            found = self._work(engine, relative, encoded)
            digest = content_digest(relative, content).hex()
            imports = imports_of(engine.files[relative].module) if engine.plan.cyclic else Imports()
            reads = engine.project.modules.sources(relative)
            return found._replace(reads=reads, digest=digest, imports=imports)
        except Exception:
            self.logger.exception("checking failed in %s", self.filename(path))
            return Inspected([])
        finally:
            engine.leave(relative) if is_visit else engine.close(relative)

    def _work(self, engine: Engine, path: str, encoded: Encoded) -> Inspected:
        if not self.options.fixes:
            return Inspected(self.reports(engine, path), encoded)
        file = engine.files[path]
        mask, was_whole = Mask(file), file.source.problem is None
        engine.project.infers = self.options.unsafe_fixes
        done = list(fix_all(engine, path, self.references, lambda offer: self.accepts(offer, path, engine)))
        if not done:
            return Inspected(self.reports(engine, path), encoded, reaches=self._reaches(engine, path))
        if was_whole and engine.files[path].source.problem is not None:
            self.logger.error("the fixes of %s do not fit together; it was left alone", path)
            engine.open(path, encoded.text, is_tracked=False)
            return Inspected(self.reports(engine, path), encoded)
        new = engine.files[path]
        found = _changed(self.reports(engine, path), encoded, new, mask)
        return found._replace(fixes=len(done), reaches=self._reaches(engine, path))

    def told(self, engine: Engine, relative: str, inspected: Inspected, fixes: int) -> Inspected:
        """What is to be said of an open file that was changed again, by so many fixes of its own."""
        encoded, new = inspected.encoded, engine.files[relative]
        assert encoded is not None
        reports = self.reports(engine, relative)
        if new.source.document.text == encoded.text:
            return Inspected(reports, encoded, fixes=fixes)
        mask = Mask(engine.open(relative, encoded.text, is_tracked=False))
        text = new.source.document.text
        found = _changed(reports, encoded, engine.open(relative, text, is_tracked=False), mask)
        return found._replace(fixes=inspected.fixes + fixes)

    def _reaches(self, engine: Engine, path: str) -> bool:
        offers = reaching(engine, path, self.references, lambda offer: self.accepts(offer, path, engine))
        return next(offers, None) is not None

    def accepts(self, offer: Offer, path: str, engine: Engine) -> bool:
        """Whether a fix is wanted: it is safe or may be unsafe, and its finding is shown."""
        is_wanted = offer.is_safe or self.options.unsafe_fixes
        return is_wanted and self.workspace.shown(offer.finding, path, engine) is not None

    # Reports

    def reports(self, engine: Engine, path: str) -> list[Report]:
        """All that is shown of an open file, in the order of its text."""
        mask = Mask(engine.files[path])
        found = []
        for located in engine.findings(path):
            severity = self.workspace.shown(located, path, engine)
            if severity is not None:
                report = self._report(located.finding, severity, located.range, engine, path, mask)
                found.append(self._detailed(report, located, engine, path, mask))
        for finding in self.workspace.own_findings(path, engine):
            severity = self.workspace.severity_of(finding, path, engine)
            if severity is not None:
                found.append(self._report(finding, severity, finding.range, engine, path, mask))
        return sorted(found, key=lambda report: (report.range, report.code))

    def _report(
        self, finding: Finding, severity: Severity, place: Range, engine: Engine, path: str, mask: Mask
    ) -> Report:
        entry = self.references[finding.rule]
        message = self.references.message(finding.rule, finding.case, finding.values)
        root = engine.project.root
        if finding.place is not None:
            filename = self.filename(root / finding.place.path)
            return Report(filename, finding.rule, severity, message, finding.place.absolute, entry.source)
        source = mask.line(place[0])
        return Report(
            self.filename(root / path), finding.rule, severity, message, place, entry.source, source
        )

    def _detailed(self, report: Report, located: Located, engine: Engine, path: str, mask: Mask) -> Report:
        """The report with related places and, where it is wanted, the fix."""
        finding = located.finding
        rule = self.workspace.rules[finding.rule]
        notes = tuple(self._note(related, located, engine, path) for related in finding.related)
        fix = None
        if self.options.shows_fixes and rule.fixer is not None:
            fix = self._offered(located, engine, path, mask)
        return report._replace(related=notes, is_fixable=rule.fixer is not None, fix=fix)

    def _offered(self, located: Located, engine: Engine, path: str, mask: Mask) -> FixReport | None:
        """The preferred fix of a finding, in whatever file that stands."""
        place = located.finding.place
        name = path if place is None else place.path
        file = engine.known_file(name)
        if file is None:
            return None
        own = located._replace(finding=located.finding._replace(place=None))
        offer = next(iter(offers(file, own, self.workspace.rules, self.references)), None)
        shown = mask if place is None else Mask(file)
        return self._fix(offer, engine, name, shown) if offer else None

    def _note(self, related: Related, located: Located, engine: Engine, path: str) -> Note:
        message = self.references.related(located.finding.rule, related.case, related.values)
        root = engine.project.root
        if related.place is not None:
            return Note(self.filename(root / related.place.path), related.place.absolute, message)
        line, column, end_line, end_column = related.range
        start = located.range[0] - located.finding.range[0]
        return Note(self.filename(root / path), (line + start, column, end_line + start, end_column), message)

    def _fix(self, offer: Offer, engine: Engine, path: str, mask: Mask) -> FixReport | None:
        """The fix as data; none if it would repeat a secret."""
        root = engine.project.root
        by_file = {path: offer.edits, **offer.others}
        edits = tuple(
            FixEdit(self.filename(root / name), edit.range, edit.content)
            for name, changes in by_file.items()
            for edit in changes
        )
        contents = [edit.content for edit in edits] + list(offer.creates.values())
        if any(mask.replace(content) != content for content in contents):
            return None
        creates = {self.filename(root / name): content for name, content in offer.creates.items()}
        return FixReport(offer.is_safe, offer.title, edits, creates)

    def _skipped(self, path: Path, case: str, values: dict[str, str]) -> Inspected:
        engine, relative = self.workspace.place(path)
        finding = Finding((0, 0, 0, 0), case, values, rule="file-skipped")
        return Inspected(self._own([finding], path, relative, engine))

    def configuration(self) -> list[list[Report]]:
        """What is wrong with the configuration of the projects that were met, by file."""
        homes = {home.configuration.file: home for home in self.workspace.homes}
        return [
            self._own(list(home.configuration.findings), file, file.name, home.engine)
            for file, home in homes.items()
            if file is not None and home.configuration.findings
        ]

    def _own(self, findings: list[Finding], path: Path, relative: str, engine: Engine) -> list[Report]:
        found = []
        for finding in findings:
            severity = self.workspace.severity_of(finding, relative, engine)
            if severity is not None:
                message = self.references.message(finding.rule, finding.case, finding.values)
                source = self.references[finding.rule].source
                found.append(
                    Report(self.filename(path), finding.rule, severity, message, finding.range, source)
                )
        return found


def _changed(reports: list[Report], encoded: Encoded, file: ProjectFile, mask: Mask) -> Inspected:
    """What was found in a file whose text is another one now; `mask` is that of the old text."""
    after = [mask.replace(line) for line in Mask(file).lines]
    return Inspected(reports, encoded, file.source.document.text, 0, mask.lines, after)
