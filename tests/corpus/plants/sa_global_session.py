"""Modules with handlers make one session or connection, and the handlers use it."""

from collections.abc import Iterator

from tests.corpus.plants import mutable_handler_state as states
from tests.corpus.source import Mutation, SourceFile

NEEDLES = states.NEEDLES
ENGINE = "planted_engine = create_engine('postgresql:///books')"
MADE = {
    "session": (
        ["from sqlalchemy import create_engine", "from sqlalchemy.orm import Session"],
        ENGINE,
        "Session(planted_engine)",
    ),
    "maker": (
        ["from sqlalchemy import create_engine", "from sqlalchemy.orm import sessionmaker"],
        ENGINE + "\nPlantedSession = sessionmaker(bind=planted_engine)",
        "PlantedSession()",
    ),
    "async": (
        ["from sqlalchemy.ext.asyncio import AsyncSession, create_async_engine"],
        "planted_engine = create_async_engine('postgresql+asyncpg:///books')",
        "AsyncSession(planted_engine)",
    ),
    "connect": (
        ["import sqlalchemy as sa"],
        "planted_engine = sa.create_engine('sqlite:///a.db')",
        "planted_engine.connect()",
    ),
    "driver": (["import psycopg2"], "PLANTED_NAME = 'books'", "psycopg2.connect(dbname=PLANTED_NAME)"),
    "file": (
        ["import sqlite3"],
        "PLANTED_PATH = 'a.db'",
        "sqlite3.connect(PLANTED_PATH, check_same_thread=False)",
    ),
}


def plants(file: SourceFile) -> Iterator[Mutation]:
    if not file.is_application or "docs_src" in file.path:
        return
    for function in states.handlers(file):
        first = states.body(function)
        if first is None:
            continue
        kind = file.chance.choice(sorted(MADE))
        imports, before, value = MADE[kind]
        place = states.after_imports(file)
        edits = [*file.imports(*imports), file.line_before(first, "planted_session.commit()")]
        edits.append(file.line_before(place, f"{before}\nplanted_session = {value}"))
        mutation = file.mutate(kind, edits, at=edits[-1][0])
        line = min(mutation.expected_lines) + before.count("\n") + 1
        yield Mutation(kind, file.path, mutation.text, file.path, frozenset({line}), file.path)
