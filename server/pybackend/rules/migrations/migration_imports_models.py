"""A migration that works with a model as it is today, on a table as it was then."""

from __future__ import annotations

from collections.abc import Iterator

from ...facts import expressions as ex
from ...facts.tables import At, CallSite, Function, Import
from ...findings import Finding
from ...fixes.fix import Fix
from ...fixes.imports import import_edits
from ...fixes.source import Source
from ...project.classes import ClassView
from ...project.django.labels import app_label
from ...project.django.migrations.graph import dependencies
from ...project.django.models import MODEL_BASES
from ...project.module import Module
from ...project.outline import Outline
from ...project.project import Project
from ...text.edits import Edit
from ..registry import Functions, rule
from ._operations import is_migration, migration_class, option, text

_MANAGERS = ("objects", "_default_manager", "_base_manager")
_HISTORICAL = ("objects", "DoesNotExist", "MultipleObjectsReturned", "_meta")
_USER_MODEL = "django.contrib.auth.get_user_model"


@rule
def check(functions: Functions, outline: Outline) -> Iterator[Finding]:
    if not is_migration(outline.module) or migration_class(outline.module) is None:
        return
    scopes = {function.scope for function in functions}
    seen: set[tuple[int, str]] = set()
    for name, at, is_call in sorted(_uses(outline), key=lambda use: use[0].range):
        key = at.scope, name.id
        if at.scope not in scopes or key in seen:
            continue
        path = outline.resolve(name, at.scope) or ""
        if is_call and path == _USER_MODEL and _is_worked_with(name, outline):
            seen.add(key)
            yield Finding(name.range, "user")
        elif is_model(path, outline.module) and (not is_call or _is_saved(name, outline)):
            seen.add(key)
            case = "library" if path.startswith("django.contrib.") else ""
            yield Finding(name.range, case, {"model": name.id}, data={"path": path})


def _uses(outline: Outline) -> Iterator[tuple[ex.Name, At, bool]]:
    """Names that are called, or whose manager is asked for, and whether they are called."""
    for site in outline.facts.calls:
        if isinstance(site.call.function, ex.Name):
            yield site.call.function, site.at, True
    for read in outline.facts.reads:
        for part in ex.walk(read.expression):
            if isinstance(part, ex.Attribute) and part.name in _MANAGERS and isinstance(part.value, ex.Name):
                yield part.value, read.at, False


def _is_worked_with(getter: ex.Name, outline: Outline) -> bool:
    """Whether more is asked of the model that a call gives than what it is called."""
    makes = {
        binding.name
        for binding in outline.facts.bindings
        if isinstance(binding.value, ex.Call) and binding.value.function.range == getter.range
    }
    for read in outline.facts.reads:
        for part in ex.walk(read.expression):
            base = part.value if isinstance(part, ex.Attribute) and part.name != "_meta" else None
            if isinstance(base, ex.Name) and base.id in makes:
                return True
            if isinstance(base, ex.Call) and base.function.range == getter.range:
                return True
    return any(
        isinstance(s.call.function, ex.Name) and s.call.function.id in makes for s in outline.facts.calls
    )


def _is_saved(made: ex.Name, outline: Outline) -> bool:
    """Whether an instance that a call of the name makes is written to the database."""
    names = {
        binding.name
        for binding in outline.facts.bindings
        if isinstance(binding.value, ex.Call) and binding.value.function.range == made.range
    }
    for read in outline.facts.reads:
        base = read.expression.value
        is_made = isinstance(base, ex.Call) and base.function.range == made.range
        if read.expression.name == "save" and (is_made or (isinstance(base, ex.Name) and base.id in names)):
            return True
    return "bulk_create" in outline.facts.attributes


