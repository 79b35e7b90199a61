"""Django model fields: what a class body declares, and what a relation points to."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from ...facts import expressions as ex
from ...facts.tables import Binding
from ...findings import Place
from ..classes import Member

if TYPE_CHECKING:
    from ..classes import ClassView
    from ..module import Module

_HOMES = (
    *("django.db.models.", "django.contrib.gis.db.models."),
    *("django.contrib.postgres.fields.", "django.contrib.postgres.search."),
)
TO_ONE = frozenset({"ForeignKey", "OneToOneField"})
RELATIONS = TO_ONE | {"ManyToManyField"}
GENERIC_HOME = "django.contrib.contenttypes.fields."
GENERIC_KEY, GENERIC_RELATION = "GenericForeignKey", "GenericRelation"
GENERIC = frozenset({GENERIC_KEY, GENERIC_RELATION})


class Field(NamedTuple):
    """A field that a class body declares. `kind` is Django's class, whatever class of its own it has."""

    name: str
    kind: str
    call: ex.Call
    member: Member
    owner: ClassView
    is_conditional: bool

    @property
    def place(self) -> Place:
        """Where the name stands, now."""
        return place_of(self.member, self.name)

    def text(self, keyword: str) -> str | None:
        """The text given for a keyword; None where there is none or it is not a literal."""
        value = self.call.keyword(keyword)
        return value.value if isinstance(value, ex.Literal) and isinstance(value.value, str) else None


_READING = frozenset({"__get__", "contribute_to_class", "descriptor_class", "forward_related_accessor_class"})
"""What a field class has that decides how its instances are read."""


def has_own_reading(field: Field) -> bool:
    """Whether a field is of a class of the project's that may read the related row in a way of its own."""
    outline, head = field.member.outline, field.call.function
    if (ex.dotted(head) or "").rpartition(".")[2] == field.kind:
        return False
    module = outline.module
    known = module.class_at(outline.resolve(head, field.member.fact.at.scope) or "")
    if known is None:
        return False
    views = (known, *(module.class_at(path) for path in known.ancestry()))
    return any(v is not None and not _READING.isdisjoint({*v.methods, *v.fields}) for v in views)


def place_of(member: Member, name: str) -> Place:
    """Where a member of a class stands, now: its unit may have new facts."""
    unit = member.outline.unit
    found = [b.range for b in unit.facts.bindings if b.name == name and b.at.scope == member.fact.at.scope]
    return Place(member.outline.module.path, unit, found[-1] if found else member.fact.range)


def head_of(view: ClassView) -> Place:
    """Where a class has its name, now."""
    unit = view.outline.unit
    own = [definition for definition in unit.facts.classes if definition.name == view.name]
    return Place(view.module.path, unit, (own or [view.definition])[0].name_range)


def field_of(name: str, member: Member, owner: ClassView) -> Field | None:
    """The field that a name of a class body is bound to."""
    fact = member.fact
    if not isinstance(fact, Binding) or not isinstance(fact.value, ex.Call):
        return None
    outline, head = member.outline, fact.value.function
    head = head.value if isinstance(head, ex.Subscript) else head
    kind = field_class(outline.resolve(head, fact.at.scope), outline.module)
    if kind is None:
        return None
    return Field(name, kind, fact.value, member, owner, is_conditional(fact.at.block, member, owner))


def is_conditional(block: int, member: Member, owner: ClassView) -> bool:
    """Whether a member of a class stands under an `if` or the like in its body."""
    outline, scope = member.outline, member.fact.at.scope
    return block != outline.facts.scopes[scope].root or (
        owner.block is not None and outline.unit.parent is not owner.block
    )


def field_class(path: str | None, module: Module) -> str | None:
    """The name of Django's field class that a class is or inherits from; None where it is no such field."""
    if path is None:
        return None
    found = _own(path)
    if found is None:
        known = module.class_at(path)
        bases = known.ancestry() if known is not None else iter(())
        found = next((name for base in bases if (name := _own(base)) is not None), None)
    return found


def _own(path: str) -> str | None:
    if not path.startswith(_HOMES):
        return None
    name = path.rpartition(".")[2]
    return name if name.endswith("Field") or name == "ForeignKey" else None
