"""A fix: edits that turn the code a rule complains about into what the references say."""

from __future__ import annotations

from typing import NamedTuple

from ..text.edits import Edit


class Fix(NamedTuple):
    """Edits of the finding's own file, with ranges relative to the finding's unit.

    `case` names the entry's `fix (case)` and `safety (case)`; `values` fill its title. `imports` are dotted
    names to import (`asyncio`, `functools.partial`), merged into the import block of the file; `definitions`
    are statements to put behind that block (`logger = logging.getLogger(__name__)`); `unused` names bound by
    imports that go if this was their last use. `others` are edits of other files by project-relative
    path, with absolute ranges; `creates` are whole new files.
    """

    edits: tuple[Edit, ...]
    case: str = ""
    values: dict[str, str] = {}  # noqa: RUF012
    imports: tuple[str, ...] = ()
    definitions: tuple[str, ...] = ()
    unused: tuple[str, ...] = ()
    others: dict[str, tuple[Edit, ...]] = {}  # noqa: RUF012
    creates: dict[str, str] = {}  # noqa: RUF012
