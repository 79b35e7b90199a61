"""What a module says about itself, for comparing one of a file with one of its summary."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from pybackend.environment import Environment
from pybackend.facts.tables import Function
from pybackend.project.classes import ClassView
from pybackend.project.exports import open_scopes
from pybackend.project.files import ProjectFile
from pybackend.project.module import Module
from pybackend.project.outline import Outline
from pybackend.project.project import Project
from pybackend.project.summaries import GRAMMAR, Summary, summarise, units_of

ROOT = Path("/project")


def project_file(text: str, path: str = "shop/models.py") -> ProjectFile:
    return ProjectFile(path, text, Project(ROOT, Environment(ROOT), (3, 11)))


def closed(file: ProjectFile) -> Module:
    """The module of a file, made from its packed summary."""
    summary: Summary = GRAMMAR.unpack(GRAMMAR.pack(summarise(file)))
    return Module(file.path, units_of(summary), file.project)


def differences(file: ProjectFile) -> list[tuple[str, object, object]]:
    """Where a module made from the summary of a file says something else than the file's own."""
    one, other = dict(answers(file.module)), dict(answers(closed(file)))
    return [(key, one.get(key), other.get(key)) for key in one | other if one.get(key) != other.get(key)]


def answers(module: Module) -> Iterator[tuple[str, object]]:
    """Questions and answers."""
    for name in module.names:
        yield f"{name} is bound by", [fact for fact, _ in module.facts_of(name)]
        yield f"{name} is", module.resolve_name(name)
        yield f"{name} stands for", (module.alias(name) or (None,))[0]
    yield "names", list(module.names)
    yield "stars", module.stars
    yield "public", module.public
    yield "packages", module.packages
    yield "overloaded", module.overloaded
    yield "classes", list(module.classes)
    for path, view in module.classes.items():
        yield from ((f"{path} {question}", answer) for question, answer in _of_class(view))
    for number, outline in enumerate(module.outlines):
        yield from ((f"unit {number} {question}", answer) for question, answer in _of_unit(outline))


def _of_class(view: ClassView) -> Iterator[tuple[str, object]]:
    yield "definition", view.definition
    yield "bases", view.own_bases
    yield "lineage", [base.path for base in view.lineage]
    yield "members", [member.fact for member in view.members]
    yield "fields", {name: member.fact for name, member in view.fields.items()}
    yield "methods", {name: member.fact for name, member in view.methods.items()}
    for name, found in view.attributes.items():
        yield f"stores in {name}", [(binding, scope) for binding, scope, _ in found]
        yield f"guards {name} by", [list(outline.clauses(binding.at)) for binding, _, outline in found]
    for name in (*view.attributes, *view.fields, *view.methods):
        yield f"has {name}", view.member(name)


def _of_unit(outline: Outline) -> Iterator[tuple[str, object]]:
    facts, unit = outline.facts, outline.unit
    yield "stands", (unit.role, unit.start, unit.count, unit.results.suppressions)
    around = list(unit.block.chain()) if unit.block is not None else []
    units = outline.module.units
    yield "stands in", [(b.kind, b.indent, units.index(b.header) if b.header else -1) for b in around]
    yield "says of calls", outline.calls
    if not facts.scopes:
        return
    is_open = open_scopes(facts)
    for site in facts.calls:
        if site.at.scope in is_open:
            called = outline.trace(site.call.function, site.at.scope)
            yield (
                f"calls at {site.at.order}",
                (site._replace(number=0), called, list(outline.clauses(site.at))),
            )
    for function in facts.functions:
        if function.at.scope in is_open:
            yield from ((f"{function.name} {q}", answer) for q, answer in _of_function(function, outline))


def _of_function(function: Function, outline: Outline) -> Iterator[tuple[str, object]]:
    yield "is", (function, outline.module.definition_path(function, outline))
    if function.returns is not None:
        yield "gives", outline.trace_annotation(function.returns, function.at.scope)
    for decorator in function.decorators:
        yield f"is decorated by {decorator}", outline.trace(decorator, function.at.scope)
    for parameter in function.parameters:
        yield f"takes {parameter.name}", outline.resolve_fact(parameter, function.scope)
