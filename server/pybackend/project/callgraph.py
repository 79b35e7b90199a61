"""Why a call of a project's function holds up its thread: the calls that lead from it to one that blocks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, NamedTuple

from ..findings import Place
from .blocking import Blocking, blocking, canonical
from .calls import Called, FunctionCalls, asks_for_loop
from .django.orm import METHODS, Orm

if TYPE_CHECKING:
    from .module import Module
    from .modules import Modules
    from .outline import Outline

LOCAL = "<locals>"
USES = ("", "with", "iterated")
"""What a call does with its result, as far as that decides what runs."""
NOWHERE = (0, 0, 0, 0)
QUERY = Blocking("query", "")
"""Why a query of Django's ORM ends a chain: the event loop refuses it."""
_MANAGER = "contextlib.contextmanager"
_KEEPING = frozenset(
    {
        "abc.abstractmethod",
        "backoff.on_exception()",
        "backoff.on_predicate()",
        "builtins.classmethod",
        "builtins.staticmethod",
        "deprecated.deprecated()",
        "functools.wraps()",
        "sentry_sdk.trace",
        "tenacity.retry",
        "tenacity.retry()",
        "typing.final",
        "typing.override",
        "typing_extensions.deprecated()",
        "typing_extensions.final",
        "typing_extensions.override",
        "warnings.deprecated()",
        _MANAGER,
    }
)
"""Decorators after which a call still runs the function there and then."""


class Step(NamedTuple):
    """`caller` calls `callee`, both by their paths, at a place."""

    caller: str
    callee: str
    place: Place


class Chain(NamedTuple):
    """From a function that is called to a call that blocks, the last step's; `reason` says why that does."""

    steps: tuple[Step, ...]
    reason: Blocking


class Node(NamedTuple):
    """A function, and the class of the instance that it is a method of where that is not its own."""

    path: str
    receiver: str


class Lead(NamedTuple):
    """What one call comes to: a function of the project, or a `reason` to block."""

    called: Called
    path: str
    target: Node | None
    reason: Blocking | None


class Known(NamedTuple):
    """What the calls of a function come to, and the paths of the files that say so."""

    leads: tuple[Lead, ...]
    consulted: frozenset[str]


