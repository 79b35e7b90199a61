"""Which rows an `async def` has: those that it awaits, or loops over with `async for`."""

from __future__ import annotations

from ....facts import expressions as ex
from ....facts.tables import Binding
from ....project.django.evaluations import BRIDGE
from ....project.django.lookups import ONE
from ....project.django.queries import Evaluator, Rows

_ALL = frozenset({"django.shortcuts.aget_list_or_404", "django.shortcuts.get_list_or_404"})
_SHORTCUTS = _ALL | {"django.shortcuts.aget_object_or_404", "django.shortcuts.get_object_or_404"}
_LISTS = frozenset({"builtins.list", "builtins.tuple", "builtins.sorted", "builtins.set"})


class AwaitedRows(Evaluator):
    """Evaluates what is awaited and looped over with `async for` too."""

    def rows(self, expression: ex.Expression | None, scope: int, order: int) -> Rows | None:
        if isinstance(expression, ex.Await):
            return self._awaited(expression.value, scope, order)
        if isinstance(expression, ex.Comprehension):
            return self._listed(expression, scope, order)
        return super().rows(expression, scope, order)

    def _awaited(self, value: ex.Expression, scope: int, order: int) -> Rows | None:
        if not isinstance(value, ex.Call):
            return None
        function = value.function
        if isinstance(function, ex.Call):
            is_bridge = (
                len(function.arguments) == 1 and self.outline.resolve(function.function, scope) in BRIDGE
            )
            return self._in_thread(function.arguments[0], value, scope, order) if is_bridge else None
        if isinstance(function, ex.Attribute) and function.name[:1] == "a" and function.name[1:] in ONE:
            return self._one(function.value, function.name, value, scope, order)
        return self._shortcut(function, value, scope, order)

    def _in_thread(self, function: ex.Expression, call: ex.Call, scope: int, order: int) -> Rows | None:
        """What `await sync_to_async(function)(...)` gives."""
        if isinstance(function, ex.Attribute) and function.name in ONE:
            return self._one(function.value, function.name, call, scope, order)
        if len(call.arguments) == 1 and self.outline.resolve(function, scope) in _LISTS:
            found = self.rows(call.arguments[0], scope, order)
            is_many = found is not None and found.kind in ("queryset", "list")
            return found._replace(kind="list", methods=()) if found is not None and is_many else None
        return self._shortcut(function, call, scope, order)

    def _one(self, value: ex.Expression, name: str, call: ex.Call, scope: int, order: int) -> Rows | None:
        owner = self.rows(value, scope, order)
        if owner is None or owner.kind not in ("manager", "queryset"):
            return None
        if any(name in view.methods for view in owner.methods):
            return None
        return self.method(owner, name if name in ONE else name[1:], call, scope, order)

    def _shortcut(self, function: ex.Expression, call: ex.Call, scope: int, order: int) -> Rows | None:
        path = self.outline.resolve(function, scope) if call.arguments else None
        if path not in _SHORTCUTS:
            return None
        asked = call.arguments[0]
        model = self.models.at(self.outline.resolve(asked, scope))
        if model is not None:
            manager = next(iter(model.managers.values()), None)
            found = self._managed(model, manager, None) if manager is not None else None
        else:
            found = self.rows(asked, scope, order)
        if found is None or found.kind not in ("manager", "queryset"):
            return None
        kind = "list" if path in _ALL else "instance"
        return found._replace(kind=kind, methods=(), manager=None, is_single=kind == "instance")

    def _listed(self, expression: ex.Comprehension, scope: int, order: int) -> Rows | None:
        """`[row async for row in rows]`."""
        generator = expression.generators[0] if len(expression.generators) == 1 else None
        if expression.kind not in ("list", "set") or generator is None or generator.iterable is None:
            return None
        if not isinstance(expression.element, ex.Name) or not isinstance(generator.target, ex.Name):
            return None
        found = (
            self.rows(generator.iterable, scope, order)
            if expression.element.id == generator.target.id
            else None
        )
        is_many = found is not None and found.kind in ("queryset", "list")
        return found._replace(kind="list", methods=()) if found is not None and is_many else None

    def _looped(self, binding: Binding) -> Rows | None:
        loop = next((x for x in self.outline.facts.loops if x.iterable is binding.value), None)
        if loop is None or loop.target is None or loop.iterable is None:
            return None
        at = loop.at
        if not loop.is_async and Evaluator(self.outline, self.models).rows(loop.iterable, at.scope, at.order):
            return None
        found = self.loop(loop.iterable, loop.target, at.scope, at.order)
        return found[1] if found is not None and found[0] == binding.name else None
