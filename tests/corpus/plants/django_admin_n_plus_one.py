"""Admin classes for models of a real project that show what the change list does not load."""

from collections.abc import Iterator

from tests.corpus.plants.django_n_plus_one import Relation
from tests.corpus.plants.drf_nested_n_plus_one import MARK, beside
from tests.corpus.source import Mutation, SourceFile

NEEDLES = ("ForeignKey(",)


def plants(file: SourceFile) -> Iterator[Mutation]:
    return beside(file, "admin_{model}_{number}.py", shapes, HEAD)


def shapes(relation: Relation) -> dict[str, str]:
    if relation.kind == "ManyToManyField":
        return MANY
    if relation.kind != "ForeignKey":
        return FORWARD
    return FORWARD | {"inline": INLINE} | ({"reverse": REVERSE} if relation.reverse else {})


HEAD = """\
from django.contrib import admin

from MODULE import MODEL


"""
FORWARD = {
    "method": f"""\
@admin.register(MODEL)
class MODELAdmin(admin.ModelAdmin):
    list_display = ("pk", "shown"){MARK}
    search_fields = ("pk",)

    @admin.display(description="FIELD", ordering="FIELD__pk")
    def shown(self, obj):
        return obj.FIELD.ATTRIBUTE
""",
    "link": f"""\
class MODELAdmin(admin.ModelAdmin):
    list_display = [
        "pk",
        "link_to_FIELD",{MARK}
    ]
    list_per_page = 50

    def get_queryset(self, request):
        rows = super().get_queryset(request)
        return rows.order_by("-pk")

    def link_to_FIELD(self, obj):
        return format_html('<a href="{{}}">{{}}</a>', obj.FIELD_id, obj.FIELD)

    link_to_FIELD.short_description = "FIELD"


admin.site.register(MODEL, MODELAdmin)
""".replace("class MODELAdmin", "from django.utils.html import format_html\n\n\nclass MODELAdmin", 1),
    "path": f"""\
class MODELAdmin(admin.ModelAdmin):
    list_display = ("pk", "FIELD__ATTRIBUTE"){MARK}
    ordering = ("pk",)


admin.site.register(MODEL, MODELAdmin)
""",
    "function": f"""\
def shown(row):
    return row.FIELD.ATTRIBUTE


class MODELAdmin(admin.ModelAdmin):
    list_display = ("pk", shown){MARK}


admin.site.register(MODEL, MODELAdmin)
""",
}
INLINE = f"""\
class MODELInline(admin.TabularInline):
    model = MODEL
    extra = 0
    fields = ("shown",)
    readonly_fields = ("shown",){MARK}

    def shown(self, obj):
        return obj.FIELD.ATTRIBUTE
"""
REVERSE = f"""\
from MODULE import TARGET


@admin.register(TARGET)
class TARGETAdmin(admin.ModelAdmin):
    list_display = ("pk", "number"){MARK}

    def number(self, obj):
        return obj.CHILDREN.count()
"""
MANY = {
    "many to many": f"""\
@admin.register(MODEL)
class MODELAdmin(admin.ModelAdmin):
    list_display = ("pk", "names"){MARK}

    def names(self, obj):
        return ", ".join(str(one) for one in obj.FIELD.all())
"""
}
