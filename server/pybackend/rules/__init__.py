"""Rules: one file each, named like the rule's id, found by walking this package."""
