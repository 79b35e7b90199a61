"""A field of a model renamed or misspelt, and a serializer or view that says it as it was."""

from collections.abc import Iterator

from tests.corpus.plants.django_n_plus_one import Relation
from tests.corpus.plants.drf_nested_n_plus_one import beside
from tests.corpus.source import Mutation, SourceFile

NEEDLES = ("ForeignKey(",)
MARK = "  # planted"


def plants(file: SourceFile) -> Iterator[Mutation]:
    return beside(file, "{model}_api_{number}.py", shapes)


def shapes(relation: Relation) -> dict[str, str]:
    return {kind: text.replace("WRONG", wrong(relation)) for kind, text in SHAPES.items()}


def wrong(relation: Relation) -> str:
    """The field's name as a hurried hand writes it."""
    return (
        f"{relation.field}_was" if len(relation.field) < 4 else relation.field[:-2] + relation.field[:-3:-1]
    )


SHAPES = {
    "fields": f"""\
class MODELSerializer(serializers.ModelSerializer):
    class Meta:
        model = MODEL
        fields = ["pk", "WRONG"]{MARK}
""",
    "exclude": f"""\
class MODELSerializer(serializers.ModelSerializer):
    class Meta:
        model = MODEL
        exclude = ("WRONG",){MARK}
""",
    "search": f"""\
class MODELViewSet(viewsets.ReadOnlyModelViewSet):
    permission_classes = [permissions.IsAuthenticated]
    queryset = MODEL.objects.order_by("pk")
    search_fields = ["=WRONG__pk"]{MARK}
""",
    "filter": f"""\
class MODELList(generics.ListAPIView):
    permission_classes = [permissions.IsAuthenticated]
    filterset_fields = {{"WRONG": ["exact"]}}{MARK}

    def get_queryset(self):
        return MODEL.objects.exclude(pk=0)
""",
    "lookup": f"""\
class MODELView(generics.RetrieveUpdateAPIView):
    permission_classes = [permissions.IsAuthenticated]
    queryset = MODEL.objects.all()
    lookup_field = "WRONG"{MARK}
""",
}
