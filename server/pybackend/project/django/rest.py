"""What is known of the views and serializers of Django REST framework, through base classes in any file."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from ...facts import expressions as ex
from ...facts.tables import Binding
from ..classes import ClassView, Member

if TYPE_CHECKING:
    from ..outline import Outline

_GENERICS = {
    "CreateAPIView": ("create",),
    "ListAPIView": ("list",),
    "RetrieveAPIView": ("retrieve",),
    "DestroyAPIView": ("destroy",),
    "UpdateAPIView": ("update",),
    "ListCreateAPIView": ("list", "create"),
    "RetrieveUpdateAPIView": ("retrieve", "update"),
    "RetrieveDestroyAPIView": ("retrieve", "destroy"),
    "RetrieveUpdateDestroyAPIView": ("retrieve", "update", "destroy"),
}
_EVERYTHING = ("list", "create", "retrieve", "update", "destroy")
ACTIONS: dict[str, tuple[str, ...]] = {
    **{f"rest_framework.generics.{name}": actions for name, actions in _GENERICS.items()},
    **{f"rest_framework.mixins.{name.capitalize()}ModelMixin": (name,) for name in _EVERYTHING},
    "rest_framework.viewsets.ReadOnlyModelViewSet": ("list", "retrieve"),
    "rest_framework.viewsets.ModelViewSet": _EVERYTHING,
}
"""What the classes of the framework answer by themselves."""
VIEWSETS = frozenset(
    f"rest_framework.viewsets.{name}"
    for name in ("ViewSet", "GenericViewSet", "ReadOnlyModelViewSet", "ModelViewSet", "ViewSetMixin")
)
GENERIC_VIEWS = frozenset(
    {
        *(f"rest_framework.generics.{name}" for name in ("GenericAPIView", *_GENERICS)),
        *(
            f"rest_framework.viewsets.{name}"
            for name in ("GenericViewSet", "ReadOnlyModelViewSet", "ModelViewSet")
        ),
    }
)
VIEWS = GENERIC_VIEWS | {"rest_framework.views.APIView", "rest_framework.viewsets.ViewSet"}
MODEL_SERIALIZERS = frozenset(
    {"rest_framework.serializers.ModelSerializer", "rest_framework.serializers.HyperlinkedModelSerializer"}
)
SERIALIZERS = MODEL_SERIALIZERS | {"rest_framework.serializers.Serializer"}
HANDLERS = frozenset({"get", "post", "put", "patch", "delete", "head", "options", "trace"})
WRITING = frozenset({"post", "put", "patch", "delete", "create", "update", "partial_update", "destroy"})
_PLAIN = ("rest_framework.", "builtins.object", "abc.ABC", "typing.Generic")


class Lineage(NamedTuple):
    """A class, its bases in the project in the order in which attributes are looked up, and the other bases.

    `library` are the paths of classes that are not the project's, "" for what is not known.
    """

    classes: tuple[ClassView, ...]
    library: frozenset[str]

    @property
    def is_known(self) -> bool:
        """Whether all bases are classes of the project or of the framework."""
        return all(path.startswith(_PLAIN) for path in self.library)

    def member(self, name: str) -> tuple[Member, ClassView] | None:
        """The attribute or method that an instance has, if a class of the project gives it."""
        for view in self.classes:
            found = view.methods.get(name) or view.fields.get(name)
            if found is not None:
                return found, view
        return None

    def value(self, name: str) -> tuple[ex.Expression, Member] | None:
        """What the class body that has the last word binds an attribute to."""
        found = self.member(name)
        fact = found[0].fact if found is not None else None
        if found is None or not isinstance(fact, Binding) or fact.value is None:
            return None
        return fact.value, found[0]

    def defines(self, *names: str) -> bool:
        """Whether a class of the project has one of the attributes or methods."""
        return any(name in view.methods or name in view.fields for view in self.classes for name in names)

    @property
    def actions(self) -> frozenset[str]:
        """What the framework's classes among the bases answer."""
        return frozenset(action for path in self.library for action in ACTIONS.get(path, ()))


def lineage(view: ClassView) -> Lineage:
    """A class with all its bases."""
    classes: list[ClassView] = []
    library: set[str] = set()
    _collect(view, classes, library, frozenset())
    last = {one.path: number for number, one in enumerate(classes)}
    return Lineage(
        tuple(one for number, one in enumerate(classes) if last[one.path] == number), frozenset(library)
    )


