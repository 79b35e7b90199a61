"""Checking a file of a workspace as a job that any process can do: plain data in, plain data out."""

from __future__ import annotations

import gc
import logging
import os
import sys
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from .engine import Engine
from .inspecting import Inspected, Inspector, Options
from .project.closed import content_digest
from .project.django.graph import MODELS, digest
from .project.imports.graph import imports_of
from .project.places import Disk
from .project.project import Project
from .report import as_data
from .store import Store
from .workers import TIRED
from .workspace import Recipe, Workspace

logger = logging.getLogger(__name__)

_MEMORY = 280_000_000
"""With so many bytes a process has another one in its place, if it has checked `_WORTH` files."""
_MEMORY_IN_BACKGROUND = 200_000_000
"""The same beside an editor's server, which takes some itself."""
_MEMORY_OF_OTHERS = 150_000_000
"""The same where another project begins: nothing that is known of the last one helps there."""
_WORTH = 150
"""What a new process has to read again first is not read for fewer files than this."""
_AT_HAND = 2_500_000
"""So many bytes of files stay as they were parsed until they are checked."""
_NICE = 10
_NOWHERE = Path()


class Setup(NamedTuple):
    """What processes are told at the start: the workspace, and where its store is.

    `cycles` are the cycles of imports by the roots of projects, for a second look at their modules: the first
    one is at files one by one.
    """

    recipe: Recipe
    store: str | None
    shows_fixes: bool
    wants_findings: bool
    is_background: bool
    cycles: dict[str, list[list[str]]] | None = None


class Answer(NamedTuple):
    """What is known of a file: reports as data, and what they follow from.

    `content` is the digest of its content, "" for one that is not to be kept, and `time` and `size` are its.
    `reads` are paths in the project with the digests of their summaries. With "?" behind, they say whether
    there is something, and with "/*?" which code a directory has; with "=" they have the digest of the
    content, because a place in it is shown or all of it was looked through.
    `imports` is what it says of its imports, as the fields of an `Imports`. `models` are the digest of what
    is known of Django's models and the files that it follows from, None for no news.
    `stamp` stands for what else was looked at. `digests` and `watched` are news for `remembering`. `at_hand`
    are further files that this process would check faster than another one. `problems` was logged meanwhile.
    """

    reports: list[Any]
    reads: dict[str, str] = {}  # noqa: RUF012
    content: str = ""
    time: int = 0
    size: int = 0
    stamp: str = ""
    digests: dict[str, tuple[str, int, int]] = {}  # noqa: RUF012
    watched: dict[str, int | None] = {}  # noqa: RUF012
    imports: list[Any] = []  # noqa: RUF012
    models: tuple[str, list[str]] | None = None
    at_hand: list[str] = []  # noqa: RUF012
    problems: list[tuple[str, str]] = []  # noqa: RUF012


