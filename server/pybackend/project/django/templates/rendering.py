"""What a template reads of rows that it is given, through what it extends and includes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from ....facts.tables import Variable
from ....findings import Place
from ..queries import Evaluator, Rows
from .contexts import Context, Given, Later
from .finding import Template, Templates

if TYPE_CHECKING:
    from ....facts.tables import Tag
    from ...module import Module

_DEEPEST = 24
"""So many tags, blocks and templates may stand inside of each other."""
_MOST = 8_000
"""So many tags are looked at for one view."""
_KEEPING = frozenset({"dictsort", "dictsortreversed", "default_if_none"})
"""Filters that give the rows that they are given."""
_LOOPED = frozenset({"queryset", "list", "page"})


class Access(NamedTuple):
    """What is read off each of the rows that a loop is over; `is_shown` where it becomes text.

    `row` is what the template calls one of them.
    """

    rows: Rows
    names: tuple[str, ...]
    is_shown: bool
    text: str
    row: str
    place: Place
    loop: Place


class Held(NamedTuple):
    """What a variable stands for: what the names lead to from the rows; `row` and `loop` if from a loop."""

    given: Given
    names: tuple[str, ...] = ()
    row: str = ""
    loop: Place | None = None


Scope = dict[str, Held | None]
"""The variables that are known, None for what is something else."""


class Rendering:
    """One view's rendering of a template. `reader` takes note of all templates that are looked at."""

    def __init__(self, templates: Templates, reader: Module) -> None:
        self.templates, self.reader = templates, reader
        self._left = _MOST
        self._found: dict[str, Template | None] = {}

    def accesses(self, name: str, context: Context) -> Iterator[Access]:
        """What the template of a name reads, in the order in which that happens."""
        template = self.template(name)
        if template is not None:
            scope: Scope = {name: Held(given) for name, given in context.items()}
            yield from self._whole(template, scope, ())

    def template(self, name: str) -> Template | None:
        if name not in self._found:
            self._found[name] = self.templates.template(name, self.reader) if name else None
        return self._found[name]

    def _whole(self, template: Template, scope: Scope, trail: tuple[str, ...]) -> Iterator[Access]:
        """A template with what it extends; of one that is not known, the blocks are taken to be there."""
        layers = [template]
        while (name := layers[-1].parent) is not None:
            parent = self.template(name)
            if not name or (parent is not None and parent.path in {layer.path for layer in layers}):
                return
            if parent is None:
                break
            layers.append(parent)
            if len(layers) > _DEEPEST:
                return
        page = _Page(self, layers, (*trail, template.path))
        yield from page.accesses(scope, is_known=layers[-1].parent is None)

    def included(self, name: str, scope: Scope, trail: tuple[str, ...]) -> Iterator[Access]:
        """What a template reads that another one includes."""
        template = self.template(name) if len(trail) < _DEEPEST else None
        if template is not None and template.path not in trail:
            yield from self._whole(template, scope, trail)

    def spend(self) -> bool:
        """Whether one more tag may be looked at."""
        self._left -= 1
        return self._left >= 0


