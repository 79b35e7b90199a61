"""The rows that views list, as their `queryset` or `get_queryset` says, and their serializer."""

from __future__ import annotations

from collections.abc import Iterator

from ....facts import expressions as ex
from ....facts.tables import Binding, Function
from ....project.classes import ClassView, Member
from ....project.django.models import Models
from ....project.django.queries import Evaluator, Rows
from ....project.django.rest import Lineage, Serializer, class_of, serializer_of
from ....project.outline import Outline

_OWN = ("list", "filter_queryset", "paginate_queryset", "get_serializer")
"""What a view may define to list other rows, or in another way."""
ROWS = frozenset({"manager", "queryset", "list"})


class Listing:
    """A view that lists rows, as one of the files that it stands in sees it."""

    def __init__(self, found: Lineage, models: Models, outline: Outline) -> None:
        self.found, self.models, self.outline = found, models, outline

    @property
    def is_plain(self) -> bool:
        """Whether the framework lists the rows of the query as it is."""
        return self.found.is_known and "list" in self.found.actions and not self.found.defines(*_OWN)

    def serializer(self) -> Serializer | None:
        """The serializer that the rows go through."""
        chosen = self.found.member("get_serializer_class")
        if chosen is not None:
            return serializer_of(self._chosen(chosen[0]))
        return serializer_of(self._default())

    def _default(self) -> ClassView | None:
        value = self.found.value("serializer_class")
        return class_of(value[0], value[1].outline, value[1].fact.at.scope) if value is not None else None

    def _chosen(self, member: Member) -> ClassView | None:
        """What `get_serializer_class` gives for a list, if it stands in this file."""
        if member.outline.module is not self.outline.module or not isinstance(member.fact, Function):
            return None
        outline = self.outline.module.outline(member.outline.unit)
        self.models.looked_through.add(id(outline.unit))
        for statement in outline.facts.statements:
            if statement.kind != "return" or statement.at.scope != member.fact.scope:
                continue
            tests = [block.expression for block in outline.blocks(statement.at)]
            kinds = {block.kind for block in outline.blocks(statement.at)}
            if tests and (len(tests) > 1 or kinds != {"if"} or not _is_of_action(tests[0])):
                return None
            if tests and not _says(tests[0], "list"):
                continue
            value = statement.expression
            if isinstance(value, ex.Attribute) and value.name == "serializer_class":
                return self._default()
            if isinstance(value, ex.Call) and ex.dotted(value.function) is None:
                return self._default()
            return class_of(value, outline, statement.at.scope)
        return None

    def declared(self) -> Rows | None:
        """The rows of the class attribute `queryset`."""
        value = self.found.value("queryset")
        if value is None:
            return None
        expression, member = value
        return Evaluator(member.outline, self.models).rows(
            expression, member.fact.at.scope, member.fact.at.order
        )

    def returned(self, view: ClassView) -> tuple[Rows, ex.Expression] | None:
        """The rows that a class's own `get_queryset` returns, and the expression of the last return."""
        member = view.methods.get("get_queryset")
        if member is None or member.outline.module is not self.outline.module:
            return None
        outline = self.outline.module.outline(member.outline.unit)
        self.models.looked_through.add(id(outline.unit))
        function = member.fact
        if not isinstance(function, Function) or function.decorators or not function.parameters:
            return None
        evaluator = _InView(self, view, outline)
        found: list[Rows] = []
        last: ex.Expression | None = None
        for statement in outline.facts.statements:
            if statement.kind == "return" and statement.at.scope == function.scope:
                value = statement.expression
                if value is None or _is_none(value):
                    continue
                rows = evaluator.rows(value, function.scope, statement.at.order)
                if rows is None or rows.kind not in ROWS:
                    return None
                found.append(rows)
                last = value
        joined = Evaluator.join(found) if found else None
        return (joined, last) if joined is not None and last is not None else None

    def above(self, view: ClassView) -> Rows | None:
        """What `super().get_queryset()` gives in a class."""
        later = self.found.classes[self.found.classes.index(view) + 1 :]
        for base in later:
            if "get_queryset" in base.methods:
                found = self.returned(base)
                return found[0] if found is not None else None
        return self.declared()


class _InView(Evaluator):
    """Evaluates expressions of a method of a view."""

    def __init__(self, listing: Listing, view: ClassView, outline: Outline) -> None:
        super().__init__(outline, listing.models)
        self.listing, self.view = listing, view

    def rows(self, expression: ex.Expression | None, scope: int, order: int) -> Rows | None:
        found: Rows | None = None
        if isinstance(expression, ex.Attribute) and ex.dotted(expression) == "self.queryset":
            found = self.listing.declared()
        elif isinstance(expression, ex.Call) and ex.written(expression) == "super().get_queryset()":
            found = self.listing.above(self.view)
        if found is not None:
            return found._replace(source=expression)
        return super().rows(expression, scope, order)


def serialised(outline: Outline, models: Models) -> Iterator[tuple[Rows, Serializer, ex.Expression]]:
    """Rows that are given to a serializer with `many=True`, and the expression that gives them."""
    for site in outline.facts.calls:
        many = site.call.keyword("many")
        if not isinstance(many, ex.Literal) or many.value is not True:
            continue
        value = site.call.argument(0, "instance")
        serializer = serializer_of(class_of(site.call.function, outline, site.at.scope))
        if serializer is None or value is None:
            continue
        rows = _rows(value, outline, models, site.at.scope, site.at.order)
        if rows is not None and rows.kind in ROWS:
            yield rows, serializer, value


def _rows(value: ex.Expression, outline: Outline, models: Models, scope: int, order: int) -> Rows | None:
    """The rows of an expression, or those that it is a page of."""
    found = Evaluator(outline, models).rows(value, scope, order)
    if found is not None:
        return found
    if isinstance(value, ex.Name):
        local = outline.lookup(value.id, scope) or []
        fact = local[0].fact if len(local) == 1 else None
        if isinstance(fact, Binding) and fact.kind == "assign" and isinstance(fact.value, ex.Call):
            return _rows(fact.value, outline, models, scope, fact.at.order)
    function = value.function if isinstance(value, ex.Call) and value.arguments else None
    if isinstance(function, ex.Attribute) and function.name == "paginate_queryset":
        assert isinstance(value, ex.Call)
        return Evaluator(outline, models).rows(value.arguments[0], scope, order)
    return None


def _is_none(value: ex.Expression) -> bool:
    """`Book.objects.none()`."""
    return isinstance(value, ex.Call) and (ex.written(value.function) or "").endswith(".none")


def _is_of_action(test: ex.Expression | None) -> bool:
    """`self.action == "list"` or `self.action in (...)`."""
    if not isinstance(test, ex.Comparison) or test.operators not in (("Eq",), ("In",)):
        return False
    return isinstance(test.left, ex.Attribute) and test.left.name == "action"


def _says(test: ex.Expression | None, word: str) -> bool:
    return test is not None and any(
        isinstance(part, ex.Literal) and part.value == word for part in ex.walk(test)
    )