class Checker:
    """Checks files of one workspace."""

    def __init__(self, workspace: Workspace, setup: Setup) -> None:
        self.workspace, self._setup = workspace, setup
        self._inspector = Inspector(workspace, Options(shows_fixes=setup.shows_fixes), _NOWHERE)
        self._prepared: set[Path] = set()
        self._told: dict[Path, tuple[set[str], set[str]]] = {}
        self._states: dict[Path, dict[str, str]] = {}
        self._disk: dict[Path, Disk] = {}
        self._models: dict[Path, tuple[str, list[str]]] = {}

    @contextmanager
    def working(self) -> Iterator[Callable[[Path], Answer]]:
        """Check files in a workspace that others go on to use."""
        try:
            yield self.check
        finally:
            for root in self._prepared:
                engine = self.workspace.home(root).engine
                engine.learn_imports({})
                engine.project.closed.expect_visits(0)

    def check(self, path: Path) -> Answer:
        """What is found in a file. What fails is told as a problem of it, and the others stand."""
        with listening() as problems:
            try:
                engine, relative = self.workspace.place(path)
                self._prepare(engine)
                answer = self._check(path, relative, engine)._replace(**self._news(engine.project))
            except Exception:
                logger.exception("checking failed in %s", path)
                answer = Answer([])
        return answer._replace(problems=problems)

    def _prepare(self, engine: Engine) -> None:
        """Have an engine know the cycles of its project, or wait for them."""
        root = engine.project.root
        if root in self._prepared:
            return
        self._prepared.add(root)
        engine.project.closed.expect_visits(_AT_HAND)
        if self._setup.cycles is None:
            engine.learn_imports(None)
        else:
            cycles = map(tuple, self._setup.cycles[str(root)])
            engine.know_cycles({path: cycle for cycle in cycles for path in cycle})

    def _check(self, path: Path, relative: str, engine: Engine) -> Answer:
        if not self._setup.wants_findings:
            module = engine.project.closed.module(relative)
            wants_imports = module is not None and bool(engine.plan.cyclic)
            return Answer([], imports=[*imports_of(module)] if module is not None and wants_imports else [])
        try:
            stat = path.stat()
        except OSError:
            return Answer([as_data(report) for report in self._inspector.read(path).reports])
        stamp = engine.stamp(relative)
        is_first = self._setup.cycles is None
        found = self._inspector.read(path) if is_first else self._again(path, relative, engine)
        shown = {note.filename for report in found.reports for note in report.related} - {str(path)}
        places = {f"{Path(name).relative_to(engine.project.root).as_posix()}=" for name in shown}
        reads = {name: self._read(name, engine.project) for name in found.reads | places}
        reports = [as_data(report) for report in found.reports]
        answer = Answer(reports, reads, found.digest, stat.st_mtime_ns, stat.st_size, stamp)
        return answer._replace(imports=[*found.imports])

    def _again(self, path: Path, relative: str, engine: Engine) -> Inspected:
        """What is found in a file because of its cycle; it is only read where something is."""
        cycles = engine.project.cycles
        cycle = cycles.at(relative)
        if cycle is None:
            return Inspected([])
        if relative not in cycle.broken:
            digest = content_digest(relative, path.read_bytes()).hex()
            return Inspected([], reads=frozenset(cycles.sources(relative)), digest=digest)
        found, wanted = self._inspector.read(path), {rule.id for rule in engine.plan.cyclic}
        return found._replace(reports=[report for report in found.reports if report.code in wanted])

    def _read(self, name: str, project: Project) -> str:
        """What is remembered of something that a file was told of."""
        if name.endswith(("?", "=", "*")):
            known = self._states.setdefault(project.root, {})
            if name not in known:
                known[name] = self._state(name, project)
            return known[name]
        if name not in project.closed.digests:
            project.closed.summary(name)
        return project.closed.digests[name].digest

    def _state(self, name: str, project: Project) -> str:
        """What is there where it was looked for, or the digest of a content ("=") or of the models ("*")."""
        if name == MODELS:
            return self._state_of_models(project)
        if name.endswith("?"):
            return self._disk.setdefault(project.root, Disk(project.root)).state(name)
        try:
            return content_digest(name[:-1], (project.root / name[:-1]).read_bytes()).hex()
        except OSError:
            return ""

    def _state_of_models(self, project: Project) -> str:
        sources = project.models.sources()
        found = digest(sources, lambda name: self._read(name, project), project.root)
        self._models[project.root] = found, sources
        return found

    def _news(self, project: Project) -> dict[str, Any]:
        """What was learnt of a project since the last answer."""
        digests, watched = self._told.setdefault(project.root, (set(), set()))
        new = {name: tuple(d) for name, d in project.closed.digests.items() if name not in digests}
        seen = {str(path): stamp for path, stamp in project.watched.items() if str(path) not in watched}
        digests.update(new)
        watched.update(seen)
        at_hand = [str(project.root / name) for name in project.closed.laid_by]
        project.closed.laid_by.clear()
        models = self._models.pop(project.root, None)
        return {"digests": new, "watched": seen, "at_hand": at_hand, "models": models}


def worker(setup: Any) -> Callable[[str], dict[str, Any]]:
    """What a process does with the paths that it is sent."""
    told = Setup(*setup)
    if told.is_background and hasattr(os, "nice"):
        os.nice(_NICE)
    kept = Store(Path(told.store)) if told.store is not None else None
    workspace = Workspace.from_recipe(Recipe(*told.recipe), kept)
    checker = Checker(workspace, told)
    gc.disable()
    gc.freeze()

    most, done = _MEMORY_IN_BACKGROUND if told.is_background else _MEMORY, 0
    root: Path | None = None

    def check(path: str) -> dict[str, Any]:
        nonlocal done, root
        before, root = root, workspace.root(Path(path))
        limit = most if root == before else _MEMORY_OF_OTHERS
        if done >= _WORTH and _memory() > limit:
            return TIRED
        done += 1
        answer = checker.check(Path(path))
        settle()
        return answer._asdict()

    return check


@contextmanager
def sparing() -> Iterator[None]:
    """Look for garbage only where `settle` says so, for as long as many files are checked."""
    gc.disable()
    gc.freeze()
    try:
        yield
    finally:
        gc.enable()
        gc.unfreeze()


def settle() -> None:
    """Free what one file has left behind. What is left then stays, and is not looked at again.

    After every file this takes half the time of less often, when objects are no longer in the caches.
    """
    gc.collect()
    gc.freeze()


class _Listener(logging.Handler):
    def __init__(self, level: int) -> None:
        super().__init__(level)
        self.found: list[tuple[str, str]] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.found.append((record.getMessage(), frames(record)))


@contextmanager
def listening() -> Iterator[list[tuple[str, str]]]:
    """Collect what is logged as an error: the message, and where it was raised."""
    logger, handler = logging.getLogger("pybackend"), _Listener(logging.ERROR)
    was_propagating, logger.propagate = logger.propagate, False
    logger.addHandler(handler)
    try:
        yield handler.found
    finally:
        logger.removeHandler(handler)
        logger.propagate = was_propagating


def frames(record: logging.LogRecord) -> str:
    """Where the exception of a record was raised, and its type."""
    if not record.exc_info or record.exc_info[1] is None:
        return ""
    places = "".join(traceback.format_tb(record.exc_info[2]))
    return f"{places}{type(record.exc_info[1]).__name__}\n"


def _memory() -> int:
    """How many bytes this process takes, or has taken at most; 0 where neither is known."""
    try:
        return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, ValueError):
        pass
    try:
        import resource
    except ImportError:
        return 0
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit
