"""Rules on Pydantic."""
