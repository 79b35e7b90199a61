"""Findings of rules that look at whole apps: computed when they are asked for, kept until a file changes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from .findings import Finding
from .project.django.app import App, app_path
from .project.django.apps import Apps
from .project.files import ProjectFile, Update
from .project.project import Project
from .project.roles import role_of

Check = Callable[[App], Iterator[list[Finding]]]
"""What rules find in an app, one after the other."""


class PlacedFindings:
    """What `check` finds in the apps that open files belong to, each finding with its place."""

    def __init__(self, project: Project, files: Mapping[str, ProjectFile], check: Check) -> None:
        self.apps, self.files, self.check = Apps(project, files), files, check
        self._found: dict[str, list[Finding]] = {}
        self._due: set[str] = set()
        self._under_way: dict[str, tuple[Iterator[list[Finding]], list[Finding]]] = {}
        """The rules that have not run on an app yet, and what the others found; forgotten with any change."""

    def touch(self, path: str) -> None:
        """Look at all apps again when they are asked for next: they may follow from what any file says."""
        directory = app_path(path)
        self._under_way.clear()
        self._due |= self._found.keys() | ({directory} if directory is not None else set())

    def follow(self, path: str, update: Update) -> None:
        """Take note of an edit: what other files see changed, or where something was found."""
        directory = app_path(path)
        self._under_way.clear()
        if update.is_relinked or "settings" in path:
            self.touch(path)
        elif directory is None:  # Of other files in it, an app's rules read the text.
            self._due |= {app for app in self._found if path.startswith(f"{app}/")}
        elif directory not in self._due:
            found = self._found.get(directory, [])
            places = [finding.place for finding in found]
            places += [related.place for finding in found for related in finding.related]
            changed = {id(unit) for unit in update.units}
            if any(place is not None and id(place.unit) in changed for place in places):
                self._due.add(directory)

    def of(self, path: str) -> list[Finding]:
        """What is found in a file; in a batch run, all of an app with the one file that stands for it."""
        if self.files[path].is_tracked:
            self.settle(path)
            return self.known(path)
        directory = self._directory(path)
        if directory is None or not self._stands_for(path, directory):
            return []
        found = self._check(directory)
        self.files[path].module.reads |= self.apps.reads(directory)
        self.apps.forget()
        return found

    def stamp(self, path: str) -> str:
        """Equal while a batch run finds the same in the app that a file stands for; "" if for none."""
        directory = self._directory(path)
        leading = f"{directory}/models", f"{directory}/migrations/__init__."
        if directory is None or not path.startswith(leading):
            return ""
        return self.apps.stamp(directory) if self.apps.is_django(directory) else "none"

    def known(self, path: str) -> list[Finding]:
        """What was found in a file when its app was looked at last, where its text still has the place."""
        if not self._found:
            return []
        found = [f for f in self._found.get(app_path(path) or "", ()) if f.place and f.place.path == path]
        if not found:
            return []
        units = {id(unit) for unit in self.files[path].source.units}
        return [f for f in found if f.place is not None and id(f.place.unit) in units]

    def unread(self, path: str) -> list[str]:
        """The files that `settle` needs and has to read."""
        directory = self._directory(path)
        is_due = directory is not None and directory in self._due
        if directory is None or not is_due or not self.apps.is_django(directory):
            return []
        return self.apps.unread(directory)

    def settle(self, path: str) -> bool:
        """Look at the app of a file if that is due; whether something else is found now."""
        directory = self._directory(path)
        if directory is None or directory not in self._due:
            return False
        while self.advance(path):
            pass
        self._due.discard(directory)
        before = self._found.get(directory, [])
        self._found[directory] = self._under_way.pop(directory)[1]
        return self._found[directory] != before

    def advance(self, path: str) -> bool:
        """Run one of the rules that `settle` would run; whether there may be more."""
        directory = self._directory(path)
        if directory is None or directory not in self._due:
            return False
        if directory not in self._under_way:
            self._under_way[directory] = self._steps(directory), []
        steps, found = self._under_way[directory]
        more = next(steps, None)
        found += more or []
        return more is not None

    def _steps(self, directory: str) -> Iterator[list[Finding]]:
        if self.apps.is_django(directory):
            yield from self.check(self.apps.load(directory))

    def _check(self, directory: str) -> list[Finding]:
        return [finding for found in self._steps(directory) for finding in found]

    def _directory(self, path: str) -> str | None:
        """The app of a file. Apps of test suites are never loaded: their migrations are odd on purpose."""
        directory = app_path(path)
        return None if directory is None or role_of(f"{directory}/models.py").is_test else directory

    def _stands_for(self, path: str, directory: str) -> bool:
        if path in (f"{directory}/models.py", f"{directory}/models/__init__.py"):
            return True
        if path != f"{directory}/migrations/__init__.py":
            return False
        return all(
            self.apps.file(f"{directory}/{name}") is None for name in ("models.py", "models/__init__.py")
        )
