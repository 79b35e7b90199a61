"""Names in the calls of querysets and managers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from ....facts import expressions as ex
from ....facts.tables import At, CallSite
from ....findings import Finding
from ....project.classes import ClassView
from ....project.django.models import Manager, Model, Models
from ....project.django.queries import Evaluator
from ....project.outline import Outline
from .expressions import Names
from .making import settable, unsettable
from .walking import found, missing

_LOOKUPS = frozenset({"filter", "exclude", "get", "get_or_create", "update_or_create"})
_ONE = frozenset({"aget", "aget_or_create", "aupdate_or_create"})
_FILTERS = _LOOKUPS | _ONE
_NAMES = frozenset({"order_by", "values", "values_list", "only", "defer", "dates", "datetimes", "distinct"})
_LAST = frozenset({"latest", "earliest", "alatest", "aearliest"})
_EXPRESSIONS = frozenset(
    {"annotate", "alias", "aggregate", "aaggregate", "values", "values_list", "order_by"}
)
_JOINS = {"select_related": "select", "prefetch_related": "prefetch"}
_CHANGES = frozenset({"update", "aupdate", "create", "acreate"})
_ALL = _FILTERS | _NAMES | _LAST | _EXPRESSIONS | _JOINS.keys() | _CHANGES
_STEPS = (
    _FILTERS
    | _NAMES
    | _EXPRESSIONS
    | _JOINS.keys()
    | {*("all", "reverse", "using", "select_for_update", "none")}
)
_SHORTCUTS = frozenset({f"get_{kind}_or_404" for kind in ("object", "list")})


class Asked(NamedTuple):
    """The model whose rows are asked for, and names that the query itself has made."""

    model: Model
    more: frozenset[str]


class Asking:
    """The queries of one unit."""

    def __init__(self, outline: Outline, models: Models) -> None:
        self.outline, self.models = outline, models
        self.evaluator = Evaluator(outline, models)

    def judged(self, site: CallSite) -> Iterator[Finding]:
        """What is wrong with the names in a call."""
        function, call = site.call.function, site.call
        if not call.arguments and not call.keywords:
            return
        if isinstance(function, ex.Name) and function.id[:4] in ("get_", "aget"):
            yield from self._shortcut(site)
        if not isinstance(function, ex.Attribute) or function.name not in _ALL:
            return
        asked = self.asked(function.value, site.at, function.name)
        if asked is not None:
            yield from self._call(asked, function.name, call, site.at)

    def _shortcut(self, site: CallSite) -> Iterator[Finding]:
        """`get_object_or_404(Book, title="...")`."""
        call, path = site.call, self.outline.callee(site) or ""
        head, _, name = path.rpartition(".")
        if head != "django.shortcuts" or name.removeprefix("a") not in _SHORTCUTS or not call.arguments:
            return
        model = self.models.at(self.outline.resolve(call.arguments[0], site.at.scope))
        asked = Asked(model, frozenset()) if model else self.asked(call.arguments[0], site.at, "get")
        if asked is None or (model is not None and _is_changed(next(iter(model.managers.values()), None))):
            return
        rest = call._replace(arguments=call.arguments[1:])
        yield from self._call(asked, "get", rest, site.at)

    def asked(self, expression: ex.Expression, at: At, method: str) -> Asked | None:
        """What a method is called on, where that is a manager or a queryset of instances or values."""
        more: set[str] = set()
        methods = {method}
        while isinstance(expression, ex.Call) and isinstance(expression.function, ex.Attribute):
            name = expression.function.name
            if name not in _STEPS:
                break
            made = added(expression, name)
            if made is None:
                return None
            more |= made
            methods.add(name)
            expression = expression.function.value
        rows = self.evaluator.rows(expression, at.scope, at.order)
        if rows is None or rows.kind not in ("manager", "queryset"):
            return None
        own = _methods(rows.methods) | _methods(rows.manager.classes if rows.manager else ())
        own |= _methods(rows.manager.querysets if rows.manager else ())
        if own & methods or (rows.loaded is None and rows.kind == "queryset"):
            return None
        if rows.loaded is not None and rows.loaded.calls & {"annotate", "alias", "extra"}:
            return None
        return Asked(rows.model, frozenset(more))

    def _call(self, asked: Asked, method: str, call: ex.Call, at: At) -> Iterator[Finding]:
        own = frozenset(keyword.name for keyword in call.keywords if keyword.name)
        names = Names(self.outline, at.scope, asked.model, asked.more)
        if method in _FILTERS:
            yield from self._filter(names, method, call)
        elif method in _JOINS:
            yield from self._joined(asked, _JOINS[method], call, at)
        elif method.removeprefix("a") == "create":
            yield from unsettable(asked.model, call)
        elif method.removeprefix("a") == "update":
            yield from self._updated(asked, call)
            yield from names.nested(call)
        else:
            names = names._replace(more=asked.more | own) if method in _EXPRESSIONS else names
            if method in _EXPRESSIONS:
                yield from names.nested(call)
            if method in _NAMES | _LAST:
                texts = call.arguments[:1] if method in ("dates", "datetimes") else call.arguments
                for argument in texts:
                    yield from names.text(argument, is_order=method not in ("values", "values_list"))

    def _filter(self, names: Names, method: str, call: ex.Call) -> Iterator[Finding]:
        if method.endswith("_or_create"):
            kept = tuple(k for k in call.keywords if k.name not in ("defaults", "create_defaults"))
            yield from names.lookups(call._replace(keywords=kept))
            for option in ("defaults", "create_defaults"):
                value = call.keyword(option)
                if isinstance(value, ex.Dictionary):
                    for key in value.keys:
                        if isinstance(key, ex.Literal) and isinstance(key.value, str):
                            lost = settable(names.model, key.value)
                            yield from [found(key.range, key.value, lost)] if lost else ()
            return
        yield from names.lookups(call)

    def _updated(self, asked: Asked, call: ex.Call) -> Iterator[Finding]:
        for keyword in call.keywords:
            lost = missing(asked.model, keyword.name) if keyword.name else None
            if lost is not None and lost.number == 0 and keyword.name is not None:
                line, column = keyword.range[:2]
                yield found((line, column, line, column + len(keyword.name)), keyword.name, lost)

    def _joined(self, asked: Asked, kind: str, call: ex.Call, at: At) -> Iterator[Finding]:
        made = set(asked.more)
        for argument in call.arguments:
            literal = argument
            if isinstance(argument, ex.Call):
                to = argument.argument(2, "to_attr")
                if isinstance(to, ex.Literal):
                    made.add(str(to.value).rpartition("__")[2])
                elif to is not None:
                    return
                path = self.outline.resolve(argument.function, at.scope) or ""
                first = argument.argument(0, "lookup")
                if not path.endswith("Prefetch") or first is None:
                    return
                literal = first
            if not isinstance(literal, ex.Literal) or not isinstance(literal.value, str):
                continue
            lost = missing(asked.model, literal.value, frozenset(made), kind)
            if lost is not None and lost.part not in made:
                yield found(literal.range, literal.value, lost, "prefetch" if kind == "prefetch" else "")


def _methods(views: tuple[ClassView, ...]) -> set[str]:
    return {name for view in views for name in view.methods}


def _is_changed(manager: Manager | None) -> bool:
    """Whether what a model's first manager gives is not simply all rows."""
    return manager is None or "get_queryset" in _methods(manager.classes)


def added(call: ex.Call, method: str) -> set[str] | None:
    """The names that a method adds to those of the model; None where they cannot be known."""
    if method == "prefetch_related":
        attributes = [a.argument(2, "to_attr") for a in call.arguments if isinstance(a, ex.Call)]
        if any(a is not None and not isinstance(a, ex.Literal) for a in attributes):
            return None
        return {str(a.value).rpartition("__")[2] for a in attributes if isinstance(a, ex.Literal)}
    if method not in ("annotate", "alias", "values", "values_list"):
        return set()
    if any(keyword.name is None for keyword in call.keywords):
        return None
    if any(not isinstance(argument, ex.Literal) for argument in call.arguments):
        return None
    return {keyword.name for keyword in call.keywords if keyword.name is not None}
