"""What queries may say of a model: fields, columns, and the names that lead back to it from other models.

A model whose names are not all known is open. What leads back is known only where nothing outside the graph,
such as a package that points to the model of users, may add to it.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from functools import cached_property
from itertools import chain
from typing import TYPE_CHECKING, NamedTuple

from ...facts import expressions as ex
from ...facts.tables import Binding
from .contrib import is_shown
from .fields import RELATIONS, TO_ONE, Field
from .labels import reverse_name
from .models import MODEL_BASES, Model, Models

if TYPE_CHECKING:
    from ..classes import ClassView, Member

_GENERIC = "django.contrib.contenttypes.fields."
_HARMLESS = frozenset({*sys.stdlib_module_names, "builtins", "django"})
_ONE_NAME = frozenset(
    {"phonenumber_field", "django_countries", "colorfield", "ckeditor", "tinymce", "localflavor", "taggit"}
    | {"timezone_field", "i18nfield", "modelcluster", "autoslug", "jsonfield", "netfields", "django_fsm"}
    | {
        "mptt",
        "recurrence",
        "multiselectfield",
        "encrypted_fields",
        "django_extensions",
        "sorl",
        "picklefield",
    }
)
"""Packages whose fields bring their own name alone."""
_DECORATORS = frozenset({"django", "functools", "reversion", "auditlog", "typing"})
"""Packages whose class decorators bring no fields."""


class Step(NamedTuple):
    """What a name in a look-up stands for; a relation has a target, None where that is not known.

    Kind: "field", "relation", or "any" for what may be either.
    """

    kind: str
    target: Model | None = None
    is_many: bool = False
    field: Field | None = None
    is_column: bool = False
    """Whether it is the value of a relation, `author_id`."""


class Names:
    """The names of all models of a graph, each worked out when it is asked for."""

    def __init__(self, models: Models) -> None:
        self.models = models
        self._steps: dict[str, dict[str, Step]] = {}
        self._known: dict[str, bool] = {}

    def steps(self, model: Model) -> dict[str, Step]:
        """What look-ups may begin with, as far as it is known."""
        path = model.view.path
        if path not in self._steps:
            found = {"pk": Step("any"), **self._own(model)}
            if not any(field.call.keyword("primary_key") for field in model.fields.values()):
                found["id"] = Step("field")
            for name, step in self._back(model):
                found.setdefault(name, step)
            for astray in self._astray:
                found.setdefault(astray or "", Step("any"))
            self._steps[path] = found
        return self._steps[path]

    def is_known(self, model: Model) -> bool:
        """Whether a model has no other names than those of `steps`."""
        if self.models.is_partial or not model.is_certain or model.flag("abstract") is not False:
            return False
        path = model.view.path
        if path not in self._known:
            self._known[path] = path in self.models.all and self._is_closed(model)
        return self._known[path]

    def accessors(self, model: Model) -> dict[str, Step]:
        """What instances have of their own or by relations, by attribute."""
        back = {name: Step("relation", x.target, x.is_many) for name, x in model.relations.items()}
        members: dict[str, Step] = {name: Step("any") for name in model.members}
        found = {name: step for name, step in self.steps(model).items() if step.field or name == "id"}
        return {**self._loose_names, **members, "pk": Step("field"), **found, **back, **self._children(model)}

    # Forward

    def _own(self, model: Model) -> dict[str, Step]:
        found: dict[str, Step] = {}
        for base in model.lineage[1]:
            found |= dict.fromkeys(MODEL_BASES.get(base, ()), Step("any"))
        for view in reversed(model.lineage[0]):
            for name, member in view.fields.items():
                field = self.models.fields(view).get(name)
                if field is None:
                    step = self._other(member, model)
                    found |= {name: step, f"{name}_id": step} if step is not None else {}
                elif field.kind in RELATIONS:
                    is_many = field.kind not in TO_ONE
                    found[name] = Step("relation", self.models.target(field, model), is_many, field)
                    if not is_many:
                        found[f"{name}_id"] = Step("field", field=field, is_column=True)
                else:
                    found[name] = Step("field", field=field)
            parent = self.models.at(view.path) if view is not model.view else None
            is_parent = parent is not None and parent.flag("abstract") is not True
            if is_parent and model.flag("proxy") is not True:
                found[f"{view.name.lower()}_ptr"] = Step("relation", parent)
                found[f"{view.name.lower()}_ptr_id"] = Step("field")
        return found

    def _other(self, member: Member, model: Model) -> Step | None:
        """What a name of a class body is that is bound to no field that is known; None for no field."""
        fact = member.fact
        assert isinstance(fact, Binding)
        if fact.value is None or isinstance(fact.value, (ex.Literal, ex.Display, ex.Dictionary, ex.Lambda)):
            return None
        if not isinstance(fact.value, ex.Call):
            return Step("any")
        if _is_chained(fact.value):
            return Step("any")
        path = member.outline.resolve(fact.value.function, fact.at.scope) or ""
        if path == f"{_GENERIC}GenericRelation":
            return Step("relation", self._pointed(fact.value, member, model), True)
        is_other = not path.startswith(_GENERIC) and path.partition(".")[0] in _HARMLESS
        return None if is_other and not path.endswith("Field") else Step("any")

    def _pointed(self, call: ex.Call, member: Member, model: Model) -> Model | None:
        """The model that a generic relation points to."""
        field = Field("", "GenericRelation", call, member, model.view, False)
        return self.models.target(field, model)

    # Back

    def _family(self, model: Model) -> Iterator[Model]:
        """The model itself, those whose rows its own are part of, and proxies of any."""
        own = {view.path for view in model.lineage[0]}
        yield model
        for other in self.models.all.values():
            if other is model:
                continue
            if other.view.path in own or (other.flag("proxy") and own & {v.path for v in other.lineage[0]}):
                yield other

    def _back(self, model: Model) -> Iterator[tuple[str, Step]]:
        for relative in self._family(model):
            yield from self._reverse.get(relative.view.path, ())
        yield from self._children(model).items()

    def _children(self, model: Model) -> dict[str, Step]:
        """The models that derive from this one or its parents and have tables of their own."""
        own = {view.path for view in model.lineage[0] if self._has_table(view)}
        return {
            other.name.lower(): Step("relation", other)
            for other in self.models.all.values()
            if other.flag("abstract") is False
            and other.flag("proxy") is not True
            and other.view.path not in own
            and any(view.path in own for view in other.lineage[0])
        }

    def _has_table(self, view: ClassView) -> bool:
        model = self.models.at(view.path)
        return model is not None and model.flag("abstract") is not True

    @cached_property
    def _reverse(self) -> dict[str, list[tuple[str, Step]]]:
        """How queries reach back from a target, by its path."""
        found: dict[str, list[tuple[str, Step]]] = {}
        for model in self.models.all.values():
            if model.flag("abstract") is True:
                continue
            for field in model.fields.values():
                if field.kind not in RELATIONS or (
                    field.owner is not model.view and self._has_table(field.owner)
                ):
                    continue
                target = self.models.target(field, model)
                name = query_name(field, model) if target is not None else ""
                if target is not None and name:
                    is_many = field.kind != "OneToOneField" and field.call.keyword("unique") is None
                    found.setdefault(target.view.path, []).append((name, Step("relation", model, is_many)))
            for member, _ in model.members.values():
                for path, name in self._generic(member, model):
                    found.setdefault(path, []).append((name, Step("relation", model, True)))
        return found

    def _generic(self, member: Member, model: Model) -> Iterator[tuple[str, str]]:
        call = member.fact.value if isinstance(member.fact, Binding) else None
        if not isinstance(call, ex.Call):
            return
        name = call.keyword("related_query_name")
        path = member.outline.resolve(call.function, member.fact.at.scope)
        if name is not None and path == f"{_GENERIC}GenericRelation":
            target = self._pointed(call, member, model)
            if target is not None and isinstance(name, ex.Literal):
                yield target.view.path, _formatted(str(name.value), model)

    # What is not known

    def _is_closed(self, model: Model) -> bool:
        if not all(_is_plain(view) for view in model.lineage[0]):
            return False
        if any(self._is_strange(member) for member, _ in model.members.values()):
            return False
        relatives = list(self._family(model))
        return None not in self._astray and not any(self._is_pointed_at(relative) for relative in relatives)

    def _is_strange(self, member: Member) -> bool:
        """Whether what a class body calls may bring more names than the one it is bound to."""
        path = self._unknown(member)
        return path is not None and path.partition(".")[0] not in _ONE_NAME | {"django"}

    def _unknown(self, member: Member) -> str | None:
        """The path, "" for none, of what a class body calls that may be any field; None for anything else."""
        fact = member.fact
        if not isinstance(fact, Binding) or not isinstance(fact.value, ex.Call):
            return None
        outline, call = member.outline, fact.value
        name = (ex.written(call.function) or "").rpartition(".")[2]
        if name == "as_manager" or name.endswith("Manager"):
            return None
        head = call.function.function if isinstance(call.function, ex.Call) else call.function
        path = (outline.resolve(head, fact.at.scope) or "").removesuffix(".from_queryset")
        if path.partition(".")[0] in _HARMLESS:
            return path if _is_chained(call) else None
        view = self.models.view(path)
        if view is None:
            return path
        known, others = self.models.lineage(view)
        if any("contribute_to_class" in base.methods for base in known):
            return path
        strange = (base for base in others if base.partition(".")[0] not in _HARMLESS)
        return next(strange, None)

    def _is_pointed_at(self, model: Model) -> bool:
        """Whether something that is not in the graph may point to a model."""
        path = model.view.module.path
        if not is_shown(path) or path.startswith("/") or ".." in path or "swappable" in model.meta:
            return True
        if self._is_scattered:
            return True
        is_user = any("AbstractBaseUser" in base for base in model.lineage[1]) or model is self.models.user
        is_user = is_user or any(view.name == "AbstractBaseUser" for view in model.lineage[0])
        return is_user or model.name.lower() in self._mentioned

    @cached_property
    def _is_scattered(self) -> bool:
        """Whether models stand in files of any name, so that nothing known may import some."""
        homes: set[str] = set()
        for module in self.models.modules.values():
            home = module.path.rpartition("/")[0]
            homes |= {home, home.removesuffix("/models")}
        return any(
            model.view.module.name in self.models.reached
            and model.flag("abstract") is False
            and model.view.module.path.rpartition("/")[0] not in homes
            for model in self.models.all.values()
        )

    @cached_property
    def _strange(self) -> list[tuple[Model, ex.Call]]:
        """Calls in the bodies of models that may make relations of a kind that is not known."""
        return [
            (model, member.fact.value)
            for model in self.models.all.values()
            for member, _ in model.members.values()
            if self._unknown(member) is not None and isinstance(member.fact, Binding)
            if isinstance(member.fact.value, ex.Call)
        ]

    @cached_property
    def _mentioned(self) -> frozenset[str]:
        """What models those calls may mean, by name, and relations of classes that others make models of."""
        found = set()
        for call in (*(call for _, call in self._strange), *self._lent):
            for part in ex.walk(call):
                if isinstance(part, ex.Literal) and isinstance(part.value, str):
                    found.add(part.value.rpartition(".")[2].lower())
                elif isinstance(part, (ex.Name, ex.Attribute)):
                    found.add((ex.dotted(part) or "").rpartition(".")[2].lower())
        return frozenset(found)

    @property
    def _lent(self) -> Iterator[ex.Call]:
        """The relations of classes without tables: models of which something outside the graph may derive,
        and what may be models by bases that are not known."""
        derived = {
            view.path
            for model in self.models.all.values()
            if model.flag("abstract") is not True
            for view in model.lineage[0]
        }
        reached = (module.classes for module in self.models.reached.values())
        for path, view in chain(self.models.classes.items(), *(classes.items() for classes in reached)):
            if path not in derived:
                model = self.models.at(path)
                fields = model.fields if model is not None else self.models.fields(view)
                yield from (field.call for field in fields.values() if field.kind in RELATIONS)

    @cached_property
    def _astray(self) -> frozenset[str | None]:
        """The names that lead back from targets that are not known; None for one that is not told."""
        return frozenset(query_name(field, model) for field, model in self._loose)

    @cached_property
    def _loose_names(self) -> dict[str, Step]:
        """The attributes that may lead back from any model."""
        return {name: Step("any") for field, owner in self._loose if (name := reverse_name(field, owner))}

    @cached_property
    def _loose(self) -> list[tuple[Field, Model]]:
        """The relations whose target is not known, or the name that leads back from there."""
        return [
            (field, model)
            for model in self.models.all.values()
            for field in model.fields.values()
            if field.kind in RELATIONS
            and (self.models.target(field, model) is None or query_name(field, model) is None)
        ]


def lookup_names(model: Model) -> set[str] | None:
    """All that look-ups on a model may begin with; None where that is not known."""
    names = model.models.names
    return set(names.steps(model)) if names.is_known(model) else None


def query_name(field: Field, model: Model) -> str | None:
    """How queries reach `model` from the target of its field; "" for not at all, None where unclear."""
    given = field.call.keyword("related_query_name")
    if given is not None:
        text = field.text("related_query_name")
        return _formatted(text, model) if text is not None else None
    if field.call.keyword("related_name") is not None:
        text = field.text("related_name")
    else:
        option = next((v for m in _line(model) for k, v in m.meta.items() if k == "default_related_name"), "")
        if option == "":
            return model.name.lower()
        is_text = isinstance(option, ex.Literal) and isinstance(option.value, str)
        text = str(option.value) if is_text and isinstance(option, ex.Literal) else None
    if text is None:
        return None
    return "" if text.endswith("+") else _formatted(text, model)


def _is_chained(call: ex.Call) -> bool:
    """Whether a call is one of a method of what another call makes: `ForeignKey(Book).marked()`."""
    function = call.function
    return isinstance(function, ex.Attribute) and isinstance(function.value, ex.Call)


def _line(model: Model) -> Iterator[Model]:
    for view in model.lineage[0]:
        found = model.models.at(view.path)
        if found is not None:
            yield found


def _formatted(text: str, model: Model) -> str:
    name = model.name.lower()
    text = text.replace("%(class)s", name).replace("%(model_name)s", name)
    return text.replace("%(app_label)s", model.label)


def _is_plain(view: ClassView) -> bool:
    """Whether nothing but its body makes a class."""
    if view.definition.keywords:
        return False
    heads = [d.function if isinstance(d, ex.Call) else d for d in view.definition.decorators]
    paths = [view.outline.resolve(head, view.definition.at.scope) or "" for head in heads]
    return all(path.partition(".")[0] in _DECORATORS for path in paths)
