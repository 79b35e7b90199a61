"""What is packed comes back exactly; what is not what was packed never comes back."""

from __future__ import annotations

import ast
from hashlib import blake2b
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pybackend.facts import expressions as ex
from pybackend.facts.collector import collect
from pybackend.facts.packing import FACTS, Damaged, Grammar
from pybackend.facts.tables import UnitFacts

GRAMMAR = Grammar(FACTS)
SAMPLE = Path(__file__).parents[1] / "engine" / "samples" / "shapes.py"

texts = st.text(st.characters(), max_size=8) | st.text(st.sampled_from("a\ud83d\ude0b\udc00\x00"), max_size=4)
numbers = st.integers() | st.floats(allow_nan=False) | st.complex_numbers(allow_nan=False)
scalars = texts | numbers | st.binary(max_size=8) | st.sampled_from([None, True, False, ..., 1, 1.0, 0, -0.0])


def compounds(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    named = st.sampled_from(FACTS).flatmap(
        lambda kind: st.tuples(*[inner] * len(kind.__annotations__)).map(lambda row: tuple.__new__(kind, row))
    )
    return st.lists(inner, max_size=6).map(tuple) | st.frozensets(texts, max_size=4) | named


values = st.recursive(scalars, compounds, max_leaves=40)


def exact(value: Any) -> Any:
    """What tells values apart that are equal: types and signs."""
    if isinstance(value, tuple):
        return type(value), [exact(part) for part in value]
    if isinstance(value, (frozenset, int)):
        return type(value), value
    return type(value), repr(value)


def facts_of(text: str) -> UnitFacts:
    return collect(ast.parse(text).body, text.splitlines(keepends=True), 1)


@given(values)
def test_every_value_comes_back_exactly(value: object) -> None:
    assert exact(GRAMMAR.unpack(GRAMMAR.pack(value))) == exact(value)


@pytest.mark.parametrize(
    "source",
    [
        SAMPLE.read_text("utf-8"),
        "x = 1, 1.0, True, 1j, -0.0, 1e999, 0x" + "f" * 5000 + ", ..., b'\\xff', '\\ud83d\\ude0b', '😋'",
        "",
    ],
)
def test_facts_come_back_exactly(source: str) -> None:
    facts = facts_of(source)
    assert exact(GRAMMAR.unpack(GRAMMAR.pack(facts))) == exact(facts)


def test_equal_parts_are_one() -> None:
    text = GRAMMAR.pack((("shop", ("a", 1)), ("shop", ("a", 1)), ("shop", ("a", True))))
    first, second, third = GRAMMAR.unpack(text)
    assert first is second
    assert third == first
    assert third[1][1] is True


def test_the_deepest_expressions_come_back() -> None:
    value: ex.Expression = ex.Name((0, 0, 0, 1), "x")
    for column in range(5000):
        value = ex.Operation((0, 0, 0, column), value, "Add", ex.Literal((0, 0, 0, column), "x"))
    found = GRAMMAR.unpack(GRAMMAR.pack(value))
    while isinstance(value, ex.Operation):
        assert (found.range, found.operator, found.right) == (value.range, value.operator, value.right)
        found, value = found.left, value.left
    assert found == value


@settings(max_examples=300)
@given(st.data())
def test_a_damaged_text_is_told(data: st.DataObject) -> None:
    text = GRAMMAR.pack(facts_of("def f(a: int = 1) -> str:\n    return g(a)\n"))
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    damaged = text[:start] + data.draw(st.text(max_size=4)) + text[end:]
    if damaged != text:
        with pytest.raises(Damaged):
            GRAMMAR.unpack(damaged)


ODD = [
    "", "5", "null", "{", "[]", '[[],"",5,[],[],0]', "[[],[],[],[],[],99]", "[[1],[],[],[],[],0]", "[" * 9000,
    "[[],[],[],[],[[0,0,[]]],0]", "[[],[],[],[],[[0,3,[1]]],0]", "[[],[],[],[],[[0,2,[1,1,1]]],0]",
    "[[],[],[],[],[[0,1,[77]]],0]", "[[],[],[],[],[[0,1,[-1]]],0]", '[[],[],[],[],[[0,1,["a"]]],0]',
    "[[],[],[],[],[[5000,1,[1]]],0]", "[[],[],[],[],[[2,1,[1]]],0]", "[[],[],[],[],[[0,1000000000,[1]]],0]",
    "[[],[],[],[[0,4,[1]]],[],0]", "[[],[],[],[[0,2,[1,1,1]]],[],0]", "[[],[],[],[[5000,1,[1]]],[],0]",
    "[[],[],[],[[2,1,[1]]],[],0]", "[[],[],[],[[0,1000000000,[1]]],[],0]", "[[],[],[],[5],[],0]",
    '[[],[],[["bytes","0g"]],[],[],7]', '[[],[],[["text","ff"]],[],[],7]',
    '[[],[],[["complex",["x"]]],[],[],7]', '[[],[],[["os.system","true"]],[],[],7]',
    '[[],[],[["integer",5]],[],[],7]', "[[],[],[5],[],[],7]",
]  # fmt: skip


def signed(body: str) -> str:
    return blake2b(body.encode(), digest_size=8, key=GRAMMAR.digest.encode()).hexdigest() + body


@pytest.mark.parametrize("body", ODD)
def test_a_text_of_another_shape_is_told(body: str) -> None:
    """Even where its checksum is right."""
    with pytest.raises(Damaged):
        GRAMMAR.unpack(signed(body))


def test_a_text_of_this_shape_is_read() -> None:
    """What the damaged ones are but for one part."""
    body = '[["a"],[5],[["bytes","00"]],[[0,4,[1,2,3,4]]],[[0,4,[7,8,9,10]]],11]'
    assert GRAMMAR.unpack(signed(body)) == ("a", 5, b"\0", (1, 2, 3, 4))


def test_another_grammar_reads_nothing() -> None:
    class Name(NamedTuple):
        range: ex.Range
        identifier: str

    replaced: type[object] = ex.Name
    other = Grammar([Name if kind is replaced else kind for kind in FACTS])
    assert other.digest != GRAMMAR.digest
    assert Grammar(reversed(FACTS)).digest == GRAMMAR.digest
    with pytest.raises(Damaged):
        other.unpack(GRAMMAR.pack(("a", 1)))


@pytest.mark.parametrize("value", [[1], {"a": 1}, {1}, object(), (1, [2]), Path("a"), range(3)])
def test_what_no_fact_holds_is_refused(value: object) -> None:
    with pytest.raises(TypeError, match="is not of the grammar"):
        GRAMMAR.pack(value)
