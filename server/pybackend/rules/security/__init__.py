"""Rules on secrets, injection and settings that open a door."""
