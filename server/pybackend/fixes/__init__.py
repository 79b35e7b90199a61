"""Fixes: what they share. They are computed on request, from a finding and the text as it is now."""
