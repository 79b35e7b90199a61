"""Facts without what only the inside of functions says: how files are remembered that nobody has open."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeVar

from ..facts import expressions as ex
from ..facts.tables import (
    At,
    Binding,
    Block,
    CallSite,
    ClassDefinition,
    Function,
    Handler,
    Import,
    Loop,
    Read,
    Scope,
    Statement,
    UnitFacts,
    With,
)
from .exports import allows_async, names_settings, open_scopes

_NO_SCOPE = Scope("lambda", 0, False, -1, 0, 0, ())
_NO_BLOCK = Block("scope", 0, 0, 0, None)

_Named = TypeVar("_Named", Binding, ClassDefinition, Function, Import)
_Fact = TypeVar("_Fact", CallSite, Handler, Loop, Read, Statement, With)


def prune(facts: UnitFacts) -> UnitFacts:
    """What runs on import, signatures, and what methods assign to attributes of their first parameter.

    Scopes and blocks are counted through: what nobody can ask for any more becomes an empty row, so that
    other tables and expressions keep their numbers.
    """
    return _Pruning(facts).pruned() if facts.scopes else UnitFacts()


class _Pruning:
    def __init__(self, facts: UnitFacts) -> None:
        self.facts, self.open = facts, open_scopes(facts)
        self.stored: dict[int, tuple[str, set[str]]] = {}
        """Methods that store attributes, by scope: the receiver, and the names that decide what is stored."""
        bindings: dict[int, list[Binding]] = {}
        for binding in facts.bindings:
            if binding.at.scope not in self.open:
                bindings.setdefault(binding.at.scope, []).append(binding)
        for function in facts.functions:
            if function.scope in bindings and function.at.scope in self.open and function.parameters:
                self._note(function, bindings[function.scope])

    def _note(self, function: Function, bindings: list[Binding]) -> None:
        receiver = function.parameters[0].name
        queue = [binding for binding in bindings if _is_attribute(binding, receiver)]
        if not queue:
            return
        names: set[str] = set()
        while queue:
            fresh = set(_mentioned(queue.pop())) - names
            names |= fresh
            queue += [binding for binding in bindings if binding.name in fresh]
        self.stored[function.scope] = receiver, names

    def pruned(self) -> UnitFacts:
        facts = self.facts
        functions, classes = self._named(facts.functions), self._named(facts.classes)
        bindings, imports = self._named(facts.bindings), self._named(facts.imports)
        scopes = self._scopes(functions, classes)
        blocks = [fact.at.block for table in (functions, classes, bindings, imports) for fact in table]
        kept = (*self._on_import(facts.calls), *self._setting_variables())
        calls = [site._replace(number=n) for n, site in enumerate(kept)]
        return UnitFacts(
            scopes=scopes,
            blocks=self._blocks([*blocks, *(scope.root for scope in scopes)]),
            functions=functions,
            classes=classes,
            imports=imports,
            bindings=bindings,
            calls=tuple(calls),
            reads=self._on_import(facts.reads),
            statements=tuple([s for s in self._on_import(facts.statements) if _says_something(s)]),
            handlers=self._on_import(facts.handlers),
            loops=self._on_import(facts.loops),
            withs=self._on_import(facts.withs),
            tags=facts.tags,
        )

    def _setting_variables(self) -> list[CallSite]:
        """The calls in functions that name Django's settings and the like, as if they were made on import."""
        inner = [site for site in self.facts.calls if site.at.scope not in self.open]
        told = [site for site in inner if names_settings(site.call) or allows_async(site.call)]
        return [site._replace(at=At(0, 0, site.at.order)) for site in told]

    def _on_import(self, table: tuple[_Fact, ...]) -> tuple[_Fact, ...]:
        return tuple([fact for fact in table if fact.at.scope in self.open])

    def _named(self, table: tuple[_Named, ...]) -> tuple[_Named, ...]:
        return tuple([fact for fact in table if fact.at.scope in self.open or self._decides(fact)])

    def _decides(self, fact: Binding | ClassDefinition | Function | Import) -> bool:
        """Whether a fact in a method is, or says something of, what that stores."""
        if fact.at.scope not in self.stored:
            return False
        receiver, names = self.stored[fact.at.scope]
        if isinstance(fact, Import):
            return fact.bound in names
        return fact.name in names or (isinstance(fact, Binding) and _is_attribute(fact, receiver))

    def _scopes(
        self, functions: tuple[Function, ...], classes: tuple[ClassDefinition, ...]
    ) -> tuple[Scope, ...]:
        definitions = {function.scope: number for number, function in enumerate(functions)}
        definitions |= {definition.scope: number for number, definition in enumerate(classes)}
        found: list[Scope] = []
        for number, scope in enumerate(self.facts.scopes):
            if number in definitions:
                found.append(scope._replace(definition=definitions[number]))
            else:
                is_kept = number == 0 or (scope.kind == "lambda" and scope.parent in self.open)
                found.append(scope if is_kept else _NO_SCOPE)
        return tuple(found)

    def _blocks(self, needed: list[int]) -> tuple[Block, ...]:
        blocks = self.facts.blocks
        kept = {number for number, block in enumerate(blocks) if block.scope in self.open}
        while needed:
            number = needed.pop()
            if number >= 0 and number not in kept:
                kept.add(number)
                needed.append(blocks[number].parent)
        return tuple([block if n in kept else _NO_BLOCK for n, block in enumerate(blocks)])


def _is_attribute(binding: Binding, receiver: str) -> bool:
    target = binding.target
    if not isinstance(target, ex.Attribute) or not isinstance(target.value, ex.Name):
        return False
    return target.value.id == receiver


def _mentioned(binding: Binding) -> Iterator[str]:
    """The names in a binding's value and annotation, quoted ones too."""
    for expression in (binding.value, binding.annotation):
        for part in ex.walk(expression) if expression is not None else ():
            if isinstance(part, ex.Name):
                yield part.id
            elif isinstance(part, ex.Literal) and isinstance(part.value, str):
                yield part.value.strip().partition(".")[0]


def _says_something(statement: Statement) -> bool:
    """Whether it has a value that is no docstring, nor a string that stands for a comment."""
    value = statement.expression
    is_text = isinstance(value, ex.Literal) and isinstance(value.value, str) and statement.kind == "expr"
    return value is not None and not is_text