def _collect(view: ClassView, classes: list[ClassView], library: set[str], seen: frozenset[str]) -> None:
    classes.append(view)
    for path in view.bases:
        base = view.module.class_at(path) if path is not None else None
        if base is None:
            library.add(path or "")
            library |= set(view.module.project.installed.ancestry(path, view.module) if path else ())
        elif base.path not in seen:
            _collect(base, classes, library, seen | {view.path})


def view_of(view: ClassView | None) -> Lineage | None:
    """The lineage of a class that is a view of the framework."""
    if view is None or not (view.definition.bases):
        return None
    found = lineage(view)
    return found if not found.library.isdisjoint(VIEWS) else None


def texts(expression: ex.Expression | None) -> list[ex.Literal] | None:
    """The texts of a list or tuple display; None where it is something else, or has other elements."""
    if not isinstance(expression, ex.Display) or expression.kind not in ("list", "tuple"):
        return None
    found = [e for e in expression.elements if isinstance(e, ex.Literal) and isinstance(e.value, str)]
    return found if len(found) == len(expression.elements) else None


def class_of(expression: ex.Expression | None, outline: Outline, scope: int) -> ClassView | None:
    """The class of the project that an expression names."""
    if not isinstance(expression, (ex.Name, ex.Attribute)):
        return None
    path = outline.resolve(expression, scope)
    return outline.module.class_at(path) if path is not None else None


class Serializer:
    """A serializer class: its declared fields and its Meta."""

    def __init__(self, view: ClassView, found: Lineage) -> None:
        self.view, self.lineage = view, found

    @property
    def is_of_model(self) -> bool:
        return not self.lineage.library.isdisjoint(MODEL_SERIALIZERS)

    @property
    def declared(self) -> dict[str, Member]:
        """The attributes of the class bodies that are calls: the fields among them are declared so."""
        found: dict[str, Member] = {}
        for view in self.lineage.classes:
            for name, member in view.fields.items():
                found.setdefault(name, member)
        return {
            name: member
            for name, member in found.items()
            if isinstance(member.fact, Binding) and isinstance(member.fact.value, ex.Call)
        }

    def option(self, name: str) -> tuple[ex.Expression, Member] | None:
        """An option of Meta, inherited ones too."""
        meta = self.meta
        return meta.value(name) if meta is not None else None

    @property
    def meta(self) -> Lineage | None:
        """The Meta of the class or of the first base that has one, with what it inherits."""
        for view in self.lineage.classes:
            found = view.module.classes.get(f"{view.path}.Meta")
            if found is not None:
                return lineage(found)
        return None

    def names(self) -> list[str] | None:
        """What `Meta.fields` lists; None for another kind of value, or where it cannot be told."""
        option = self.option("fields")
        if option is None:
            return None
        return _names(option[0], option[1].outline, option[1].fact.at.scope, 0)


def serializer_of(view: ClassView | None) -> Serializer | None:
    """A class that is a serializer."""
    if view is None or not view.definition.bases:
        return None
    found = lineage(view)
    return Serializer(view, found) if not found.library.isdisjoint(SERIALIZERS) else None


def _names(expression: ex.Expression, outline: Outline, scope: int, depth: int) -> list[str] | None:
    """The texts of a display, of several added up, or of another class's `Meta.fields`."""
    literals = texts(expression)
    if literals is not None:
        return [str(literal.value) for literal in literals]
    if depth > 6:
        return None
    if isinstance(expression, ex.Operation) and expression.operator == "Add":
        sides = [_names(side, outline, scope, depth + 1) for side in (expression.left, expression.right)]
        return [*(sides[0] or ()), *(sides[1] or ())] if None not in sides else None
    if isinstance(expression, ex.Display):
        parts = [
            [str(part.value)] if isinstance(part, ex.Literal) else _starred(part, outline, scope, depth)
            for part in expression.elements
        ]
        return [name for part in parts for name in part or ()] if None not in parts else None
    if isinstance(expression, ex.Attribute):
        owner = class_of(expression.value, outline, scope)
        value = lineage(owner).value(expression.name) if owner is not None else None
        if value is not None:
            return _names(value[0], value[1].outline, value[1].fact.at.scope, depth + 1)
    return None


def _starred(part: ex.Expression, outline: Outline, scope: int, depth: int) -> list[str] | None:
    return _names(part.value, outline, scope, depth + 1) if isinstance(part, ex.Starred) else None
