"""The payers desk: payers, contracts, what was paid otherwise than agreed."""
