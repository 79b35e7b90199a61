"""A workspace whose author is hostile: whatever of it runs leaves a mark."""

import json
from dataclasses import dataclass
from pathlib import Path

VIEWS = """\
import time


async def pause() -> None:
    time.sleep(1)


def read(path: str) -> str:
    try:
        with open(path) as file:
            return file.read()
    except:
        return ""
"""
READING = """\
def size(path: str) -> int:
    try:
        with open(path) as file:
            return len(file.read())
    except:
        return 0
"""
SITE = {
    "manage.py": 'import os\n\nos.environ.setdefault("DJANGO_SETTINGS_MODULE", "site_settings")\n',
    "site_settings.py": 'ROOT_URLCONF = "urls"\n',
    "urls.py": (
        "from django.urls import path\n\nfrom views import read\n\n"
        'urlpatterns = [path("books/", read, name="book-list")]\n'
    ),
}
TEMPLATE = '<p>\n  <a href="{% url "book-lst" %}">Books</a>\n</p>\n'
PYPROJECT = """\
[project]
name = "shop"
version = "1.0"
requires-python = ">=3.11"
"""
# Modules of the standard library that a server imports; without `-I` the workspace's would win.
IMPOSTORS = ("json.py", "ast.py", "sitecustomize.py", "pybackend.py")


@dataclass(frozen=True)
class Workspace:
    root: Path
    marks: Path

    @property
    def file(self) -> Path:
        return self.root / "views.py"

    @property
    def closed_file(self) -> Path:
        return self.root / "reading.py"

    @property
    def template(self) -> Path:
        return self.root / "templates" / "index.html"

    @property
    def page(self) -> Path:
        """HTML that is no template."""
        return self.root / "docs" / "index.html"

    @property
    def python(self) -> Path:
        return self.root / ".venv" / "bin" / "python"

    def what_ran(self) -> list[str]:
        return sorted(mark.name for mark in self.marks.iterdir())


def make_workspace(folder: Path) -> Workspace:
    workspace = Workspace(folder / "workspace", folder / "marks")
    workspace.root.mkdir()
    workspace.marks.mkdir()
    workspace.file.write_text(VIEWS, encoding="utf-8")
    workspace.closed_file.write_text(READING, encoding="utf-8")
    (workspace.root / "pyproject.toml").write_text(PYPROJECT, encoding="utf-8")
    for file in (workspace.template, workspace.page):
        file.parent.mkdir()
        file.write_text(TEMPLATE, encoding="utf-8")
    for name, text in {**dict.fromkeys(IMPOSTORS, ""), **SITE}.items():
        mark = workspace.marks / name
        (workspace.root / name).write_text(f"{text}open({str(mark)!r}, 'w').close()\n", encoding="utf-8")
    workspace.python.parent.mkdir(parents=True)
    for name in ("python", "python3", "python3.14"):
        python = workspace.python.with_name(name)
        # It claims to be the newest Python with the server installed.
        python.write_text(f"#!/bin/sh\ntouch {workspace.marks}/{name}\necho 3 14 True\n", encoding="utf-8")
        python.chmod(0o755)
    settings = workspace.root / ".vscode" / "settings.json"
    settings.parent.mkdir()
    named = {"pybackend.serverPython": str(workspace.python)}
    settings.write_text(json.dumps(named), encoding="utf-8")
    return workspace
