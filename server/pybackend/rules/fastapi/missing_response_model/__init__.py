"""FastAPI routes that say nothing of what they return."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ....facts import expressions as ex
from ....facts.tables import Function
from ....findings import Finding
from ....fixes.fix import Fix
from ....fixes.signature import annotate_return
from ....fixes.source import Source
from ....project.fastapi import Route, routes
from ....project.outline import Outline
from ....project.project import Project
from ...registry import Functions, rule
from .annotation import annotation_of
from .returned import DATA, Returned
from .secret import secret_field

_BODILESS = re.compile(r"(^|_)(1\d\d|204|205|304)(_|$)|^(NO_CONTENT|RESET_CONTENT|NOT_MODIFIED)$")
_JSON_RESPONSES = frozenset({"JSONResponse", "ORJSONResponse", "UJSONResponse"})
_RENDERING = re.compile(r"template|render|page|html|jinja|htmx|^hx|redirect|response", re.IGNORECASE)


@rule
def check(functions: Functions, outline: Outline, project: Project) -> Iterator[Finding]:
    for function in functions:
        if not function.decorators or function.returns is not None or function.is_generator:
            continue
        route = next((r for r in routes(function, outline) if _is_unmodelled(r, function, outline)), None)
        if route is None or project.role(outline.module).is_test:
            continue
        if any(_renders(decorator) for decorator in function.decorators):
            continue
        returned = Returned(function, outline)
        if DATA not in returned.kinds:
            continue
        values = {"function": function.name}
        secret = secret_field(function, outline)
        if secret is not None:
            values |= {"model": secret.model, "field": secret.field}
        yield Finding(route.decorator.range, "secret" if secret else "", values)


@check.fix
def fix(finding: Finding, source: Source, _: Project) -> Iterator[Fix]:
    function = next(
        f for f in source.outline.facts.functions if any(d.range == finding.range for d in f.decorators)
    )
    annotation = annotation_of(function, source) if finding.case == "" else None
    if annotation is not None:
        yield Fix((annotate_return(source, function, annotation),), values={"annotation": annotation})


def _is_unmodelled(route: Route, function: Function, outline: Outline) -> bool:
    """Whether FastAPI would take this route's model from the return annotation alone, and needs one."""
    if route.is_open or route.decorator.keyword("response_model") is not None:
        return False
    shown = route.keyword("include_in_schema")
    if shown is not None and not (isinstance(shown, ex.Literal) and shown.value is True):
        return False
    status = route.decorator.keyword("status_code")
    if status is not None and _BODILESS.search(_text(status)):
        return False
    response = route.decorator.keyword("response_class")
    if response is None and route.made is not None:
        response = route.made.keyword("default_response_class")
    if response is None:
        return True
    path = outline.resolve(response, function.at.scope) or ""
    return path.startswith(("fastapi.", "starlette.")) and path.rpartition(".")[2] in _JSON_RESPONSES


def _text(status: ex.Expression) -> str:
    if isinstance(status, ex.Literal):
        return str(status.value)
    return (ex.dotted(status) or "").rpartition(".")[2]


def _renders(decorator: ex.Expression) -> bool:
    """Whether a decorator's name says that it makes a response of what the function returns."""
    names = (ex.dotted(decorator.function if isinstance(decorator, ex.Call) else decorator) or "").split(".")
    return bool(_RENDERING.search(names[-1]))
