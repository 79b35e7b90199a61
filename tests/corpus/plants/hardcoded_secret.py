"""A value that came from elsewhere is written into the source: keys, passwords, tokens, URLs."""

import ast
import string
from collections.abc import Iterator

from tests.corpus.source import Mutation, SourceFile

NEEDLES = ("password", "api_key", "secret", "token", "_url", "_uri", "dsn")
NAMES = {
    *("password", "db_password", "smtp_password", "api_key", "secret", "client_secret"),
    *("access_token", "auth_token", "bot_token", "aws_secret_access_key", "secret_access_key"),
}
ADDRESSES = {"url", "uri", "dsn", "database_url", "broker_url", "redis_url", "sqlalchemy_uri", "db_url"}
SOURCES = ("os.environ", "os.getenv", "settings.", "config.", "self.", "conf.")


def plants(file: SourceFile) -> Iterator[Mutation]:
    if not file.is_application or "docs_src" in file.path:
        return
    for node in ast.walk(file.tree):
        for kind, name, value in named_values(node):
            if not file.text(value).startswith(SOURCES):
                continue
            if name.lower() in NAMES:
                yield from written_out(file, kind, value)
            elif name.lower() in ADDRESSES:
                yield literal(file, f"address {kind}", value, address(file))


def named_values(node: ast.AST) -> Iterator[tuple[str, str, ast.expr]]:
    match node:
        case ast.keyword(arg=str(name), value=value):
            yield "keyword", name, value
        case ast.Assign(targets=[ast.Name(id=name)], value=value):
            yield "assigned", name, value
        case ast.Assign(targets=[ast.Attribute(attr=name)], value=value):
            yield "attribute", name, value
        case ast.Dict(keys=keys, values=values):
            for key, value in zip(keys, values, strict=True):
                if isinstance(key, ast.Constant) and isinstance(key.value, str):
                    yield "dictionary", key.value, value
        case _:
            pass


def written_out(file: SourceFile, kind: str, value: ast.expr) -> Iterator[Mutation]:
    for shape, secret in secrets(file).items():
        yield literal(file, f"{shape} {kind}", value, secret)
    if isinstance(value, ast.Call) and file.dotted(value.func) in {"os.getenv", "os.environ.get"}:
        secret = secrets(file)["generic"]
        edit = file.replace(value, f'{file.text(value.func)}({file.text(value.args[0])}, "{secret}")')
        yield file.mutate("environment default", [edit], at=file.start(value))


def literal(file: SourceFile, kind: str, value: ast.expr, secret: str) -> Mutation:
    return file.mutate(kind, [file.replace(value, f'"{secret}"')], at=file.start(value))


def secrets(file: SourceFile) -> dict[str, str]:
    """Made up anew in every run, so that no file of this project holds anything like a secret."""
    alphabet = string.ascii_letters + string.digits
    return {"generic": drawn(file, alphabet, 24) + "7q", "token": "gh" + "p_" + drawn(file, alphabet, 36)}


def address(file: SourceFile) -> str:
    password = drawn(file, string.ascii_letters + string.digits, 16)
    return "postgresql" + "://billing:" + password + "@db.internal.shop.net:5432/billing"


def drawn(file: SourceFile, alphabet: str, length: int) -> str:
    return "".join(file.chance.choices(alphabet, k=length))
