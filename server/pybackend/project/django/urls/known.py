"""What the URLs of well-known packages are called, and which objects bring theirs along."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ...module import Module

ADMIN = "admin"
KNOWN: dict[str, tuple[str | None, tuple[str, ...]]] = {
    "django.contrib.auth.urls": (
        None,
        (
            *("login", "logout", "password_change", "password_change_done", "password_reset"),
            *("password_reset_done", "password_reset_confirm", "password_reset_complete"),
        ),
    ),
    "django.conf.urls.i18n": (None, ("set_language",)),
    "rest_framework.urls": ("rest_framework", ("login", "logout")),
}
"""Modules that need not be installed to be known: the name of the app, and those of the patterns."""
NAMESPACED = ("ninja.", "ninja_extra.", "wagtail.api.", "tastypie.")
"""Packages whose objects have their names in a namespace of their own."""
_SITES = frozenset({"django.contrib.admin.AdminSite", "django.contrib.admin.sites.AdminSite"})


def is_admin_site(path: str, reader: Module) -> bool:
    """Whether `path` is the `urls` of an admin site of the project's own."""
    head = path.removesuffix(".urls")
    if not head.endswith("()"):
        return False
    if head[:-2] in _SITES:
        return True
    view = reader.class_at(head[:-2])
    return view is not None and not _SITES.isdisjoint(view.ancestry())
