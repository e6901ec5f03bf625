"""The record of a visit: its note, its documents, its facts."""
