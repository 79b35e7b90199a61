"""Answers for all origins, in settings."""

from collections.abc import Iterator

from tests.corpus.settings import NEEDLES, appended
from tests.corpus.source import Mutation, SourceFile

__all__ = ["NEEDLES", "plants"]
VALUES = {
    "all": "CORS_ALLOW_ALL_ORIGINS = True",
    "old name": "CORS_ORIGIN_ALLOW_ALL = True",
    "any pattern": 'CORS_ALLOWED_ORIGIN_REGEXES = [r".*"]',
    "anchored": 'CORS_ALLOWED_ORIGIN_REGEXES = [r"^.*$"]',
    "any host": 'CORS_ALLOWED_ORIGIN_REGEXES = [r"^https?://.*$"]',
}


def plants(file: SourceFile) -> Iterator[Mutation]:
    yield from appended(file, VALUES)
    credentials = {f"{kind}, credentials": line for kind, line in VALUES.items()}
    yield from appended(file, credentials, "CORS_ALLOW_CREDENTIALS = True\n")
