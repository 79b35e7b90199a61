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
        [workspace.python.parent, python.parent],
        PYBACKEND_PROBE_FILE=str(workspace.file),
        PYBACKEND_PROBE_CLOSED=str(workspace.closed_file),
        PYBACKEND_PROBE_TEMPLATE=str(workspace.template),
        PYBACKEND_PROBE_PAGE=str(workspace.page),
        PYBACKEND_PROBE_RECORD=str(record_file),
        PYBACKEND_PROBE_PYTHON=str(python),
        PYBACKEND_PROBE_TRAP=str(workspace.python),
        EXTENSIONS_GALLERY="{}",  # No marketplace.
        VSCODE_CLI="1",  # Started from a shell: the extension host takes this environment as it is.
    )
    command = _prepare(entry, extensions, folder, environment)
    with _workbench(command, folder, environment) as address:
        url = f"{address}/?{urlencode({'folder': workspace.root})}"
        screenshot = tools.CACHE / "vscode.png"
        driver: list[str | Path] = ["node", tools.HERE / "browser.mjs", url, record_file, screenshot]
        failure = subprocess.run(driver, timeout=300, check=False, capture_output=True, text=True).stderr
        log = _keep_logs(folder)
    if failure:
        yield f"the page: {failure.strip()}"
    if "Traceback (most recent call last)" in log or "Connection to server got closed" in log:
        yield "the server crashed: see .editors/vscode-logs/pybackend.log"
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
    # The folder is an untrusted one.
    without_asking = {"security.workspace.trust.startupPrompt": "never"}
    settings.write_text(json.dumps(without_asking), encoding="utf-8")
    command: list[str | Path] = ["node", entry, "--config", configuration, "--user-data-dir", user]
    command += ["--extensions-dir", folder / "extensions"]
    installs = [part for extension in extensions for part in ("--install-extension", extension)]
    tools.run([*command, *installs], environment=environment)
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


def _keep_logs(folder: Path) -> str:
    """Copy the logs to where they can be read afterwards; return the extension's."""
    kept = tools.CACHE / "vscode-logs"
    shutil.rmtree(kept, ignore_errors=True)
    kept.mkdir()
    shutil.copy(folder / "code-server.log", kept)
    logs = sorted((folder / "user" / "logs").rglob("pybackend.log"))
    for log in logs:
        shutil.copy(log, kept)
    return "\n".join(log.read_text(encoding="utf-8") for log in logs)