class CallGraph:
    """The calls between a project's functions, followed when they are asked about.

    What was found holds until the project's names change, or `forget` says that somebody's calls did.
    """

    def __init__(self, modules: Modules) -> None:
        self._modules = modules
        self._generation = modules.generation
        self._places: dict[str, tuple[FunctionCalls, Outline]] = {}
        self._known: dict[Node, Known] = {}
        self._chains: dict[tuple[Node, frozenset[str]], tuple[Chain | None, frozenset[str]]] = {}
        self._answers: dict[tuple[str, str, str, frozenset[str]], tuple[Chain | None, frozenset[str]]] = {}

        self._harmless: dict[str, set[str]] = {}

    def forget(self) -> None:
        self._harmless.clear()
        self._answers.clear()
        self._places.clear()
        self._known.clear()
        self._chains.clear()

    def holds(self, module: Module) -> bool:
        """Whether a module is remembered for its functions."""
        return any(outline.module is module for _, outline in self._places.values())

    def hand_over(self, module: Module, twin: Module) -> None:
        """Remember functions by another module of the same file, whose units are in the same order."""
        twins = {id(unit): twin.outline(other) for unit, other in zip(module.units, twin.units, strict=True)}
        for path, (told, outline) in self._places.items():
            if outline.module is module:
                self._places[path] = told, twins[id(outline.unit)]

    def may_block(self, path: str, kinds: frozenset[str], reader: Outline) -> bool:
        """Whether a call blocks that makes some use of its result."""
        return any(self.chain(path, how, kinds, reader) is not None for how in USES)

    def harmless(self, module: Module) -> set[str]:
        """The paths whose calls from a module do not block, as far as somebody remembered them here."""
        self._keep_up()
        return self._harmless.setdefault(module.path, set())

    def _keep_up(self) -> None:
        if self._generation != self._modules.generation:
            self._generation = self._modules.generation
            self.forget()

    def chain(self, path: str, how: str, kinds: frozenset[str], reader: Outline) -> Chain | None:
        """The shortest way from a call to one that blocks for one of the reasons `kinds`; None for no way.

        `path` is what `reader` calls, as it says itself, and `how` what it does with the result.
        """
        self._keep_up()
        key = reader.module.path, path, how, kinds
        known = self._answers.get(key)
        if known is None:
            known = self._asked(path, how, kinds, reader)
            if LOCAL not in path and not self._modules.wanted:
                self._answers[key] = known
        if not known[1] <= reader.module.reads:
            reader.module.reads |= known[1]
        return known[0]

    def _asked(
        self, path: str, how: str, kinds: frozenset[str], reader: Outline
    ) -> tuple[Chain | None, frozenset[str]]:
        with self._modules.reading(reader.module) as consulted:
            for lead in self._leads(Called(path, NOWHERE, how, ""), path, reader):
                if lead.target is not None:
                    found, files = self._search(lead.target, kinds)
                    consulted |= files
                    if found is not None:
                        return found, frozenset(consulted)
        return None, frozenset(consulted)

    def _search(self, start: Node, kinds: frozenset[str]) -> tuple[Chain | None, frozenset[str]]:
        """Breadth first, in the order of the text: what is found does not depend on what was asked before."""
        if (start, kinds) in self._chains:
            return self._chains[start, kinds]
        came: dict[Node, tuple[Node, Lead] | None] = {start: None}
        consulted: set[str] = set()
        found: Chain | None = None
        for node in (queue := [start]):
            known = self._look(node)
            consulted |= known.consulted
            blocked = next((lead for lead in known.leads if lead.reason and lead.reason.case in kinds), None)
            if blocked is not None and blocked.reason is not None:
                found = Chain(self._steps(node, blocked, came), blocked.reason)
                break
            for lead in known.leads:
                if lead.target is not None and lead.target not in came:
                    came[lead.target] = node, lead
                    before = self._chains.get((lead.target, kinds))
                    if before is not None and before[0] is None:
                        consulted |= before[1]
                    else:
                        queue.append(lead.target)
        answer = found, frozenset(consulted)
        for node in queue if found is None else (start,):
            self._chains[node, kinds] = answer
        return answer

    def _steps(
        self, node: Node, lead: Lead, came: Mapping[Node, tuple[Node, Lead] | None]
    ) -> tuple[Step, ...]:
        steps = [self._step(node, lead)]
        while (before := came[node]) is not None:
            node, lead = before
            steps.append(self._step(node, lead))
        return tuple(reversed(steps))

    def _step(self, node: Node, lead: Lead) -> Step:
        outline = self._places[node.path][1]
        return Step(node.path, lead.path, Place(outline.module.path, outline.unit, lead.called.range))

    def _look(self, node: Node) -> Known:
        """What the calls of a function come to; nothing where it finds out for itself what it may do."""
        if node not in self._known:
            told, outline = self._places[node.path]
            leads: list[Lead] = []
            with self._modules.reading(outline.module) as consulted:
                if not any(asks_for_loop(called.path) for called in told.calls):
                    for called in told.calls:
                        if not called.when:
                            leads += self._leads(called, _received(called.path, node), outline)
            self._known[node] = Known(tuple(leads), frozenset(consulted | {outline.module.path}))
        return self._known[node]

    def _leads(self, called: Called, path: str, outline: Outline) -> Iterator[Lead]:
        if LOCAL in path:
            yield from self._lead(called, Node(path, ""), outline)
            return
        followed = self._modules.follow(path, outline.module)
        known = canonical(self._modules.inherited(followed, outline.module))
        reason = blocking(known) or _query(followed, outline)
        if reason is not None:
            yield Lead(called, known, None, reason)
        elif self._modules.class_at(followed, outline.module) is not None:
            for name in ("__init__", "__enter__") if called.how == "with" else ("__init__",):
                method = self._modules.follow(f"{followed}().{name}", outline.module)
                yield from self._method(called._replace(how=""), method, followed, outline)
        else:
            receiver = path.rpartition("().")[0]
            if receiver and "." not in path[len(receiver) + 3 :]:
                receiver = self._modules.follow(f"{receiver}()", outline.module).removesuffix("()")
            yield from self._method(called, followed, receiver, outline)

    def _method(self, called: Called, path: str, receiver: str, outline: Outline) -> Iterator[Lead]:
        place = self._modules.function_at(path, outline.module)
        if place is not None:
            own = path.replace("().", ".")
            is_own = not receiver or f"{receiver}()." in path
            yield from self._lead(called, Node(own, "" if is_own else receiver), place[1])

    def _lead(self, called: Called, node: Node, outline: Outline) -> Iterator[Lead]:
        """The function at a node, if that call runs it."""
        for told in outline.calls:
            if told.path == node.path and self._runs(told, called.how, outline):
                self._places[node.path] = told, outline
                yield Lead(called, node.path, node, None)

    def _runs(self, told: FunctionCalls, how: str, outline: Outline) -> bool:
        if told.is_async:
            return False
        if told.is_generator and how != ("with" if _MANAGER in told.decorators else "iterated"):
            return False
        return all(path in _KEEPING or self._keeps(path, outline) for path in told.decorators)

    def _keeps(self, path: str, outline: Outline) -> bool:
        """Whether a decorator of the project runs its function in its place."""
        if not path:
            return False
        kind = "factory" if path.endswith("()") else "function"
        followed = self._modules.follow(path.removesuffix("()"), outline.module)
        place = self._modules.function_at(followed, outline.module)
        return place is not None and any(
            told.path == followed and told.keeps == kind for told in place[1].calls
        )


def _query(path: str, outline: Outline) -> Blocking | None:
    """Whether a call runs a query of Django's ORM."""
    is_candidate = path.rpartition(".")[2] in METHODS
    return QUERY if is_candidate and Orm(outline.module).query(path) is not None else None


def _received(path: str, node: Node) -> str:
    """A path of a method's, where `self` is an instance of the receiver."""
    own = node.path.rpartition(".")[0]
    if node.receiver and path.startswith(f"{own}()."):
        return node.receiver + path[len(own) :]
    return path
