"""Running rules over examples."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from pybackend.engine import Engine
from pybackend.environment import Environment
from pybackend.fixing import fix_all, offers
from pybackend.history import History
from pybackend.project.project import Project
from pybackend.references import References
from pybackend.rules.registry import Rule, discover
from tests.marked import Example, Mark


@cache
def rules() -> dict[str, Rule]:
    return discover()


@cache
def references() -> References:
    return References.load()


class Past(History):
    """A past that is made of an example's files, `branch:path`."""

    def __init__(self, root: Path, files: dict[str, str]) -> None:
        super().__init__(root)
        self.known = {key.partition(":")[2]: (key.partition(":")[0], text) for key, text in files.items()}
        self.top = root

    def text(self, path: str) -> tuple[str, str] | None:
        return self.known.get(path)


def engine_for(example: Example, settings: dict[str, Any]) -> Engine:
    """An engine with all rules, hints and those off by default too, and the example's files open."""
    versions = settings.get("versions", {})
    requires = settings.get("project", {}).get("requires-python", ">=3.11")
    target = tuple(int(part) for part in requires.removeprefix(">=").split("."))
    root = Path("/project")
    project = Project(root, Environment(root, versions), (target[0], target[1]))
    project.history = Past(root, example.files)
    engine = Engine(project, rules().values(), {})
    for path, text in example.files.items():
        if ":" not in path:
            engine.open(path, text)
    return engine


def marks(engine: Engine) -> list[Mark]:
    """What is found in all files."""
    found = [
        Mark(
            path,
            located.range[0],
            references()[located.finding.rule].severity(located.finding.case),
            located.finding.rule,
        )
        for path in engine.files
        for located in engine.findings(path)
    ]
    return sorted(found)


def fixed(engine: Engine, rule: str) -> dict[str, str]:
    """The files after all preferred fixes of a rule, safe or not, with those that they create."""
    for path in list(engine.files):
        for _ in fix_all(engine, path, references(), lambda offer: offer.finding.finding.rule == rule):
            pass
        for located in engine.findings(path):
            if located.finding.rule == rule:
                for offer in offers(engine.files[path], located, rules(), references())[:1]:
                    for name, text in offer.creates.items():
                        engine.open(name, text)
    return {path: file.source.document.text for path, file in engine.files.items()}
