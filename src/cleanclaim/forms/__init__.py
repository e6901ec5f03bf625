"""What is printed: patient statements, letters, CMS-1500 and UB-04 data prints. Documents in, PDF bytes out."""

from cleanclaim.forms.cms1500 import cms1500_pdf
from cleanclaim.forms.letter import LetterData, letter_pdf
from cleanclaim.forms.statement import StatementData, StatementLine, StatementPlan, StatementVisit, statement_pdf
from cleanclaim.forms.ub04 import ub04_pdf

__all__ = [
    "LetterData", "StatementData", "StatementLine", "StatementPlan", "StatementVisit", "cms1500_pdf", "letter_pdf", "statement_pdf",
    "ub04_pdf",
]  # fmt: skip
