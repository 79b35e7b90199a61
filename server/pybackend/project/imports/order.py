"""Importing the modules of a cycle, as Python does: what is bound when, and what is read too early.

Nothing is executed. A module is entered before its first step and finished after its last one, and whoever
imports it meanwhile sees what it has bound so far. Where a step runs only perhaps, what it imports is taken
for imported and unknown: only what certainly fails is told.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple

from .steps import Program, Step

if TYPE_CHECKING:
    from ..module import Module

_UNKNOWN = ""
"""The value of a name that is bound to something else than a module of the cycle."""


class Action(NamedTuple):
    """A step with the modules of the cycle that it is about, by path.

    `loads` are those that it imports, in order; `owner` is the one whose attribute it takes or that it binds,
    `inner` the submodule that the attribute may be; `is_known` says whether there is such a submodule at all.
    `names` are those that a star import takes; None for all public ones of a module of the cycle.
    """

    step: Step
    loads: tuple[str, ...] = ()
    owner: str = ""
    inner: str = ""
    is_known: bool = False
    names: frozenset[str] | None = None


class Node(NamedTuple):
    """A module of a cycle. `package` is the path of the package that it is in, if that is in the cycle too.

    `packages` are all that it is in, outermost first: a directory between them may be none. `binds` says at
    which actions a name is bound; of a `dynamic` module nobody knows what it has.
    """

    program: Program
    actions: list[Action]
    binds: Mapping[str, list[int]]
    package: str
    packages: tuple[str, ...]
    name: str
    is_dynamic: bool

    @property
    def module(self) -> Module:
        return self.program.module


class Frame:
    """A module that is being imported, and the step that it is at."""

    __slots__ = ("number", "path")

    def __init__(self, path: str) -> None:
        self.path, self.number = path, 0


class Failure(NamedTuple):
    """A step that reads what a module does not have yet.

    `trail` says who imports whom: paths with the numbers of their steps, from the module that is read on.
    """

    path: str
    number: int
    owner: str
    name: str
    trail: tuple[tuple[str, int], ...]


class Run:
    """The import of one module of a cycle before all others."""

    def __init__(self, nodes: Mapping[str, Node]) -> None:
        self.nodes = nodes
        self.names: dict[str, dict[str, str]] = {}
        self.running: list[Frame] = []
        self.doubtful: set[str] = set()
        self.loose: set[str] = set()
        self.failures: list[Failure] = []
        self.is_open = False
        """Whether something was called that may import any module."""

    def start(self, path: str) -> list[Failure]:
        """Import a module; its packages come first."""
        for entry in (*self.nodes[path].packages, path):
            self._enter(entry)
            while self.running:
                self._advance(self.running[-1])
        return self.failures

    def _enter(self, path: str) -> bool:
        """Begin to import a module; whether it has to run first."""
        if path in self.names:
            return False
        if self.is_open:
            self._doubt(path)
            return False
        self.names[path] = {}
        self.running.append(Frame(path))
        if self.nodes[path].is_dynamic:
            self.loose.add(path)
        return True

    def _doubt(self, path: str) -> None:
        """Take a module for imported perhaps, with all that it may import."""
        pending = [path]
        while pending:
            current = pending.pop()
            if current not in self.names:
                self.names[current] = {}
                self.doubtful.add(current)
                self._tell_package(current, _UNKNOWN)
                for action in self.nodes[current].actions:
                    pending += action.loads

    def _advance(self, frame: Frame) -> None:
        actions = self.nodes[frame.path].actions
        while frame.number < len(actions):
            action = actions[frame.number]
            if action.loads and self._load(action):
                return
            self._do(frame, action)
            frame.number += 1
        self.running.pop()
        self._tell_package(frame.path, frame.path)

    def _tell_package(self, path: str, value: str) -> None:
        """A module that was imported is an attribute of its package."""
        node = self.nodes[path]
        if node.package in self.names:
            self.names[node.package][node.name] = value

    def _load(self, action: Action) -> bool:
        """Import what an action imports; whether something has to run before it can go on."""
        step = action.step
        if step.kind == "submodule" and self._has(action.owner, step.name):
            return False
        for path in action.loads:
            if not step.is_certain or step.kind == "stars":
                self._doubt(path)
            elif self._enter(path):
                return True
        return False

    def _has(self, owner: str, name: str) -> bool:
        return name in self.names.get(owner, ()) or owner in self.doubtful or owner in self.loose

    def _do(self, frame: Frame, action: Action) -> None:
        step = action.step
        if step.kind == "bind":
            self.names[frame.path][step.bound] = _UNKNOWN
        elif step.kind == "unbind":
            self.names[frame.path].setdefault(step.bound, _UNKNOWN)
        elif step.kind == "loader":
            self.is_open = True
        elif step.kind == "module":
            self._bind(frame, step, action.owner)
        elif step.kind == "take":
            self._bind(frame, step, self._taken(frame, action))
        elif step.kind == "star":
            self._star(frame, action)
        elif step.kind == "use" and step.is_certain:
            self._use(frame, step)

    def _bind(self, frame: Frame, step: Step, value: str) -> None:
        if step.bound:
            self.names[frame.path][step.bound] = value if step.is_certain else _UNKNOWN

    def _taken(self, frame: Frame, action: Action) -> str:
        """What `from module import name` gives: an attribute, else the submodule of that name."""
        owner, name = action.owner, action.step.name
        if owner not in self.names or owner in self.doubtful:
            return action.inner
        if name in self.names[owner]:
            return self.names[owner][name]
        if action.inner:
            return action.inner
        if action.step.is_certain and not action.is_known and self._is_early(owner, name):
            self._fail(frame, owner, owner, name)
        return _UNKNOWN

    def _is_early(self, owner: str, name: str) -> bool:
        """Whether a module has still to bind a name."""
        frame = next((frame for frame in self.running if frame.path == owner), None)
        if frame is None or owner in self.loose:
            return False
        return any(number > frame.number for number in self.nodes[owner].binds.get(name, ()))

    def _is_inside(self, path: str, package: str, name: str) -> bool:
        return self.nodes[path].package == package and self.nodes[path].name == name

    def _fail(self, frame: Frame, owner: str, unfinished: str, name: str) -> None:
        start = [one.path for one in self.running].index(unfinished)
        trail = tuple((one.path, one.number) for one in self.running[start:])
        self.failures.append(Failure(frame.path, frame.number, owner, name, trail))

    def _star(self, frame: Frame, action: Action) -> None:
        owner = action.owner
        if not owner and action.names is not None and action.step.is_certain:
            self.names[frame.path].update(dict.fromkeys(action.names, _UNKNOWN))
            return
        if owner not in self.names or owner in self.doubtful | self.loose or not action.step.is_certain:
            self.loose.add(frame.path)
            return
        names = self.names[frame.path]
        if action.names is not None and "__all__" in self.names[owner]:
            for name in sorted(action.names - self.names[owner].keys()):
                if self._is_early(owner, name):
                    self._fail(frame, owner, owner, name)
        for name, value in list(self.names[owner].items()):
            if name in action.names if action.names is not None else not name.startswith("_"):
                names[name] = value

    def _use(self, frame: Frame, step: Step) -> None:
        """Follow the attributes of a module that is read."""
        value = self.names[frame.path].get(step.bound, _UNKNOWN)
        for name in step.attributes:
            if value not in self.names or value in self.doubtful or value in self.loose:
                return
            if name not in self.names[value]:
                inside = [o.path for o in self.running if self._is_inside(o.path, value, name)]
                if inside or self._is_early(value, name):
                    self._fail(frame, value, inside[0] if inside else value, name)
                return
            value = self.names[value][name]
