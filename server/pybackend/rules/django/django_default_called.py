"""A default of a model field that is computed once, when the class is made."""

from __future__ import annotations

from collections.abc import Iterator

from ...facts import expressions as ex
from ...findings import Finding
from ...fixes.fix import Fix
from ...fixes.source import Source
from ...project.outline import Outline
from ...project.project import Project
from ..registry import Bindings, rule_about
from ._fields import Declared, declared

_CHANGING = frozenset(
    {
        *(f"django.utils.timezone.{name}" for name in ("now", "localtime", "localdate")),
        *(f"datetime.datetime.{name}" for name in ("now", "utcnow", "today")),
        *("datetime.date.today", "time.time", "time.time_ns", "django.utils.crypto.get_random_string"),
        *(f"uuid.uuid{number}" for number in (1, 4, 6, 7)),
        *(f"secrets.{name}" for name in ("token_hex", "token_urlsafe", "token_bytes", "randbelow", "choice")),
        *(
            f"random.{name}"
            for name in ("random", "randint", "randrange", "choice", "getrandbits", "uniform")
        ),
        *("django.core.signing.dumps", "os.urandom"),
    }
)
"""What gives another value each time."""
_NAMES = frozenset(path.rpartition(".")[2] for path in _CHANGING)


@rule_about(_NAMES)
def check(bindings: Bindings, outline: Outline, project: Project) -> Iterator[Finding]:
    for field in declared(bindings, ("default",), outline, project):
        default = field.call.keyword("default")
        made = _changing(default, field, outline) if default is not None else None
        if default is not None and made is not None:
            values = {"field": field.name, "call": ex.dotted(made.function) or ""}
            is_whole = made is default and not made.arguments and not made.keywords
            yield Finding(default.range, "" if is_whole else "part", values)


@check.fix
def fix(finding: Finding, source: Source, _: Project) -> Iterator[Fix]:
    if finding.case == "":
        site = next(s for s in source.outline.facts.calls if s.call.range == finding.range)
        behind = (*site.call.function.range[2:], *site.call.range[2:])
        if "#" not in source.text(behind):
            yield Fix((source.replace(behind, ""),), values={"call": finding.values["call"]})


def _changing(value: ex.Expression, field: Declared, outline: Outline) -> ex.Call | None:
    """The call in an expression that would give another value each time; nothing in a lambda is called."""
    if isinstance(value, ex.Lambda):
        return None
    if isinstance(value, ex.Call):
        written = ex.dotted(value.function) or ""
        if (
            written.rpartition(".")[2] in _NAMES
            and _path(value.function, written, field, outline) in _CHANGING
        ):
            return value
    return next((found for part in ex.children(value) if (found := _changing(part, field, outline))), None)


def _path(function: ex.Expression, written: str, field: Declared, outline: Outline) -> str | None:
    """In `uuid = UUIDField(default=uuid.uuid4())` the second `uuid` is still the module's."""
    first, _, rest = written.partition(".")
    if first != field.name:
        return outline.resolve(function, field.at.scope)
    return f"{outline.module.resolve_name(first)}.{rest}"
