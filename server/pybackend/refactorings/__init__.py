"""Larger changes that a user asks for at a place; each is named by its entry in patterns.md."""
