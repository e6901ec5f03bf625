"""What a line should be paid: Medicare's physician fee schedule, contracts with payers, the patient's share. Pure. See README.md."""

from cleanclaim.fees.contracts import Method, Terms
from cleanclaim.fees.expecting import ExpectedLine, Variance, allowed_by, expected, variances
from cleanclaim.fees.medicare import MedicarePrice, is_facility, medicare_price
from cleanclaim.fees.reductions import ranked_reductions
from cleanclaim.fees.sharing import Benefits, Share, patient_share, sliding_fee

__all__ = [
    "Benefits", "ExpectedLine", "MedicarePrice", "Method", "Share", "Terms", "Variance", "allowed_by", "expected", "is_facility", "medicare_price",
    "patient_share", "ranked_reductions", "sliding_fee", "variances",
]  # fmt: skip
