"""Finds codes: search, index walk, suggestions from a note."""
