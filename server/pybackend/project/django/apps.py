"""Loading Django apps: open files as they are, others from the disk, read once while they stay the same."""

from __future__ import annotations

import logging
import os
import re
import stat
from collections import Counter
from collections.abc import Iterator, Mapping
from hashlib import blake2b
from pathlib import Path, PurePosixPath

from ...environment.reading import Read
from ...text.encoded import Undecodable
from ..closed import SIZE_LIMIT
from ..files import ProjectFile
from ..module import Module, module_name
from ..project import Project
from ..roles import role_of
from .app import App, app_path
from .migrations.graph import dependencies
from .migrations.labels import text_at

logger = logging.getLogger(__name__)

_MANY = 400
"""No more files than this are looked through for a word."""
_NO_CODE = frozenset({"__pycache__", "node_modules"})
_LATE = re.compile(
    r"(?<!def )(?<!super\(\)\.)\b(?:add_to_class\(|contribute_to_class\(\s*[\w.]+,)\s*(?:[\"'](\w+)[\"'])?"
)
"""A field that is put on a class from outside, with its name if that is written out."""
_A_MIGRATION = re.compile(r"/migrations/\d\w*\.py$")
_OWN_MIGRATION = re.compile(r"^class Migration\((?!migrations\.|Migration\b|django\.)", re.MULTILINE)


class Apps:
    """The apps of a project whose files are asked for."""

    def __init__(self, project: Project, files: Mapping[str, ProjectFile]) -> None:
        self.project, self.files = project, files
        self.noted: set[str] = set()
        """What was said in the log."""
        self.searched: set[str] = set()
        """The files around apps whose texts were asked for, beside those that are in the `stamp`."""
        self._read: dict[str, tuple[tuple[int, int], ProjectFile]] = {}

    def load(self, directory: str) -> App:
        """The app in a directory, as it is now."""
        models = [self.file(path) for path in sorted(self._models(directory))]
        migrations = self._migrations(directory)
        found = (*models, *(migrations or {}).values())
        is_whole = all(f is not None and f.source.problem is None and not f.source.broken for f in found)
        modules = {name: file.module for name, file in (migrations or {}).items() if file is not None}
        return App(
            directory,
            self._label(directory, modules),
            tuple(file.module for file in models if file is not None),
            modules if migrations is not None else None,
            is_whole,
            Around(self, directory),
        )

    def is_django(self, directory: str) -> bool:
        """Whether a directory looks like an app of Django's, at a glance at the names around."""
        names = {PurePosixPath(path).stem for path in self.below(f"{directory}/migrations")}
        if "__init__" not in names:
            return Around(self, directory).is_managed()
        return names == {"__init__"} or any(name[0].isdigit() for name in names)

    def unread(self, directory: str) -> list[str]:
        """The files of an app that are neither open nor read yet."""
        own = (*self._models(directory), *self.below(f"{directory}/migrations"))
        return [path for path in own if path not in self.files and path not in self._read]

    def file(self, path: str) -> ProjectFile | None:
        """A file that is open, or that can be read."""
        if path in self.files:
            return self.files[path]
        try:
            place = self.project.root / path
            status = place.stat()
            stamp = status.st_mtime_ns, status.st_size
            known = self._read.get(path)
            if not stat.S_ISREG(status.st_mode) or status.st_size > SIZE_LIMIT:
                return None
            if known is None or known[0] != stamp:
                file = self.project.closed.file(path, place.read_bytes())
                known = self._read[path] = stamp, file.twin()
            return known[1]
        except (OSError, Undecodable):
            return None

    def stamp(self, directory: str) -> str:
        """Equal while nothing on the disk has changed that `load` reads of an app and around it."""
        around = Around(self, directory)
        hashed = blake2b(digest_size=8)
        own = {*self._models(directory), *self.below(f"{directory}/migrations"), f"{directory}/apps.py"}
        root = f"{self.project.root}{os.sep}"
        for path in sorted({*own, *around.disk(), *around.settings(), *around.siblings()}):
            try:
                status = os.stat(root + path)  # noqa: PTH116
            except OSError:
                continue
            hashed.update(
                f"{path}\0{status.st_mtime_ns}\0{status.st_size}\0".encode("utf-8", "surrogatepass")
            )
        return hashed.hexdigest()

    def reads(self, directory: str) -> set[str]:
        """What the files that were read from the disk were told by others, and what is not the app's own."""
        told = {source for _, file in self._read.values() for source in file.module.reads}
        others = {path for path in self._read if not path.startswith(f"{directory}/")}
        return told | {f"{path}=" for path in others | self.searched}

    def forget(self) -> None:
        """Let go of what was read from the disk."""
        self._read.clear()
        self.searched.clear()

    def below(self, directory: str) -> set[str]:
        """The Python files in a directory, open or on the disk."""
        found = {path for path in self.files if path.rpartition("/")[0] == directory}
        try:
            with os.scandir(self.project.root / directory) as entries:
                found |= {f"{directory}/{e.name}" for e in entries if e.name.endswith(".py") and e.is_file()}
        except OSError:
            pass
        return {path for path in found if path.endswith(".py")}

    def _models(self, directory: str) -> set[str]:
        single, package = f"{directory}/models.py", f"{directory}/models/__init__.py"
        if self.exists(single) and not self.exists(package):
            return {single}
        return {path for path in self._tree(f"{directory}/models") if not role_of(path).is_test}

    def exists(self, path: str) -> bool:
        """Whether there is a file, open or on the disk."""
        return path in self.files or (self.project.root / path).is_file()

    def _tree(self, directory: str) -> Iterator[str]:
        yield from self.below(directory)
        prefix = f"{directory}/"
        inner = {path[len(prefix) :].partition("/")[0] for path in self.files if path.startswith(prefix)}
        try:
            with os.scandir(self.project.root / directory) as entries:
                inner |= {entry.name for entry in entries if entry.is_dir(follow_symlinks=False)}
        except OSError:
            pass
        for name in inner:
            if not name.endswith(".py") and name.isidentifier() and name != "__pycache__":
                yield from self._tree(f"{directory}/{name}")

    def _migrations(self, directory: str) -> dict[str, ProjectFile | None] | None:
        package = f"{directory}/migrations"
        paths = self.below(package)
        if f"{package}/__init__.py" not in paths:
            return None
        names = {PurePosixPath(path).stem: path for path in sorted(paths)}
        return {name: self.file(path) for name, path in names.items() if name[0] not in "_~"}

    def _label(self, directory: str, migrations: dict[str, Module]) -> str:
        """What its configuration calls the app, or its own migrations, or else the directory's name."""
        configuration = self.file(f"{directory}/apps.py")
        for view in configuration.module.classes.values() if configuration is not None else ():
            label = text_at(view, "label")
            if label is not None and text_at(view, "name") is not None:
                return label
        name = directory.rpartition("/")[2]
        votes = Counter(
            label
            for module in migrations.values()
            for label, other in dependencies(module)
            if other in migrations and not other.startswith("0001")
        )
        return votes.most_common(1)[0][0] if votes and name not in votes else name


