"""Circular imports through any changes of files: what is found is what a fresh engine finds."""

import os
import random
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pybackend.engine import Engine
from pybackend.environment import Environment
from pybackend.findings import Finding
from pybackend.project.project import Project
from tests.checking import rules
from tests.project.test_import_order import packages


def engine(root: Path) -> Engine:
    chosen = [rule for rule in rules().values() if rule.id == "circular-import"]
    return Engine(Project(root, Environment(root, {}), (3, 11)), chosen, {})


def found(one: Engine) -> dict[str, list[tuple[object, ...]]]:
    return {
        path: [(located.range, *shown(located.finding)) for located in one.findings(path)]
        for path in sorted(one.files)
    }


def shown(finding: Finding) -> Iterator[object]:
    yield from (finding.case, finding.values, finding.data)
    for related in finding.related:
        assert related.place is not None
        yield related.case, related.values, related.place.path, related.place.absolute


def change(world: Engine, root: Path, path: str, text: str, chance: random.Random) -> None:
    """One file becomes another: by an edit, on the disk, or by being opened or closed."""
    if path not in world.files:
        (root / path).write_text(text)
        world.changed(path)
        if chance.random() < 0.5:
            world.open(path, text)
    elif chance.random() < 0.2:
        (root / path).write_text(text)
        world.close(path)
    else:
        before, after = world.files[path].source.document.lines, text.splitlines(keepends=True)
        low = 0
        while low < min(len(before), len(after)) - 1 and before[low] == after[low]:
            low += 1
        world.edit(path, (low, 0), (len(before), 0), "".join(after[low:]))


@settings(
    max_examples=int(os.environ.get("PYBACKEND_EXAMPLES", "10")),
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
@given(states=st.lists(packages(), min_size=2, max_size=5), seed=st.integers(0, 2**32))
def test_findings_are_those_of_a_fresh_engine(states: list[dict[str, str]], seed: int) -> None:
    chance = random.Random(seed)
    with TemporaryDirectory() as directory:
        root = Path(directory)
        for path, text in states[0].items():
            (root / path).parent.mkdir(parents=True, exist_ok=True)
            (root / path).write_text(text)
        world = engine(root)
        for path, text in states[0].items():
            if chance.random() < 0.7:
                world.open(path, text)
        for state in states[1:]:
            for path, text in chance.sample(sorted(state.items()), len(state)):
                change(world, root, path, text, chance)
                fresh = engine(root)
                for other, file in world.files.items():
                    fresh.open(other, file.source.document.text)
                assert found(world) == found(fresh)
