"""Methods, arguments and settings that are gone."""

from __future__ import annotations

from collections.abc import Iterator

from ....facts import expressions as ex
from ....facts.tables import CallSite, Parameter
from ....findings import Finding
from ....fixes.fix import Fix
from ....fixes.source import Source
from ....project.django.settings import is_django_settings
from ....project.outline import Outline
from ....project.project import Project
from .._fields import call_around, without
from .gate import is_going, is_gone, is_guarded
from .table import ASSERTIONS, DROPPED, SETTINGS, STORAGES

_AJAX = 'headers.get("x-requested-with") == "XMLHttpRequest"'
_LOOSE = frozenset({"And", "Or"})


def find(outline: Outline, project: Project) -> Iterator[Finding]:
    for site in outline.facts.calls:
        found = _call(site, outline, project)
        if found is not None and not is_guarded(site.at, outline):
            yield found
    if any(binding.name in SETTINGS for binding in outline.facts.bindings):
        yield from _settings(outline, project)


def _call(site: CallSite, outline: Outline, project: Project) -> Finding | None:
    function = site.call.function
    name = function.name if isinstance(function, ex.Attribute) else ""
    if name == "is_ajax" and isinstance(function, ex.Attribute) and not site.call.arguments:
        if _is_request(function.value, site, outline) and is_gone("4.0", project):
            return Finding(site.call.range, "ajax", data={"kind": "ajax"})
    elif name in ASSERTIONS and isinstance(function, ex.Attribute):
        return _renamed(name, function, site, outline, project)
    elif name == "make_random_password":
        path = (outline.callee(site) or "").removesuffix(".make_random_password")
        if path.endswith(".objects") and _is_user(path.removesuffix(".objects"), outline):
            return Finding(site.call.range, "password") if is_gone("5.1", project) else None
    return _argument(site, outline, project)


def _renamed(
    name: str, function: ex.Attribute, site: CallSite, outline: Outline, project: Project
) -> Finding | None:
    """An assertion by the name that it had."""
    row = ASSERTIONS[name]
    values, data = {"old": name, "new": row.new, "since": row.since}, {"kind": "method", "new": row.new}
    is_sure, may_be = is_gone(row.since, project), is_going(row.since, project)
    if not (is_sure or may_be) or not _is_test_case(function.value, site, outline):
        return None
    if is_sure:
        return Finding(function.name_range, "method", values, data=data)
    return Finding(function.name_range, "going", {**values, "new": f"`{row.new}`"}, data=data)


def _argument(site: CallSite, outline: Outline, project: Project) -> Finding | None:
    for keyword in site.call.keywords:
        if keyword.name == "providing_args":
            if outline.callee(site) in ("django.dispatch.Signal", "django.dispatch.dispatcher.Signal"):
                gone = is_gone("4.0", project)
                return Finding(keyword.range, "signal", data={"kind": "argument"}) if gone else None
        elif keyword.name == "is_dst":
            path = outline.callee(site) or ""
            if path.startswith("django.utils.timezone.make_") and is_gone("5.0", project):
                return Finding(keyword.range, "dst", data={"kind": "argument"})
    return None


def _settings(outline: Outline, project: Project) -> Iterator[Finding]:
    module, role = outline.module, project.role(outline.module)
    if not is_django_settings(module):
        return
    for binding in outline.facts.bindings:
        row = SETTINGS.get(binding.name)
        if row is None or binding.at.scope:
            continue
        is_sure = is_gone(row.since, project)
        if not is_sure and (binding.name in DROPPED or not is_going(row.since, project)):
            continue
        if is_guarded(binding.at, outline) or (binding.name in STORAGES and module.binds("STORAGES")):
            continue
        values = {"old": binding.name, "new": row.new, "since": row.since}
        if binding.name not in DROPPED:
            yield Finding(binding.range, "setting" if is_sure else "going", values)
        elif not role.is_test:
            yield Finding(binding.range, "needless", values, data={"kind": "setting"})


def fix(finding: Finding, source: Source) -> Iterator[Fix]:
    kind = finding.data.get("kind")
    if kind == "method":
        yield Fix((source.replace(finding.range, finding.data["new"]),), "", {"new": finding.data["new"]})
    elif kind == "argument":
        call = call_around(finding.range, source)
        keyword = next(k for k in call.keywords if k.range == finding.range)
        edit = without(keyword.range, call, source)
        if edit is not None:
            yield Fix((edit,), "argument", {"name": keyword.name or ""})
    elif kind == "setting":
        statement = source.statement(finding.range)
        line, column, end, end_column = statement.range
        if column == 0 and source.line(end)[end_column:].strip() == "" and not source.outline.unit.parent:
            yield Fix((source.replace((line, 0, end + 1, 0), ""),), "setting", finding.values)
    elif kind == "ajax":
        yield from _ajax(finding, source)


def _ajax(finding: Finding, source: Source) -> Iterator[Fix]:
    call = call_around(finding.range, source)
    assert isinstance(call.function, ex.Attribute)
    code = f"{source.text(call.function.value.range)}.{_AJAX}"
    if not _is_loose(finding.range, source):
        code = f"({code})"
    yield Fix((source.replace(finding.range, code),), "ajax")


def _is_loose(place: ex.Range, source: Source) -> bool:
    """Whether a comparison may stand there without parentheses."""
    whole = source.statement(place).expression
    for part in ex.walk(whole) if whole is not None else ():
        if any(inner.range == place for inner in ex.children(part)):
            is_logical = isinstance(part, ex.Logical) and part.operator in _LOOSE
            return (
                is_logical
                or (isinstance(part, ex.Unary) and part.operator == "Not")
                or isinstance(part, ex.Call)
            )
    return True


def _is_request(value: ex.Expression, site: CallSite, outline: Outline) -> bool:
    """Whether it is surely a request of Django's: a view's first parameter, or `self.request` in a view."""
    if "django" not in outline.module.packages and "rest_framework" not in outline.module.packages:
        return False
    path = outline.resolve(value, site.at.scope)
    if path is not None and path.startswith("django.http."):
        return True
    if isinstance(value, ex.Name) and value.id == "request":
        found = outline.lookup("request", site.at.scope) or []
        return len(found) == 1 and isinstance(found[0].fact, Parameter) and found[0].fact.annotation is None
    if ex.dotted(value) != "self.request":
        return False
    around = outline.enclosing_class(site.at.scope)
    return around is not None and any(base.startswith("django.views.") for base in around.ancestry())


def _is_test_case(value: ex.Expression, site: CallSite, outline: Outline) -> bool:
    if ex.dotted(value) != "self":
        return False
    around = outline.enclosing_class(site.at.scope)
    if around is None:
        return False
    bases = list(around.ancestry())
    known = [around, *(view for base in bases if (view := outline.module.class_at(base)) is not None)]
    is_own = any(name in view.methods for view in known for name in ASSERTIONS)
    return not is_own and any(base.startswith(("django.test.", "rest_framework.test.")) for base in bases)


def _is_user(path: str, outline: Outline) -> bool:
    if path in ("django.contrib.auth.get_user_model()", "django.contrib.auth.models.User"):
        return True
    view = outline.module.class_at(path)
    return view is not None and any(base.startswith("django.contrib.auth.") for base in view.ancestry())
