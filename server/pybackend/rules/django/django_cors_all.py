"""All origins that may read the answers of a Django site."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ...facts import expressions as ex
from ...findings import Finding
from ...project.django.production import in_effect
from ...project.outline import Outline
from ...project.variables import variable
from ..registry import Bindings, rule
from ._settings import is_true, settings

_SWITCHES = frozenset({"CORS_ALLOW_ALL_ORIGINS", "CORS_ORIGIN_ALLOW_ALL"})
_PATTERNS = frozenset({"CORS_ALLOWED_ORIGIN_REGEXES", "CORS_ORIGIN_REGEX_WHITELIST"})
_ANYTHING = re.compile(r"\^?(https\?|https?|\(https?\|https?\)|\.[*+])?(://)?\(?\.[*+]\)?\$?|")


@rule
def check(bindings: Bindings, outline: Outline) -> Iterator[Finding]:
    for binding, value in settings(_SWITCHES | _PATTERNS, bindings, outline):
        found = variable(value, outline, binding.at.scope)
        given = found.default if found is not None else value
        place = given if binding.name in _SWITCHES and is_true(given) else None
        if binding.name in _PATTERNS and isinstance(given, ex.Display):
            place = next((element for element in given.elements if _matches_all(element)), None)
        if place is None:
            continue
        others = in_effect(outline.module)
        has_credentials = is_true(others.value("CORS_ALLOW_CREDENTIALS"))
        is_chosen = not has_credentials and others.value("CORS_URLS_REGEX") is not None
        if is_chosen or is_true(others.value("DEBUG")):
            continue
        case = "credentials" if has_credentials else ""
        yield Finding((*binding.range[:2], *place.range[2:]), case, {"name": binding.name})


def _matches_all(expression: ex.Expression) -> bool:
    """Whether a pattern stands for any origin."""
    if isinstance(expression, ex.Call) and expression.arguments:
        expression = expression.arguments[0]
    text = expression.value if isinstance(expression, ex.Literal) else None
    return isinstance(text, str) and _ANYTHING.fullmatch(text) is not None
