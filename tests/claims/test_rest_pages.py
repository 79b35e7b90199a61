"""What the references claim about pages, routes and dates is what the frameworks do with these settings."""

from __future__ import annotations

import json
import subprocess
import sys
from functools import cache

import pytest

PROBE = """
import json, sys
import django
from django.conf import settings

settings.configure(INSTALLED_APPS=["django.contrib.contenttypes", "django.contrib.auth", "rest_framework"],
                   ROOT_URLCONF="__main__", **json.loads(sys.argv[1]))
django.setup()
from django.core.checks import run_checks
from django.db import models
from django.urls import include, path, resolve, Resolver404
from rest_framework.generics import ListAPIView
from rest_framework.pagination import CursorPagination, LimitOffsetPagination, PageNumberPagination
from rest_framework.request import Request
from rest_framework.test import APIRequestFactory


class Order(models.Model):
    created = models.DateTimeField(auto_now_add=True, default=None)
    sent = models.DateTimeField(auto_now_add=True, db_default=None)

    class Meta:
        app_label = "auth"


def view(request):
    return None


def pages(kind):
    request = Request(APIRequestFactory().get("/"))
    return kind().paginate_queryset(list(range(100)), request)


def leads(route):
    try:
        return bool(resolve(route))
    except Resolver404:
        return False


urlpatterns = [
    path("/wrong/", view),
    path("shop", include([path("/books", view)])),
    path("shop/", include([path("/authors/", view)])),
]
found = {
    "default": ListAPIView.pagination_class and ListAPIView.pagination_class.__name__,
    "numbers": pages(PageNumberPagination) is not None,
    "limits": pages(LimitOffsetPagination) is not None,
    "cursors": CursorPagination().page_size,
    "routes": [leads("/wrong/"), leads("/shop/books"), leads("/shop/authors/")],
    "dates": [error.obj.name for error in run_checks() if error.id == "fields.E160"],
}
print(json.dumps(found))
"""
NUMBERS = "rest_framework.pagination.PageNumberPagination"


@cache
def outcome(settings: str) -> dict[str, object]:
    done = subprocess.run(
        [sys.executable, "-c", PROBE, settings], capture_output=True, text=True, check=True, timeout=120
    )
    found: dict[str, object] = json.loads(done.stdout)
    return found


@pytest.mark.parametrize("named", [{}, {"DEFAULT_PAGINATION_CLASS": None}, {"PAGE_SIZE": 10}])
def test_there_are_no_pages_without_a_class(named: dict[str, object]) -> None:
    assert outcome(json.dumps({"REST_FRAMEWORK": named}))["default"] is None


def test_a_class_without_a_size_makes_no_pages() -> None:
    found = outcome(json.dumps({"REST_FRAMEWORK": {"DEFAULT_PAGINATION_CLASS": NUMBERS}}))
    assert found["default"] == "PageNumberPagination"
    assert (found["numbers"], found["limits"], found["cursors"]) == (False, False, None)


def test_a_size_makes_pages() -> None:
    found = outcome(json.dumps({"REST_FRAMEWORK": {"DEFAULT_PAGINATION_CLASS": NUMBERS, "PAGE_SIZE": 10}}))
    assert (found["numbers"], found["limits"], found["cursors"]) == (True, True, 10)


def test_a_route_may_begin_with_the_slash_that_the_one_around_lacks() -> None:
    assert outcome("{}")["routes"] == [False, True, False]


def test_a_default_of_none_counts_beside_auto_now() -> None:
    assert outcome("{}")["dates"] == ["created"]
