"""Where a Django project keeps its templates: beside its apps, and where its settings say so."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from typing import TYPE_CHECKING

from ....facts import expressions as ex
from ..production import settings_of

if TYPE_CHECKING:
    from ...module import Module
    from ...outline import Outline
    from ...project import Project
    from ..settings import Settings

_SAME = frozenset({"resolve", "absolute", "abspath", "realpath", "normpath", "str", "Path", "fspath"})
"""Functions and methods that give a path as it was."""
_DEEPEST = 12
_MOST = 400
"""No more apps than this are looked at."""


class Directories:
    """The directories of templates by those who ask, found once while no file says otherwise."""

    def __init__(self, project: Project) -> None:
        self.project = project
        self._generation = -1
        self._known: dict[str, tuple[tuple[str, ...], frozenset[str]]] = {}

    def around(self, reader: Module) -> tuple[str, ...]:
        """Where the templates may be that a file names."""
        modules = self.project.modules
        if self._generation != modules.generation:
            self._generation = modules.generation
            self._known.clear()
        key = reader.path.rpartition("/")[0]
        known = self._known.get(key)
        if known is None:
            with modules.reading(reader) as consulted:
                found = dict.fromkeys(self._looked_for(reader))
                known = tuple(filter(modules.places.directory, found)), frozenset(consulted)
            if not modules.wanted and self._generation == modules.generation:
                self._known[key] = known
        modules.note(known[1], reader)
        return known[0]

    def _looked_for(self, reader: Module) -> Iterator[str]:
        settings = settings_of(self.project, reader)
        yield from _named(settings) if settings is not None else ()
        above = reader.path
        while above:
            above = above.rpartition("/")[0]
            yield _join(above, "templates")
        places = self.project.modules.places
        base = places.base(reader.path)
        for path in self.project.models.listed()[:_MOST]:
            home = path.rpartition("/")[0]
            home = home.rpartition("/")[0] if home.endswith("models") else home
            if places.base(path) == base:
                yield _join(home, "templates")
        for name in _apps(settings) if settings is not None else ():
            for head in (name, *_above(name)):
                file = places.module(head, base)
                if file is not None and file.endswith("/__init__.py"):
                    yield _join(file.rpartition("/")[0], "templates")
                    break


def _apps(settings: Settings) -> Iterator[str]:
    """The apps that settings are known to name."""
    for value in settings.setting("INSTALLED_APPS").values:
        for part in ex.walk(value.expression):
            text = ex.text_of(part)
            if text is not None and all(map(str.isidentifier, text.split("."))):
                yield text


def _above(name: str) -> Iterator[str]:
    """The packages around an `AppConfig` that is named by its path."""
    while "." in name:
        name = name.rpartition(".")[0]
        yield name


def _named(settings: Settings) -> Iterator[str]:
    """The directories that `TEMPLATES` lists for Django's own language."""
    for value in settings.setting("TEMPLATES").values:
        displays = value.expression.elements if isinstance(value.expression, ex.Display) else ()
        for engine in displays:
            options = _options(engine)
            backend = ex.text_of(options.get("BACKEND")) or ""
            listed = options.get("DIRS")
            if isinstance(listed, ex.Display) and "jinja" not in backend.lower():
                for part in listed.elements:
                    found = _path(part, value.outline, settings, 0)
                    if found is not None and not found.startswith(("..", "/")):
                        yield "" if found == "." else found


def _options(engine: ex.Expression) -> dict[str, ex.Expression]:
    if not isinstance(engine, ex.Dictionary):
        return {}
    pairs = zip(engine.keys, engine.values, strict=True)
    return {name: value for key, value in pairs if (name := ex.text_of(key)) is not None}


def _path(value: ex.Expression, outline: Outline, settings: Settings, depth: int) -> str | None:
    """The path of an expression in settings, relative to the project's root, or absolute."""
    if depth > _DEEPEST:
        return None
    if isinstance(value, ex.Literal):
        return value.value if isinstance(value.value, str) else None
    if isinstance(value, ex.Name):
        if value.id == "__file__":
            return outline.module.path
        found = settings.setting(value.id).value
        return _path(found.expression, found.outline, settings, depth + 1) if found is not None else None
    if isinstance(value, ex.Operation) and value.operator == "Div":
        return _joined([value.left, value.right], outline, settings, depth)
    if isinstance(value, ex.Attribute) and value.name == "parent":
        return _parent(_path(value.value, outline, settings, depth + 1), 1)
    if isinstance(value, ex.Subscript):
        return _ancestor(value, outline, settings, depth)
    return _called(value, outline, settings, depth) if isinstance(value, ex.Call) else None


def _called(call: ex.Call, outline: Outline, settings: Settings, depth: int) -> str | None:
    function = call.function
    name = function.name if isinstance(function, ex.Attribute) else (ex.dotted(function) or "")
    if name in ("dirname", "Path", "str") or (name in _SAME and call.arguments):
        path = _path(call.arguments[0], outline, settings, depth + 1) if len(call.arguments) == 1 else None
        return _parent(path, 1) if name == "dirname" else path
    if name in _SAME and isinstance(function, ex.Attribute):
        return _path(function.value, outline, settings, depth + 1)
    if name == "join":
        return _joined([*call.arguments], outline, settings, depth)
    if name == "joinpath" and isinstance(function, ex.Attribute):
        return _joined([function.value, *call.arguments], outline, settings, depth)
    return None


def _ancestor(value: ex.Subscript, outline: Outline, settings: Settings, depth: int) -> str | None:
    """`Path(__file__).parents[1]`."""
    key, parents = value.key, value.value
    if not isinstance(parents, ex.Attribute) or parents.name != "parents":
        return None
    if not isinstance(key, ex.Literal) or not isinstance(key.value, int) or not 0 <= key.value < _DEEPEST:
        return None
    return _parent(_path(parents.value, outline, settings, depth + 1), key.value + 1)


def _joined(parts: list[ex.Expression], outline: Outline, settings: Settings, depth: int) -> str | None:
    paths = [_path(part, outline, settings, depth + 1) for part in parts]
    known = [path for path in paths if path is not None]
    return posixpath.normpath(posixpath.join(*known)) if known and len(known) == len(paths) else None


def _parent(path: str | None, count: int) -> str | None:
    return posixpath.normpath(posixpath.join(path, *[".."] * count)) if path is not None else None


def _join(directory: str, name: str) -> str:
    return f"{directory}/{name}" if directory else name
