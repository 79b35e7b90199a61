"""The body of a synchronous view, made asynchronous expression by expression."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ...facts import expressions as ex
from ...facts.tables import At, CallSite, Function, Loop, Parameter
from ...fixes.source import Source
from ...project.django.evaluations import Evaluation, Evaluations, is_available
from ...project.outline import Outline
from ...rules.concurrency._awaiting import continues
from ...text.edits import Edit
from .marking import Marks
from .threads import Threads

_THREAD = "asgiref.sync.sync_to_async"
_BRACKETS = {"list": ("[", "]"), "set": ("{", "}")}
_ASKED = {"len": "acount", "bool": "aexists"}
_CONTEXTS = frozenset(
    {"contextlib.suppress()", "django.utils.translation.override()", "django.utils.timezone.override()"}
)


_COUNTED = frozenset({"count", "num_pages", "page_range"})
_USER = frozenset(
    {"pk", "id", "username", "email", "first_name", "last_name", "password", "last_login", "date_joined"}
    | {"is_authenticated", "is_anonymous", "is_active", "is_staff", "is_superuser"}
)
"""What reading off a user loads nothing."""


class Impossible(Exception):
    """What stands on a line of the unit has no asynchronous form; `case` says why."""

    def __init__(self, case: str, line: int) -> None:
        self.case, self.line = case, line


class Converter:
    """Converts one function; `edits` have absolute ranges."""

    def __init__(self, function: Function, outline: Outline, lines: Sequence[str]) -> None:
        self.function, self.outline = function, outline
        self.source = Source(outline, lines)
        self.project = outline.module.project
        self.evaluations = Evaluations(outline, outline.module.models, is_certain=False)
        self.threads = Threads(function, outline, self.evaluations)
        self.marks = Marks()
        self.imports: list[str] = []
        self.unused: list[str] = []
        self._expressions = list(self._all_expressions())
        self._generators = {
            generator.block: part
            for part in self._expressions
            if isinstance(part, ex.Comprehension)
            for generator in part.generators
        }
        self._bracketed: set[ex.Range] = set()

    def edits(self) -> list[Edit]:
        return self.marks.edits(self.outline.unit.start)

    def convert(self) -> None:
        """Mark all that changes. Raises Impossible."""
        facts = self.outline.facts
        self._withs()
        everywhere = list(self.evaluations.all())
        self._inner_scopes(everywhere)
        done: set[ex.Range] = set()
        found = [evaluation for evaluation in everywhere if self._is_here(evaluation.at)]
        for evaluation in found:
            if evaluation.range not in done:
                done.add(evaluation.range)
                self._evaluate(evaluation)
        looped = {evaluation.range for evaluation in found if evaluation.kind == "loop"}
        for loop in facts.loops:
            is_judged = loop.range in looped or loop.iterable is None or loop.iterable.range in done
            if loop.iterable is not None and self._is_here(loop.at) and not is_judged:
                self._loop(loop.iterable, loop.at)
        self._reads()
        for site in facts.calls:
            is_judged = site.call.range in done or not self._is_here(site.at) or site.is_awaited
            if not is_judged and not self.threads.is_harmless(site):
                self._thread(site)
        line, column = self.function.name_range[:2]
        head = self.source.line(line)[:column]
        self.marks.around((line, head.rindex("def"), line, column), "async ", "")

    def _is_here(self, at: At) -> bool:
        return at.scope == self.function.scope

    def _all_expressions(self) -> Iterator[ex.Expression]:
        for statement in self.outline.facts.statements:
            if statement.at.scope == self.function.scope and statement.expression is not None:
                yield from ex.walk(statement.expression)

    # Where nothing can be awaited

    def _withs(self) -> None:
        for found in self.outline.facts.withs:
            if not self._is_here(found.at):
                continue
            for context, _ in found.items:
                path = self.outline.resolve(context, found.at.scope) or ""
                if path.startswith("django.db.transaction.atomic"):
                    raise Impossible("transaction", context.range[0])
                if path not in _CONTEXTS:
                    raise Impossible("context", context.range[0])

    def _inner_scopes(self, found: list[Evaluation]) -> None:
        """What lambdas do stays as it is; functions inside are run in a thread where they are called."""
        facts = self.outline.facts
        inner = {n for n, s in enumerate(facts.scopes) if s.kind == "lambda" and self._is_below(n)}
        for evaluation in found:
            if evaluation.at.scope in inner:
                raise Impossible("nested", evaluation.range[0])
        for site in facts.calls:
            if site.at.scope in inner and not self.threads.is_harmless(site):
                raise Impossible("nested", site.call.range[0])
        for read in facts.reads:
            if read.at.scope in inner and self._relation(read.expression, read.at) is not None:
                raise Impossible("nested", read.expression.range[0])
        called = {site.call.function.range for site in facts.calls}
        functions = {f.name for f in facts.functions if f.at.scope == self.function.scope}
        for part in self._expressions:
            if isinstance(part, ex.Name) and part.id in functions and part.range not in called:
                raise Impossible("nested", part.range[0])

    def _is_below(self, scope: int) -> bool:
        scopes = self.outline.facts.scopes
        while scope > 0 and scope != self.function.scope:
            scope = scopes[scope].parent
        return scope == self.function.scope

    def _may_await(self, at: At, place: ex.Range) -> None:
        """Make sure that `await` may stand there: a generator that a builtin reads becomes a list."""
        facts = self.outline.facts
        index = at.block
        while index >= 0 and facts.blocks[index].kind != "scope":
            comprehension = self._generators.get(index)
            if facts.blocks[index].kind == "comprehension":
                if comprehension is None:
                    raise Impossible("nested", place[0])
                if comprehension.kind == "generator":
                    self._bracket(comprehension)
            index = facts.blocks[index].parent

    def _bracket(self, generator: ex.Comprehension) -> None:
        if generator.range in self._bracketed:
            return
        self._bracketed.add(generator.range)
        for site in self.outline.facts.calls:
            call = site.call
            if call.arguments == (generator,) and not call.keywords:
                function = call.function
                is_joined = isinstance(function, ex.Attribute) and function.name == "join"
                if is_joined or (self.outline.callee(site) or "").startswith("builtins."):
                    self._around_inside(generator, call)
                    return
        raise Impossible("nested", generator.range[0])

    def _around_inside(self, generator: ex.Comprehension, call: ex.Call) -> None:
        """Brackets around a generator that is alone in the parentheses of a call, which may count to it."""
        line, column, end_line, end_column = generator.range
        if generator.range[2:] == call.range[2:]:
            column, end_column = column + 1, end_column - 1
        self.marks.around((line, column, end_line, end_column), "[", "]")

    # What is changed

    def _evaluate(self, found: Evaluation) -> None:
        node, queryset = found.node, found.queryset
        if isinstance(node, Loop):
            self._async_loop(node)
            return
        self._may_await(found.at, found.range)
        if isinstance(node, CallSite):
            if node.role == "with" or found.kind == "cursor":
                raise Impossible("context", found.range[0])
            if found.kind == "whole" and queryset is not None:
                self._whole(found.name, node, queryset)
            elif is_available(found.since, self.project):
                self._twin(found, node)
            else:
                self._thread(node)
        elif found.kind == "test" and queryset is not None:
            self.marks.around(queryset.range, "await ", ".aexists()")
        else:
            self._lambda(node, found.range)

    def _twin(self, found: Evaluation, site: CallSite) -> None:
        function = site.call.function
        name = found.twin.rpartition(".")[2]
        self._await(site.call.range)
        if isinstance(function, ex.Attribute):
            self.marks.replace(function.name_range, name)
        elif isinstance(function, ex.Name):
            self.marks.replace(function.range, name)
            self.imports.append(found.twin)
            self.unused.append(function.id)

    def _whole(self, name: str, site: CallSite, queryset: ex.Expression) -> None:
        line, column, end_line, end_column = site.call.range
        if name in _ASKED:
            self._await(site.call.range)
            self.marks.replace((line, column, *queryset.range[:2]), "")
            self.marks.replace((*queryset.range[2:], end_line, end_column), f".{_ASKED[name]}()")
        elif name in _BRACKETS and not site.call.keywords:
            opening, closing = _BRACKETS[name]
            self.marks.replace((line, column, *queryset.range[:2]), f"{opening}row async for row in ")
            self.marks.replace((*queryset.range[2:], end_line, end_column), closing)
        else:
            self.marks.around(queryset.range, "[row async for row in ", "]")

    def _async_loop(self, loop: Loop) -> None:
        assert loop.iterable is not None and loop.target is not None
        if loop.kind == "for":
            self.marks.around((*loop.range[:2], *loop.range[:2]), "async ", "")
            return
        self._may_await(At(loop.at.scope, loop.block, loop.at.order), loop.range)
        line, column = loop.target.range[:2]
        before = self.source.line(line)[:column].rstrip("( ")
        if not before.endswith("for"):
            raise Impossible("nested", line)
        position = line, len(before) - 3
        self.marks.around((*position, *position), "async ", "")

    def _loop(self, iterable: ex.Expression, at: At) -> None:
        """Rows that nobody knows are fetched in a thread before they are looped over."""
        if not self.threads.is_plain(iterable) and not self._is_list(iterable, at):
            self._may_await(at, iterable.range)
            self.imports.append(_THREAD)
            self.marks.around(iterable.range, "await sync_to_async(list)(", ")")

    def _is_list(self, iterable: ex.Expression, at: At) -> bool:
        """Whether it is made by a call of a builtin that gives something new."""
        if not isinstance(iterable, ex.Call):
            return False
        path = self.outline.resolve(iterable.function, at.scope) or ""
        return path.startswith("builtins.") and path.removeprefix("builtins.") in (
            *("enumerate", "zip", "reversed", "sorted", "list", "tuple", "set", "map", "filter", "dict"),
        )

    def _reads(self) -> None:
        """Relations, the user and the session, which are loaded when they are read."""
        for read in self.outline.facts.reads:
            if not self._is_here(read.at):
                continue
            if self._reads_of_request(read.expression, read.at):
                continue
            relation = self._relation(read.expression, read.at)
            if relation is not None:
                self._may_await(read.at, relation.range)
                self._lambda(relation, relation.range)

    def _reads_of_request(self, expression: ex.Expression, at: At) -> bool:
        outer = None
        while isinstance(expression, ex.Attribute):
            base = expression.value
            if isinstance(base, ex.Name) and self._is_request(base, at):
                if expression.name == "user":
                    self._user(expression, outer, at)
                elif expression.name == "session":
                    self._session(expression, at)
                return True
            outer, expression = expression, base
        return False

    def _user(self, user: ex.Attribute, attribute: ex.Attribute | None, at: At) -> None:
        """The user, or what is read of it where that may be a relation."""
        called = {site.call.function.range for site in self.outline.facts.calls}
        is_plain = attribute is None or attribute.name in _USER or attribute.range in called
        self._may_await(at, user.range)
        if is_plain and is_available("5.0", self.project):
            self._await(user.range)
            self.marks.replace(user.name_range, "auser()")
        else:
            whole = user if is_plain or attribute is None else attribute
            self._lambda(whole, whole.range)

    def _session(self, expression: ex.Attribute, at: At) -> None:
        called = {ex.root(site.call.function) for site in self.outline.facts.calls}
        for part in self._expressions:
            if isinstance(part, ex.Subscript) and part.value == expression:
                self._may_await(at, part.range)
                self._lambda(part, part.range)
                return
            if isinstance(part, ex.Attribute) and part.value == expression and ex.root(part) in called:
                return  # Called, and so in a thread.
        raise Impossible("session", expression.range[0])

    def _is_request(self, name: ex.Name, at: At) -> bool:
        found = self.outline.lookup(name.id, at.scope) or []
        facts = [item.fact for item in found]
        return (
            len(facts) == 1 and isinstance(facts[0], Parameter) and facts[0] in self.function.parameters[:2]
        )

    def _is_paginator(self, expression: ex.Expression, at: At) -> bool:
        return self.outline.resolve(expression, at.scope) == "django.core.paginator.Paginator()"

    def _relation(self, expression: ex.Expression, at: At) -> ex.Attribute | None:
        """The part of a chain of attributes that loads another instance."""
        found = None
        while isinstance(expression, ex.Attribute):
            owner = self.evaluations.owner(expression.value, at.scope)
            if owner is not None and owner.kind == "instance" and not self._is_joined(expression.name):
                related = self.evaluations.orm.related(owner.model, expression.name)
                if related is not None and related.kind == "instance":
                    found = expression
            elif expression.name in _COUNTED and self._is_paginator(expression.value, at):
                found = expression
            expression = expression.value
        return found

    def _is_joined(self, name: str) -> bool:
        """Whether a query of the view loads the relation along."""
        return any(
            isinstance(argument, ex.Literal) and str(argument.value).split("__")[0] == name
            for site in self.outline.facts.calls
            if isinstance(site.call.function, ex.Attribute) and site.call.function.name == "select_related"
            for argument in site.call.arguments
        )

    # How

    def _thread(self, site: CallSite) -> None:
        self._may_await(site.at, site.call.range)
        if site.role == "with":
            raise Impossible("context", site.call.range[0])
        self.imports.append(_THREAD)
        self._await(site.call.range)
        self.marks.around(site.call.function.range, "sync_to_async(", ")")

    def _lambda(self, expression: ex.Expression, place: ex.Range) -> None:
        if self.marks.touches(place) or any(isinstance(part, ex.Await) for part in ex.walk(expression)):
            raise Impossible("nested", place[0])
        self.imports.append(_THREAD)
        self.marks.around(
            place, *self._parenthesised(place, "await sync_to_async(lambda: ", ")()"), is_own=True
        )

    def _await(self, place: ex.Range) -> None:
        self.marks.around(place, *self._parenthesised(place, "await ", ""), is_own=True)

    def _parenthesised(self, place: ex.Range, before: str, after: str) -> tuple[str, str]:
        return (f"({before}", f"{after})") if continues(place, self.source) else (before, after)
