"""What the entries on shared state, shared sessions and endpoints that await nothing say, seen to happen."""

import sqlite3
import threading

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from flask import Flask
from flask.views import MethodView
from sqlalchemy import create_engine, text
from sqlalchemy.exc import IntegrityError, PendingRollbackError
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column


def test_what_a_view_puts_into_a_collection_of_its_class_stays_for_later_requests() -> None:
    class Basket(MethodView):
        isbns: list[str] = []  # noqa: RUF012

        def get(self) -> str:
            self.isbns.append("a")
            return ",".join(self.isbns)

    app = Flask(__name__)
    app.add_url_rule("/", view_func=Basket.as_view("basket"))
    with app.test_client() as client:
        assert [client.get("/").text for _ in range(2)] == ["a", "a,a"]


def test_one_failed_flush_stops_a_shared_session() -> None:
    class Base(DeclarativeBase):
        pass

    class Book(Base):
        __tablename__ = "book"
        isbn: Mapped[str] = mapped_column(primary_key=True)

    engine = create_engine("sqlite://")
    Base.metadata.create_all(engine)
    with Session(engine) as session:
        session.add(Book(isbn="a"))
        session.commit()
        session.expunge_all()
        session.add(Book(isbn="a"))
        with pytest.raises(IntegrityError):
            session.flush()
        with pytest.raises(PendingRollbackError):
            session.scalars(text("SELECT isbn FROM book")).all()
    engine.dispose()


def test_a_file_connection_is_of_the_thread_that_made_it() -> None:
    connection, seen = sqlite3.connect(":memory:"), list[BaseException]()

    def use() -> None:
        try:
            connection.execute("SELECT 1")
        except sqlite3.ProgrammingError as error:
            seen.append(error)

    thread = threading.Thread(target=use)
    thread.start()
    thread.join()
    connection.close()
    assert len(seen) == 1


def test_fastapi_runs_plain_functions_in_a_thread() -> None:
    app, threads = FastAPI(), dict[str, int]()

    @app.get("/plain")
    def plain() -> None:
        threads["plain"] = threading.get_ident()

    @app.get("/coroutine")
    async def coroutine() -> None:
        threads["coroutine"] = threading.get_ident()

    @app.get("/again")
    async def again() -> None:
        threads["again"] = threading.get_ident()

    with TestClient(app) as client:
        for path in ("/plain", "/coroutine", "/again"):
            client.get(path)
    assert threads["coroutine"] == threads["again"] != threads["plain"]


def test_flask_starts_a_loop_for_every_call_of_a_coroutine() -> None:
    import asyncio

    app, loops = Flask(__name__), list[asyncio.AbstractEventLoop]()

    @app.get("/")
    async def front() -> str:
        loops.append(asyncio.get_running_loop())
        return "ok"

    with app.test_client() as client:
        client.get("/")
        client.get("/")
    assert len({id(loop) for loop in loops}) == 2
