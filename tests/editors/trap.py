"""A workspace whose author is hostile: whatever of it runs leaves a mark."""

import json
import shutil
from dataclasses import dataclass
from pathlib import Path

from tests.editors.tools import HERE

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
    def python_folder(self) -> Path:
        return self.root / ".venv" / "bin"

    def what_ran(self) -> list[str]:
        return sorted(mark.name for mark in self.marks.iterdir())


def make_workspace(folder: Path) -> Workspace:
    workspace = Workspace(folder / "workspace", folder / "marks")
    shutil.copytree(HERE / "workspace", workspace.root)
    workspace.marks.mkdir()
    for name in IMPOSTORS:
        mark = workspace.marks / name
        (workspace.root / name).write_text(f"open({str(mark)!r}, 'w').close()\n", encoding="utf-8")
    workspace.python_folder.mkdir(parents=True)
    for name in ("python", "python3", "python3.14"):
        python = workspace.python_folder / name
        # It claims to be the newest Python with the server installed.
        python.write_text(f"#!/bin/sh\ntouch {workspace.marks}/{name}\necho 3 14 True\n", encoding="utf-8")
        python.chmod(0o755)
    settings = workspace.root / ".vscode" / "settings.json"
    settings.parent.mkdir()
    named = {"pybackend.serverPython": str(workspace.python_folder / "python")}
    settings.write_text(json.dumps(named), encoding="utf-8")
    return workspace
