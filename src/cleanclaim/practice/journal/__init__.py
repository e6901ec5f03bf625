"""The books: append-only balanced entries."""
