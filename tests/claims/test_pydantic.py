"""What the references say of Pydantic, seen in Pydantic itself."""

from __future__ import annotations

import importlib
import textwrap
import warnings
from typing import Any

import pytest
from pydantic import PydanticUserError, ValidationError

from pybackend.rules.pydantic.pydantic_v1_syntax import rows

HEADER = """
from typing import Any, Optional
import pydantic
from pydantic import BaseModel, ConfigDict, Extra, Field, conlist, conset, constr
from pydantic import field_validator, model_validator, parse_obj_as, root_validator, schema_of
from pydantic import validate_arguments, validator
from pydantic_settings import BaseSettings

class Item(BaseModel):
    name: str = "a"

item = Item()
"""


def run(code: str) -> tuple[dict[str, Any], list[str]]:
    """Run code after the header: its names, and the names of the warnings it gave."""
    names: dict[str, Any] = {"__name__": __name__}
    exec(HEADER, names)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        exec(textwrap.dedent(code), names)
    return names, [f"{type(w.message).__name__}: {w.message}" for w in caught]


DEPRECATED = [
    "item.dict()",
    "item.json()",
    "item.copy()",
    "Item.construct()",
    "Item.parse_obj({})",
    "Item.parse_raw('{}')",
    "Item.schema()",
    "Item.schema_json()",
    "Item.validate({})",
    "Item.update_forward_refs()",
    "Item.__fields__",
    "item.__fields_set__",
    "Extra.forbid",
    "parse_obj_as(int, '1')",
    "schema_of(int)",
    "validate_arguments(print)",
    "Field(min_items=1)",
    "Field(max_items=1)",
    "Field(allow_mutation=False)",
    "Field(example=1)",
    "Field(env='X')",
    "validator('a', allow_reuse=True)",
    "root_validator(pre=True)(lambda cls, values: values)",
    "import pydantic.generics; pydantic.generics.GenericModel",
    "import pydantic.error_wrappers; pydantic.error_wrappers.ValidationError",
    "pydantic.PyObject",
]


@pytest.mark.parametrize("code", DEPRECATED)
def test_deprecated(code: str) -> None:
    assert any(text.startswith("PydanticDeprecatedSince20") for text in run(code)[1])


FAILING = [
    ("item.dict(skip_defaults=True)", TypeError),
    *((f"item.json({name}=None)", TypeError) for name in ("indent", "encoder", "sort_keys", "separators")),
    ("Item.from_orm(item)", PydanticUserError),
    ("Item.update_forward_refs(X=int)", TypeError),
    ("Item.__config__", AttributeError),
    ("Item.__validators__", AttributeError),
    ("Item.__json_encoder__", AttributeError),
    ("Field(regex='a')", PydanticUserError),
    ("Field(const=True)", PydanticUserError),
    ("Field(unique_items=True)", PydanticUserError),
    ("constr(regex='a')", TypeError),
    ("conlist(int, min_items=1)", TypeError),
    ("conset(int, min_items=1)", TypeError),
    ("conlist(int, unique_items=True)", PydanticUserError),
    ("root_validator(lambda cls, values: values)", PydanticUserError),
    ("root_validator()", PydanticUserError),
    *((f"field_validator('a', {name}=True)", TypeError) for name in ("pre", "always", "each_item")),
    ("field_validator('a', allow_reuse=True)", TypeError),
    ("class Old(BaseModel, orm_mode=True): pass", TypeError),
    ("class Old(BaseModel): __root__: list[int]", PydanticUserError),
    (
        """
        class Both(BaseModel):
            model_config = ConfigDict(title="a")
            class Config:
                title = "b"
        """,
        PydanticUserError,
    ),
    (
        """
        class Old(BaseModel):
            a: int
            @validator("a")
            def check(cls, value, field):
                return value
        """,
        PydanticUserError,
    ),
    (
        """
        class Mixed(BaseModel):
            a: int
            b: int
            @field_validator("b")
            def check(cls, value, values):
                return values["a"]
        Mixed(a=1, b=2)
        """,
        TypeError,
    ),
    (
        """
        class Item(BaseModel):
            a: Optional[int]
        Item()
        """,
        ValidationError,
    ),
]


@pytest.mark.parametrize(("code", "error"), FAILING)
def test_failing(code: str, error: type[Exception]) -> None:
    with pytest.raises(error):
        run(code)


@pytest.mark.parametrize("key", sorted({*rows.CONFIG_KEYS, *rows.REMOVED_KEYS}))
def test_key_is_ignored(key: str) -> None:
    names, caught = run(f"class Old(BaseModel):\n    class Config:\n        {key} = True")
    new = rows.CONFIG_KEYS.get(key, "")
    assert any("Valid config keys have changed" in text for text in caught)
    assert new not in names["Old"].model_config
    if new not in ("", "frozen", "validate_by_name"):
        assert any(f"'{key}' has been renamed to '{new}'" in text for text in caught)


def test_class_config_works_but_env_does_not(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHOP_NAME", "set")
    code = """
    class Settings(BaseSettings):
        name: str = Field("default", env="SHOP_NAME")
        class Config:
            env_prefix = "OTHER_"

    class Renamed(BaseSettings):
        name: str = Field("default", validation_alias="SHOP_NAME")
    """
    names, caught = run(code)
    assert any("Support for class-based `config` is deprecated" in text for text in caught)
    assert names["Settings"].model_config["env_prefix"] == "OTHER_"
    assert names["Settings"]().name == "default"
    assert names["Renamed"]().name == "set"


@pytest.mark.parametrize("path", sorted(rows.MOVED_IMPORTS))
def test_moved(path: str) -> None:
    module, _, name = path.rpartition(".")
    _, fails = rows.MOVED_IMPORTS[path]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        if fails:
            with pytest.raises(Exception, match=name):
                getattr(importlib.import_module(module), name)
        else:
            assert getattr(importlib.import_module(module), name)


@pytest.mark.parametrize(
    "path", sorted({*rows.REMOVED_IMPORTS, *(f"pydantic.{n}" for n in rows.REMOVED_NAMES)})
)
def test_removed(path: str) -> None:
    module, _, name = path.rpartition(".")
    with pytest.raises(Exception, match=name):
        getattr(importlib.import_module(module), name)


@pytest.mark.parametrize("name", sorted(rows.V2_NAMES - {"ConfigDict"}))  # 1.10 has it, without a use
def test_only_version_2_has(name: str) -> None:
    from pydantic import v1

    assert hasattr(importlib.import_module("pydantic"), name)
    assert not hasattr(v1, name)


def test_rewritten_validators_mean_the_same() -> None:
    code = """
    class Old(BaseModel):
        a: int
        b: int
        @validator("b")
        def check(cls, value, values):
            return value + values["a"]

    class New(BaseModel):
        a: int
        b: int
        @field_validator("b")
        @classmethod
        def check(cls, value, info: pydantic.ValidationInfo):
            return value + info.data["a"]
    """
    names, _ = run(code)
    assert names["Old"](a=1, b=2).b == names["New"](a=1, b=2).b == 3


def test_attributes_are_read_on_request() -> None:
    names, caught = run("new = Item.model_validate(Item(name='b'), from_attributes=True)")
    assert names["new"].name == "b"
    assert caught == []
