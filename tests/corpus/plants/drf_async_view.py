"""Handlers of real views that become coroutines, and asynchronous views beside real models."""

import ast
from collections.abc import Iterator

from tests.corpus.plants.django_n_plus_one import Relation
from tests.corpus.plants.drf_nested_n_plus_one import beside
from tests.corpus.source import Mutation, SourceFile, own_nodes

NEEDLES = ("rest_framework", "ForeignKey(")
MARK = "  # planted"
HANDLERS = {"get", "post", "put", "patch", "delete"}
ACTIONS = {"list", "retrieve", "create", "update", "destroy"}


def plants(file: SourceFile) -> Iterator[Mutation]:
    yield from beside(file, "{model}_async_{number}.py", shapes)
    for view in file.classes() if file.is_application else ():
        bases = [file.dotted(base) for base in view.bases]
        if not any(
            base.startswith("rest_framework.") and base.endswith(("View", "ViewSet")) for base in bases
        ):
            continue
        names = HANDLERS | (ACTIONS if any(base.endswith("ViewSet") for base in bases) else set())
        for method in view.body:
            if isinstance(method, ast.FunctionDef) and method.name in names and is_plain(method):
                start = file.start(method)
                yield file.mutate("handler", [(start, start, "async ")], at=start)


def is_plain(method: ast.FunctionDef) -> bool:
    return not method.decorator_list and not any(isinstance(node, ast.Yield) for node in own_nodes(method))


def shapes(_: Relation) -> dict[str, str]:
    return SHAPES


SHAPES = {
    "base in the file": f"""\
class Base(generics.GenericAPIView):
    permission_classes = [permissions.IsAuthenticated]


class FIELDNames(Base):
    async def get(self, request):{MARK}
        rows = [row async for row in MODEL.objects.values_list("FIELD", flat=True)]
        return Response(rows)
""",
    "function": f"""\
from rest_framework.decorators import api_view, permission_classes


@api_view(["GET"])
@permission_classes([permissions.IsAuthenticated])
async def FIELD_count(request):{MARK}
    return Response({{"count": await MODEL.objects.acount()}})
""",
    "action": f"""\
from rest_framework.decorators import action


class MODELViewSet(viewsets.ModelViewSet):
    permission_classes = [permissions.IsAuthenticated]
    queryset = MODEL.objects.order_by("pk")

    @action(detail=False)
    async def total(self, request):{MARK}
        return Response({{"total": await MODEL.objects.acount()}})
""",
}
