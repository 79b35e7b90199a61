"""`except:` and `except BaseException:` that swallow what is not an error."""

from __future__ import annotations

from collections.abc import Iterator

from ....facts import expressions as ex
from ....facts.tables import Handler
from ....findings import Finding
from ....fixes.fix import Fix
from ....fixes.source import Source
from ....project.outline import Outline
from ....project.project import Project
from ...registry import Statements, rule
from .handling import Handling, earlier, is_cleanup, last_name, types

_BASE, _EXCEPTION = "builtins.BaseException", "builtins.Exception"


@rule
def check(_: Statements, outline: Outline, project: Project) -> Iterator[Finding]:
    facts = outline.facts
    for handler in facts.handlers:
        if not handler.is_star and _is_broad(handler, outline, project):
            case = Handling(handler, outline).case()
            if case is not None:
                yield Finding(handler.range, case or ("base" if handler.type else ""))
    if "suppress" in facts.names or "contextlib" in facts.names:
        for argument in _suppressed(outline):
            yield Finding(argument.range, "suppress")


@check.fix
def fix(finding: Finding, source: Source, _: Project) -> Iterator[Fix]:
    outline = source.outline
    if finding.case == "suppress":
        yield Fix((source.replace(finding.range, "Exception"),))
        return
    handler = next(h for h in outline.facts.handlers if h.range == finding.range)
    is_hidden = outline.resolve(ex.Name(handler.range, "Exception"), handler.at.scope) != _EXCEPTION
    if (
        finding.case == "conditional"
        or is_hidden
        or _EXCEPTION in set(types(earlier(handler, outline), outline))
    ):
        return
    base = _base(handler, outline)
    if base is None:
        yield Fix((source.insert(*handler.range[2:], " Exception"),))
    else:
        yield Fix((source.replace(base.range, "Exception"),))


def _is_broad(handler: Handler, outline: Outline, project: Project) -> bool:
    """Whether everything is caught; a test that says `BaseException` means it."""
    if handler.type is None:
        return True
    return _base(handler, outline) is not None and not project.role(outline.module).is_test


def _base(handler: Handler, outline: Outline) -> ex.Expression | None:
    """Where the handler says `BaseException`, alone or among others."""
    kinds = handler.type.elements if isinstance(handler.type, ex.Display) else (handler.type,)
    return next((kind for kind in kinds if kind and outline.resolve(kind, handler.at.scope) == _BASE), None)


def _suppressed(outline: Outline) -> Iterator[ex.Expression]:
    """What `contextlib.suppress(BaseException)` is given, but to clean up or to wait for a task to end."""
    for site in outline.facts.calls:
        if last_name(site.call) != "suppress" or outline.callee(site) != "contextlib.suppress":
            continue
        block = next((w.block for w in outline.facts.withs if any(site.call == c for c, _ in w.items)), -1)
        awaited = [s.expression for s in outline.facts.statements if s.at.block == block]
        is_waiting = any(isinstance(e, ex.Await) and not isinstance(e.value, ex.Call) for e in awaited)
        if is_waiting or is_cleanup(site.at._replace(block=max(block, site.at.block)), outline):
            continue
        for argument in site.call.arguments:
            if outline.resolve(argument, site.at.scope) == _BASE:
                yield argument
