"""What `make demo` shows of the shop under tests/workspaces."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

SHOP = Path(__file__).parent / "workspaces" / "shop"
EXPECTED = {
    "api/main.py": [
        "pydantic-v1-syntax",
        "blocking-in-async",
        "missing-response-model",
        "print-debug",
        "mutable-default",
        "blocking-in-async",
        "bare-except",
    ],
    "catalogue/models.py": [
        "missing-migration",
        "django-mutable-default",
        "django-n-plus-one",
        "sql-injection",
    ],
    "config/settings.py": ["debug-enabled"],
}


def check(folder: Path, *options: str) -> list[dict[str, Any]]:
    command = [sys.executable, "-m", "pybackend", "check", "--output-format", "json", *options, "."]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=60)
    assert done.returncode in (0, 1), done.stderr
    found: list[dict[str, Any]] = json.loads(done.stdout)
    return found


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    return Path(shutil.copytree(SHOP, tmp_path / "shop"))


def test_the_findings(shop: Path) -> None:
    found: dict[str, list[str]] = {}
    for finding in check(shop):
        found.setdefault(Path(finding["filename"]).as_posix(), []).append(finding["code"])
    assert {path.removeprefix("./"): codes for path, codes in found.items()} == EXPECTED


def test_all_but_the_migration_can_be_fixed(shop: Path) -> None:
    left = check(shop, "--fix", "--unsafe-fixes")
    assert [finding["code"] for finding in left] == ["missing-migration", "missing-migration"]
    for path in shop.rglob("*.py"):
        compile(path.read_text("utf-8"), str(path), "exec")
