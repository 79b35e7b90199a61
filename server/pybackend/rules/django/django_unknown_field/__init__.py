"""A name in a query, in Meta or in an admin class that the model does not have."""

from __future__ import annotations

from collections.abc import Iterator

from ....findings import Finding
from ....fixes.fix import Fix
from ....fixes.source import Source
from ....project.django.models import Models
from ....project.outline import Outline
from ....project.project import Project
from ...registry import Statements, rule
from .asking import Asking
from .making import made, saved
from .options import in_admin, in_meta


@rule
def check(_: Statements, outline: Outline, models: Models, project: Project) -> Iterator[Finding]:
    role = project.role(outline.module)
    if role.is_test or role.is_migration or not models.all or _expects(outline):
        return
    asking = Asking(outline, models)
    for site in outline.facts.calls:
        yield from asking.judged(site)
        yield from saved(site, outline, models)
        yield from made(site, outline, models)
    yield from in_meta(outline, models)
    yield from in_admin(outline, models)


@check.fix
def fix(finding: Finding, source: Source, _: Project) -> Iterator[Fix]:
    code, old = finding.data["code"], finding.data["old"]
    if not code:
        return
    text = source.text(finding.range)
    values = {"meant": finding.values["meant"]}
    if text == old:
        yield Fix((source.replace(finding.range, code),), values=values)
    elif text in (f'"{old}"', f"'{old}'"):
        yield Fix((source.replace(finding.range, f"{text[0]}{code}{text[0]}"),), values=values)


def _expects(outline: Outline) -> bool:
    """Whether code is prepared for names that are not there."""
    return bool(outline.facts.names & {"FieldError", "FieldDoesNotExist"})
