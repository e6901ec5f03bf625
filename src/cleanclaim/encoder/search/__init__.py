"""Code search: what a coder types, in words, shorthand, misspelling or part of a code, to the codes it means, best first.

`search.find("fx r distal radius", codesets.open_store(), system="icd10cm", on=served_on)` is all there is to call.
"""

from cleanclaim.encoder.search.finding import Hit, find
from cleanclaim.encoder.search.local_terms import LocalTerm

__all__ = ["Hit", "LocalTerm", "find"]
