"""What is read of templates."""

from __future__ import annotations

from time import perf_counter

import pytest

from pybackend.facts import expressions as ex
from pybackend.facts.template import collect_template


def urls(*lines: str) -> list[object]:
    """The first argument of each `url` tag, where it is a text."""
    found = [site.call.arguments[0] for site in collect_template(lines).calls]
    return [one.value if isinstance(one, ex.Literal) else None for one in found]


def test_tags_are_read_where_django_reads_them() -> None:
    assert urls("{% url 'a' %}{% if b %}{% url \"c:d\" e f=g %}{% url h %}") == ["a", "c:d", None]
    assert urls("{# {% url 'a' %} #}{{ '{% url 'b' %}' }}{% url 'c' %}") == ["c"]
    assert urls("{% comment %}{% url 'a' %}", "{% url 'b' %}{% endcomment %}{% url 'c' %}") == ["c"]


def test_what_nothing_ends_is_text() -> None:
    assert urls("{{ a {# b {% url 'c' %}{% url 'd'") == ["c"]
    assert urls("{% url 'a %}{% url 'b' %}") == [None, "b"]


@pytest.mark.parametrize("line", ["{%", "{{", "{{ {% x {#", "{% url 'a' %}{{", '{% url " %}', '\\" '])
def test_long_lines_take_no_longer_than_they_are_long(line: str) -> None:
    text = '{% url "' + line * (300_000 // len(line)) + " %}{%"
    start = perf_counter()
    urls(text, text.removeprefix('{% url "'))
    assert perf_counter() - start < 3
