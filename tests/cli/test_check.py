"""`pybackend check`: what is found, shown and returned."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from pybackend.engine import Engine
from pybackend.rules.registry import Rule, discover
from tests.cli.running import BARE, Shell

SHADOW = "def f():\n    try:\n        g()\n    except:\n        if x:\n            raise\n"
"""A finding of severity hint."""


def test_clean_is_0_findings_are_1(shell: Shell) -> None:
    shell.write("app/clean.py", "x = 1\n")
    clean = shell.run("check")
    assert (clean.code, clean.err) == (0, "") and "Nothing found in 1 file." in clean.out
    shell.write("app/bare.py", BARE)
    assert shell.run("check").code == 1
    assert shell.run("check", "--exit-zero").code == 0


@pytest.mark.parametrize(
    "arguments",
    [
        ["check", "--nonsense"],
        ["check", "--output-format", "xml"],
        ["check", "--select", "bare-exept"],
        ["check", "--target-version", "two"],
        ["check", "--exclude", "!"],
        ["check", "missing.py"],
        ["nonsense"],
        [],
        ["server", "--tcp", "0.0.0.0:80"],
        ["server", "--tcp", "example.org:80"],
        ["server", "--tcp", "localhost:http"],
    ],
)
def test_wrong_usage_is_2(arguments: list[str], shell: Shell) -> None:
    run = shell.run(*arguments)
    assert run.code == 2 and run.err and "Traceback" not in run.err


def test_json(shell: Shell) -> None:
    shell.write("app/bare.py", 'x = "😋"\n' + BARE)
    run = shell.json("app")
    assert run.code == 1 and run.err == ""
    (entry,) = run.data
    assert list(entry) == [
        *("filename", "code", "severity", "message", "location", "end_location", "fix", "related", "url")
    ]
    assert (entry["filename"], entry["code"], entry["severity"]) == ("app/bare.py", "bare-except", "warning")
    assert entry["message"].startswith("`except:` also catches")
    assert entry["location"] == {"row": 5, "column": 5}
    assert entry["end_location"] == {"row": 5, "column": 11}
    assert entry["url"].startswith("https://") and entry["related"] == []
    place = {"row": 5, "column": 11}
    edit = {"filename": "app/bare.py", "content": " Exception", "location": place, "end_location": place}
    assert entry["fix"] == {
        "applicability": "unsafe",
        "message": "Catch `Exception`",
        "edits": [edit],
        "creates": [],
    }


def test_json_of_nothing(shell: Shell) -> None:
    shell.write("a.py", "")
    assert shell.json().data == []
    assert shell.json("--statistics").data == []


def test_columns_are_code_points(shell: Shell) -> None:
    shell.write("a.py", 'if 1: "😋"\ntry: x = "日本"\nexcept: "é"\n')
    assert shell.json().places == [("a.py", "bare-except", 3, 1)]
    assert shell.json().data[0]["end_location"] == {"row": 3, "column": 7}


def test_full(shell: Shell) -> None:
    shell.write("app/bare.py", "def f():\n\ttry:\n\t\tg()\n\texcept:\n\t\tpass\n")
    out = shell.run("check").out
    head, rest = out.split("\n", 1)
    assert head.startswith("app/bare.py:4:2: warning [bare-except] [*] `except:` also catches")
    assert rest.startswith("  |\n4 |     except:\n  |     ^^^^^^\n\n")
    assert "1 finding in 1 file: 1 warning\n[*] fixable: up to 1 with --fix --unsafe-fixes\n" in rest


def test_a_caret_stands_under_wide_characters(shell: Shell) -> None:
    shell.write("a.py", "x = '日本語'; y = eval('e\u0301'); 1 +\n")
    out = shell.run("check", "a.py").out
    source, carets = out.splitlines()[2:4]
    assert source.startswith("1 | x = '日本語'; y = ")
    assert carets.index("^") == source.index("+") + 3 - 1 + 1


def test_concise(shell: Shell) -> None:
    shell.write("app/bare.py", BARE)
    lines = shell.run("check", "--output-format", "concise").out.splitlines()
    assert lines[0].startswith("app/bare.py:4:5: warning [bare-except] [*] `except:` also catches")
    assert len(lines) == 3


def test_colours(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    shell.write("app/bare.py", BARE)
    assert "\x1b[" not in shell.run("check").out
    monkeypatch.setenv("FORCE_COLOR", "1")
    assert "\x1b[1;33mwarning\x1b[0m" in shell.run("check").out
    assert "\x1b[" not in shell.run("check", "--no-color").out
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b[" not in shell.run("check").out


def test_code_cannot_command_the_terminal(shell: Shell) -> None:
    shell.write("a.py", "try: f()\nexcept: '\x1b[2J\x9b'\n")
    out = shell.run("check").out
    assert "\x1b" not in out and "\x9b" not in out and "except: '\N{REPLACEMENT CHARACTER}[2J" in out


def test_statistics(shell: Shell) -> None:
    shell.write("a.py", BARE + BARE + "x = (\n")
    out = shell.run("check", "--statistics").out
    assert out.startswith("2  bare-except   warning\n1  syntax-error  error\n")
    assert shell.json("--statistics").data == [
        {"code": "bare-except", "severity": "warning", "count": 2},
        {"code": "syntax-error", "severity": "error", "count": 1},
    ]


def test_selection(shell: Shell) -> None:
    shell.write("a.py", BARE)
    assert shell.json("--select", "bare-except").code == 1
    assert shell.json("--select", "python,security").code == 1
    assert shell.json("--select", "security", "--select", "python").code == 1
    assert shell.json("--select", "security").code == 0
    assert shell.json("--ignore", "bare-except").code == 0
    assert shell.json("--ignore", "ALL").code == 0
    assert shell.json("--select", "bare-except", "--ignore", "python").code == 1


def test_what_is_less_than_information_is_hidden(shell: Shell) -> None:
    shell.write("a.py", SHADOW)
    assert shell.json().code == 0
    assert shell.json("--min-severity", "hint").data[0]["severity"] == "hint"
    assert shell.json("--select", "bare-except").code == 1
    assert shell.json("--select", "python").code == 0
    shell.write("a.py", BARE)
    assert shell.json("--min-severity", "error").code == 0


def test_configuration(shell: Shell) -> None:
    shell.write("app/a.py", BARE)
    shell.write("app/gen/b.py", BARE)
    shell.write("tests/test_c.py", BARE)
    text = (
        '[tool.pybackend]\nexclude = ["gen/"]\nseverity = { bare-except = "error" }\n'
        'per-file-ignores = { "tests/**" = ["python"] }\n'
    )
    shell.write("pyproject.toml", text)
    run = shell.json()
    assert run.places == [("app/a.py", "bare-except", 4, 5)] and run.data[0]["severity"] == "error"
    shell.write("pyproject.toml", '[tool.pybackend]\nignore = ["bare-except"]\n')
    assert shell.json().code == 0
    assert shell.json("--select", "bare-except").code == 1


def test_wrong_configuration_is_a_finding(shell: Shell) -> None:
    shell.write("app/a.py", BARE)
    shell.write("pyproject.toml", '[tool.pybackend]\nselect = ["python", "bare-exept"]\n')
    assert shell.json("app").places == [
        ("app/a.py", "bare-except", 4, 5),
        ("pyproject.toml", "invalid-configuration", 2, 21),
    ]
    assert shell.json("app", "--ignore", "invalid-configuration").code == 1
    shell.write("pyproject.toml", "[tool.pybackend\n")
    assert [code for _, code, _, _ in shell.json("app").places] == ["bare-except", "invalid-configuration"]


def test_paths_are_judged_by_the_nearest_project(shell: Shell) -> None:
    shell.write("pyproject.toml", '[tool.pybackend]\nignore = ["python"]\n')
    shell.write("services/shop/pyproject.toml", "[tool.pybackend]\n")
    shell.write("services/shop/app/a.py", BARE)
    shell.write("tool.py", BARE)
    assert shell.json().places == [("services/shop/app/a.py", "bare-except", 4, 5)]


@pytest.mark.parametrize("name", ["shop", "shop/deep/late.py"])
def test_packages_outside_of_the_working_directory_are_known_as_a_whole(
    shell: Shell, tmp_path_factory: pytest.TempPathFactory, name: str
) -> None:
    site = tmp_path_factory.mktemp("site")
    (site / "shop/deep").mkdir(parents=True)
    for package in ("shop", "shop/deep"):
        (site / package / "__init__.py").touch()
    (site / "shop/tasks.py").write_text("async def go() -> None:\n    pass\n")
    late = "from shop.tasks import go\n\n\nasync def run() -> None:\n    go()\n"
    (site / "shop/deep/late.py").write_text(late)
    assert [place[1] for place in shell.json(str(site / name)).places] == ["unawaited-coroutine"]


def test_exclusion(shell: Shell) -> None:
    for name in ("a/a.py", ".venv/lib/b.py", "build/c.py", "generated/d.py", "out/e.py", "out/keep.py"):
        shell.write(name, BARE)
    shell.write(".gitignore", "out/*\n!keep.py\n")
    found = [name for name, *_ in shell.json("--exclude", "generated/").places]
    assert found == ["a/a.py", "out/keep.py"]
    assert [name for name, *_ in shell.json("build", "out/e.py").places] == ["build/c.py", "out/e.py"]


def test_an_ignored_directory_that_is_named_is_checked(shell: Shell) -> None:
    shell.write(".git/HEAD", "")
    shell.write(".gitignore", "vendored/\n")
    shell.write("vendored/a.py", BARE)
    assert shell.json().code == 0
    assert shell.json("vendored").code == 1


def test_a_file_is_checked_once(shell: Shell) -> None:
    shell.write("a.py", BARE)
    assert len(shell.json(".", "a.py", "./a.py").data) == 1


def test_standard_input(shell: Shell) -> None:
    run = shell.json("-", "--stdin-filename", "app/new.py", stdin=BARE.encode())
    assert run.places == [("app/new.py", "bare-except", 4, 5)] and run.code == 1
    assert shell.json("-", stdin=b"x = 1\n").code == 0
    shell.write("pyproject.toml", '[tool.pybackend.per-file-ignores]\n"tests/*" = ["ALL"]\n')
    assert shell.json("-", "--stdin-filename", "tests/new.py", stdin=BARE.encode()).code == 0


def test_broken_syntax_keeps_the_other_findings(shell: Shell) -> None:
    shell.write("a.py", BARE + "\n\ndef f(:\n    pass\n\n\n" + BARE)
    run = shell.json()
    assert [(code, row) for _, code, row, _ in run.places] == [
        ("bare-except", 4),
        ("syntax-error", 8),
        ("bare-except", 15),
    ]
    assert "Python 3." in run.data[1]["message"] and run.data[1]["severity"] == "error"


@pytest.mark.parametrize(
    "content",
    [
        b"\x00",
        b"x = 1\n\x00\n",
        b"(" * 10_000,
        b"x = " + b"-" * 50_000 + b"1\n",
        b"if 1:\n" * 200,
        b"\xef\xbb\xbf",
        b"\x0c\n\r\r\n",
        b"def f():\n\treturn 1\n        return 2\n",
        b"'''",
        b"a = 1 \\",
    ],
)
def test_any_bytes_are_survived(content: bytes, shell: Shell) -> None:
    shell.write("bad.py", content)
    shell.write("good.py", BARE)
    run = shell.json()
    assert run.code == 1 and run.err == ""
    assert run.places[-1] == ("good.py", "bare-except", 4, 5)


def test_skipped_files(shell: Shell) -> None:
    shell.write("latin.py", b"x = '\xe9'\n")
    shell.write("unknown.py", b"# coding: klingon\n")
    shell.write("large.py", b"x = 1\n" * 400_000)
    run = shell.json()
    assert [(name, code) for name, code, _, _ in run.places] == [
        ("large.py", "file-skipped"),
        ("latin.py", "file-skipped"),
        ("unknown.py", "file-skipped"),
    ]
    assert [entry["severity"] for entry in run.data] == ["information", "warning", "warning"]
    assert "utf-8" in run.data[1]["message"] and run.code == 1


def test_other_encodings(shell: Shell) -> None:
    shell.write("latin.py", "# -*- coding: latin-1 -*-\nx = 'é'\n".encode("latin-1") + BARE.encode())
    shell.write("mark.py", b"\xef\xbb\xbf" + BARE.replace("\n", "\r\n").encode())
    assert shell.json().places == [("latin.py", "bare-except", 6, 5), ("mark.py", "bare-except", 4, 5)]


def test_links_and_loops(shell: Shell) -> None:
    shell.write("app/a.py", BARE)
    (shell.root / "app/loop").symlink_to(shell.root, target_is_directory=True)
    (shell.root / "self.py").symlink_to(shell.root / "self.py")
    (shell.root / "gone.py").symlink_to(shell.root / "nowhere.py")
    os.mkfifo(shell.root / "pipe.py")
    assert shell.json().places == [("app/a.py", "bare-except", 4, 5)]


def test_an_unreadable_directory_fails_but_keeps_the_rest(
    shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    shell.write("a.py", BARE)
    shell.write("secret/b.py", BARE)
    real = os.scandir

    def scandir(path: Path) -> object:
        if Path(path).name == "secret":
            raise PermissionError(13, "Permission denied", str(path))
        return real(path)

    monkeypatch.setattr(os, "scandir", scandir)
    run = shell.json()
    assert run.code == 2 and "secret cannot be read: Permission denied" in run.err
    assert run.places == [("a.py", "bare-except", 4, 5)]


@pytest.fixture
def crashing(monkeypatch: pytest.MonkeyPatch) -> Rule:
    rule = discover()["bare-except"]

    def check(*_: object) -> list[object]:
        raise ValueError(" ".join(["the", "text", "of a file"]))

    monkeypatch.setattr(rule, "check", check)
    return rule


@pytest.mark.usefixtures("crashing")
def test_a_rule_that_fails_is_told_and_the_others_stand(shell: Shell) -> None:
    shell.write("a.py", BARE + "x = 1  # pybackend: ignore[nothing]\n")
    run = shell.json()
    assert run.code == 2
    assert [code for _, code, _, _ in run.places] == ["unused-ignore"]
    assert "rule bare-except failed in a.py" in run.err and "ValueError" in run.err
    assert "the text of a file" not in run.err


@pytest.mark.parametrize("step", ["visit", "stamp"])
def test_a_file_that_fails_is_told_and_the_others_stand(
    shell: Shell, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    shell.write("a.py", BARE)
    shell.write("b.py", BARE)
    original = getattr(Engine, step)

    def fail(self: Engine, path: str, *rest: str) -> object:
        if path == "a.py":
            raise RecursionError
        return original(self, path, *rest)

    monkeypatch.setattr(Engine, step, fail)
    run = shell.json()
    assert run.code == 2 and "checking failed in a.py" in run.err
    assert run.places == [("b.py", "bare-except", 4, 5)]
