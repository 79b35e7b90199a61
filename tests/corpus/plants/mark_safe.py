"""Markup that is put together with values and called safe."""

import ast
from collections.abc import Iterator

from tests.corpus.source import Mutation, SourceFile

NEEDLES = ("format_html(",)
FORMAT = "django.utils.html.format_html"
SAFE = "from django.utils.safestring import mark_safe"


def plants(file: SourceFile) -> Iterator[Mutation]:
    for node in ast.walk(file.tree):
        if isinstance(node, ast.Call) and file.dotted(node.func) == FORMAT and is_simple(node):
            template, *values = node.args
            assert isinstance(template, ast.Constant)
            texts = [file.text(value) for value in values]
            if any('"' in text or "'" in text for text in texts):
                continue
            filled = str(template.value)
            for text in texts:
                filled = filled.replace("{}", f"{{{text}}}", 1)
            start = file.start(node)
            yield file.mutate("format", [(start, file.end(node), f"format_html(f{filled!r})")], at=start)
    yield from appended(file)


def is_simple(node: ast.Call) -> bool:
    if len(node.args) < 2 or node.keywords or not isinstance(node.args[0], ast.Constant):
        return False
    text = node.args[0].value
    return isinstance(text, str) and text.count("{}") == len(node.args) - 1 == text.count("{") and "<" in text


def appended(file: SourceFile) -> Iterator[Mutation]:
    if "mark_safe" not in file.data.decode():
        return
    for kind, made in {
        "f-string": "mark_safe(f'<b>{book.title}</b>')",
        "percent": "mark_safe('<b>%s</b>' % book.title)",
        "added": "mark_safe('<b>' + book.title + '</b>')",
        "format": "mark_safe('<b>{}</b>'.format(book.title))",
    }.items():
        text = f"def planted(book):\n    {SAFE}\n\n    return {made}  # planted here\n"
        yield file.append(kind, text, "  # planted here")
