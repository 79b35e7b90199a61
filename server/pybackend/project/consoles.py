"""Code that talks to a terminal on purpose: what a module imports, what its `__main__` block does, how things
are called, and which options they look at.

What other units of the file say is looked at as far as it is exported.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ..facts import expressions as ex
from ..facts.tables import At, Function, UnitFacts
from ..syntax.units import Block
from .module import Module
from .outline import Outline

_FRAMEWORKS = re.compile(
    r"(argparse|asyncclick|blessed|cleo|click|cliff|cmd|cmd2|colorama|curses|cyclopts|docopt|fabric|factory|faker"
    r"|fire|getopt|hypothesis|invoke|knack|locust|mrjob|nox|optparse|plac|prompt_toolkit|pytest|questionary"
    r"|readline|rich_click|streamlit|termcolor|textual|tqdm|trogon|typer|unittest|urwid)(\.|$)"
    r"|(absl\.app|celery\.bin|django\.core\.management|flask\.cli|rich\.(console|progress|prompt|table))(\.|$)"
)
_PATH = re.compile(
    r"(^|/)(_?migrations?|management|cli|notebooks?|perf|profiling|\.github|ci)/"
    r"|(^|/)(celeryconfig|dodo|env|gunicorn[\w.-]*|hatch_build|locustfile|toxfile)\.py$"
    r"|(^|/)(\w*_)?(bench|benchmarks?|cli|demo|migrations|printer|profiler|profiling|repl|shell)(_\w*)?\.py$"
    r"|(^|/)(example|sample|tutorial)s?_\w+(/|\.py$)"
)
_SERVERS = frozenset({"asyncio.run", "hypercorn.run", "uvicorn.run", "waitress.serve"})
_FUNCTION = re.compile(
    r"(^|_)(breakpoint|cli|console|debug|i?pdb|interactive|print|pprint|printer|rdb|repl|stdout|trace)(_|$)"
    r"|^main$|^_?dump|(^|_)banner$",
    re.IGNORECASE,
)
_CLASS = re.compile(r"Cli(?![a-z])|CLI|Console|Debug|Printer|Std[Oo]ut")
_OPTION = re.compile(
    r"^environ$|^getenv$|bench|debug|interactive|isatty|profiling|quiet|silent|stdout|(^|_)trace(_|$)|verbos",
    re.IGNORECASE,
)
_PARAMETERS = frozenset({"interactive", "output_fn", "quiet", "silent", "stdout", "verbose", "verbosity"})


def is_console(module: Module) -> bool:
    """Whether the module is made to be run in a terminal."""
    if _PATH.search(module.path):
        return True
    has_definitions = False
    for unit in module.units:
        facts: UnitFacts = unit.facts
        if _imports_framework(facts) or _asks(facts) or _runs(module.outline(unit)):
            return True
        has_definitions |= bool(facts.functions or facts.classes)
    return not has_definitions


def is_for_console(outline: Outline, at: At) -> bool:
    """Whether a fact stands in a function or class for a terminal, or under an option for output."""
    around = outline.enclosing_class(at.scope)
    if around is not None and _CLASS.search(around.name):
        return True
    if any(_has_option(test) for test in tests(outline, at)):
        return True
    return any(
        _FUNCTION.search(function.name) or any(p.name in _PARAMETERS for p in function.parameters)
        for function in functions(outline, at)
    )


def functions(outline: Outline, at: At) -> Iterator[Function]:
    """The functions around a fact, innermost first."""
    scope = at.scope
    while scope > 0:
        own = outline.facts.scopes[scope]
        if own.kind == "function":
            yield outline.facts.functions[own.definition]
        scope = own.parent


def _has_option(test: ex.Expression) -> bool:
    names = (
        part.id if isinstance(part, ex.Name) else part.name if isinstance(part, ex.Attribute) else ""
        for part in ex.walk(test)
    )
    return any(_OPTION.search(name) for name in names if name) or is_main_test(test)


def _imports_framework(facts: UnitFacts) -> bool:
    return any(
        (not found.level and _FRAMEWORKS.match(f"{found.module}.{found.name or ''}"))
        or "cli" in found.module.split(".")[1:-1]
        for found in facts.imports
        if found.at.scope == 0
    )


def _asks(facts: UnitFacts) -> bool:
    """Whether the unit reads what a user types."""
    return "input" in facts.names and any(
        isinstance(site.call.function, ex.Name) and site.call.function.id == "input" for site in facts.calls
    )


def _runs(outline: Outline) -> bool:
    """Whether a `__main__` block in the unit does more than to start a server."""
    facts = outline.facts
    if "__name__" not in facts.names:
        return False
    if outline.unit.role == "header":
        return any(s.expression is not None and is_main_test(s.expression) for s in facts.statements)
    for site in facts.calls:
        if site.at.scope == 0 and any(is_main_test(test) for test in tests(outline, site.at)):
            path = outline.callee(site) or ""
            if path not in _SERVERS and not path.endswith("().run"):
                return True
    return False


def tests(outline: Outline, at: At) -> Iterator[ex.Expression]:
    """The conditions around a fact, innermost first, through its scopes and the blocks of the file."""
    index = at.block
    while index >= 0:
        block = outline.facts.blocks[index]
        if block.kind in ("if", "else", "while") and block.expression is not None:
            yield block.expression
        index = block.parent
    around: Block | None = outline.unit.parent
    while around is not None:
        facts: UnitFacts | None = around.header.facts if around.header else None
        if around.kind in ("if", "elif", "while") and facts is not None and facts.statements:
            test = facts.statements[0].expression
            if test is not None:
                yield test
        around = around.parent


def is_main_test(test: ex.Expression) -> bool:
    """`__name__ == "__main__"`, either way round."""
    if not isinstance(test, ex.Comparison) or test.operators != ("Eq",):
        return False
    sides = (test.left, *test.values)
    return any(isinstance(side, ex.Name) and side.id == "__name__" for side in sides) and any(
        isinstance(side, ex.Literal) and side.value == "__main__" for side in sides
    )
