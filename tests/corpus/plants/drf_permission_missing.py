"""Views beside real models, of a site whose settings let anyone in."""

from collections.abc import Iterator

from tests.corpus.plants.django_n_plus_one import Relation
from tests.corpus.plants.drf_nested_n_plus_one import beside
from tests.corpus.source import Mutation, SourceFile

NEEDLES = ("ForeignKey(",)
MARK = "  # planted"
SETTINGS = b"""\
INSTALLED_APPS = ["django.contrib.auth", "django.contrib.contenttypes", "rest_framework"]
ROOT_URLCONF = "urls"
REST_FRAMEWORK = {"DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"]}
"""


def plants(file: SourceFile) -> Iterator[Mutation]:
    for mutation in beside(file, "{model}_open_{number}.py", shapes):
        yield from with_settings(file, mutation)


def with_settings(file: SourceFile, mutation: Mutation) -> Iterator[Mutation]:
    """The same with settings beside it, where there are no others."""
    root = file.project.root
    if not any(root.glob("manage.py")) and not any(root.glob("*/manage.py")):
        path = f"{mutation.scope}/settings.py"
        if not (root / path).exists() and not (root / mutation.scope / "settings").exists():
            yield mutation.beside((path, SETTINGS))


def shapes(_: Relation) -> dict[str, str]:
    return SHAPES


SHAPES = {
    "viewset": f"""\
class MODELSerializer(serializers.ModelSerializer):
    class Meta:
        model = MODEL
        fields = ["pk"]


class MODELViewSet(viewsets.ModelViewSet):{MARK}
    serializer_class = MODELSerializer
    queryset = MODEL.objects.order_by("pk")
""",
    "handlers": f"""\
class MODELChange(APIView):{MARK}
    def put(self, request, pk):
        MODEL.objects.filter(pk=pk).update(FIELD=request.data["FIELD"])
        return Response(status=204)
""",
    "base": f"""\
class BaseView(generics.GenericAPIView):
    throttle_classes = []


class FIELDList(BaseView):{MARK}
    def get(self, request):
        return Response(list(MODEL.objects.values_list("FIELD", flat=True)))
""",
    "function": f"""\
from rest_framework.decorators import api_view


@api_view(["GET", "POST"])
def FIELD_of(request, pk):{MARK}
    return Response({{"FIELD": MODEL.objects.get(pk=pk).FIELD_id}})
""",
}
