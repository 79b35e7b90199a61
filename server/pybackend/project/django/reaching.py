"""Models wherever they are defined: beside those that files hold by their names, what these import."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from .contrib import is_shown
from .labels import USER_MODELS, concerns_django, is_foreign

if TYPE_CHECKING:
    from ..module import Module
    from .models import Model, Models


def all_of(models: Models) -> dict[str, Model]:
    """All models of a graph. A module of the project that one is imported from is looked through as well."""
    found = {path: model for path in models.classes if (model := models.at(path)) is not None}
    queue = list(models.modules.values())
    while queue:
        module = queue.pop(0)
        for path in _said(module, models) if concerns_django(module) else ():
            model = models.at(path)
            if model is not None and model.view.path not in found:
                found[model.view.path] = model
                queue += _reach(model.view.module, models)
            elif model is None and not is_foreign(path):
                view = models.view(path)
                is_like = view is not None and any(models.fields(view))
                queue += _reach(view.module, models) if view is not None and is_like else ()
        for star in module.stars:
            other = models.find(star)
            queue += _reach(other, models) if other is not None else ()
    return found


def _said(module: Module, models: Models) -> Iterator[str]:
    """The paths of what a module imports by name, and of the classes of one that was reached.

    A name for the model of users is left out: which one that is, follows from all of them.
    """
    for name, places in list(module.names.items()):
        path = module.resolve_name(name) if places[-1][1] == "imports" else None
        path = module.follow(path) if path else None
        if path is not None and path not in USER_MODELS:
            yield path
    if module.name not in models.modules:
        yield from module.classes


def _reach(module: Module, models: Models) -> list[Module]:
    """A module of the project that was not looked through yet."""
    is_new = module.name not in models.modules and module.name not in models.reached
    if not is_new or not is_shown(module.path) or module.path.startswith("/"):
        return []
    models.reached[module.name] = module
    models.read.add(module.path)
    return [module]
