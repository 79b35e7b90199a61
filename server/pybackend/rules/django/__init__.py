"""Django models and queries."""
