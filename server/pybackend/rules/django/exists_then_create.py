"""A row that is created when a query before found none, while others do the same."""

from __future__ import annotations

from collections.abc import Iterator

from ...facts import expressions as ex
from ...facts.tables import CallSite, Statement
from ...findings import Finding, Range, Related
from ...fixes.fix import Fix
from ...fixes.source import Source
from ...project.django.models import Models
from ...project.outline import Outline
from ...project.project import Project
from ..registry import Statements, rule_about
from ._orm import Orm, spared
from ._transactions import is_locked

_WIDEST = 100


@rule_about({"exists"})
def check(statements: Statements, outline: Outline, models: Models, project: Project) -> Iterator[Finding]:
    role = project.role(outline.module)
    if spared(role) or role.is_script or "select_for_update" in outline.facts.attributes:
        return
    orm = Orm(outline, models)
    for statement in statements:
        asked = _asked(statement)
        if asked is None or outline.coroutine(statement.at) is not None or is_locked(statement.at, outline):
            continue
        if any(kind == "try" for kind, _ in outline.clauses(statement.at)):
            continue
        for create in _creations(statement, asked, orm, outline):
            assert isinstance(asked.function, ex.Attribute)
            query = orm.query(asked.function.value, statement.at)
            if query is not None:
                data = {"statement": _written(statement.range), "create": _written(create.range)}
                related = (Related("create", create.range),)
                yield Finding(asked.range, values={"model": query.name}, related=related, data=data)
                break


def _asked(statement: Statement) -> ex.Call | None:
    """The call of `exists` in `if not books.exists():`."""
    test = statement.expression if statement.kind == "if" else None
    parts = test.values if isinstance(test, ex.Logical) and test.operator == "And" else (test,)
    for part in parts:
        if not isinstance(part, ex.Unary) or part.operator != "Not":
            continue
        call = part.operand
        function = call.function if isinstance(call, ex.Call) else None
        if isinstance(call, ex.Call) and isinstance(function, ex.Attribute) and function.name == "exists":
            return call
    return None


def _creations(statement: Statement, asked: ex.Call, orm: Orm, outline: Outline) -> Iterator[ex.Call]:
    """The calls in the branch that create what was asked for."""
    assert isinstance(asked.function, ex.Attribute)
    wanted = {
        (keyword.name or "").partition("__")[0].removesuffix("_id")
        for _, call in orm.calls(asked.function.value, statement.at)
        for keyword in call.keywords
    }
    block = next(
        (
            number
            for number, block in enumerate(outline.facts.blocks)
            if block.kind == "if"
            and block.expression is not None
            and statement.expression is not None
            and block.expression.range == statement.expression.range
        ),
        -1,
    )
    query = orm.query(asked.function.value, statement.at) if block >= 0 else None
    for site in outline.facts.calls if query is not None else ():
        if site.at.block != block:
            continue
        made = _made(site, orm)
        if made is not None and query is not None and made[0] == query.model:
            given = {(keyword.name or "").removesuffix("_id") for keyword in made[1].keywords}
            if wanted & given:
                yield site.call


def _made(site: CallSite, orm: Orm) -> tuple[str, ex.Call] | None:
    """The model that a call creates a row of, and the call that says with which values."""
    function = site.call.function
    if not isinstance(function, ex.Attribute):
        return None
    if function.name == "create":
        query = orm.query(function.value, site.at)
        return (query.model, site.call) if query is not None else None
    if function.name != "save":
        return None
    made = orm.instance(function.value, site.at)
    call = orm.value(function.value, site.at) if isinstance(function.value, ex.Name) else function.value
    if made is None or made.origin != "made" or not isinstance(call, ex.Call):
        return None
    return made.model, call


@check.fix
def fix(finding: Finding, source: Source, _: Project) -> Iterator[Fix]:
    whole, place = _place(finding.data["statement"]), _place(finding.data["create"])
    facts = source.outline.facts
    create = next((site for site in facts.calls if site.call.range == place), None)
    statement = next((s for s in facts.statements if s.range == whole and s.kind == "if"), None)
    if create is None or statement is None or create.role != "statement" or create.at.block < 0:
        return
    in_block = [s for s in facts.statements if source.outline.inside(s.at, create.at.block)]
    others = [b for b in facts.blocks if b.statement == facts.blocks[create.at.block].statement]
    if len(in_block) != 1 or len(others) != 1 or not isinstance(statement.expression, ex.Unary):
        return
    code = _code(finding.range, create.call, source)
    if code is not None and "#" not in source.text(whole):
        yield Fix((source.replace(whole, code),))


def _code(asked: Range, create: ex.Call, source: Source) -> str | None:
    """`Book.objects.get_or_create(isbn=isbn, defaults={"title": title})`."""
    sites = source.outline.facts.calls
    exists = next((s.call.function for s in sites if s.call.range == asked), None)
    call = exists.value if isinstance(exists, ex.Attribute) else None
    if not isinstance(call, ex.Call) or not isinstance(call.function, ex.Attribute):
        return None
    base, made = call.function.value, create.function
    if call.function.name != "filter" or call.arguments or create.arguments:
        return None
    if not isinstance(made, ex.Attribute) or source.text(made.value.range) != source.text(base.range):
        return None
    wanted = {keyword.name: source.text(keyword.value.range) for keyword in call.keywords}
    given = {keyword.name: source.text(keyword.value.range) for keyword in create.keywords}
    if None in wanted or None in given or not wanted.items() <= given.items():
        return None
    rest = {name: value for name, value in given.items() if name not in wanted}
    arguments = [f"{name}={value}" for name, value in wanted.items()]
    if rest:
        arguments.append("defaults={" + ", ".join(f'"{name}": {value}' for name, value in rest.items()) + "}")
    head = f"{source.text(base.range)}.get_or_create("
    line = head + ", ".join(arguments) + ")"
    indent = source.indent(source.statement(asked).range[0])
    if len(indent) + len(line) <= _WIDEST and "\n" not in line:
        return line
    inner = "".join(f"{indent}    {argument},\n" for argument in arguments)
    return f"{head}\n{inner}{indent})" if "\n" not in inner.replace(",\n", "") else None


def _written(place: Range) -> str:
    return ",".join(map(str, place))


def _place(text: str) -> Range:
    line, column, end_line, end_column = map(int, text.split(","))
    return line, column, end_line, end_column
