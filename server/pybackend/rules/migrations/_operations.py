"""What the rules on migrations ask of a file: whether it is one, and which operation a call makes."""

from __future__ import annotations

from collections.abc import Iterator

from ...facts import expressions as ex
from ...facts.tables import Binding, CallSite
from ...project.classes import ClassView
from ...project.django.migrations.graph import MIGRATION_BASES, dependencies
from ...project.module import Module
from ...project.outline import Outline

_HOME = "django.db.migrations."
_EARLIER = 300
"""No more migrations than these are looked through for what they say of a model."""
_STATES = {"SeparateDatabaseAndState": 1, "RunSQL": 2}
"""Operations with others inside that only change the state, and where those are."""


def is_migration(module: Module) -> bool:
    """Whether a file is a migration by its place. Those of test suites are odd on purpose."""
    role = module.project.role(module)
    return role.is_migration and not role.is_test


def migration_class(module: Module) -> ClassView | None:
    """The class of a Django migration that derives from nothing but Django's."""
    view = module.classes.get(f"{module.name}.Migration")
    bases = view.own_bases if view is not None else ()
    return view if len(bases) == 1 and bases[0] in MIGRATION_BASES else None


def is_first(view: ClassView) -> bool:
    """Whether a migration makes tables rather than changing them: it is an initial or a squashed one."""
    is_initial = is_true(option(view, "initial")) or view.module.path.endswith("/0001_initial.py")
    return is_initial or "replaces" in view.fields


def operation(outline: Outline, site: CallSite) -> str:
    """The name of the operation of Django's that a call makes; "" for any other call."""
    path = outline.traced(site) or ""
    return path.rpartition(".")[2] if path.startswith(_HOME) else ""


def operations(calls: tuple[CallSite, ...], outline: Outline) -> Iterator[tuple[str, CallSite]]:
    """The operations that reach the database, with their names; others only change the state."""
    lists = {binding.name for binding in outline.facts.bindings if binding.at.scope == 0}
    if not any(name == "operations" or "database" in name for name in lists):
        return
    found = [(name, site) for site in calls if (name := operation(outline, site))]
    states = [
        state.range
        for name, site in found
        if name in _STATES and (state := site.call.argument(_STATES[name], "state_operations")) is not None
    ]
    for name, site in found:
        place = site.call.range
        if not any(around[:2] <= place[:2] and place[2:] <= around[2:] for around in states):
            yield name, site


def is_open(call: ex.Call) -> bool:
    """Whether a call has arguments that are not written out."""
    has_star = any(isinstance(argument, ex.Starred) for argument in call.arguments)
    return has_star or any(keyword.name is None for keyword in call.keywords)


def text(expression: ex.Expression | None) -> str | None:
    """The text that an expression is."""
    is_text = isinstance(expression, ex.Literal) and isinstance(expression.value, str)
    return str(expression.value) if is_text and isinstance(expression, ex.Literal) else None


def option(view: ClassView, name: str) -> ex.Expression | None:
    """What an attribute of the class is bound to."""
    member = view.fields.get(name)
    return member.fact.value if member is not None and isinstance(member.fact, Binding) else None


def is_true(expression: ex.Expression | None) -> bool:
    return isinstance(expression, ex.Literal) and expression.value is True


def is_unmanaged(model: str, module: Module) -> bool:
    """Whether the migrations before say that the table of a model is not Django's to change."""
    package, queue, seen = module.name.rpartition(".")[0], [module], {module.name}
    while queue and len(seen) < _EARLIER:
        current = queue.pop(0)
        for _, name in dependencies(current):
            path = f"{package}.{name}"
            before = module.project.modules.module(path, module) if path not in seen else None
            seen.add(path)
            if before is not None:
                managed = _managed(model, before)
                if managed is not None:
                    return not managed
                queue.append(before)
    return False


def _managed(model: str, module: Module) -> bool | None:
    """What the operations of a migration say of a model; None where they say nothing."""
    for outline in module.outlines:
        for site in outline.facts.calls:
            name, place = operation(outline, site), {"CreateModel": 2, "AlterModelOptions": 1}
            if name not in place or (text(site.call.argument(0, "name")) or "").lower() != model.lower():
                continue
            options = site.call.argument(place[name], "options")
            pairs = (
                zip(options.keys, options.values, strict=True) if isinstance(options, ex.Dictionary) else ()
            )
            said = [value for key, value in pairs if ex.text_of(key) == "managed"]
            if said or name == "CreateModel":
                return not said or not isinstance(said[-1], ex.Literal) or said[-1].value is not False
    return None


def created_models(outline: Outline) -> set[str]:
    """The models, in lower case, that operations of the unit create, by later names too."""
    found: set[str] = set()
    for site in outline.facts.calls:
        name, call = operation(outline, site), site.call
        if name == "CreateModel":
            found.add((text(call.argument(0, "name")) or "").lower())
        elif name == "RenameModel" and (text(call.argument(0, "old_name")) or "").lower() in found:
            found.add((text(call.argument(1, "new_name")) or "").lower())
    return found
