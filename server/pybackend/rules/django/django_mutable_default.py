"""A model field whose default is one list, dict or set for all instances."""

from __future__ import annotations

from collections.abc import Iterator

from ...facts import expressions as ex
from ...facts.tables import Binding
from ...findings import Finding
from ...fixes.fix import Fix
from ...fixes.source import Source
from ...project.django.fields import field_class
from ...project.mutables import is_empty, mutable, shown
from ...project.outline import Outline
from ...project.project import Project
from ..registry import Bindings, rule


@rule
def check(bindings: Bindings, outline: Outline, project: Project) -> Iterator[Finding]:
    for binding in bindings:
        value = default(binding)
        if value is None or not _in_class(binding, outline):
            continue
        kind = mutable(value, binding.at.scope, outline)
        assert isinstance(binding.value, ex.Call)
        role = project.role(outline.module)
        if kind is None or role.is_migration or (role.is_test and _is_local(binding, outline)):
            continue
        field = field_class(outline.resolve(binding.value.function, binding.at.scope), outline.module)
        if field not in (
            None,
            "Field",
        ):  # A field made from nothing but `Field` may make its own of a default.
            yield Finding(value.range, values={"field": binding.name, "default": shown(value, kind)})


@check.fix
def fix(finding: Finding, source: Source, _: Project) -> Iterator[Fix]:
    outline = source.outline
    binding = next(
        b for b in outline.facts.bindings if (d := default(b)) is not None and d.range == finding.range
    )
    value = default(binding)
    assert value is not None
    kind = mutable(value, binding.at.scope, outline)
    if kind in ("list", "dict", "set") and is_empty(value):
        if outline.resolve(ex.Name(value.range, kind), binding.at.scope) == f"builtins.{kind}":
            yield Fix((source.replace(value.range, kind),), values={"factory": kind})
    elif not is_empty(value):
        yield from _named_factory(binding, value, source)


def default(binding: Binding) -> ex.Expression | None:
    """The value of `default=` in `name = Field(..., default=...)`."""
    if not binding.name or not isinstance(binding.value, ex.Call):
        return None
    return binding.value.keyword("default")


def _in_class(binding: Binding, outline: Outline) -> bool:
    scope = outline.facts.scopes[binding.at.scope]
    return scope.kind == "class" or (
        scope.kind == "unit" and outline.module.class_block(outline.unit) is not None
    )


def _is_local(binding: Binding, outline: Outline) -> bool:
    """Whether the class is made inside a function, as tests do for a moment."""
    scopes, number = outline.facts.scopes, binding.at.scope
    while number > 0 and scopes[number].kind != "function":
        number = scopes[number].parent
    return number > 0


def _named_factory(binding: Binding, value: ex.Expression, source: Source) -> Iterator[Fix]:
    """The default as a function of the module in front of the class: migrations can name it."""
    outline = source.outline
    line = _line_before_class(binding, source)
    if line is None or not _is_movable(value, binding, source):
        return
    owner = outline.enclosing_class(binding.at.scope)
    names = [f"default_{binding.name}"]
    if owner is not None:
        names.append(f"default_{owner.name.lower()}_{binding.name}")
    taken = owner.fields.keys() | owner.methods.keys() if owner is not None else set()
    name = next((n for n in names if not outline.module.binds(n) and n not in taken), None)
    if name is None:
        return
    code = f"def {name}() -> {_type(value)}:\n    return {_reindented(value, source)}\n\n\n"
    edits = (source.insert(line, 0, code), source.replace(value.range, name))
    yield Fix(edits, values={"factory": name})


def _line_before_class(binding: Binding, source: Source) -> int | None:
    """The first line of the module-level class around, or of the comments above it."""
    unit, scope = source.outline.unit, source.outline.facts.scopes[binding.at.scope]
    if scope.kind == "class":
        if scope.parent != 0 or unit.parent is not None:
            return None
        definition = source.outline.facts.classes[scope.definition]
        line = min([definition.range[0], *(d.range[0] for d in definition.decorators)])
    else:
        chain = list(unit.parent.chain()) if unit.parent is not None else []
        if not chain or any(block.kind != "class" for block in chain) or chain[-1].header is None:
            return None
        header = chain[-1].header
        line = header.start - source.start
        while source.line(line).strip() == "" or source.line(line).startswith("#"):
            line += 1
    while source.start + line > 0 and source.line(line - 1).startswith("#"):
        line -= 1
    return line


def _is_movable(value: ex.Expression, binding: Binding, source: Source) -> bool:
    """Whether the expression means the same at module level and reads well there."""
    outline = source.outline
    owner = outline.enclosing_class(binding.at.scope)
    own = owner.fields.keys() | owner.methods.keys() if owner is not None else set()
    text = source.text(value.range)
    names = {part.id for part in ex.walk(value) if isinstance(part, ex.Name)}
    return '"""' not in text and "'''" not in text and not names & own


def _reindented(value: ex.Expression, source: Source) -> str:
    first, *rest = source.text(value.range).split("\n")
    indent = source.indent(value.range[0])
    moved = [line.removeprefix(indent) for line in rest]
    return "\n".join([first, *(f"    {line}" if line else line for line in moved)])


def _type(value: ex.Expression) -> str:
    """The annotation of what a display holds, as narrow as its literals allow."""
    if isinstance(value, ex.Dictionary):
        if None in value.keys:
            return "dict[str, object]"
        return f"dict[{_common([k for k in value.keys if k is not None])}, {_common(value.values)}]"
    if isinstance(value, ex.Display):
        return f"{value.kind}[{_common(value.elements)}]"
    if isinstance(value, ex.Comprehension):
        return "dict[object, object]" if value.kind == "dict" else f"{value.kind}[object]"
    return "object"


def _common(values: list[ex.Expression] | tuple[ex.Expression, ...]) -> str:
    types = {type(v.value).__name__ if isinstance(v, ex.Literal) else "object" for v in values}
    return types.pop() if len(types) == 1 and "NoneType" not in types else "object"
