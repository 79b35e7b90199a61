"""`pybackend rules`: every rule, with its area, severity, fix and whether it is on by default."""

from __future__ import annotations

import argparse
import json
import sys
from typing import Any

from ..references import References
from ..rules.registry import Rule, discover
from .colour import Colours


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--output-format", choices=("full", "json"), default="full")
    parser.add_argument("--no-color", action="store_true", help="never use colours")


def run(arguments: argparse.Namespace) -> int:
    references = References.load()
    rows = [_row(rule, references) for rule in discover().values()]
    if arguments.output_format == "json":
        sys.stdout.write(json.dumps(rows, indent=2) + "\n")
    else:
        sys.stdout.write(_table(rows, Colours.for_stream(sys.stdout, arguments.no_color)))
    return 0


def _row(rule: Rule, references: References) -> dict[str, Any]:
    entry = references[rule.id]
    safeties = set(entry.all("safety")) if rule.fixer else set()
    fix = "safe" if safeties == {"safe"} else "unsafe" if safeties == {"unsafe"} else "some safe"
    return {
        "id": rule.id,
        "area": rule.area,
        "severity": entry.severity(),
        "fix": fix if safeties else None,
        "default": entry.is_default,
        "title": entry.title,
    }


def _table(rows: list[dict[str, Any]], colours: Colours) -> str:
    head = {"id": "rule", "area": "area", "severity": "severity", "fix": "fix", "default": "default"}
    texts = [head] + [
        {**row, "fix": row["fix"] or "-", "default": "on" if row["default"] else "off"} for row in rows
    ]
    widths = {key: max(len(row[key]) for row in texts) for key in head}
    lines = []
    for number, row in enumerate(texts):
        cells = [row[key].ljust(widths[key]) for key in head]
        if number:
            cells[2] = colours.paint(cells[2], row["severity"])
        line = "  ".join(cells).rstrip()
        lines.append(line if number else colours.bold(line))
    return "\n".join(lines) + "\n"
