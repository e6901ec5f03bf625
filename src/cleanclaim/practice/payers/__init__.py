"""Who pays: the payers of the practice, their deadlines and what was agreed with them."""
