"""A secret key of Django's that is written into the settings, as the value or as the default."""

from __future__ import annotations

from collections.abc import Iterator

from ...facts import expressions as ex
from ...facts.tables import StringSecret
from ...findings import Finding, Range
from ...fixes.fix import Fix
from ...fixes.source import Source
from ...project.outline import Outline
from ...project.project import Project
from ...project.variables import PLAIN, Variable, is_refused, variable
from ..registry import Bindings, rule
from ._settings import settings

_NAMES = frozenset({"SECRET_KEY"})


@rule
def check(bindings: Bindings, outline: Outline) -> Iterator[Finding]:
    for binding, value in settings(_NAMES, bindings, outline):
        found = variable(value, outline, binding.at.scope)
        written = found.default if found is not None else value
        if not _is_key(written) or _is_told(value.range, outline.facts.secrets):
            continue
        if found is None:
            yield Finding(value.range, "", {"variable": "SECRET_KEY"})
        elif found.name and not is_refused(binding.name, outline.module):
            yield Finding(value.range, "default", {"variable": found.name})


@check.fix
def fix(finding: Finding, source: Source, _: Project) -> Iterator[Fix]:
    binding = next(b for b in source.outline.facts.bindings if b.value and b.value.range == finding.range)
    assert binding.value is not None
    found = variable(binding.value, source.outline, binding.at.scope)
    if found is None:
        yield Fix((source.replace(finding.range, 'os.environ["SECRET_KEY"]'),), imports=("os",))
    elif found.path in PLAIN:
        code = f'{_environ(found, source)}["{found.name}"]'
        imports = ("os",) if code.startswith("os.") else ()
        yield Fix((source.replace(finding.range, code),), imports=imports, unused=("getenv",))
    elif isinstance(found.read, ex.Call):
        code = f"{source.text(found.read.function.range)}({source.text(found.read.arguments[0].range)})"
        yield Fix((source.replace(finding.range, code),))


def _environ(found: Variable, source: Source) -> str:
    """How the file calls `os.environ`."""
    function = found.read.function if isinstance(found.read, ex.Call) else found.read.value
    written = source.text(function.range)
    return written.removesuffix(".get") if written.endswith("environ.get") else "os.environ"


def _is_key(expression: ex.Expression | None) -> bool:
    """Whether it is a constant that Django takes for a key; it refuses an empty one."""
    if isinstance(expression, ex.Secret):
        return True
    return isinstance(expression, ex.Literal) and isinstance(expression.value, str) and bool(expression.value)


def _is_told(place: Range, secrets: tuple[StringSecret, ...]) -> bool:
    """Whether `hardcoded-secret` says it."""
    return any(place[:2] <= secret.range[:2] and secret.range[2:] <= place[2:] for secret in secrets)
