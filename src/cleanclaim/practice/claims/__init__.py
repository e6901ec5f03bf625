"""Claims: built, held, sent, answered, corrected; each with the money that its entries prove."""
