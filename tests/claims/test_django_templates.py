"""What is said of loops in templates is what Django does, before the fix and after."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.claims.growing import Growing
from tests.claims.test_django_queries import MODELS

RULE = "django-template-n-plus-one"
HEAD = f"""\
from django.core.paginator import Paginator
from django.shortcuts import render
from django.template.loader import get_template, render_to_string
from django.template.response import TemplateResponse
from django.test import RequestFactory
from django.views.generic import DetailView, ListView
{MODELS}"""
BOOKS = [
    "Book.objects.all()",
    "Book.objects.order_by('pk')[:50]",
    "list(Book.objects.all())",
    "Book.objects.only('title')",
    "Book.objects.select_related('author')",
    "Book.objects.select_related('author__publisher')",
    "Book.objects.prefetch_related('author')",
    "Book.objects.prefetch_related('tags')",
    "Book.objects.prefetch_related(Prefetch('author', queryset=Author.objects.select_related('publisher')))",
    "Book.objects.filter(editor=None)",
    "Book.objects.with_author()",
]
ROWS = [
    "{{ row.title }} {{ row.author_id }}",
    "{{ row }}",
    "{{ row.author }}",
    "{{ row.author.name|upper }}",
    "{{ row.author.pk }}",
    "{{ row.author.publisher.name }}",
    "{% if row.editor %}{{ row.editor.name }}{% endif %}",
    "{{ row.author_name }}",
    "{{ row.byline }}",
    "{{ row.tags.count }}",
    "{{ row.tags.all|length }}",
    "{% for tag in row.tags.all %}{{ tag.name }}{% endfor %}",
    "{% if row.tags.exists %}x{% endif %}",
    "{{ row.tags.first.name }}",
    "{{ row.tags }}",
    "{% with a=row.author %}{{ a.name }}{% endwith %}",
    "{% with row.author.publisher as p %}{{ p.name }}{% endwith %}",
    "{% with tags=row.tags.all %}{{ row.title }}{% endwith %}",
    "{% with tags=row.tags.all %}{{ tags|length }}{% endwith %}",
    '{% include "row.html" %}',
    '{% include "book.html" with book=row only %}',
    '{% include "row.html" with book=row only %}',
    "{% if forloop.first %}{{ row.author.name }}{% endif %}",
    "{% ifchanged row.author.name %}x{% endifchanged %}",
    "{% ifchanged %}{{ row.author.name }}{% endifchanged %}",
    '{% cycle "a" "b" %}{% firstof row.title row.author.name %}',
    "{# {{ row.author.name }} #}{% comment %}{{ row.author.name }}{% endcomment %}",
    "{% verbatim %}{{ row.author.name }}{% endverbatim %}",
]
PAGES = [
    "{% for row in rows reversed %}{{ row.author.name }}{% empty %}{{ row.author.name }}{% endfor %}",
    "{% for row in rows|dictsort:'title' %}{{ row.author.name }}{% endfor %}",
    "{% for row in nothing %}{% empty %}{% for row in rows %}{{ row.author.name }}{% endfor %}{% endfor %}",
    "{% for row in rows %}{% with row=1 %}{{ row.author.name }}{% endwith %}{% endfor %}",
    "{% regroup rows by author.name as groups %}{{ groups|length }}",
    "{% with books=rows %}{% for book in books %}{{ book.author.name }}{% endfor %}{% endwith %}",
    "{{ rows.0.author.name }}{% if rows %}{{ rows|length }}{% endif %}",
    '{% extends "base.html" %}{% block body %}{% for x in rows %}{{ x.author }}{% endfor %}{% endblock %}',
    '{% extends "base.html" %}{% block gone %}{% for x in rows %}{{ x.author }}{% endfor %}{% endblock %}',
    '{% extends "list.html" %}{% block row %}{{ row.author.name }}{% endblock %}',
    '{% extends "list.html" %}{% block row %}{{ row.title }}{% endblock %}',
    '{% extends "list.html" %}{% block row %}{{ block.super }}{% endblock %}',
    '{% extends "list.html" %}',
]
AROUND = {
    "row.html": "{{ row.author.name }}",
    "book.html": "{{ book.author.name }}",
    "base.html": "{% block body %}{% endblock %}",
    "list.html": '{% extends "base.html" %}{% block body %}{% for row in rows %}{% block row %}'
    "{{ row.author.publisher }}{% endblock %}{% endfor %}{% endblock %}",
}
AUTHORS = [
    "{% for book in author.books.all %}{{ book.title }}{% endfor %}{{ author.publisher.name }}",
    "{% for book in author.books.all %}{{ book.author.name }}{% endfor %}",
    "{% for book in author.books.all %}{% if book.editor %}{{ book.editor.name }}{% endif %}{% endfor %}",
    "{% for book in author.books.all %}{{ book.tags.count }}{% endfor %}",
    "{% for book in author.books.all %}{% for tag in book.tags.all %}{{ tag.name }}{% endfor %}{% endfor %}",
]
SINGLE = [
    "Author.objects.get(pk=1)",
    "Author.objects.prefetch_related('books').get(pk=1)",
    "Author.objects.prefetch_related('books__editor').get(pk=1)",
    "Author.objects.prefetch_related('books__tags').get(pk=1)",
]
VIEWS = [
    "def case_{number}():\n    rows = {query}\n"
    "    return render(None, 'case_{number}.html', {{'rows': rows}})\n",
    "def case_{number}():\n    context = {{}}\n    context['rows'] = {query}\n"
    "    return render_to_string('case_{number}.html', context)\n",
    "def case_{number}():\n    return get_template('case_{number}.html').render(dict(rows={query}))\n",
    "def case_{number}():\n    page = Paginator({query}, 99).get_page(1)\n    context = {{'rows': page}}\n"
    "    return TemplateResponse(RequestFactory().get('/'), 'case_{number}.html', context).render()\n",
    "def case_{number}():\n    return Case{number}.as_view()(RequestFactory().get('/')).render()\n\n\n"
    "class Case{number}(ListView):\n    queryset = {query}\n    context_object_name = 'rows'\n"
    "    template_name = 'case_{number}.html'\n",
]
OF_ONE = [
    "def case_{number}():\n    return render(None, 'case_{number}.html', {{'author': {query}}})\n",
    "def case_{number}():\n    return Case{number}.as_view()(RequestFactory().get('/'), pk=1).render()\n\n\n"
    "class Case{number}(DetailView):\n    template_name = 'case_{number}.html'\n\n"
    "    def get_queryset(self):\n        return {rows}\n",
]
CASES = [(query, f"{{% for row in rows %}}{row}{{% endfor %}}") for query in BOOKS for row in ROWS]
CASES += [(query, page) for query in BOOKS[:6] for page in PAGES]
CASES += [(query, page) for query in SINGLE for page in AUTHORS for _ in OF_ONE]
TEMPLATES = AROUND | {f"case_{number}.html": page for number, (_, page) in enumerate(CASES)}


def module(step: int = 1) -> str:
    """Every n-th case as a function."""
    functions = []
    for number, (query, _) in list(enumerate(CASES))[::step]:
        shapes = OF_ONE if query in SINGLE else VIEWS
        shape = shapes[number % len(shapes)] if "list(" not in query else shapes[0]
        rows = query.removesuffix(".get(pk=1)")
        rows = rows if "(" in rows else f"{rows}.all()"
        functions.append(shape.format(number=number, query=query, rows=rows))
    return "\n\n".join([HEAD, *functions])


GROWING = Growing(CASES, module, "def case_", "templating", {RULE}, files=TEMPLATES)


def test_every_verdict_is_what_django_does(tmp_path: Path) -> None:
    assert len(CASES) > 400
    GROWING.agree(tmp_path)


@pytest.mark.slow
def test_the_fix_ends_the_extra_queries(tmp_path: Path) -> None:
    GROWING.end(RULE, tmp_path)
