"""The wheel stands on its own: built, installed into an empty environment, run there."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
BARE = "try:\n    import fast\nexcept:\n    fast = None\n"


def run(*command: str | Path, cwd: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(part) for part in command], cwd=cwd, capture_output=True, text=True, timeout=300
    )


@pytest.mark.slow
def test_a_built_wheel_runs_in_an_empty_environment(tmp_path: Path) -> None:
    built = run(sys.executable, "-m", "build", "--wheel", "--outdir", tmp_path, ROOT, cwd=ROOT)
    assert built.returncode == 0, built.stdout + built.stderr
    (wheel,) = tmp_path.glob("*.whl")
    names = zipfile.ZipFile(wheel).namelist()
    assert {
        "pybackend/py.typed",
        "pybackend/references/validations.md",
        "pybackend/references/patterns.md",
    } <= set(names)
    assert not any(name.startswith("tests/") for name in names)

    environment = tmp_path / "environment"
    assert run(sys.executable, "-m", "venv", environment, cwd=tmp_path).returncode == 0
    scripts = environment / ("Scripts" if sys.platform == "win32" else "bin")
    installed = run(scripts / "python", "-m", "pip", "install", "--quiet", wheel, cwd=tmp_path)
    assert installed.returncode == 0, installed.stderr

    (tmp_path / "a.py").write_text(BARE)
    checked = run(scripts / "pybackend", "check", "--output-format", "concise", "a.py", cwd=tmp_path)
    assert checked.returncode == 1, checked.stderr
    assert "bare-except" in checked.stdout
    explained = run(scripts / "pybackend", "explain", "bare-except", cwd=tmp_path)
    assert explained.returncode == 0
    assert "KeyboardInterrupt" in explained.stdout


def test_an_editable_install_reads_the_repository() -> None:
    from pybackend.references import directory

    assert directory() == ROOT / "references"
