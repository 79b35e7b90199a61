"""Run `pybackend check` as a user would and read its JSON."""

import json
import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from tests.corpus.projects import Project

SEVERITIES = ("error", "warning", "information", "hint")


@dataclass(frozen=True, order=True)
class Finding:
    path: str
    """Relative to the directory that was checked from."""
    line: int
    rule: str
    severity: str
    message: str


@dataclass(frozen=True)
class Run:
    findings: list[Finding]
    seconds: float
    complaint: str
    """Why the run cannot be trusted: a traceback or a bad exit code. Empty when all went well."""


def check(root: Path, paths: list[str], *options: str, timeout: float = 600) -> Run:
    command = [sys.executable, "-I", "-m", "pybackend", "check", *paths]
    command += ["--output-format", "json", *options]
    started = time.perf_counter()
    try:
        done = subprocess.run(
            command,
            cwd=root,
            capture_output=True,
            timeout=timeout,
            check=False,
            env={**os.environ, "NO_COLOR": "1"},
        )
    except subprocess.TimeoutExpired:
        return Run([], timeout, f"no answer within {timeout:.0f} s")
    seconds = time.perf_counter() - started
    errors = done.stderr.decode("utf-8", "replace")
    if done.returncode not in (0, 1):
        return Run([], seconds, f"exit code {done.returncode}: {errors.strip()[-2000:]}")
    if "Traceback" in errors or not done.stdout:
        return Run([], seconds, errors.strip()[-2000:] or "no output")
    return Run(parse(done.stdout, root), seconds, "")


def parse(output: bytes, root: Path) -> list[Finding]:
    return sorted(
        Finding(
            path=relative(entry["filename"], root),
            line=entry["location"]["row"],
            rule=entry["code"],
            severity=entry["severity"],
            message=entry["message"],
        )
        for entry in json.loads(output)
    )


def relative(filename: str, root: Path) -> str:
    path = root / filename
    return path.resolve().relative_to(root.resolve()).as_posix()


def check_project(project: Project, *options: str) -> Run:
    return check(project.root, list(project.directories), *options)
