"""Importers of the official code-set files: each recognises its layout, checks every line, and lays the release over the store."""
