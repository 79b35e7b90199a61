"""Names that Django has now become those that it had."""

import ast
from collections.abc import Iterator

from tests.corpus.source import Edit, Mutation, SourceFile

NEEDLES = ("from django",)
OLD = {
    "django.utils.translation.gettext": "ugettext",
    "django.utils.translation.gettext_lazy": "ugettext_lazy",
    "django.utils.translation.ngettext": "ungettext",
    "django.utils.encoding.force_str": "force_text",
    "django.utils.encoding.smart_str": "smart_text",
    "django.utils.http.url_has_allowed_host_and_scheme": "is_safe_url",
    "django.urls.re_path": "django.conf.urls.url",
    "django.urls.reverse": "django.core.urlresolvers.reverse",
    "django.shortcuts.render": "render_to_response",
    "django.utils.timezone.now": "utc",
}


def plants(file: SourceFile) -> Iterator[Mutation]:
    for node in file.tree.body:
        if not isinstance(node, ast.ImportFrom) or node.level:
            continue
        for alias in node.names:
            old = OLD.get(f"{node.module}.{alias.name}")
            if old is None or alias.lineno is None:
                continue
            start = file.line_starts[alias.lineno - 1] + alias.col_offset
            bound = alias.asname or alias.name
            edit: Edit
            if "." not in old:
                edit = start, start + len(alias.name), old
            elif len(node.names) == 1:
                home, _, name = old.rpartition(".")
                edit = file.replace(node, f"from {home} import {name} as {bound}")
            else:
                continue
            yield file.mutate(old, [edit], at=edit[0])
    yield from calls(file)


def calls(file: SourceFile) -> Iterator[Mutation]:
    for node in ast.walk(file.tree):
        if isinstance(node, ast.Attribute) and node.attr == "assertQuerySetEqual":
            edit = file.replace(node, file.text(node).replace("assertQuerySet", "assertQueryset"))
            yield file.mutate("assertQuerysetEqual", [edit], at=file.end(node))
