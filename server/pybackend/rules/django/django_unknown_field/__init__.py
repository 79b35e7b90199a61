"""A name in a query, in Meta or in an admin class that the model does not have."""

from __future__ import annotations

from collections.abc import Iterator

from ....facts import expressions as ex
from ....facts.tables import At
from ....findings import Finding
from ....fixes.fix import Fix
from ....fixes.source import Source
from ....project.django.models import Models
from ....project.module import Module
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
    found = [*_in_calls(outline, models), *in_meta(outline, models), *in_admin(outline, models)]
    others = _elsewhere(outline.module) if found else frozenset()
    yield from (finding for finding in found if finding.values["name"].lower() not in others)


def _in_calls(outline: Outline, models: Models) -> Iterator[Finding]:
    asking = Asking(outline, models)
    for site in outline.facts.calls:
        found = [*asking.judged(site), *saved(site, outline, models), *made(site, outline, models)]
        if found and not _is_optional(site.at, outline):
            yield from found


def _elsewhere(module: Module) -> frozenset[str]:
    """The names of apps and models that a file imports and that are not there to be read."""
    found: set[str] = set()
    for path in module.imports:
        parts = path.split(".")
        if "models" in parts[1:] and parts[0] != "django":
            home = ".".join(parts[: parts.index("models", 1) + 1])
            modules, installed = module.project.modules, module.project.installed
            if modules.module(home, module) is None and installed.module(home) is None:
                found |= {parts[0].lower(), parts[-1].lower(), f"{parts[-1].lower()}_set"}
    return frozenset(found)


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


def _is_optional(at: At, outline: Outline) -> bool:
    """Whether settings decide if code runs, which may tell that another package is there."""
    number, blocks = at.block, outline.facts.blocks
    while blocks[number].kind != "scope":
        test = blocks[number].expression
        for part in ex.walk(test) if test is not None else ():
            if isinstance(part, (ex.Name, ex.Attribute)):
                path = outline.resolve(part, at.scope) or ""
                if path.startswith("django.conf.settings"):
                    return True
        number = blocks[number].parent
    return False


def _expects(outline: Outline) -> bool:
    """Whether code is prepared for names that are not there."""
    return bool(outline.facts.names & {"FieldError", "FieldDoesNotExist"})
