"""The command line. Each command is a module with `add_arguments` and `run`, imported when it is called."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from importlib import import_module

from .. import __version__

COMMANDS = {
    "check": "find mistakes in files and directories",
    "explain": "show what a rule means, with examples",
    "rules": "list all rules",
    "server": "speak the Language Server Protocol",
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; gives the exit code: 0 clean, 1 findings, 2 failure."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    parser = _parser(words[0] if words else "")
    found = parser.parse_args(words)
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    try:
        code: int = import_module(f".{found.command}", __name__).run(found)
        sys.stdout.flush()
        return code
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 2
    except KeyboardInterrupt:
        return 130


def _parser(command: str) -> argparse.ArgumentParser:
    """The parser, with the options of the command that is called."""
    parser = argparse.ArgumentParser("pybackend", description="Finds what will break in Python backends.")
    parser.add_argument("--version", action="version", version=f"pybackend {__version__}")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name, purpose in COMMANDS.items():
        own = commands.add_parser(name, help=purpose, description=purpose[0].upper() + purpose[1:] + ".")
        if name == command:
            import_module(f".{name}", __name__).add_arguments(own)
    return parser
