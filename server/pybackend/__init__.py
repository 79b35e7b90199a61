"""pybackend: a language server for Python backends."""
