"""What an `async def` reads off rows that their query did not load, so that it would run another one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from ....facts import expressions as ex
from ....facts.tables import At, CallSite, Function, Read
from ....project.chains import Chains, shortened
from ....project.django.evaluations import Evaluation, Evaluations
from ....project.django.models import Models
from ....project.django.queries import Rows
from ....project.outline import Outline
from ..django_n_plus_one.misses import Accesses, Miss
from .rows import AwaitedRows

_CASES = {"": "relation", "through": "through", "deferred": "deferred", "key": "key"}
_HARMLESS = frozenset({"asave", "adelete", "arefresh_from_db"})
"""Methods of an instance that load none of its relations when they are awaited."""
_READERS = frozenset(
    f"builtins.{name}" for name in ("print", "str", "repr", "bool", "isinstance", "id", "type")
)
_ASKING = frozenset({"is_cached", "fields_cache", "SynchronousOnlyOperation"})
"""Names in code that minds what is loaded."""


class Access(NamedTuple):
    """An attribute chain that runs a query, `text` as written."""

    at: At
    range: ex.Range
    text: str
    case: str
    rows: Rows
    miss: Miss


def evaluations(outline: Outline, models: Models) -> tuple[Evaluations, list[Evaluation]]:
    """The queries that a unit runs, those of relations included that certainly were not prefetched."""
    certain = Evaluations(outline, models)
    found = list(certain.all())
    known = {evaluation.range for evaluation in found}
    rows = AwaitedRows(outline, models)
    for evaluation in Evaluations(outline, models, is_certain=False).all():
        if evaluation.range not in known and outline.coroutine(evaluation.at) is not None:
            known.add(evaluation.range)
            if _is_fetched(evaluation, certain, rows):
                found.append(evaluation)
    return certain, found


def _is_fetched(evaluation: Evaluation, certain: Evaluations, rows: AwaitedRows) -> bool:
    """Whether the rows of a relation were not prefetched, and not read before."""
    asked, at = evaluation.queryset, evaluation.at
    if isinstance(evaluation.node, CallSite) and isinstance(evaluation.node.call.function, ex.Attribute):
        asked = evaluation.node.call.function.value
    if asked is None or (isinstance(asked, ex.Name) and certain.is_read(asked.id, at)):
        return False
    found = rows.rows(asked, at.scope, at.order)
    if found is None or found.kind not in ("manager", "queryset") or found.loaded is None:
        return False
    own = {path for path in found.loaded.known if path[:-1] != found.prefix}
    return not found.prefix or not found.loaded._replace(known=frozenset(own)).covers(found.prefix)


def accesses(outline: Outline, models: Models) -> Iterator[Access]:
    """The reads of relations and of columns that were left out, each query once."""
    if not _ASKING.isdisjoint(outline.facts.attributes | outline.facts.names):
        return
    found = list(_accesses(outline, models))
    loading = {_key(access) for access in found if access.case != "key"}
    seen: set[object] = set()
    for access in sorted(found, key=lambda access: access.at.order):
        key = _key(access)
        if access.case == "key":
            if key not in loading:
                yield access
        elif key not in seen:
            seen.add(key)
            yield access


def _key(access: Access) -> object:
    source = access.rows.source
    return access.at.scope, source.range if source is not None else access.text, access.miss.path


def _accesses(outline: Outline, models: Models) -> Iterator[Access]:
    rows, chains, judge = AwaitedRows(outline, models), Chains(outline), Accesses()
    for read in outline.facts.reads:
        if outline.coroutine(read.at) is None:
            continue
        names, start = _parts(read.expression)
        if not isinstance(start, (ex.Name, ex.Await)):
            continue
        owner = rows.rows(start, read.at.scope, read.at.order)
        if owner is None or owner.kind != "instance" or owner.loaded is None:
            continue
        miss = judge.miss(owner, names, read.is_called, chains.following(read))
        if miss is None or miss.case not in _CASES or _is_uncertain(miss, owner):
            continue
        if isinstance(start, ex.Await) or not _may_be_loaded(start.id, read, owner, miss, outline):
            part = shortened(read.expression, len(names) - miss.size)
            text = ex.written(part) or ".".join(names[: miss.size])
            case = (
                "relation" if miss.case == "key" and not _is_own_key(names[-1], miss) else _CASES[miss.case]
            )
            yield Access(read.at, part.range, text, case, owner, miss)


def _parts(expression: ex.Expression) -> tuple[list[str], ex.Expression]:
    """The attributes of a chain, and what it begins at."""
    names: list[str] = []
    while isinstance(expression, ex.Attribute):
        names.append(expression.name)
        expression = expression.value
    return names[::-1], expression


def _is_own_key(name: str, miss: Miss) -> bool:
    """Whether the row has itself what is read off the related one."""
    target = miss.relation.target if miss.relation is not None else None
    if name == "pk" or target is None:
        return name == "pk"
    return target.is_certain and not any(f.call.keyword("primary_key") for f in target.fields.values())


def _is_uncertain(miss: Miss, owner: Rows) -> bool:
    """Whether a method may only build a queryset, or a row is one that others had before: a row's parent."""
    if miss.case == "through" and miss.relation is not None and miss.relation.is_many:
        return True
    known = owner.loaded.known if owner.loaded is not None else ()
    return any(miss.path[: len(path)] == path and len(path) < len(miss.path) for path in known)


def _may_be_loaded(name: str, read: Read, owner: Rows, miss: Miss, outline: Outline) -> bool:
    """Whether a relation of the row was set or loaded before it is read, by whoever had the row."""
    facts, at = outline.facts, read.at
    for binding in facts.bindings:
        if binding.at.order < at.order and _names(binding.target, name)[:1] == list(miss.path[:1]):
            return True
    for other in facts.reads:
        if other.at.scope != at.scope and other.at.order < at.order and _names(other.expression, name):
            return True
    return any(site.at.order < at.order and _may_load(name, site, owner, outline) for site in facts.calls)


def _names(expression: ex.Expression, name: str) -> list[str]:
    """The attributes of a chain that begins at a variable."""
    names, start = _parts(expression)
    return names if isinstance(start, ex.Name) and start.id == name else []


def _may_load(name: str, site: CallSite, owner: Rows, outline: Outline) -> bool:
    """Whether a call is given the row or a method of it, or is one of its own methods."""
    call = site.call
    names = _names(call.function, name)
    if len(names) == 1:
        is_own = _is_method(names[0], owner)
        is_unknown = site.is_awaited and names[0] not in _HARMLESS
        return is_own or is_unknown or call.keyword("from_queryset") is not None
    values = (*call.arguments, *(keyword.value for keyword in call.keywords))
    return any(_hands_over(name, value, owner) for value in values) and outline.callee(site) not in _READERS


def _hands_over(name: str, value: ex.Expression, owner: Rows) -> bool:
    """Whether an argument is the row, holds it, or is a method of it."""
    if isinstance(value, ex.Attribute):
        names, start = _parts(value)
        if not isinstance(start, ex.Name):
            return _hands_over(name, start, owner)
        return start.id == name and _is_method(names[0], owner)
    if isinstance(value, ex.Name):
        return value.id == name
    return any(_hands_over(name, part, owner) for part in ex.children(value))


def _is_method(name: str, owner: Rows) -> bool:
    found = owner.model.members.get(name)
    return found is not None and isinstance(found[0].fact, Function)
