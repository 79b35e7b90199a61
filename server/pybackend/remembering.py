"""What was found in files, kept in the store for as long as all of it that it followed from is the same.

A file's findings are kept under a digest of its content and of all that is the same for a whole project: its
settings, this program with its references, and what was asked for. Beside them stand the digests of the other
files that they follow from. What was read of an environment is watched: a change there lets go of all.
"""

from __future__ import annotations

import json
import os
import sys
import time
from functools import cached_property
from hashlib import blake2b
from pathlib import Path
from typing import Any
from uuid import uuid4

from . import __version__
from .checking import Answer
from .engine import Engine
from .environment.reading import modified
from .project.closed import SIZE_LIMIT, content_digest
from .project.django.graph import MODELS, digest
from .project.places import Disk
from .references import FILES, directory
from .store import Store
from .workspace import Home, Workspace

_FORMAT = 4
_LEDGER = f"ledger {_FORMAT}"
_LISTS = 8
"""Of so many processes it is remembered what models followed from."""
_YOUNG = 2_000_000_000
"""A file that changed less than this ago, in nanoseconds, may change again and keep its time."""
_VARIABLES = ("CONDA_", "PIPENV_", "POETRY_", "PYENV_", "UV_", "VIRTUAL_ENV", "WORKON_", "XDG_")
"""What says where environments are."""

Stamp = tuple[str, int, int]
"""The digest of a file, and the time and size that it had."""


class Memory:
    """What is known of the files of a workspace from earlier runs."""

    def __init__(self, workspace: Workspace, store: Store, shows_fixes: bool) -> None:
        self.workspace, self.store = workspace, store
        self._general = _digest(_FORMAT, _program(), workspace.minimum, shows_fixes)
        self._projects: dict[Path, _Remembered] = {}

    def find(self, path: Path, look: str = "") -> Answer | None:
        """What was found in a file, if it would be found again; `look` says what was looked for ("" all)."""
        project, name = self._place(path)
        return project.find(name, look)

    def keep(self, path: Path, answer: Answer, look: str = "") -> None:
        """Remember what was found in a file."""
        project, name = self._place(path)
        project.keep(name, answer, look)

    def close(self) -> None:
        """Write what is to be known next time."""
        with self.store.writing():
            for project in self._projects.values():
                project.close()

    def _place(self, path: Path) -> tuple[_Remembered, str]:
        engine, name = self.workspace.place(path)
        root = engine.project.root
        if root not in self._projects:
            home = self.workspace.home(root)
            self._projects[root] = _Remembered(home, self.store, self._general)
        return self._projects[root], name


