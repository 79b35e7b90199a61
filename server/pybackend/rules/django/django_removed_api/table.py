"""What releases of Django have removed, and what does the same now ("" for nothing that does)."""

from __future__ import annotations

from typing import NamedTuple


class Removed(NamedTuple):
    """`new` is a dotted path where `is_same` says that it takes the same arguments, else what to write."""

    since: str
    new: str
    is_same: bool = True


def _moved(since: str, home: str, names: dict[str, str]) -> dict[str, Removed]:
    return {f"{home}.{old}": Removed(since, new) for old, new in names.items()}


NAMES: dict[str, Removed] = {
    **_moved("4.0", "django.conf.urls", {"url": "django.urls.re_path"}),
    **_moved(
        "4.0",
        "django.utils.translation",
        {
            "ugettext": "django.utils.translation.gettext",
            "ugettext_lazy": "django.utils.translation.gettext_lazy",
            "ugettext_noop": "django.utils.translation.gettext_noop",
            "ungettext": "django.utils.translation.ngettext",
            "ungettext_lazy": "django.utils.translation.ngettext_lazy",
        },
    ),
    **_moved(
        "4.0",
        "django.utils.encoding",
        {"force_text": "django.utils.encoding.force_str", "smart_text": "django.utils.encoding.smart_str"},
    ),
    **_moved(
        "4.0",
        "django.utils.http",
        {
            "urlquote": "urllib.parse.quote",
            "urlquote_plus": "urllib.parse.quote_plus",
            "urlunquote": "urllib.parse.unquote",
            "urlunquote_plus": "urllib.parse.unquote_plus",
            "is_safe_url": "django.utils.http.url_has_allowed_host_and_scheme",
        },
    ),
    **_moved("4.0", "django.utils.text", {"unescape_entities": "html.unescape"}),
    **_moved("5.0", "django.utils.timezone", {"utc": "datetime.timezone.utc"}),
    **_moved("3.0", "django.utils.decorators", {"ContextDecorator": "contextlib.ContextDecorator"}),
    **_moved("3.0", "django.utils.functional", {"curry": "functools.partial"}),
    **_moved("3.1", "django.utils.decorators", {"classproperty": "django.utils.functional.classproperty"}),
    **_moved("3.0", "django.utils.lru_cache", {"lru_cache": "functools.lru_cache"}),
    **_moved(
        "3.0",
        "django.contrib.staticfiles.templatetags.staticfiles",
        {"static": "django.templatetags.static.static"},
    ),
    **_moved(
        "3.1", "django.db.models.fields", {"FieldDoesNotExist": "django.core.exceptions.FieldDoesNotExist"}
    ),
    **_moved("3.1", "django.db.models.query", {"EmptyResultSet": "django.core.exceptions.EmptyResultSet"}),
    **_moved("3.1", "django.db.models.sql", {"EmptyResultSet": "django.core.exceptions.EmptyResultSet"}),
    **_moved(
        "5.0",
        "django.contrib.admin.utils",
        {"lookup_needs_distinct": "django.contrib.admin.utils.lookup_spawns_duplicates"},
    ),
    **_moved(
        "2.0",
        "django.core.urlresolvers",
        {
            name: f"django.urls.{name}"
            for name in (
                *("reverse", "reverse_lazy", "resolve", "NoReverseMatch", "Resolver404", "ResolverMatch"),
                *("get_resolver", "get_urlconf", "set_urlconf", "clear_url_caches", "get_script_prefix"),
                *("set_script_prefix", "is_valid_path", "get_callable"),
            )
        },
    ),
    "django.shortcuts.render_to_response": Removed(
        "3.0", "`django.shortcuts.render` with the request", False
    ),
    "django.utils.http.cookie_date": Removed("3.0", "`django.utils.http.http_date`", False),
    "django.utils.encoding.python_2_unicode_compatible": Removed("3.0", "no decorator", False),
    "django.utils.decorators.available_attrs": Removed("3.0", "`functools.wraps` alone", False),
    "django.utils.timezone.FixedOffset": Removed("3.1", "`datetime.timezone(offset)`", False),
    "django.core.urlresolvers": Removed("2.0", "`django.urls`", False),
    "django.utils.six": Removed("3.0", "plain Python 3", False),
    "django.utils.baseconv": Removed("5.0", "an implementation of your own", False),
    "django.utils.datetime_safe": Removed("5.0", "`datetime`", False),
    "django.utils.itercompat": Removed("6.0", "`isinstance(value, collections.abc.Iterable)`", False),
    "django.contrib.sessions.serializers.PickleSerializer": Removed("5.0", "`JSONSerializer`", False),
    "django.core.files.storage.get_storage_class": Removed(
        "5.1", '`django.core.files.storage.storages["default"]`', False
    ),
    "django.contrib.auth.hashers.UnsaltedMD5PasswordHasher": Removed("5.1", "a hasher with salt", False),
    "django.contrib.auth.hashers.UnsaltedSHA1PasswordHasher": Removed("5.1", "a hasher with salt", False),
    "django.contrib.auth.hashers.SHA1PasswordHasher": Removed("5.1", "`PBKDF2PasswordHasher`", False),
    "django.contrib.auth.hashers.CryptPasswordHasher": Removed("5.0", "`PBKDF2PasswordHasher`", False),
    "django.contrib.auth.views.login": Removed("2.1", "`LoginView.as_view()`", False),
    "django.contrib.auth.views.logout": Removed("2.1", "`LogoutView.as_view()`", False),
}
"""Functions, classes and modules by path."""

LAST_NAMES = frozenset(path.rpartition(".")[2] for path in NAMES)

SETTINGS: dict[str, Removed] = {
    "USE_L10N": Removed("5.0", "nothing: formats are always localised", False),
    "USE_DEPRECATED_PYTZ": Removed("5.0", "nothing: time zones are those of `zoneinfo`", False),
    "CSRF_COOKIE_MASKED": Removed("5.0", "nothing", False),
    "DEFAULT_FILE_STORAGE": Removed("5.1", '`STORAGES["default"]`', False),
    "STATICFILES_STORAGE": Removed("5.1", '`STORAGES["staticfiles"]`', False),
    "PASSWORD_RESET_TIMEOUT_DAYS": Removed("4.0", "`PASSWORD_RESET_TIMEOUT` in seconds", False),
    "MIDDLEWARE_CLASSES": Removed("2.0", "`MIDDLEWARE`", False),
    "DEFAULT_CONTENT_TYPE": Removed("3.0", "nothing: it is always `text/html`", False),
    "FILE_CHARSET": Removed("3.1", "nothing: files are UTF-8", False),
}
"""Settings that are no longer read."""

STORAGES = frozenset({"DEFAULT_FILE_STORAGE", "STATICFILES_STORAGE"})
DROPPED = frozenset({"USE_L10N", "USE_DEPRECATED_PYTZ", "CSRF_COOKIE_MASKED"})
"""Settings that had no effect any more in the release that removed them, at the value that they then had."""

ASSERTIONS: dict[str, Removed] = {
    "assertQuerysetEqual": Removed("5.1", "assertQuerySetEqual"),
    "assertFormsetError": Removed("5.1", "assertFormSetError"),
}

OLDEST_SUPPORTED = (4, 2)
