"""Options of the command line as settings over those of every project that is met."""

from __future__ import annotations

import argparse
from typing import Any

from ..configuration import Names, Problem
from ..overrides import Overrides
from ..references import References


class UsageError(Exception):
    """An option has a value that cannot be; the message says which."""


def overrides(arguments: argparse.Namespace, names: Names, references: References) -> Overrides:
    """The settings that were given."""
    table: dict[str, Any] = {
        "select": _split(arguments.select),
        "ignore": _split(arguments.ignore),
        "exclude": arguments.exclude,
        "target-version": arguments.target_version,
        "min-severity": arguments.min_severity,
    }
    found = Overrides({key: value for key, value in table.items() if value is not None}, names)
    if found.problems:
        raise UsageError(_sentence(found.problems[0], references))
    return found


def _split(options: list[str] | None) -> list[str] | None:
    """Options that may be repeated and may hold several names."""
    if options is None:
        return None
    return [name for option in options for name in option.replace(",", " ").split()]


def _sentence(problem: Problem, references: References) -> str:
    values = {**problem.values, "key": "--" + problem.values["key"]}
    return references.message("invalid-configuration", problem.case, values)
