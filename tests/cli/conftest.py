from __future__ import annotations

import gc
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.running import Shell


@pytest.fixture
def shell(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[Shell]:
    monkeypatch.delenv("FORCE_COLOR", raising=False)
    (tmp_path / "pyproject.toml").write_text("[project]\nname = 'shop'\n")
    thresholds = gc.get_threshold()
    yield Shell(tmp_path, monkeypatch, capsys)
    gc.set_threshold(*thresholds)
    gc.unfreeze()
