"""VS Code's workbench and extension host, with the shipped extension and the probe."""

import contextlib
import json
import os
import shutil
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode

from tests.editors import tools
from tests.editors.judging import Record, vscode_complaints
from tests.editors.trap import Workspace

PROGRAMS = {"chromium": "chromium", "rg": "ripgrep"}


def complaints(python: Path, workspace: Workspace, folder: Path) -> Iterator[str]:
    tools.debian_packages(PROGRAMS)
    tools.browser_driver()
    entry, extensions = tools.code_server(), tools.extensions()
    record_file = folder / "record.json"
    # The workspace's Python comes first on PATH, as from a shell in which it was activated.
    environment = tools.environment_with(
        [workspace.python_folder, python.parent],
        PYBACKEND_PROBE_FILE=str(workspace.file),
        PYBACKEND_PROBE_RECORD=str(record_file),
    )
    command = _prepare(entry, extensions, folder, environment)
    with _workbench(command, folder, environment) as address:
        url = f"{address}/?{urlencode({'folder': workspace.root})}"
        screenshot = tools.CACHE / "vscode.png"
        driver = ["node", tools.HERE / "browser.mjs", url, record_file, screenshot]
        tools.run(driver, timeout=300)
        _keep_logs(folder)
    if not record_file.exists():
        yield "the probe recorded nothing"
        return
    record: Record = json.loads(record_file.read_text(encoding="utf-8"))
    print(f"  VS Code {record.get('version')}; screenshot and logs are in .editors/")
    yield from vscode_complaints(record, workspace)


def _prepare(
    entry: Path, extensions: list[Path], folder: Path, environment: dict[str, str]
) -> list[str | Path]:
    """The command that starts a workbench of its own, with its extensions installed."""
    configuration, user = folder / "code-server.yaml", folder / "user"
    configuration.write_text("auth: none\n", encoding="utf-8")
    settings = user / "User" / "settings.json"
    settings.parent.mkdir(parents=True)
    # The folder is opened as an untrusted one, without asking.
    settings.write_text(
        json.dumps({"security.workspace.trust.startupPrompt": "never", "window.autoDetectColorScheme": False}),
        encoding="utf-8",
    )
    command: list[str | Path] = ["node", entry, "--config", configuration, "--user-data-dir", user]
    command += ["--extensions-dir", folder / "extensions"]
    for extension in extensions:
        tools.run([*command, "--install-extension", extension], environment=environment)
    return command


@contextlib.contextmanager
def _workbench(command: list[str | Path], folder: Path, environment: dict[str, str]) -> Iterator[str]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    options = ["--auth", "none", "--bind-addr", f"127.0.0.1:{port}", "--disable-telemetry"]
    options += ["--disable-update-check", "--disable-getting-started-override"]
    with (folder / "code-server.log").open("wb") as log:
        process = subprocess.Popen(
            [*command, *options], env=environment, stdout=log, stderr=log, start_new_session=True
        )
        try:
            _wait_for(f"http://127.0.0.1:{port}/healthz", process)
            yield f"http://127.0.0.1:{port}"
        finally:
            # The extension host and the server are in the same group, and outlive their parent by seconds.
            os.killpg(process.pid, signal.SIGTERM)
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(5)
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)


def _wait_for(url: str, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and process.poll() is None:
        with contextlib.suppress(urllib.error.URLError, OSError), urllib.request.urlopen(url, timeout=2):
            return
        time.sleep(0.2)
    raise SystemExit("The workbench did not start: see .editors/")


def _keep_logs(folder: Path) -> None:
    kept = tools.CACHE / "vscode-logs"
    shutil.rmtree(kept, ignore_errors=True)
    kept.mkdir()
    for log in (folder / "user" / "logs").rglob("*pybackend*.log"):
        shutil.copy(log, kept)
    shutil.copy(folder / "code-server.log", kept)
