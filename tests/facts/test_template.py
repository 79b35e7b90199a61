"""What is read of templates."""

from __future__ import annotations

from time import process_time

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
    start = process_time()
    urls(text, text.removeprefix('{% url "'))
    assert process_time() - start < 3


def said(*lines: str) -> list[tuple[object, ...]]:
    """Kind, names and values of each tag, with what stands inside as a list behind it."""
    tags = collect_template(lines).tags

    def inside(number: int, end: int) -> list[tuple[object, ...]]:
        found: list[tuple[object, ...]] = []
        while number < end:
            tag = tags[number]
            values = [
                ".".join((*value.names, *(f"|{name}" for name in value.filters))) for value in tag.values
            ]
            found.append((tag.kind, *tag.names, *values, inside(number + 1, tag.end)))
            number = tag.end
        return found

    return inside(0, len(tags))


def test_loops_hold_what_stands_inside() -> None:
    loop = "{% for a, b in c.d|dictsort:'e' reversed %}{{ a.f }}{% empty %}{{ g }}{% endfor %}{{ h|add:i.j }}"
    assert said(loop) == [
        ("for", "a", "b", "c.d.|dictsort", [("print", "a.f", [])]),
        ("print", "g", []),
        ("print", "h.|add", []),
        ("read", "i.j", []),
    ]


def test_conditions_that_depend_on_the_place_in_a_loop() -> None:
    assert said("{% if a.b and not c == 1 %}{{ d }}{% else %}{{ e }}{% endif %}") == [
        ("read", "a.b", []),
        ("read", "c", []),
        ("print", "d", []),
        ("print", "e", []),
    ]
    assert said("{% if forloop.first %}{{ a }}{% endif %}{{ b }}")[1:] == [
        ("if", [("print", "a", [])]),
        ("print", "b", []),
    ]
    assert said("{% if a %}{{ b }}{% elif forloop.last %}{{ c }}{% endif %}")[-1] == (
        "if",
        [("print", "c", [])],
    )


def test_names_that_are_given_to_values() -> None:
    assert said("{% with a=b.c d.e as f g='h' %}{{ a }}{% endwith %}") == [
        ("with", "a", "f", "g", "b.c", "d.e", "", [("print", "a", [])])
    ]
    assert said('{% include "a.html" with b=c only %}{% include d %}{% extends "e.html" %}') == [
        ("include-only", "a.html", "b", "c", []),
        ("include", "", []),
        ("extends", "e.html", []),
    ]
    assert said("{% url 'a' b.c d=e.f as g %}{% trans 'h' as i %}{% regroup j by k.l as m %}") == [
        ("read", "b.c", []),
        ("read", "e.f", []),
        ("set", "g", []),
        ("set", "i", []),
        ("regroup", "m", "j", "k.l", []),
    ]


def test_what_is_not_ended_ends_with_what_is_around() -> None:
    assert said("{% block a %}{% for b in c %}{{ b }}{% endblock %}{{ d }}{% endfor %}{% endif %}") == [
        ("block", "a", [("for", "b", "c", [("print", "b", [])])]),
        ("print", "d", []),
    ]


@pytest.mark.parametrize("text", ["{{ a( }}", "{{ 1.5 }}", "{{ 'a.b' }}", "{{ True }}", "{{ a|b|}}", "{{ }}"])
def test_what_is_no_variable_is_not_read(text: str) -> None:
    assert said(text) == []
