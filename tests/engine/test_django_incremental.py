"""After any changes of a Django project's files, an engine says what a new one says."""

from __future__ import annotations

import os
import random
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.engine.django_files import RARE, VARIANTS
from tests.engine.world import World

VERSIONS = {"django": "5.2.1", "djangorestframework": "3.16.0"}


@settings(
    max_examples=int(os.environ.get("PYBACKEND_EXAMPLES", "10")),
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
@given(seed=st.integers(0, 2**32))
def test_random_changes(seed: int) -> None:
    run(seed)


def run(seed: int, steps: int = 8) -> None:
    source = random.Random(seed)
    with TemporaryDirectory() as directory:
        world = World(Path(directory), source, VARIANTS, VERSIONS, is_in_hurry=source.random() < 0.5)
        world.begin(on_disk=0.97, is_open=0.5)
        world.variants = {**VARIANTS, **RARE}
        for _ in range(steps):
            if source.random() < 0.05:
                world.move(*source.choice((("library", "stock"), ("stock", "library"))))
            else:
                world.step()
            world.compare()
