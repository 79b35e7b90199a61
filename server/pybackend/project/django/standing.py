"""How far the models of a graph are worked out, and since when they stand."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import TYPE_CHECKING

from .labels import concerns_django

if TYPE_CHECKING:
    from .models import Models


class Standing:
    """Of some models: what is `known` of modules where they hold (see `Modules.known`)."""

    def __init__(self, models: Models) -> None:
        self._models = models
        self.known = models.project.modules.known
        self.is_settled = False
        """Whether all is worked out that rules ask for of many models."""
        self._steps = self._settling()

    @property
    def holds(self) -> bool:
        """Whether nobody need look again: nothing has changed, and nothing was read that was missing."""
        known = self._models.project.modules.known
        return known == self.known or (known[0] == self.known[0] and not self._models.is_partial)

    def settle(self, end: float) -> bool:
        """Work out what may be asked for later, until then; whether all of it is worked out."""
        while not self.is_settled:
            if next(self._steps, self) is self:
                self.is_settled = True
            elif time.monotonic() > end:
                return False
        return True

    def _settling(self) -> Iterator[None]:
        """All of it in small steps, each of what the next ones ask for."""
        for module in list(self._models.modules.values()):
            if concerns_django(module):
                _ = module.classes
                yield
        for path in self._models.classes:
            self._models.at(path)
            yield
        for model in self._models.all.values():
            _ = model.fields
            yield
        for model in self._models.all.values():
            _ = model.relations, model.managers
            yield
