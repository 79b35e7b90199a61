"""Settings: `[tool.pybackend]` of a pyproject.toml, a pybackend.toml, or what an editor sends.

Reading never fails. What is wrong becomes a problem with a place, and the default stands in its stead.
"""

from __future__ import annotations

import difflib
import json
import re
import tomllib
from collections.abc import Callable, Collection, Iterable, Iterator
from pathlib import Path
from typing import Any, Literal, NamedTuple, cast

from .findings import Finding, Range
from .project.exclusion import is_pattern
from .references import SEVERITIES, Severity
from .repository import exists, upwards
from .toml_places import Places

LOWEST: tuple[int, int] = (3, 11)
"""The Python that a project is taken for when it does not say."""

_SIZE_LIMIT = 1_000_000
_VERSION = re.compile(r"(?:py)?(\d)\.?(\d{1,2})$")


DiagnosticMode = Literal["openFilesOnly", "workspace"]
DIAGNOSTIC_MODES: tuple[DiagnosticMode, ...] = ("openFilesOnly", "workspace")


class Settings(NamedTuple):
    """What may be set. None where nothing was said and the place that asks has a default of its own."""

    select: tuple[str, ...] | None = None
    ignore: tuple[str, ...] = ()
    target_version: tuple[int, int] | None = None
    severity: dict[str, Severity | Literal["off"]] = {}  # noqa: RUF012
    per_file_ignores: dict[str, tuple[str, ...]] = {}  # noqa: RUF012
    exclude: tuple[str, ...] = ()
    min_severity: Severity | None = None
    diagnostic_mode: DiagnosticMode | None = None
    python: str | None = None
    site_packages: tuple[str, ...] = ()

    def under(self, client: dict[str, Any]) -> Settings:
        """These settings with what a client has set put over them; severities rule by rule."""
        values = dict(client)
        if "severity" in values:
            values["severity"] = {**self.severity, **values["severity"]}
        return self._replace(**values)


class Names(NamedTuple):
    """What selectors may name."""

    rules: dict[str, str]
    """The area of each rule that can be switched, by id."""

    @property
    def selectors(self) -> list[str]:
        return [*self.rules, *sorted(set(self.rules.values())), "ALL"]


class Problem(NamedTuple):
    """Something wrong: the case and values of `invalid-configuration`, and the keys and value it is about."""

    case: str
    values: dict[str, str]
    keys: tuple[str, ...]
    value: str | None = None
    position: tuple[int, int] | None = None


class Key(NamedTuple):
    """A setting: how it is read, and its JSON schema. `is_shared` if it may stand in a project's file."""

    read: Callable[[Reader, str, Any], Any]
    schema: dict[str, Any]
    is_shared: bool = True


