"""Settings that a run of the command line puts over those of every project."""

from __future__ import annotations

from typing import Any

from .configuration import Names, Reader, Settings


class Overrides:
    """A selection begins anew; what is ignored or excluded is added. `problems` are those of the table."""

    def __init__(self, table: dict[str, Any], names: Names) -> None:
        self.table = table
        reader = Reader(names)
        self._values = reader.read(table, is_client=True)
        self.problems = reader.problems

    def __call__(self, settings: Settings) -> Settings:
        values = dict(self._values)
        ignored: tuple[str, ...] = values.get("ignore", ())
        if "select" in values:
            values["severity"] = {rule: s for rule, s in settings.severity.items() if s != "off"}
            values["ignore"] = ignored
        else:
            values["ignore"] = (*settings.ignore, *ignored)
        values["exclude"] = (*settings.exclude, *values.get("exclude", ()))
        return settings._replace(**values)
