"""Tests that expect the mistake to be noticed."""

from __future__ import annotations

from ...facts import expressions as ex
from ...facts.tables import At
from ...project.coroutines import last_name
from ...project.outline import Outline

_EXPECTING = frozenset(
    {"assertRaises", "assertRaisesRegex", "assertWarns", "deprecated_call", "raises", "warns"}
)


def is_expected_to_fail(at: At, outline: Outline) -> bool:
    """Whether a `with` around a place says that what stands there raises or warns."""
    contexts = [block.expression for block in outline.blocks(at) if block.kind == "with"]
    return any(isinstance(context, ex.Call) and last_name(context) in _EXPECTING for context in contexts)
