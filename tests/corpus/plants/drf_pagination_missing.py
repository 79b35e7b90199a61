"""Views beside real models that list all rows, of a site without pages; not in Django itself."""

from collections.abc import Iterator

from tests.corpus.plants import drf_permission_missing
from tests.corpus.plants.django_n_plus_one import Relation
from tests.corpus.plants.drf_nested_n_plus_one import beside
from tests.corpus.source import Mutation, SourceFile

NEEDLES = ("ForeignKey(",)
MARK = "  # planted"


def plants(file: SourceFile) -> Iterator[Mutation]:
    if file.project.name == "Django":
        return
    for mutation in beside(file, "{model}_all_{number}.py", shapes):
        yield from drf_permission_missing.with_settings(file, mutation)


def shapes(relation: Relation) -> dict[str, str]:
    return SHAPES if relation.kind != "ManyToManyField" else {}


SHAPES = {
    "viewset": f"""\
class MODELSerializer(serializers.ModelSerializer):
    class Meta:
        model = MODEL
        fields = ["pk"]


class MODELViewSet(viewsets.ModelViewSet):{MARK}
    permission_classes = [permissions.IsAuthenticated]
    serializer_class = MODELSerializer
    queryset = MODEL.objects.order_by("pk")
""",
    "list": f"""\
class FIELDList(generics.ListAPIView):{MARK}
    permission_classes = [permissions.IsAuthenticated]
    queryset = MODEL.objects.select_related("FIELD").all()
""",
    "base": f"""\
from rest_framework.mixins import ListModelMixin


class BaseSet(ListModelMixin, viewsets.GenericViewSet):
    permission_classes = [permissions.IsAuthenticated]


class MODELSet(BaseSet):{MARK}
    queryset = MODEL.objects.all()
""",
}
