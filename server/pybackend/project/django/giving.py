"""Rows that functions, methods and class attributes of the project give, wherever they are written."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...facts import expressions as ex
from ...facts.tables import Function
from ...findings import Place
from ..calls import FunctionCalls, told_of
from ..opaque import is_opaque
from ..readings import arguments
from .keeping import Keeping
from .rest import GENERIC_VIEWS, Lineage, lineage
from .rows import Frame, Made, Rows

if TYPE_CHECKING:
    from ..classes import ClassView
    from ..outline import Outline
    from .queries import Evaluator

_DEPTH = 10
_PROPERTIES = frozenset(
    {"builtins.property", "functools.cached_property", "django.utils.functional.cached_property"}
)
_OF_CLASS = frozenset({"builtins.staticmethod", "builtins.classmethod"})
_LISTING = frozenset({"django.views.generic.ListView", "django.views.generic.list.ListView"})
_LISTS = frozenset(
    f"django.views.generic.{name}"
    for name in ("ListView", "DetailView", "list.ListView", "list.MultipleObjectMixin", "detail.DetailView")
)
_KNOWN = ("django.", "rest_framework.", "builtins.object", "abc.ABC", "typing.Generic")
_ABSTRACT = ("Mixin", "Base", "Abstract")


class Giving:
    """What functions and attributes give, as the code that an evaluator looks at asks for them."""

    def __init__(self, evaluator: Evaluator) -> None:
        self.evaluator, self.outline = evaluator, evaluator.outline

    def called(self, call: ex.Call, scope: int, order: int) -> Rows | None:
        """The rows that a call of a function or method gives."""
        function = call.function
        if isinstance(function, ex.Attribute) and _is_super(function.value):
            return self._of_base(function.name, call, scope, order)
        path = self.evaluator.path(function, scope)
        if path is None or is_opaque(path) or "[" in path:
            return None
        place = self.outline.module.project.modules.function_at(path, self.outline.module)
        if place is None:
            is_listing = isinstance(function, ex.Attribute) and function.name == "get_queryset"
            receiver = self._receiver(function, scope) if is_listing else None
            rows = self._by_framework(receiver) if receiver is not None else None
            return rows._replace(source=call) if rows is not None else None
        told = told_of(*place)
        if told is None or not told[0].gives:
            return None
        is_method = place[1].enclosing_class(place[0].scope) is not None
        receiver = self._receiver(function, scope) if is_method else None
        if receiver is not None and not _is_certain(place[0].name, receiver):
            return None
        return self._by(place, call, receiver, scope, order)

    def attribute(self, path: str | None, name: str) -> Rows | None:
        """The rows of an attribute of a class or of an instance of it, by the path of that."""
        if path is None or is_opaque(path):
            return None
        view = self.outline.module.class_at(path.removesuffix("()"))
        return self.of_class(view, name) if view is not None else None

    def of_class(self, view: ClassView, name: str) -> Rows | None:
        """The rows that a class body binds an attribute to, or that a property gives."""
        is_own = name in view.fields or name in view.methods or name in view.attributes
        if not (is_own or view.own_bases):
            return None
        found = lineage(view)
        keepers = [owner for owner in found.classes if name in owner.attributes]
        if keepers and _is_first(keepers[0], found) and not is_overridden(name, view):
            return Keeping(self.evaluator, view, found, name).rows()
        member = found.member(name)
        if name == "object_list" and member is None and not keepers:
            return self._listed(view, found)
        if keepers or member is None or not _is_first(member[1], found) or is_overridden(name, view):
            return None
        if isinstance(member[0].fact, Function):
            return self._property((member[0].fact, member[0].outline), Frame(-1, {}, receiver=view))
        value = found.value(name)
        if value is None:
            return None
        outline, binding = value[1].outline, value[1].fact
        inner = self.evaluator.within(outline, None)
        rows = inner.rows(value[0], binding.at.scope, binding.at.order)
        if rows is None:
            return None
        place = Place(outline.module.path, outline.unit, value[0].range)
        return rows._replace(source=None, made=(Made(f"{member[1].name}.{name}", place),))

    def of_method(
        self,
        place: tuple[Function, Outline],
        own: Rows,
        parent: Rows | None,
        call: ex.Call | None,
        at: tuple[int, int],
    ) -> Rows | None:
        """The rows that a method of a model, a manager or a queryset gives; without a call, a property."""
        function = place[0]
        parameters = function.parameters
        if not parameters:
            return None
        given: dict[str, Rows | None] = {parameters[0].name: own}
        if call is not None:
            given |= self._arguments(call, function, 1, *at)
        frame = Frame(function.scope, given, own, parent)
        return self._property(place, frame) if call is None else self.given(place, frame)

    def _property(self, place: tuple[Function, Outline], frame: Frame) -> Rows | None:
        found = told_of(*place)
        is_property = (
            found is not None and bool(found[0].decorators) and _PROPERTIES.issuperset(found[0].decorators)
        )
        return self.given(place, frame, _PROPERTIES) if is_property else None

    def given(
        self, place: tuple[Function, Outline], frame: Frame, decorators: frozenset[str] = frozenset()
    ) -> Rows | None:
        """The rows of the queries that a function of some file returns."""
        found = told_of(*place)
        depth = self.evaluator.depth
        if found is None or depth > _DEPTH or found[0].path in frame.active:
            return None
        told, same, current = found
        if told.is_async or not decorators.issuperset(told.decorators):
            return None
        active = self.evaluator.active | {told.path}
        inner = self.evaluator.within(current, frame._replace(scope=same.scope, active=active))
        given: list[Rows] = []
        for query in told.gives:
            rows = inner.rows(query.query, same.scope, 0)
            if rows is None:
                return None
            given.append(rows)
        joined = inner.join(given) if given else None
        return joined._replace(source=None, made=_made(told, current)) if joined is not None else None

    def _by(
        self,
        place: tuple[Function, Outline],
        call: ex.Call,
        receiver: ClassView | None,
        scope: int,
        order: int,
    ) -> Rows | None:
        """What a call of a plain function, or of a method of an instance that is no model, gives."""
        function = place[0]
        is_static = "staticmethod" in map(ex.dotted, function.decorators)
        skipped = int(receiver is not None and not is_static)
        given = self._arguments(call, function, skipped, scope, order)
        frame = Frame(function.scope, given, receiver=None if is_static else receiver)
        rows = self.given(place, frame, _OF_CLASS)
        if rows is None:
            return None
        return rows._replace(source=call if rows.kind in ("manager", "queryset") else None)

    def _arguments(
        self, call: ex.Call, function: Function, skipped: int, scope: int, order: int
    ) -> dict[str, Rows | None]:
        """The rows that parameters are given."""
        found: dict[str, Rows | None] = {}
        order = next((site.at.order for site in self.outline.facts.calls if site.call is call), order)
        positional = [p.name for p in function.parameters if p.kind in ("positional", "positional-only")]
        for position, keyword, value in arguments(call):
            name = keyword
            if not keyword and position + skipped < len(positional):
                name = positional[position + skipped]
            rows = self.evaluator.rows(value, scope, order)
            found[name] = rows._replace(source=None) if rows is not None else None
        return found

    def _receiver(self, function: ex.Expression, scope: int) -> ClassView | None:
        """The class of the instance whose method is called."""
        path = self.evaluator.path(function.value, scope) if isinstance(function, ex.Attribute) else None
        if path is None or is_opaque(path):
            return None
        return self.outline.module.class_at(path.removesuffix("()"))

    def _of_base(self, name: str, call: ex.Call, scope: int, order: int) -> Rows | None:
        """What `super().recent()` gives in a method of a class that is no manager."""
        own = self.outline.enclosing_class(scope)
        frame = self.evaluator.frame
        receiver = (frame.receiver if frame is not None else None) or own
        if own is None or receiver is None:
            return None
        classes = lineage(receiver).classes
        names = [view.path for view in classes]
        later = classes[names.index(own.path) + 1 :] if own.path in names else ()
        for view in later:
            member = view.methods.get(name)
            if member is not None and isinstance(member.fact, Function):
                return self._by((member.fact, member.outline), call, receiver, scope, order)
        return self._by_framework(receiver) if name == "get_queryset" else None

    def _listed(self, view: ClassView, found: Lineage) -> Rows | None:
        """What a generic view of lists keeps of its own `get_queryset` before it answers."""
        if found.library.isdisjoint(_LISTING) or found.defines("get"):
            return None
        member = found.member("get_queryset")
        if member is None:
            return self._by_framework(view)
        if not _is_certain("get_queryset", view) or not isinstance(member[0].fact, Function):
            return None
        return self.given((member[0].fact, member[0].outline), Frame(-1, {}, receiver=view))

    def _by_framework(self, view: ClassView) -> Rows | None:
        """What the `get_queryset` of a generic view gives, where no class of the project has one."""
        found = lineage(view)
        if found.library.isdisjoint(GENERIC_VIEWS | _LISTS) or not _is_known(found):
            return None
        if any(is_overridden(name, view) for name in ("get_queryset", "queryset", "model")):
            return None
        return self.of_class(view, "queryset") if found.defines("queryset") else self._of_model(found)

    def _of_model(self, found: Lineage) -> Rows | None:
        """All rows of the model that a generic view names."""
        value = found.value("model")
        path = value[1].outline.resolve(value[0], value[1].fact.at.scope) if value is not None else None
        model = self.evaluator.models.at(path)
        rows = self.evaluator.default(model) if model is not None else None
        return rows._replace(kind="queryset", source=None, manager=None) if rows is not None else None


def is_overridden(name: str, view: ClassView) -> bool:
    """Whether an instance may have something else by that name than its class says: a class below has."""
    if any(word in view.name for word in _ABSTRACT):
        return True
    return any(
        (name in other.methods or name in other.fields or name in other.attributes)
        and view.path in other.ancestry()
        for other in view.module.classes.values()
        if other is not view and other.definition.bases
    )


def _is_certain(name: str, view: ClassView) -> bool:
    """Whether a method of an instance is the one that its class has, and not that of a class below."""
    found = lineage(view)
    member = found.member(name)
    return member is not None and _is_first(member[1], found) and not is_overridden(name, view)


def _made(told: FunctionCalls, outline: Outline) -> tuple[Made, ...]:
    name = told.path.removeprefix(f"{outline.module.name}.").replace("<locals>.", "")
    return tuple(Made(name, Place(outline.module.path, outline.unit, given.range)) for given in told.gives)


def _is_super(value: ex.Expression) -> bool:
    return isinstance(value, ex.Call) and isinstance(value.function, ex.Name) and value.function.id == "super"


def _is_known(found: Lineage) -> bool:
    return all(path.startswith(_KNOWN) for path in found.library)


def _is_first(owner: ClassView, found: Lineage) -> bool:
    """Whether no class that is not known has the last word on what one of the project's classes says."""
    return owner is found.classes[0] or _is_known(found)
