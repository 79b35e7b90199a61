"""A URL that is asked for by a name that no pattern has, or with arguments that no pattern takes."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches
from typing import NamedTuple

from ...facts import expressions as ex
from ...facts.tables import At
from ...facts.template import URL_TAG
from ...findings import Finding, Related
from ...fixes.fix import Fix
from ...fixes.source import Source
from ...project.django.urls.table import Pattern, Table
from ...project.outline import Outline
from ...project.project import Project
from ..registry import Calls, rule_about

_REVERSE = frozenset(
    f"django.urls.{place}{name}" for place in ("", "base.") for name in ("reverse", "reverse_lazy")
)
_SHORTCUTS = frozenset({"django.shortcuts.redirect", "django.shortcuts.resolve_url"})
_OPTIONS = frozenset({"permanent", "preserve_request"})
"""Keywords of `redirect` that are no arguments of the URL."""


class Given(NamedTuple):
    """The arguments for a URL: how many by position, and the names of the others."""

    positional: int
    names: frozenset[str]

    def fits(self, pattern: Pattern) -> bool:
        taken = pattern.parameters
        if not taken.is_certain:
            return True
        if self.positional:
            return self.positional == taken.number
        return self.names == taken.names and (taken.unnamed == 0 or bool(self.names))


@rule_about({"reverse", "reverse_lazy", "redirect", "resolve_url", URL_TAG})
def check(calls: Calls, outline: Outline, project: Project) -> Iterator[Finding]:
    for site in calls:
        first = site.call.argument(0, "viewname") or site.call.argument(0, "to")
        if not isinstance(first, ex.Literal) or not isinstance(first.value, str) or not first.value:
            continue
        if isinstance(site.call.function, ex.Name) and site.call.function.id == URL_TAG:
            if site.call.keyword("as") is None and not project.role(outline.module).is_test:
                yield from judge(first, first.value, _tagged(site.call), project.urls.table(outline.module))
            continue
        path = outline.callee(site)
        if path not in _REVERSE | _SHORTCUTS:
            continue
        if project.role(outline.module).is_test or _is_tried(outline, site.at):
            continue
        table = project.urls.table(outline.module)
        if path in _REVERSE and site.call.argument(1, "urlconf") is None:
            yield from judge(first, first.value, _reversed(site.call), table)
        elif path in _SHORTCUTS and _is_name(first.value, table):
            yield from judge(first, first.value, _passed(site.call), table)


@check.fix
def fix(finding: Finding, source: Source, _: Project) -> Iterator[Fix]:
    name = finding.data.get("name")
    text = source.text(finding.range)
    if name is not None and text[:1] in "\"'" and text[0] == text[-1] and not text.startswith(text[0] * 3):
        yield Fix((source.replace(finding.range, f"{text[0]}{name}{text[0]}"),), values={"name": name})


def judge(literal: ex.Literal, name: str, given: Given | None, table: Table) -> Iterator[Finding]:
    """What is wrong with a name and its arguments, if all patterns are known that it may stand for."""
    patterns = table.patterns(name)
    if patterns is None:
        return
    if not patterns:
        close = nearest(name, table)
        case, values = ("close", {"name": name, "close": close}) if close else ("", {"name": name})
        yield Finding(literal.range, case, values, data={"name": close} if close else {})
    elif given is not None and not any(given.fits(pattern) for pattern in patterns):
        first = patterns[0]
        related = (Related("pattern", first.place.range, {"name": name}, first.place),) if first.place else ()
        values = {"name": name, "expected": _shown(first), "given": _told(given)}
        yield Finding(literal.range, "arguments", values, related)


def nearest(name: str, table: Table) -> str:
    """The known name that was meant, "" where that is not clear: another namespace, or a slip of the pen."""
    last = name.rpartition(":")[2]
    same = sorted(known for known in table.names if known.rpartition(":")[2] == last)
    if same:
        return same[0] if len(same) == 1 else ""
    return next(iter(get_close_matches(name, sorted(table.names), 1, 0.75)), "")


def _shown(pattern: Pattern) -> str:
    taken = pattern.parameters
    if taken.names:
        return ", ".join(f"`{name}`" for name in sorted(taken.names))
    return f"{taken.unnamed} by position" if taken.unnamed else "no arguments"


def _told(given: Given) -> str:
    if given.names:
        return ", ".join(f"`{name}`" for name in sorted(given.names))
    return f"{given.positional} by position" if given.positional else "none"


def _reversed(call: ex.Call) -> Given | None:
    """What `reverse` passes on; None where it is not written out."""
    if any(keyword.name is None for keyword in call.keywords):
        return None
    positional, names = call.argument(2, "args"), call.argument(3, "kwargs")
    count = 0
    if positional is not None and not _is_none(positional):
        if not isinstance(positional, ex.Display) or any(
            isinstance(element, ex.Starred) for element in positional.elements
        ):
            return None
        count = len(positional.elements)
    given = _keys(names)
    return Given(count, given) if given is not None and not (count and given) else None


def _is_name(text: str, table: Table) -> bool:
    """Whether a text is no address: one with dots in it is a name only within a namespace that exists."""
    space = text.rpartition(":")[0]
    is_spaced = bool(space) and any(name.startswith(f"{space}:") for name in table.names)
    return "/" not in text and ("." not in text or is_spaced)


def _keys(kwargs: ex.Expression | None) -> frozenset[str] | None:
    """The keys of a dict that is written out."""
    if kwargs is None or _is_none(kwargs):
        return frozenset()
    if isinstance(kwargs, ex.Dictionary):
        keys = [key.value for key in kwargs.keys if isinstance(key, ex.Literal)]
        return frozenset(map(str, keys)) if len(keys) == len(kwargs.keys) else None
    if isinstance(kwargs, ex.Call) and ex.dotted(kwargs.function) == "dict" and not kwargs.arguments:
        names = [keyword.name for keyword in kwargs.keywords if keyword.name is not None]
        return frozenset(names) if len(names) == len(kwargs.keywords) else None
    return None


def _passed(call: ex.Call) -> Given | None:
    """What `redirect` and `resolve_url` pass on."""
    if any(isinstance(argument, ex.Starred) for argument in call.arguments):
        return None
    if any(keyword.name is None for keyword in call.keywords):
        return None
    names = {keyword.name for keyword in call.keywords if keyword.name is not None}
    count = len(call.arguments) - 1
    rest = frozenset(names - _OPTIONS - {"to"})
    return Given(count, rest) if not (count > 0 and rest) else None


def _tagged(call: ex.Call) -> Given | None:
    """What `{% url %}` passes on."""
    names = frozenset(keyword.name for keyword in call.keywords if keyword.name is not None)
    count = len(call.arguments) - 1
    return Given(count, names) if not (count and names) else None


def _is_none(expression: ex.Expression) -> bool:
    return isinstance(expression, ex.Literal) and expression.value is None


def _is_tried(outline: Outline, at: At) -> bool:
    """Whether the code is prepared for a name that does not exist."""
    for kind, expression in outline.clauses(at):
        if kind == "try" or (kind == "with" and "suppress" in str(_callee(expression))):
            return True
    return False


def _callee(expression: ex.Expression | None) -> str | None:
    return ex.dotted(expression.function) if isinstance(expression, ex.Call) else None
