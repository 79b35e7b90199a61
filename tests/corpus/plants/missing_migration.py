"""Models and migrations of one application drift apart, in either direction."""

import ast
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from tests.corpus.source import Edit, Mutation, SourceFile

NEEDLES = ("models.Model)",)
OPERATIONS = {
    *("CreateModel", "DeleteModel", "RenameModel", "AlterModelTable", "AlterModelTableComment"),
    *("AddField", "RemoveField", "AlterField", "RenameField", "AddIndex", "RemoveIndex", "RenameIndex"),
    *("AddConstraint", "RemoveConstraint", "AlterUniqueTogether", "AlterIndexTogether", "RunSQL"),
    *("AlterModelOptions", "AlterModelManagers", "AlterOrderWithRespectTo", "RunPython"),
}
OWN_COMMAND = {"pretix", "nautobot"}
"""Projects whose own `makemigrations` does not look at texts."""
PLAIN = {"CharField", "TextField", "BooleanField", "IntegerField", "PositiveIntegerField", "DateTimeField"}


def plants(file: SourceFile) -> Iterator[Mutation]:
    application = application_of(file)
    if application is None:
        return
    migrations = [migration_file(file, path) for path in sorted(application.glob("migrations/0*.py"))]
    if not migrations or not all(map(evaluable, migrations)):
        return
    scope = application.relative_to(file.project.root).as_posix()
    for mutation in [*model_changes(file), *migration_changes(file, migrations)]:
        yield replace(mutation, scope=scope)


def application_of(file: SourceFile) -> Path | None:
    """The folder with the migrations of a models.py or of a module in models/."""
    path = file.project.root / file.path
    if not file.is_application or "models" not in (path.stem, path.parent.name):
        return None
    folder = path.parent if path.stem == "models" else path.parent.parent
    return folder if (folder / "migrations" / "__init__.py").is_file() else None


def migration_file(file: SourceFile, path: Path) -> SourceFile:
    relative = path.relative_to(file.project.root).as_posix()
    return SourceFile(file.project, relative, path.read_bytes(), file.chance)


def operations(migration: SourceFile) -> list[ast.expr]:
    return [
        operation
        for class_ in migration.classes()
        for statement in class_.body
        if isinstance(statement, ast.Assign) and migration.text(statement.targets[0]) == "operations"
        for operation in (
            statement.value.elts if isinstance(statement.value, ast.List) else [statement.value]
        )
    ]


def evaluable(migration: SourceFile) -> bool:
    return all(
        isinstance(operation, ast.Call) and migration.dotted(operation.func).rpartition(".")[2] in OPERATIONS
        for operation in operations(migration)
    )


def concrete_models(file: SourceFile) -> Iterator[ast.ClassDef]:
    for node in file.tree.body:
        if isinstance(node, ast.ClassDef) and "django.db.models.Model" in map(file.dotted, node.bases):
            body = "\n".join(file.text(statement) for statement in node.body)
            if not any(
                word in body for word in ("abstract = True", "managed = ", "app_label", "proxy = True")
            ):
                yield node


def plain_fields(file: SourceFile, model: ast.ClassDef) -> Iterator[tuple[str, ast.Assign]]:
    for statement in model.body:
        match statement:
            case ast.Assign(targets=[ast.Name(id=name)], value=ast.Call(func=function)):
                if file.dotted(function).removeprefix("django.db.models.") in PLAIN:
                    yield name, statement
            case _:
                pass


def model_changes(file: SourceFile) -> Iterator[Mutation]:
    for model in concrete_models(file):
        fields = list(plain_fields(file, model))
        for name, field in fields:
            if file.data.decode().count(name) == 1 and len(fields) > 1:
                edit: Edit = (file.line_starts[field.lineno - 1], file.end(field) + 1, "")
                until = file.start(model.body[-1])
                yield file.mutate("field removed", [edit], at=file.start(model), until=until)
        if fields:
            added = file.line_before(fields[-1][1], "planted_rank = models.PositiveIntegerField(default=0)")
            mutation = file.mutate("field added", [added], at=added[0])
            yield replace(mutation, expected_lines=mutation.expected_lines | {model.lineno})
        for name, field in fields:
            yield from option_changes(file, name, field)
    mark = "  # planted"
    yield file.append(
        "model added", f"class PlantedEntry(models.Model):{mark}\n    name = models.TextField()\n", mark
    )


def option_changes(file: SourceFile, name: str, field: ast.Assign) -> Iterator[Mutation]:
    """An option of a field, to another value than it is migrated with."""
    assert isinstance(field.value, ast.Call)
    given = {keyword.arg: keyword.value for keyword in field.value.keywords}
    length = given.get("max_length")
    changes: list[tuple[str, Edit]] = []
    if isinstance(length, ast.Constant) and isinstance(length.value, int):
        changes.append(("max_length altered", file.replace(length, str(length.value + 9))))
    if (null := given.get("null")) is None and "primary_key" not in given:
        changes.append(("null altered", added_option(file, field.value, "null=True")))
    elif isinstance(null, ast.Constant):
        changes.append(("null altered", file.replace(null, repr(not null.value))))
    if "db_column" not in given:
        changes.append(("db_column altered", added_option(file, field.value, f'db_column="planted_{name}"')))
    if "help_text" not in given and file.project.name not in OWN_COMMAND:
        changes.append(("help_text altered", added_option(file, field.value, 'help_text="Planted."')))
    for kind, edit in changes:
        mutation = file.mutate(kind, [edit], at=file.start(field))
        yield replace(mutation, expected_lines=frozenset({field.lineno}))


def added_option(file: SourceFile, call: ast.Call, code: str) -> Edit:
    parts = [*call.args, *(keyword.value for keyword in call.keywords)]
    end = max(map(file.end, parts), default=file.end(call) - 1)
    return end, end, f", {code}" if parts else code


def migration_changes(file: SourceFile, migrations: list[SourceFile]) -> Iterator[Mutation]:
    """The only operation on a field, or the only one on a model, goes."""
    text = "\n".join(migration.data.decode() for migration in migrations).lower()
    models = {model.name.lower(): model for model in concrete_models(file)}
    for migration in migrations:
        for operation in operations(migration):
            if not isinstance(operation, ast.Call):
                continue
            named = {
                key.arg: key.value.value for key in operation.keywords if isinstance(key.value, ast.Constant)
            }
            kind = migration.dotted(operation.func).rpartition(".")[2]
            model = models.get(str(named.get("model_name") or named.get("name")).lower())
            name = str(named.get("name"))
            if model is None or mentions(text, name) != 1:
                continue
            fields = dict(plain_fields(file, model))
            if kind == "AddField" and name in fields:
                yield without(
                    migration, operation, "AddField removed", file, {fields[name].lineno, model.lineno}
                )
            if kind == "CreateModel":
                yield without(migration, operation, "CreateModel removed", file, {model.lineno})


def mentions(text: str, name: str) -> int:
    return text.count(f'"{name.lower()}"') + text.count(f"'{name.lower()}'") + text.count(f'.{name.lower()}"')


def without(
    migration: SourceFile, operation: ast.expr, kind: str, file: SourceFile, lines: set[int]
) -> Mutation:
    start, end = migration.start(operation), migration.end(operation)
    rest = migration.data[end:]
    comma = len(rest) - len(rest.lstrip()) + 1 if rest.lstrip().startswith(b",") else 0
    text = migration.data[:start] + migration.data[end + comma :]
    return Mutation(kind, migration.path, text, file.path, frozenset(lines), migration.path)
