"""What a serializer reads of each row that the query of the rows did not load."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from ....facts import expressions as ex
from ....facts.tables import Binding, Function
from ....findings import Place
from ....project.calls import told_of
from ....project.classes import ClassView, Member
from ....project.django.fields import RELATIONS, place_of
from ....project.django.queries import Evaluator, Rows
from ....project.django.rest import Serializer, lineage, serializer_of, texts
from ...django.django_n_plus_one.misses import Accesses, Miss

_DEEPEST = 5
_OWN = (
    *("to_representation", "get_fields", "get_field_names", "__init__", "build_field", "fields", "data"),
    *("build_relational_field", "build_property_field", "build_nested_field", "serializer_related_field"),
    *("__new__", "many_init"),
)
"""What a serializer may define to read other fields than it declares."""
_HOME = "rest_framework.serializers."
_STATIC = "builtins.staticmethod"
_DESCRIBING = ("drf_spectacular.", "drf_yasg.", "typing.")
"""Where decorators come from that only say something of a method."""
_OWN_FIELD = ("get_attribute", "use_pk_only_optimization", "__new__", "many_init", "bind")


class Missed(NamedTuple):
    """A query for each row: the miss, and the serializer's field that runs it."""

    miss: Miss
    serializer: ClassView | None
    field: str
    place: Place | None


class Reading:
    """What serializers read."""

    def missed(self, serializer: Serializer, rows: Rows, depth: int = 0) -> Iterator[Missed]:
        """What the fields of a serializer miss in one of the rows."""
        known = serializer.lineage
        if depth > _DEEPEST or not known.is_known or known.defines(*_OWN):
            return
        option = serializer.option("depth")
        nested = option[0].value if option is not None and isinstance(option[0], ex.Literal) else 0
        changed = _changed(serializer)
        for name, member in _used(serializer, rows):
            if member is not None:
                found = self._declared(name, member, serializer, rows, depth)
                place = place_of(member, name)
            elif name in changed:
                continue
            else:
                found = self._implied(name, rows, nested if isinstance(nested, int) else 0)
                place = None
            for missed in found:
                own = missed.serializer is None
                yield missed._replace(serializer=serializer.view, field=name, place=place) if own else missed

    # Fields that the model gives

    def _implied(self, name: str, rows: Rows, nested: int) -> Iterator[Missed]:
        """What a field reads that is only named: a key, the keys of several, or all of the other."""
        relation = rows.model.relations.get(name)
        if relation is None:
            yield from _read(rows, [name])
        elif relation.is_many:
            yield from _read(rows, [name, "all"])
        elif nested or not relation.is_forward or relation.field.call.keyword("to_field") is not None:
            yield from _read(rows, [name])
        inner = _element(rows, [name]) if relation is not None and nested > 0 else None
        if inner is not None:
            for other, field in inner.model.fields.items():
                if field.kind in RELATIONS:
                    yield from self._implied(other, inner, nested - 1)

    # Fields that a serializer declares

    def _declared(
        self, name: str, member: Member, serializer: Serializer, rows: Rows, depth: int
    ) -> Iterator[Missed]:
        call = member.fact.value if isinstance(member.fact, Binding) else None
        path = (
            member.outline.resolve(call.function, member.fact.at.scope) if isinstance(call, ex.Call) else None
        )
        if not isinstance(call, ex.Call) or path is None or any(k.name is None for k in call.keywords):
            return
        if _is_true(call.keyword("write_only")):
            return
        source = call.keyword("source")
        text = source.value if isinstance(source, ex.Literal) else name if source is None else None
        if not isinstance(text, str):
            return
        names = [] if text == "*" else text.split(".")
        view = member.outline.module.class_at(path)
        inner = serializer_of(view)
        if inner is not None:
            yield from self._nested(inner, names, rows, _is_true(call.keyword("many")), depth)
        elif names:
            yield from self._field(_kind(path, view), name, names, call, serializer, rows)

    def _nested(
        self, inner: Serializer, names: list[str], rows: Rows, is_many: bool, depth: int
    ) -> Iterator[Missed]:
        if is_many and inner.option("list_serializer_class") is not None:
            return
        if names:
            yield from _read(rows, [*names, "all"] if is_many else names)
        below = _element(rows, names)
        if below is not None:
            yield from self.missed(inner, below, depth + 1)

    def _field(
        self, kind: str, name: str, names: list[str], call: ex.Call, serializer: Serializer, rows: Rows
    ) -> Iterator[Missed]:
        is_many = _is_true(call.keyword("many"))
        if kind == "SerializerMethodField":
            yield from self._method(name, call, serializer, rows)
        elif kind in ("PrimaryKeyRelatedField", "HyperlinkedRelatedField") and not is_many:
            if call.keyword("lookup_field") is None:
                yield from _key(rows, names)
        elif kind in ("StringRelatedField", "SlugRelatedField", "PrimaryKeyRelatedField", "RelatedField"):
            yield from _read(rows, [*names, "all"] if is_many else names)
            below = _element(rows, names)
            if below is not None and kind == "StringRelatedField":
                yield from _read(below, ["__str__"])
            elif below is not None and kind == "SlugRelatedField":
                slug = call.argument(0, "slug_field")
                if isinstance(slug, ex.Literal) and isinstance(slug.value, str):
                    yield from _read(below, slug.value.replace("__", ".").split("."))
        elif kind not in ("", "HyperlinkedIdentityField", "HiddenField"):
            yield from _read(rows, names)

    def _method(self, name: str, call: ex.Call, serializer: Serializer, rows: Rows) -> Iterator[Missed]:
        """What the method of a SerializerMethodField reads, in whatever file it stands."""
        given = call.argument(0, "method_name")
        method = given.value if isinstance(given, ex.Literal) else f"get_{name}"
        found = serializer.lineage.member(str(method))
        function = found[0].fact if found is not None else None
        told = told_of(function, found[0].outline) if found and isinstance(function, Function) else None
        if told is None or told[0].is_async:
            return
        if not all(path == _STATIC or path.startswith(_DESCRIBING) for path in told[0].decorators):
            return
        row, judge, outline = int(_STATIC not in told[0].decorators), Accesses(), told[2]
        for reading in told[0].reads:
            if reading.parameter == row:
                names, following = list(reading.names), list(reading.following)
                miss = judge.miss(rows, names, reading.is_called, following)
                if miss is not None and miss.case != "deferred":
                    through = miss.through or Place(outline.module.path, outline.unit, reading.range)
                    yield Missed(miss._replace(through=through), None, name, None)


