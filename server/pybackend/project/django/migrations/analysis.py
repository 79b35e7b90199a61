"""The models of an app against its migrations."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cached_property

from ....facts import expressions as ex
from ....facts.tables import Binding, Import
from ...classes import ClassView
from ...imports.steps import is_dynamic
from ...module import Module
from ..app import App
from .changing import makes_classes, registered
from .declared import Declarations, DeclaredModel, imported
from .differences import Comparison, Difference
from .evaluation import Evaluator
from .fields import Fields
from .graph import Graph
from .kinds import Kinds
from .labels import Labels
from .lineage import Lineages
from .operations import replay
from .site import Site
from .sources import Sources
from .state import ModelState, State
from .values import same

_MODEL = "django.db.models.Model"
_CONFIGS = frozenset({"django.apps.AppConfig", "django.apps.config.AppConfig"})
_TEXTS = frozenset({"choices", "help_text", "verbose_name", "verbose_name_plural"})
_NO_COLUMNS = _TEXTS | {
    *("validators", "editable", "blank", "ordering", "get_latest_by", "default_manager_name"),
    *("permissions", "default_permissions"),
}
_UNNOTICED = {"netbox": _TEXTS, "nautobot": _TEXTS, "pretix": _NO_COLUMNS, "pretalx": _NO_COLUMNS}
"""What `makemigrations` of some platforms leaves out, for what is plugged into them too."""
_FIELDLESS = frozenset({"auditlog", "django", "functools", "reversion", "typing", "wagtail"})
"""Packages whose class decorators put no fields on a model."""
_LANGUAGE = re.compile(r"_(?!id$)[a-z]{2,3}(_[a-z]{2,4})?")
"""What django-modeltranslation adds to the name of a field for the column of a language."""


def changes(app: App) -> list[Difference]:
    """What `makemigrations` would write for an app that has migrations. Raises Unclear."""
    modules = [*app.models, *(app.migrations or {}).values()]
    if not modules:
        return []
    project = modules[0].project
    with project.modules.reading(modules[0]) as consulted:
        found = list(Analysis(app, modules).changes())
    for module in modules:
        if project.modules.live.get(module.path) is module:
            module.reads |= consulted
    ignored = app.around.ignored_options() if found else frozenset()
    for platform, options in _UNNOTICED.items() if found else ():
        imported_by = (path.partition(".")[0] == platform for module in modules for path in module.imports)
        if any(imported_by) or app.around.imports(platform):
            ignored |= options
    return [each for difference in found if (each := _noticed(difference, ignored)) is not None]


def _noticed(difference: Difference, ignored: frozenset[str]) -> Difference | None:
    """A difference without options that the project's own `makemigrations` does not look at."""
    left = tuple(option for option in difference.options if option not in ignored)
    return None if difference.options and not left else difference._replace(options=left)


