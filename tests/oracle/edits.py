"""Edits of models, of every kind: what `makemigrations` takes note of, and what it does not.

Each function gives the new text of the file, or None where the place does not lend itself to the edit.
"""

from __future__ import annotations

import ast
from collections.abc import Callable

from tests.oracle.places import Field, Model

FieldEdit = Callable[[Field], "str | None"]
ModelEdit = Callable[[Model], "str | None"]

_TEXTS = ("CharField", "TextField", "SlugField", "EmailField", "URLField")
_NUMBERS = (
    "IntegerField",
    "PositiveIntegerField",
    "PositiveSmallIntegerField",
    "BigIntegerField",
    "SmallIntegerField",
)
_PLAIN = (*_TEXTS, *_NUMBERS, "BooleanField", "DateField", "DateTimeField", "DecimalField")
_TO_ONE = ("ForeignKey", "OneToOneField")
_WIDER = {"CharField": "TextField", "IntegerField": "BigIntegerField", "DateField": "DateTimeField"}
_WIDER |= {
    "PositiveIntegerField": "PositiveBigIntegerField",
    "SlugField": "CharField",
    "TextField": "JSONField",
}


def option(name: str, code: str, kinds: tuple[str, ...] = ()) -> FieldEdit:
    """Set an option to what it is not set to yet."""

    def edit(field: Field) -> str | None:
        if kinds and field.kind not in kinds:
            return None
        keyword = field.keywords.get(name)
        return None if keyword and ast.unparse(keyword.value) == code else field.setting(name, code)

    return edit


def toggled(name: str, default: bool, kinds: tuple[str, ...] = ()) -> FieldEdit:
    def edit(field: Field) -> str | None:
        if kinds and field.kind not in kinds:
            return None
        value = default if name not in field.keywords else field.given(name)
        is_fit = isinstance(value, bool) and "primary_key" not in field.keywords
        return field.setting(name, repr(not value)) if is_fit else None

    return edit


def longer(field: Field) -> str | None:
    value = field.given("max_length")
    return field.setting("max_length", str(value + 7)) if isinstance(value, int) else None


def named(field: Field) -> str | None:
    if field.kind in _PLAIN and field.call.args:
        return field.file.replaced((*field.file.span(field.call.args[0]), '"edited name"'))
    return field.setting("verbose_name", '"edited name"')


def defaulted(field: Field) -> str | None:
    codes = dict.fromkeys(_TEXTS, '"edited"') | dict.fromkeys(_NUMBERS, "41") | {"DecimalField": '"4.10"'}
    if field.kind == "BooleanField":
        return field.setting("default", repr(field.given("default") is not True))
    code = codes.get(field.kind)
    return field.setting("default", code) if code and "primary_key" not in field.keywords else None


def chosen(field: Field) -> str | None:
    code = (
        '[("a", "Edited"), ("b", "Other")]' if field.kind == "CharField" else '[(1, "Edited"), (2, "Other")]'
    )
    return field.setting("choices", code) if field.kind in ("CharField", *_NUMBERS) else None


def validated(field: Field) -> str | None:
    if field.kind not in (*_TEXTS, *_NUMBERS):
        return None
    name = "MinLengthValidator" if field.kind in _TEXTS else "MaxValueValidator"
    text = field.setting("validators", f"[{name}(3)]")
    return field.file.importing(text, f"from django.core.validators import {name}")


def kept(field: Field) -> str | None:
    """Another `on_delete`."""
    value = field.keywords.get("on_delete")
    code = ast.unparse(value.value) if value else ""
    if not code.startswith("models."):
        return None
    return field.setting("on_delete", "models.PROTECT" if code != "models.PROTECT" else "models.DO_NOTHING")


def retargeted(field: Field) -> str | None:
    """Points to the model itself."""
    is_fit = field.kind in (*_TO_ONE, "ManyToManyField") and field.call.args
    code = ast.unparse(field.call.args[0]) if is_fit else "'self'"
    if code == "'self'" or "through" in field.keywords:
        return None
    return field.file.replaced((*field.file.span(field.call.args[0]), '"self"'))


def of_class(field: Field) -> str | None:
    code = field.file.code(field.call.func)
    wider = "OneToOneField" if code == "models.ForeignKey" else _WIDER.get(code.removeprefix("models."))
    if not code.startswith("models.") or wider is None:
        return None
    return field.file.replaced((*field.file.span(field.call.func), f"models.{wider}"))


def many(field: Field) -> str | None:
    """A to-one relation becomes one to many."""
    if field.file.code(field.call.func) != "models.ForeignKey" or not field.call.args:
        return None
    target = field.file.code(field.call.args[0])
    code = f'models.ManyToManyField({target}, related_name="+")'
    return field.file.replaced((*field.file.span(field.call), code))


def renamed(field: Field) -> str | None:
    start = field.file.span(field.node)[0]
    return field.file.replaced((start, start + len(field.name), f"{field.name}_edited"))


def removed(field: Field) -> str | None:
    return field.file.without(field.node)


