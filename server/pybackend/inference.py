"""What jedi knows of names of other modules. Nothing of a workspace is run or imported: sources are read.

jedi runs with this interpreter and a search path of our making, takes no settings from the workspace and
loads no compiled module of it. An answer counts only where it is declared: a class, or a function whose
annotation names one; and every question has a time limit.
"""

from __future__ import annotations

import inspect
import logging
import re
import sys
import sysconfig
import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from jedi import Script
    from jedi.api.classes import Name

logger = logging.getLogger(__name__)
SECONDS = 1.0
"""The time for one question."""
KEPT = 60.0
"""How long an answer is kept, roughly; the files may change."""
_PLAIN = re.compile(r"[A-Za-z_][\w.]*")
_VAGUE = frozenset({"Any", "Self", "object", "None", "NoReturn", "Never", "T", "_T", "AnyStr"})
_GENERIC = re.compile(r"^\s*class\s+\w+\s*(\[|\(.*(\[|Protocol|metaclass|type\b|NamedTuple|Enum))")
_SPLITS = 2


class TimeUp(BaseException):
    """The time for one question is over. Not an Exception, so that jedi does not handle it."""


def result_of(path: str, root: Path, packages: tuple[Path, ...] = ()) -> tuple[str, ...] | None:
    """The dotted names of the class that a call of `path` gives an instance of; None where it is not certain.

    A class that is called is one by the same path; that of a function's annotation by those it is reached by.
    """
    try:
        with warnings.catch_warnings(), limited(SECONDS):
            warnings.simplefilter("ignore")
            return _result(path, (root, root / "src", *packages), int(time.monotonic() // KEPT))
    except TimeUp:
        logger.info("no answer about %s within %s s", path, SECONDS)
    except Exception:
        logger.exception("inference failed for %s", path)
    return None


@lru_cache(maxsize=512)
def _result(path: str, search: tuple[Path, ...], _: int) -> tuple[str, ...] | None:
    found = _definition(path, search)
    if found is None:
        return None
    if found.type == "class":
        return (path,) if _is_plain(found) else None
    if found.type != "function" or found.get_line_code().lstrip().startswith(("async ", "@")):
        return None
    signatures = found.get_signatures()
    annotation = signatures[0].to_string().rpartition(" -> ")[2] if len(signatures) == 1 else ""
    if not _PLAIN.fullmatch(annotation) or annotation.rpartition(".")[2] in _VAGUE:
        return None
    instances = found.execute()
    if len(instances) != 1 or instances[0].type != "instance":
        return None
    full = instances[0].full_name or ""
    if full.rpartition(".")[2] != annotation.rpartition(".")[2]:
        return None
    return tuple(_public(full, path, search))


def _public(full: str, path: str, search: tuple[Path, ...]) -> Iterator[str]:
    """The dotted names by which a class is reached: its own, and that beside the function that gives it."""
    if full.startswith("builtins."):
        yield full
        return
    own = _definition(full, search)
    if own is not None and own.type == "class" and _is_plain(own):
        yield full
        beside = f"{path.rpartition('.')[0]}.{full.rpartition('.')[2]}"
        other = _definition(beside, search) if beside != full else None
        if other is not None and other.full_name == own.full_name:
            yield beside


def _is_plain(definition: Name) -> bool:
    """Whether a class takes no type parameters and has no metaclass, as far as its first line says."""
    return not _GENERIC.match(definition.get_line_code())


def _definition(path: str, search: tuple[Path, ...]) -> Name | None:
    """The one thing that a dotted path names."""
    parts = path.split(".")
    for count in range(len(parts) - 1, max(len(parts) - 1 - _SPLITS, 0), -1):
        module, name, rest = ".".join(parts[:count]), parts[count], parts[count + 1 :]
        expression = ".".join([name, *rest])
        code = f"from {module} import {name}\n{expression}"
        found = _script(code, search).infer(2, len(expression))
        if len(found) == 1:
            return found[0]
        if found:
            return None
    return None


def _script(code: str, search: tuple[Path, ...]) -> Script:
    """Code as if it stood in the first of the directories that are searched, read and never run."""
    import jedi
    from jedi.api.environment import InterpreterEnvironment

    jedi.settings.auto_import_modules = []
    standard = sysconfig.get_path("stdlib")
    paths = [*map(str, search), standard]
    project = jedi.Project(paths[0], sys_path=paths, load_unsafe_extensions=False, smart_sys_path=False)
    return jedi.Script(code, project=project, environment=InterpreterEnvironment())


@contextmanager
def limited(seconds: float) -> Iterator[None]:
    """Raise TimeUp in what runs inside when the time is over."""
    end, outer = time.monotonic() + seconds, sys.getprofile()

    def look(frame: FrameType, event: str, _: object) -> None:
        if event == "call" and time.monotonic() > end and _may_stop(frame):
            sys.setprofile(outer)
            raise TimeUp

    watch: Callable[[FrameType, str, object], object] = look
    sys.setprofile(watch)
    try:
        yield
    finally:
        sys.setprofile(outer)


def _may_stop(frame: FrameType) -> bool:
    """Whether jedi's own code is entered: not an import, and not parso, which keeps a cache on disk.

    A generator is entered to be closed as well, where an exception would be printed and lost.
    """
    if frame.f_code.co_flags & inspect.CO_GENERATOR:
        return False
    return str(frame.f_globals.get("__name__", "")).startswith("jedi.inference")