def _read(rows: Rows, names: list[str]) -> Iterator[Missed]:
    """The query that reading a chain of attributes off a row runs; what can be called is."""
    miss = Accesses().miss(rows, names, True, []) or Accesses().miss(rows, names, False, [])
    if miss is not None and miss.case != "deferred":
        yield Missed(miss, None, "", None)


def _key(rows: Rows, names: list[str]) -> Iterator[Missed]:
    """What is read for the key of another row: a column of this one, or of the one before."""
    below = _element(rows, names[:-1])
    relation = below.model.relations.get(names[-1]) if below is not None else None
    is_column = relation is not None and relation.is_forward and not relation.is_many
    chain = names[:-1] if is_column else names
    if chain:
        yield from _read(rows, chain)


def _element(rows: Rows, names: list[str]) -> Rows | None:
    """One of the rows at the end of a chain of relations."""
    found: Rows | None = rows
    for name in names:
        found = Evaluator.related(found, name) if found is not None else None
        if found is not None:
            found = found._replace(kind="instance", methods=(), manager=None, is_single=False)
    return found


def _used(serializer: Serializer, rows: Rows) -> list[tuple[str, Member | None]]:
    """The fields of a serializer by name, each with what declares it, if it is declared."""
    declared = serializer.declared
    if not serializer.is_of_model:
        return list(declared.items())
    names = serializer.names()
    if names is not None:
        return [(name, declared.get(name)) for name in dict.fromkeys(names)]
    everything, excluded = serializer.option("fields"), serializer.option("exclude")
    left_out = texts(excluded[0]) if excluded is not None else None
    is_all = (
        everything is not None and isinstance(everything[0], ex.Literal) and everything[0].value == "__all__"
    )
    if not is_all and left_out is None:
        own = serializer.view.fields
        return [(name, member) for name, member in declared.items() if name in own]
    hidden = {str(literal.value) for literal in left_out or ()}
    related = [name for name, field in rows.model.fields.items() if field.kind in RELATIONS]
    return [(n, declared.get(n)) for n in dict.fromkeys([*declared, *related]) if n not in hidden]


def _changed(serializer: Serializer) -> set[str]:
    """The fields that `Meta.extra_kwargs` says something of."""
    found = serializer.option("extra_kwargs")
    if found is None:
        return set()
    return {str(part.value) for part in ex.walk(found[0]) if isinstance(part, ex.Literal)}


def _kind(path: str, view: ClassView | None) -> str:
    """The framework's field class that a class is or derives from; "" where it reads in a way of its own."""
    if path.startswith(_HOME):
        return path.removeprefix(_HOME)
    if view is None:
        return ""
    found = lineage(view)
    if not found.is_known or found.defines(*_OWN_FIELD):
        return ""
    homes = [base.removeprefix(_HOME) for base in found.library if base.startswith(_HOME)]
    return homes[0] if len(homes) == 1 else ""


def _is_true(expression: ex.Expression | None) -> bool:
    return isinstance(expression, ex.Literal) and expression.value is True