class _Remembered:
    """What is known of one project. Its ledger says when files were last seen to be what, for all keys."""

    def __init__(self, home: Home, store: Store, general: str) -> None:
        self.engine: Engine = home.engine
        self.root, self.store = home.engine.project.root, store
        self._home, self._general = home, general
        self._disk = Disk(self.root)
        self._states: dict[str, str] = {}
        self._known_models: dict[str, bool] = {}
        self._contents: dict[str, str] = {}
        ledger = _ledger(store.results(self.root, "", _LEDGER))
        self._watched: dict[str, int | None] = ledger.get("watched", {})
        if any(modified(Path(path)) != stamp for path, stamp in self._watched.items()):
            ledger = {}
            self._watched = {}
        self._epoch: str = ledger.get("epoch") or uuid4().hex
        self._seen: dict[str, Stamp] = ledger.get("files", {})
        self._digests: dict[str, Stamp] = ledger.get("digests", {})
        self._models: dict[str, list[str]] = ledger.get("models", {})
        """The files that models followed from, by their digests: every process has read others by the way."""
        self._is_changed = not ledger

    @cached_property
    def key(self) -> str:
        """What stands for all that findings follow from beside files."""
        settings, project, configuration = self._home.settings, self.engine.project, self._home.configuration
        environment = project.environment.chosen
        variables = sorted(pair for pair in environment.variables.items() if pair[0].startswith(_VARIABLES))
        chosen = environment._replace(variables={})
        rules = sorted(rule.id for rule in self.engine.rules)
        place = str(configuration.directory)
        return _digest(self._general, self._epoch, settings, project.target, rules, place, chosen, variables)

    def find(self, name: str, look: str) -> Answer | None:
        content = self._content(name)
        text = self.store.results(self.root, name, self.key + look + content) if content else None
        if text is None:
            return None
        reports, reads, stamp, imports = json.loads(text)
        states = self._states
        for other, before in reads.items():
            if states.get(other) != before and not self._is_same(other, before):
                return None
        is_same = bool(look) or self.engine.stamp(name) == stamp  # A second look is at one file alone.
        return Answer(reports, reads, imports=imports) if is_same else None

    def keep(self, name: str, answer: Answer, look: str) -> None:
        self._is_changed = True
        self._watched |= {path: stamp for path, stamp in answer.watched.items() if path not in self._watched}
        self._digests |= {name: _settled(stamp) for name, stamp in answer.digests.items()}
        if answer.models is not None:
            models, sources = answer.models
            self._models.pop(models, None)
            self._models[models] = sources
        if answer.content and not answer.problems:
            self._seen[name] = _settled((answer.content, answer.time, answer.size))
            found = [answer.reports, answer.reads, answer.stamp, answer.imports]
            text = json.dumps(found, separators=(",", ":"))
            self.store.put_results(self.root, name, self.key + look + answer.content, text)

    def close(self) -> None:
        if not self._is_changed:
            return
        own = self.engine.project.watched
        watched = {**{str(path): stamp for path, stamp in own.items()}, **self._watched}
        ledger = {
            "epoch": self._epoch,
            "watched": watched,
            "files": self._seen,
            "digests": self._digests,
            "models": dict(list(self._models.items())[-_LISTS:]),
        }
        self.store.put_results(self.root, "", _LEDGER, json.dumps(ledger, separators=(",", ":")))

    def _content(self, name: str) -> str:
        """The digest of a file's content, from its time where that is as it was; "" where it has none."""
        if name not in self._contents:
            self._contents[name] = self._looked(name)
        return self._contents[name]

    def _looked(self, name: str) -> str:
        path = f"{self.root}{os.sep}{name}"
        try:
            stat = os.stat(path)  # noqa: PTH116 - ten thousand of them are looked at, and pathlib takes its time
            digest, *seen = self._seen.get(name, ("", 0, 0))
            if digest and seen == [stat.st_mtime_ns, stat.st_size]:
                return digest
            if stat.st_size > SIZE_LIMIT:
                return ""
            digest = content_digest(name, Path(path).read_bytes()).hex()
        except OSError:
            return ""
        self._seen[name] = _settled((digest, stat.st_mtime_ns, stat.st_size))
        self._is_changed = True
        return digest

    def _is_same(self, name: str, before: str) -> bool:
        """Whether what others follow from is as it was."""
        if name != MODELS:
            return self._state(name) == before
        if before not in self._known_models:
            sources = self._models.get(before)
            now = digest(sources, self._state, self.root) if sources is not None else ""
            self._known_models[before] = now == before
        return self._known_models[before]

    def _state(self, name: str) -> str:
        """What others may follow from: the digest of a file's summary, or whether there is something."""
        if name not in self._states:
            if name.endswith("="):
                self._states[name] = self._content(name[:-1])
            else:
                self._states[name] = self._disk.state(name) if name.endswith("?") else self._summary(name)
        return self._states[name]

    def _summary(self, name: str) -> str:
        try:
            stat = os.stat(f"{self.root}{os.sep}{name}")  # noqa: PTH116
        except OSError:
            return ""
        digest, *seen = self._digests.get(name, ("", 0, 0))
        if digest and seen == [stat.st_mtime_ns, stat.st_size]:
            return digest
        closed = self.engine.project.closed
        closed.summary(name)
        found = closed.digests[name]
        self._digests[name] = _settled((found.digest, found.mtime, found.size))
        self._is_changed = True
        return found.digest


def _settled(stamp: Stamp) -> Stamp:
    """The stamp, which never fits again where the file is too young to tell."""
    digest, changed, size = stamp
    return (digest, changed if time.time_ns() - changed > _YOUNG else 0, size)


def _ledger(text: str | None) -> dict[str, Any]:
    found = json.loads(text) if text else {}
    return found if isinstance(found, dict) else {}


def _program() -> str:
    """What stands for this program: its version, its Python, and the times of its files."""
    package = Path(__file__).parent
    places = [*sorted(package.rglob("*.py")), *(directory() / name for name in FILES)]
    return _digest(__version__, sys.version, *((str(path), *_stamp(path)) for path in places))


def _stamp(path: Path) -> tuple[int, int]:
    stat = path.stat()
    return stat.st_mtime_ns, stat.st_size


def _digest(*parts: object) -> str:
    return blake2b(repr(parts).encode("utf-8", "surrogatepass"), digest_size=12).hexdigest()
