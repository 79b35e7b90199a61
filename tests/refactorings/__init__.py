"""Refactorings, and what becomes of the code that they change."""
