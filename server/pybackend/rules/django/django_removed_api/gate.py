"""Which removals concern a project, and where code minds the version itself."""

from __future__ import annotations

import re

from ....facts import expressions as ex
from ....facts.tables import At
from ....project.outline import Outline
from ....project.project import Project
from .table import OLDEST_SUPPORTED

_WARNED = (5, 1)
"""The release that removed what the oldest supported one deprecates."""
_VERSIONED = re.compile(r"version|compat|django_?\d|_?is_old", re.IGNORECASE)


def is_gone(since: str, project: Project) -> bool:
    """Whether the project's Django lacks what was removed then.

    Where that is not known, it is what no supported release has.
    """
    known = project.environment.at_least("django", since)
    if known is None:
        return tuple(int(part) for part in since.split(".")) <= OLDEST_SUPPORTED
    return known


def is_going(since: str, project: Project) -> bool:
    """Whether nobody knows if the project's Django has it, and every supported one at least warns of it.

    What is removed was deprecated two feature releases before.
    """
    release = tuple(int(part) for part in since.split("."))
    return project.environment.at_least("django", since) is None and OLDEST_SUPPORTED < release <= _WARNED


def is_guarded(at: At, outline: Outline) -> bool:
    """Whether a handler, or a condition on the version, stands between a fact and the file's own level."""
    return any(
        kind in ("try", "handler", "try-else") or (kind in ("if", "else") and (test is None or _asks(test)))
        for kind, test in outline.clauses(at)
    )


def _asks(test: ex.Expression) -> bool:
    return any(
        (isinstance(part, ex.Name) and _VERSIONED.search(part.id) is not None)
        or (isinstance(part, ex.Attribute) and _VERSIONED.search(part.name) is not None)
        or (isinstance(part, ex.Call) and (ex.dotted(part.function) or "").endswith("hasattr"))
        for part in ex.walk(test)
    )
