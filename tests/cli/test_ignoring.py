"""Ignore comments, and those that ignore nothing."""

from __future__ import annotations

from tests.cli.running import BARE, Shell

IGNORED = BARE.replace("except:", "except:  # pybackend: ignore[bare-except]")


def test_a_comment_ignores_on_its_line(shell: Shell) -> None:
    shell.write("a.py", IGNORED)
    assert shell.json().code == 0


def test_a_comment_ignores_in_its_file(shell: Shell) -> None:
    shell.write("a.py", "# pybackend: ignore-file[bare-except]\n" + BARE)
    assert shell.json().code == 0


def test_an_equivalent_code_ignores_and_a_bare_one_does_not(shell: Shell) -> None:
    shell.write("a.py", BARE.replace("except:", "except:  # noqa: E722"))
    shell.write("b.py", BARE.replace("except:", "except:  # noqa"))
    assert shell.json().places == [("b.py", "bare-except", 4, 5)]


def test_an_equivalent_code_ignores_what_follows_from_its_line(shell: Shell) -> None:
    text = (
        "import sqlite3\n\n\ndef count(connection: sqlite3.Connection, name: str) -> None:\n"
        '    query = f"""\n        SELECT 1 FROM book\n        WHERE name = \'{name}\'\n    """\n'
        "    connection.execute(query)\n"
    )
    shell.write("a.py", text.replace('    """\n', '    """  # noqa: S608\n'))
    shell.write("b.py", text.replace('    """\n', '    """  # pybackend: ignore[sql-injection]\n'))
    assert [(path, code) for path, code, _, _ in shell.json().places] == [
        ("b.py", "unused-ignore"),
        ("b.py", "sql-injection"),
    ]


def test_unused_ignores_are_found(shell: Shell) -> None:
    shell.write(
        "a.py",
        "# pybackend: ignore-file[bare-except]\nx = 1  # pybackend: ignore[bare-except, bare-exept]\n",
    )
    run = shell.json()
    assert [(code, row, column) for _, code, row, column in run.places] == [
        ("unused-ignore", 1, 1),
        ("unused-ignore", 2, 8),
        ("unused-ignore", 2, 8),
    ]
    assert "Did you mean `bare-except`?" in "".join(entry["message"] for entry in run.data)


def test_ignores_of_rules_that_do_not_run_are_not_judged(shell: Shell) -> None:
    shell.write("a.py", "x = 1  # pybackend: ignore[bare-except]\n")
    assert shell.json("--select", "security").code == 0
    assert shell.json("--ignore", "python").code == 0
    assert shell.json("--ignore", "unused-ignore").code == 0
    assert shell.json().code == 1


def test_a_hidden_finding_uses_its_comment(shell: Shell) -> None:
    head = "def f():\n    try:\n        g()\n    except:  # pybackend: ignore[bare-except]\n"
    shell.write("a.py", head + "        if x:\n            raise\n")
    assert shell.json().code == 0


def test_a_broken_file_has_no_unused_ignores(shell: Shell) -> None:
    shell.write("a.py", "x = 1  # pybackend: ignore[bare-except]\n\n\ndef f(:\n    pass\n")
    assert [code for _, code, _, _ in shell.json().places] == ["syntax-error"]
