"""Code search and the code page."""
