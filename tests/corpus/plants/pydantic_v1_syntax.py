"""Pydantic 2 written back into its version 1 spelling."""

import ast
from collections.abc import Iterator

from tests.corpus.source import Mutation, SourceFile

NEEDLES = ("pydantic",)
BASES = {"pydantic.BaseModel", "pydantic_settings.BaseSettings"}
METHODS = {"model_dump": "dict", "model_dump_json": "json", "model_copy": "copy"}
CLASS_METHODS = {
    "model_validate": "parse_obj",
    "model_validate_json": "parse_raw",
    "model_construct": "construct",
    "model_rebuild": "update_forward_refs",
    "model_json_schema": "schema",
}
OLD_NAMES = {*METHODS.values(), *CLASS_METHODS.values()}
"""A model that has a method of such a name means its own."""
CONFIG_KEYS = {"from_attributes": "orm_mode", "populate_by_name": "allow_population_by_field_name"}


def plants(file: SourceFile) -> Iterator[Mutation]:
    if not file.is_application or "pydantic.v1" in file.data.decode():
        return
    models = model_classes(file)
    for name in models:
        yield from in_class(file, models[name])
    for node in ast.walk(file.tree):
        if isinstance(node, ast.Call):
            yield from renamed_call(file, node, set(models))
            yield from renamed_argument(file, node)
    for function in file.functions():
        yield from of_annotated_parameter(file, function, set(models))


def model_classes(file: SourceFile) -> dict[str, ast.ClassDef]:
    found: dict[str, ast.ClassDef] = {}
    for statement in file.tree.body:
        if isinstance(statement, ast.ClassDef):
            bases = {file.dotted(base) for base in statement.bases}
            own = {member.name for member in statement.body if isinstance(member, ast.FunctionDef)}
            if bases & (BASES | set(found)) and not own & OLD_NAMES:
                found[statement.name] = statement
    return found


def in_class(file: SourceFile, model: ast.ClassDef) -> Iterator[Mutation]:
    for member in model.body:
        match member:
            case ast.Assign(
                targets=[ast.Name(id="model_config")], value=ast.Call(args=[], keywords=keywords)
            ):
                yield from class_config(file, member, keywords)
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                yield from old_validator(file, member)
                yield from own_method(file, member)
            case _:
                pass


def class_config(file: SourceFile, member: ast.Assign, keywords: list[ast.keyword]) -> Iterator[Mutation]:
    if not keywords or not all(keyword.arg for keyword in keywords):
        return
    indent = " " * (member.col_offset + 4)
    rows = [f"{CONFIG_KEYS.get(key.arg or '', key.arg or '')} = {file.text(key.value)}" for key in keywords]
    written = "class Config:\n" + "\n".join(indent + row for row in rows)
    yield file.mutate("class Config", [file.replace(member, written)], at=file.start(member))


def old_validator(file: SourceFile, function: ast.FunctionDef | ast.AsyncFunctionDef) -> Iterator[Mutation]:
    for decorator in function.decorator_list:
        if not isinstance(decorator, ast.Call):
            continue
        name, fields = file.dotted(decorator.func), [file.text(argument) for argument in decorator.args]
        modes = [keyword.value for keyword in decorator.keywords if keyword.arg == "mode"]
        before = any(isinstance(mode, ast.Constant) and mode.value == "before" for mode in modes)
        if name == "pydantic.field_validator" and len(function.args.args) == 2 and fields:
            arguments = ", ".join([*fields, *(["pre=True"] if before else [])])
            edits = [file.replace(decorator, f"validator({arguments})")]
            edits += file.imports("from pydantic import validator")
            yield file.mutate("validator", edits, at=file.start(decorator))
        if name == "pydantic.model_validator" and before:
            edits = [file.replace(decorator, "root_validator(pre=True)")]
            edits += file.imports("from pydantic import root_validator")
            yield file.mutate("root_validator", edits, at=file.start(decorator))


def own_method(file: SourceFile, function: ast.FunctionDef | ast.AsyncFunctionDef) -> Iterator[Mutation]:
    for node in ast.walk(function):
        match node:
            case ast.Call(func=ast.Attribute(value=ast.Name(id="self"), attr=attribute)) if (
                attribute in METHODS
            ):
                yield renamed(file, node.func, f"self.{METHODS[attribute]}", f"self.{attribute}")
            case _:
                pass


def renamed(file: SourceFile, node: ast.expr, text: str, kind: str) -> Mutation:
    return file.mutate(kind, [file.replace(node, text)], at=file.start(node), until=file.end(node))


def renamed_call(file: SourceFile, call: ast.Call, models: set[str]) -> Iterator[Mutation]:
    match call.func:
        case ast.Attribute(value=ast.Name(id=name), attr=attribute) if (
            name in models and attribute in CLASS_METHODS
        ):
            yield renamed(file, call.func, f"{name}.{CLASS_METHODS[attribute]}", attribute)
        case ast.Attribute(value=ast.Call(func=ast.Name(id=name)), attr=attribute) if name in models:
            if attribute in METHODS:
                made = file.text(call.func)[: -len(attribute)]
                yield renamed(file, call.func, made + METHODS[attribute], f"made {attribute}")
        case _:
            pass


def renamed_argument(file: SourceFile, call: ast.Call) -> Iterator[Mutation]:
    if file.dotted(call.func) in {"pydantic.Field", "pydantic.constr"}:
        for keyword in call.keywords:
            if keyword.arg == "pattern":
                edit = (file.start(keyword), file.start(keyword.value), "regex=")
                yield file.mutate("regex", [edit], at=file.start(call), until=file.end(call))


def of_annotated_parameter(
    file: SourceFile, function: ast.FunctionDef | ast.AsyncFunctionDef, models: set[str]
) -> Iterator[Mutation]:
    typed = {
        argument.arg
        for argument in [*function.args.args, *function.args.kwonlyargs]
        if isinstance(argument.annotation, ast.Name) and argument.annotation.id in models
    }
    for node in ast.walk(function):
        match node:
            case ast.Call(func=ast.Attribute(value=ast.Name(id=name), attr=attribute)):
                if name in typed and attribute in METHODS:
                    yield renamed(file, node.func, f"{name}.{METHODS[attribute]}", f"parameter {attribute}")
            case _:
                pass