class Reader:
    """Reads one table of settings. `problems` is what was wrong with it."""

    def __init__(self, names: Names) -> None:
        self.names, self.problems = names, list[Problem]()

    def read(self, table: dict[str, Any], is_client: bool = False) -> dict[str, Any]:
        """The values that are right, by field of Settings."""
        found: dict[str, Any] = {}
        for name, value in table.items():
            key = KEYS.get(name)
            if key is None or not (key.is_shared or is_client):
                known = [known for known, key in KEYS.items() if key.is_shared or is_client]
                self.complain("key", (name,), name, hint=guess(name, known))
                continue
            before = len(self.problems)
            read = key.read(self, name, value)
            if len(self.problems) == before or read:
                found[name.replace("-", "_")] = read
        return found

    def complain(self, case: str, keys: tuple[str, ...], value: object, **values: str) -> None:
        shown = value if isinstance(value, str) else json.dumps(value, default=str)
        texts = {"key": ".".join(keys), "value": shown[:80], **values}
        self.problems.append(Problem(case, texts, keys, value if isinstance(value, str) else None))

    def texts(self, name: str, value: Any, keys: tuple[str, ...] = ()) -> tuple[str, ...]:
        """A list of strings; those that are none are left out."""
        if not isinstance(value, list):
            self.complain("type", (name, *keys), value, expected="a list of strings")
            return ()
        for item in value:
            if not isinstance(item, str):
                self.complain("type", (name, *keys), item, expected="a string")
        return tuple(item for item in value if isinstance(item, str))

    def text(self, name: str, value: Any) -> str | None:
        if not isinstance(value, str):
            self.complain("type", (name,), value, expected="a string")
            return None
        return value

    def selectors(self, name: str, value: Any, keys: tuple[str, ...] = ()) -> tuple[str, ...]:
        found = self.texts(name, value, keys)
        return tuple(item for item in found if self._knows(item, (name, *keys), self.names.selectors))

    def patterns(self, name: str, value: Any) -> tuple[str, ...]:
        return tuple(pattern for pattern in self.texts(name, value) if self._is_pattern(pattern, (name,)))

    def version(self, name: str, value: Any) -> tuple[int, int] | None:
        found = _VERSION.match(value) if isinstance(value, str) else None
        if found is None or found[1] != "3":
            self.complain("type", (name,), value, expected='a string such as "3.12"')
            return None
        return int(found[1]), int(found[2])

    def severities(self, name: str, value: Any) -> dict[str, str]:
        found = {}
        for rule, severity in self._table(name, value):
            if not self._knows(rule, (name, rule), self.names.rules):
                continue
            if severity in (*SEVERITIES, "off"):
                found[rule] = severity
            else:
                self.complain("type", (name, rule), severity, expected=_either((*SEVERITIES, "off")))
        return found

    def minimum(self, name: str, value: Any) -> str | None:
        if value in SEVERITIES:
            return cast(str, value)
        self.complain("type", (name,), value, expected=_either(SEVERITIES))
        return None

    def mode(self, name: str, value: Any) -> str | None:
        if value in DIAGNOSTIC_MODES:
            return cast(str, value)
        self.complain("type", (name,), value, expected=_either(DIAGNOSTIC_MODES))
        return None

    def per_file(self, name: str, value: Any) -> dict[str, tuple[str, ...]]:
        return {
            pattern: self.selectors(name, ignored, (pattern,))
            for pattern, ignored in self._table(name, value)
            if self._is_pattern(pattern, (name, pattern))
        }

    def _table(self, name: str, value: Any) -> Iterator[tuple[str, Any]]:
        if isinstance(value, dict):
            yield from value.items()
        else:
            self.complain("type", (name,), value, expected="a table")

    def _knows(self, item: str, keys: tuple[str, ...], known: Collection[str]) -> bool:
        if item not in known:
            self.complain("rule", keys, item, hint=guess(item, known))
        return item in known

    def _is_pattern(self, pattern: str, keys: tuple[str, ...]) -> bool:
        if not is_pattern(pattern):
            self.complain("type", keys, pattern, expected="a pattern in gitignore syntax")
        return is_pattern(pattern)


_TEXTS = {"type": "array", "items": {"type": "string"}}
KEYS: dict[str, Key] = {
    "select": Key(
        Reader.selectors,
        {
            "description": "The rules that are on: ids, areas such as `django`, or `ALL`. Where nothing is "
            "selected, those on by default are, and those given a severity.",
            **_TEXTS,
        },
    ),
    "ignore": Key(
        Reader.selectors,
        {
            "description": "The rules that are off: ids, areas, or `ALL`. An id weighs more than its area, "
            "and an area more than `ALL`.",
            **_TEXTS,
        },
    ),
    "target-version": Key(
        Reader.version,
        {
            "description": "The oldest Python that the code runs on; else that of `requires-python`.",
            "type": "string",
            "pattern": r"^(py)?3\.?\d{1,2}$",
        },
    ),
    "severity": Key(
        Reader.severities,
        {
            "description": "Severities by rule id, for all cases of the rule.",
            "type": "object",
            "additionalProperties": {"enum": [*SEVERITIES, "off"]},
        },
    ),
    "per-file-ignores": Key(
        Reader.per_file,
        {
            "description": "What is off in some files: selectors by pattern, in gitignore syntax.",
            "type": "object",
            "additionalProperties": _TEXTS,
        },
    ),
    "exclude": Key(
        Reader.patterns,
        {"description": "Files and directories that are left out, in gitignore syntax.", **_TEXTS},
    ),
    "python": Key(
        Reader.text,
        {
            "description": "The project's Python, or the directory of its environment, only read; else the "
            "environment that the editor, the project, the shell or a tool such as Poetry has.",
            "type": "string",
        },
    ),
    "site-packages": Key(
        Reader.texts,
        {
            "description": "The directories with the project's packages, where no environment has them.",
            **_TEXTS,
        },
    ),
    "min-severity": Key(
        Reader.minimum, {"description": "What is less is not shown.", "enum": list(SEVERITIES)}, False
    ),
    "diagnostic-mode": Key(
        Reader.mode,
        {"description": "Whether files that are not open are shown too.", "enum": list(DIAGNOSTIC_MODES)},
        False,
    ),
}