def moved(field: Field) -> str | None:
    """Stands behind the next field, which changes nothing."""
    fields = field.model.fields
    position = fields.index(field)
    if position + 1 == len(fields):
        return None
    other = fields[position + 1]
    file = field.file
    return file.replaced(
        (*file.span(field.node), file.code(other.node)), (*file.span(other.node), file.code(field.node))
    )


def spelled(field: Field) -> str | None:
    """A text in two parts, which is the same text."""
    keyword = field.keywords.get("help_text") or field.keywords.get("related_name")
    value = keyword.value if keyword else None
    if not isinstance(value, ast.Constant) or not isinstance(value.value, str) or len(value.value) < 4:
        return None
    halves = value.value[:2], value.value[2:]
    return field.file.replaced((*field.file.span(value), f"{halves[0]!r} + {halves[1]!r}"))


def in_constant(field: Field) -> str | None:
    """An option whose value moves to a constant of the module."""
    keyword = field.keywords.get("max_length")
    if keyword is None or not isinstance(keyword.value, ast.Constant):
        return None
    text = field.file.replaced((*field.file.span(keyword.value), "EDITED_LENGTH"))
    first = next(s for s in field.file.tree.body if isinstance(s, (ast.ClassDef, ast.If)))
    lines = text.splitlines(keepends=True)
    at = min([first.lineno, *(d.lineno for d in getattr(first, "decorator_list", []))]) - 1
    return "".join([*lines[:at], f"EDITED_LENGTH = {keyword.value.value!r}\n", *lines[at:]])


def explicit(name: str, code: str, kinds: tuple[str, ...]) -> FieldEdit:
    """An option said that goes without saying."""
    return lambda f: (
        f.setting(name, code) if name not in f.keywords and f.kind in kinds and not f.call.args else None
    )


FIELD_EDITS: dict[str, FieldEdit] = {
    "max_length": longer,
    "help_text": option("help_text", '"Edited help."'),
    "verbose_name": named,
    "null": toggled("null", False, (*_PLAIN, *_TO_ONE)),
    "blank": toggled("blank", False),
    "unique": toggled("unique", False, _PLAIN),
    "db_index": toggled("db_index", False, _PLAIN),
    "editable": toggled("editable", True),
    "default": defaulted,
    "choices": chosen,
    "validators": validated,
    "error_messages": option("error_messages", '{"required": "Edited."}'),
    "db_column": option("db_column", '"edited_column"', (*_PLAIN, *_TO_ONE)),
    "db_comment": option("db_comment", '"Edited."', _PLAIN),
    "on_delete": kept,
    "related_name": option(
        "related_name", '"edited_%(class)s"', (*_TO_ONE, "ManyToManyField", "ParentalKey")
    ),
    "related_query_name": option("related_query_name", '"edited"', _TO_ONE),
    "limit_choices_to": option("limit_choices_to", '{"pk__gt": 3}', _TO_ONE),
    "db_constraint": option("db_constraint", "False", _TO_ONE),
    "db_table of relation": option("db_table", '"edited_rows"', ("ManyToManyField",)),
    "upload_to": option("upload_to", '"edited"', ("FileField", "ImageField")),
    "target": retargeted,
    "class": of_class,
    "to many": many,
    "field renamed": renamed,
    "field removed": removed,
    "fields swapped": moved,
    "text in parts": spelled,
    "value in constant": in_constant,
    "null said": explicit("null", "False", _PLAIN),
    "help_text said": explicit("help_text", '""', (*_PLAIN, *_TO_ONE)),
    "editable said": explicit("editable", "True", (*_PLAIN, *_TO_ONE)),
}


# Models


def behind(code: str) -> ModelEdit:
    """Lines behind the first field; NAME stands for the model."""
    return lambda model: model.file.after(model.fields[0].node, code.replace("NAME", model.node.name))


def with_option(name: str, code: str) -> ModelEdit:
    """An option of Meta that is not given yet. FIRST and SECOND stand for fields, LINK for a relation."""

    def edit(model: Model) -> str | None:
        names = [field.name for field in model.fields if field.kind in _PLAIN]
        links = [field.name for field in model.fields if field.kind in _TO_ONE]
        told = {"FIRST": names[:1], "SECOND": names[1:2], "LINK": links[:1]}
        line = f"{name} = {code}"
        for word, found in told.items():
            if word in line and not found:
                return None
            line = line.replace(word, found[0] if found else "")
        if model.meta is None:
            bases = [ast.unparse(base) for base in model.node.bases]
            return (
                model.file.after(model.node.body[-1], f"class Meta:\n    {line}")
                if bases == ["models.Model"]
                else None
            )
        return model.file.after(model.meta.body[-1], line) if name not in model.options else None

    return edit


def other_option(name: str, code: str) -> ModelEdit:
    """An option of Meta that is given, with another value; without the option where there is no code."""

    def edit(model: Model) -> str | None:
        found = model.options.get(name)
        if found is None or model.meta is None or (not code and len(model.meta.body) == 1):
            return None
        if not code:
            return model.file.without(found)
        return model.file.replaced((*model.file.span(found.value), code))

    return edit


