"""Rules on the event loop and threads."""
