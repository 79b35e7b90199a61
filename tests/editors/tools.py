"""What the editors need, installed on first use and kept in `.editors/`."""

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

HERE = Path(__file__).resolve().parent
REPOSITORY = HERE.parents[1]
CACHE = REPOSITORY / ".editors"
CODE_SERVER_VERSION = "4.100.3"


def run(
    command: Sequence[str | Path],
    cwd: Path = REPOSITORY,
    timeout: float = 900,
    environment: Mapping[str, str] | None = None,
) -> None:
    """Say what is done; be silent about how, unless it fails."""
    print("  $", *(str(part) for part in command), flush=True)
    done = subprocess.run(
        [str(part) for part in command],
        cwd=cwd,
        timeout=timeout,
        env=None if environment is None else dict(environment),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        check=False,
    )
    if done.returncode != 0:
        raise SystemExit(f"{done.stdout}\nFailed with exit code {done.returncode}: {command[0]}")


def debian_packages(programs: Mapping[str, str]) -> None:
    """Install the packages of the programs that are missing."""
    missing = [package for program, package in programs.items() if shutil.which(program) is None]
    if missing:
        run(["apt-get", "update", "-qq"])
        run(["apt-get", "install", "-y", "-qq", "--no-install-recommends", *missing])


def server_python() -> Path:
    """The Python of a fresh environment that holds this checkout's wheel, as a user would install it."""
    environment, wheels = CACHE / "server", CACHE / "wheels"
    shutil.rmtree(wheels, ignore_errors=True)
    python = environment / "bin" / "python"
    if not python.exists():
        run([sys.executable, "-m", "venv", environment])
    run([python, "-m", "pip", "wheel", "-q", "--no-deps", "-w", wheels, REPOSITORY])
    (wheel,) = wheels.glob("*.whl")
    run([python, "-m", "pip", "install", "-q", wheel])
    run([python, "-m", "pip", "install", "-q", "--no-deps", "--force-reinstall", wheel])
    return python


def code_server() -> Path:
    """The entry point of the workbench."""
    folder = CACHE / f"code-server-{CODE_SERVER_VERSION}"
    if not (folder / "installed").exists():
        run([HERE / "install-code-server.sh", CODE_SERVER_VERSION, folder])
    return folder / "node_modules/code-server/out/node/entry.js"


def browser_driver() -> None:
    if not (HERE / "node_modules" / "playwright-core").exists():
        run(["npm", "ci", "--no-audit", "--no-fund"], cwd=HERE)


def extensions() -> list[Path]:
    """The extension as it is shipped, and the probe that uses it."""
    client = REPOSITORY / "client-vscode"
    if not (client / "node_modules").exists():
        run(["npm", "ci", "--no-audit", "--no-fund"], cwd=client)
    run(["npm", "run", "--silent", "package"], cwd=client)
    probe = CACHE / "probe.vsix"
    vsce = client / "node_modules" / ".bin" / "vsce"
    options = ["--no-dependencies", "--skip-license", "--allow-missing-repository", "--out", str(probe)]
    run([vsce, "package", *options], cwd=HERE / "vscode-probe")
    return [client / "pybackend.vsix", probe]


def environment_with(path_entries: Sequence[Path], **variables: str) -> dict[str, str]:
    path = os.pathsep.join([*(str(entry) for entry in path_entries), os.environ["PATH"]])
    return {**os.environ, **variables, "PATH": path}
