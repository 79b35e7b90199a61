"""One project of a workspace: its root, its versions, and the modules that are known of it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from ..history import History
from ..repository import repository
from .callgraph import CallGraph
from .closed import Closed, Summaries
from .django.allowing import Allowances
from .django.graph import MODELS, ModelGraph
from .django.production import Productions
from .django.templates.finding import Templates
from .django.urls import Urls
from .imports.cycles import Cycles
from .installed import Installed
from .modules import Modules
from .places import INSIDE
from .roles import Role, role_of

if TYPE_CHECKING:
    from ..environment import Environment
    from .module import Module


class Project:
    """What rules may ask about everything outside their unit. Summaries are `kept` between sessions."""

    def __init__(
        self,
        root: Path,
        environment: Environment,
        target: tuple[int, int],
        kept: Summaries | None = None,
    ) -> None:
        self.root, self.environment, self.target = root, environment, target
        self.closed = Closed(self, kept)
        self.modules = Modules(self, self._read)
        self.installed = Installed(self)
        self.callgraph = CallGraph(self.modules)
        self.cycles = Cycles(self.modules)
        self.models = ModelGraph(self)
        self.allowances = Allowances(self)
        self.productions = Productions(self)
        self.urls = Urls(self)
        self.templates = Templates(self)
        self.history = History(root)
        self._around = _place_of(root)
        self._roles: dict[str, Role] = {}
        self.infers = False
        """Whether fixes may take the time to infer types; see `inferring`."""

    @property
    def watched(self) -> dict[Path, int | None]:
        """What was read outside of the project's own code so far, with the time of its last change."""
        return {**self.environment.stamps, **self.installed.stamps}

    def role(self, module: Module) -> Role:
        """What kind of file a module is: application, test, migration, settings, script."""
        found = self._roles.get(module.path)
        if found is None:
            found = self._roles[module.path] = role_of(module.path).inside(self._around)
        return found

    def _read(self, path: str) -> Module | None:
        """A file of the project from the disk; None for one that cannot be read."""
        if path == MODELS:
            self.models.look_for_files()
            return None
        if path.endswith(INSIDE):
            self.allowances.look_through(path.removesuffix(INSIDE))
            return None
        name = self.installed.postponed.pop(path, None)
        if name is not None:
            self.installed.read(name, self.root / path)
            return None
        return self.closed.module(path)

    def read_ahead(self, path: str) -> None:
        """Have at hand what is wanted of a path (see `Modules`), to be taken later; any thread may do so."""
        name = self.installed.postponed.get(path)
        if path == MODELS:
            self.models.look_ahead()
        elif path.endswith(INSIDE):
            pass
        elif name is not None:
            self.installed.read_ahead(self.root / path)
        else:
            self.closed.read_ahead(path)

    @contextmanager
    def inferring(self) -> Iterator[None]:
        """Let fixes take the time to infer types: somebody asks for this one, not for a file full of them."""
        before, self.infers = self.infers, True
        try:
            yield
        finally:
            self.infers = before


def _place_of(root: Path) -> Role:
    """What a project's place in its repository says of all its files."""
    top = repository(root)
    around = root.relative_to(top).as_posix() if top is not None else "."
    return role_of(f"{around}/_.py")
