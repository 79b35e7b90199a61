"""The migrations of an app: their order, and the state of the models that they add up to."""

from .analysis import changes
from .differences import Difference
from .graph import Unclear

__all__ = ["Difference", "Unclear", "changes"]
