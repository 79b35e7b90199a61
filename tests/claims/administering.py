"""Counts the queries of each page of the admin that a module has a class for, with few rows and with more.

`python -m tests.claims.administering MODULE.py` prints JSON: for each class whether it grows with the rows.
"""

import json
import sys
from collections.abc import Callable
from functools import partial
from typing import Any

from django.apps import apps
from django.db import connection
from django.test import RequestFactory

from tests.claims.queries import add_rows, growing, prepared

APPS = tuple(f"django.contrib.{name}" for name in ("admin", "auth", "contenttypes", "messages", "sessions"))
TEMPLATES = {
    "BACKEND": "django.template.backends.django.DjangoTemplates",
    "APP_DIRS": True,
    "OPTIONS": {"context_processors": ["django.template.context_processors.request"]},
}
urlpatterns: list[Any] = []


def main(path: str, add: Callable[[Any, int], None]) -> None:
    module = prepared(path, APPS, TEMPLATES=[TEMPLATES], ROOT_URLCONF=__name__, STATIC_URL="/static/")
    from django.contrib import admin
    from django.contrib.contenttypes.models import ContentType
    from django.urls import path as route

    with connection.schema_editor() as editor:
        editor.create_model(ContentType)
    for name in ("Publisher", "Author", "Book", "Profile", "Copy", "Tag"):
        admin.site.register(getattr(module, name), type(name, (admin.ModelAdmin,), {"search_fields": ["pk"]}))
    for model in apps.get_models():
        ContentType.objects.get_for_model(model, for_concrete_model=False)
    urlpatterns.append(route("admin/", admin.site.urls))
    pages = {name: partial(ask, page, module) for name, page in vars(module).items() if name[:4] == "Case"}
    print(json.dumps(growing(module, pages, add)))


def add(module: Any, number: int) -> None:
    """More rows, of which the first author has a part."""
    add_rows(module, number)
    author = module.Author.objects.order_by("pk").first()
    for _ in range(number):
        other = module.Author.objects.create(name="e", publisher=author.publisher)
        book = module.Book.objects.create(title="t", author=author, editor=other)
        book.tags.add(module.Tag.objects.create(name="t"))
        module.Copy.objects.create(book=book, note="n")


def add_choices(module: Any, number: int) -> None:
    """More rows to choose from; of those that choose, the first author has two, and no more later."""
    add(module, number)
    book, copy = module.Book.objects.first(), module.Copy.objects.first()
    for _ in range(number):
        module.Box.objects.create().books.add(book)
    author = module.Author.objects.order_by("pk").first()
    if not author.loans.exists():
        for _ in range(2):
            module.Loan.objects.create(
                author=author,
                book=book,
                copy=copy,
                box=module.Box.objects.first(),
                publisher=author.publisher,
            )


def ask(page: Any, module: Any) -> None:
    """Show the change list of a class, or an author with the rows of an inline."""
    from django.contrib import admin
    from django.contrib.auth.models import User

    request: Any = RequestFactory().get("/")
    request.user = User(username="admin", is_active=True, is_staff=True, is_superuser=True)
    if issubclass(page, admin.ModelAdmin):
        response = page(getattr(module, page.shows), admin.site).changelist_view(request)
    else:
        parent = type("Parent", (admin.ModelAdmin,), {"inlines": [page], "fields": ["name"]})
        author = module.Author.objects.order_by("pk").first()
        response = parent(module.Author, admin.site).change_view(request, str(author.pk))
    assert response.status_code == 200, response
    response.render()


if __name__ == "__main__":
    main(sys.argv[1], add)
