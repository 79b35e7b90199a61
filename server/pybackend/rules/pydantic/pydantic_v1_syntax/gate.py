"""Whether a file is meant for Pydantic 2, and whether a place in it is meant for version 1 as well."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ....facts import expressions as ex
from ....facts.tables import At, Import
from ....project.module import Module
from ....project.outline import Outline
from ....project.project import Project
from .models import is_model, last_name
from .rows import ATTRIBUTES, HOOKS, METHODS, NAMES, V2_METHODS, V2_NAMES, WORDS

if TYPE_CHECKING:
    from ....syntax.units import Unit

_PACKAGES = frozenset({"pydantic", "pydantic_settings", "sqlmodel"})
_METHODS = frozenset({*METHODS, *ATTRIBUTES})
_DEFINITIONS = frozenset({"functiondef", "asyncfunctiondef"})
_VERSIONED = re.compile(r"pydantic|(^|_|\b)v[12](_|\b|$)|version|compat", re.IGNORECASE)


def is_concerned(outline: Outline) -> bool:
    """Whether the file, or the unit, imports Pydantic or what is built on it, or has a model in it."""
    if not _PACKAGES.isdisjoint(outline.module.packages):
        return True
    own = outline.facts.imports
    if own and any(fact.module.partition(".")[0] in _PACKAGES for fact in own):
        return True
    around = outline.module.class_around(outline.unit)
    kinds = [outline.module.class_of(definition, outline.unit) for definition in outline.facts.classes]
    return any(is_model(kind) for kind in (around, *kinds))


def may_use_model(outline: Outline) -> bool:
    """Whether a unit says the name of a method or an attribute that models had."""
    return not _METHODS.isdisjoint(outline.facts.attributes)


def may_hit(outline: Outline) -> bool:
    """Whether a unit says any word of the table; a quick look, for functions without classes or imports."""
    facts = outline.facts
    if facts.classes or facts.imports or not facts.functions or facts.statements[0].kind not in _DEFINITIONS:
        return True
    if any(function.name in HOOKS for function in facts.functions):
        return True
    return not (WORDS.isdisjoint(facts.attributes) and NAMES.isdisjoint(facts.names))


def may_be_version_2(module: Module, project: Project) -> bool:
    """A quick look at what `is_version_2` will say."""
    known = project.environment.at_least("pydantic", "2")
    if known is not None:
        return known
    return not _PACKAGES.isdisjoint(module.packages) or _has_configuration(module)


def is_version_2(outline: Outline, project: Project) -> bool:
    """By the project's environment, or by names that only Pydantic 2 has, used in the file itself."""
    known = project.environment.at_least("pydantic", "2")
    return _mixes(outline.module) if known is None else known


def _mixes(module: Module) -> bool:
    for name in module.names:
        for fact, _ in module.facts_of(name):
            if not isinstance(fact, Import) or fact.level or fact.module.startswith("pydantic.v1"):
                continue
            root = fact.module.partition(".")[0]
            if root == "pydantic_settings" or (root == "pydantic" and fact.name in V2_NAMES):
                return True
    return _has_configuration(module)


def _has_configuration(module: Module) -> bool:
    return any("model_config" in view.fields for view in module.classes.values())


def is_guarded(at: At, outline: Outline) -> bool:
    """Whether a condition on the version, or a handler, chooses between the two spellings."""
    facts = outline.facts
    index = at.block
    while index >= 0:
        block = facts.blocks[index]
        if block.kind in ("if", "else") and block.expression and _asks(block.expression):
            return True
        if block.kind == "handler" and (_names_missing(block.expression) or _falls_back(index, outline)):
            return True
        index = block.parent
    return _is_probed(at, outline) or _stands_in_version_block(outline)


def _falls_back(block: int, outline: Outline) -> bool:
    """Whether a handler stands for when a method of version 2 has failed."""
    tried = [handler.try_block for handler in outline.facts.handlers if handler.block == block]
    return any(
        last_name(site.call.function) in V2_METHODS and outline.inside(site.at, number)
        for number in tried
        for site in outline.facts.calls
        if number >= 0
    )


def _stands_in_version_block(outline: Outline) -> bool:
    parent = outline.unit.parent
    handlers = outline.facts.handlers if outline.unit.role == "handler" else ()
    if any(_names_missing(handler.type) for handler in handlers):
        return True
    for block in parent.chain() if parent is not None else ():
        if block.kind == "try":
            return True
        if block.kind in ("if", "elif") and _header_asks(block.header):
            return True
        if block.kind == "else" and _else_asks(outline, block.statement):
            return True
    return False


def _else_asks(outline: Outline, statement: object) -> bool:
    """Whether the `if` of which an `else` is a clause asks for a version."""
    for unit in outline.module.units:
        block = unit.block
        if (
            unit.role == "header"
            and block is not None
            and block.statement is statement
            and _header_asks(unit)
        ):
            return True
    return False


def _header_asks(header: Unit | None) -> bool:
    """Whether the test of an `if` asks for a version."""
    if header is None or header.facts is None:
        return False
    return any(s.expression is not None and _asks(s.expression) for s in header.facts.statements)


def _asks(test: ex.Expression) -> bool:
    for part in ex.walk(test):
        if isinstance(part, ex.Name) and _VERSIONED.search(part.id):
            return True
        if isinstance(part, ex.Attribute) and _VERSIONED.search(part.name):
            return True
        if isinstance(part, ex.Literal) and part.value in V2_METHODS:
            return True
    return False


def _names_missing(kind: ex.Expression | None) -> bool:
    names = {part.id for part in ex.walk(kind) if isinstance(part, ex.Name)} if kind is not None else set()
    return bool(names & {"ImportError", "AttributeError", "ModuleNotFoundError", "TypeError"})


def _is_probed(at: At, outline: Outline) -> bool:
    """Whether the function asks by `hasattr` or `getattr` for a method of version 2."""
    for site in outline.facts.calls:
        function = site.call.function
        if last_name(function) not in ("hasattr", "getattr") or site.at.scope != at.scope:
            continue
        if any(isinstance(a, ex.Literal) and a.value in V2_METHODS for a in site.call.arguments):
            return True
    return False
