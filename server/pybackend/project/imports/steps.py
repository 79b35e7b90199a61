"""What a module does when it is imported, as steps in order: imports, and names bound and read.

Function bodies do not run. What runs only perhaps (below an `if`, in a `try` or a `with`) is not certain;
what stands below `if TYPE_CHECKING` or `if __name__ == "__main__"` is left out.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from ...facts import expressions as ex
from ...facts.tables import At, Binding, CallSite, ClassDefinition, Function, Import, Read, UnitFacts
from ..conditions import ALWAYS, NEVER, Surroundings, runs
from ..exports import DYNAMIC, is_dynamic_import

if TYPE_CHECKING:
    from ...syntax.units import Block, Unit
    from ..module import Module

_EMPTY = UnitFacts()


class Step(NamedTuple):
    """One thing that importing a module does. The range is relative to the unit.

    Kind: "load" (import `module`), "submodule" (import its submodule `name` unless it has that attribute),
    "take" (bind its attribute `name`), "star" (bind all it has; "stars" imports the submodules that it
    lists), "module" (bind the module `name`), "bind", "unbind", "use" (read `attributes` of a name), "loader"
    (a call that imports modules named by strings). `bound` is the name that is bound or read.
    """

    kind: str
    bound: str
    is_certain: bool
    unit: Unit
    range: ex.Range
    module: str = ""
    name: str = ""
    attributes: tuple[str, ...] = ()

    @property
    def signature(self) -> tuple[object, ...]:
        """All but where it is."""
        return self.kind, self.bound, self.is_certain, self.module, self.name, self.attributes


class Program:
    """The steps of a module; `facts` and `by_unit` say what they were read from, by the ids of units."""

    def __init__(self, module: Module) -> None:
        self.module, self._around = module, Surroundings(module)
        self.facts: dict[int, UnitFacts] = {}
        self.by_unit: dict[int, list[Step]] = {}
        self._known = {
            fact.bound
            for unit in module.units
            for fact in (unit.facts or _EMPTY).imports
            if fact.at.scope == 0 and module.class_block(unit) is None
        }

    def steps(self) -> list[Step]:
        """All steps in order; a class exists when its last member has run."""
        found: list[Step] = []
        pending: list[tuple[Block, Step]] = []
        for unit in self.module.units:
            chain = list(unit.block.chain()) if unit.block is not None else []
            while pending and pending[-1][0] not in chain:
                found.append(pending.pop()[1])
            self.facts[id(unit)] = unit.facts
            self.by_unit[id(unit)] = self.of(unit)
            found += self.by_unit[id(unit)]
            if unit.role == "header" and unit.block is not None and unit.block.kind == "class":
                for definition in (unit.facts or _EMPTY).classes[:1]:
                    is_certain = self._around.outcome(unit, definition.at) == ALWAYS
                    made = Step("bind", definition.name, is_certain, unit, definition.name_range)
                    if self.module.class_block(unit) is None:
                        pending.append((unit.block, made))
        return found + [step for _, step in reversed(pending)]

    def of(self, unit: Unit) -> list[Step]:
        """The steps of one unit."""
        return _Unit(self.module, unit, self._around, self._known).steps()


def imported(module: Module) -> Iterator[tuple[str, str | None]]:
    """The modules whose import a module may run, and the name that it takes from each."""
    around = Surroundings(module)
    for unit in module.units:
        facts: UnitFacts = unit.facts or _EMPTY
        for fact in facts.imports:
            if runs(facts, fact.at.scope) and around.outcome(unit, fact.at) != NEVER:
                path = _source(module, fact)
                if path:
                    yield path, fact.name


def is_dynamic(module: Module) -> bool:
    """Whether the module may have attributes that nothing in it binds by name."""
    if module.binds("__getattr__") or any(unit.origin is not None for unit in module.units):
        return True
    for unit in module.units:
        facts: UnitFacts = unit.facts or _EMPTY
        read = [read.expression for read in facts.reads if runs(facts, read.at.scope)]
        called = [site.call.function for site in facts.calls if runs(facts, site.at.scope)]
        if any(
            expression.name == "modules" and ex.dotted(expression) == "sys.modules" for expression in read
        ):
            return True
        if any(isinstance(function, ex.Name) and function.id in DYNAMIC for function in called):
            return True
    return False


def _source(module: Module, fact: Import) -> str | None:
    """The dotted name of the module that an import is from."""
    path = module.imported(fact._replace(is_aliased=True))
    if path is None or fact.name is None:
        return path
    return path.removesuffix(fact.name).removesuffix(".")


def has_future_annotations(module: Module) -> bool:
    """Whether annotations of the module are never evaluated."""
    found = [fact for fact, _ in module.facts_of("annotations") if isinstance(fact, Import)]
    return any(fact.module == "__future__" and not fact.level for fact in found)


def _expressions(facts: UnitFacts) -> Iterator[ex.Expression]:
    """What the statements, decorators, defaults and class heads of a unit evaluate."""
    yield from (statement.expression for statement in facts.statements if statement.expression is not None)
    for function in facts.functions:
        yield from function.decorators
        yield from (p.default for p in function.parameters if p.default is not None)
    for definition in facts.classes:
        yield from (*definition.decorators, *definition.bases, *(value for _, value in definition.keywords))


def _alternatives(whole: ex.Expression) -> Iterator[ex.Expression]:
    """The parts of an expression that are evaluated perhaps."""
    for part in ex.walk(whole):
        if isinstance(part, ex.Conditional):
            yield from (part.then, part.otherwise)
        elif isinstance(part, ex.Logical):
            yield from part.values[1:]


class _Unit:
    """The steps of one unit. `known` are the names that the module's imports bind."""

    def __init__(self, module: Module, unit: Unit, around: Surroundings, known: set[str]) -> None:
        self.module, self.unit, self.around, self.known = module, unit, around, known
        self.facts: UnitFacts = unit.facts or _EMPTY
        self.is_member = module.class_block(unit) is not None

    def steps(self) -> list[Step]:
        facts = self.facts
        found: list[tuple[int, list[Step]]] = []
        statements: dict[ex.Range, list[Import]] = {}
        for fact in facts.imports:
            if runs(facts, fact.at.scope):
                statements.setdefault(fact.statement, []).append(fact)
        found += [(names[0].at.order, list(self._import(names))) for names in statements.values()]
        found += [(b.at.order, list(self._binding(b))) for b in facts.bindings if self._is_global(b.at)]
        found += [(r.at.order, list(self._use(r))) for r in facts.reads if runs(facts, r.at.scope)]
        found += [(c.at.order, list(self._call(c))) for c in facts.calls if runs(facts, c.at.scope)]
        found.sort(key=lambda item: item[0])
        return [step for _, part in found for step in part] + list(self._definitions())

    def _is_global(self, at: At) -> bool:
        return at.scope == 0 and not self.is_member

    def _step(self, kind: str, bound: str, at: At, place: ex.Range) -> Iterator[Step]:
        outcome = self.around.outcome(self.unit, at)
        if outcome != NEVER:
            yield Step(kind, bound, outcome == ALWAYS, self.unit, place)

    def _import(self, facts: list[Import]) -> Iterator[Step]:
        """First all modules are imported, then the names are bound."""
        first = facts[0]
        if first.name is None:
            for fact in facts:
                yield from self._from("load", [fact])
                for step in self._from("module", [fact]):
                    yield step._replace(name=fact.module if fact.is_aliased else fact.bound)
        else:
            yield from self._from("load", [first])
            yield from self._from("submodule", facts)
            yield from self._from("take", facts)

    def _from(self, kind: str, facts: Iterable[Import]) -> Iterator[Step]:
        for fact in facts:
            actual = kind if fact.name != "*" else {"take": "star", "submodule": "stars"}.get(kind, kind)
            bound = fact.bound if self._is_global(fact.at) else ""
            source = _source(self.module, fact) or ""
            for step in self._step(actual, bound, fact.at, fact.range):
                yield step._replace(module=source, name=fact.name or "")

    def _binding(self, binding: Binding) -> Iterator[Step]:
        if binding.name and binding.kind not in ("comprehension", "global", "nonlocal", "handler"):
            if binding.kind == "delete":
                yield from self._step("unbind", binding.name, binding.at, binding.range)
            elif binding.kind != "annotated" or binding.value is not None:
                yield from self._step("bind", binding.name, binding.at, binding.range)

    def _use(self, read: Read) -> Iterator[Step]:
        attributes: list[str] = []
        expression: ex.Expression = read.expression
        while isinstance(expression, ex.Attribute):
            attributes.append(expression.name)
            expression = expression.value
        if not isinstance(expression, ex.Name) or expression.id not in self.known:
            return
        name, place = expression.id, read.expression.range
        inside = any(b.kind == "comprehension" and b.name == name for b in self.facts.bindings)
        if inside or self.around.hides(self.unit, read.at, name):
            return
        if not any(start[:2] <= place[:2] and place[2:] <= start[2:] for start in self._idle):
            for step in self._step("use", name, read.at, place):
                yield step._replace(attributes=tuple(attributes[::-1]))

    @cached_property
    def _idle(self) -> list[ex.Range]:
        """What of the unit runs perhaps or never: annotations that stay unevaluated, and alternatives."""
        facts = self.facts
        found = [part.range for whole in _expressions(facts) for part in _alternatives(whole)]
        if self.module.project.target >= (3, 14) or has_future_annotations(self.module):
            places = [binding.annotation for binding in facts.bindings]
            for function in facts.functions:
                places += [function.returns, *(parameter.annotation for parameter in function.parameters)]
            found += [place.range for place in places if place is not None]
        return found

    def _call(self, site: CallSite) -> Iterator[Step]:
        if is_dynamic_import(site.call):
            yield from self._step("loader", "", site.at, site.call.range)

    def _definitions(self) -> Iterator[Step]:
        """Functions and classes exist when all of their statement has run."""
        found: list[Function | ClassDefinition] = [*self.facts.functions, *self.facts.classes]
        for fact in found:
            if self._is_global(fact.at) and self.unit.role != "header":
                yield from self._step("bind", fact.name, fact.at, fact.name_range)
