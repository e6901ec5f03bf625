"""Guides as tables: what a segment may hold and where it may stand. The tables are data; this layer compiles and applies them."""
