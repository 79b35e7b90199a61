"""Secret keys in settings."""

from collections.abc import Iterator

from tests.corpus.settings import NEEDLES, appended
from tests.corpus.source import Mutation, SourceFile

__all__ = ["NEEDLES", "plants"]
VALUES = {
    "literal": 'SECRET_KEY = "change me"',
    "annotated": 'SECRET_KEY: str = "change me"',
    "default of get": 'SECRET_KEY = os.environ.get("SECRET_KEY", "change me")',
    "default of getenv": 'SECRET_KEY = os.getenv("SECRET_KEY", "unsafe")',
    "default by keyword": 'SECRET_KEY = os.getenv("SECRET_KEY", default="unsafe")',
    "other name": 'SECRET_KEY = os.environ.get("KEY_OF_DJANGO", "only here")',
    "insecure": 'SECRET_KEY = "insecure"',
}


def plants(file: SourceFile) -> Iterator[Mutation]:
    yield from appended(file, VALUES)
