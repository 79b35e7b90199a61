"""Workspaces: which project a file belongs to, its engine, and which findings are shown, how severely.

The command line and the language server stand on this. One engine per project root; `reload` forgets them all
after a configuration or an environment has changed, and whoever has files open opens them again.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from .configuration import (
    LOWEST,
    Configuration,
    Names,
    Problem,
    Settings,
    configuration_file,
    guess,
    is_on,
    read_client,
    read_configuration,
    weight,
)
from .engine import Engine, Located
from .environment import Chosen, Environment, interpreters
from .environment.reading import located
from .findings import Finding
from .ignoring import unused_ignores
from .overrides import Overrides
from .project.closed import Summaries
from .project.exclusion import Exclusion, Rules, spec, walk
from .project.imports.graph import Imports
from .project.project import Project
from .project.roots import Roots, below
from .references import ENGINE_LEVEL, SEVERITIES, References, Severity
from .repository import exists
from .rules.registry import Rule, discover
from .syntax.parse import Unparsable

OWN_AREA = "pybackend"
"""The area of what is found without a rule."""


class Recipe(NamedTuple):
    """What makes an equal workspace in another process: plain values only."""

    folders: list[str]
    client_settings: object
    minimum: Severity
    overrides: dict[str, Any] | None


class Home(NamedTuple):
    """A project with its engine and settings."""

    engine: Engine
    settings: Settings
    configuration: Configuration
    severities: dict[tuple[str, str], Severity | None]
    """What a finding gets, by rule and case, None for not shown; filled as asked."""
    ignores: dict[str, tuple[str, ...]]
    """The selectors that are off in a file, by relative path; filled as asked."""
    patterns: list[tuple[Rules, tuple[str, ...]]]
    exclude: Rules


class Workspace:
    """Folders opened together. `client_settings` are an editor's; less than `minimum` is not shown.

    Summaries of files are `kept` between sessions.
    """

    def __init__(
        self,
        folders: Sequence[Path],
        client_settings: object = None,
        minimum: Severity = "hint",
        kept: Summaries | None = None,
    ) -> None:
        self.kept = kept
        self.folders = [folder.absolute() for folder in folders]
        self.references = References.load()
        self.rules: dict[str, Rule] = {
            rule.id: rule for rule in discover().values() if rule.id in self.references.entries
        }
        self.names = Names(
            {rule.id: rule.area for rule in self.rules.values()} | dict.fromkeys(ENGINE_LEVEL, OWN_AREA)
        )
        self.equivalents = {
            rule: frozenset(entry.get("equivalents").replace(",", " ").split())
            for rule, entry in self.references.rules.items()
        }
        self.minimum = minimum
        self._overrides: Overrides | None = None
        self._imports: Mapping[Path, Mapping[str, Imports]] | None = {}
        self.configure(client_settings)

    def configure(self, client_settings: object) -> list[Problem]:
        """Take an editor's settings, and forget all engines; gives what is wrong with the settings."""
        self._client_settings = client_settings
        self._client, problems = read_client(client_settings, self.names)
        self._interpreters = interpreters(client_settings)
        self.reload()
        return problems

    def override(self, overrides: Overrides) -> None:
        """Have the last word on the settings of every project."""
        self._overrides = overrides
        self.reload()

    @property
    def recipe(self) -> Recipe:
        """What `from_recipe` takes."""
        table = self._overrides.table if self._overrides is not None else None
        return Recipe([str(folder) for folder in self.folders], self._client_settings, self.minimum, table)

    @classmethod
    def from_recipe(cls, recipe: Recipe, kept: Summaries | None) -> Workspace:
        """A workspace that finds what the one of the recipe does."""
        made = cls([Path(folder) for folder in recipe.folders], recipe.client_settings, recipe.minimum, kept)
        if recipe.overrides is not None:
            made.override(Overrides(recipe.overrides, made.names))
        return made

    def learn_imports(self, imports: Mapping[Path, Mapping[str, Imports]] | None) -> None:
        """Tell projects by their roots what their closed files import; None for not known yet."""
        self._imports = imports
        for root, home in self._homes.items():
            self._tell(root, home.engine)

    def _tell(self, root: Path, engine: Engine) -> None:
        engine.learn_imports(self._imports.get(root, {}) if self._imports is not None else None)

    def reload(self) -> None:
        """Forget everything that was read."""
        self._homes: dict[Path, Home] = {}
        self._roots = Roots(self.folders)
        self._configurations: dict[Path | None, Configuration] = {}
        self._exclusions: dict[Path, Exclusion] = {}

    @property
    def shows_closed_files(self) -> bool:
        """Whether an editor is to show what is found in files that are not open."""
        return self._client.get("diagnostic_mode") == "workspace"

    @property
    def homes(self) -> list[Home]:
        return list(self._homes.values())

    # Files

    def locate(self, path: Path) -> tuple[Engine, str] | None:
        """The engine for a file and its path there; None for one that is left out."""
        folder = next((f for f in self._roots.folders if path.is_relative_to(f)), None)
        if folder is not None and self.exclusion(folder).excludes_any(path):
            return None
        return self.place(path)

    def locate_template(self, path: Path) -> tuple[Engine, str] | None:
        """The engine for a template of a Django project; None for any other, and one that is left out."""
        found = self.locate(path)
        if found is None:
            return None
        root, project = found[0].project.root, found[0].project
        around = [parent for parent in path.parents if parent.is_relative_to(root)]
        is_managed = any(exists(directory / "manage.py") for directory in (*around, root / "src"))
        return found if is_managed or project.environment.knows("django") else None

    def known(self, path: Path) -> tuple[Engine, str] | None:
        """The engine for a file and its path there; None where the file's project was not looked at yet."""
        root = self._roots.root(path)
        home = self._homes.get(root)
        return (home.engine, path.relative_to(root).as_posix()) if home is not None else None

    def root(self, path: Path) -> Path:
        """The root of the project that a file belongs to."""
        return self._roots.root(path)

    def place(self, path: Path) -> tuple[Engine, str]:
        """The engine for a file that was named by the user, and its path there."""
        root = self._roots.root(path)
        return self.home(root).engine, below(path, root) or path.relative_to(root).as_posix()

    def known_files(self) -> Iterator[tuple[Path, list[str]]]:
        """The files that are known of each project that was looked at, by its root."""
        for root, home in self._homes.items():
            modules = home.engine.project.modules
            yield root, [*modules.live, *modules.closed, *modules.wanted]

    def leaves_out(self, directory: Path) -> bool:
        """Whether a directory is left out with all that is in it."""
        folder = next((f for f in self._roots.folders if directory.is_relative_to(f)), None)
        if folder is None or folder == directory:
            return False
        exclusion = self.exclusion(folder)
        return exclusion.excludes(directory, True) or exclusion.excludes_any(directory)

    def exclusion(self, start: Path) -> Exclusion:
        """What is left out below a folder."""
        if start not in self._exclusions:
            self._exclusions[start] = Exclusion(start, self._excluded)
        return self._exclusions[start]

    def files(self, start: Path, on_error: Callable[[OSError], None]) -> Iterator[Path]:
        """The Python files below a directory that are not left out."""
        return walk(self.exclusion(start), on_error)

    # Projects

    def home(self, root: Path) -> Home:
        """The project at a root."""
        if root not in self._homes:
            self._homes[root] = self._make(root)
        return self._homes[root]

    def home_of(self, engine: Engine) -> Home:
        return self._homes[engine.project.root]

    def _make(self, root: Path) -> Home:
        configuration = self._configuration(configuration_file(root))
        settings = configuration.settings.under(self._client)
        if self._overrides is not None:
            settings = self._overrides(settings)
        base = configuration.directory if configuration.file else root
        environment = Environment(root, chosen=self._chosen(root, base, settings))
        target = settings.target_version or environment.lowest_python or LOWEST
        rules = [rule for rule in self.rules.values() if self._is_on(rule, settings)]
        engine = Engine(Project(root, environment, target, self.kept), rules, self.equivalents)
        self._tell(root, engine)
        patterns = [((base, spec([p])), names) for p, names in settings.per_file_ignores.items()]
        exclude = base, spec(settings.exclude)
        return Home(engine, settings, configuration, {}, {}, patterns, exclude)

    def _chosen(self, root: Path, base: Path, settings: Settings) -> Chosen:
        """What settings, the editor and the process say of the environment of a project."""
        python = located(settings.python or "", base)
        packages = [located(text, base) for text in settings.site_packages]
        around = [folder for folder in self._interpreters if root.is_relative_to(folder)]
        editor = self._interpreters[max(around, key=len)] if around else ""
        return Chosen(
            python,
            tuple(filter(None, packages)),
            located(editor, root),
            os.environ,
            located("~", root),
        )

    def _is_on(self, rule: Rule, settings: Settings) -> bool:
        return is_on(rule.id, rule.area, self.references[rule.id].is_default, settings)

    def _configuration(self, file: Path | None) -> Configuration:
        if file not in self._configurations:
            found = read_configuration(file, self.names) if file else Configuration(Path(), Settings())
            self._configurations[file] = found
        return self._configurations[file]

    def _excluded(self, directory: Path) -> Rules | None:
        exclude = self.home(self._roots.root(directory / "_")).exclude
        return exclude if exclude[1].patterns else None

    # Findings

    def settings_findings(self, path: Path) -> list[Finding]:
        """What is wrong with the settings in a pyproject.toml or pybackend.toml."""
        return list(self._configuration(path).findings)

    def shown(self, located: Located, path: str, engine: Engine) -> Severity | None:
        """The severity of a finding in a file of an engine; None where it is not shown."""
        return self.severity_of(located.finding, path, engine)

    def severity_of(self, finding: Finding, path: str, engine: Engine) -> Severity | None:
        """What a finding in a file gets; None where it is not shown."""
        home = self._homes[engine.project.root]
        file = engine.files.get(path)
        if (file and finding.rule in file.ignores) or self._is_off(finding.rule, path, home):
            return None
        key = finding.rule, finding.case
        if key not in home.severities:
            home.severities[key] = self._severity(*key, home.settings)
        return home.severities[key]

    def _severity(self, rule: str, case: str, settings: Settings) -> Severity | None:
        """What a case gets by the configuration, else by the references; None if that is too little."""
        severity = settings.severity.get(rule) or self.references[rule].severity(case)
        if severity == "off" or (rule in ENGINE_LEVEL and weight(rule, OWN_AREA, settings.ignore) > 1):
            return None
        is_named = rule in (settings.select or ())
        is_enough = SEVERITIES.index(severity) <= SEVERITIES.index(settings.min_severity or self.minimum)
        return severity if is_named or is_enough else None

    def _is_off(self, rule: str, path: str, home: Home) -> bool:
        """Whether `per-file-ignores` switches a rule off in a file."""
        if not home.patterns:
            return False
        if path not in home.ignores:
            absolute = home.engine.project.root / path
            found = [
                name
                for (base, patterns), names in home.patterns
                if absolute.is_relative_to(base)
                and patterns.match_file(absolute.relative_to(base).as_posix())
                for name in names
            ]
            home.ignores[path] = tuple(found)
        area = self.names.rules.get(rule, "")
        return weight(rule, area, home.ignores[path]) > 0

    def own_findings(self, path: str, engine: Engine) -> list[Finding]:
        """`syntax-error` and `unused-ignore` of an open file, with ranges in the file."""
        home, file = self._homes[engine.project.root], engine.files[path]
        found = []
        if file.source.problem is not None:
            found.append(syntax_error(file.source.problem, file.source.document.lines))
        running = {rule.id for rule in engine.judging if not self._is_off(rule.id, path, home)}
        for ignored in unused_ignores(file.source.units, running, {*self.rules, *ENGINE_LEVEL}):
            hint = "" if ignored.is_known else guess(ignored.name, self.rules)
            values = {"name": ignored.name, "hint": hint}
            case = "" if ignored.is_known else "unknown"
            found.append(Finding(ignored.range, case, values, rule="unused-ignore"))
        return found


def syntax_error(problem: Unparsable, lines: Sequence[str]) -> Finding:
    """The finding for text that does not parse, on a place that exists."""
    line = min(problem.line, len(lines) - 1)
    column = min(problem.column, len(lines[line].rstrip("\r\n")))
    values = {"version": f"{sys.version_info[0]}.{sys.version_info[1]}", "problem": problem.message}
    return Finding((line, column, line, column), "", values, rule="syntax-error")
