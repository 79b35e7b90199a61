"""What the project's Django no longer has."""

from __future__ import annotations

from collections.abc import Iterator

from ....findings import Finding
from ....fixes.fix import Fix
from ....fixes.source import Source
from ....project.outline import Outline
from ....project.project import Project
from ...registry import Statements, rule
from . import names, uses

_NAMED = frozenset({"import", "read"})


@rule
def check(_: Statements, outline: Outline, project: Project) -> Iterator[Finding]:
    yield from names.find(outline, project)
    yield from uses.find(outline, project)


@check.fix
def fix(finding: Finding, source: Source, _: Project) -> Iterator[Fix]:
    yield from (names if finding.data.get("kind") in _NAMED else uses).fix(finding, source)
