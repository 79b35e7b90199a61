"""The templates of a project by the names that views and other templates call them by."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from ....syntax.template import is_template
from .directories import Directories

if TYPE_CHECKING:
    from ....facts.tables import Tag
    from ....syntax.units import Unit
    from ...module import Module
    from ...project import Project


class Template:
    """One template: its module, and what it says."""

    def __init__(self, module: Module) -> None:
        self.module = module
        self.unit: Unit = module.units[0]
        self.tags: tuple[Tag, ...] = self.unit.facts.tags

    @cached_property
    def blocks(self) -> tuple[int, ...]:
        """The numbers of its blocks."""
        return tuple(number for number, tag in enumerate(self.tags) if tag.kind == "block")

    @cached_property
    def parent(self) -> str | None:
        """The name of the template that it extends, "" where that is computed."""
        first = next((tag for tag in self.tags if tag.kind == "extends"), None)
        return first.names[0] if first is not None else None

    @property
    def path(self) -> str:
        return self.module.path


class Templates:
    """Finds templates for those who ask."""

    def __init__(self, project: Project) -> None:
        self.project = project
        self.directories = Directories(project)

    def template(self, name: str, reader: Module) -> Template | None:
        """The template of a name; None for none, for several that say different things, and if not read yet.

        The reader takes note of where it was looked for.
        """
        modules = self.project.modules
        directories = self.directories.around(reader)
        with modules.reading(reader):
            paths = [f"{directory}/{name}" if directory else name for directory in directories]
            found = [path for path in paths if is_template(path) and modules.places.file(path)]
            known = [module for path in found if (module := modules.current(path)) is not None]
        modules.note(frozenset(found), reader)
        if not known or len(known) < len(found):
            return None
        first, *others = [Template(module) for module in known if module.units]
        return first if all(_said(other) == _said(first) for other in others) else None


def _said(template: Template) -> list[object]:
    """What a template says, wherever it stands in it."""
    return [(tag.kind, tag.end, tag.names, [value[1:] for value in tag.values]) for tag in template.tags]
