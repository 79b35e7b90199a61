"""The environment of a project, by reading files: where it is, what is installed in it, in which versions."""

from .choosing import Chosen, interpreters
from .project import Environment

__all__ = ["Chosen", "Environment", "interpreters"]
