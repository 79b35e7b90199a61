"""A loop over rows that runs one more query for each of them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from ....facts import expressions as ex
from ....facts.tables import CallSite
from ....findings import Finding, Range, Related
from ....fixes.fix import Fix
from ....fixes.loading import CLOSED
from ....fixes.source import Source
from ....project.calls import called_path
from ....project.chains import Chains, shortened
from ....project.django.applying import applies
from ....project.django.contrib import is_shown
from ....project.django.models import Models
from ....project.django.queries import Evaluator
from ....project.django.rows import Rows
from ....project.looping import is_in
from ....project.outline import Outline
from ....project.project import Project
from ....project.readings import Handing, arguments
from ...registry import Calls, Scopes, rule
from .adding import fixes
from .misses import Accesses, Miss
from .passes import Each, Pass, Together, candidates, functions, loops, together
from .printing import printed

_FILLING = frozenset({"set_cached_value", "fields_cache", "_prefetched_objects_cache"})
"""What is said where instances are given by hand what their query did not load."""


class Access(NamedTuple):
    """An access to rows: `text` as written, `range` where it stands."""

    order: int
    range: Range
    text: str
    miss: Miss


@rule
def check(scopes: Scopes, outline: Outline, models: Models, project: Project) -> Iterator[Finding]:
    facts = outline.facts
    calls = facts.calls
    given_to = candidates(calls, outline) if scopes else []
    if not (facts.loops or given_to or applies(facts)):
        return
    role = project.role(outline.module)
    if role.is_test or role.is_migration or not _FILLING.isdisjoint(facts.attributes):
        return
    evaluator, chains = Evaluator(outline, models), Chains(outline)
    seen: set[object] = set()
    passes: list[Pass | Each | Together] = (
        [*loops(outline, evaluator, _used(calls, outline))] if facts.loops else []
    )
    passes += functions(calls, outline, evaluator) if applies(facts) else ()
    passes += together(given_to, outline, evaluator)
    for each in passes:
        found = _accesses(each, outline, chains) if isinstance(each, Pass) else _called(each, outline)
        for access in sorted(found, key=lambda access: access.order):
            key = _key(access, each)
            if access.miss.case != "key" and key not in seen:
                seen.add(key)
                yield _finding(access, each)


@check.fix
def fix(finding: Finding, source: Source, project: Project) -> Iterator[Fix]:
    yield from fixes(finding, source, project)


def _used(calls: Calls, outline: Outline) -> set[str]:
    """The variables that something is read of, or that are given to a call."""
    used: set[str] = set()
    for read in outline.facts.reads:
        root = ex.root(read.expression)
        if isinstance(root, ex.Name):
            used.add(root.id)
    for site in calls:
        values = (*site.call.arguments, *(keyword.value for keyword in site.call.keywords))
        used |= {value.id for value in values if isinstance(value, ex.Name)}
    return used


def _accesses(each: Pass, outline: Outline, chains: Chains) -> Iterator[Access]:
    """What the code that runs for each row reads, and hands to functions."""
    judge, name = Accesses(), each.name
    stored = _stored(name, outline)
    for read, names in chains.of(each.scope, name):
        at = read.at
        if not is_in(at, each.scope, each.block, outline):
            continue
        miss = judge.miss(each.rows, names, read.is_called, chains.following(read))
        if miss is not None and not any(n == miss.path[0] and order < at.order for n, order in stored):
            place = shortened(read.expression, len(names) - miss.size).range
            yield Access(at.order, place, ".".join([name, *names[: miss.size]]), miss)
    for site in outline.facts.calls:
        if site.at.scope == each.scope and is_in(site.at, each.scope, each.block, outline):
            for access in _handed(each, site, outline):
                first = access.miss.path[0]
                if not any(n == first and order < access.order for n, order in stored):
                    yield access
    for order, value in printed(each, outline):
        miss = judge.miss(each.rows, ["__str__"], True, [])
        if miss is not None and not any(n == miss.path[0] and set_at < order for n, set_at in stored):
            yield Access(order, value.range, f"str({name})", miss)


def _stored(name: str, outline: Outline) -> list[tuple[str, int]]:
    """The attributes of a variable that are set, and where."""
    return [
        (binding.target.name, binding.at.order)
        for binding in outline.facts.bindings
        if isinstance(binding.target, ex.Attribute)
        and isinstance(binding.target.value, ex.Name)
        and binding.target.value.id == name
    ]


def _handed(each: Pass, site: CallSite, outline: Outline) -> Iterator[Access]:
    """What functions do with a row: `str(row)`, `getattr(row, "profile")`, `render(row)`."""
    for position, keyword, value in arguments(site.call):
        chain = ex.dotted(value)
        if chain is None or chain.partition(".")[0] != each.name:
            continue
        path = called_path(site, outline)
        if path in ("builtins.hasattr", "builtins.getattr") or (path is None and position == 0):
            yield from _attribute(each, site, outline)
        elif path is not None:
            names = tuple(chain.split(".")[1:])
            handing = Handing(0, names, path, position, keyword, site.call.range)
            miss = Accesses().handed(each.rows, handing, outline)
            if miss is not None:
                text = f"{ex.written(site.call.function) or path}({chain})"
                yield Access(site.at.order, site.call.range, text, miss)


def _attribute(each: Pass, site: CallSite, outline: Outline) -> Iterator[Access]:
    """`hasattr(row, "profile")`, `getattr(row, "profile", None)`, `str(row)`."""
    call, path = site.call, outline.callee(site)
    if not isinstance(call.arguments[0], ex.Name):
        return
    attribute, is_called = "__str__", True
    if path in ("builtins.hasattr", "builtins.getattr") and len(call.arguments) > 1:
        text = ex.text_of(call.arguments[1])
        if text is None:
            return
        attribute, is_called = text, False
    elif path != "builtins.str":
        return
    miss = Accesses().miss(each.rows, [attribute], is_called, [])
    if miss is not None:
        shown = f"str({each.name})" if is_called else f"{each.name}.{attribute}"
        yield Access(site.at.order, call.range, shown, miss)


def _called(each: Each | Together, outline: Outline) -> Iterator[Access]:
    """What a function reads that is called for each row: `map(render, books)`, `attrgetter("author")`."""
    miss: Miss | None = None
    if isinstance(each, Together):
        miss = Accesses().passed(each.rows, each.rows, each.handing, outline)
        text = f"{each.handing.path.rpartition('.')[2]}()"
        if miss is not None:
            yield Access(each.at.order, each.handing.range, text, miss)
        return
    function = each.function
    if isinstance(function, ex.Call):
        names = ex.text_of(function.arguments[0]) if len(function.arguments) == 1 else None
        if names is not None and outline.resolve(function.function, each.at.scope) == "operator.attrgetter":
            miss = Accesses().miss(each.rows, names.split("."), False, [])
        text = f"attrgetter({names!r})"
    else:
        site = CallSite(each.at, ex.Call(function.range, function, (), ()), "value", False, -1)
        path = _path(site, outline)
        handing = Handing(0, (), path, 0, "", function.range) if path is not None else None
        miss = Accesses().handed(each.rows, handing, outline) if handing is not None else None
        text = f"{ex.written(function)}()"
    if miss is not None:
        yield Access(each.at.order, function.range, text, miss)


def _path(site: CallSite, outline: Outline) -> str | None:
    function = site.call.function
    return outline.trace(function, site.at.scope) if isinstance(function, (ex.Name, ex.Attribute)) else None


def _key(access: Access, each: Pass | Each | Together) -> object:
    """What the same query is known by: a second access to a loaded relation costs nothing."""
    miss, source = access.miss, each.rows.source
    if miss.case == "filtered":
        return access.range
    return (source.range if source is not None else each.iterable.range), miss.path


def _finding(access: Access, each: Pass | Each | Together) -> Finding:
    miss, rows = access.miss, each.rows
    source = rows.source.range if rows.source is not None else each.iterable.range
    values = {"access": access.text, "model": rows.model.name, "relation": miss.path[-1]}
    related = [Related("query", source, {"model": rows.model.name})]
    related += [Related("made", m.place.range, {"function": m.name}, m.place) for m in rows.made]
    if miss.through is not None:
        related.append(Related("through", miss.through.range, place=miss.through))
    if miss.relation is not None and is_shown(miss.relation.field.owner.module.path):
        place = miss.relation.field.place
        related.append(Related("relation", place.range, {"relation": miss.relation.field.name}, place))
    return Finding(access.range, miss.case, values, tuple(related), data=_data(miss, rows))


def _data(miss: Miss, rows: Rows) -> dict[str, str]:
    """What the fix needs to know: what the query has to load, and where it is, if it stands here."""
    method = "prefetch_related" if miss.is_many else "select_related"
    calls = rows.loaded.calls if rows.loaded is not None else frozenset()
    if miss.case in ("filtered", "deferred") or not CLOSED[method].isdisjoint(calls):
        return {}
    data = {"path": "__".join(miss.path), "method": method}
    if rows.source is not None:
        data["source"] = ",".join(map(str, rows.source.range))
    if "iterator" in calls:
        data["iterated"] = "iterator"
    return data
