"""The client is proved on a server that is known to be right."""

import pytest

from tests.bench.files import BenchFile, places
from tests.bench.latency import measure
from tests.bench.run import RUFF
from tests.bench.session import Server

MODULE = '''\
def first(value: str) -> str:
    """One."""
    return value


def second(value: str) -> str:
    print(value)
    return value  # not here: a comment follows


def third(value: str) -> str:
    if value:
        return ""
    return value
'''


def test_letters_are_typed_where_a_name_is_returned() -> None:
    assert [MODULE.split("\n")[line].strip() for line in places(MODULE, 7)] == [
        "return value",
        "return value",
    ]


@pytest.mark.parametrize("pull", [True, False])
def test_every_edit_is_timed_and_its_diagnostics_seen(pull: bool) -> None:
    (timings,) = measure(BenchFile("small", "small.py", MODULE), [RUFF], 3, pull=pull)
    assert timings.pulled is pull
    assert timings.findings == 1
    assert len(timings.typed) == len(timings.offended) == 6
    assert min(timings.typed) > 0
    assert timings.resident_bytes > 1_000_000


def test_a_server_that_overlooks_the_mistake_is_not_timed() -> None:
    blind = Server("blind", RUFF.command, {"settings": {"lint": {"select": ["F401"]}}})
    with pytest.raises(RuntimeError, match="does not see"):
        measure(BenchFile("small", "small.py", MODULE), [blind], 3, pull=True)
