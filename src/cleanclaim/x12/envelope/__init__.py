"""Interchange, group and transaction: who sends to whom, under which control numbers, and whether the counts are right."""
