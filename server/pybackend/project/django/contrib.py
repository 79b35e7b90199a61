"""The models that Django brings, as far as others read or point to them.

Kept as source text, so that they are read like any other module. True for Django 4.2 to 6.1.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ..module import Module
    from ..project import Project

_AUTH_BASE = """
from django.db import models

class AbstractBaseUser(models.Model):
    password = models.CharField(max_length=128)
    last_login = models.DateTimeField(blank=True, null=True)

    class Meta:
        abstract = True
"""
_AUTH = """
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.contenttypes.models import ContentType
from django.db import models

class Permission(models.Model):
    name = models.CharField(max_length=255)
    content_type = models.ForeignKey(ContentType, models.CASCADE)
    codename = models.CharField(max_length=100)
    objects = models.Manager()

class Group(models.Model):
    name = models.CharField(max_length=150, unique=True)
    permissions = models.ManyToManyField(Permission, blank=True)
    objects = models.Manager()

class PermissionsMixin(models.Model):
    is_superuser = models.BooleanField(default=False)
    groups = models.ManyToManyField(Group, related_name="user_set", related_query_name="user")
    user_permissions = models.ManyToManyField(
        Permission, related_name="user_set", related_query_name="user"
    )

    class Meta:
        abstract = True

class AbstractUser(AbstractBaseUser, PermissionsMixin):
    username = models.CharField(max_length=150, unique=True)
    first_name = models.CharField(max_length=150, blank=True)
    last_name = models.CharField(max_length=150, blank=True)
    email = models.EmailField(blank=True)
    is_staff = models.BooleanField(default=False)
    is_active = models.BooleanField(default=True)
    date_joined = models.DateTimeField()

    class Meta:
        abstract = True

class User(AbstractUser):
    objects = models.Manager()

    class Meta(AbstractUser.Meta):
        swappable = "AUTH_USER_MODEL"
"""
_CONTENT_TYPES = """
from django.db import models

class ContentType(models.Model):
    app_label = models.CharField(max_length=100)
    model = models.CharField(max_length=100)
    objects = models.Manager()
"""
_ADMIN = """
from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.db import models

class LogEntry(models.Model):
    action_time = models.DateTimeField(editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE)
    content_type = models.ForeignKey(ContentType, models.SET_NULL, blank=True, null=True)
    object_id = models.TextField(blank=True, null=True)
    object_repr = models.CharField(max_length=200)
    action_flag = models.PositiveSmallIntegerField()
    change_message = models.TextField(blank=True)
    objects = models.Manager()

    class Meta:
        ordering = ["-action_time"]
"""
_SESSION_BASE = """
from django.db import models

class AbstractBaseSession(models.Model):
    session_key = models.CharField(max_length=40, primary_key=True)
    session_data = models.TextField()
    expire_date = models.DateTimeField(db_index=True)

    class Meta:
        abstract = True
"""
_SESSIONS = """
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models

class Session(AbstractBaseSession):
    objects = models.Manager()
"""
_SITES = """
from django.db import models

class Site(models.Model):
    domain = models.CharField(max_length=100, unique=True)
    name = models.CharField(max_length=50)
    objects = models.Manager()

    class Meta:
        ordering = ["domain"]
"""
_FLATPAGES = """
from django.contrib.sites.models import Site
from django.db import models

class FlatPage(models.Model):
    url = models.CharField(max_length=100, db_index=True)
    title = models.CharField(max_length=200)
    content = models.TextField(blank=True)
    enable_comments = models.BooleanField(default=False)
    template_name = models.CharField(max_length=70, blank=True)
    registration_required = models.BooleanField(default=False)
    sites = models.ManyToManyField(Site)
    objects = models.Manager()

    class Meta:
        ordering = ["url"]
"""
_REDIRECTS = """
from django.contrib.sites.models import Site
from django.db import models

class Redirect(models.Model):
    site = models.ForeignKey(Site, models.CASCADE)
    old_path = models.CharField(max_length=200, db_index=True)
    new_path = models.CharField(max_length=200, blank=True)
    objects = models.Manager()

    class Meta:
        ordering = ["old_path"]
"""
TEXTS = {
    "django.contrib.admin.models": _ADMIN,
    "django.contrib.auth.base_user": _AUTH_BASE,
    "django.contrib.auth.models": _AUTH,
    "django.contrib.contenttypes.models": _CONTENT_TYPES,
    "django.contrib.flatpages.models": _FLATPAGES,
    "django.contrib.redirects.models": _REDIRECTS,
    "django.contrib.sessions.base_session": _SESSION_BASE,
    "django.contrib.sessions.models": _SESSIONS,
    "django.contrib.sites.models": _SITES,
}
"""By module."""


def contrib(name: str, project: Project) -> Module | None:
    """A module of Django's with models; its path is no file's, so nothing in it is shown."""
    from ..files import ProjectFile
    from ..module import Module

    if name not in TEXTS:
        return None
    path = f"<{name}>"
    return Module(path, ProjectFile(path, TEXTS[name], project, is_tracked=False).module.units, project, name)


def is_shown(path: str) -> bool:
    """Whether a path is that of a file."""
    return not path.startswith("<")
