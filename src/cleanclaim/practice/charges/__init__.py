"""Codes become priced lines: charge lists by date, charges, late charges, good faith estimates, what a claim is built from."""
