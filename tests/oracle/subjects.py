"""Projects from PyPI whose migrations are compared, each installed in an environment of its own."""

from __future__ import annotations

import shutil
import subprocess
import sys
import venv
from dataclasses import dataclass, field
from pathlib import Path

CACHE = Path(__file__).parents[2] / ".oracle"
_PROCESSORS = ("django.template.context_processors.request", "sekizai.context_processors.sekizai")
_TEMPLATES = {"context_processors": [*_PROCESSORS, "cms.context_processors.cms_settings"]}
_CONTRIB = ("auth", "contenttypes", "sessions", "messages", "sites", "admin", "staticfiles", "flatpages")


@dataclass(frozen=True)
class Subject:
    """What is installed, which packages of it are edited, and the settings that its apps need."""

    name: str
    requirements: tuple[str, ...]
    packages: tuple[str, ...]
    apps: tuple[str, ...]
    settings: dict[str, object] = field(default_factory=dict)

    @property
    def root(self) -> Path:
        """Where the copy is that is edited."""
        return CACHE / self.name / "source"

    @property
    def python(self) -> Path:
        return CACHE / self.name / "venv" / "bin" / "python"

    @property
    def all_settings(self) -> dict[str, object]:
        return {
            "SECRET_KEY": "for tests",
            "SITE_ID": 1,
            "DATABASES": {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}},
            "INSTALLED_APPS": [*(f"django.contrib.{name}" for name in _CONTRIB), *self.apps],
            "STATIC_URL": "/static/",
            "TEMPLATES": [
                {"BACKEND": "django.template.backends.django.DjangoTemplates", "OPTIONS": _TEMPLATES}
            ],
            "DEFAULT_AUTO_FIELD": "django.db.models.AutoField",
            **self.settings,
        }

    def prepare(self) -> None:
        """Install the project once, and copy its packages anew."""
        done = CACHE / self.name / "installed"
        if not done.exists() or done.read_text() != repr(self.requirements):
            print(f"installing {' '.join(self.requirements)}", file=sys.stderr, flush=True)
            venv.create(CACHE / self.name / "venv", clear=True, with_pip=True)
            command = [str(self.python), "-m", "pip", "install", "--quiet", *self.requirements]
            subprocess.run(command, check=True, timeout=600)
            done.write_text(repr(self.requirements))
        shutil.rmtree(self.root, ignore_errors=True)
        library = next((CACHE / self.name / "venv" / "lib").glob("python*/site-packages"))
        for package in self.packages:
            ignored = shutil.ignore_patterns("__pycache__", "*.pyc", "static", "locale", "tests")
            shutil.copytree(library / package, self.root / package, ignore=ignored)


_WAGTAIL = ("forms", "redirects", "embeds", "users", "snippets", "documents", "images", "search", "admin")
_OSCAR = (
    *("analytics", "checkout", "address", "shipping", "catalogue", "communication", "partner", "basket"),
    *("payment", "offer", "order", "customer", "search", "voucher", "wishlists"),
)
_HAYSTACK = {"default": {"ENGINE": "haystack.backends.simple_backend.SimpleEngine"}}
_PROVIDERS = ("github", "google")

SUBJECTS = (
    Subject(
        "wagtail",
        ("wagtail==8.0.1",),
        ("wagtail",),
        (
            *(
                f"wagtail.contrib.{name}" if name in ("forms", "redirects") else f"wagtail.{name}"
                for name in _WAGTAIL
            ),
            *(
                "wagtail",
                "modelcluster",
                "taggit",
                "wagtail.contrib.settings",
                "wagtail.locales",
                "wagtail.sites",
            ),
            *("wagtail.contrib.search_promotions", "wagtail.contrib.simple_translation"),
        ),
        {"WAGTAIL_SITE_NAME": "Tests", "WAGTAILADMIN_BASE_URL": "http://localhost"},
    ),
    Subject(
        "oscar",
        ("django-oscar==4.2.1",),
        ("oscar",),
        (
            "oscar.apps.catalogue.reviews.apps.CatalogueReviewsConfig",
            *(f"oscar.apps.{name}.apps.{name.title()}Config" for name in _OSCAR),
            *("widget_tweaks", "haystack", "treebeard", "django_tables2"),
        ),
        {"DEFAULTS_FROM": "oscar.defaults", "HAYSTACK_CONNECTIONS": _HAYSTACK},
    ),
    Subject(
        "wiki",
        ("wiki==0.13.0",),
        ("wiki", "django_nyt"),
        (
            *("django.contrib.humanize", "django_nyt", "mptt", "sekizai", "sorl.thumbnail", "wiki"),
            *("wiki.plugins.attachments", "wiki.plugins.notifications", "wiki.plugins.images"),
            "wiki.plugins.macros",
        ),
    ),
    Subject(
        "cms",
        ("django-cms==5.1.3",),
        ("cms",),
        ("cms", "menus", "treebeard", "sekizai"),
        {"CMS_CONFIRM_VERSION4": True, "LANGUAGES": [("en", "English")], "LANGUAGE_CODE": "en"},
    ),
    Subject(
        "allauth",
        ("django-allauth[mfa,socialaccount,idp-oidc]==65.21.1",),
        ("allauth",),
        (
            *(
                "allauth",
                "allauth.account",
                "allauth.socialaccount",
                "allauth.mfa",
                "allauth.usersessions",
                "allauth.idp.oidc",
            ),
            *(f"allauth.socialaccount.providers.{name}" for name in _PROVIDERS),
        ),
        {"MIDDLEWARE": ["allauth.account.middleware.AccountMiddleware"]},
    ),
    Subject(
        "filer",
        ("django-filer==3.4.4", "django-celery-beat==2.8.1", "django-oauth-toolkit==3.0.1"),
        ("filer", "django_celery_beat", "oauth2_provider"),
        ("easy_thumbnails", "filer", "django_celery_beat", "oauth2_provider"),
    ),
)
