"""All files of a workspace, checked beside the event loop of an editor, and again as they change."""

from __future__ import annotations

import asyncio
import logging
import sys
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from .checking import Answer, Setup
from .cycling import Cycling
from .project.django.graph import MODELS, holds_models
from .project.imports.graph import Imports
from .project.places import names_of
from .remembering import Memory
from .report import Report, from_data
from .running import place_of
from .store import Store
from .surveying import Survey, joined
from .workspace import Workspace

logger = logging.getLogger(__name__)

_MANY = 100
"""When more files than this have changed, all are looked at: what still holds is remembered."""

Progress = Callable[[int, int], None]


class Indexing:
    """What is found in the closed files of a workspace, kept up to date by runs in other processes."""

    def __init__(
        self,
        workspace: Workspace,
        store: Store | None,
        *,
        wants_findings: bool,
        workers: int | None = None,
        first: Sequence[Path] = (),
    ) -> None:
        self.recipe, self.store = workspace.recipe, store
        self.reports: dict[Path, tuple[Report, ...]] = {}
        self.is_complete = False
        self._wants_findings, self._workers, self._wanted = wants_findings, workers, first
        self._first: dict[Path, Answer] = {}
        self._again: dict[Path, Answer] = {}
        self._cycling = Cycling(store)
        self._reads: dict[Path, tuple[Path, frozenset[str]]] = {}
        self._models: dict[Path, set[str]] = {}
        """The files that models follow from, beside those that hold some by their names."""
        self._due: set[Path] | None = None
        """The files to look at; None for all there are."""
        self._finder = Workspace.from_recipe(self.recipe, store)
        """Finds the files; it is not the one in which files are open, because it works in a thread."""

    @property
    def imports(self) -> dict[Path, dict[str, Imports]]:
        """What files that have not changed since import, by the roots of their projects and paths there."""
        due = {self._place(path) for path in self._due or ()}
        return {
            root: {name: said for name, said in known.items() if (root, name) not in due}
            for root, known in self._cycling.imports.items()
        }

    def changed(self, paths: Sequence[Path]) -> None:
        """Take note of files that have come, gone or changed on the disk, for the next run."""
        self.is_complete = False
        if self._due is None or len(paths) > _MANY:
            self._due = None
            return
        for path in paths:
            self._due.add(path)
            self._due |= self._readers(path, (path in self._reads) is not path.exists())

    def _readers(self, path: Path, comes_or_goes: bool) -> set[Path]:
        """The files that follow from one, or from whether it is there."""
        names: dict[Path, frozenset[str]] = {}
        found = set()
        for reader, (root, reads) in self._reads.items():
            if root not in names:
                names[root] = self._names(path, root, comes_or_goes)
            if not names[root].isdisjoint(reads):
                found.add(reader)
        return found

    def _names(self, path: Path, root: Path, comes_or_goes: bool) -> frozenset[str]:
        """What is read of a file of a project, and looked for where it, or a directory around it, may be."""
        if not path.is_relative_to(root):
            return frozenset()
        name = path.relative_to(root).as_posix()
        models = {MODELS} if holds_models(name) or name in self._models.get(root, ()) else set()
        return frozenset({name, f"{name}=", *models, *(names_of(name) if comes_or_goes else ())})

    async def run(self, progress: Progress) -> None:
        """Look at all files that are due. To cancel it ends the processes; what is known then stays."""
        due, self._due = self._due, set()
        loop = asyncio.get_running_loop()
        setup = Setup(self.recipe, place_of(self.store), False, self._wants_findings, is_background=True)
        keeps = self.store is not None and self._wants_findings
        memory = Memory(self._finder, self.store, False) if self.store is not None and keeps else None
        survey = Survey(self._finder, setup, self._workers, self._cycling, memory)

        def tell(*news: Any) -> None:
            loop.call_soon_threadsafe(partial(self._take, progress, *news))

        work = partial(self._work, survey, due, tell)
        try:
            await loop.run_in_executor(None, work)
        except BaseException:
            survey.stop()
            self._due = None
            raise
        self.is_complete = not self._due

    def _work(self, survey: Survey, due: set[Path] | None, tell: Callable[..., object]) -> None:
        """In a thread: find the files, and tell the event loop of what comes of them."""
        try:
            paths = self._paths(self._finder) if due is None else self._still(due, self._finder)
            for path in (self._reads.keys() if due is None else due) - set(paths):
                self._cycling.take(*self._place(path), [])
                tell(0, len(paths), path, None)
            tell(0, len(paths), None, None)
            for done, (path, answer) in enumerate(survey.first(paths), 1):
                _log(answer)
                tell(done, len(paths), path, answer)
            if self._wants_findings:
                self._work_again(survey, paths, tell)
        finally:
            survey.close()

    def _work_again(self, survey: Survey, paths: Sequence[Path], tell: Callable[..., object]) -> None:
        """In a thread: look at files in cycles once more, all of them where there are other cycles now."""
        changed = None if self._cycling.is_stale else set(paths)
        members = {member.path for member in self._cycling.members()}
        for path in self._again.keys() - members:
            tell(len(paths), len(paths), path, Answer([]), True)
        for path, answer in survey.again(changed):
            _log(answer)
            tell(len(paths), len(paths), path, answer, True)

    def _take(
        self,
        progress: Progress,
        done: int,
        total: int,
        path: Path | None,
        answer: Answer | None,
        is_again: bool = False,
    ) -> None:
        if path is not None and answer is None:
            for known in (self.reports, self._reads, self._first, self._again):
                known.pop(path, None)
        elif path is not None and answer is not None:
            looks = self._again if is_again else self._first
            looks[path] = answer._replace(reads={}, imports=[], models=None)
            root, reads = self._reads.get(path, (self._finder.root(path), frozenset()))
            if answer.models is not None:
                self._models[root] = set(answer.models[1])
            new = frozenset(map(sys.intern, answer.reads))
            self._reads[path] = root, reads | new if is_again else new
            if self._wants_findings:
                self._show(path)
        progress(done, total)

    def _show(self, path: Path) -> None:
        """Have what both looks at a file have found be known of it."""
        found = self._first[path]
        if path in self._again:
            found = joined(found, self._again[path])
        self.reports[path] = tuple(map(from_data, found.reports))

    def _place(self, path: Path) -> tuple[Path, str]:
        root = self._finder.root(path)
        return root, path.relative_to(root).as_posix()

    @staticmethod
    def _still(due: set[Path], finder: Workspace) -> list[Path]:
        """Those of the files that are there, and are not left out."""
        return [path for path in sorted(due) if path.is_file() and finder.locate(path) is not None]

    def _paths(self, finder: Workspace) -> list[Path]:
        """All files, with those first that somebody waits for."""
        found: dict[Path, None] = {}
        for folder in finder.folders:
            found |= dict.fromkeys(finder.files(folder, _pass_over))
        return list({**{path: None for path in self._wanted if path in found}, **found})


def _log(answer: Answer) -> None:
    for message, frames in answer.problems:
        logger.error("%s\n%s", message, frames)


def _pass_over(error: OSError) -> None:
    """A directory that cannot be read has no files."""
    logger.info("%s cannot be read: %s", error.filename, error.strerror)
