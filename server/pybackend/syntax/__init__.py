"""Syntax: text to units to `ast`, one unit at a time, and suppression comments."""
