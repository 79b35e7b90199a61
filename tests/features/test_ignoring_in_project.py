"""The configuration after a rule was ignored in it."""

from __future__ import annotations

import pytest

from pybackend.features.ignoring_in_project import ignore_in_project
from pybackend.text.edits import apply


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("", '[tool.pybackend]\nignore = ["print-debug"]\n'),
        ("[project]\n", '[project]\n\n[tool.pybackend]\nignore = ["print-debug"]\n'),
        ("[project]\r\n", '[project]\r\n\r\n[tool.pybackend]\r\nignore = ["print-debug"]\r\n'),
        ("[tool.pybackend]\nselect = []\n", '[tool.pybackend]\nignore = ["print-debug"]\nselect = []\n'),
        ("[tool.pybackend]\nignore = []\n", '[tool.pybackend]\nignore = ["print-debug"]\n'),
        ('[tool.pybackend]\nignore = ["a"]\n', '[tool.pybackend]\nignore = ["print-debug", "a"]\n'),
        (
            "[tool.ruff]\nignore = []\n",
            '[tool.ruff]\nignore = []\n\n[tool.pybackend]\nignore = ["print-debug"]\n',
        ),
    ],
)
def test_pyproject(before: str, after: str) -> None:
    edit = ignore_in_project(before, "print-debug", False)
    assert edit is not None
    assert apply(before, [edit]) == after


def test_own_file() -> None:
    edit = ignore_in_project('min-severity = "error"\n', "print-debug", True)
    assert edit is not None
    assert apply('min-severity = "error"\n', [edit]) == 'ignore = ["print-debug"]\nmin-severity = "error"\n'


def test_what_is_no_list_is_left_alone() -> None:
    assert ignore_in_project('[tool.pybackend]\nignore = "a"\n', "print-debug", False) is None
