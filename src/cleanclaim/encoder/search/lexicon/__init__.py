"""Our own word lists, written by domain from general knowledge of clinical and billing language; no line comes from a published ontology.

The files are read by `encoder.search.wordlists`; their layouts are described in docs/search.md.
"""
