"""What the references claim about defaults that are made once."""

from __future__ import annotations

import dataclasses
from collections import Counter, defaultdict, deque
from contextvars import Context, ContextVar
from typing import ClassVar, NamedTuple, TypeVar

import attrs
import pydantic
import pydantic.dataclasses
import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import JSON, create_engine
from sqlalchemy.ext.mutable import MutableDict
from sqlalchemy.orm import DeclarativeBase, Mapped, MappedAsDataclass, Session, mapped_column

Row = TypeVar("Row")
DEFAULTS: list[object] = [[], {}, set(), bytearray(), deque(), Counter(), defaultdict(list)]


@pytest.mark.parametrize("default", DEFAULTS)
@pytest.mark.parametrize("decorate", [dataclasses.dataclass, pydantic.dataclasses.dataclass])
def test_dataclasses_refuse_unhashable_defaults(default: object, decorate: object) -> None:
    namespace = {"__annotations__": {"rows": object}, "rows": default}
    with pytest.raises(ValueError, match="mutable default"):
        decorate(type("Order", (), namespace))  # type: ignore[operator]


def test_dataclasses_refuse_field_defaults_and_values_that_compare() -> None:
    address = dataclasses.make_dataclass("Address", [])
    defaults: tuple[object, ...] = (dataclasses.field(default=list[str]()), address())
    for default in defaults:
        with pytest.raises(ValueError, match="mutable default"):
            dataclasses.make_dataclass("Order", [("rows", object, default)])


def test_dataclasses_leave_class_and_init_variables_alone() -> None:
    @dataclasses.dataclass
    class Order:
        known: ClassVar[list[str]] = []
        given: dataclasses.InitVar[list[str]] = []  # noqa: RUF008

    assert Order().known is Order.known


def test_pydantic_field_copies_in_its_dataclasses() -> None:
    @pydantic.dataclasses.dataclass
    class Order:
        rows: list[str] = pydantic.Field(default=[])

    assert Order().rows is not Order().rows


def test_attrs_and_named_tuples_share() -> None:
    @attrs.define
    class Order:
        rows: list[str] = []  # noqa: RUF008

    class Basket(NamedTuple):
        rows: list[str] = []  # noqa: RUF012

    assert Order().rows is Order().rows
    assert Basket().rows is Basket().rows


def test_keys_and_contexts_share() -> None:
    groups: dict[str, list[int]] = dict.fromkeys("ab", [])  # noqa: RUF024
    current: ContextVar[list[int]] = ContextVar("current", default=[])  # noqa: B039
    assert groups["a"] is groups["b"]
    assert Context().run(current.get) is Context().run(current.get)


def test_fastapi_copies_the_defaults_of_a_route() -> None:
    app = FastAPI()

    @app.post("/rows")
    def rows(found: list[str] = []) -> list[str]:  # noqa: B006
        found.append("a")
        return found

    client = TestClient(app)
    assert [client.post("/rows").json() for _ in range(2)] == [["a"], ["a"]]


def test_rows_share_a_default_unless_the_type_coerces_it() -> None:
    class Base(DeclarativeBase):
        pass

    class Book(Base):
        __tablename__ = "book"

        id: Mapped[int] = mapped_column(primary_key=True)
        shared: Mapped[dict[str, int]] = mapped_column(JSON, default={})
        called: Mapped[dict[str, int]] = mapped_column(JSON, default=dict)
        coerced: Mapped[dict[str, int]] = mapped_column(MutableDict.as_mutable(JSON), default={})

    one, other = _stored(Base, Book(), Book())
    assert one.shared is other.shared
    assert one.called is not other.called
    assert one.coerced is not other.coerced


def test_mapped_dataclasses_share_a_default() -> None:
    class Base(MappedAsDataclass, DeclarativeBase):
        pass

    class Book(Base):
        __tablename__ = "book"

        id: Mapped[int] = mapped_column(init=False, primary_key=True)
        shared: Mapped[dict[str, int]] = mapped_column(JSON, default={})
        made: Mapped[dict[str, int]] = mapped_column(JSON, default_factory=dict)

    one, other = _stored(Base, Book(), Book())
    assert one.shared is other.shared
    assert one.made is not other.made


def _stored(base: type[DeclarativeBase], *rows: Row) -> tuple[Row, ...]:
    engine = create_engine("sqlite://")
    base.metadata.create_all(engine)
    with Session(engine, expire_on_commit=False) as session:
        session.add_all(rows)
        session.commit()
    engine.dispose()
    return rows
