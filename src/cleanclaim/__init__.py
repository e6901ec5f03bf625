"""Cleanclaim: from the record of a visit to codes, a clean claim, money that ties, and a bill that the patient understands."""

__version__ = "0.1.0"
