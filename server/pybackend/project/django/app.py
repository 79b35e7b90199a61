"""A Django app as its directory shows it: models and migrations."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Protocol

if TYPE_CHECKING:
    from ..module import Module


class Surroundings(Protocol):
    """What is around the files of an app, looked up only when it is asked for."""

    def module(self, name: str) -> Module | None:
        """Another module of the app's directory, by dotted name."""

    def names_beside(self, label: str) -> frozenset[str] | None:
        """The migrations in the directory of that name beside the app's; None where there is none."""

    def app_beside(self, label: str) -> App:
        """The app in the directory of that name beside the app's."""

    def defines(self, name: str) -> bool:
        """Whether another file of the app's directory may define a class of that name."""

    def late_fields(self) -> frozenset[str] | None:
        """The fields that some file of the app puts on classes from outside; None where it may be any."""

    def ignored_options(self) -> frozenset[str]:
        """What a `makemigrations` of the project's own names, which may be options that it leaves out."""

    def imports(self, package: str) -> bool:
        """Whether another file of the app's directory imports a package."""

    def note(self, text: str) -> None:
        """Say something about the app in the log, once."""

    def is_managed(self) -> bool:
        """Whether a `manage.py` is at hand and other apps beside this one have migrations."""

    def is_redirected(self) -> bool:
        """Whether settings move the migrations of some app elsewhere, or others' may be for this one."""


class App(NamedTuple):
    """The files of one app directory. `path` is relative to the project's root.

    `label` is what `makemigrations` calls the app. `models` are `models.py` or the modules of `models/`;
    `migrations` those of `migrations/` by name, None where there is no such package (a directory with
    `__init__.py`). `is_whole` is false while a file concerned could not be read, so that nothing may be
    concluded from what is absent.
    """

    path: str
    label: str
    models: tuple[Module, ...]
    migrations: dict[str, Module] | None
    is_whole: bool
    around: Surroundings


def app_path(path: str) -> str | None:
    """The directory of the app that a models or migrations file belongs to; None for any other file."""
    parts = path.split("/")
    for number, name in enumerate(parts):
        is_file = number == len(parts) - 1
        if number and (name == "models.py" if is_file else name in ("models", "migrations")):
            return "/".join(parts[:number]) if is_file or path.endswith(".py") else None
    return None
