"""The migrations of an app: their order, and the state of the models that they add up to."""

from .analysis import changes
from .differences import Difference
from .graph import Graph, Key, Migration, Unclear, dependencies, migration

__all__ = ["Difference", "Graph", "Key", "Migration", "Unclear", "changes", "dependencies", "migration"]
