"""Settings: what they do, and that wrong ones are said and passed over."""

from __future__ import annotations

import json
from importlib.resources import files
from pathlib import Path

import pytest

from pybackend.configuration import Names, Settings, is_on, read_client, read_configuration, schema
from tests.checking import references

NAMES = Names({"bare-except": "python", "print-debug": "python", "debug-enabled": "django"})


def read(tmp_path: Path, text: str, name: str = "pyproject.toml") -> tuple[Settings, list[tuple[str, str]]]:
    """The settings of a text, and each problem with the text that its range marks."""
    file = tmp_path / name
    file.write_bytes(text.encode("utf-8", "surrogateescape"))
    found = read_configuration(file, NAMES)
    lines = text.splitlines()
    problems = []
    for finding in found.findings:
        assert finding.rule == "invalid-configuration"
        line, column, end_line, end_column = finding.range
        assert line == end_line and line < max(len(lines), 1)
        message = references().message(finding.rule, finding.case, finding.values)
        problems.append((lines[line][column:end_column] if lines else "", message))
    return found.settings, problems


def test_every_setting(tmp_path: Path) -> None:
    text = """\
[tool.pybackend]
select = ["python", "debug-enabled"]
ignore = ["print-debug"]
target-version = "3.12"
severity = { bare-except = "error", print-debug = "off" }
per-file-ignores = { "tests/**" = ["ALL"] }
exclude = ["generated/"]
python = "../common/bin/python"
site-packages = ["vendor"]
"""
    settings, problems = read(tmp_path, text)
    assert problems == []
    assert settings == Settings(
        ("python", "debug-enabled"),
        ("print-debug",),
        (3, 12),
        {"bare-except": "error", "print-debug": "off"},
        {"tests/**": ("ALL",)},
        ("generated/",),
        python="../common/bin/python",
        site_packages=("vendor",),
    )
    own, problems = read(tmp_path, text.removeprefix("[tool.pybackend]\n"), "pybackend.toml")
    assert own == settings and problems == []


SEVERITIES = 'one of "error", "warning", "information", "hint", "off"'
UNKNOWN = "No rule or area is called `bare-exept`. Did you mean `bare-except`?"
WRONG = [
    ('selct = ["python"]', "selct", "There is no setting `selct`. Did you mean `select`?"),
    (
        'min-severity = "hint"',
        "min-severity",
        "There is no setting `min-severity`. Did you mean `severity`?",
    ),
    ('select = [\n  "python",\n  "bare-exept",\n]', '"bare-exept"', UNKNOWN),
    ('select = "ALL"', '"ALL"', "`select` is ALL, but should be a list of strings."),
    ("python = 3.12", "python", "`python` is 3.12, but should be a string."),
    ("site-packages = '.'", "'.'", "`site-packages` is ., but should be a list of strings."),
    ("ignore = [1]", "ignore", "`ignore` is 1, but should be a string."),
    (
        'severity.bare-except = "fatal"',
        '"fatal"',
        f"`severity.bare-except` is fatal, but should be {SEVERITIES}.",
    ),
    ('severity = { bare-exept = "error" }', "bare-exept", UNKNOWN),
    ("[tool.pybackend.severity]\npython = 'error'", "python", "No rule or area is called `python`."),
    ("severity = 3", "severity", "`severity` is 3, but should be a table."),
    (
        "target-version = 3.12",
        "target-version",
        '`target-version` is 3.12, but should be a string such as "3.12".',
    ),
    ('target-version = "2.7"', '"2.7"', '`target-version` is 2.7, but should be a string such as "3.12".'),
    ('exclude = ["!"]', '"!"', "`exclude` is !, but should be a pattern in gitignore syntax."),
    (
        'per-file-ignores = { "tests/*" = "ALL" }',
        '"ALL"',
        "`per-file-ignores.tests/*` is ALL, but should be a list of strings.",
    ),
    (
        '["tool"."pybackend".per-file-ignores]\n"x" = ["nothing"]',
        '"nothing"',
        "No rule or area is called `nothing`.",
    ),
]


