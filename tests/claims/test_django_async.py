"""What the references claim about Django's ORM in async functions."""

from __future__ import annotations

import json
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

from pybackend.project.django import orm
from pybackend.project.django.evaluations import FUNCTIONS

PROBE = Path(__file__).with_name("async_queries.py")


@cache
def outcomes() -> dict[str, str]:
    """What each probe raises, "" for nothing."""
    done = subprocess.run(
        [sys.executable, str(PROBE)], capture_output=True, text=True, check=True, timeout=120
    )
    found: dict[str, str] = json.loads(done.stdout)
    return found


@pytest.mark.parametrize(
    "name",
    [
        *("manager", "queryset", "loop", "comprehension", "generator", "listed", "length", "test", "item"),
        *("save", "delete", "related", "shortcut", "cursor", "atomic", "decorated", "on_commit"),
        *("lazy_in_thread", "called_before_thread", "relation"),
        *("relation_in_loop", "relation_of_listed", "relation_in_str", "key_through_relation", "deferred"),
        *("reverse_relation", "has_reverse_relation", "related_loop", "related_count"),
    ],
)
def test_it_raises_on_the_event_loop(name: str) -> None:
    assert outcomes()[name] == "SynchronousOnlyOperation"


@pytest.mark.parametrize("name", ["async_with", "queryset_to_thread"])
def test_it_raises_a_type_error(name: str) -> None:
    assert outcomes()[name] == "TypeError"


@pytest.mark.parametrize(
    "name",
    [
        *(
            "building",
            "twins",
            "async_loop",
            "nested_function",
            "list_in_thread",
            "read_before",
            "prefetched",
        ),
        *("joined", "saved_in_thread", "related_building", "key_of_its_own", "relation_to_nothing"),
        *("relation_that_was_set", "relation_loaded_in_thread", "relation_of_parent"),
    ],
)
def test_it_works_on_the_event_loop(name: str) -> None:
    assert outcomes()[name] == ""


def test_all_methods_have_the_twins_that_are_offered() -> None:
    from django.db.models import Model, QuerySet
    from django.utils.module_loading import import_string

    assert all(hasattr(QuerySet, f"a{name}") for name in orm.QUERIES)
    assert all(hasattr(Model, f"a{name}") for name in orm.STORED)
    assert all(import_string(path) and import_string(twin) for path, twin in FUNCTIONS.items())
