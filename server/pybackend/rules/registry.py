"""What a rule is, and finding all of them."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import typing
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from operator import attrgetter
from typing import TYPE_CHECKING, Any, TypeAlias

from ..facts import tables
from ..findings import Finding
from ..project.callgraph import CallGraph
from ..project.django.app import App
from ..project.django.models import Models
from ..project.imports.cycles import Cycles
from ..project.module import Module
from ..project.outline import Outline
from ..project.project import Project

if TYPE_CHECKING:
    from ..fixes.fix import Fix
    from ..fixes.source import Source

Functions: TypeAlias = tuple[tables.Function, ...]
Classes: TypeAlias = tuple[tables.ClassDefinition, ...]
Imports: TypeAlias = tuple[tables.Import, ...]
Bindings: TypeAlias = tuple[tables.Binding, ...]
Calls: TypeAlias = tuple[tables.CallSite, ...]
Reads: TypeAlias = tuple[tables.Read, ...]
Statements: TypeAlias = tuple[tables.Statement, ...]
Yields: TypeAlias = tuple[tables.Yielded, ...]
Handlers: TypeAlias = tuple[tables.Handler, ...]
Loops: TypeAlias = tuple[tables.Loop, ...]
Withs: TypeAlias = tuple[tables.With, ...]
Scopes: TypeAlias = tuple[tables.Scope, ...]
Secrets: TypeAlias = tuple[tables.StringSecret, ...]

TABLES: dict[Any, str] = {
    Functions: "functions",
    Classes: "classes",
    Imports: "imports",
    Bindings: "bindings",
    Calls: "calls",
    Reads: "reads",
    Statements: "statements",
    Yields: "yields",
    Handlers: "handlers",
    Loops: "loops",
    Withs: "withs",
    Scopes: "scopes",
    Secrets: "secrets",
}
"""The tables of a unit's facts that a rule may ask for, by the type of its parameter."""

VIEWS: dict[Any, str] = {
    Outline: "outline",
    Module: "module",
    Models: "models",
    CallGraph: "callgraph",
    Cycles: "cycles",
    Project: "project",
    App: "app",
}
"""What else a rule may ask for."""

Check: TypeAlias = Callable[..., Iterator[Finding]]
FixFunction: TypeAlias = Callable[["Finding", "Source", Project], "Iterator[Fix]"]


class Rule:
    """A check, the facts it asks for, and its fix.

    The first parameter says when it runs: a table, once per unit where that is not empty; an App, once per
    Django app. `reads_names` says whether it asks for more than tables, so that it runs again for the other
    units of a file when the names of the file change; `reads_models` whether it looks into bodies of models'
    methods, so that it runs again when any unit changes; `reads_calls` whether it asks whom functions call,
    so that it runs again when that changes; `reads_cycles` whether it has nothing to say before it is known
    what all files import; `shares` whether it asks for what follows from many files and takes long. Where no
    name or attribute in a unit is one of the `words`, the rule need not look: None stands for all words.
    """

    def __init__(self, check: Check, words: frozenset[str] | None = None) -> None:
        hints = typing.get_type_hints(check, include_extras=True)
        parameters = list(inspect.signature(check).parameters)
        self.id = rule_id(check.__module__)
        self.area = check.__module__.split(".rules.")[1].partition(".")[0]
        self.check = check
        self.words = words
        self.fixer: FixFunction | None = None
        self.parameters: list[tuple[str, bool]] = []
        for parameter in parameters:
            kind = hints[parameter]
            if kind not in TABLES and kind not in VIEWS:
                raise TypeError(f"{self.id}: nothing provides {parameter}: {kind}")
            self.parameters.append((TABLES.get(kind) or VIEWS[kind], kind in TABLES))
        self._arguments = _getter(self.parameters)
        self.driver = self.parameters[0][0]
        self.reads_names = not all(is_table for _, is_table in self.parameters)
        self.reads_models = ("models", False) in self.parameters
        self.reads_cycles = ("cycles", False) in self.parameters
        self.shares = self.reads_models or self.reads_cycles
        self.reads_calls = self.reads_models or ("callgraph", False) in self.parameters

    def fix(self, function: FixFunction) -> FixFunction:
        """Register what offers the rule's fixes, the preferred one first."""
        self.fixer = function
        return function

    def run(self, view: View) -> list[Finding]:
        """What the rule finds; every finding carries its id."""
        return [finding._replace(rule=self.id) for finding in self.check(*self._arguments(view))]


class View:
    """What rules may ask for about one unit, or one app."""

    __slots__ = ("app", "facts", "outline", "project")

    def __init__(self, outline: Outline | None, app: App | None, project: Project) -> None:
        self.outline, self.app, self.project = outline, app, project
        self.facts = outline.facts if outline is not None else None

    @property
    def module(self) -> Module | None:
        return self.outline.module if self.outline is not None else None

    @property
    def models(self) -> Models | None:
        return self.outline.module.models if self.outline is not None else None

    @property
    def callgraph(self) -> CallGraph:
        return self.project.callgraph

    @property
    def cycles(self) -> Cycles:
        return self.project.cycles


def _getter(parameters: list[tuple[str, bool]]) -> Callable[[View], tuple[Any, ...]]:
    """What gives the arguments of a rule."""
    names = [f"facts.{name}" if is_table else name for name, is_table in parameters]
    get = attrgetter(*names)
    return get if len(names) > 1 else lambda view: (get(view),)


def rule(check: Check) -> Rule:
    """Make a check function a rule; its id is the name of its file."""
    return Rule(check)


def rule_about(words: Iterable[str]) -> Callable[[Check], Rule]:
    """A rule on code that says one of the words, as a name or an attribute."""
    return partial(Rule, words=frozenset(words))


def rule_id(module: str) -> str:
    """`pybackend.rules.concurrency.blocking_in_async` -> `blocking-in-async`."""
    return module.split(".rules.")[1].split(".")[1].replace("_", "-")


def discover() -> dict[str, Rule]:
    """All rules by id, each from `rules/<area>/<rule_id>.py` or a package of that name."""
    import pybackend.rules as package

    found: dict[str, Rule] = {}
    for area in pkgutil.iter_modules(package.__path__, package.__name__ + "."):
        if not area.ispkg:
            continue
        parent = importlib.import_module(area.name)
        for info in pkgutil.iter_modules(parent.__path__, area.name + "."):
            if info.name.rpartition(".")[2].startswith("_"):
                continue
            module = importlib.import_module(info.name)
            check = getattr(module, "check", None)
            if not isinstance(check, Rule):
                raise TypeError(f"{info.name} has no rule named check")
            found[check.id] = check
    return dict(sorted(found.items()))
