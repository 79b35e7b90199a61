"""What the settings of a site say that `makemigrations` asks for."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from ....facts import expressions as ex
from ..production import settings_of
from .labels import Target

if TYPE_CHECKING:
    from ...module import Module
    from ..settings import Settings

_BEFORE, _SINCE = "django.db.models.AutoField", "django.db.models.BigAutoField"
"""The keys of models where no setting names others, before and since Django 6.0."""


class Site:
    """The settings of the site that a module belongs to, as far as they are known."""

    def __init__(self, reader: Module) -> None:
        self.reader = reader

    @cached_property
    def _settings(self) -> Settings | None:
        return settings_of(self.reader.project, self.reader)

    @cached_property
    def user(self) -> Target | None:
        """The model of users."""
        label, _, name = self._text("AUTH_USER_MODEL", "auth.User").rpartition(".")
        return Target(label, name) if label else None

    def auto_field(self, app: str) -> str:
        """The class of keys in an app that is installed and has none of its own; "" where it is not known."""
        if self._settings is None or not self._installs(app):
            return ""
        is_late = self.reader.project.environment.at_least("django", "6.0")
        default = "" if is_late is None else _SINCE if is_late else _BEFORE
        return self._text("DEFAULT_AUTO_FIELD", default)

    def _text(self, name: str, default: str) -> str:
        try:
            value = self._settings.literal(name, default) if self._settings is not None else None
        except KeyError:
            return ""
        return value if isinstance(value, str) else ""

    def _installs(self, app: str) -> bool:
        """Whether an app is installed by its name, or by a configuration in its `apps` module."""
        assert self._settings is not None
        values = self._settings.setting("INSTALLED_APPS").values
        texts = (ex.text_of(part) for value in values for part in ex.walk(value.expression))
        return any(text == app or (text or "").startswith(f"{app}.apps.") for text in texts)
