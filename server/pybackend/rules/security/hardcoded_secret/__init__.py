"""Keys, tokens and passwords written into the source. Which literals are secrets is decided in the facts."""

from __future__ import annotations

from collections.abc import Iterator

from ....facts import expressions as ex
from ....facts.secrets import ADDRESS, LOCAL_ADDRESS
from ....facts.tables import StringSecret
from ....findings import Finding
from ....fixes.fix import Fix
from ....fixes.source import Source
from ....project.outline import Outline
from ....project.project import Project
from ....project.variables import is_refused
from ...registry import Secrets, rule
from .repairs import repairs

_PUBLIC = frozenset({"Google API key"})
_TEST_MODE = frozenset({"Stripe test key"})
_IN_DOCUMENTATION = frozenset({"JSON Web Token", "private key", ADDRESS, LOCAL_ADDRESS})


@rule
def check(secrets: Secrets, outline: Outline) -> Iterator[Finding]:
    for secret in secrets:
        case = _case(secret, outline)
        if case is not None:
            values = {
                "name": secret.name,
                "provider": secret.provider,
                "prefix": secret.prefix,
                "length": str(secret.length),
            }
            yield Finding(secret.range, case, values)


@check.fix
def fix(finding: Finding, source: Source, project: Project) -> Iterator[Fix]:
    if project.role(source.outline.module).is_migration:
        return
    for secret in source.outline.facts.secrets:
        if secret.range == finding.range:
            yield from repairs(secret, source, project.root)
            return


def _case(secret: StringSecret, outline: Outline) -> str | None:
    """The case of the finding; None where nobody would call it one."""
    module = outline.module
    role = module.project.role(module)
    is_shown = role.is_test or role.is_development or role.is_documentation
    if not secret.provider:
        is_lambda = outline.facts.scopes[secret.at.scope].kind == "lambda"
        return None if is_shown or is_lambda or _is_refused(secret, outline) else ""
    if role.is_test:
        return None if secret.provider in _IN_DOCUMENTATION else "test"
    if is_shown and secret.provider in _IN_DOCUMENTATION:
        return None
    if secret.provider == LOCAL_ADDRESS:
        return "local"
    if secret.provider == ADDRESS:
        return "address"
    return "test" if secret.provider in _TEST_MODE else "public" if secret.provider in _PUBLIC else "provider"


def _is_refused(secret: StringSecret, outline: Outline) -> bool:
    """Whether it is a default that the module does not run with where it matters."""
    return any(
        b.name and is_refused(b.name, outline.module)
        for b in outline.facts.bindings
        if isinstance(b.value, ex.Call) and secret.range in {a.range for a in ex.walk(b.value)}
    )
