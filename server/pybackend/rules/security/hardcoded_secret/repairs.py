"""Reading a secret from the environment instead."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from ....facts.tables import StringSecret
from ....fixes.fix import Fix
from ....fixes.source import Source
from ....text.document import split_lines
from ....text.edits import Edit
from .places import Default, default, is_argument_of_reading, is_replaceable, settings_field, variable

_PLAIN_READS = frozenset({"os.environ.get", "os.getenv"})
_RAISING_READS = frozenset(
    {
        *("decouple.config", "environ.Env()", "environ.Env().str", "environs.Env()", "environs.Env().str"),
        *("environs.env", "environs.env.str", "starlette.config.Config()"),
    }
)
"""What raises where the variable is missing and no default is given."""
_EXAMPLE = ".env.example"


class Repair(NamedTuple):
    """An edit, the fix's case, the variable that is read afterwards, and imports."""

    edit: Edit
    case: str
    variable: str
    imports: tuple[str, ...] = ()


def repairs(secret: StringSecret, source: Source, root: Path) -> Iterator[Fix]:
    """The environment; the same with the variable listed in an existing `.env.example`."""
    repair = _repair(secret, source)
    if repair is None:
        return
    values = {"variable": repair.variable}
    yield Fix((repair.edit,), repair.case, values, repair.imports)
    listed = _listed(root / _EXAMPLE, repair.variable)
    if listed is not None:
        others: dict[str, tuple[Edit, ...]] = {_EXAMPLE: (listed,)}
        yield Fix((repair.edit,), f"{repair.case}-listed", values, repair.imports, others=others)


def _repair(secret: StringSecret, source: Source) -> Repair | None:
    if not is_replaceable(secret, source):
        return None
    field = settings_field(secret, source.outline)
    if field is not None and field.value is not None and field.annotation is not None:
        place = (*field.annotation.range[2:], *field.value.range[2:])
        return Repair(source.replace(place, ""), "required", field.name.upper())
    read = default(secret, source.outline)
    if read is not None:
        return _without_default(read, secret, source)
    name = variable(secret, source)
    if name is None or is_argument_of_reading(secret, source.outline):
        return None
    code = f'os.environ["{name}"]' + (".encode()" if secret.is_bytes else "")
    return Repair(source.replace(secret.range, code), "environment", name, ("os",))


def _without_default(read: Default, secret: StringSecret, source: Source) -> Repair | None:
    if read.path in _PLAIN_READS:
        function = source.text(read.call.function.range)
        owner = function.removesuffix(".get")
        imports = () if owner != function else ("os",)
        owner = owner if owner != function else "os.environ"
        code = f'{owner}["{read.variable}"]'
        return Repair(source.replace(read.call.range, code), "environment", read.variable, imports)
    if read.path not in _RAISING_READS or len(read.call.arguments) + len(read.call.keywords) != 2:
        return None
    place = (*read.call.arguments[0].range[2:], *secret.range[2:])
    return Repair(source.replace(place, ""), "environment", read.variable)


def _listed(path: Path, variable: str) -> Edit | None:
    """The edit of an example file that lists the variable; None where it does or there is no such file."""
    try:
        text = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError):
        return None
    lines = split_lines(text)
    if any(line.partition("=")[0].removeprefix("export ").strip() == variable for line in lines):
        return None
    last = len(lines) - 1
    place = (last, len(lines[last]), last, len(lines[last]))
    return Edit(place, ("\n" if lines[last] else "") + f"{variable}=\n")
