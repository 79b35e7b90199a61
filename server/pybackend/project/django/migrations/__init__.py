"""The migrations of an app: their order, and the state of the models that they add up to."""

from .graph import Graph, Key, Migration, Unclear, dependencies, migration
from .replay import ModelState, State, replay

__all__ = [
    "Graph",
    "Key",
    "Migration",
    "ModelState",
    "State",
    "Unclear",
    "dependencies",
    "migration",
    "replay",
]
