"""Real editors, headless, against this checkout: `python -m tests.editors.run [vscode] [neovim]`."""

import argparse
import tempfile
import time
from pathlib import Path

from tests.editors import neovim, tools, vscode
from tests.editors.trap import make_workspace

EDITORS = {"vscode": vscode.complaints, "neovim": neovim.complaints}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("editors", nargs="*", metavar="EDITOR", help=f"{' or '.join(EDITORS)}; else both")
    parser.add_argument("--python", type=Path, help="a Python that has the server, instead of a wheel's")
    arguments = parser.parse_args()
    if unknown := set(arguments.editors) - set(EDITORS):
        parser.error(f"unknown editor: {', '.join(unknown)}")

    tools.CACHE.mkdir(exist_ok=True)
    # Not resolved: the target of an environment's `python` is another Python.
    python = arguments.python.absolute() if arguments.python else tools.server_python()
    outcomes = [try_editor(name, python) for name in arguments.editors or EDITORS]
    return 0 if all(outcomes) else 1


def try_editor(name: str, python: Path) -> bool:
    print(f"{name}:", flush=True)
    started = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="pybackend-") as folder:
        workspace = make_workspace(Path(folder))
        found = list(EDITORS[name](python, workspace, Path(folder)))
    for complaint in found:
        print(f"  - {complaint}")
    verdict = "FAILED" if found else "passed"
    print(f"  {verdict} in {time.monotonic() - started:.0f} s", flush=True)
    return not found


if __name__ == "__main__":
    raise SystemExit(main())
