"""`except:` and `except BaseException:` that swallow what is not an error."""

from __future__ import annotations

from collections.abc import Iterator

from ...facts import expressions as ex
from ...facts.tables import Handler, Statement
from ...findings import Finding
from ...fixes.fix import Fix
from ...fixes.source import Source
from ...project.outline import Outline
from ...project.project import Project
from ..registry import Handlers, rule

_EXITS = frozenset({"sys.exit", "os._exit", "builtins.exit", "builtins.quit"})
_LAST_WORDS = frozenset({"__del__", "__exit__", "__aexit__"})


@rule
def check(handlers: Handlers, outline: Outline) -> Iterator[Finding]:
    for handler in handlers:
        if handler.is_star or not _is_broad(handler, outline):
            continue
        body = [s for s in outline.facts.statements if s.at.block == handler.block]
        if _leaves(body[-1], outline):
            continue
        kept = any(_reraises(s, handler, outline) for s in outline.facts.statements)
        function = outline.function(handler.at)
        is_last_word = function is not None and function.name in _LAST_WORDS
        case = "conditional" if kept or is_last_word else "base" if handler.type else ""
        yield Finding(handler.range, case)


@check.fix
def fix(finding: Finding, source: Source, _: Project) -> Iterator[Fix]:
    handler = next(h for h in source.outline.facts.handlers if h.range == finding.range)
    if handler.type is None:
        yield Fix((source.insert(*handler.range[2:], " Exception"),))
    else:
        yield Fix((source.replace(handler.type.range, "Exception"),))


def _is_broad(handler: Handler, outline: Outline) -> bool:
    if handler.type is None:
        return True
    return outline.resolve(handler.type, handler.at.scope) == "builtins.BaseException"


def _leaves(statement: Statement, outline: Outline) -> bool:
    """Whether the statement ends the handler by raising or exiting."""
    if statement.kind == "raise":
        return True
    expression = statement.expression
    if isinstance(expression, ex.Call):
        return outline.resolve(expression.function, statement.at.scope) in _EXITS
    return False


def _reraises(statement: Statement, handler: Handler, outline: Outline) -> bool:
    return statement.kind == "raise" and outline.inside(statement.at, handler.block)
