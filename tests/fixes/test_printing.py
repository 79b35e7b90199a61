"""What a logger is given in place of `print` is the same text."""

from __future__ import annotations

import contextlib
import io
import logging

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.checking import engine_for, fixed
from tests.marked import Example

HEAD = """import logging

logger = logging.getLogger(__name__)


def run(a: int, b: dict[str, float], c: str) -> int:
    d = a
"""
TAIL = "\n    d += 1\n    d += 1\n    return d\n"
PIECES = ["", "x", "50 %", "%s", "{{", "}}", "tab\\t", "quo'te", "é ✓", "\\\\", "a\\nb", " "]
FIELDS = ["{a}", "{a!r}", "{c!a}", "{b['x']:.2f}", "{a:>5}", "{a=}", "{c!r:>9}", "{b}", "{a + 1}", "{c:%>6}"]
VALUES = ["a", "b", "c", "(a, c)", "str(a)", "repr(c)", "a + 1", "not a", "c.upper()", "a if c else b", "[a]"]
TEXT = st.lists(st.sampled_from(PIECES), max_size=3).map("".join)
FSTRING = st.lists(st.sampled_from(PIECES + FIELDS), max_size=4).map("".join)
plain = TEXT.filter(lambda text: "{" not in text and "}" not in text)
strings = st.one_of(
    plain.map(lambda text: f'"{text}"'), FSTRING.filter(lambda text: text != "").map(lambda t: f'f"{t}"')
)
arguments = st.one_of(
    strings,
    st.sampled_from(VALUES),
    st.builds("{} {}".format, strings, strings),
    st.builds("{} + str({}) + {}".format, strings, st.sampled_from(VALUES), strings),
    st.sampled_from(
        [
            '"%s and %5.1f %%" % (c, a)',
            '"%r" % a',
            '"%(x)s" % b',
            '"{} {!r:>4} {c:.1f} {{}}".format(a, c, c=a)',
            '"{1} {0}".format(a, c)',
            '"{0}{0}".format(a)',
        ]
    ),
)
keywords = st.sampled_from(["", ', sep=""', ", sep='%'", ', sep=" - "', ", flush=True", ', end="\\n"'])


@settings(deadline=None, max_examples=300)
@given(st.lists(arguments, min_size=1, max_size=3).map(", ".join), keywords)
def test_the_logged_text_is_the_printed_one(printed: str, keyword: str) -> None:
    before = f"{HEAD}    print({printed}{keyword}){TAIL}"
    after = fixed(engine_for(Example({"app/service.py": before}), {}), "print-debug")["app/service.py"]
    output = io.StringIO()
    with contextlib.redirect_stdout(output):
        _run(before)
    if after != before:
        assert _logged(after) == [output.getvalue().removesuffix("\n")]


@pytest.mark.parametrize(
    "printed",
    [
        "*b, 'x'",
        "a, end=''",
        "a, sep=c",
        "f'{a:{a}}'",
        "f'{a!r}' % b",
        "'%(x)s' % b",
        "'%s %s' % (a,)",
        "'%s' % (a, c)",
        "'{} {}'.format(a)",
        "'{1} {0}'.format(a, c)",
        "'{a.real}'.format(a=a)",
        "one for one in b",
        "a,  # why\n        c",
    ],
)
def test_what_cannot_be_said_with_arguments_stays(printed: str) -> None:
    before = f"{HEAD}    print({printed}){TAIL}"
    after = fixed(engine_for(Example({"app/service.py": before}), {}), "print-debug")["app/service.py"]
    assert after == before


def _run(code: str) -> None:
    namespace: dict[str, object] = {"__name__": "service"}
    exec(compile(code, "service", "exec"), namespace)
    run = namespace["run"]
    assert callable(run)
    run(3, {"x": 1.5}, "tea")


def _logged(code: str) -> list[str]:
    class Keeper(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            messages.append(record.getMessage())

    messages: list[str] = []
    logger, keeper = logging.getLogger("service"), Keeper()
    logger.addHandler(keeper)
    logger.setLevel(logging.INFO)
    logger.propagate = False
    try:
        _run(code)
    finally:
        logger.removeHandler(keeper)
    return messages
