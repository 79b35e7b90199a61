"""What the entries of the area `security` say, run against the real libraries."""

from __future__ import annotations

import sqlite3

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from flask import Flask
from sqlalchemy import create_engine, text

ATTACK = "x' OR '1'='1"


def test_a_value_in_the_text_is_run_and_a_parameter_is_not() -> None:
    connection = sqlite3.connect(":memory:")
    connection.executescript("CREATE TABLE book (title); INSERT INTO book VALUES ('a'), ('b')")
    written = connection.execute(f"SELECT title FROM book WHERE title = '{ATTACK}'").fetchall()
    passed = connection.execute("SELECT title FROM book WHERE title = ?", (ATTACK,)).fetchall()
    connection.close()
    assert (len(written), len(passed)) == (2, 0)


def test_bound_parameters_of_text() -> None:
    engine = create_engine("sqlite://")
    with engine.connect() as connection:
        statement = text("SELECT :name").bindparams(name=ATTACK)
        assert connection.execute(statement).scalar_one() == ATTACK
        assert connection.execute(text("SELECT :name"), {"name": ATTACK}).scalar_one() == ATTACK
    engine.dispose()


@pytest.mark.parametrize("word", ["False", "0", "no"])
def test_any_text_switches_debug_on(word: str) -> None:
    assert bool(word)


@pytest.mark.parametrize("debug", [True, False])
def test_debug_answers_errors_with_a_traceback(debug: bool) -> None:
    app = FastAPI(debug=debug)

    @app.get("/")
    def fail() -> None:
        raise RuntimeError("inner words")

    answer = TestClient(app, raise_server_exceptions=False).get("/")
    assert answer.status_code == 500
    assert ("inner words" in answer.text) is debug


def test_flask_takes_debug_from_its_configuration() -> None:
    app = Flask(__name__)
    assert app.debug is False
    app.config["DEBUG"] = True
    assert app.debug is True
