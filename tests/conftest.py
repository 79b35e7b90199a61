"""Tests do not depend on the environment that happens to be active, and leave nothing in the user's cache."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from pybackend.database import Database


@pytest.fixture(scope="session", autouse=True)
def caches(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Processes that tests start inherit it too."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("caches")))
        yield


@pytest.fixture(autouse=True)
def inactive(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("VIRTUAL_ENV", "CONDA_PREFIX", "UV_PROJECT_ENVIRONMENT"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture(autouse=True)
def closed_databases(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Python 3.13 warns of connections that are left open."""
    opened: list[Database] = []
    connect = Database._open

    def remembered(self: Database) -> None:
        opened.append(self)
        connect(self)

    monkeypatch.setattr(Database, "_open", remembered)
    yield
    for database in opened:
        database.close()
