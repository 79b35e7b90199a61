"""What functions give to templates: the rows in a context, and the names of the templates."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from ....facts import expressions as ex
from ....facts.tables import Binding, CallSite
from ..queries import Evaluator, Rows
from ..rest import lineage

if TYPE_CHECKING:
    from ...outline import Outline
    from ..models import Model, Models

_RENDERING = {
    "django.shortcuts.render": (1, 2),
    "django.template.loader.render_to_string": (0, 1),
    "django.template.response.TemplateResponse": (1, 2),
    "django.template.response.SimpleTemplateResponse": (0, 1),
}
"""Where functions are given the name of a template, and the context."""
LEAVES = frozenset({path.rpartition(".")[2] for path in _RENDERING} | {"get_template", "render_to_response"})
"""What code that renders a template says."""
_GETTER = "django.shortcuts.get_object_or_404"
_CONTEXTS = frozenset({"get_context_data", "dict"})
_DEPTH = 6
_MOST = 8
"""No more templates than this are tried for one call."""


class Later:
    """The rows of an expression in a context, which are looked for if a template loops over them."""

    def __init__(self, views: Views, value: ex.Expression, order: int, scope: int) -> None:
        self.value = value
        self._views, self._order, self._scope = views, order, scope

    @cached_property
    def rows(self) -> Rows | None:
        rows = self._views.rows(self.value, self._scope, self._order)
        return rows if rows is None or rows.source is not None else rows._replace(source=self.value)


Given: TypeAlias = Rows | Later
Context: TypeAlias = dict[str, Given]
"""What a template is given by name; all rows have a source."""


class Rendered(NamedTuple):
    """Templates, one of which is rendered, the rows that it is given, and where code does so."""

    names: tuple[str, ...]
    context: Context
    scope: int
    order: int


class Views(Evaluator):
    """Evaluates what code that renders templates gives them; `base` is what a generic view's class says."""

    def __init__(self, outline: Outline, models: Models, base: Rows | None = None) -> None:
        super().__init__(outline, models)
        self.base = base

    def rows(self, expression: ex.Expression | None, scope: int, order: int) -> Rows | None:
        found = super().rows(expression, scope, order)
        if found is None and isinstance(expression, ex.Call):
            return self._looked_up(expression, scope, order) or self._of_view(expression)
        if found is None and isinstance(expression, ex.Attribute) and ex.dotted(expression) == "self.object":
            return self.single(self.base)
        return found

    @staticmethod
    def join(found: list[Rows]) -> Rows | None:
        joined = Evaluator.join(found)
        is_same = joined is not None and all(rows.source == found[0].source for rows in found)
        return joined._replace(source=found[0].source) if joined is not None and is_same else joined

    @staticmethod
    def single(rows: Rows | None) -> Rows | None:
        """One instance of some rows."""
        if rows is None:
            return None
        return rows._replace(kind="instance", methods=(), manager=None, is_single=True)

    def _of_view(self, call: ex.Call) -> Rows | None:
        """`super().get_queryset()` and `self.get_object()` in a generic view."""
        function = call.function
        if self.base is None or not isinstance(function, ex.Attribute) or call.arguments:
            return None
        if function.name == "get_queryset" and ex.written(function.value) == "super()":
            return self.base._replace(source=call)
        is_object = function.name == "get_object" and ex.written(function.value) in ("self", "super()")
        return self.single(self.base) if is_object else None

    def _looked_up(self, call: ex.Call, scope: int, order: int) -> Rows | None:
        """`get_object_or_404(Book, pk=pk)`, `get_object_or_404(books, pk=pk)`."""
        name = ex.dotted(call.function) or ""
        if not name.endswith("get_object_or_404") or not call.arguments:
            return None
        if self.outline.resolve(call.function, scope) != _GETTER:
            return None
        first = call.arguments[0]
        model = self.models.at(self.outline.resolve(first, scope))
        return self.single(
            self.of_class(model, first) if model is not None else self.rows(first, scope, order)
        )

    def of_class(self, model: Model, source: ex.Expression) -> Rows | None:
        """The rows of a model that is named where rows are wanted."""
        rows = self.default(model)
        return rows._replace(kind="queryset", source=source, manager=None) if rows is not None else None

    # Templates and contexts

    def rendered(self, site: CallSite) -> Rendered | None:
        """What a call renders, with what it says of the context."""
        function, call = site.call.function, site.call
        scope, order = site.at.scope, site.at.order
        if isinstance(function, ex.Attribute) and function.name == "render_to_response":
            if ex.dotted(function.value) != "self":
                return None
            names, context = self.own_names(scope), call.argument(0, "context")
        elif isinstance(function, ex.Attribute) and function.name == "render":
            names, context = self._loaded_names(function.value, scope), call.argument(0, "context")
            if not names and self.outline.callee(site) in _RENDERING:
                names, context = self._given(site)
        else:
            names, context = self._given(site)
        if not names or context is None:
            return None
        return Rendered(names, self.context(self.entries(context, scope, order), scope), scope, order)

    def _given(self, site: CallSite) -> tuple[tuple[str, ...], ex.Expression | None]:
        places = _RENDERING.get(self.outline.callee(site) or "")
        if places is None:
            return (), None
        template = site.call.keyword("template") or site.call.argument(places[0], "template_name")
        names = self.names(template, site.at.scope)
        return names, site.call.argument(places[1], "context")

    def _loaded_names(self, template: ex.Expression, scope: int) -> tuple[str, ...]:
        """The name in `get_template(name)`, which may have been given to a variable."""
        if isinstance(template, ex.Name):
            bound = self._bindings(template, scope)
            template = bound[0].value if len(bound) == 1 and bound[0].value is not None else template
        if not isinstance(template, ex.Call) or len(template.arguments) != 1:
            return ()
        path = self.outline.resolve(template.function, scope)
        return (
            self.names(template.arguments[0], scope) if path == "django.template.loader.get_template" else ()
        )

    def names(self, template: ex.Expression | None, scope: int, depth: int = 0) -> tuple[str, ...]:
        """The names that an expression may give; none where one of them is not known."""
        parts: list[ex.Expression | None] = []
        text = ex.text_of(template)
        if text is not None:
            return (text,)
        if isinstance(template, ex.Conditional):
            parts = [template.then, template.otherwise]
        elif isinstance(template, ex.Display):
            parts = [*template.elements]
        elif isinstance(template, ex.Name):
            parts = [binding.value for binding in self._bindings(template, scope)]
        elif template is not None and ex.dotted(template) == "self.template_name":
            return self.own_names(scope)
        found = [self.names(part, scope, depth + 1) for part in parts[:_MOST]] if depth < _DEPTH else []
        return tuple(name for names in found for name in names) if all(found) else ()

    def own_names(self, scope: int) -> tuple[str, ...]:
        """The `template_name` of the class around."""
        view = self.outline.enclosing_class(scope)
        found = lineage(view) if view is not None else None
        value = found.value("template_name") if found is not None else None
        text = ex.text_of(value[0]) if value is not None else None
        is_fixed = found is not None and not found.defines("get_template_names")
        return (text,) if text is not None and is_fixed else ()

    def _bindings(self, name: ex.Name, scope: int) -> list[Binding]:
        """What assigns to a variable, or to a name of the module."""
        local = self.outline.lookup(name.id, scope)
        facts = [found.fact for found in local] if local else []
        if local is None:
            facts = [fact for fact, _ in self.outline.module.facts_of(name.id)]
        found = [fact for fact in facts if isinstance(fact, Binding)]
        return found if len(found) == len(facts) and all(b.kind == "assign" for b in found) else []

    def entries(
        self, value: ex.Expression, scope: int, order: int, depth: int = 0
    ) -> Iterator[tuple[str, ex.Expression, int]]:
        """The names in a context, each with a value and when that is evaluated."""
        if isinstance(value, ex.Dictionary):
            for key, part in zip(value.keys, value.values, strict=True):
                name = ex.text_of(key)
                if name is not None:
                    yield name, part, order
                elif key is None and depth < _DEPTH:
                    yield from self.entries(part, scope, order, depth + 1)
        elif isinstance(value, ex.Call):
            if (ex.dotted(value.function) or ex.written(value.function) or "").endswith(tuple(_CONTEXTS)):
                yield from ((k.name, k.value, order) for k in value.keywords if k.name is not None)
        elif isinstance(value, ex.Operation) and value.operator == "BitOr" and depth < _DEPTH:
            yield from self.entries(value.left, scope, order, depth + 1)
            yield from self.entries(value.right, scope, order, depth + 1)
        elif isinstance(value, ex.Name) and depth < _DEPTH:
            yield from self._in_variable(value, scope, depth)

    def _in_variable(self, name: ex.Name, scope: int, depth: int) -> Iterator[tuple[str, ex.Expression, int]]:
        """What a variable is given, and what is put into it."""
        for binding in self._bindings(name, scope):
            if binding.value is not None and binding.at.scope == scope:
                yield from self.entries(binding.value, scope, binding.at.order, depth + 1)
        for binding in self.outline.facts.bindings:
            target = binding.target
            if binding.name or binding.at.scope != scope or not isinstance(target, ex.Subscript):
                continue
            key = ex.text_of(target.key)
            if ex.dotted(target.value) == name.id and key is not None and binding.value is not None:
                yield key, binding.value, binding.at.order
        for site in self.outline.facts.calls:
            if site.at.scope == scope and ex.dotted(site.call.function) == f"{name.id}.update":
                yield from ((k.name, k.value, site.at.order) for k in site.call.keywords if k.name)
                for argument in site.call.arguments[:1]:
                    yield from self.entries(argument, scope, site.at.order, depth + 1)

    def context(self, entries: Iterator[tuple[str, ex.Expression, int]], scope: int) -> Context:
        """What is given by name; of a name that is given several values nothing is known."""
        values: dict[str, list[tuple[ex.Expression, int]]] = {}
        for name, value, order in entries:
            if not _is_empty(value):
                values.setdefault(name, []).append((value, order))
        return {name: Later(self, *given[0], scope) for name, given in values.items() if len(given) == 1}

    def is_open(self, source: ex.Expression, scope: int, order: int) -> bool:
        """Whether more can be asked of an expression: it is a queryset, and no list of rows."""
        rows = self.rows(source, scope, order)
        return rows is not None and rows.kind in ("manager", "queryset")


def _is_empty(value: ex.Expression) -> bool:
    """Whether an expression gives no rows."""
    is_none = isinstance(value, ex.Call) and (ex.written(value) or "").endswith(".none()")
    return isinstance(value, ex.Literal) or is_none or (isinstance(value, ex.Display) and not value.elements)
