"""After any edits, creations, renames and deletions of files, an engine says what a new one says."""

from __future__ import annotations

import os
import random
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.engine.world import World

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
VARIANTS["shop/http/__init__.py"] = VARIANTS["src/shop/http.py"] = VARIANTS["shop/http.py"]


@settings(
    max_examples=int(os.environ.get("PYBACKEND_EXAMPLES", "25")),
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
@given(seed=st.integers(0, 2**32))
def test_random_changes(seed: int) -> None:
    source = random.Random(seed)
    with TemporaryDirectory() as directory:
        versions, is_in_hurry = {"pydantic": "2.11.0"}, source.random() < 0.5
        world = World(Path(directory), source, VARIANTS, versions, is_in_hurry)
        world.begin(on_disk=0.6, is_open=0.8)
        for _ in range(12):
            world.step()
            world.compare()