def fewer(name: str) -> ModelEdit:
    """A list of Meta without its last element."""

    def edit(model: Model) -> str | None:
        found = model.options.get(name)
        value = found.value if found is not None else None
        if not isinstance(value, ast.List) or not value.elts:
            return None
        kept = ", ".join(model.file.code(element) for element in value.elts[:-1])
        return model.file.replaced((*model.file.span(value), f"[{kept}]"))

    return edit


def beside(code: str) -> ModelEdit:
    """Lines at the end of the file; NAME stands for the model."""
    return lambda model: f"{model.file.text}\n\n{code.replace('NAME', model.node.name)}\n"


def managed_by(code: str) -> ModelEdit:
    """A manager, and its class before the model, where the model has none of its own."""

    def edit(model: Model) -> str | None:
        has_other = any("anager" in model.file.code(s) for s in model.node.body if isinstance(s, ast.Assign))
        if has_other or model.node not in model.file.tree.body or model.node.decorator_list:
            return None
        start = model.file.lines(model.node)[0]
        text = model.file.after(model.fields[0].node, "objects = EditedManager()")
        return text.encode()[:start].decode() + f"{code}\n\n\n" + text.encode()[start:].decode()

    return edit


def extended(model: Model) -> str | None:
    """Derives from a new abstract class, which brings a field."""
    start = model.file.lines(model.node)[0]
    if model.node.decorator_list or not model.node.bases or model.node not in model.file.tree.body:
        return None
    base = model.file.span(model.node.bases[0])[0]
    text = model.file.replaced((base, base, "EditedBase, "))
    code = f'{_ABSTRACT}\n    edited_note = models.TextField(default="")'
    return text.encode()[:start].decode() + f"{code}\n\n\n" + text.encode()[start:].decode()


_ABSTRACT = "class EditedBase(models.Model):\n    class Meta:\n        abstract = True\n"
_KEPT = "class EditedManager(models.Manager):\n    use_in_migrations = True"
_LINK = 'edited_link = models.ForeignKey("self", models.CASCADE, null=True, related_name="+")'
_UNKEPT = "class EditedManager(models.Manager):\n    pass"

MODEL_EDITS: dict[str, ModelEdit] = {
    "text field added": behind('edited_text = models.CharField(max_length=9, default="")'),
    "link added": behind(_LINK),
    "links added": behind('edited_links = models.ManyToManyField("self", related_name="+")'),
    "many fields added": behind(
        "edited_on = models.DateField(null=True)\nedited_by = models.JSONField(default=dict)"
    ),
    "ordering": with_option("ordering", '["-FIRST"]'),
    "ordering changed": other_option("ordering", '["-pk"]'),
    "ordering removed": other_option("ordering", ""),
    "model verbose_name": with_option("verbose_name", '"edited thing"'),
    "model verbose_name changed": other_option("verbose_name", '"edited thing"'),
    "verbose_name_plural changed": other_option("verbose_name_plural", '"edited things"'),
    "verbose_name removed": other_option("verbose_name_plural", ""),
    "unique_together": with_option("unique_together", '[("FIRST", "SECOND")]'),
    "unique_together removed": other_option("unique_together", "()"),
    "index": with_option("indexes", '[models.Index(fields=["FIRST"])]'),
    "named index": with_option("indexes", '[models.Index(fields=["FIRST", "-SECOND"], name="edited_index")]'),
    "index removed": fewer("indexes"),
    "constraint": with_option(
        "constraints", '[models.UniqueConstraint(fields=["FIRST", "SECOND"], name="edited_unique")]'
    ),
    "constraint removed": fewer("constraints"),
    "db_table": with_option("db_table", '"edited_table"'),
    "db_table_comment": with_option("db_table_comment", '"Edited."'),
    "managed": with_option("managed", "False"),
    "permissions": with_option("permissions", '[("edit", "Can edit")]'),
    "default_permissions": with_option("default_permissions", '("add",)'),
    "get_latest_by": with_option("get_latest_by", '"FIRST"'),
    "default_related_name": with_option("default_related_name", '"edited_rows"'),
    "order_with_respect_to": with_option("order_with_respect_to", '"LINK"'),
    "model added": beside("class EditedRow(models.Model):\n    title = models.CharField(max_length=9)"),
    "unmanaged model added": beside(
        "class EditedView(models.Model):\n    class Meta:\n        managed = False"
    ),
    "proxy added": beside("class EditedProxy(NAME):\n    class Meta:\n        proxy = True"),
    "child added": beside(
        'class EditedChild(NAME):\n    edited_title = models.CharField(max_length=9, default="")'
    ),
    "manager kept": managed_by(_KEPT),
    "base added": extended,
    "manager": managed_by(_UNKEPT),
    "method": behind('def edited_method(self):\n    return "edited"'),
    "property": behind('@property\ndef edited_property(self):\n    return "edited"'),
    "attribute": behind('EDITED = "edited"'),
    "inner class": behind("class Edited:\n    pass"),
    "comment": behind("# edited = models.TextField()"),
    "function beside": beside("def edited(value):\n    return value"),
    "abstract model beside": beside(f"{_ABSTRACT}\n    edited_title = models.TextField()"),
    "annotation": behind("edited: str"),
}
