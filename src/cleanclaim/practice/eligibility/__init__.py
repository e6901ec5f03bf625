"""What a payer says about a coverage before the visit, and what it has authorised."""
