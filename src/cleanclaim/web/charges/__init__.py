"""The charges desk: missing charges, reviews, the practice's own prices."""
