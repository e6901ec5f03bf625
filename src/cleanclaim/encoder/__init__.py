"""From the note to the codes, with the words that prove them."""
