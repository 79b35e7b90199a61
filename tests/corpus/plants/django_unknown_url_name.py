"""The name of a URL is misspelt, or is one of before a rename, in a project whose settings are there."""

import ast
from collections.abc import Iterator

from tests.corpus.source import Mutation, SourceFile

NEEDLES = ("reverse(", "reverse_lazy(", "redirect(")
MANAGE = ("manage.py", "src/manage.py")
FUNCTIONS = {"django.urls.reverse", "django.urls.reverse_lazy", "django.shortcuts.redirect"}


def plants(file: SourceFile) -> Iterator[Mutation]:
    if not file.is_application or not any((file.project.root / place).exists() for place in MANAGE):
        return
    tried = {part for node in ast.walk(file.tree) if isinstance(node, ast.Try) for part in ast.walk(node)}
    for call in ast.walk(file.tree):
        if not isinstance(call, ast.Call) or call in tried or file.dotted(call.func) not in FUNCTIONS:
            continue
        name = call.args[0] if call.args else None
        if not isinstance(name, ast.Constant) or not isinstance(name.value, str) or "/" in name.value:
            continue
        if ":" in name.value and all(keyword.arg != "urlconf" for keyword in call.keywords):
            written = changed(file, name.value)
            yield file.mutate(written, [file.replace(name, f'"{written}"')], at=file.start(call))


def changed(file: SourceFile, name: str) -> str:
    """The name with a slip of the pen, as it was before a rename, or of another list."""
    namespace, _, last = name.rpartition(":")
    slip = last[:-2] + last[-1] + last[-2] if len(last) > 2 and last[-1] != last[-2] else f"{last}s"
    return file.chance.choice([f"{namespace}:{slip}", f"{namespace}:old-{last}", f"{namespace}:{last}.all"])
