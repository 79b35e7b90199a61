"""`pybackend check`: findings of files and directories."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Mapping
from contextlib import closing, nullcontext
from pathlib import Path
from typing import Protocol

from ..inspecting import Inspected, Inspector, Options
from ..mending import Mending
from ..references import SEVERITIES
from ..report import Report, from_data, within
from ..repository import exists
from ..store import Store, location
from ..surveying import check_files
from ..workspace import Workspace
from .changes import diff, write
from .colour import Colours
from .concise import Concise
from .failures import Failures
from .full import Full
from .json_format import Json
from .overrides import UsageError, overrides
from .progress import Progress
from .summary import Summary

FORMATS = ("full", "concise", "json")
CLEAN, FOUND, FAILED = 0, 1, 2


class Format(Protocol):
    """How findings are written. `needs_fixes` if every finding is to carry its fix."""

    needs_fixes: bool

    def show(self, reports: list[Report]) -> str: ...
    def close(self) -> str: ...


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of the command."""
    add = parser.add_argument
    add(
        "paths",
        nargs="*",
        default=["."],
        metavar="PATH",
        help="files, directories, or `-` for standard input",
    )
    add("--select", action="append", metavar="RULES", help="run only these: rule ids, areas or ALL")
    add("--ignore", action="append", metavar="RULES", help="do not run these")
    add("--fix", action="store_true", help="apply safe fixes")
    add("--unsafe-fixes", action="store_true", help="with --fix or --diff: the unsafe ones too")
    add("--diff", action="store_true", help="show what --fix would change, and change nothing")
    add("--statistics", action="store_true", help="count findings by rule instead of showing them")
    add("--exit-zero", action="store_true", help="exit with 0 where something is found")
    add("--output-format", choices=FORMATS, default="full", help="default: full")
    add("--min-severity", choices=SEVERITIES, help="the least that is shown; default: information")
    add("--stdin-filename", metavar="PATH", help="what the text on standard input is called")
    add("--target-version", metavar="VERSION", help="the oldest Python that the code runs on")
    add("--exclude", action="append", metavar="PATTERN", help="leave these out as well; gitignore syntax")
    add("--no-cache", action="store_true", help="read all files, and remember nothing for the next run")
    add("--no-color", action="store_true", help="never use colours")


def run(arguments: argparse.Namespace) -> int:
    """Check, and give the exit code."""
    place = None if arguments.no_cache else location([Path.cwd()])
    store = Store(place) if place is not None else None
    with closing(store) if store is not None else nullcontext():
        return _run(arguments, store)


def _run(arguments: argparse.Namespace, store: Store | None) -> int:
    workspace = Workspace(_folders(arguments.paths), minimum="information", kept=store)
    try:
        workspace.override(overrides(arguments, workspace.names, workspace.references))
    except UsageError as error:
        sys.stderr.write(f"pybackend: {error}\n")
        return FAILED
    progress = Progress(sys.stderr)
    failures = Failures(progress)
    with failures.listening():
        return _Check(workspace, store, arguments, failures, progress).run()


