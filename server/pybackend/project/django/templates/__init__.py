"""Templates of a Django project: where they are, which views render them, and what they read of rows."""