def schema() -> dict[str, Any]:
    """The JSON schema of `[tool.pybackend]` and pybackend.toml."""
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "pybackend",
        "type": "object",
        "additionalProperties": False,
        "properties": {name: key.schema for name, key in KEYS.items() if key.is_shared},
    }


class Configuration(NamedTuple):
    """The settings of a file and what is wrong in it. `directory` is what its patterns are relative to."""

    directory: Path
    settings: Settings
    findings: tuple[Finding, ...] = ()
    file: Path | None = None


def configuration_file(root: Path) -> Path | None:
    """The file that configures a project: its own, else the nearest above it in its repository."""
    for directory in upwards(root):
        own = directory / "pybackend.toml"
        if exists(own):
            return own
        shared = directory / "pyproject.toml"
        if exists(shared) and (directory == root or "pybackend" in _text(shared)[0]):
            return shared
    return None


def read_configuration(file: Path, names: Names) -> Configuration:
    """The settings in a pyproject.toml or pybackend.toml."""
    text, problem = _text(file)
    if problem:
        return Configuration(file.parent, Settings(), (_finding(problem, text, ()),), file)
    try:
        table: Any = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError, ValueError) as error:
        problem = Problem("toml", {"problem": str(error)}, (), position=_position(str(error)))
        return Configuration(file.parent, Settings(), (_finding(problem, text, ()),), file)
    prefix = () if file.name == "pybackend.toml" else ("tool", "pybackend")
    reader = Reader(names)
    for name in prefix:
        table = table.get(name, {}) if isinstance(table, dict) else table
    if not isinstance(table, dict):
        reader.complain("type", (), table, key=".".join(prefix), expected="a table")
        table = {}
    values = reader.read(table)
    findings = [_finding(problem, text, prefix) for problem in reader.problems]
    return Configuration(file.parent, Settings(**values), tuple(findings), file)


def read_client(sent: object, names: Names) -> tuple[dict[str, Any], list[Problem]]:
    """What an editor has set, by field of Settings, and what is wrong with it.

    Keys may be written in camel case; null means not set, and so does a key that is none of ours.
    """
    reader = Reader(names)
    table = sent if isinstance(sent, dict) else {}
    kebab = {re.sub(r"[A-Z]", lambda m: "-" + m[0].lower(), str(k)): v for k, v in table.items()}
    known = {name: value for name, value in kebab.items() if name in KEYS and value is not None}
    return reader.read(known, is_client=True), reader.problems


def is_on(rule: str, area: str, is_default: bool, settings: Settings) -> bool:
    """Whether a rule runs."""
    severity = settings.severity.get(rule)
    if severity == "off":
        return False
    if settings.select is None:
        chosen = 1 if is_default else 0
        chosen = 3 if severity else chosen
    else:
        chosen = weight(rule, area, settings.select)
    return chosen > weight(rule, area, settings.ignore)


def weight(rule: str, area: str, selectors: Iterable[str]) -> int:
    """How precisely the rule is named: by its id 3, its area 2, `ALL` 1, not 0."""
    weights = {rule: 3, area: 2, "ALL": 1}
    return max((weights.get(selector, 0) for selector in selectors), default=0)


def guess(name: str, known: Iterable[str]) -> str:
    """A question that names the nearest known one, with a space in front; "" if none is near."""
    near = difflib.get_close_matches(name, list(known), 1, 0.6)
    return f" Did you mean `{near[0]}`?" if near else ""


def _either(words: Iterable[str]) -> str:
    return "one of " + ", ".join(f'"{word}"' for word in words)


def _text(file: Path) -> tuple[str, Problem | None]:
    try:
        if not file.is_file() or file.stat().st_size > _SIZE_LIMIT:
            return "", Problem("toml", {"problem": "not a file of a usual size"}, ())
        return file.read_bytes().decode("utf-8").replace("\r\n", "\n"), None
    except OSError as error:
        return "", Problem("toml", {"problem": error.strerror or str(error)}, ())
    except UnicodeDecodeError:
        return "", Problem("toml", {"problem": "not UTF-8"}, ())


def _position(message: str) -> tuple[int, int] | None:
    found = re.search(r"\(at line (\d+), column (\d+)\)", message)
    return (int(found[1]) - 1, int(found[2]) - 1) if found else None


def _finding(problem: Problem, text: str, prefix: tuple[str, ...]) -> Finding:
    places = Places(text)
    place: Range
    if problem.position is not None:
        line, column = problem.position
        place = line, column, line, column + 1
    else:
        place = places.find((*prefix, *problem.keys), problem.value)
    return Finding(place, problem.case, problem.values, rule="invalid-configuration")
