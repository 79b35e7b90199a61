"""Columns of lines in which bytes and characters are not the same."""

import time

import pytest

from pybackend.facts.columns import Columns


@pytest.mark.parametrize(
    "text", ["", "plain", "caf\u00e9 = 1", "\u2019a\u6f22b\U0001f600", "x\udc80y\u00e9\u00e9"]
)
def test_every_character_of_a_line(text: str) -> None:
    offsets = [len(text[:column].encode("utf-8", "surrogatepass")) for column in range(len(text) + 1)]
    assert [Columns(text).at(offset) for offset in offsets] == list(range(len(text) + 1))


def test_a_line_as_long_as_a_file() -> None:
    started = time.process_time()
    columns = Columns("caf\u00e9 " * 100_000)
    assert columns.at(600_000) == 500_000
    assert all(columns.at(6 * number) == 5 * number for number in range(100_000))
    assert time.process_time() - started < 5
