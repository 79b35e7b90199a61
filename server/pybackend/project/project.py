"""One project of a workspace: its root, its versions, and the modules that are known of it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from ..text.encoded import Undecodable, decode
from .callgraph import CallGraph
from .installed import Installed
from .modules import Modules
from .roles import Role, role_of

if TYPE_CHECKING:
    from ..environment import Environment
    from .module import Module

SIZE_LIMIT = 2_000_000
"""Larger files, in bytes, are not read."""


class Project:
    """What rules may ask about everything outside their unit."""

    def __init__(self, root: Path, environment: Environment, target: tuple[int, int]) -> None:
        self.root, self.environment, self.target = root, environment, target
        self.modules = Modules(self, self._read)
        self.installed = Installed(self)
        self.callgraph = CallGraph(self.modules)
        self._roles: dict[str, Role] = {}
        self.infers = False
        """Whether fixes may take the time to infer types; see `inferring`."""

    def role(self, module: Module) -> Role:
        """What kind of file a module is: application, test, migration, settings, script."""
        found = self._roles.get(module.path)
        if found is None:
            found = self._roles[module.path] = role_of(module.path)
        return found

    def _read(self, path: str) -> Module | None:
        """A file of the project from the disk; None for one that cannot be read."""
        from .files import ProjectFile

        try:
            file = self.root / path
            name = self.installed.postponed.pop(path, None)
            if name is not None:
                self.installed.read(name, file)
                return None
            if file.stat().st_size > SIZE_LIMIT:
                return None
            return ProjectFile(path, decode(file.read_bytes()).text, self).module
        except (OSError, Undecodable):
            return None

    @contextmanager
    def inferring(self) -> Iterator[None]:
        """Let fixes take the time to infer types: somebody asks for this one, not for a file full of them."""
        before, self.infers = self.infers, True
        try:
            yield
        finally:
            self.infers = before
