"""Views beside real models that fetch one row past the permission for it."""

from collections.abc import Iterator

from tests.corpus.plants.django_n_plus_one import Relation
from tests.corpus.plants.drf_nested_n_plus_one import beside
from tests.corpus.source import Mutation, SourceFile

NEEDLES = ("ForeignKey(",)
MARK = "  # planted"


def plants(file: SourceFile) -> Iterator[Mutation]:
    return beside(file, "{model}_own_{number}.py", shapes)


def shapes(_: Relation) -> dict[str, str]:
    return {kind: PERMISSION + text for kind, text in SHAPES.items()}


PERMISSION = """\
class IsOwner(permissions.BasePermission):
    def has_object_permission(self, request, view, obj):
        return obj.FIELD_id == request.user.pk


"""
SHAPES = {
    "get": f"""\
class MODELView(APIView):
    permission_classes = [permissions.IsAuthenticated, IsOwner]

    def get(self, request, pk):
        row = MODEL.objects.get(pk=pk){MARK}
        return Response({{"FIELD": row.FIELD_id}})
""",
    "get or 404": f"""\
from django.shortcuts import get_object_or_404


class MODELView(APIView):
    permission_classes = (IsOwner,)

    def delete(self, request, *args, **kwargs):
        get_object_or_404(MODEL, pk=self.kwargs["pk"]).delete(){MARK}
        return Response(status=204)
""",
    "viewset": f"""\
class MODELViewSet(viewsets.ViewSet):
    permission_classes = [IsOwner]

    def retrieve(self, request, pk=None):
        row = generics.get_object_or_404(MODEL.objects.all(), id=pk){MARK}
        return Response({{"FIELD": row.FIELD_id}})
""",
    "base": f"""\
class Base(generics.GenericAPIView):
    permission_classes = [IsOwner]
    queryset = MODEL.objects.select_related("FIELD")


class MODELView(Base):
    def put(self, request, number):
        row = MODEL.objects.select_related("FIELD").get(id=number){MARK}
        row.FIELD_id = request.data["FIELD"]
        row.save()
        return Response({{"FIELD": row.FIELD_id}})
""",
}
