"""Whether rows may be given more than their query loads before they are read."""

from __future__ import annotations

from ...facts import expressions as ex
from ..givings import WRAPPERS
from ..outline import Outline
from .lookups import Path
from .rows import Rows

_READERS = frozenset(f"builtins.{name}" for name in (*WRAPPERS, "len", "bool", "enumerate", "print", "any"))
_WORD = "prefetch_related_objects"
_PREFETCHING = frozenset({f"django.db.models.{_WORD}", f"django.db.models.query.{_WORD}"})
_TAKING = frozenset({"Paginator", "paginate_queryset", "dict", "update", "get_context_data"})
"""What takes rows and leaves them as they are."""


def escapes(name: str, scope: int, order: int, outline: Outline) -> bool:
    """Whether a name or dotted path is handed to a call that may load more, before a place in the text."""
    for site in outline.facts.calls:
        if site.at.scope != scope or site.at.order >= order:
            continue
        values = (*site.call.arguments, *(keyword.value for keyword in site.call.keywords))
        if not any(ex.dotted(value) == name for value in values):
            continue
        if (ex.written(site.call.function) or "").rpartition(".")[2] in _TAKING:
            continue
        path = outline.callee(site)
        if path not in _READERS and not (path in _PREFETCHING and _paths(site.call) is not None):
            return True
    return False


def completed(rows: Rows | None, name: str, scope: int, order: int, outline: Outline) -> Rows | None:
    """The rows of a variable with what `prefetch_related_objects(books, "author")` loads before a place."""
    if rows is None or rows.loaded is None or _WORD not in outline.facts.names | outline.facts.attributes:
        return rows
    found: set[Path] = set()
    for site in outline.facts.calls:
        if site.at.scope != scope or site.at.order >= order or not site.call.arguments:
            continue
        first = site.call.arguments[0]
        if isinstance(first, ex.Name) and first.id == name and outline.callee(site) in _PREFETCHING:
            found |= {(*rows.prefix, *path) for path in _paths(site.call) or ()}
    return rows._replace(loaded=rows.loaded._replace(prefetched=rows.loaded.prefetched | found))


def _paths(call: ex.Call) -> list[Path] | None:
    """The paths that are prefetched where all are written out."""
    names = [ex.text_of(argument) for argument in call.arguments[1:]]
    known = [tuple(name.split("__")) for name in names if name is not None]
    return known if len(known) == len(names) and not call.keywords else None
