"""What there is to tell of the functions of a unit, to those who call them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

from ..facts import expressions as ex
from ..facts.tables import CallSite, Function, Parameter, Statement
from .calls import Called, FunctionCalls, called_path, counts, iterated, own_path, use
from .givings import Given, given
from .occasions import Occasions
from .opaque import is_opaque
from .outline import Outline
from .readings import Handing, Reading, Readings, arguments
from .storings import Stored, stored


def calls_of(outline: Outline) -> tuple[FunctionCalls, ...]:
    """The functions of a unit that have anything to say, in the order of the text."""
    return tuple(_Callers(outline).told()) if outline.facts.functions else ()


class _Callers:
    """The functions of one unit. Whom those of tests call is of no interest to anybody else."""

    def __init__(self, outline: Outline) -> None:
        self.outline = outline
        self.looped = iterated(outline)
        self.is_test = outline.module.project.role(outline.module).is_test
        self.readings = Readings(outline)
        self.sites: defaultdict[int, list[CallSite]] = defaultdict(list)
        self.statements: defaultdict[int, list[Statement]] = defaultdict(list)
        for site in outline.facts.calls:
            self.sites[site.at.scope].append(site)
        for statement in outline.facts.statements:
            self.statements[statement.at.scope].append(statement)

    def told(self) -> Iterator[FunctionCalls]:
        for function in self.outline.facts.functions:
            path = own_path(function, self.outline)
            if path is not None:
                told = self._told(function, path)
                if any(told[3:]):
                    yield told

    def _told(self, function: Function, path: str) -> FunctionCalls:
        returns, yields = self._given(function)
        is_left_out = function.is_async or self.is_test
        return FunctionCalls(
            path,
            function.is_async,
            function.is_generator,
            tuple(self.outline.trace(item, function.at.scope) or "" for item in function.decorators),
            returns,
            yields,
            self._keeps(function),
            () if is_left_out else self._calls(function),
            *(((), (), (), ()) if is_left_out else self._rows(function)),
        )

    def _rows(
        self, function: Function
    ) -> tuple[tuple[Reading, ...], tuple[Handing, ...], tuple[Given, ...], tuple[Stored, ...]]:
        """What a function does with rows that it is given, and those that it gives and keeps."""
        sites, statements = self.sites[function.scope], self.statements[function.scope]
        handed: tuple[Handing, ...] = ()
        if self.readings.hands_on(function, sites):
            paths = [(site, path) for site in sites if (path := self._handed_to(site)) is not None]
            handed = self.readings.handed(function, paths, statements) if paths else ()
        reads = self.readings.of(function, sites, statements)
        gives = given(function, self.readings, statements)
        return reads, handed, gives, stored(function, self.readings, sites)

    def _handed_to(self, site: CallSite) -> str | None:
        """The function of the project that a call gives something to, by its path."""
        if not any(isinstance(value, (ex.Name, ex.Attribute)) for _, _, value in arguments(site.call)):
            return None
        if isinstance(site.call.function, ex.Name) and site.call.function.id == "str":
            return self.outline.traced(site)
        path = called_path(site, self.outline)
        return path if path is not None and not is_opaque(path) else None

    def _calls(self, function: Function) -> tuple[Called, ...]:
        """What a function calls, each path once: where it does so on the most occasions."""
        found: dict[tuple[str, str], tuple[Called, CallSite]] = {}
        occasions: Occasions | None = None
        for site in self.sites[function.scope]:
            path = called_path(site, self.outline)
            if path is None or not counts(path, site, self.outline):
                continue
            if occasions is None:
                occasions = self._occasions(function)
            if occasions.is_later(site.call.range):
                continue
            key = path, use(site, self.looped)
            called = Called(path, site.call.range, key[1], occasions.when(site))
            known = found.get(key)
            if known is None or (known[0].when and not called.when):
                found[key] = called, site
            elif known[0].when == "sometimes" and _are_both(known[1], site, occasions):
                found[key] = known[0]._replace(when=""), site
        return tuple(called for called, _ in found.values())

    def _occasions(self, function: Function) -> Occasions:
        return Occasions(function, self.statements[function.scope], self.outline)

    def _returned(self, function: Function) -> list[ex.Expression | None]:
        return [s.expression for s in self.statements[function.scope] if s.kind == "return"]

    def _given(self, function: Function) -> tuple[str | None, str | None]:
        """What a function without an annotation returns, and what it yields."""
        scope = function.scope
        if function.is_generator:
            yields = self.outline.facts.yields
            given = [found.value for found in yields if found.at.scope == scope and not found.is_from]
            return None, self._common(given, scope)
        if function.returns is not None:
            return None, None
        return self._common(self._returned(function), scope), None

    def _common(self, values: Iterable[ex.Expression | None], scope: int) -> str | None:
        """The one path of all values that are not None."""
        paths: set[str | None] = set()
        for value in values:
            if value is None or (isinstance(value, ex.Literal) and value.value is None):
                continue
            paths.add(self.outline.trace(value, scope))
            if len(paths) > 1 or None in paths:
                return None
        return paths.pop() if paths else None

    def _keeps(self, function: Function) -> str:
        if function.is_async or function.is_generator or function.decorators:
            return ""
        kinds = {self._kept(value, function) for value in self._returned(function)}
        return kinds.pop() if len(kinds) == 1 else ""

    def _kept(self, value: ex.Expression | None, function: Function) -> str:
        """What a value that a decorator returns makes of it."""
        if not isinstance(value, ex.Name):
            return ""
        local = self.outline.lookup(value.id, function.scope)
        if local is None or len(local) != 1 or local[0].scope != function.scope:
            return ""
        fact = local[0].fact
        if isinstance(fact, Parameter):
            return "function" if fact is function.parameters[0] else ""
        if not isinstance(fact, Function):
            return ""
        if function.parameters and self._stands_in(fact, function.parameters[0]):
            return "function"
        return "factory" if self._keeps(fact) == "function" else ""

    def _stands_in(self, wrapper: Function, wrapped: Parameter) -> bool:
        """Whether a function calls the one that it stands for, always, and at once."""
        if wrapper.is_async or wrapper.is_generator:
            return False
        paths = {self.outline.trace(decorator, wrapper.at.scope) for decorator in wrapper.decorators}
        if not paths <= {"functools.wraps()"}:
            return False
        occasions = self._occasions(wrapper)
        for site in self.sites[wrapper.scope]:
            called = site.call.function
            if isinstance(called, ex.Name) and called.id == wrapped.name and not occasions.when(site):
                local = self.outline.lookup(called.id, wrapper.scope)
                return local is not None and [found.fact for found in local] == [wrapped]
        return False


def _are_both(first: CallSite, second: CallSite, occasions: Occasions) -> bool:
    """Whether two calls stand in the two branches of one `if`."""
    one, other = occasions.choice(first.at), occasions.choice(second.at)
    if one is None or other is None:
        return False
    return one.statement == other.statement and one.kind != other.kind
