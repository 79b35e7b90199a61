"""The settings of a Django project: which modules are settings, and what they say without being run."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from ...facts import expressions as ex
from ...facts.tables import Binding, CallSite, Import, Parameter
from ..exports import SETTERS
from ..outline import Fact, Outline
from ..roles import role_of
from ..written import CHANGING

if TYPE_CHECKING:
    from ..module import Module

_CERTAIN = ("INSTALLED_APPS", "MIDDLEWARE", "ROOT_URLCONF", "WSGI_APPLICATION", "ASGI_APPLICATION")
_LIKELY = ("ALLOWED_HOSTS", "DATABASES", "TEMPLATES", "AUTH_PASSWORD_VALIDATORS", "STATIC_URL")
_PARENT = re.compile(r"(^|\.)(\w*settings\w*|base|common|defaults?|global_settings)$")
_CONDITIONAL = frozenset({"if", "elif", "else", "case", "handler", "try-else", "while", "for", "loop-else"})
_VALUED = frozenset({"assign", "annotated", "augmented"})
_DEEPEST = 12


def is_django_settings(module: Module) -> bool:
    """Whether the module holds a Django project's settings, alone or on top of another settings module.

    A file whose name no `import` can say is one to copy.
    """
    if not module.path.rpartition("/")[2].removesuffix(".py").isidentifier():
        return False
    if any(module.binds(name) for name in _CERTAIN):
        return True
    if not role_of(module.path).is_settings:
        return False
    return any(module.binds(name) for name in _LIKELY) or _extends_settings(module)


def _extends_settings(module: Module) -> bool:
    return any(
        isinstance(fact, Import) and _PARENT.search(fact.module) is not None
        for fact, _ in module.facts_of("*")
    )


class Value(NamedTuple):
    """What a setting is, or may be: the expression, and the binding that says so in one of the modules."""

    expression: ex.Expression
    outline: Outline
    binding: Binding
    is_conditional: bool

    @property
    def module(self) -> Module:
        return self.outline.module


class Setting(NamedTuple):
    """All that a setting may be, the last word first.

    `is_complete` says that it is one of the values and nothing else; without values it is then not set, and
    Django's default holds. Otherwise some file that is not known may set it too. `is_changed` says that items
    are written to it, or methods called that may.
    """

    values: tuple[Value, ...]
    is_complete: bool
    may_be_unset: bool
    is_changed: bool = False

    @property
    def value(self) -> Value | None:
        """The one value that it certainly has."""
        if len(self.values) != 1 or not self.is_complete or self.may_be_unset:
            return None
        only = self.values[0]
        return only if only.binding.kind != "augmented" else None

    @property
    def is_unset(self) -> bool:
        """Whether certainly nobody sets it."""
        return self.is_complete and not self.values


UNKNOWN = Setting((), False, True)
Found = dict[tuple[str, str], tuple[Setting, frozenset[str]]]
"""What was found by module and name, and in which files."""


class Settings:
    """The settings that a module gives, through the modules whose names it takes over."""

    def __init__(self, module: Module, reader: Module, found: Found | None = None) -> None:
        self.module, self.reader = module, reader
        self._found: Found = found if found is not None else {}

    def setting(self, name: str) -> Setting:
        """All that is known of a setting."""
        return self._in(self.module, name)

    def _in(self, module: Module, name: str) -> Setting:
        modules = module.project.modules
        key = module.path, name
        known = self._found.get(key)
        if known is None:
            with modules.reading(self.reader) as consulted:
                found = self._of(module, name, frozenset())
                known = found, frozenset({*consulted, module.path})
            if not modules.wanted:
                self._found[key] = known
        modules.note(known[1], self.reader)
        return known[0]

    def value(self, name: str) -> ex.Expression | None:
        """The expression that a setting certainly has, but for items that are written to it later."""
        found = self.setting(name).value
        return found.expression if found is not None else None

    def knows(self, name: str) -> bool:
        """Whether `value` is all there is to say: None means then that the setting is not set."""
        found = self.setting(name)
        return found.is_unset or found.value is not None

    def literal(self, name: str, default: object = None) -> object:
        """The constant that a setting is; the default where it is not set. Raises KeyError if not known."""
        found = self.setting(name)
        if found.is_unset:
            return default
        value = found.value
        if value is None or not isinstance(value.expression, ex.Literal):
            raise KeyError(name)
        return value.expression.value

    def entry(self, name: str, key: str) -> tuple[ex.Expression, Outline] | None:
        """What a setting that is a dict display certainly has under a key."""
        found = self.setting(name)
        value = found.value
        if value is None or found.is_changed or not isinstance(value.expression, ex.Dictionary):
            return None
        return next(((v, value.outline) for v in _under(value.expression, key)), None)

    def lacks(self, name: str, key: str) -> bool:
        """Whether a setting that is a dict certainly has nothing under a key."""
        found = self.setting(name)
        value = found.value
        if value is None or found.is_changed or not isinstance(value.expression, ex.Dictionary):
            return found.is_unset and not found.is_changed
        names = value.expression.keys
        return all(isinstance(k, ex.Literal) for k in names) and not any(_under(value.expression, key))

    # Through the modules

    def layers(self) -> Iterator[Module]:
        """The module and all those whose names it takes over."""
        queue, seen = [self.module], {self.module.path}
        while queue:
            module = queue.pop()
            yield module
            for star in module.stars:
                found = module_from(star, module, self.reader)
                if found is not None and found.path not in seen:
                    seen.add(found.path)
                    queue.append(found)

    def _of(self, module: Module, name: str, seen: frozenset[str]) -> Setting:
        """All that a name may be at the end of a module."""
        if module.path in seen or len(seen) > _DEEPEST:
            return UNKNOWN
        seen |= {module.path}
        values: list[Value] = []
        is_complete, is_changed = not _is_dynamic(module), _is_changed(module, name)
        for fact, outline, is_conditional in _events(module, name):
            if isinstance(fact, Import):
                inner = self._imported(fact, module, name, seen)
            elif isinstance(fact, Binding) and fact.value is not None and fact.kind in _VALUED:
                own = Value(fact.value, outline, fact, is_conditional)
                inner = Setting((own,), True, fact.kind == "augmented")
            else:
                inner = UNKNOWN
            values += [v._replace(is_conditional=v.is_conditional or is_conditional) for v in inner.values]
            is_complete, is_changed = is_complete and inner.is_complete, is_changed or inner.is_changed
            if not is_conditional and not inner.may_be_unset:
                return Setting(tuple(values), is_complete, False, is_changed)
        return Setting(tuple(values), is_complete, True, is_changed)

    def _imported(self, fact: Import, module: Module, name: str, seen: frozenset[str]) -> Setting:
        path = module.imported(fact) or ""
        home, _, imported = path.rpartition(".")
        found = module_from(home, module, self.reader) if home else None
        if found is None:
            return UNKNOWN
        return self._of(found, name if imported == "*" else imported, seen)


def module_from(name: str, module: Module, reader: Module) -> Module | None:
    """The module that another one of the project would import by a name, for somebody who asks."""
    modules = module.project.modules
    with modules.reading(reader):
        path = modules.places.module(name, modules.places.base(module.path))
        return modules.current(path) if path is not None else None


def _under(display: ex.Dictionary, key: str) -> Iterator[ex.Expression]:
    for name, value in zip(display.keys, display.values, strict=True):
        if isinstance(name, ex.Literal) and name.value == key:
            yield value


def _events(module: Module, name: str) -> Iterator[tuple[Fact, Outline, bool]]:
    """What binds a name in a module, or may by a star import, the last first, and whether conditionally."""
    found = [*module.facts_of(name), *(module.facts_of("*") if name != "*" else ())]
    found.sort(key=lambda pair: (pair[1].unit.start, _order(pair[0])), reverse=True)
    for fact, outline in found:
        kinds = {kind for kind, _ in outline.clauses(fact.at)} if not isinstance(fact, Parameter) else set()
        tried = isinstance(fact, Import) and "try" in kinds
        yield fact, outline, tried or not kinds.isdisjoint(_CONDITIONAL)


def _order(fact: Fact) -> int:
    return 0 if isinstance(fact, Parameter) else fact.at.order


def _is_dynamic(module: Module) -> bool:
    """Whether the module may set what it does not name."""
    return any(
        isinstance(site.call.function, ex.Name) and site.call.function.id in SETTERS
        for site in _calls(module)
    )


def _is_changed(module: Module, name: str) -> bool:
    """Whether the module calls a method of a setting that changes it, or writes to items of it."""
    for site in _calls(module):
        function = site.call.function
        if isinstance(function, ex.Attribute) and function.name in CHANGING and _is_in(function.value, name):
            return True
    return any(
        not binding.name and isinstance(binding.target, ex.Subscript) and _is_in(binding.target, name)
        for outline in module.outlines
        for binding in outline.facts.bindings
    )


def _is_in(expression: ex.Expression, name: str) -> bool:
    root = ex.root(expression)
    return isinstance(root, ex.Name) and root.id == name


def _calls(module: Module) -> Iterator[CallSite]:
    """The calls on import."""
    for outline in module.outlines:
        for site in outline.facts.calls:
            if outline.facts.scopes[site.at.scope].kind == "unit":
                yield site
