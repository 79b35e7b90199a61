"""The logger that a module has, or the one that it gets."""

from __future__ import annotations

import re
from typing import NamedTuple

from ....facts import expressions as ex
from ....facts.tables import Binding, Import
from ....fixes.imports import reference
from ....project.module import Module
from ....project.outline import Outline

_LOGGERS = frozenset(
    {
        "celery.utils.log.get_logger",
        "celery.utils.log.get_task_logger",
        "logging.Logger",
        "logging.getLogger",
    }
)
_OTHERS = frozenset({"eliot", "logbook", "loguru", "structlog"})
"""Libraries whose loggers format their messages in another way."""
_NAME = re.compile(r"(^|_)log(ger)?$", re.IGNORECASE)
NAME = "logger"


class Logger(NamedTuple):
    """What to call the logger, and what a module without one needs for it."""

    name: str
    imports: tuple[str, ...] = ()
    definitions: tuple[str, ...] = ()


def logger_for(outline: Outline, scope: int) -> Logger | None:
    """The module's logger as code in `scope` may use it, or a new one; None where that is uncertain."""
    module = outline.module
    known = _module_logger(module)
    if known is not None:
        name, line = known
        is_early = scope == 0 and outline.unit.start < line
        return None if is_early or outline.lookup(name, scope) else Logger(name)
    if module.binds(NAME) or outline.lookup(NAME, scope) or _has_another(module):
        return None
    code, imports = reference(module, "logging.getLogger")
    return Logger(NAME, imports, (f"{NAME} = {code}(__name__)",))


def _module_logger(module: Module) -> tuple[str, int] | None:
    """Name and line of the first logger that the module makes whenever it is imported."""
    for outline in module.outlines:
        if outline.unit.parent is not None:
            continue
        for binding in outline.facts.bindings:
            call = binding.value
            is_plain = binding.at.block == 0 and binding.name and len(module.facts_of(binding.name)) == 1
            if is_plain and isinstance(call, ex.Call) and outline.resolve(call.function, 0) in _LOGGERS:
                return binding.name, outline.unit.start
    return None


def _has_another(module: Module) -> bool:
    """Whether the module has a logger of unknown kind."""
    for name in module.names:
        for fact, _ in module.facts_of(name):
            if isinstance(fact, Import) and fact.module.partition(".")[0] in _OTHERS:
                return True
            if isinstance(fact, (Import, Binding)) and _NAME.search(name):
                return True
    return False
