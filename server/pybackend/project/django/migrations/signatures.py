"""The field classes of Django: what their parameters are called, and which values they leave unsaid."""

from __future__ import annotations

from typing import NamedTuple

from .values import Value

_NAMES = ("verbose_name", "name")
_COMMON = (
    *_NAMES,
    *("primary_key", "max_length", "unique", "blank", "null", "db_index", "rel", "default", "editable"),
    *("serialize", "unique_for_date", "unique_for_month", "unique_for_year", "choices", "help_text"),
    *("db_column", "db_tablespace", "auto_created", "validators", "error_messages", "db_comment"),
    "db_default",
)
_DEFAULTS: dict[str, Value] = {
    **dict.fromkeys(("primary_key", "unique", "blank", "null", "db_index", "auto_created"), False),
    **dict.fromkeys(("editable", "serialize"), True),
    **dict.fromkeys(("unique_for_date", "unique_for_month", "unique_for_year", "choices", "verbose_name")),
    **dict.fromkeys(("max_length", "db_column", "db_tablespace", "error_messages", "db_comment")),
    "help_text": "",
    "validators": [],
}


class Signature(NamedTuple):
    """How a field is written: parameters in order, values that are not said, values that are filled in.

    What is `silent` is never said; `falsy` options are said only where they are true.
    """

    positions: tuple[str, ...] = _COMMON
    defaults: dict[str, Value] = {}  # noqa: RUF012
    filled: dict[str, Value] = {}  # noqa: RUF012
    silent: frozenset[str] = frozenset()
    falsy: frozenset[str] = frozenset()

    def leaves_out(self, name: str, value: Value) -> bool:
        """Whether an option goes without saying."""
        if name in self.silent or name in ("name", "rel"):
            return True
        if name in self.falsy:
            return not value
        defaults = self.defaults if name in self.defaults else _DEFAULTS
        return name in defaults and type(value) is type(defaults[name]) and value == defaults[name]


def _names(*others: str) -> tuple[str, ...]:
    return (*_NAMES, *others)


_TEXT = Signature(falsy=frozenset({"db_collation"}))
_AUTO = Signature(filled={"primary_key": True}, silent=frozenset({"blank"}))
_TIME = Signature(_names("auto_now", "auto_now_add"), falsy=frozenset({"auto_now", "auto_now_add"}))
_RELATED = frozenset({"limit_choices_to"})
_REFERENCE: dict[str, Value] = {
    "db_index": True,
    "db_constraint": True,
    "parent_link": False,
    "swappable": True,
}
_UNSAID: dict[str, Value] = dict.fromkeys(("related_name", "related_query_name", "to_field", "on_delete"))
_FOREIGN = (
    "to",
    "on_delete",
    "related_name",
    "related_query_name",
    "limit_choices_to",
    "parent_link",
    "to_field",
)
_MANY = (
    *("to", "related_name", "related_query_name", "limit_choices_to", "symmetrical", "through"),
    *("through_fields", "db_constraint", "db_table"),
)
_GEOMETRY = Signature(
    ("verbose_name", "dim", "geography"),
    {"spatial_index": True, "dim": 2, "geography": False, "tolerance": 0.05},
    {"srid": 4326},
)
_PLACED: dict[str, Value] = {"max_length": 100}

_SIGNATURES: dict[str, Signature] = {
    **dict.fromkeys(("CharField", "TextField", "CommaSeparatedIntegerField"), _TEXT),
    **dict.fromkeys(("AutoField", "BigAutoField", "SmallAutoField"), _AUTO),
    **dict.fromkeys(("DateField", "DateTimeField", "TimeField"), _TIME),
    "EmailField": Signature(filled={"max_length": 254}, falsy=frozenset({"db_collation"})),
    "URLField": Signature(defaults={"max_length": 200}, falsy=frozenset({"db_collation"})),
    "SlugField": Signature(
        defaults={"max_length": 50, "db_index": True, "allow_unicode": False},
        falsy=frozenset({"db_collation"}),
    ),
    "DecimalField": Signature(
        _names("max_digits", "decimal_places"), dict.fromkeys(("max_digits", "decimal_places"))
    ),
    "FileField": Signature(_names("upload_to", "storage"), _PLACED, {"upload_to": ""}),
    "ImageField": Signature(
        _names("width_field", "height_field"),
        _PLACED,
        {"upload_to": ""},
        falsy=frozenset({"width_field", "height_field"}),
    ),
    "FilePathField": Signature(
        _names("path", "match", "recursive", "allow_files", "allow_folders"),
        {
            **_PLACED,
            "path": "",
            "match": None,
            "recursive": False,
            "allow_files": True,
            "allow_folders": False,
        },
    ),
    "BinaryField": Signature(defaults={"editable": False}),
    "UUIDField": Signature(silent=frozenset({"max_length"})),
    "NullBooleanField": Signature(silent=frozenset({"null", "blank"})),
    "IPAddressField": Signature(silent=frozenset({"max_length"})),
    "GenericIPAddressField": Signature(
        _names("protocol", "unpack_ipv4"),
        {"protocol": "both", "unpack_ipv4": False},
        silent=frozenset({"max_length"}),
    ),
    "JSONField": Signature(_names("encoder", "decoder"), dict.fromkeys(("encoder", "decoder"))),
    "ForeignKey": Signature((*_FOREIGN, "db_constraint"), {**_REFERENCE, **_UNSAID}, falsy=_RELATED),
    "OneToOneField": Signature(
        ("to", "on_delete", "to_field"),
        {**_REFERENCE, **_UNSAID},
        silent=frozenset({"unique"}),
        falsy=_RELATED,
    ),
    "ManyToManyField": Signature(
        _MANY,
        {"db_constraint": True, "db_table": None, "through": None, "through_fields": None, **_UNSAID},
        silent=frozenset({"symmetrical", "swappable"}),
        falsy=_RELATED,
    ),
    "ArrayField": Signature(("base_field", "size"), {"size": None}),
    "GeneratedField": Signature((), silent=frozenset({"blank", "editable"})),
    **dict.fromkeys(
        ("GeometryField", "PointField", "LineStringField", "PolygonField", "MultiPointField"), _GEOMETRY
    ),
    **dict.fromkeys(("MultiLineStringField", "MultiPolygonField", "GeometryCollectionField"), _GEOMETRY),
    **dict.fromkeys(
        ("DecimalRangeField", "DateTimeRangeField"), Signature(defaults={"default_bounds": "[)"})
    ),
}
_PLAIN = Signature()
_HOMES = ("django.db.models.", "django.contrib.postgres.", "django.contrib.gis.db.models.")
_OTHERS = frozenset({"ForeignObject", "CompositePrimaryKey", "RasterField", "OrderWrt"})

REFERENCES = frozenset({"ForeignKey", "OneToOneField"})
RELATIONS = REFERENCES | {"ManyToManyField"}


def family_of(path: str) -> str | None:
    """The name of a field class of Django's; None for any other path, and for the odd ones."""
    if not path.startswith(_HOMES):
        return None
    name = path.rpartition(".")[2]
    is_field = (name.endswith("Field") or name == "ForeignKey") and name not in _OTHERS
    return name if is_field and name not in ("GenericForeignKey", "GenericRelation") else None


def signature_of(family: str) -> Signature:
    """How fields of a class of Django's are written."""
    return _SIGNATURES.get(family, _PLAIN)
