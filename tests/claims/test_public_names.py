"""A class that frameworks keep in one module and document in another is the same class by both names."""

from __future__ import annotations

import subprocess
import sys

from pybackend.project.public import PUBLIC

_PROGRAM = """
import importlib, sys
from django.conf import settings
settings.configure(INSTALLED_APPS=["django.contrib.auth", "django.contrib.contenttypes"], DATABASES={})
import django
django.setup()
for line in sys.stdin:
    ours = [path.rpartition(".") for path in line.split()]
    private, public = (getattr(importlib.import_module(module), name) for module, _, name in ours)
    if not (isinstance(private, type) and private is public):
        print(line)
"""


def test_every_class_is_the_same_by_its_public_name() -> None:
    pairs = "\n".join(f"{private} {public}" for private, public in PUBLIC.items())
    run = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", _PROGRAM], input=pairs, text=True, capture_output=True
    )
    assert run.stderr == "" and run.stdout == ""
    assert PUBLIC["django.db.models.base.Model"] == "django.db.models.Model"


def test_a_public_name_is_no_private_one() -> None:
    assert PUBLIC.keys().isdisjoint(PUBLIC.values())
