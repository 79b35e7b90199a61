"""An interface for models of a real project whose serializer reads what the query does not load."""

from collections.abc import Callable, Iterator

from tests.corpus.plants.django_n_plus_one import Relation, filled, relations
from tests.corpus.source import Mutation, SourceFile

NEEDLES = ("ForeignKey(",)
MARK = "  # planted"


def plants(file: SourceFile) -> Iterator[Mutation]:
    return beside(file, "listing_{model}_{number}.py", shapes)


def beside(
    file: SourceFile, path: str, shapes: Callable[[Relation], dict[str, str]], head: str | None = None
) -> Iterator[Mutation]:
    """Files beside the models of an app, each about a relation of one."""
    *folders, name = file.path.split("/")
    if not file.is_application or not folders or (name != "models.py" and folders[-1] != "models"):
        return
    inside = folders[-1] == "models" and name != "models.py"
    module = f".models.{name.removesuffix('.py')}" if inside else ".models"
    directory = "/".join(folders[:-1] if inside else folders)
    for number, relation in enumerate(relations(file)):
        for kind, text in shapes(relation).items():
            place = f"{directory}/{path.format(model=relation.model.lower(), number=number)}"
            yield written(
                kind,
                place,
                directory,
                ((HEAD if head is None else head) + text).replace("MODULE", module),
                relation,
            )


def written(kind: str, path: str, scope: str, text: str, relation: Relation) -> Mutation:
    whole = filled(text, relation)
    (line,) = [number for number, row in enumerate(whole.split("\n"), 1) if MARK in row]
    return Mutation(kind, path, whole.replace(MARK, "").encode(), path, frozenset({line}), scope)


def shapes(relation: Relation) -> dict[str, str]:
    if relation.kind == "ManyToManyField":
        return MANY
    return FORWARD | ({"reverse": REVERSE} if relation.kind == "ForeignKey" and relation.reverse else {})


HEAD = """\
from rest_framework import generics, permissions, serializers, viewsets
from rest_framework.response import Response
from rest_framework.views import APIView

from MODULE import MODEL


"""
FORWARD = {
    "source": f"""\
class MODELSerializer(serializers.ModelSerializer):
    name = serializers.CharField(source="FIELD.ATTRIBUTE", read_only=True)

    class Meta:
        model = MODEL
        fields = ["pk", "name"]


class MODELViewSet(viewsets.ModelViewSet):
    permission_classes = [permissions.IsAuthenticated]
    serializer_class = MODELSerializer
    queryset = MODEL.objects.all(){MARK}
""",
    "slug": f"""\
class MODELSerializer(serializers.ModelSerializer):
    FIELD = serializers.SlugRelatedField(slug_field="ATTRIBUTE", read_only=True)

    class Meta:
        model = MODEL
        fields = "__all__"


class MODELList(generics.ListAPIView):
    permission_classes = [permissions.IsAuthenticated]
    serializer_class = MODELSerializer

    def get_queryset(self):
        return MODEL.objects.order_by("-pk"){MARK}
""",
    "nested": f"""\
class FIELDSerializer(serializers.Serializer):
    name = serializers.CharField(source="ATTRIBUTE")


class MODELSerializer(serializers.ModelSerializer):
    FIELD = FIELDSerializer(read_only=True)

    class Meta:
        model = MODEL
        fields = ("pk", "FIELD")


class MODELList(APIView):
    permission_classes = [permissions.IsAuthenticated]

    def get(self, request):
        rows = MODEL.objects.filter(pk__gt=request.GET.get("after", 0)){MARK}
        return Response(MODELSerializer(rows, many=True).data)
""",
    "method": f"""\
class MODELSerializer(serializers.ModelSerializer):
    label = serializers.SerializerMethodField()

    class Meta:
        model = MODEL
        fields = ("pk", "label")

    def get_label(self, obj):
        return str(obj.FIELD.ATTRIBUTE).title()


class MODELViewSet(viewsets.ReadOnlyModelViewSet):
    permission_classes = [permissions.IsAuthenticated]
    serializer_class = MODELSerializer
    queryset = MODEL.objects.order_by("pk"){MARK}
""",
    "depth": f"""\
class MODELSerializer(serializers.ModelSerializer):
    class Meta:
        model = MODEL
        fields = ("pk", "FIELD")
        depth = 1


class MODELViewSet(viewsets.ReadOnlyModelViewSet):
    permission_classes = [permissions.IsAuthenticated]
    serializer_class = MODELSerializer
    queryset = MODEL.objects.all(){MARK}
""",
}
REVERSE = f"""\
from MODULE import TARGET


class TARGETSerializer(serializers.ModelSerializer):
    class Meta:
        model = TARGET
        fields = ("pk", "CHILDREN")


class TARGETViewSet(viewsets.ReadOnlyModelViewSet):
    permission_classes = [permissions.IsAuthenticated]
    serializer_class = TARGETSerializer
    queryset = TARGET.objects.all(){MARK}
"""
MANY = {
    "many to many": f"""\
class MODELSerializer(serializers.ModelSerializer):
    class Meta:
        model = MODEL
        fields = ("pk", "FIELD")


class MODELViewSet(viewsets.ModelViewSet):
    permission_classes = [permissions.IsAuthenticated]
    serializer_class = MODELSerializer
    queryset = MODEL.objects.all(){MARK}
"""
}
