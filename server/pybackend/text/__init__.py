"""Text: line tables, edits and positions. The only package that knows UTF-16."""
