"""`explain`, `rules`, and the program as a process."""

from __future__ import annotations

import subprocess
import sys

import pytest

from pybackend.rules.registry import discover
from tests.checking import references
from tests.cli.running import BARE, Shell, spawn

HEAVY = {"pygls", "lsprotocol", "libcst", "jedi", "parso", "markdown_it"}


@pytest.mark.parametrize("name", sorted(references().entries))
def test_every_entry_is_explained(name: str, shell: Shell) -> None:
    run = shell.run("explain", name)
    entry = references()[name]
    assert run.code == 0 and run.out.startswith(f"{entry.title} [{name}]\n")
    assert "```" not in run.out and all(line in run.out for line in entry.body if line.startswith("import "))


def test_an_explanation(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    out = shell.run("explain", "bare-except").out
    assert "warning: `except:` also catches `KeyboardInterrupt`" in out
    assert "fix (unsafe): Catch `Exception`" in out
    assert "    except Exception:\n" in out and "\nRight\n" in out
    monkeypatch.setenv("FORCE_COLOR", "1")
    assert "\x1b[36mexcept:\x1b[0m" in shell.run("explain", "bare-except").out


def test_an_unknown_name_is_guessed(shell: Shell) -> None:
    run = shell.run("explain", "bare-exept")
    assert run.code == 2 and "Did you mean `bare-except`?" in run.err and run.out == ""


def test_rules_are_listed(shell: Shell) -> None:
    lines = shell.run("rules").out.splitlines()
    assert lines[0].split() == ["rule", "area", "severity", "fix", "default"]
    assert [line.split()[0] for line in lines[1:]] == list(discover())
    row = next(line for line in lines if line.startswith("bare-except "))
    assert row.split() == ["bare-except", "python", "warning", "unsafe", "on"]


def test_a_check_imports_nothing_heavy(shell: Shell) -> None:
    shell.write("a.py", BARE)
    code = "import sys; from pybackend.cli import main; main(['check']); print(*sys.modules, file=sys.stderr)"
    done = subprocess.run([sys.executable, "-I", "-c", code], cwd=shell.root, capture_output=True, check=True)
    assert b"bare-except" in done.stdout
    assert HEAVY.isdisjoint(name.partition(".")[0] for name in done.stderr.decode().split())


@pytest.mark.parametrize(
    ("options", "address"),
    [
        ([], ("", 0)),
        (["--stdio"], ("", 0)),
        (["--tcp", "localhost:9257"], ("127.0.0.1", 9257)),
        (["--tcp", ":9257"], ("127.0.0.1", 9257)),
        (["--tcp", "[::1]:9257"], ("::1", 9257)),
    ],
)
def test_the_server_is_started(
    options: list[str], address: tuple[str, int], shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls: list[tuple[str, int]] = []

    def serve(host: str, port: int) -> int:
        calls.append((host, port))
        return 7

    monkeypatch.setattr("pybackend.lsp.main.serve", serve)
    assert shell.run("server", *options).code == 7 and calls == [address]


def test_the_program(shell: Shell) -> None:
    shell.write("a.py", BARE + "x = '日本'\n")
    done = spawn(shell.root, "check", "--output-format", "concise", LC_ALL="C", PYTHONIOENCODING="ascii")
    assert done.returncode == 1 and done.stdout.startswith(b"a.py:4:5: warning [bare-except]")
    assert done.stderr == b""
    assert spawn(shell.root, "--version").stdout.startswith(b"pybackend ")


def test_a_reader_that_goes_away_is_no_traceback(shell: Shell) -> None:
    shell.write("a.py", BARE * 3000)
    command = f"{sys.executable} -I -m pybackend check | head -1"
    done = subprocess.run(command, shell=True, cwd=shell.root, capture_output=True, check=True)
    assert done.stdout.startswith(b"a.py:4:5") and done.stderr == b""
