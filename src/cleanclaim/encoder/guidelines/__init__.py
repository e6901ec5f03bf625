"""Deciding by the book: the ICD-10-CM Official Guidelines for Coding and Reporting, each step leaving its reason and section."""
