"""What Pydantic 2 made of version 1's names: the table that the families share."""

from __future__ import annotations

from typing import NamedTuple

MODEL_BASES = frozenset(
    {
        *("pydantic.BaseModel", "pydantic.main.BaseModel", "pydantic.RootModel", "pydantic.BaseSettings"),
        *("pydantic.generics.GenericModel", "pydantic.GenericModel", "pydantic.env_settings.BaseSettings"),
        *("pydantic_settings.BaseSettings", "sqlmodel.SQLModel", "sqlmodel.main.SQLModel"),
    }
)
SETTINGS_BASES = frozenset(base for base in MODEL_BASES if base.endswith(".BaseSettings"))
V2_NAMES = frozenset(
    {
        *(
            "ConfigDict",
            "RootModel",
            "TypeAdapter",
            "ValidationInfo",
            "FieldSerializationInfo",
            "AliasChoices",
        ),
        *("field_validator", "model_validator", "field_serializer", "model_serializer", "computed_field"),
        *("validate_call", "BeforeValidator", "AfterValidator", "PlainSerializer", "WrapValidator"),
        *(
            "AliasPath",
            "SerializeAsAny",
            "ImportString",
            "PlainValidator",
            "WrapSerializer",
            "WithJsonSchema",
        ),
    }
)
"""Names that only code for Pydantic 2 imports."""

V2_METHODS = frozenset(
    {
        *("model_dump", "model_dump_json", "model_validate", "model_validate_json", "model_copy"),
        *("model_construct", "model_json_schema", "model_rebuild", "model_fields", "model_fields_set"),
    }
)


class Method(NamedTuple):
    """A method of version 1. `is_safe` where only the name changed."""

    new: str
    is_safe: bool
    on_class: bool = True


METHODS = {
    "dict": Method("model_dump", True, False),
    "json": Method("model_dump_json", False, False),
    "copy": Method("model_copy", True, False),
    "construct": Method("model_construct", True),
    "parse_obj": Method("model_validate", True),
    "parse_raw": Method("model_validate_json", False),
    "parse_file": Method("model_validate_json", False),
    "from_orm": Method("model_validate", False),
    "schema": Method("model_json_schema", True),
    "schema_json": Method("model_json_schema", False),
    "validate": Method("model_validate", False),
    "update_forward_refs": Method("model_rebuild", True),
}
MAKERS = frozenset(
    {
        *("construct", "parse_obj", "parse_raw", "parse_file", "from_orm", "validate", "copy"),
        *("model_construct", "model_validate", "model_validate_json", "model_copy"),
    }
)
"""Methods that give an instance of the model."""

ATTRIBUTES = {
    "__fields__": "model_fields",
    "__fields_set__": "model_fields_set",
    "__root__": "root",
    "__config__": "",
    "__validators__": "",
    "__json_encoder__": "",
}
"""Attributes of version 1 and what they are now; those without a successor raise AttributeError."""

FAILING_KEYWORDS = {
    "dict": frozenset({"skip_defaults"}),
    "json": frozenset(
        {
            *("encoder", "models_as_dict", "indent", "separators", "sort_keys", "ensure_ascii", "default"),
            *("skipkeys", "check_circular", "allow_nan", "cls", "skip_defaults"),
        }
    ),
}
"""Keywords for which the old method raises TypeError."""

CONFIG_KEYS = {
    "orm_mode": "from_attributes",
    "allow_population_by_field_name": "validate_by_name",
    "anystr_lower": "str_to_lower",
    "anystr_upper": "str_to_upper",
    "anystr_strip_whitespace": "str_strip_whitespace",
    "min_anystr_length": "str_min_length",
    "max_anystr_length": "str_max_length",
    "schema_extra": "json_schema_extra",
    "validate_all": "validate_default",
    "keep_untouched": "ignored_types",
    "allow_mutation": "frozen",
}
"""Keys of `class Config` under their new names; the old ones have no effect."""

REMOVED_KEYS = frozenset(
    {
        *("fields", "getter_dict", "smart_union", "error_msg_templates", "underscore_attrs_are_private"),
        *("json_loads", "json_dumps", "copy_on_model_validation", "post_init_call"),
    }
)
"""Keys that have no effect and no successor."""

FIELD_KEYWORDS = {
    "regex": "pattern",
    "min_items": "min_length",
    "max_items": "max_length",
    "allow_mutation": "frozen",
}
CONSTRAINED = {
    "constr": frozenset({"regex"}),
    "conlist": frozenset({"min_items", "max_items", "unique_items"}),
    "conset": frozenset({"min_items", "max_items"}),
    "confrozenset": frozenset({"min_items", "max_items"}),
}
"""Keywords that these functions no longer take."""