class Around:
    """The surroundings of one app's directory."""

    def __init__(self, apps: Apps, directory: str) -> None:
        self.apps, self.directory = apps, directory
        self.root = apps.project.root

    def module(self, name: str) -> Module | None:
        package = module_name(f"{self.directory}/__init__.py")
        if not name.startswith(f"{package}."):
            return None
        path = f"{self.directory}/{name[len(package) + 1 :].replace('.', '/')}"
        file = self.apps.file(f"{path}.py") or self.apps.file(f"{path}/__init__.py")
        return file.module if file is not None else None

    def names_beside(self, label: str) -> frozenset[str] | None:
        if not label.isidentifier():
            return None
        paths = self.apps.below(f"{self._beside(label)}/migrations")
        names = frozenset(PurePosixPath(path).stem for path in paths)
        return names if "__init__" in names else None

    def app_beside(self, label: str) -> App:
        return self.apps.load(self._beside(label))

    def _beside(self, label: str) -> str:
        above = self.directory.rpartition("/")[0]
        return f"{above}/{label}" if above else label

    def defines(self, name: str) -> bool:
        word = re.escape(name)
        return self._has(re.compile(rf"\bclass\s+{word}\b|\btype\(\s*f?[\"']{word}[\"']"))

    def imports(self, package: str) -> bool:
        return self._has(re.compile(rf"^\s*(?:from|import)\s+{re.escape(package)}\b", re.MULTILINE))

    def ignored_options(self) -> frozenset[str]:
        found: set[str] = set()
        for path in self.commands():
            directory = path.rpartition("/")[0]
            for beside in self.apps.below(directory):
                if beside == path or beside.rpartition("/")[2].startswith("_"):
                    self.apps.searched.add(beside)
                    found |= set(re.findall(r"[\"'](\w+)[\"']", self._text(beside)))
        return frozenset(found)

    def commands(self) -> Iterator[str]:
        """Where the project has a `makemigrations` of its own."""
        for parent in self._parents():
            for depth in ("", "*/", "*/*/"):
                for place in (self.root / parent).glob(f"{depth}management/commands/makemigrations.py"):
                    yield place.relative_to(self.root).as_posix()

    def note(self, text: str) -> None:
        if text not in self.apps.noted:
            self.apps.noted.add(text)
            logger.info("%s: %s", self.directory, text)

    def late_fields(self) -> frozenset[str] | None:
        found: set[str] = set()
        for path in self._around():
            text = self._text(path)
            for match in _LATE.finditer(text) if "to_class" in text else ():
                if match[1] is None:
                    return None
                found.add(match[1])
        return frozenset(found)

    def _has(self, pattern: re.Pattern[str]) -> bool:
        """Whether another file of the app's directory has a text in it."""
        own = (path for path in self._around() if app_path(path) != self.directory)
        return any(pattern.search(self._text(path)) for path in own)

    def _around(self) -> set[str]:
        """The files of the app's directory without tests; of a large one those at its top alone."""
        paths = {path for path in self.apps.files if path.startswith(f"{self.directory}/")}
        paths |= set(self.disk())
        if len(paths) >= _MANY:
            paths = self.apps.below(self.directory) | self.apps.below(f"{self.directory}/models")
        return {path for path in paths if "/tests/" not in path and "/migrations/" not in path}

    def is_managed(self) -> bool:
        parents = self._parents()
        if not any(self.apps.exists(f"{parent}manage.py") for parent in parents):
            return False
        siblings = {
            path.split("/")[-3] for path in self.apps.files if path.endswith("/migrations/__init__.py")
        }
        siblings |= {path.split("/")[-3] for path in self.siblings() if path.endswith("/__init__.py")}
        return bool(siblings - {self.directory.rpartition("/")[2]})

    def siblings(self) -> Iterator[str]:
        """The `manage.py` around, and the migrations packages of what stands beside the app."""
        yield from (f"{parent}manage.py" for parent in self._parents())
        above = self.directory.rpartition("/")[0]
        try:
            with os.scandir(self.root / above) as entries:
                for entry in entries:
                    package = Path(entry.path) / "migrations"
                    if (package / "__init__.py").is_file():
                        yield package.relative_to(self.root).as_posix()
                        yield (package / "__init__.py").relative_to(self.root).as_posix()
        except OSError:
            return

    def settings(self) -> Iterator[str]:
        """What may be settings of the project, by its name."""
        for parent in self._parents():
            for pattern in ("settings.py", "*/settings.py", "*/settings/*.py", "settings/*.py"):
                yield from (p.relative_to(self.root).as_posix() for p in (self.root / parent).glob(pattern))

    def is_redirected(self) -> bool:
        found = {path for path in self.apps.files if "settings" in path} | set(self.settings())
        roles = ((path, role_of(path)) for path in found)
        used = [path for path, role in roles if not role.is_test and not role.is_development]
        return any("MIGRATION_MODULES" in self._text(path) for path in used) or self._is_migrated_by_others()

    def _is_migrated_by_others(self) -> bool:
        """Whether migrations of an app inside are of a class of their own, which may be for any app."""
        return any(_OWN_MIGRATION.search(self._text(path)) for path in sorted(self._migrations_inside()))

    def _migrations_inside(self) -> set[str]:
        """The migrations of apps below this one."""
        found = {path for path in self.apps.files if path.startswith(f"{self.directory}/")}
        for place, inner, names in os.walk(self.root / self.directory):
            inner[:] = [name for name in inner if name.isidentifier() and name not in _NO_CODE]
            if place.endswith(f"{os.sep}migrations"):
                found |= {Path(place, name).relative_to(self.root).as_posix() for name in names}
        own = f"{self.directory}/migrations/"
        return {path for path in found if _A_MIGRATION.search(path) and not path.startswith(own)}

    def _parents(self) -> list[str]:
        """The directories around the app up to the project's root, each with a slash behind."""
        parts = self.directory.split("/")[:-1]
        return ["", *("/".join(parts[: number + 1]) + "/" for number in range(len(parts)))]

    def disk(self) -> Iterator[str]:
        """The files below the app, as many as are looked through."""
        left = _MANY
        root = f"{self.root}{os.sep}"
        for place, inner, names in os.walk(self.root / self.directory):
            inner[:] = sorted(name for name in inner if name.isidentifier() and name not in _NO_CODE)
            found = sorted(name for name in names if name.endswith(".py"))[:left]
            directory = place.removeprefix(root).replace(os.sep, "/")
            yield from (f"{directory}/{name}" for name in found)
            left -= len(found)
            if not left:
                return

    def _text(self, path: str) -> str:
        if path in self.apps.files:
            return self.apps.files[path].source.document.text
        return Read().text(self.root / path, is_watched=False) or ""
