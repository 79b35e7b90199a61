"""A Django app as its directory shows it: models and migrations."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from .module import Module


class App(NamedTuple):
    """The files of one app directory. `path` is relative to the project's root; `label` its last part.

    `models` are `models.py` or the modules of `models/`; `migrations` those of `migrations/` by name, None
    where there is no such package (a directory with `__init__.py`). `is_whole` is false while a file
    concerned could not be read, so that nothing may be concluded from what is absent.
    """

    path: str
    label: str
    models: tuple[Module, ...]
    migrations: dict[str, Module] | None
    is_whole: bool
