"""Neovim, with its own client and no plugin."""

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path

from tests.editors import tools
from tests.editors.judging import Record
from tests.editors.judging import complaints as judge
from tests.editors.trap import Workspace


def complaints(python: Path, workspace: Workspace, folder: Path) -> Iterator[str]:
    tools.debian_packages({"nvim": "neovim"})
    record_file = folder / "record.json"
    environment = tools.environment_with(
        [],
        PYBACKEND_PROBE_FILE=str(workspace.file),
        PYBACKEND_PROBE_TEMPLATE=str(workspace.template),
        PYBACKEND_PROBE_PAGE=str(workspace.page),
        PYBACKEND_PROBE_RECORD=str(record_file),
        PYBACKEND_PROBE_PYTHON=str(python),
        PYBACKEND_PROBE_ROOT=str(workspace.root),
        XDG_STATE_HOME=str(folder / "state"),
        XDG_CACHE_HOME=str(folder / "cache"),
    )
    command = ["nvim", "--clean", "--headless", "-n", "-c", f"luafile {tools.HERE / 'neovim.lua'}"]
    try:
        tools.run(command, cwd=workspace.root, timeout=120, environment=environment)
    except subprocess.TimeoutExpired:
        yield "Neovim did not end"
        return
    record: Record = json.loads(record_file.read_text(encoding="utf-8"))
    print(f"  Neovim {record.get('version')}")
    yield from judge(record, workspace)
