"""Debug mode that is on in production: in Django's settings, and where an application is made or run."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from ....facts import expressions as ex
from ....facts.tables import At, Binding, CallSite, Import
from ....findings import Finding
from ....fixes.fix import Fix
from ....fixes.source import Source
from ....project.django.production import is_last_word, is_replaced
from ....project.django.settings import is_django_settings
from ....project.outline import Outline
from ....project.project import Project
from ....project.variables import variable
from ...registry import Bindings, Calls, Statements, rule
from .guards import is_guarded
from .switches import is_boolean, is_off, switch

_SETTINGS = frozenset({"DEBUG", "DEBUG_PROPAGATE_EXCEPTIONS"})
_KEYWORDS = frozenset({"debug", "DEBUG", "use_debugger"})
_FLASK = frozenset({"flask.Flask", "quart.Quart", "dash.Dash", "sanic.Sanic"})
_ASGI = frozenset(
    {
        "fastapi.FastAPI",
        "fastapi.applications.FastAPI",
        "starlette.applications.Starlette",
        "litestar.Litestar",
    }
)
_FACTORIES = frozenset({"app", "application", "create_app", "make_app", "get_app"})
_OFF = ("False", "0", "", False, 0)


@rule
def check(_: Statements, bindings: Bindings, calls: Calls, outline: Outline) -> Iterator[Finding]:
    for binding in bindings:
        if binding.value is None or binding.kind not in ("assign", "annotated"):
            continue
        if binding.name in _SETTINGS and _is_setting(binding, outline):
            yield from _finding(binding, "", binding.name, outline)
        elif not binding.name and (kind := _attribute(binding.target, binding.at.scope, outline)):
            yield from _finding(binding, kind, "debug", outline)
    for site in calls:
        for keyword in site.call.keywords:
            if keyword.name in _KEYWORDS and (kind := _called(site, outline)):
                yield from _finding(Switched(site.at, keyword.range, keyword.value), kind, "debug", outline)


class Switched(NamedTuple):
    """What turns debug mode on or off."""

    at: At
    range: ex.Range
    value: ex.Expression


def _finding(place: Binding | Switched, kind: str, name: str, outline: Outline) -> Iterator[Finding]:
    role = outline.module.project.role(outline.module)
    value, at = place.value, place.at
    if value is None or role.is_test or role.is_development or role.is_documentation:
        return
    found = switch(value, outline, at.scope)
    if found is None or is_guarded(at, outline):
        return
    case = found.case or kind or ("propagate" if name == "DEBUG_PROPAGATE_EXCEPTIONS" else "")
    variable = "FLASK_DEBUG" if kind == "flask" else "DEBUG" if kind else name
    values = {"name": name, "variable": found.variable or variable}
    yield Finding((*place.range[:2], *value.range[2:]), case, values)


@check.fix
def fix(finding: Finding, source: Source, _: Project) -> Iterator[Fix]:
    place = next(p for p in _places(source.outline) if (*p.range[:2], *p.value.range[2:]) == finding.range)
    found = switch(place.value, source.outline, place.at.scope)
    if found is None or (found.case == "default" and not is_boolean(found.default)):
        return
    if found.case == "default" and isinstance(found.default, ex.Literal):
        for value in _OFF:
            if type(value) is type(found.default.value) and is_off(
                place.value, found, value, source.outline, place.at.scope
            ):
                quote = source.text(found.default.range)[-1]
                code = f"{quote}{value}{quote}" if isinstance(value, str) else str(value)
                yield Fix((source.replace(found.default.range, code),))
                return
    read = "os.environ.get"
    if isinstance(found.read, ex.Call):
        read = source.text(found.read.function.range)
    code = f'{read}("{finding.values["variable"]}", "").lower() in {{"1", "true"}}'
    yield Fix((source.replace(place.value.range, code),), imports=() if found.read else ("os",))


def _places(outline: Outline) -> Iterator[Switched]:
    for binding in outline.facts.bindings:
        if binding.value is not None:
            yield Switched(binding.at, binding.range, binding.value)
    for site in outline.facts.calls:
        for keyword in site.call.keywords:
            yield Switched(site.at, keyword.range, keyword.value)


def _is_setting(binding: Binding, outline: Outline) -> bool:
    """Whether the binding stands at the level of a Django settings module and is its last word.

    That of production too, where another module is known to be what production runs with.
    """
    module = outline.module
    if binding.at.scope != 0 or module.class_block(outline.unit) is not None:
        return False
    if not is_django_settings(module):
        return False
    if module.facts_of(binding.name)[-1][0] is not binding or is_replaced(binding, outline):
        return False
    is_given = variable(binding.value, outline, 0) is not None if binding.value is not None else False
    return is_given or not _is_overridden(binding, outline)


def _is_overridden(binding: Binding, outline: Outline) -> bool:
    """Whether settings of the installation come later: a star import, or code that runs in any case."""
    module, place = outline.module, (outline.unit.start, binding.at.order)
    if any(
        place < (other.unit.start, fact.at.order)
        for fact, other in module.facts_of("*")
        if isinstance(fact, Import)
    ):
        return not is_last_word(binding, outline)
    return any(
        isinstance(site.call.function, ex.Name)
        and site.call.function.id == "exec"
        and not is_guarded(site.at, other)
        for other in module.outlines
        for site in other.facts.calls
        if other.facts.scopes[site.at.scope].kind == "unit"
    )


def _attribute(target: ex.Expression, scope: int, outline: Outline) -> str:
    """The kind of application whose `debug` or `config["DEBUG"]` is set; "" for anything else."""
    if isinstance(target, ex.Attribute) and target.name == "debug":
        return _kind(outline.resolve(target.value, scope), outline)
    if (
        isinstance(target, ex.Subscript)
        and isinstance(target.key, ex.Literal)
        and target.key.value == "DEBUG"
    ):
        return _kind(_without_config(outline.resolve(target.value, scope)), outline)
    return ""


def _called(site: CallSite, outline: Outline) -> str:
    """The kind of application that the call makes, runs or configures; "" for anything else."""
    path = outline.callee(site)
    if path is None:
        return ""
    owner, _, method = path.rpartition(".")
    if method == "run":
        return _kind(owner, outline) or ("flask" if _is_likely_flask(owner) else "")
    if method in ("update", "from_mapping"):
        return _kind(_without_config(owner), outline)
    return _kind(path + "()", outline)


def _without_config(path: str | None) -> str | None:
    return path.removesuffix(".config") if path and path.endswith(".config") else None


def _kind(path: str | None, outline: Outline) -> str:
    """What framework's application an instance is of, through base classes of the module."""
    if path is None or not path.endswith("()"):
        return ""
    known = outline.module.class_at(path[:-2])
    for name in (path[:-2], *(known.ancestry() if known else ())):
        if name in _FLASK or name in _ASGI:
            return "flask" if name in _FLASK else "application"
    return ""


def _is_likely_flask(owner: str) -> bool:
    """Whether something imported or made elsewhere that is run with `debug=` is called an application."""
    return owner.removesuffix("()").rpartition(".")[2] in _FACTORIES and "." in owner
