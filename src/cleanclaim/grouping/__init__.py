"""MS-DRG, Medicare Code Editor and HCC behind our own interface: whichever grouper a site installs, its answers look like this."""

from cleanclaim.grouping.effects import effect, full_code_page
from cleanclaim.grouping.inpatient import code_editor, drg, is_available, version_for
from cleanclaim.grouping.risk import categories_of, hcc
from cleanclaim.grouping.values import (
    CodedDiagnosis,
    CodeEffect,
    DrgResult,
    EditorFinding,
    Enrollee,
    GrouperAbsent,
    HccCategory,
    HccResult,
    SecondaryDiagnosis,
    Stay,
)

__all__ = [
    "CodeEffect", "CodedDiagnosis", "DrgResult", "EditorFinding", "Enrollee", "GrouperAbsent", "HccCategory", "HccResult",
    "SecondaryDiagnosis", "Stay", "categories_of", "code_editor", "drg", "effect", "full_code_page", "hcc", "is_available", "version_for",
]  # fmt: skip
