"""Viewsets beside real models that a router is given without a name for them."""

from collections.abc import Iterator

from tests.corpus.plants.django_n_plus_one import Relation
from tests.corpus.plants.drf_nested_n_plus_one import beside
from tests.corpus.source import Mutation, SourceFile

NEEDLES = ("ForeignKey(",)
MARK = "  # planted"


def plants(file: SourceFile) -> Iterator[Mutation]:
    return beside(file, "{model}_routes_{number}.py", shapes)


def shapes(_: Relation) -> dict[str, str]:
    return SHAPES


SHAPES = {
    "plain viewset": f"""\
from rest_framework.routers import DefaultRouter


class MODELViewSet(viewsets.ViewSet):
    permission_classes = [permissions.IsAuthenticated]

    def list(self, request):
        return Response({{"count": MODEL.objects.count()}})


router = DefaultRouter()
router.register(r"FIELD", MODELViewSet){MARK}
urlpatterns = router.urls
""",
    "rows by method": f"""\
from rest_framework import routers


class MODELViewSet(viewsets.ModelViewSet):
    permission_classes = [permissions.IsAuthenticated]

    def get_queryset(self):
        return MODEL.objects.filter(FIELD__isnull=False)


api = routers.SimpleRouter(trailing_slash=False)
api.register("rows/FIELD", viewset=MODELViewSet){MARK}
""",
    "base": f"""\
from rest_framework import mixins, routers


class Base(viewsets.GenericViewSet):
    permission_classes = [permissions.IsAuthenticated]

    def get_queryset(self):
        return self.model.objects.order_by("pk")


class MODELViewSet(mixins.ListModelMixin, Base):
    model = MODEL


def make_router() -> routers.DefaultRouter:
    router = routers.DefaultRouter()
    router.register("FIELD", MODELViewSet){MARK}
    return router
""",
}