def is_model(path: str, module: Module) -> bool:
    """Whether a path names a model of the project, or one of those that Django brings."""
    if path.startswith("django.contrib."):
        home, _, name = path.rpartition(".")
        is_steady = name == "ContentType"  # Its manager is in migrations as it is.
        return home.endswith(".models") and name[:1].isupper() and path not in MODEL_BASES and not is_steady
    if "." not in path or "()" in path or not path.rpartition(".")[2][:1].isupper():
        return False
    view = module.class_at(path)
    return view is not None and any(base.endswith("Model") or base in MODEL_BASES for base in view.ancestry())


@check.fix
def fix(finding: Finding, source: Source, _: Project) -> Iterator[Fix]:
    outline = source.outline
    function = _migrating(finding, outline)
    if function is None:
        return
    if finding.case == "user":
        yield from _user(finding, source)
        return
    name, path = finding.values["model"], finding.data["path"]
    label = _label(path, outline.module)
    if label not in {known for known, _ in dependencies(outline.module)} or not _is_plain(name, outline):
        return
    line = f'{name} = apps.get_model("{label}", "{path.rpartition(".")[2]}")'
    own = [fact for fact in outline.facts.imports if fact.bound == name]
    if own:
        together = [fact for fact in outline.facts.imports if fact.statement == own[0].statement]
        if len(own) == len(together) == 1:
            yield Fix((source.replace(own[0].statement, line),))
        return
    start, column = function.body[:2]
    if function.docstring is None:
        yield Fix((source.insert(start, column, f"{line}\n{' ' * column}"), *_dropped(name, source)))


def _migrating(finding: Finding, outline: Outline) -> Function | None:
    """The function around, if it is one that `RunPython` gives `apps` to."""
    around = [f for f in outline.facts.functions if f.range[:2] <= finding.range[:2] <= f.range[2:]]
    function = around[0] if len(around) == 1 else None
    if function is None or len(function.parameters) < 2 or function.parameters[0].name != "apps":
        return None
    return function


def _user(finding: Finding, source: Source) -> Iterator[Fix]:
    if not _follows_users(source.outline.module):
        return

    def is_here(site: CallSite) -> bool:
        return site.call.function.range == finding.range

    call = next(site.call for site in source.outline.facts.calls if is_here(site))
    code = "apps.get_model(settings.AUTH_USER_MODEL)"
    name = source.text(finding.range)
    yield Fix((source.replace(call.range, code),), imports=("django.conf.settings",), unused=(name,))


def _follows_users(module: Module) -> bool:
    """Whether the migration depends on the app of the user model, so that `apps` has it."""
    view = migration_class(module)
    named = option(view, "dependencies") if view is not None else None
    return named is not None and any(
        isinstance(part, ex.Call) and (ex.dotted(part.function) or "").endswith("swappable_dependency")
        for part in ex.walk(named)
    )


def _label(path: str, module: Module) -> str | None:
    """The label of the app that a model belongs to."""
    if path.startswith("django.contrib."):
        return path.split(".")[2]
    view = module.class_at(path)
    return _own_label(view) or app_label(view.module) if view is not None else None


def _own_label(view: ClassView) -> str | None:
    meta = view.module.classes.get(f"{view.path}.Meta")
    member = meta.fields.get("app_label") if meta is not None else None
    return text(getattr(member.fact, "value", None)) if member is not None else None


def _is_plain(name: str, outline: Outline) -> bool:
    """Whether nothing but the class and its `objects` is used, so that the model as it was will do."""
    parts = (part for read in outline.facts.reads for part in ex.walk(read.expression))
    return all(
        part.name in _HISTORICAL
        for part in parts
        if isinstance(part, ex.Attribute) and isinstance(part.value, ex.Name) and part.value.id == name
    )


def _dropped(name: str, source: Source) -> Iterator[Edit]:
    """The edits that take the import of the module out, where nothing else reads it."""
    outline = source.outline
    facts = [fact for fact, _ in outline.module.facts_of(name)]
    if len(facts) != 1 or not isinstance(facts[0], Import):
        return
    for edit in import_edits(outline.module, source.lines, (), [name], outline.unit) or ():
        line, column, end_line, end_column = edit.range
        place = line - source.start, column, end_line - source.start, end_column
        yield Edit(place, edit.content)
