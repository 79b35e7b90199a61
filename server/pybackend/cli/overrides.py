"""Options of the command line over the settings of every project that is met."""

from __future__ import annotations

import argparse
from typing import Any

from ..configuration import Names, Problem, Reader, Settings
from ..references import References


class UsageError(Exception):
    """An option has a value that cannot be; the message says which."""


class Overrides:
    """A selection on the command line begins anew; what it ignores or excludes is added."""

    def __init__(self, arguments: argparse.Namespace, names: Names, references: References) -> None:
        reader = Reader(names)
        table: dict[str, Any] = {
            "select": _split(arguments.select),
            "ignore": _split(arguments.ignore),
            "exclude": arguments.exclude,
            "target-version": arguments.target_version,
            "min-severity": arguments.min_severity,
        }
        given = {key: value for key, value in table.items() if value is not None}
        self.values = reader.read(given, is_client=True)
        if reader.problems:
            raise UsageError(_sentence(reader.problems[0], references))

    def __call__(self, settings: Settings) -> Settings:
        values = dict(self.values)
        ignored: tuple[str, ...] = values.get("ignore", ())
        if "select" in values:
            values["severity"] = {rule: s for rule, s in settings.severity.items() if s != "off"}
            values["ignore"] = ignored
        else:
            values["ignore"] = (*settings.ignore, *ignored)
        values["exclude"] = (*settings.exclude, *values.get("exclude", ()))
        return settings._replace(**values)


def _split(options: list[str] | None) -> list[str] | None:
    """Options that may be repeated and may hold several names."""
    if options is None:
        return None
    return [name for option in options for name in option.replace(",", " ").split()]


def _sentence(problem: Problem, references: References) -> str:
    values = {**problem.values, "key": "--" + problem.values["key"]}
    return references.message("invalid-configuration", problem.case, values)
