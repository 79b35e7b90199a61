"""Findings of rules that look at whole apps: computed when they are asked for, kept until a file changes."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from .findings import Finding
from .project.apps import Apps
from .project.django import App, app_path
from .project.files import ProjectFile, Update
from .project.project import Project
from .project.roles import role_of

Check = Callable[[App], list[Finding]]


class PlacedFindings:
    """What `check` finds in the apps that open files belong to, each finding with its place."""

    def __init__(self, project: Project, files: Mapping[str, ProjectFile], check: Check) -> None:
        self.apps, self.files, self.check = Apps(project, files), files, check
        self._found: dict[str, list[Finding]] = {}

    def touch(self, path: str) -> None:
        """Look at the app of a file again when it is asked for next."""
        directory = app_path(path)
        if directory is not None:
            self._found.pop(directory, None)

    def follow(self, path: str, update: Update) -> None:
        """Take note of an edit: what other files see changed, or where something was found."""
        directory = app_path(path)
        if directory is None or directory not in self._found:
            return
        places = [finding.place for finding in self._found[directory]]
        places += [related.place for finding in self._found[directory] for related in finding.related]
        changed = {id(unit) for unit in update.units}
        if update.is_relinked or any(place is not None and id(place.unit) in changed for place in places):
            del self._found[directory]

    def of(self, path: str) -> list[Finding]:
        """What is found in a file; in a batch run, all of an app with the one file that stands for it.

        Apps of test suites are never loaded: their migrations are odd on purpose.
        """
        directory = app_path(path)
        if directory is None or role_of(f"{directory}/models.py").is_test:
            return []
        if self.files[path].is_tracked:
            if directory not in self._found:
                self._found[directory] = self.check(self.apps.load(directory))
            return [f for f in self._found[directory] if f.place is not None and f.place.path == path]
        if not self._stands_for(path, directory):
            return []
        found = self.check(self.apps.load(directory))
        self.apps.forget()
        return found

    def _stands_for(self, path: str, directory: str) -> bool:
        if path in (f"{directory}/models.py", f"{directory}/models/__init__.py"):
            return True
        if path != f"{directory}/migrations/__init__.py":
            return False
        return all(
            self.apps.file(f"{directory}/{name}") is None for name in ("models.py", "models/__init__.py")
        )
