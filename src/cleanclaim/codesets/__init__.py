"""Code sets in force on a date: ICD-10-CM, ICD-10-PCS, HCPCS II, CPT numbers, modifiers, claim codes, NCCI, MUE, fee schedule facts.

from cleanclaim import codesets
store = codesets.open_store()
store.get("icd10cm", "e119", on=line.served_on).title
"""

from cleanclaim.codesets.building import build
from cleanclaim.codesets.code_pages import CodePage, code_page
from cleanclaim.codesets.opening import default_path, open_store
from cleanclaim.codesets.store import Store
from cleanclaim.codesets.values import (
    SYSTEMS,
    AddOn,
    Code,
    CodeRange,
    Coverage,
    CoverageArticle,
    Drg,
    Excludes,
    Fee,
    Gpci,
    MceAttributes,
    Mue,
    NcciEdit,
    Necessity,
    Note,
    Notes,
    Provider,
    Rvu,
    SeventhCharacter,
    Source,
    Term,
    bare,
    dotted,
)

__all__ = [
    "SYSTEMS", "AddOn", "Code", "CodePage", "CodeRange", "Coverage", "CoverageArticle", "Drg", "Excludes", "Fee", "Gpci", "MceAttributes", "Mue", "NcciEdit", "Necessity", "Note",
    "Notes", "Provider", "Rvu", "SeventhCharacter", "Source", "Store", "Term", "bare", "build", "code_page", "default_path", "dotted", "open_store",
]  # fmt: skip
