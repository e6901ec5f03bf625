"""Code search: what a coder types, in words, shorthand, misspelling or part of a code, to the codes it means, best first.

`search.find("fx r distal radius", codesets.open_store(), system="icd10cm", on=served_on)` is all there is to call. It is loaded when it is first
asked for: the engine that reads notes shares the word lists, and needs neither numpy nor the index.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from cleanclaim.encoder.search.finding import Hit, find
    from cleanclaim.encoder.search.local_terms import LocalTerm

__all__ = ["Hit", "LocalTerm", "find"]


def __getattr__(name: str) -> Any:
    if name in {"Hit", "find"}:
        from cleanclaim.encoder.search import finding

        return getattr(finding, name)
    if name == "LocalTerm":
        from cleanclaim.encoder.search.local_terms import LocalTerm

        return LocalTerm
    raise AttributeError(name)
