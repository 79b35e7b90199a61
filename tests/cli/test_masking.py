"""No output repeats a secret."""

from __future__ import annotations

import random
import string

import pytest

from tests.cli.running import Shell

SECRET = "AKIA" + "".join(random.Random(7).choices(string.ascii_uppercase + "234567", k=16))
FORMATS = ("full", "concise", "json")


@pytest.fixture
def leaking(shell: Shell) -> Shell:
    call = f'    try: boto3.client("s3", "{SECRET}")\n    except: x = "{SECRET}"\n'
    shell.write("app/aws.py", f'import boto3\n\n\ndef f(token="{SECRET}"):\n' + call)
    shell.write("app/broken.py", f'def f(:\n    key = "{SECRET}"\n\n\nkey = ("{SECRET}" x\n')
    shell.write("app/open.py", f'key = "{SECRET}\n')
    return shell


@pytest.mark.parametrize("output", FORMATS)
@pytest.mark.parametrize(
    "options", [[], ["--select", "bare-except"], ["--min-severity", "hint"], ["--statistics"]]
)
def test_findings_do_not_repeat_a_secret(output: str, options: list[str], leaking: Shell) -> None:
    run = leaking.run("check", "--output-format", output, *options)
    assert run.code == 1 and ("bare-except" in run.out) and SECRET not in run.out + run.err


@pytest.mark.parametrize("options", [[], ["--select", "bare-except"]])
def test_diffs_do_not_repeat_a_secret(options: list[str], leaking: Shell) -> None:
    run = leaking.run("check", "--diff", "--unsafe-fixes", *options)
    assert "except Exception:" in run.out and "****" in run.out and SECRET not in run.out + run.err


def test_source_lines_are_masked_in_place(leaking: Shell) -> None:
    out = leaking.run("check", "--select", "bare-except").out
    assert "6 |     except: x = " + "*" * (len(SECRET) + 2) + "\n" in out
    assert '5 | key = ("' + "*" * len(SECRET) + '" x\n' in out or "broken.py:1:" in out
    assert '1 | key = "' + "*" * len(SECRET) + "\n" in out