class _Page:
    """A template that is rendered: layers from the one that is named to the one that all extend."""

    def __init__(self, rendering: Rendering, layers: list[Template], trail: tuple[str, ...]) -> None:
        self.rendering, self.layers, self.trail = rendering, layers, trail
        self.blocks: dict[str, list[tuple[Template, int]]] = {}
        """The blocks of a name, the one that is shown first."""
        for layer in layers:
            for number in layer.blocks:
                self.blocks.setdefault(layer.tags[number].names[0], []).append((layer, number))

    def accesses(self, scope: Scope, is_known: bool) -> Iterator[Access]:
        root, behind = self.layers[-1], 0
        if is_known:
            yield from self._span(root, 0, len(root.tags), dict(scope), 0)
            return
        for number in root.blocks:
            if number >= behind:
                yield from self._block(root.tags[number].names[0], 0, dict(scope), 0)
                behind = root.tags[number].end

    def _block(self, name: str, layer: int, scope: Scope, depth: int) -> Iterator[Access]:
        """A block as the nearest layer says it, or as the one below `{{ block.super }}` does."""
        said = self.blocks.get(name, [])
        if layer < len(said):
            template, number = said[layer]
            inner = {**scope, "block": None}
            yield from self._span(template, number + 1, template.tags[number].end, inner, depth + 1)
            if self._asks_for_super(template, number):
                yield from self._block(name, layer + 1, scope, depth + 1)

    @staticmethod
    def _asks_for_super(template: Template, number: int) -> bool:
        inner = template.tags[number + 1 : template.tags[number].end]
        return any(value.names == ("block", "super") for tag in inner for value in tag.values)

    def _span(self, template: Template, number: int, end: int, scope: Scope, depth: int) -> Iterator[Access]:
        """The tags from one number to another, in a scope that those that set something change."""
        while number < end and depth < _DEEPEST and self.rendering.spend():
            tag = template.tags[number]
            yield from self._tag(template, number, tag, scope, depth)
            number = tag.end

    def _tag(self, template: Template, number: int, tag: Tag, scope: Scope, depth: int) -> Iterator[Access]:
        inside = number + 1, tag.end
        if tag.kind in ("read", "print"):
            yield from self._read(template, tag.values[0], scope, tag.kind == "print")
        elif tag.kind == "for":
            yield from self._read(template, tag.values[0], scope, False)
            yield from self._span(template, *inside, scope | self._looped(template, tag, scope), depth + 1)
        elif tag.kind == "with":
            yield from self._bindings(template, tag, scope)
            yield from self._span(template, *inside, scope | self._bound(tag.names, tag, scope), depth + 1)
        elif tag.kind in ("include", "include-only"):
            yield from self._bindings(template, tag, scope)
            bound = self._bound(tag.names[1:], tag, scope)
            given = bound if tag.kind == "include-only" else scope | bound
            yield from self.rendering.included(tag.names[0], given, self.trail)
        elif tag.kind == "block":
            yield from self._block(tag.names[0], 0, scope, depth)
        elif tag.kind == "if":
            once = {name: held._replace(loop=None) if held else None for name, held in scope.items()}
            yield from self._span(template, *inside, once, depth + 1)
        elif tag.kind == "regroup":
            yield from self._regrouped(template, tag, scope)
        elif tag.kind == "set":
            scope[tag.names[0]] = None

    def _read(self, template: Template, value: Variable, scope: Scope, is_shown: bool) -> Iterator[Access]:
        held = scope.get(value.names[0]) if value.names else None
        if held is None or held.loop is None or isinstance(held.given, Later):
            return
        names = (*held.names, *value.names[1:])
        place = Place(template.path, template.unit, value.range)
        text = ".".join(value.names)
        is_shown = is_shown and not value.filters
        if names or is_shown:
            yield Access(held.given, names, is_shown, text, held.row, place, held.loop)

    def _bindings(self, template: Template, tag: Tag, scope: Scope) -> Iterator[Access]:
        """What giving values a name reads: a query of several rows waits until they are read."""
        for value in tag.values:
            if value.names[-1:] != ("all",) or value.filters:
                yield from self._read(template, value, scope, False)

    def _bound(self, names: tuple[str, ...], tag: Tag, scope: Scope) -> Scope:
        return {name: self._held(value, scope) for name, value in zip(names, tag.values, strict=True)}

    @staticmethod
    def _held(value: Variable, scope: Scope) -> Held | None:
        """What an expression stands for."""
        held = scope.get(value.names[0]) if value.names else None
        if held is None or not _KEEPING.issuperset(value.filters):
            return None
        return held._replace(names=(*held.names, *value.names[1:]))

    def _rows(self, value: Variable, scope: Scope) -> Rows | None:
        """One of the rows that an expression gives."""
        held = self._held(value, scope)
        if held is None:
            return None
        found = held.given.rows if isinstance(held.given, Later) else held.given
        rows = reached(found, held.names) if found is not None else None
        if rows is None or rows.kind not in _LOOPED:
            return None
        return rows._replace(kind="instance", methods=(), manager=None, is_single=False)

    def _looped(self, template: Template, tag: Tag, scope: Scope) -> Scope:
        """What the variables of a loop stand for in it."""
        bound: Scope = dict.fromkeys((*tag.names, "forloop"))
        row = self._rows(tag.values[0], scope) if len(tag.names) == 1 else None
        if row is not None:
            name, place = tag.names[0], Place(template.path, template.unit, tag.range)
            bound[name] = Held(row, row=name, loop=place)
        return bound

    def _regrouped(self, template: Template, tag: Tag, scope: Scope) -> Iterator[Access]:
        row, by = self._rows(tag.values[0], scope), tag.values[1]
        if row is not None and by.names:
            place = Place(template.path, template.unit, by.range)
            loop = Place(template.path, template.unit, tag.range)
            name = ".".join(tag.values[0].names)
            yield Access(row, by.names, False, ".".join(by.names), name, place, loop)
        scope[tag.names[0]] = None


def reached(rows: Rows, names: tuple[str, ...]) -> Rows | None:
    """What names lead to from rows, where a template reads and calls them; None where that is not known."""
    found: Rows | None = rows
    for name in names:
        if found is None:
            return None
        if found.kind == "instance":
            found = Evaluator.related(found, name)
        elif name == "all" and found.kind in ("manager", "queryset"):
            found = found._replace(kind="queryset", manager=None)
        elif name != "object_list" or found.kind not in ("list", "page"):
            return None
    return found
