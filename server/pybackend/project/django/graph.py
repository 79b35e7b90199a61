"""The models of a whole project, kept while the files that they come from say the same.

Files with models are found by their names, `models.py` and what is in a directory `models`, and what those
import. They stand for one another in `Module.reads` as MODELS, because there may be hundreds.
"""

from __future__ import annotations

import math
import os
from collections.abc import Callable, Iterable, Iterator
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING

from ..roles import role_of
from .contrib import contrib
from .models import Models

if TYPE_CHECKING:
    from ..module import Module
    from ..project import Project

MODELS = "models*"
_NO_CODE = frozenset({"__pycache__", "build", "dist", "migrations", "node_modules", "site-packages"})
_MOST = 20_000
"""No more directories than this are looked through: a project that is larger is somebody's home."""


class ModelGraph:
    """Keeps the models of one project. What is not read yet is missing, and looked at again."""

    def __init__(self, project: Project) -> None:
        self.project = project
        self._models: Models | None = None
        self._parts: dict[str, Module | None] = {}
        self._changes = self._looked = -1  # How many files had come and gone then; see `Places`.
        self._dropped: set[str] = set()
        """Files that may say something else than they did when they were looked into."""
        self._listed: tuple[str, ...] = ()
        self._told = 0
        """How often files that hold models may have come or gone."""
        self._ahead: tuple[tuple[int, int], frozenset[str]] | None = None
        self._brought: dict[str, Module | None] = {}

    def told_to(self, reader: Module) -> Models:
        """The models, for one file: it is looked at again when any of them change.

        A file with models that its name does not tell knows those, too; nobody else does who does not import
        them, because that would depend on which files are open.
        """
        reader.reads.add(MODELS)
        if self._models is None or not self._models.standing.holds:
            self._look()
        assert self._models is not None
        if reader.path in self._parts or not self._is_live(reader) or not self._defines(reader):
            return self._models
        return self._made([*self._parts.values(), reader])

    def _look(self) -> None:
        """Look whether all modules with models are what they were."""
        parts = {path: self.project.modules.settled(path) for path in self.listed()}
        changes, self._looked = self._looked, self.project.modules.places.changes
        is_other = parts != self._parts or changes != self._looked
        if self._models is None or is_other or self._models.is_partial or self._has_moved():
            self._parts = parts
            self._models = self._made(parts.values())
        self._models.standing.known = self.project.modules.known
        self._dropped.clear()

    def _made(self, modules: Iterable[Module | None]) -> Models:
        found = Models((module for module in modules if module is not None), self._find, self.project)
        found.is_partial = bool(self.project.modules.wanted)
        return found

    def _has_moved(self) -> bool:
        """Whether a file beside those with models that tells something of them is another module now."""
        assert self._models is not None
        modules = self.project.modules
        moved = set()
        for path, module in self._models.others.items():
            live = modules.live.get(path) if path != modules.visited else None
            if path in self._dropped or (live or modules.closed.get(path) or module) is not module:
                moved.add(path)
        self._models.forget(moved)
        return not moved.isdisjoint(self._models.read)

    def _is_live(self, module: Module) -> bool:
        return self.project.modules.live.get(module.path) is module

    def concerns(self, paths: set[str]) -> bool:
        """Whether what one of the files says may change what is known of models."""
        known = self._models.read if self._models is not None else frozenset[str]()
        return any(path in known or path in self._parts or holds_models(path) for path in paths)

    def look_again(self, path: str) -> None:
        """Look at a file again, and for files with models if one may have come or gone."""
        self._dropped.add(path)
        if holds_models(path):
            self._changes = -1
            self._told += 1

    def sources(self) -> list[str]:
        """The files that all of it follows from, in order."""
        modules = self.project.modules
        found: set[str] = set()
        models = self._made(modules.settled(path) for path in self.listed())
        models.standing.settle(math.inf)
        for path in {*self.listed(), *models.read}:
            found |= {path, *modules.sources(path)}
        return sorted(name for name in found if name != MODELS)

    def listed(self) -> tuple[str, ...]:
        """The files of the project, open or not, that hold models by their names."""
        modules = self.project.modules
        if self._changes != modules.places.changes:
            if modules.may_read:
                self.look_for_files()
            else:
                modules.closed.pop(MODELS, None)
                modules.wanted[MODELS] = None
        return self._listed

    def look_for_files(self) -> None:
        """Look for files with models."""
        modules = self.project.modules
        self._changes = modules.places.changes
        known, on_disk = self._ahead or (None, frozenset())
        self._ahead = None
        if known != (self._changes, self._told):
            on_disk = frozenset(listed(self.project.root))
        self._listed = tuple(sorted(on_disk | {path for path in modules.live if holds_models(path)}))

    def look_ahead(self) -> None:
        """Have at hand what `look_for_files` finds on the disk, unless that changes meanwhile."""
        known = self.project.modules.places.changes, self._told
        self._ahead = known, frozenset(listed(self.project.root))

    @staticmethod
    def _defines(module: Module) -> bool:
        """Whether a file that its name does not tell defines models."""
        if role_of(module.path).is_migration or "django" not in module.packages:
            return False
        return any("django.db.models.Model" in view.own_bases for view in module.classes.values())

    def _find(self, name: str) -> Module | None:
        found = self.project.modules.module(name)
        if found is not None:
            return found
        if name.startswith("django."):
            if name not in self._brought:
                self._brought[name] = contrib(name, self.project)
            return self._brought[name]
        return self.project.installed.module(name)


def holds_models(path: str) -> bool:
    """Whether a path is that of a file with models, by its name."""
    if not path.endswith(".py") or "models" not in path or role_of(path).is_test:
        return False
    *folders, name = path.split("/")
    return name == "models.py" or bool(folders and folders[-1] == "models" and "migrations" not in folders)


def listed(root: Path) -> Iterator[str]:
    """The files below a directory that hold models by their names, without those of environments."""
    for number, (directory, folders, files) in enumerate(os.walk(root)):
        if number > _MOST:
            return
        if "pyvenv.cfg" in files:
            folders.clear()
            continue
        folders[:] = [name for name in folders if name not in _NO_CODE and not name.startswith(".")]
        is_package = directory.endswith(f"{os.sep}models")
        if not is_package and "models.py" not in files:
            continue
        start = Path(directory).relative_to(root).as_posix()
        for name in files if is_package else ("models.py",):
            path = name if start == "." else f"{start}/{name}"
            if holds_models(path):
                yield path


def digest(sources: list[str], state: Callable[[str], str], root: Path) -> str:
    """What stands for the models that follow from files: `state` says what each of them says."""
    hashed = blake2b(digest_size=12)
    for name in sorted({*listed(root), *sources}):
        hashed.update(f"{name}\0{state(name)}\0".encode("utf-8", "surrogatepass"))
    return hashed.hexdigest()
