"""What every package speaks: money in whole cents, dates, identifiers that check themselves, findings, errors."""

from cleanclaim.kernel.errors import CleanclaimError
from cleanclaim.kernel.findings import Finding, Severity
from cleanclaim.kernel.identifiers import Ein, Mbi, Npi, Taxonomy, Zip
from cleanclaim.kernel.money import Money

__all__ = ["CleanclaimError", "Ein", "Finding", "Mbi", "Money", "Npi", "Severity", "Taxonomy", "Zip"]
