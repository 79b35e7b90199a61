"""Files by names that the client says."""

from __future__ import annotations

from collections.abc import Iterator

from ...facts import expressions as ex
from ...facts.tables import CallSite
from ...findings import Finding
from ...project.outline import Outline
from ..registry import Calls, rule_about
from ._requests import Flow

_SINKS = {
    "builtins.open": "file",
    "io.open": "file",
    "codecs.open": "filename",
    "aiofiles.open": "file",
    "os.remove": "path",
    "os.unlink": "path",
    "os.listdir": "path",
    "os.scandir": "path",
    "shutil.rmtree": "path",
    "flask.send_file": "path_or_file",
    "quart.send_file": "filename_or_io",
    "fastapi.responses.FileResponse": "path",
    "starlette.responses.FileResponse": "path",
}
_METHODS = frozenset(
    {"open", "read_text", "read_bytes", "write_text", "write_bytes", "unlink", "iterdir", "rmdir"}
)
_LEAVES = {path.rpartition(".")[2] for path in _SINKS} | _METHODS


@rule_about(_LEAVES)
def check(calls: Calls, outline: Outline) -> Iterator[Finding]:
    role = outline.module.project.role(outline.module)
    if role.is_test or role.is_documentation:
        return
    for site in calls:
        function = outline.function(site.at)
        if function is None:
            continue
        opened = _opened(site, outline)
        if opened is None or isinstance(opened, ex.Literal):
            continue
        if Flow(function, outline, is_wide=True).sent(opened, site.at) is not None:
            yield Finding(opened.range)


def _opened(site: CallSite, outline: Outline) -> ex.Expression | None:
    """The path that a call opens, lists or removes."""
    called = site.call.function
    name = called.name if isinstance(called, ex.Attribute) else (ex.dotted(called) or "")
    if isinstance(called, ex.Attribute) and name in _METHODS:
        owner = outline.resolve(called.value, site.at.scope) or ""
        if owner.startswith("pathlib."):
            return called.value
    if not site.call.arguments and not site.call.keywords:
        return None
    wanted = _SINKS.get(outline.callee(site) or "")
    return site.call.argument(0, wanted) if wanted is not None else None
