"""A related row that is loaded to read the key that leads to it."""

from __future__ import annotations

from collections.abc import Iterator

from ...facts import expressions as ex
from ...facts.tables import Read
from ...findings import Finding, Related
from ...fixes.fix import Fix
from ...fixes.source import Source
from ...project.django.models import Models, Relation
from ...project.django.queries import Evaluator, Rows
from ...project.outline import Outline
from ...project.project import Project
from ..registry import Reads, rule_about
from ._orm import spared

Row = tuple[int, str, int]


@rule_about({"id", "pk"})
def check(reads: Reads, outline: Outline, models: Models, project: Project) -> Iterator[Finding]:
    if spared(project.role(outline.module)) or not models.all:
        return
    evaluator = Evaluator(outline, models)
    told: set[Row] = set()
    for read in reads:
        related = read.expression.value
        if (
            read.is_called
            or read.expression.name not in ("id", "pk")
            or not isinstance(related, ex.Attribute)
        ):
            continue
        owner = evaluator.rows(related.value, read.at.scope, read.at.order)
        if owner is None or owner.kind != "instance" or owner.loaded is None or owner.loaded.is_peers:
            continue
        relation = owner.model.relations.get(related.name)
        if relation is None or owner.covers(related.name) or not _has_key(relation, read.expression.name):
            continue
        row = _row(read, outline)
        if row not in told and not _is_loaded_anyway(read, related, reads, outline):
            told.add(row)
            yield _finding(read, owner, relation)


def _row(read: Read, outline: Outline) -> Row:
    """What is loaded: the row stays in memory, so that reading the key again asks for nothing."""
    path = ex.dotted(read.expression.value)
    if path is None:
        return read.at.scope, "", read.at.order
    name, at = path.partition(".")[0], read.at
    bound = [b.at.order for b in outline.facts.bindings if b.name == name and b.at.scope == at.scope]
    return at.scope, path, max((order for order in bound if order < at.order), default=0)


def _has_key(relation: Relation, name: str) -> bool:
    """Whether the column of a relation holds what the related row has under a name."""
    if not relation.is_forward or relation.is_many or relation.field.call.keyword("to_field") is not None:
        return False
    if name == "pk":
        return True
    target = relation.target
    if target is None or not target.is_certain or len(target.lineage[0]) > 1:
        return False
    return all(field.call.keyword("primary_key") is None for field in target.fields.values())


def _is_loaded_anyway(read: Read, related: ex.Attribute, reads: Reads, outline: Outline) -> bool:
    """Whether the function reads more of the related row, or puts another one in its place."""
    path = ex.dotted(related)
    if path is None:
        return False
    for other in reads:
        names = ex.dotted(other.expression)
        if names is None or other.at.scope != read.at.scope:
            continue
        if names == path or (names.startswith(f"{path}.") and names not in (f"{path}.id", f"{path}.pk")):
            return True
    return any(
        isinstance(binding.target, ex.Attribute) and ex.dotted(binding.target) == path
        for binding in outline.facts.bindings
    )


def _finding(read: Read, owner: Rows, relation: Relation) -> Finding:
    expression = read.expression
    assert isinstance(expression.value, ex.Attribute)
    row = ex.dotted(expression.value.value) or owner.model.name
    values = {"row": row, "model": owner.model.name, "relation": relation.name}
    values["access"] = f"{row}.{relation.name}.{expression.name}"
    place = relation.field.place
    related = [Related("relation", place.range, {"relation": relation.name}, place)]
    if owner.source is not None:
        related.insert(0, Related("query", owner.source.range))
    null = relation.field.call.keyword("null")
    is_required = null is None or (isinstance(null, ex.Literal) and null.value is False)
    data = {"null": "" if is_required else "null"}
    return Finding(expression.range, "single" if owner.is_single else "", values, tuple(related), data=data)


@check.fix
def fix(finding: Finding, source: Source, _: Project) -> Iterator[Fix]:
    outline = source.outline
    reads = [read for read in outline.facts.reads if read.expression.name in ("id", "pk")]
    found = next((read for read in reads if read.expression.range == finding.range), None)
    if found is not None:
        row = _row(found, outline)
        same = [read.expression for read in reads if not read.is_called and _row(read, outline) == row]
        edits = [source.replace(one.range, f"{source.text(one.value.range)}_id") for one in same]
        yield Fix(tuple(edits), finding.data["null"])
