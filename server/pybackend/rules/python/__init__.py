"""Rules on plain Python."""