KNOWN_FIELD_KEYWORDS = frozenset(
    {
        *("default", "default_factory", "alias", "alias_priority", "validation_alias", "serialization_alias"),
        *("title", "field_title_generator", "description", "examples", "exclude", "exclude_if"),
        *("discriminator", "deprecated", "json_schema_extra", "frozen", "validate_default", "repr", "init"),
        *("init_var", "kw_only", "pattern", "strict", "coerce_numbers_to_str", "gt", "ge", "lt", "le"),
        *("multiple_of", "allow_inf_nan", "max_digits", "decimal_places", "min_length", "max_length"),
        *("union_mode", "fail_fast", "include", "const", "unique_items", *FIELD_KEYWORDS),
    }
)

FUNCTIONS = {
    "parse_obj_as": "TypeAdapter(...).validate_python",
    "parse_raw_as": "TypeAdapter(...).validate_json",
    "parse_file_as": "TypeAdapter(...).validate_json",
    "schema_of": "TypeAdapter(...).json_schema",
    "schema_json_of": "TypeAdapter(...).json_schema",
}
FUNCTION_HOMES = frozenset({"pydantic", "pydantic.tools"})
FAILING_FUNCTIONS = frozenset({"parse_raw_as", "parse_file_as"})

MOVED_IMPORTS = {
    "pydantic.BaseSettings": ("pydantic_settings.BaseSettings", True),
    "pydantic.env_settings.BaseSettings": ("pydantic_settings.BaseSettings", True),
    "pydantic.error_wrappers.ValidationError": ("pydantic.ValidationError", False),
    "pydantic.Color": ("pydantic_extra_types.color.Color", True),
    "pydantic.color.Color": ("pydantic_extra_types.color.Color", False),
    "pydantic.PaymentCardNumber": ("pydantic_extra_types.payment.PaymentCardNumber", False),
    "pydantic.PyObject": ("pydantic.ImportString", False),
    "pydantic.types.PyObject": ("pydantic.ImportString", False),
    "pydantic.GenericModel": ("pydantic.BaseModel", True),
    "pydantic.generics.GenericModel": ("pydantic.BaseModel", False),
    "pydantic.fields.ModelField": ("pydantic.fields.FieldInfo", True),
    "pydantic.validate_model": ("pydantic.TypeAdapter", True),
    "pydantic.main.validate_model": ("pydantic.TypeAdapter", True),
}
"""Where a name is now, and whether importing it from the old place fails."""

REMOVED_NAMES = frozenset(
    {
        *("ConstrainedBytes", "ConstrainedDate", "ConstrainedDecimal", "ConstrainedFloat"),
        *("ConstrainedFrozenSet", "ConstrainedInt", "ConstrainedList", "ConstrainedSet", "ConstrainedStr"),
        *("NoneStr", "NoneBytes", "NoneStrBytes", "StrBytes", "Required", "stricturl", "JsonWrapper"),
        *("compiled", "create_model_from_namedtuple", "create_model_from_typeddict", "Protocol"),
    }
)
"""Names of `pydantic` and `pydantic.types` whose import fails."""

REMOVED_IMPORTS = frozenset(
    {
        *("pydantic.error_wrappers.ErrorWrapper", "pydantic.ErrorWrapper", "pydantic.main.ModelMetaclass"),
        *("pydantic.fields.Undefined", "pydantic.errors.PydanticValueError", "pydantic.PydanticValueError"),
        *("pydantic.errors.PydanticTypeError", "pydantic.PydanticTypeError", "pydantic.schema.schema"),
        *("pydantic.schema.model_schema", "pydantic.datetime_parse.parse_datetime"),
        *("pydantic.env_settings.SettingsSourceCallable", "pydantic.validators.str_validator"),
    }
)
HOOKS = {
    "__get_validators__": ("__get_pydantic_core_schema__", False),
    "__modify_schema__": ("__get_pydantic_json_schema__", True),
}
"""Methods by which a type described itself, their successors, and whether they fail."""

WORDS = frozenset(
    {
        *METHODS,
        *ATTRIBUTES,
        *CONSTRAINED,
        *FUNCTIONS,
        *(
            "Field",
            "ConfigDict",
            "SettingsConfigDict",
            "model_config",
            "__root__",
            "allow",
            "forbid",
            "ignore",
        ),
        *("validator", "root_validator", "validate_arguments", "field_validator", "model_validator"),
        *(path.rpartition(".")[2] for path in (*MOVED_IMPORTS, *REMOVED_NAMES, *REMOVED_IMPORTS)),
    }
)
"""The names in code that any row of the table is about."""

NAMES = WORDS - {*METHODS, *ATTRIBUTES}
"""Those that do not stand behind a dot."""
