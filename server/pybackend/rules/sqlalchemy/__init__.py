"""Rules on SQLAlchemy."""