class Analysis:
    """One look at an app."""

    def __init__(self, app: App, modules: list[Module]) -> None:
        self.app = app
        self.sources = Sources(modules, modules[0].project)
        self._of_site = Site(modules[0])
        self.evaluator = Evaluator(self.sources)
        self.lineages = Lineages(self.sources)
        kinds = Kinds(self.lineages)
        labels = Labels(app.path, app.label, self.lineages)
        self.fields = Fields(self.evaluator, kinds, labels)
        self.declarations = Declarations(
            app, self.evaluator, self.lineages, labels, self.fields, kinds, self._auto_field(modules[0])
        )
        self.state: State = {}
        environment = modules[0].project.environment
        self.comparison = Comparison(self.fields, app.label, self.state, self._of_site.user, environment)

    def changes(self) -> Iterator[Difference]:
        state = self.state
        state |= replay(Graph(self.app.label, self.app.migrations or {}), self.evaluator, self.lineages)
        models = self.models(state)
        created: list[DeclaredModel] = []
        for model in models:
            known = state.get(model.state.name.lower())
            if known is not None and known.is_unclear:
                continue
            if known is not None:
                yield from self.comparison.of(model.state, known, self._gone(model, known))
            elif not model.is_conditional and self._is_loaded(model.view.module):
                created.append(model)
        deleted = [known for known in state.values() if self._is_deleted(known, models)]
        for model in created:
            yield self._created(model, deleted)
        for known in deleted:
            yield Difference("DeleteModel", known.name, "", known.place)

    def models(self, state: State) -> list[DeclaredModel]:
        """The models of the app, those left out of which there are several of one name."""
        found = list(self.declarations.models(state))
        names = [model.state.name.lower() for model in found]
        return [model for model in found if names.count(model.state.name.lower()) == 1]

    def _created(self, model: DeclaredModel, deleted: list[ModelState]) -> Difference:
        """A new model, or one that had another name before."""
        for known in deleted:
            if self._is_renamed(model.state, known):
                deleted.remove(known)
                place = model.state.place
                return Difference("RenameModel", model.state.name, "", place, (), known.place, known.name)
        return Difference("CreateModel", model.state.name, "", model.state.place)

    def _is_loaded(self, module: Module) -> bool:
        """Whether models import a module, by way of others too: Django knows nothing of the rest."""
        return module.name in self._loaded

    @cached_property
    def _loaded(self) -> set[str]:
        """The names of the modules of the app that are imported with its models."""
        places = (f"{self.app.path}/models.py", f"{self.app.path}/models/__init__.py")
        queue = [module for module in self.app.models if module.path in places]
        found = {module.name for module in queue}
        while queue:
            module = queue.pop()
            for name in imported(module):
                other = self.sources.module(name, module) if name not in found else None
                is_inside = other is not None and other.path.startswith(f"{self.app.path}/")
                if other is not None and is_inside and other.name not in found:
                    found.add(other.name)
                    queue.append(other)
        return found

    def _is_renamed(self, new: ModelState, old: ModelState) -> bool:
        if new.fields.keys() != old.fields.keys():
            return False
        for name, field in new.fields.items():
            parts, before = self.fields.parts(field, new.name), self.fields.parts(old.fields[name], old.name)
            if parts is None or before is None or same(parts.kind.name, before.kind.name) is False:
                return False
            if any(option != "to" for option in self.comparison.differing(parts, before)):
                return False
        return True

    # What is absent

    def _gone(self, model: DeclaredModel, known: ModelState) -> list[str]:
        """The fields of the migrations that the model has no more, and does not get in another way."""
        gone = [name for name in known.fields if name not in model.state.fields]
        bound = self._called(model)
        gone = [name for name in gone if name not in bound and not _is_translated(name, model.state)]
        unsure = [name for name, field in model.state.fields.items() if not field.is_certain]
        if not gone or not model.is_whole or any(name not in known.fields for name in unsure):
            return []
        if self._is_handed_on(model.view):
            return []
        extras = [extra.lower() for extra in model.extras]
        gone = [name for name in gone if not any(extra in name.lower() for extra in extras)]
        late = self.app.around.late_fields() if gone else frozenset()
        return [name for name in gone if late is not None and name not in late]

    def _is_handed_on(self, view: ClassView) -> bool:
        """Whether a class is registered with something that may put fields on it."""
        heads = [d.function if isinstance(d, ex.Call) else d for d in view.definition.decorators]
        paths = [view.outline.resolve(head, view.definition.at.scope) or "" for head in heads]
        is_decorated = any(path.partition(".")[0] not in _FIELDLESS for path in paths)
        return is_decorated or view.name in registered(view.module)

    def _called(self, model: DeclaredModel) -> set[str]:
        """The names that the model's classes bind to what may be a field."""
        plain = (ex.Literal, ex.Display, ex.Dictionary, ex.Lambda, ex.FString)
        return {
            name
            for view in self.lineages.of(model.view).views
            for name, member in view.fields.items()
            if isinstance(member.fact, Binding) and member.fact.value is not None
            if not isinstance(member.fact.value, plain)
        }

    def _is_deleted(self, known: ModelState, models: list[DeclaredModel]) -> bool:
        """Whether a model of the migrations is certainly gone from the app."""
        name = known.name.lower()
        if (
            known.is_unclear
            or name in self._names
            or known.name.startswith("Historical")
            or self._has_stars()
            or any(map(makes_classes, self.app.models))
        ):
            return False
        if any(
            self.sources.class_at(base, self.app_module) is None for base in known.bases if base != _MODEL
        ):
            return False
        for model in models:
            is_made = name.startswith(model.state.name.lower()) and (not model.is_whole or model.extras)
            if is_made:
                return False
        if any(name.startswith(view.name.lower()) and self._may_make_more(view) for view in self._views):
            return False
        return not self.app.around.defines(known.name)

    def _may_make_more(self, view: ClassView) -> bool:
        """Whether a base or a decorator that is not known may make a class's models besides."""
        return bool(view.definition.decorators) or not self.lineages.of(view).is_whole

    @property
    def app_module(self) -> Module:
        return next(iter(self.sources.own.values()))

    @property
    def _views(self) -> Iterator[ClassView]:
        for module in self.app.models:
            yield from module.classes.values()

    @property
    def _names(self) -> set[str]:
        """All names that the models' modules bind, in lower case."""
        names = {name.lower() for module in self.app.models for name in module.names}
        return names | {view.name.lower() for view in self._views}

    def _has_stars(self) -> bool:
        """Whether names come from anywhere: by stars from outside of the app, or by what runs."""
        own = {module.name for module in self.app.models}
        for module in self.app.models:
            for fact, _ in module.facts_of("*"):
                path = module.imported(fact) if isinstance(fact, Import) else None
                if (path or "").removesuffix(".*") not in own:
                    return True
        return any(map(is_dynamic, self.app.models))

    def _auto_field(self, reader: Module) -> str:
        """The class of keys that nobody writes; "" where it is not known."""
        package = reader.name.rpartition(f"{self.app.path.rpartition('/')[2]}.")
        name = f"{package[0]}{package[1]}".rstrip(".")
        apps = self.sources.module(f"{name}.apps", reader)
        found = set()
        views = apps.classes.values() if apps is not None else ()
        for view in views:
            if "default_auto_field" in view.fields:
                found.add(self.evaluator.value(self.sources.inside(view, ["default_auto_field"])))
        if not found and all(base in _CONFIGS for view in views for base in view.own_bases):
            return self._of_site.auto_field(name)
        value = found.pop() if len(found) == 1 else ""
        return value if isinstance(value, str) else ""


def _is_translated(name: str, model: ModelState) -> bool:
    return any(name.startswith(known) and _LANGUAGE.fullmatch(name, len(known)) for known in model.fields)


def first_model(app: App) -> ModelState | None:
    """The first model of an app that has a table for sure."""
    modules = list(app.models)
    if not modules:
        return None
    with modules[0].project.modules.reading(modules[0]):
        found = Analysis(app, modules).declarations.models({})
        made = (model.state for model in found if model.is_whole and not model.is_conditional)
        return next((state for state in made if state.flag("managed", True) is True), None)
