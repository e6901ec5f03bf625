"""How sure the encoder is: features of a candidate, a small logistic model kept as readable JSON, and its training."""
