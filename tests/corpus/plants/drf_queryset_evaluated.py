"""Real views whose rows are read when the class is made, and views that read them for all requests."""

import ast
from collections.abc import Iterator

from tests.corpus.plants.django_n_plus_one import Relation
from tests.corpus.plants.drf_nested_n_plus_one import beside
from tests.corpus.source import Mutation, SourceFile

NEEDLES = ("queryset = ", "ForeignKey(")
MARK = "  # planted"


def plants(file: SourceFile) -> Iterator[Mutation]:
    yield from beside(file, "{model}_rows_{number}.py", shapes)
    for view in file.classes() if file.is_application else ():
        bases = [file.dotted(base) for base in view.bases]
        names = {node.name for node in view.body if isinstance(node, ast.FunctionDef)}
        if "get_queryset" in names or not any(base.startswith("rest_framework.viewsets.") for base in bases):
            continue
        for node in view.body:
            match node:
                case ast.Assign(
                    targets=[ast.Name(id="queryset")], value=ast.Call(func=ast.Attribute()) as rows
                ):
                    for kind, text in (
                        ("list", "list({})"),
                        ("first", "{}.first()"),
                        ("first ten", "{}[:10]"),
                    ):
                        edit = file.replace(rows, text.format(file.text(rows)))
                        if kind != "first ten" or any(base.endswith("ModelViewSet") for base in bases):
                            yield file.mutate(kind, [edit], at=file.start(node), until=file.end(node))
                case _:
                    pass


def shapes(_: Relation) -> dict[str, str]:
    return SHAPES


SHAPES = {
    "declared": f"""\
class MODELViewSet(viewsets.ReadOnlyModelViewSet):
    permission_classes = [permissions.IsAuthenticated]
    queryset = [row for row in MODEL.objects.exclude(FIELD=None)]{MARK}
""",
    "loop": f"""\
class MODELList(generics.ListAPIView):
    permission_classes = [permissions.IsAuthenticated]
    queryset = MODEL.objects.all()

    def list(self, request):
        return Response([row.FIELD_id for row in self.queryset]){MARK}
""",
    "serializer": f"""\
class MODELSerializer(serializers.ModelSerializer):
    class Meta:
        model = MODEL
        fields = ["pk"]


class MODELViewSet(viewsets.GenericViewSet):
    permission_classes = [permissions.IsAuthenticated]
    queryset = MODEL.objects.order_by("pk")

    def list(self, request):
        return Response(MODELSerializer(self.queryset, many=True).data){MARK}
""",
    "base": f"""\
class Base(viewsets.GenericViewSet):
    permission_classes = [permissions.IsAuthenticated]
    queryset = MODEL.objects.all()


class MODELViewSet(Base):
    def list(self, request):
        return Response({{"count": len(self.queryset)}}){MARK}
""",
}