@pytest.mark.parametrize(("text", "marked", "message"), WRONG)
def test_what_is_wrong_is_said_where_it_stands(text: str, marked: str, message: str, tmp_path: Path) -> None:
    head = "" if text.startswith(("[tool.", '["tool"')) else "[tool.pybackend]\n"
    settings, problems = read(tmp_path, f"[project]\nname = 'select'\n\n{head}{text}\n")
    assert problems == [(marked, message)]
    assert settings.severity == {} and settings.target_version is None and settings.exclude == ()


def test_the_other_settings_hold(tmp_path: Path) -> None:
    settings, problems = read(
        tmp_path, '[tool.pybackend]\nselect = ["python", "nothing"]\nwrong = 1\nexclude = ["x"]\n'
    )
    assert len(problems) == 2
    assert settings.select == ("python",) and settings.exclude == ("x",)


@pytest.mark.parametrize(
    "text",
    [
        "[tool",
        "tool = 1",
        "[tool]\npybackend = 2",
        "\udcff",
        "a = " + "[" * 5000,
        "[[tool.pybackend]]",
        "x = 1\nx = 2",
    ],
)
def test_broken_files_are_one_problem_and_defaults(text: str, tmp_path: Path) -> None:
    settings, problems = read(tmp_path, text)
    assert settings == Settings()
    assert len(problems) == 1


def test_a_broken_line_is_marked(tmp_path: Path) -> None:
    file = tmp_path / "pyproject.toml"
    file.write_text("[project]\nname = = 1\n")
    (finding,) = read_configuration(file, NAMES).findings
    assert finding.case == "toml" and finding.range[:2] == (1, 7)


def test_a_client_overrules_the_keys_it_sets() -> None:
    values, problems = read_client(
        {
            "select": None,
            "ignore": ["python"],
            "severity": {"print-debug": "hint"},
            "minSeverity": "warning",
            "diagnosticMode": "workspace",
        },
        NAMES,
    )
    assert problems == []
    file = Settings(("ALL",), ("django",), (3, 12), {"bare-except": "error", "print-debug": "off"})
    assert file.under(values) == Settings(
        ("ALL",),
        ("python",),
        (3, 12),
        {"bare-except": "error", "print-debug": "hint"},
        min_severity="warning",
        diagnostic_mode="workspace",
    )


def test_a_mode_of_no_kind_is_a_problem() -> None:
    values, (problem,) = read_client({"diagnosticMode": "all"}, NAMES)
    assert values == {}
    assert problem.values["expected"] == 'one of "openFilesOnly", "workspace"'


@pytest.mark.parametrize(
    "sent", [None, 3, [], {"serverPython": "x"}, {"select": 3}, {1: 2}, {"severity": {"x": 1}}]
)
def test_a_client_may_send_anything(sent: object) -> None:
    values, problems = read_client(sent, NAMES)
    assert Settings().under(values).select in (None, ())
    assert bool(problems) == (isinstance(sent, dict) and bool({"select", "severity"} & set(map(str, sent))))


ON = [
    (Settings(), True, True),
    (Settings(), False, False),
    (Settings(severity={"bare-except": "hint"}), False, True),
    (Settings(severity={"bare-except": "off"}), True, False),
    (Settings(("python",)), False, True),
    (Settings(("django",)), True, False),
    (Settings(("django",), severity={"bare-except": "error"}), True, False),
    (Settings(("ALL",), ("python",)), True, False),
    (Settings(("ALL", "bare-except"), ("python",)), True, True),
    (Settings(("bare-except",), ("bare-except",)), True, False),
    (Settings(ignore=("python",)), True, False),
    (Settings(ignore=("ALL",)), True, False),
]


@pytest.mark.parametrize(("settings", "is_default", "expected"), ON)
def test_which_rules_are_on(settings: Settings, is_default: bool, expected: bool) -> None:
    assert is_on("bare-except", "python", is_default, settings) is expected


def test_the_schema_is_current() -> None:
    written = json.loads((Path(str(files("pybackend"))) / "configuration.schema.json").read_text("utf-8"))
    assert written == schema()
