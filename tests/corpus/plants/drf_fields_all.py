"""Real serializers whose list of fields becomes all of them."""

import ast
from collections.abc import Iterator

from tests.corpus.source import Mutation, SourceFile

NEEDLES = ("ModelSerializer",)


def plants(file: SourceFile) -> Iterator[Mutation]:
    for serializer in file.classes() if file.is_application else ():
        bases = [file.dotted(base).rpartition(".")[2] for base in serializer.bases]
        metas = [node for node in serializer.body if isinstance(node, ast.ClassDef) and node.name == "Meta"]
        if not any(base.endswith("ModelSerializer") for base in bases) or not metas:
            continue
        bound = {file.text(n.targets[0]): n.value for n in metas[0].body if isinstance(n, ast.Assign)}
        listed = bound.get("fields")
        if "model" in bound and isinstance(listed, ast.List | ast.Tuple):
            for kind, text in (("text", '"__all__"'), ("single quotes", "'__all__'")):
                yield file.mutate(kind, [file.replace(listed, text)], at=file.start(listed))
            edits = [file.replace(listed, "ALL_FIELDS")]
            edits += file.imports("from rest_framework.serializers import ALL_FIELDS")
            yield file.mutate("constant", edits, at=file.start(listed))
