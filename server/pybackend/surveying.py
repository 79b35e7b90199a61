"""Looking at files of a workspace: at each by itself, then once more at those in cycles of imports.

What was found by an earlier run is said again as long as all that it followed from is the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from pathlib import Path

from .checking import Answer, Setup
from .cycling import Cycling
from .remembering import Memory
from .running import Run, lost, place_of
from .store import Store
from .workspace import Workspace


class Survey:
    """One pass over files, in this process too if it `is_here`. Any thread may stop it."""

    def __init__(
        self,
        workspace: Workspace,
        setup: Setup,
        workers: int | None,
        cycling: Cycling,
        memory: Memory | None,
        is_here: bool = False,
    ) -> None:
        self._workspace, self._setup, self._workers, self._is_here = workspace, setup, workers, is_here
        self._cycling, self._memory = cycling, memory
        self._run: Run | None = None
        self._is_stopped = False

    def first(self, paths: Sequence[Path]) -> Iterator[tuple[Path, Answer]]:
        """What is found file by file, in any order."""
        for path, answer in self._answers(self._setup, paths, {}):
            engine, name = self._workspace.place(path)
            self._cycling.take(engine.project.root, name, answer.imports)
            yield path, answer

    def again(self, changed: Set[Path] | None = None) -> Iterator[tuple[Path, Answer]]:
        """What is found because of cycles; only of those with files that have changed, if these are given."""
        looks = {member.path: member.look for member in self._cycling.members(changed)}
        cycles = {str(root): [[*cycle] for cycle in found] for root, found in self._cycling.cycles().items()}
        yield from self._answers(self._setup._replace(cycles=cycles), list(looks), looks)

    def stop(self) -> None:
        """End all processes; what is remembered until then is kept."""
        self._is_stopped = True
        if self._run is not None:
            self._run.stop()

    def close(self) -> None:
        self.stop()
        if self._memory is not None:
            self._memory.close()

    def _answers(
        self, setup: Setup, paths: Sequence[Path], looks: Mapping[Path, str]
    ) -> Iterator[tuple[Path, Answer]]:
        """What is found, from memory where that knows; the others are remembered."""
        left, memory = [], self._memory
        for path in paths:
            known = memory.find(path, looks.get(path, "")) if memory is not None else None
            if known is not None:
                yield path, known
            else:
                left.append(path)
        self._run = Run(self._workspace, setup, self._workers, self._is_here)
        if self._is_stopped:
            return
        for path, answer in self._run.answers(left):
            if memory is not None:
                memory.keep(path, answer, looks.get(path, ""))
            yield path, answer


def check_files(
    workspace: Workspace,
    store: Store | None,
    paths: Sequence[Path],
    shows_fixes: bool,
    workers: int | None,
    progress: Callable[[int], None] = lambda _: None,
) -> Iterator[tuple[Path, Answer]]:
    """What is found in files, in the order of the paths."""
    setup = Setup(workspace.recipe, place_of(store), shows_fixes, wants_findings=True, is_background=False)
    memory = Memory(workspace, store, shows_fixes) if store is not None else None
    survey = Survey(workspace, setup, workers, Cycling(store), memory, is_here=True)
    found: dict[Path, Answer] = {}
    try:
        for path, answer in survey.first(paths):
            found[path] = Answer(answer.reports, problems=answer.problems)
            progress(len(found))
        for path, answer in survey.again():
            found[path] = joined(found[path], answer)
    finally:
        survey.close()
    for path in paths:
        yield path, found[path] if path in found else lost(str(path))


def joined(first: Answer, second: Answer) -> Answer:
    """What two looks at a file have found, in the order of its text."""
    reports = sorted([*first.reports, *second.reports], key=lambda data: (list(data[4]), data[1]))
    problems = [*first.problems, *(problem for problem in second.problems if problem not in first.problems)]
    return first._replace(reports=reports, problems=problems, reads={**first.reads, **second.reads})
