"""Adding `select_related` or `prefetch_related` to the query that feeds a loop."""

from __future__ import annotations

from collections.abc import Iterator

from ....findings import Finding, Range
from ....fixes.elsewhere import moved, source_at
from ....fixes.fix import Fix
from ....fixes.loading import edits
from ....fixes.source import Source
from ....project.project import Project
from ....text.edits import Edit


def fixes(finding: Finding, source: Source, project: Project) -> Iterator[Fix]:
    """More asked of the query where the loop is, and of what makes it, for all who use that."""
    if "path" not in finding.data:
        return
    values = {"method": finding.data["method"], "path": finding.data["path"]}
    if "source" in finding.data:
        line, column, end_line, end_column = map(int, finding.data["source"].split(","))
        is_named = any(related.case == "made" for related in finding.related)
        found = _edits((line, column, end_line, end_column), finding, source, not is_named)
        if found:
            yield Fix(found, values=values)
    yield from _made(finding, source, project, values)


def _made(finding: Finding, source: Source, project: Project, values: dict[str, str]) -> Iterator[Fix]:
    """The fix of the functions or class attributes that make the query, in this file or another."""
    made = [related for related in finding.related if related.case == "made" and related.place is not None]
    if not made or (values["method"] == "prefetch_related" and "iterated" in finding.data):
        return
    own: list[Edit] = []
    others: dict[str, tuple[Edit, ...]] = {}
    for related in made:
        place = related.place
        assert place is not None
        there = source_at(place, source, project)
        found = _edits(place.range, finding, there, True) if there is not None else ()
        if there is None or not found:
            return
        if place.path == source.outline.module.path:
            own += [moved(edit, there.start - source.start) for edit in found]
        else:
            here = [moved(edit, there.start) for edit in found]
            others[place.path] = (*others.get(place.path, ()), *here)
    yield Fix(tuple(own), "made", {**values, **made[0].values}, others=others)


def _edits(place: Range, finding: Finding, source: Source, is_plain: bool) -> tuple[Edit, ...]:
    """The edits that have the query in a range load what the finding misses; none where there are none."""
    return edits(place, {finding.data["method"]: [finding.data["path"]]}, source, is_plain)
