"""After any edits, creations, renames and deletions of files, an engine says what a new one says."""

from __future__ import annotations

import os
import random
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pybackend.engine import Engine
from pybackend.environment import Environment
from pybackend.project.project import Project
from pybackend.text.document import split_lines
from tests.checking import rules

VARIANTS = {
    "shop/__init__.py": (
        "",
        "from .http import fetch\n",
        "from .http import *\n",
        "from .clients import Client as fetch\n",
    ),
    "shop/http.py": (
        "import requests\n\n\ndef fetch():\n    return requests.get('x')\n",
        "import requests\n\n\ndef fetch():\n    return None\n",
        "from requests import get as fetch\n",
        "import httpx\n\n\ndef fetch(): ...\n\n\nshared = httpx.AsyncClient()\n",
        "from .clients import Client\n\n\ndef fetch():\n    return Client().load()\n",
        "__all__ = ['other']\n\n\ndef fetch():\n    return open('x').read()\n",
        "def fetch(:\n",
        "import httpx\n\n\ndef fetch():\n    return httpx.Client().get\n",
    ),
    "shop/clients.py": (
        """\
import requests


class Client:
    def __init__(self):
        self.session = requests.Session()

    def load(self):
        return self.session.get('x')
""",
        """\
from shop.base import Base


class Client(Base):
    def load(self):
        return self.session.get('x')
""",
        "class Client:\n    async def load(self):\n        return 1\n\n    session = None\n",
        "from sqlalchemy import create_engine\n\nClient = create_engine('x')\n",
    ),
    "shop/base.py": (
        "import requests\n\n\nclass Base:\n    session = requests.Session()\n",
        "class Base:\n    def get(self, url):\n        import time\n        time.sleep(1)\n",
    ),
    "shop/views.py": (
        "from shop import fetch\n\n\nasync def handler():\n    fetch()\n    fetch('y')\n    fetch()('z')\n",
        """\
from shop.http import fetch
from shop.clients import Client


async def handler(client: Client):
    fetch()
    client.load()
    client.session.get('x')
""",
        """\
import shop.http
from shop import clients

client = clients.Client()


async def handler():
    shop.http.fetch()
    client.load()
    client.session.get('x')
""",
    ),
}
PLACES = [*VARIANTS, "shop/http/__init__.py", "src/shop/http.py"]


class World:
    """A project on the disk and in an engine."""

    def __init__(self, root: Path, source: random.Random) -> None:
        self.root, self.source = root, source
        self.engine = self.fresh()

    def fresh(self) -> Engine:
        environment = Environment(self.root, {"pydantic": "2.11.0"})
        return Engine(Project(self.root, environment, (3, 11)), rules().values(), {})

    def text(self, path: str) -> str:
        return self.source.choice(VARIANTS.get(path, VARIANTS["shop/http.py"]))

    def step(self) -> None:
        path = self.source.choice(PLACES)
        if self.source.random() < 0.2:
            self.on_disk(path)
        elif path not in self.engine.files:
            on_disk = self.root / path
            self.engine.open(path, on_disk.read_text() if on_disk.is_file() else self.text(path))
        elif self.source.random() < 0.2:
            self.engine.close(path)
        else:
            self.edit(path, self.text(path))

    def on_disk(self, path: str) -> None:
        place = self.root / path
        if place.exists() and self.source.random() < 0.4:
            place.unlink()
        else:
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text(self.text(path))
        self.engine.changed(path)

    def edit(self, path: str, text: str) -> None:
        """One edit that replaces the lines in the middle that differ."""
        before = self.engine.files[path].source.document.lines
        after = split_lines(text)
        low = 0
        while low < min(len(before), len(after)) - 1 and before[low] == after[low]:
            low += 1
        self.engine.edit(path, (low, 0), (len(before), 0), "".join(after[low:]))

    def compare(self) -> None:
        fresh = self.fresh()
        for path, file in self.engine.files.items():
            fresh.open(path, file.source.document.text)
        for path in self.engine.files:
            self.engine.reconcile(path)
        for path, file in self.engine.files.items():
            if file.source.problem is None and not any(f.source.broken for f in self.engine.files.values()):
                found, expected = (
                    [(f.range, f.finding._replace(related=())) for f in e.findings(path)]
                    for e in (self.engine, fresh)
                )
                assert found == expected, path


@settings(
    max_examples=int(os.environ.get("PYBACKEND_EXAMPLES", "25")),
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
@given(seed=st.integers(0, 2**32))
def test_random_changes(seed: int) -> None:
    source = random.Random(seed)
    with TemporaryDirectory() as directory:
        world = World(Path(directory), source)
        for path in VARIANTS:
            if source.random() < 0.6:
                world.on_disk(path)
            world.engine.open(path, world.text(path))
        for _ in range(12):
            world.step()
            world.compare()
