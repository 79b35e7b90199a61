"""A view of a real project's models, and a template that reads off its rows what the view does not load."""

from collections.abc import Iterator
from dataclasses import replace

from tests.corpus.plants.django_n_plus_one import Relation
from tests.corpus.plants.drf_nested_n_plus_one import beside
from tests.corpus.source import Mutation, SourceFile

NEEDLES = ("ForeignKey(",)
MARK = "  # planted"


def plants(file: SourceFile) -> Iterator[Mutation]:
    for mutation in beside(file, "pages_{model}_{number}.py", shapes, HEAD):
        directory, _, name = mutation.path.rpartition("/")
        text = mutation.text.decode().replace("PAGE", f"planted/{name.removesuffix('.py')}")
        views, pages = text.split(END)
        templates = [page.split("\n", 1) for page in pages.split("--- ")[1:]]
        others = [(f"{directory}/templates/{path}", written.encode()) for path, written in templates]
        yield replace(mutation, text=views.encode()).beside(*others)


def shapes(relation: Relation) -> dict[str, str]:
    if relation.kind == "ManyToManyField":
        return {kind: f"{text}{END}{MANY_PAGE}" for kind, text in VIEWS.items()}
    found = {kind: f"{text}{END}{page}" for (kind, text), page in zip(VIEWS.items(), PAGES, strict=True)}
    if relation.kind == "ForeignKey" and relation.reverse.isidentifier():
        found["reverse"] = f"{REVERSE}{END}{REVERSE_PAGE}"
    return found


END = "# templates\n"
HEAD = """\
from django.core.paginator import Paginator
from django.shortcuts import render
from django.template.loader import render_to_string
from django.views.generic import ListView

from MODULE import MODEL


"""
VIEWS = {
    "function": f"""\
def listing(request):
    rows = MODEL.objects.order_by("-pk"){MARK}
    return render(request, "PAGE.html", {{"rows": rows, "title": "All"}})
""",
    "context": f"""\
def mail(keys):
    context = {{}}
    context["rows"] = MODEL.objects.filter(pk__in=keys){MARK}
    return render_to_string("PAGE.html", context)
""",
    "page": f"""\
def paged(request):
    paginator = Paginator(MODEL.objects.order_by("pk"), 25){MARK}
    rows = paginator.get_page(request.GET.get("page"))
    return render(request, "PAGE.html", context={{"rows": rows}})
""",
    "list view": f"""\
class MODELRows(ListView):
    model = MODEL{MARK}
    context_object_name = "rows"
    template_name = "PAGE.html"
""",
    "queryset of a view": f"""\
class MODELRows(ListView):
    template_name = "PAGE.html"
    context_object_name = "rows"
    paginate_by = 50

    def get_queryset(self):
        return MODEL.objects.exclude(pk=self.kwargs["pk"]).order_by("-pk"){MARK}
""",
}
PAGES = [
    "--- PAGE.html\n{% for row in rows %}<li>{{ row.pk }} {{ row.FIELD.ATTRIBUTE }}</li>{% endfor %}\n",
    '--- PAGE.html\n{% for row in rows %}{% include "PAGE_row.html" with item=row only %}{% endfor %}\n'
    "--- PAGE_row.html\n<b>{{ item.FIELD.ATTRIBUTE|upper }}</b>\n",
    '--- PAGE.html\n{% extends "PAGE_base.html" %}\n{% block rows %}\n{% for row in rows %}\n'
    "{% with other=row.FIELD %}{{ other.ATTRIBUTE }}{% endwith %}\n{% endfor %}\n{% endblock %}\n"
    "--- PAGE_base.html\n<ul>{% block rows %}{% endblock %}</ul>\n",
    "--- PAGE.html\n{% for row in rows %}{% if row.FIELD.ATTRIBUTE %}x{% endif %}{% endfor %}\n",
    "--- PAGE.html\n{% for row in page_obj %}{% cycle 'a' 'b' %}{{ row.FIELD.ATTRIBUTE }}{% endfor %}\n",
]
MANY_PAGE = (
    "--- PAGE.html\n{% for row in rows %}\n"
    "{% for other in row.FIELD.all %}{{ other }}{% endfor %}\n{% endfor %}\n"
)
REVERSE = f"""\
def totals(request):
    from MODULE import TARGET

    rows = TARGET.objects.order_by("pk"){MARK}
    return render(request, "PAGE.html", dict(rows=rows))
"""
REVERSE_PAGE = "--- PAGE.html\n{% for row in rows %}{{ row.CHILDREN.count }}{% endfor %}\n"
