"""Programs that act for the practice: their keys, and what they asked once."""
