"""A viewset that a router cannot name: it has no `queryset` to take the name from."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ...facts import expressions as ex
from ...findings import Finding, Place, Related
from ...fixes.fix import Fix
from ...fixes.source import Source
from ...project.django.rest import VIEWSETS, class_of, lineage
from ...project.outline import Outline
from ...project.project import Project
from ..registry import Calls, rule_about

_ROUTERS = frozenset(
    f"rest_framework.routers.{name}().register" for name in ("DefaultRouter", "SimpleRouter")
)


@rule_about(("register",))
def check(calls: Calls, outline: Outline) -> Iterator[Finding]:
    for site in calls:
        function, call = site.call.function, site.call
        if not isinstance(function, ex.Attribute) or function.name != "register":
            continue
        viewset, prefix = call.argument(1, "viewset"), call.argument(0, "prefix")
        if viewset is None or _is_named(call):
            continue
        if outline.callee(site) not in _ROUTERS:
            continue
        view = class_of(viewset, outline, site.at.scope)
        found = lineage(view) if view is not None else None
        if view is None or found is None or not found.is_known or found.library.isdisjoint(VIEWSETS):
            continue
        if found.defines("queryset", "get_extra_actions", "as_view") or view.definition.decorators:
            continue
        text = prefix.value if isinstance(prefix, ex.Literal) and isinstance(prefix.value, str) else ""
        place = Place(view.module.path, view.outline.unit, view.definition.name_range)
        related = (Related("view", place.range, {"view": view.name}, place),)
        data = {"name": _basename(text), "after": ",".join(map(str, _last(call)))}
        yield Finding(viewset.range, values={"view": view.name}, related=related, data=data)


@check.fix
def fix(finding: Finding, source: Source, _: Project) -> Iterator[Fix]:
    name = finding.data["name"]
    line, column = (int(number) for number in finding.data["after"].split(","))
    if name:
        yield Fix((source.insert(line, column, f', basename="{name}"'),), values={"name": name})


def _is_named(call: ex.Call) -> bool:
    """Whether a name is given, or `*` or `**` may give one; it was called `base_name` before 3.9."""
    is_starred = any(isinstance(argument, ex.Starred) for argument in call.arguments)
    names = {keyword.name for keyword in call.keywords}
    return is_starred or len(call.arguments) > 2 or not names.isdisjoint({"basename", "base_name", None})


def _basename(prefix: str) -> str:
    """The name that a prefix suggests: `books` for `shop/books`."""
    name = prefix.strip("^$/").rpartition("/")[2]
    return name if re.fullmatch(r"[A-Za-z][\w-]*", name) else ""


def _last(call: ex.Call) -> tuple[int, int]:
    """Where the last argument ends."""
    ends = [argument.range[2:] for argument in call.arguments]
    ends += [keyword.range[2:] for keyword in call.keywords]
    return max(ends)
