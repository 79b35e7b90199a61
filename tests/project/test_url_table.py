"""Names of URLs where modules include each other again and again."""

from __future__ import annotations

from itertools import pairwise

from pybackend.project.django.urls.table import NOTHING, Include, Level, Pattern, Table


def levels(number: int) -> list[Level]:
    """The last of them has a name."""
    found = [Level() for _ in range(number)]
    found[-1].add(Pattern("x", NOTHING, None))
    return found


def test_a_level_is_found_through_all_that_include_it() -> None:
    first, second, last = levels(3)
    first.includes = [Include(NOTHING, second, "a", "a"), Include(NOTHING, last)]
    second.includes = [Include(NOTHING, last), Include(NOTHING, first)]
    table = Table((first,))
    assert table.names == {"x", "a:x"}
    assert table.patterns("a:x") == table.patterns("x") == (Pattern("x", NOTHING, None),)
    assert table.patterns("a:y") == ()


def test_levels_included_twice_over_and_over_are_looked_at_for_a_while() -> None:
    found = levels(60)
    for level, below in pairwise(found):
        level.includes = [Include(NOTHING, below), Include(NOTHING, below)]
    table = Table((found[0],))
    assert table.names == {"x"}
    assert table.patterns("y") is None


def test_levels_that_all_include_each_other_are_looked_at_for_a_while() -> None:
    found = levels(40)
    for level in found:
        level.includes = [Include(NOTHING, other, str(n), str(n)) for n, other in enumerate(found)]
    table = Table((found[0],))
    assert "39:x" in table.names
    assert table.patterns("1:2:3:4:y") == ()
