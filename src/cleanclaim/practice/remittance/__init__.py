"""Remittances: kept whole, balanced, matched, posted to the cent."""
