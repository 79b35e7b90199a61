"""A secret is found and never repeated: not in facts, messages, source lines, diffs or logs."""

from __future__ import annotations

import logging
import random
import string
from pathlib import Path

import pytest

from pybackend.engine import Engine
from pybackend.environment import Environment
from pybackend.fixing import offers
from pybackend.project.project import Project
from pybackend.references import References
from pybackend.rules.registry import discover
from tests.cli.running import Shell

ALNUM = string.ascii_letters + string.digits


def drawn(seed: str, length: int) -> str:
    return "".join(random.Random(seed).choices(ALNUM, k=length))


SECRETS = [drawn(seed, 28) for seed in ("name", "key", "keyword", "default", "comparison", "field", "bytes")]
TOKEN = "gh" + "p_" + drawn("token", 36)
PASSWORD = drawn("password", 18)
PEM = [drawn("first", 64), drawn("second", 64)]
ALL = [*SECRETS, TOKEN, PASSWORD, *PEM]

CODE = f'''\
import os
from pydantic_settings import BaseSettings

API_KEY = "{SECRETS[0]}"; print(API_KEY)
OPTIONS = {{"password": "{SECRETS[1]}"}}
HEADERS = {{"Authorization": f"Bearer {TOKEN}"}}
URL = "postgresql://shop:{PASSWORD}@db.shop.net/shop"
KEY = """-----BEGIN {"PRIVATE"} KEY-----
{PEM[0]}
{PEM[1]}
-----END {"PRIVATE"} KEY-----"""


def connect(items=[], secret=os.environ.get("SECRET", "{SECRETS[3]}")):
    try:
        return login(items, password="{SECRETS[2]}", token=b"{SECRETS[6]}")
    except:
        return secret == "{SECRETS[4]}"


class Settings(BaseSettings):
    secret_key: str = "{SECRETS[5]}"
'''


def assert_silent(shown: str) -> None:
    for secret in ALL:
        assert secret not in shown
        assert secret[4:16] not in shown


@pytest.mark.parametrize(
    "arguments",
    [
        ["--output-format", "full"],
        ["--output-format", "concise"],
        ["--output-format", "json"],
        ["--diff"],
        ["--diff", "--unsafe-fixes"],
        ["--statistics"],
    ],
)
def test_output(arguments: list[str], shell: Shell, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    shell.write("shop/pay.py", CODE)
    shell.write(".env.example", "DEBUG=\n")
    run = shell.run("check", "--min-severity", "hint", "--select", "ALL", *arguments)
    assert run.code == 1
    assert "hardcoded-secret" in run.out or "--diff" in arguments
    assert_silent(run.out + run.err + caplog.text)


def test_broken_text(shell: Shell) -> None:
    shell.write("shop/pay.py", CODE + "def broken(:\n")
    run = shell.run("check", "--min-severity", "hint")
    assert_silent(run.out + run.err)


def test_facts_and_fixes(tmp_path: Path) -> None:
    project = Project(tmp_path, Environment(tmp_path), (3, 11))
    rules, references = discover(), References.load()
    engine = Engine(project, rules.values(), {})
    file = engine.open("shop/pay.py", CODE)
    located = engine.findings("shop/pay.py")
    found = [item for item in located if item.finding.rule == "hardcoded-secret"]
    assert len(found) == 10
    for item in located:
        message = references.message(item.finding.rule, item.finding.case, item.finding.values)
        edits = [
            edit for offer in offers(file, item, rules, references) for edit in (*offer.edits, offer.title)
        ]
        assert_silent(f"{item.finding} {message} {edits}")
    for unit in file.source.units:
        assert_silent(repr(unit.facts) + repr(unit.results.exports))


def test_fix_leaves_nothing(shell: Shell) -> None:
    path = shell.write("shop/pay.py", CODE)
    shell.run("check", "--select", "hardcoded-secret", "--fix", "--unsafe-fixes")
    text = path.read_text()
    compile(text, "pay.py", "exec")
    left = [secret for secret in ALL if secret in text]
    assert left == [TOKEN], "only the token inside a longer text has no fix"
