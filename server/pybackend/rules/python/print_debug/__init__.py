"""`print` and debuggers left in application code."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ....facts import expressions as ex
from ....facts.tables import CallSite, Statement
from ....findings import Finding
from ....fixes.fix import Fix
from ....fixes.source import Source
from ....project.consoles import functions, is_for_console
from ....project.outline import Outline
from ....project.project import Project
from ...registry import Calls, rule_about
from .debuggers import removed
from .logging_call import logged

_CASES = {
    "builtins.print": "",
    "pprint.pprint": "pprint",
    "pprint.pp": "pprint",
    "icecream.ic": "icecream",
    "builtins.breakpoint": "breakpoint",
    "debugpy.breakpoint": "breakpoint",
    "celery.contrib.rdb.set_trace": "breakpoint",
    "ipdb.set_trace": "breakpoint",
    "pdb.set_trace": "breakpoint",
    "pudb.set_trace": "breakpoint",
    "remote_pdb.set_trace": "breakpoint",
    "web_pdb.set_trace": "breakpoint",
}
_NAMES = frozenset(path.rpartition(".")[2] for path in _CASES)
_READ = _NAMES | {path.split(".")[-2] for path in _CASES} - {"builtins"}
"""The names that code with such a call reads, unless it renames them when it imports."""
_STREAMS = {"builtins.print": (9, "file"), "pprint.pprint": (1, "stream"), "pprint.pp": (1, "stream")}
_TALKS = frozenset(
    {"builtins.input", "builtins.exit", "builtins.quit", "getpass.getpass", "os._exit", "sys.exit"}
)
_TALK_NAMES = frozenset(path.rpartition(".")[2] for path in _TALKS)
_FEW, _MANY = 3, 6
"""From how many on the calls of a function may be what it is for: if it does little else, or not much."""
_SCREENS = frozenset({"banner", "help_text", "logo", "usage"})
_INDENTED = re.compile(r"\n?[ ]{2,}\S")


@rule_about(_READ)
def check(calls: Calls, outline: Outline, project: Project) -> Iterator[Finding]:
    found = [site for site in calls if _name(site) in _NAMES]
    sites = [(site, path) for site in found if (path := outline.callee(site)) in _CASES]
    if not sites or _is_elsewhere(outline, project):
        return
    for site, path in sites:
        case = _CASES[path]
        if case != "breakpoint" and outline.module.is_console:
            return
        if not _is_meant(site, path, sites, outline, project):
            yield Finding(site.call.range, case, {"call": ex.dotted(site.call.function) or path})


@check.fix
def fix(finding: Finding, source: Source, _: Project) -> Iterator[Fix]:
    site = next(s for s in source.outline.facts.calls if s.call.range == finding.range)
    yield from (logged if finding.case in ("", "pprint") else removed)(site, source)


def _name(site: CallSite) -> str:
    function = site.call.function
    if isinstance(function, ex.Name):
        return function.id
    return function.name if isinstance(function, ex.Attribute) else ""


def _is_elsewhere(outline: Outline, project: Project) -> bool:
    """Whether the file is none of the application's own."""
    role = project.role(outline.module)
    return role.is_test or role.is_script or role.is_migration or role.is_development or role.is_documentation


def _is_meant(
    site: CallSite, path: str, sites: list[tuple[CallSite, str]], outline: Outline, project: Project
) -> bool:
    """Whether the call is there on purpose: other output, an option, a wrapper, a talk with the user."""
    call = site.call
    is_start = project.role(outline.module).is_settings and next(functions(outline, site.at), None) is None
    if is_start or is_for_console(outline, site.at):
        return True
    if path in _STREAMS:
        stream = call.argument(*_STREAMS[path])
        if stream is not None and outline.resolve(stream, site.at.scope) != "sys.stdout":
            return True
        if not call.arguments or all(isinstance(argument, ex.Starred) for argument in call.arguments):
            return True
    if any(keyword.name is None for keyword in call.keywords):
        return True
    return _is_talk(site, outline) or _is_purpose(site, sites, outline)


def _is_talk(site: CallSite, outline: Outline) -> bool:
    """Whether the function asks the user, or ends the process."""
    scope = site.at.scope
    return any(
        other.at.scope == scope and _name(other) in _TALK_NAMES and outline.callee(other) in _TALKS
        for other in outline.facts.calls
    ) or any(s.at.scope == scope and _raises_exit(s, outline) for s in outline.facts.statements)


def _raises_exit(statement: Statement, outline: Outline) -> bool:
    raised = statement.expression
    if statement.kind != "raise" or raised is None:
        return False
    kind = raised.function if isinstance(raised, ex.Call) else raised
    return outline.resolve(kind, statement.at.scope) == "builtins.SystemExit"


def _is_purpose(site: CallSite, sites: list[tuple[CallSite, str]], outline: Outline) -> bool:
    """Whether a function hardly does anything but print, or lays out for a terminal what it prints."""
    scope = site.at.scope
    peers = [other for other, _ in sites if other.at.scope == scope]
    if any(_is_laid_out(other.call) for other in peers):
        return True
    statements = sum(s.at.scope == scope for s in outline.facts.statements)
    count = len(peers)
    return count * 3 >= statements if count >= _MANY else count >= _FEW and count * 3 >= statements * 2


def _is_laid_out(call: ex.Call) -> bool:
    """Whether a text is indented, followed by an empty line, or a screen by its name."""
    if not call.arguments:
        return False
    first, last = call.arguments[0], call.arguments[-1]
    if isinstance(first, ex.Name):
        return first.id.lower() in _SCREENS
    return bool(_INDENTED.match(_text(first, 0))) or _text(last, -1).endswith("\n")


def _text(expression: ex.Expression, part: int) -> str:
    """The first or last literal part of what is printed."""
    if isinstance(expression, ex.Operation):
        expression = expression.left
    if isinstance(expression, ex.FString) and expression.parts:
        expression = expression.parts[part]
    is_text = isinstance(expression, ex.Literal) and isinstance(expression.value, str)
    return str(expression.value) if is_text and isinstance(expression, ex.Literal) else ""
