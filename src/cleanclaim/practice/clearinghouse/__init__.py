"""Claims out to payers, acknowledgements in."""
