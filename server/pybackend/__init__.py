"""pybackend: a language server for Python backends."""

__version__ = "0.1.0"
