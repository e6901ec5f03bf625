"""The REST API: what other programs do in a practice, by keys, through the same queries and actions as the screens."""
