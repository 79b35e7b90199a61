"""What a queryset loads along with its rows, as its methods say."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple, TypeAlias

from ...facts import expressions as ex

Path: TypeAlias = tuple[str, ...]

PRESERVING = frozenset(
    {"all", "filter", "exclude", "order_by", "distinct", "reverse", "using", "annotate", "alias", "iterator"}
    | {"select_for_update", "complex_filter", "select_related", "prefetch_related", "only", "defer"}
    | {"fetch_mode"}
)
"""Methods of a queryset that give instances of the same model."""
ONE = frozenset({"get", "first", "last", "latest", "earliest"})
"""Those that give one of its instances."""


class Kept(NamedTuple):
    """Rows of a relation that `Prefetch(..., to_attr=...)` puts into a list, by the paths of both."""

    attribute: Path
    relation: Path
    loaded: Loaded


class Loaded(NamedTuple):
    """Relations by path from the rows: joined, prefetched, known anyway; below `opaque` ones all may be.

    `shown` are the columns that `only()` names (None: all), `hidden` those that `defer()` does; `calls` the
    methods that led here, `named` what `annotate()` puts in the place of methods and properties. With
    `is_peers` a missing instance is fetched for all rows at once. With `is_chosen` a method of the project's
    chose the rows, which may be those where a relation is empty. `lists` are what `to_attr` makes.
    """

    selected: frozenset[Path] = frozenset()
    prefetched: frozenset[Path] = frozenset()
    known: frozenset[Path] = frozenset()
    opaque: frozenset[Path] = frozenset()
    shown: frozenset[str] | None = None
    hidden: frozenset[str] = frozenset()
    is_peers: bool = False
    calls: frozenset[str] = frozenset()
    named: frozenset[str] = frozenset()
    is_chosen: bool = False
    lists: frozenset[Kept] = frozenset()

    def covers(self, path: Path) -> bool:
        """Whether the relation at the end of a path is loaded; `author__publisher` loads `author` too."""
        size = len(path)
        return any(
            found[:size] == path for paths in (self.selected, self.prefetched, self.known) for found in paths
        ) or any(path[: len(found)] == found for found in self.opaque)

    def with_path(self, path: Path) -> Loaded:
        """The same with one more relation that is known."""
        return self._replace(known=self.known | {path})

    def with_parent(self, path: Path) -> Loaded:
        """The same with the one instance that the rows belong to: it loads what is asked of it once."""
        return self.with_path(path)._replace(opaque=self.opaque | {path})

    def union(self, other: Loaded) -> Loaded:
        """What either loads."""
        return Loaded(
            self.selected | other.selected,
            self.prefetched | other.prefetched,
            self.known | other.known,
            self.opaque | other.opaque,
            self.shown if self.shown == other.shown else None,
            self.hidden & other.hidden,
            self.is_peers or other.is_peers,
            self.calls | other.calls,
            self.named | other.named,
            self.is_chosen or other.is_chosen,
            self.lists & other.lists,
        )

    def below(self, path: Path, inner: Loaded) -> Loaded:
        """The same with what a nested queryset loads for the rows at the end of a path."""
        moved = [frozenset({(*path, *found) for found in paths}) for paths in inner[:4]]
        return self._replace(
            prefetched=self.prefetched | moved[0] | moved[1] | {path},
            known=self.known | moved[2],
            opaque=self.opaque | moved[3],
        )


Nested: TypeAlias = Callable[[ex.Expression], Loaded | None]


def follow(loaded: Loaded, method: str, call: ex.Call, nested: Nested) -> Loaded | None:
    """What is loaded after a method of a queryset; None where its arguments do not tell."""
    loaded = loaded._replace(calls=loaded.calls | {method})
    if method == "select_related":
        return _select(loaded, call)
    if method == "prefetch_related":
        return _prefetch(loaded, call, nested)
    if method in ("only", "defer"):
        return _columns(loaded, method, call)
    if method == "fetch_mode":
        mode = ex.dotted(call.arguments[0]) if len(call.arguments) == 1 else None
        if mode is None or not mode.endswith(("FETCH_PEERS", "FETCH_ONE")):
            return None
        return loaded._replace(is_peers=mode.endswith("FETCH_PEERS"))
    if method == "annotate":
        return loaded._replace(named=loaded.named | {keyword.name or "" for keyword in call.keywords})
    if method == "filter":
        return loaded._replace(known=loaded.known | frozenset(_nulls(call)))
    return loaded


def _nulls(call: ex.Call) -> Iterator[Path]:
    """The relations that a filter wants to be NULL: reading them costs nothing."""
    for keyword in call.keywords:
        name, value = keyword.name or "", keyword.value
        if isinstance(value, ex.Literal):
            if value.value is None:
                yield tuple(name.split("__"))
            elif value.value is True and name.endswith("__isnull"):
                yield tuple(name.removesuffix("__isnull").split("__"))


def _select(loaded: Loaded, call: ex.Call) -> Loaded | None:
    if not call.arguments and not call.keywords:
        return loaded._replace(opaque=loaded.opaque | {()})
    if is_none(call):
        return loaded._replace(selected=frozenset())
    names = texts(call)
    if names is None:
        return None
    return loaded._replace(selected=loaded.selected | {tuple(name.split("__")) for name in names})


def _prefetch(loaded: Loaded, call: ex.Call, nested: Nested) -> Loaded | None:
    if is_none(call):
        return loaded._replace(prefetched=frozenset())
    for argument in call.arguments:
        if isinstance(argument, ex.Call):
            name = (ex.dotted(argument.function) or "").rpartition(".")[2]
            changed = _prefetch_object(loaded, argument, nested) if name == "Prefetch" else None
            if changed is None:
                return None
            loaded = changed
        elif isinstance(argument, ex.Literal) and isinstance(argument.value, str):
            path = tuple(argument.value.split("__"))
            loaded = loaded._replace(prefetched=loaded.prefetched | {path})
        else:
            return None
    return loaded if not call.keywords else None


def _prefetch_object(loaded: Loaded, call: ex.Call, nested: Nested) -> Loaded | None:
    """`Prefetch("books", queryset=..., to_attr=...)`."""
    lookup, queryset = call.argument(0, "lookup"), call.argument(1, "queryset")
    if not isinstance(lookup, ex.Literal) or not isinstance(lookup.value, str):
        return None
    path = tuple(lookup.value.split("__"))
    attribute = call.argument(2, "to_attr")
    if attribute is not None:
        return _list(loaded, path, ex.text_of(attribute), Loaded() if queryset is None else nested(queryset))
    if queryset is None:
        return loaded._replace(prefetched=loaded.prefetched | {path})
    inner = nested(queryset)
    return loaded.below(path, inner) if inner is not None else loaded._replace(opaque=loaded.opaque | {path})


def _list(loaded: Loaded, path: Path, attribute: str | None, inner: Loaded | None) -> Loaded:
    if len(path) > 1:
        loaded = loaded._replace(prefetched=loaded.prefetched | {path[:-1]})
    if attribute is None or inner is None:
        return loaded
    return loaded._replace(lists=loaded.lists | {Kept((*path[:-1], attribute), path, inner)})


def _columns(loaded: Loaded, method: str, call: ex.Call) -> Loaded | None:
    if method == "defer" and is_none(call):
        return loaded._replace(hidden=frozenset())
    names = texts(call)
    if names is None:
        return None
    if method == "only":
        columns = frozenset(name.partition("__")[0] for name in names)
        return loaded._replace(shown=columns, hidden=frozenset())
    return loaded._replace(hidden=loaded.hidden | set(names))


def is_none(call: ex.Call) -> bool:
    """Whether a method is called with None alone, which takes back what was asked for."""
    return (
        len(call.arguments) == 1
        and isinstance(call.arguments[0], ex.Literal)
        and call.arguments[0].value is None
    )


def texts(call: ex.Call) -> list[str] | None:
    """The arguments of a call where all are text, by position."""
    values = [a.value for a in call.arguments if isinstance(a, ex.Literal) and isinstance(a.value, str)]
    return values if len(values) == len(call.arguments) and not call.keywords else None


def is_one(key: ex.Slice) -> bool:
    """Whether a slice takes one item at most."""
    bounds = [
        part.value if isinstance(part, ex.Literal) else 0 if part is None else None
        for part in (key.lower, key.upper)
    ]
    return isinstance(bounds[0], int) and isinstance(bounds[1], int) and 0 <= bounds[1] - bounds[0] <= 1