class _Check:
    """One run of the command."""

    def __init__(
        self,
        workspace: Workspace,
        store: Store | None,
        arguments: argparse.Namespace,
        failures: Failures,
        progress: Progress,
    ) -> None:
        self._store = store
        self.workspace, self.arguments, self.failures = workspace, arguments, failures
        self.directory = Path.cwd()
        self.progress = progress
        rewrites_stdin = arguments.fix and not arguments.diff and "-" in arguments.paths
        self.stream = sys.stderr if rewrites_stdin else sys.stdout
        self.colours = Colours.for_stream(self.stream, arguments.no_color)
        self.format = _format(arguments.output_format, self.colours)
        options = Options(arguments.fix or arguments.diff, arguments.unsafe_fixes, self.format.needs_fixes)
        self.inspector = Inspector(workspace, options, self.directory)
        tried = "" if not options.fixes else "all" if arguments.unsafe_fixes else "safe"
        self.summary = Summary(workspace.references, arguments.diff, tried)

    def run(self) -> int:
        files = self._files()
        named = [path for path in files if path is not None]
        if self.inspector.options.fixes:
            self._mend(named)
        else:
            self._check(named)
        if None in files:
            self._pass_on(sys.stdin.buffer.read())
        self.progress.clear()
        for reports in self.inspector.configuration():
            self._show(reports)
        self._finish(len(files))
        if self.failures.count:
            return FAILED
        return FOUND if self.summary.is_dirty and not self.arguments.exit_zero else CLEAN

    def _files(self) -> list[Path | None]:
        """What is to be checked, each once; None for standard input."""
        found: dict[Path | None, None] = {}
        for name in self.arguments.paths:
            path = Path(os.path.normpath(self.directory / name))
            if name == "-":
                found[None] = None
            elif exists(path) and path.is_dir():
                found.update(dict.fromkeys(self.workspace.files(path, self._unreadable)))
            elif exists(path):
                found[path] = None
            else:
                self.failures.say(f"there is no {name}")
        return list(found)

    def _unreadable(self, error: OSError) -> None:
        self.failures.say(f"{error.filename} cannot be read: {error.strerror}")

    def _stdin_path(self) -> Path:
        return Path(os.path.normpath(self.directory / (self.arguments.stdin_filename or "stdin.py")))

    def _check(self, files: list[Path]) -> None:
        """Check files without mending them."""

        def show(number: int) -> None:
            self.progress.show(number, len(files))

        for path, answer in check_files(
            self.workspace, self._store, files, self.format.needs_fixes, None, show
        ):
            self.workspace.place(path)  # Whose configuration is to be told of, too.
            for message, places in answer.problems:
                self.failures.tell(message.replace(f"{self.directory}{os.sep}", ""), places)
            self._show([within(from_data(data), self.directory) for data in answer.reports])

    def _mend(self, files: list[Path]) -> None:
        """Check and mend files one by one, then once more those whose fixes reach others."""
        found: dict[Path, Inspected] = {}
        for number, path in enumerate(files):
            self.progress.show(number, len(files))
            inspected = self.inspector.read(path)
            self._write({path: inspected}, {path: inspected._replace(fixed=None)}, inspected.fixes)
            is_kept = inspected.fixed is not None or inspected.reaches
            found[path] = inspected if is_kept else inspected._replace(encoded=None)
        mending = Mending(self.inspector, found)
        again = mending.mended()
        for group in mending.groups:
            fixes = sum(again[path].fixes - found[path].fixes for path in group)
            self._write({path: again[path] for path in group}, mending.found, fixes)
        for path, inspected in (found | again).items():
            self._take(path, inspected)

    def _pass_on(self, content: bytes) -> None:
        """Check standard input; where it is to be mended, write it as it is then, or else as it came."""
        path = self._stdin_path()
        inspected = self.inspector.inspect(path, content)
        if self.arguments.fix and not self.arguments.diff:
            if inspected.fixed is not None:
                try:
                    content = inspected.new_content
                    self.summary.fixed += inspected.fixes
                except UnicodeEncodeError as error:
                    self.failures.say(f"- could not be written: {type(error).__name__}")
            sys.stdout.buffer.write(content)
            sys.stdout.flush()
        self._take(path, inspected)

    def _take(self, path: Path, inspected: Inspected) -> None:
        """Show what was found in a file, and how fixes would change it if that was asked for."""
        if self.arguments.diff:
            self._say(diff(self.inspector.filename(path), inspected, self.colours))
            self.summary.fixed += inspected.fixes
        self._show(inspected.reports)

    def _write(self, mended: Mapping[Path, Inspected], before: Mapping[Path, Inspected], fixes: int) -> None:
        """Write files that fixes were made in, if that is what was asked for and they are as `before`."""
        changed = {path: inspected for path, inspected in mended.items() if inspected.fixed is not None}
        if self.arguments.diff or not changed:
            return
        try:
            write(
                {path: inspected.new_content for path, inspected in changed.items()},
                {path: before[path].new_content for path in changed},
            )
            self.summary.fixed += fixes
        except (OSError, UnicodeEncodeError) as error:
            for path in changed:
                self.failures.say(f"{path} could not be written: {type(error).__name__}")

    def _show(self, reports: list[Report]) -> None:
        self.summary.add(reports)
        if reports and not (self.arguments.statistics or self.arguments.diff):
            self._say(self.format.show(reports))

    def _finish(self, files: int) -> None:
        is_json = self.arguments.output_format == "json"
        if self.arguments.statistics:
            self._say(self.summary.table_json() if is_json else self.summary.table(self.colours))
        elif not self.arguments.diff:
            self._say(self.format.close())
        if self.arguments.diff:
            colours = Colours.for_stream(sys.stderr, self.arguments.no_color)
            sys.stderr.write(self.summary.text(files, colours))
        elif not is_json:
            self._say(self.summary.text(files, self.colours))

    def _say(self, text: str) -> None:
        if text:
            self.progress.clear()
            self.stream.write(text)


def _folders(names: list[str]) -> list[Path]:
    """The working directory, and for names that lead out of it the directories around their packages."""
    here = Path.cwd()
    found = {here: None}
    for name in names:
        path = Path(os.path.normpath(here / name))
        if name != "-" and not path.is_relative_to(here) and exists(path):
            directory = path if path.is_dir() else path.parent
            while exists(directory / "__init__.py"):
                directory = directory.parent
            found[directory] = None
    return list(found)


def _format(name: str, colours: Colours) -> Format:
    if name == "json":
        return Json()
    return Full(colours) if name == "full" else Concise(colours)
