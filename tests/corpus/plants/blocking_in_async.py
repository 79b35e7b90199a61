"""Awaited calls become their blocking counterparts, and blocking ones slip into async functions."""

import ast
from collections.abc import Iterator

from tests.corpus.source import Edit, Mutation, SourceFile, own_nodes

NEEDLES = ("async def",)
SLEEPS = {"asyncio.sleep", "anyio.sleep"}
THREADS = {"asyncio.to_thread", "anyio.to_thread.run_sync", "starlette.concurrency.run_in_threadpool"}
SLIPPED = {
    "sleep": ("import time", "time.sleep(0.5)"),
    "requests": ("import requests", 'requests.get("https://status.example.com/", timeout=5)'),
    "session": ("import requests", 'requests.Session().post("https://status.example.com/", timeout=5)'),
    "process": ("import subprocess", 'subprocess.run(["git", "fetch"], check=True)'),
    "open": ("import json", 'json.load(open("settings.json", encoding="utf-8"))'),
    "files": ("import os", 'os.remove("/var/lib/service/lock")'),
    "urlopen": ("from urllib.request import urlopen", 'urlopen("https://status.example.com/")'),
    "shutil": ("import shutil", 'shutil.rmtree("/var/lib/service/cache")'),
    "path": ("from pathlib import Path", 'Path("state.json").read_text(encoding="utf-8")'),
    "sqlite": ("import sqlite3", 'sqlite3.connect("service.db")'),
    "bcrypt": ("import bcrypt", 'bcrypt.hashpw(b"password", bcrypt.gensalt())'),
}


def plants(file: SourceFile) -> Iterator[Mutation]:
    if not file.is_application:
        return
    functions = [function for function in file.functions() if isinstance(function, ast.AsyncFunctionDef)]
    file.chance.shuffle(functions)
    for function in functions:
        for node in own_nodes(function):
            if isinstance(node, ast.Await) and isinstance(node.value, ast.Call):
                yield from unawaited(file, node, node.value)
        yield from slipped_in(file, function)


def unawaited(file: SourceFile, node: ast.Await, call: ast.Call) -> Iterator[Mutation]:
    name = file.dotted(call.func)
    if name in SLEEPS and len(call.args) == 1:
        written = f"time.sleep({file.text(call.args[0])})"
        edits = [file.replace(node, written), *file.imports("import time")]
        yield file.mutate("awaited sleep", edits, at=file.start(node))
    if name in THREADS and len(call.args) > 1 and known_blocking(file.dotted(call.args[0])):
        rest = [*map(file.text, call.args[1:]), *map(file.text, call.keywords)]
        written = f"{file.text(call.args[0])}({', '.join(rest)})"
        yield file.mutate("out of its thread", [file.replace(node, written)], at=file.start(node))


def known_blocking(name: str) -> bool:
    return name.startswith(("shutil.", "requests.", "subprocess.", "os.remove", "os.listdir", "time.sleep"))


def slipped_in(file: SourceFile, function: ast.AsyncFunctionDef) -> Iterator[Mutation]:
    last = function.body[-1]
    if not isinstance(last, ast.Return | ast.Expr | ast.Assign) or last.lineno == function.lineno:
        return
    kind = file.chance.choice(sorted(SLIPPED))
    line, call = SLIPPED[kind]
    bound = {argument.arg for argument in ast.walk(function) if isinstance(argument, ast.arg)}
    if line.split()[-1] in bound or line.split()[-1] in file.imported:
        return
    edit: Edit = file.line_before(last, call)
    yield file.mutate(kind, [edit, *file.imports(line)], at=edit[0])
