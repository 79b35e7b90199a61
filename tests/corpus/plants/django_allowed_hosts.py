"""Any host, in settings."""

from collections.abc import Iterator

from tests.corpus.settings import NEEDLES, appended
from tests.corpus.source import Mutation, SourceFile

__all__ = ["NEEDLES", "plants"]
VALUES = {
    "list": 'ALLOWED_HOSTS = ["*"]',
    "tuple": 'ALLOWED_HOSTS = ("*",)',
    "among others": 'ALLOWED_HOSTS = ["localhost", "*"]',
    "annotated": 'ALLOWED_HOSTS: list[str] = ["*"]',
    "default, split": 'ALLOWED_HOSTS = os.environ.get("ALLOWED_HOSTS", "*").split(",")',
    "default of getenv": 'ALLOWED_HOSTS = os.getenv("HOSTS", "*").split()',
    "default, one": 'ALLOWED_HOSTS = [os.environ.get("HOST", "*")]',
}


def plants(file: SourceFile) -> Iterator[Mutation]:
    if "DomainMiddleware" not in file.data.decode():  # Which looks at the host itself.
        yield from appended(file, VALUES)
