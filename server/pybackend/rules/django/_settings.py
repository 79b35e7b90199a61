"""Bindings of settings that production may run with."""

from __future__ import annotations

from collections.abc import Iterator

from ...facts import expressions as ex
from ...facts.tables import Binding
from ...project.django.production import is_last_word
from ...project.django.settings import is_django_settings
from ...project.outline import Outline

_CONDITIONAL = frozenset({"if", "elif", "else", "case", "handler", "while"})

_TEMPLATE = "project_name/"
"""What `startproject` fills in."""


def settings(
    names: frozenset[str], bindings: tuple[Binding, ...], outline: Outline
) -> Iterator[tuple[Binding, ex.Expression]]:
    """What a file for production sets of some settings, unconditionally and for good."""
    for binding in bindings:
        if binding.name not in names or binding.value is None or binding.kind not in ("assign", "annotated"):
            continue
        module = outline.module
        role = module.project.role(module)
        if role.is_test or role.is_development or role.is_documentation or _TEMPLATE in module.path:
            continue
        is_top = binding.at.scope == 0 and module.class_block(outline.unit) is None
        if not is_top or not is_django_settings(module) or is_guarded(binding, outline):
            continue
        if is_last_word(binding, outline):
            yield binding, binding.value


def is_guarded(binding: Binding, outline: Outline) -> bool:
    """Whether a condition decides whether the binding holds."""
    return any(kind in _CONDITIONAL for kind, _ in outline.clauses(binding.at))


def is_true(expression: ex.Expression | None) -> bool:
    return isinstance(expression, ex.Literal) and expression.value is True
