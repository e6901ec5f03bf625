"""The patient's share of an allowed amount: copay, deductible, coinsurance, the year's limit; and a sliding fee by income."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from cleanclaim.kernel.errors import InvalidValue
from cleanclaim.kernel.money import Money, Rate


class Benefits(NamedTuple):
    """What is left of a plan's terms on the day: as a 271 answers, or as the practice recorded them.

    `out_of_pocket_left_cents` None means that no limit is known. `copay_replaces` says whether a copay stands instead of deductible and
    coinsurance (the usual office visit) or comes before them.
    """

    deductible_left_cents: int = 0
    coinsurance: Rate = Rate(0)
    copay_cents: int = 0
    out_of_pocket_left_cents: int | None = None
    copay_replaces: bool = True
    is_covered: bool = True
    is_preventive: bool = False


class Share(NamedTuple):
    """Who pays what of an allowed amount; the parts always add up to it."""

    copay_cents: int
    deductible_cents: int
    coinsurance_cents: int
    not_covered_cents: int
    insurance_cents: int

    @property
    def patient_cents(self) -> int:
        """What the patient pays in all."""
        return self.copay_cents + self.deductible_cents + self.coinsurance_cents + self.not_covered_cents


def patient_share(allowed_cents: int, benefits: Benefits) -> Share:
    """Divide an allowed amount between the patient and the plan.

    Order: not covered, preventive without sharing (45 CFR 147.130), copay, deductible, coinsurance of the rest, then the year's
    out-of-pocket limit takes off coinsurance first, deductible next, copay last.
    """
    if allowed_cents < 0:
        raise InvalidValue("An allowed amount is zero or more.")
    if not benefits.is_covered:
        return Share(0, 0, 0, allowed_cents, 0)
    if benefits.is_preventive:
        return Share(0, 0, 0, 0, allowed_cents)
    copay = min(benefits.copay_cents, allowed_cents)
    left = allowed_cents - copay
    deductible = coinsurance = 0
    if not (copay and benefits.copay_replaces):
        deductible = min(benefits.deductible_left_cents, left)
        coinsurance = int(Money(left - deductible).times(benefits.coinsurance))
    if benefits.out_of_pocket_left_cents is not None:
        over = max(0, copay + deductible + coinsurance - benefits.out_of_pocket_left_cents)
        taken = min(over, coinsurance)
        coinsurance, over = coinsurance - taken, over - taken
        taken = min(over, deductible)
        deductible, over = deductible - taken, over - taken
        copay -= over
    return Share(copay, deductible, coinsurance, 0, allowed_cents - copay - deductible - coinsurance)


def sliding_fee(
    charge_cents: int, *, income_cents: int, household: int, guideline_first_cents: int, guideline_each_cents: int, tiers: Sequence[tuple[int, Rate]]
) -> tuple[int, Rate]:  # fmt: skip
    """Return what a family pays of a charge, and its income as a share of the poverty guideline.

    The guideline of the year is `guideline_first_cents` for one person and `guideline_each_cents` for each further one. `tiers` are
    (up to this percentage of the guideline, share of the charge that is paid), in rising order; above the last one the charge is whole.
    """
    if household < 1 or income_cents < 0 or guideline_first_cents <= 0:
        raise InvalidValue("A sliding fee needs a household of one or more, an income of zero or more and the year's guideline.")
    guideline = guideline_first_cents + (household - 1) * guideline_each_cents
    percent = Rate(income_cents) * 100 / Rate(guideline)
    for limit, share in tiers:
        if percent <= limit:
            return int(Money(charge_cents).times(share)), percent
    return charge_cents, percent
