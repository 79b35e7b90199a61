"""`--fix` and `--diff`: what is changed, and what never is."""

from __future__ import annotations

import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from pybackend.engine import Engine
from pybackend.fixing import Offer, fix_all
from tests.cli.running import BARE, Shell, spawn

FIXED = BARE.replace("except:", "except Exception:")
ALL = ("check", "--fix", "--unsafe-fixes")


def test_only_safe_fixes_unless_told(shell: Shell) -> None:
    path = shell.write("a.py", BARE)
    run = shell.run("check", "--fix")
    assert run.code == 1 and path.read_text() == BARE and "Fixed" not in run.out
    run = shell.run(*ALL)
    assert run.code == 0 and path.read_text() == FIXED
    assert run.out == "Fixed 1 finding.\nNothing is left in 1 file.\n"


def test_a_run_offers_no_fixes_that_it_tried(shell: Shell) -> None:
    shell.write("a.py", BARE.replace("    except:", "    except Exception:\n        pass\n    except:"))
    offered = "fixable: up to 1 with --fix --unsafe-fixes"
    assert offered in shell.run("check").out and offered in shell.run("check", "--fix").out
    run = shell.run(*ALL)
    assert "1 finding in 1 file" in run.out and "fixable" not in run.out
    shell.write("a.py", "import time\n\n\nasync def f():\n    time.sleep(1)\n")
    assert "fixable: up to 1 with --fix\n" in shell.run("check").out
    assert "fixable" not in shell.run("check", "--fix").out


@pytest.mark.parametrize(
    "old",
    [
        BARE.replace("\n", "\r\n").encode(),
        BARE.replace("\n", "\r").encode(),
        b"\xef\xbb\xbf" + BARE.encode(),
        "# coding: latin-1\nx = 'é'\n".encode("latin-1") + BARE.encode(),
        "# coding: euc-jp\nx = '日本'\n".encode("euc-jp") + BARE.encode(),
        BARE.encode() + b"x = '\\\r\n'\r\ny = 1\n\x0c\nz = 2",
    ],
)
def test_every_other_byte_stays(old: bytes, shell: Shell) -> None:
    path = shell.write("a.py", old)
    assert shell.run(*ALL).code == 0
    assert path.read_bytes() == old.replace(b"except:", b"except Exception:")


def test_mode_and_links_stay(shell: Shell) -> None:
    path = shell.write("real/a.py", BARE)
    path.chmod(0o754)
    link = shell.root / "link.py"
    link.symlink_to(path)
    assert shell.run(*ALL, "link.py").code == 0
    assert link.is_symlink() and path.read_text() == FIXED
    assert stat.S_IMODE(path.stat().st_mode) == 0o754
    assert [entry.name for entry in path.parent.iterdir()] == ["a.py"]


def test_a_file_that_is_not_fixed_is_not_touched(shell: Shell) -> None:
    path = shell.write("a.py", "x = 1\n")
    before = path.stat()
    shell.run(*ALL)
    assert (path.stat().st_mtime_ns, path.stat().st_ino) == (before.st_mtime_ns, before.st_ino)


def test_hidden_and_ignored_findings_are_not_fixed(shell: Shell) -> None:
    text = "# pybackend: ignore-file[bare-except]\n" + BARE
    path = shell.write("a.py", text)
    assert shell.run(*ALL).code == 0 and path.read_text() == text
    path = shell.write("a.py", BARE)
    shell.run(*ALL, "--min-severity", "error")
    assert path.read_text() == BARE


def test_diff_changes_nothing(shell: Shell) -> None:
    path = shell.write("app/a.py", BARE)
    run = shell.run("check", "--diff", "--unsafe-fixes")
    assert run.code == 1 and path.read_text() == BARE
    assert run.out == (
        "--- a/app/a.py\n+++ b/app/a.py\n@@ -1,5 +1,5 @@\n def load():\n     try:\n"
        "         return open('x').read()\n-    except:\n+    except Exception:\n         return ''\n"
    )
    assert "Would fix 1 finding." in run.err
    assert shell.run("check", "--diff", "--unsafe-fixes", "--fix").out == run.out
    assert path.read_text() == BARE


def test_diff_of_nothing_is_clean(shell: Shell) -> None:
    shell.write("a.py", FIXED)
    run = shell.run("check", "--diff")
    assert (run.code, run.out) == (0, "")


def test_standard_input_is_fixed_to_standard_output(shell: Shell) -> None:
    run = shell.run(*ALL, "-", stdin=BARE.encode())
    assert (run.code, run.out) == (0, FIXED) and "Fixed 1 finding." in run.err
    run = shell.run("check", "--fix", "-", stdin=BARE.encode())
    assert (run.code, run.out) == (1, BARE) and "bare-except" in run.err


@pytest.mark.parametrize("text", [b"x = '\xff'\r\n", b"# coding: latin-9x\nx = 1\n"])
def test_standard_input_that_is_no_text_is_passed_on(text: bytes, shell: Shell) -> None:
    run = spawn(shell.root, "check", "--fix", "-", stdin=text)
    assert (run.returncode, run.stdout, b"file-skipped" in run.stderr) == (1, text, True)
    assert spawn(shell.root, "check", "--diff", "-", stdin=text).stdout == b""


def test_a_file_that_changed_meanwhile_is_left_alone(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    path = shell.write("a.py", BARE)
    saved = BARE + "x = 1\n"

    def slow(*given: Any) -> Iterator[Offer]:
        path.write_text(saved)
        return fix_all(*given)

    monkeypatch.setattr("pybackend.inspecting.fix_all", slow)
    run = shell.run(*ALL)
    assert run.code == 2 and "could not be written: ChangedMeanwhile" in run.err
    assert path.read_text() == saved


def test_fixes_that_break_the_file_are_not_written(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    path = shell.write("a.py", BARE)

    def breaking(engine: Engine, name: str, *_: object) -> list[object]:
        engine.open(name, "def f(:\n")
        return ["done"]

    monkeypatch.setattr("pybackend.inspecting.fix_all", breaking)
    run = shell.run(*ALL)
    assert run.code == 2 and "it was left alone" in run.err
    assert path.read_text() == BARE and "bare-except" in run.out


def test_a_file_that_cannot_be_written_is_told(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    path = shell.write("a.py", BARE)

    def replace(*_: object) -> Path:
        raise PermissionError

    monkeypatch.setattr(Path, "replace", replace)
    run = shell.run(*ALL)
    assert run.code == 2 and "could not be written: PermissionError" in run.err
    assert path.read_text() == BARE
    assert sorted(entry.name for entry in shell.root.iterdir()) == ["a.py", "pyproject.toml"]
