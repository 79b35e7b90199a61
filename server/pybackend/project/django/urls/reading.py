"""Reading URL modules: lists of patterns, what they include, and what they are called."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ....facts import expressions as ex
from ....facts.tables import Binding, Import
from ....findings import Place
from .known import ADMIN, KNOWN, NAMESPACED, is_admin_site
from .routers import Router
from .table import ANY, NOTHING, UNCERTAIN, Include, Level, Parameters, Pattern, of_regex, of_route

if TYPE_CHECKING:
    from ...module import Module
    from ...outline import Outline
    from ...project import Project

_PATHS = frozenset({"django.urls.path", "django.urls.conf.path"})
_REGEXES = frozenset({"django.urls.re_path", "django.urls.conf.re_path", "django.conf.urls.url"})
_INCLUDES = frozenset({"django.urls.include", "django.urls.conf.include", "django.conf.urls.include"})
_FILES = frozenset(
    {
        "django.conf.urls.static.static",
        "django.contrib.staticfiles.urls.staticfiles_urlpatterns",
    }
)
"""Functions that give patterns without names."""
_TRANSLATED = "django.conf.urls.i18n.i18n_patterns"
_SUFFIXED = "rest_framework.urlpatterns.format_suffix_patterns"
_LISTS = frozenset({"builtins.list", "builtins.tuple", "builtins.sorted"})
_CHANGING = {"append": "entry", "insert": "entry", "extend": "list"}
_GETTEXT = ("django.utils.translation.", "gettext.")


class Reading:
    """Reads the URL modules of one project into levels, each list once."""

    def __init__(self, project: Project) -> None:
        self.project = project
        self.joined: set[str] = set()
        """The files of modules that are included behind a route without a slash at its end."""
        self._levels: dict[tuple[str, str], Level] = {}

    @property
    def files(self) -> frozenset[str]:
        """The files of the modules that were read."""
        return frozenset(path for path, _ in self._levels)

    # Modules and names

    def module(self, name: str, reader: Module) -> Module | None:
        """A module of the project or of an installed package."""
        return self.project.modules.module(name, reader) or self.project.installed.module(name)

    def bound(self, module: Module, name: str = "urlpatterns", depth: int = 0) -> Level:
        """The level of a list by the name that a module binds it to, all bindings together."""
        key = module.path, name
        if key in self._levels:
            return self._levels[key]
        level = self._levels[key] = Level()
        facts = module.facts_of(name)
        for fact, outline in facts:
            if isinstance(fact, Import):
                self._imported(module.imported(fact), module, level)
            elif isinstance(fact, Binding) and fact.kind in ("assign", "annotated", "augmented"):
                if fact.value is not None:
                    self.list(fact.value, outline, level)
            else:
                level.is_open = True
        if not facts:
            stars = [self.module(star, module) for star in module.stars]
            giving = [star for star in stars if star is not None and star.binds(name)]
            level.is_open = not giving or depth > 8
            level.includes += [Include(NOTHING, self.bound(star, name, depth + 1)) for star in giving]
        self._changed(module, name, level)
        return level

    def _changed(self, module: Module, name: str, level: Level) -> None:
        """What a module adds to a list by its methods; a function that is given the list may add anything."""
        for outline in module.outlines:
            level.is_open = level.is_open or _is_given_away(name, outline)
            for site in outline.facts.calls:
                function = site.call.function
                if site.at.scope or not isinstance(function, ex.Attribute) or not site.call.arguments:
                    continue
                if isinstance(function.value, ex.Name) and function.value.id == name:
                    kind = _CHANGING.get(function.name)
                    if kind == "entry":
                        self.entry(site.call.arguments[-1], outline, level)
                    elif kind == "list":
                        self.list(site.call.arguments[0], outline, level)

    def _imported(self, path: str | None, reader: Module, level: Level) -> None:
        """What a list is that comes from another module by its name."""
        head, _, name = (path or "").rpartition(".")
        module = self.module(head, reader) if head else None
        if module is None:
            level.is_open = True
        else:
            level.includes.append(Include(NOTHING, self.bound(module, name)))

    def app_name(self, module: Module, depth: int = 0) -> str | None:
        """What a module calls its app; `ANY` where that is not written out."""
        for fact, _ in module.facts_of("app_name"):
            value = fact.value if isinstance(fact, Binding) else None
            return ex.text_of(value) or ANY
        for star in module.stars if depth < 8 else ():
            below = self.module(star, module)
            found = self.app_name(below, depth + 1) if below is not None else None
            if found is not None:
                return found
        return None

    # Lists

    def list(self, expression: ex.Expression, outline: Outline, level: Level) -> None:
        """Add what a list of patterns holds."""
        if isinstance(expression, ex.Display) and expression.kind != "set":
            for element in expression.elements:
                self.entry(element, outline, level)
        elif isinstance(expression, ex.Operation) and expression.operator == "Add":
            self.list(expression.left, outline, level)
            self.list(expression.right, outline, level)
        elif isinstance(expression, ex.Conditional):
            self.list(expression.then, outline, level)
            self.list(expression.otherwise, outline, level)
        elif isinstance(expression, ex.Call):
            self._called(expression, outline, level)
        elif isinstance(expression, ex.Name) and outline.module.binds(expression.id):
            level.includes.append(Include(NOTHING, self.bound(outline.module, expression.id)))
        elif isinstance(expression, ex.Attribute):
            self._attribute(expression, outline, level)
        else:
            level.is_open = True

    def _called(self, call: ex.Call, outline: Outline, level: Level) -> None:
        path = outline.trace(call.function, 0)
        if path == _TRANSLATED:
            for argument in call.arguments:
                self.entry(argument, outline, level)
        elif path == _SUFFIXED and call.arguments:
            inner = Level()
            self.list(call.arguments[0], outline, inner)
            level.includes.append(Include(UNCERTAIN, inner))
        elif path in _LISTS and len(call.arguments) == 1:
            self.list(call.arguments[0], outline, level)
        elif path == "debug_toolbar.toolbar.debug_toolbar_urls":
            level.includes.append(_open("djdt", "djdt"))
        elif path not in _FILES:
            level.is_open = True

    def _attribute(self, expression: ex.Attribute, outline: Outline, level: Level) -> None:
        """`router.urls`, or a list of another module."""
        if expression.name == "urls" and Router(self, expression.value, outline).add(level):
            return
        path = outline.resolve(expression, 0) or ""
        head, _, name = path.rpartition(".")
        module = self.module(head, outline.module) if head else None
        if module is not None and module.binds(name):
            level.includes.append(Include(NOTHING, self.bound(module, name)))
        else:
            level.is_open = True

    # Entries

    def entry(self, expression: ex.Expression, outline: Outline, level: Level) -> None:
        """Add one element of a list of patterns."""
        if isinstance(expression, ex.Starred):
            self.list(expression.value, outline, level)
        elif isinstance(expression, ex.Conditional):
            self.entry(expression.then, outline, level)
            self.entry(expression.otherwise, outline, level)
        elif isinstance(expression, ex.Call):
            path = outline.trace(expression.function, 0)
            if path in _PATHS or path in _REGEXES:
                self._pattern(expression, path in _REGEXES, outline, level)
            else:
                level.is_open = True
        else:
            level.is_open = True

    def _pattern(self, call: ex.Call, is_regex: bool, outline: Outline, level: Level) -> None:
        view, name = call.argument(1, "view"), call.argument(3, "name")
        is_spread = any(keyword.name is None for keyword in call.keywords)
        if view is None or is_spread or any(isinstance(one, ex.Starred) for one in call.arguments):
            level.is_open = True
            return
        parameters = self._parameters(call, is_regex, outline)
        include = self._below(view, parameters, outline)
        if include is not None:
            level.includes.append(include)
            if not ends_with_slash(call):
                self.joined |= {key[0] for key, known in self._levels.items() if known is include.level}
        elif name is not None and not _is_none(name):
            text = ex.text_of(name)
            if text is None:
                level.is_open = True
            else:
                is_own = not outline.module.path.startswith("/")
                place = Place(outline.module.path, outline.unit, name.range) if is_own else None
                level.add(Pattern(text, parameters, place))

    @staticmethod
    def _parameters(call: ex.Call, is_regex: bool, outline: Outline) -> Parameters:
        if call.argument(2, "kwargs") is not None:
            return UNCERTAIN
        route = call.argument(0, "regex" if is_regex and call.keyword("regex") else "route")
        if isinstance(route, ex.Call) and len(route.arguments) == 1:
            is_translated = (outline.trace(route.function, 0) or "").startswith(_GETTEXT)
            route = route.arguments[0] if is_translated else None
        text = ex.text_of(route)
        if text is None:
            return UNCERTAIN
        return of_regex(text) if is_regex else of_route(text)

    # What patterns include

    def _below(self, view: ex.Expression, parameters: Parameters, outline: Outline) -> Include | None:
        """The level that stands where a view might; None for a view."""
        if isinstance(view, ex.Call):
            if outline.trace(view.function, 0) not in _INCLUDES:
                return None
            argument, namespace = view.argument(0, "arg"), view.argument(1, "namespace")
            if argument is None:
                return Include(parameters, _opened())
            return self._included(argument, _space(namespace), parameters, outline)
        if isinstance(view, ex.Display):
            if len(view.elements) != 3:
                return Include(parameters, _opened())
            app, space = _space(view.elements[1]), _space(view.elements[2])
            return self._listed(view.elements[0], app, space, parameters, outline)
        if isinstance(view, ex.Attribute) and view.name == "urls":
            return self._urls(outline.resolve(view, 0) or "", outline.module, parameters)
        return self._named(view.id, parameters, outline.module) if isinstance(view, ex.Name) else None

    def _named(self, name: str, parameters: Parameters, module: Module) -> Include | None:
        """What a variable of the module includes; None where it is no more than a view."""
        bound = [(fact, outline) for fact, outline in module.facts_of(name) if isinstance(fact, Binding)]
        for fact, outline in bound:
            if fact.kind not in ("assign", "annotated"):
                return Include(parameters, _opened())
            given = fact.value if isinstance(fact.value, (ex.Call, ex.Display)) else None
            found = self._below(given, parameters, outline) if given is not None else None
            if found is not None:
                return found if len(bound) == 1 else Include(parameters, _opened())
        return None

    @staticmethod
    def _urls(path: str, reader: Module, parameters: Parameters) -> Include:
        """`admin.site.urls` and its like, which hold the namespace themselves."""
        if path.endswith("admin.site.urls") or is_admin_site(path, reader):
            return Include(parameters, _opened(), ADMIN, ADMIN if path.endswith("admin.site.urls") else ANY)
        if path.startswith(NAMESPACED):
            return Include(parameters, _opened(), ANY, ANY)
        return Include(parameters, _opened())

    def _included(
        self, argument: ex.Expression, space: str | None, parameters: Parameters, outline: Outline
    ) -> Include:
        if isinstance(argument, ex.Display) and argument.kind == "tuple":
            if not 2 <= len(argument.elements) <= 3:
                return Include(parameters, _opened())
            if len(argument.elements) == 3:
                space = space or _space(argument.elements[2])
            return self._listed(
                argument.elements[0], _space(argument.elements[1]), space, parameters, outline
            )
        if ex.text_of(argument) is not None or isinstance(argument, (ex.Name, ex.Attribute)):
            name = ex.text_of(argument) or outline.resolve(argument, 0) or ""
            if name.endswith(".urls") and (
                name.endswith("admin.site.urls") or is_admin_site(name, outline.module)
            ):
                return self._urls(name, outline.module, parameters)
            found = self._of_module(name, space, parameters, outline.module)
            if found is not None:
                return found
        bound = self._tuple(argument, outline)
        if bound is not None:
            return self._included(bound, space, parameters, outline)
        return self._listed(argument, None, space, parameters, outline)

    @staticmethod
    def _tuple(argument: ex.Expression, outline: Outline) -> ex.Display | None:
        """The tuple of patterns and the name of an app that a name of the module stands for."""
        facts = outline.module.facts_of(argument.id) if isinstance(argument, ex.Name) else []
        value = facts[0][0].value if len(facts) == 1 and isinstance(facts[0][0], Binding) else None
        return value if isinstance(value, ex.Display) and value.kind == "tuple" else None

    def _of_module(
        self, name: str, space: str | None, parameters: Parameters, reader: Module
    ) -> Include | None:
        """The level of a module; None for what is no module that can be read."""
        if name in KNOWN:
            app, names = KNOWN[name]
            level = Level()
            for known in names:
                level.add(Pattern(known, UNCERTAIN, None))
        else:
            module = self.module(name, reader) if name else None
            if module is None:
                return None
            app, level = self.app_name(module), self.bound(module)
        return Include(parameters, level, app, space or app)

    def _listed(
        self,
        patterns: ex.Expression,
        app: str | None,
        space: str | None,
        parameters: Parameters,
        outline: Outline,
    ) -> Include:
        """The level of a list, or of a module, that is given with the name of an app."""
        name = ex.text_of(patterns)
        if name is None and isinstance(patterns, (ex.Name, ex.Attribute)):
            name = outline.resolve(patterns, 0)
        found = self._of_module(name, None, parameters, outline.module) if name else None
        if found is not None:
            return found._replace(app=app, namespace=space or app)
        level = Level()
        self.list(patterns, outline, level)
        return Include(parameters, level, app or space, space or app)


def _is_given_away(name: str, outline: Outline) -> bool:
    """Whether a function that is called on import may change a list, or parts of it are replaced."""
    for binding in outline.facts.bindings:
        target = binding.target
        if isinstance(target, ex.Subscript) and isinstance(target.value, ex.Name) and target.value.id == name:
            return True
    return any(
        site.at.scope == 0
        and any(isinstance(given, ex.Name) and given.id == name for given in site.call.arguments)
        and not _keeps(outline.trace(site.call.function, 0) or "")
        for site in outline.facts.calls
    )


def _keeps(path: str) -> bool:
    """Whether a function leaves a list alone that it is given."""
    return path.startswith("builtins.") or path in _INCLUDES | _PATHS | _REGEXES | {_TRANSLATED, _SUFFIXED}


def ends_with_slash(call: ex.Call) -> bool:
    """Whether the route of `path()` or `re_path()` ends where the next one's first part begins."""
    text = ex.text_of(call.argument(0, "route") or call.keyword("regex"))
    return text is not None and text.removeprefix("^")[-1:] in ("", "/")


def _is_none(expression: ex.Expression) -> bool:
    return isinstance(expression, ex.Literal) and expression.value is None


def _space(expression: ex.Expression | None) -> str | None:
    """A namespace as it is written; `ANY` where it is computed."""
    if expression is None or _is_none(expression):
        return None
    return ex.text_of(expression) or ANY


def _opened() -> Level:
    level = Level()
    level.is_open = True
    return level


def _open(app: str, space: str) -> Include:
    return Include(NOTHING, _opened(), app, space)
