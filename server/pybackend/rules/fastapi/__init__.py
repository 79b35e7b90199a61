"""Rules on FastAPI."""
