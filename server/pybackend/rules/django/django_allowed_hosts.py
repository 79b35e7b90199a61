"""Hosts of Django's that are not checked in production."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ...facts import expressions as ex
from ...findings import Finding
from ...project.django.production import in_effect
from ...project.django.settings import Settings
from ...project.outline import Outline
from ...project.variables import variable
from ..registry import Bindings, rule
from ._settings import is_true, settings

_NAMES = frozenset({"ALLOWED_HOSTS"})
_OWN_CHECK = re.compile(r"domain|tenant|hosts?(\b|_|middleware)", re.IGNORECASE)


@rule
def check(bindings: Bindings, outline: Outline) -> Iterator[Finding]:
    for binding, value in settings(_NAMES, bindings, outline):
        star, name = _star(value, outline, binding.at.scope)
        if star is None:
            continue
        all_settings = in_effect(outline.module)
        if is_true(all_settings.value("DEBUG")) or _checks_itself(all_settings):
            continue
        yield Finding(star.range, "default" if name else "", {"variable": name})


def _star(value: ex.Expression, outline: Outline, scope: int) -> tuple[ex.Expression | None, str]:
    """The `"*"` in a list of hosts, and the variable that it is the default of."""
    if isinstance(value, ex.Display) and any(map(_is_star, value.elements)):
        return next(filter(_is_star, value.elements)), ""
    for part in ex.walk(value):
        found = variable(part, outline, scope)
        if found is not None and found.default is not None and found.name:
            default = found.default
            elements = default.elements if isinstance(default, ex.Display) else (default,)
            return next((element for element in elements if _is_star(element)), None), found.name
    return None, ""


def _is_star(expression: ex.Expression) -> bool:
    return isinstance(expression, ex.Literal) and expression.value == "*"


def _checks_itself(found: Settings) -> bool:
    """Whether the project looks like one that tells hosts apart by a middleware or an app of its own."""
    return any(
        isinstance(part, ex.Literal) and isinstance(part.value, str) and _OWN_CHECK.search(part.value)
        for name in ("MIDDLEWARE", "INSTALLED_APPS")
        for value in found.setting(name).values
        for part in ex.walk(value.expression)
    )
