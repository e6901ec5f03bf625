"""What patients owe and pay: payments, credits, plans, statements, refunds, charity, collections; aging and reports."""
