"""A claim's document from what is known of the visit, when the charges are priced. Pure."""

from __future__ import annotations

from cleanclaim.documents import Claim, DateFact, Diagnosis, OtherCoverage, Party, ServiceLine
from cleanclaim.practice.charges.basis import ClaimBasis


def claim_document(basis: ClaimBasis, number: str) -> Claim:
    """Freeze a visit into a claim to its first payer; the other payers are named in the order of payment."""
    first = basis.coverages[0].subscriber
    sequence = "PSTABCDEFGH"
    holders = [coverage.subscriber._replace(sequence=sequence[place]) for place, coverage in enumerate(basis.coverages)]
    first = holders[0]
    providers = tuple(party for party in (basis.rendering, basis.referring, basis.supervising, _other_facility(basis)) if party)
    accident = basis.accident
    return Claim(
        patient_control_number=number, charge_cents=basis.charge_cents, billing=basis.billing, subscriber=first,
        lines=tuple(_line(line, number, basis) for line in basis.lines),
        diagnoses=tuple(Diagnosis(code, "ABF" if place else "ABK") for place, code in enumerate(basis.diagnoses)),
        facility_code=basis.place_of_service, patient=None if first.relationship == "18" else basis.patient,
        providers=providers, other_coverages=tuple(OtherCoverage(holder) for holder in holders[1:]),
        benefits_assigned="Y" if basis.assigns_benefits else "N", release_of_information="Y" if basis.releases_information else "I",
        prior_authorization=basis.prior_authorization, referral_number=basis.referral_number, note=basis.note[:80],
        accident_causes=(accident.cause,) if accident else (), accident_state=accident.state if accident else "",
        dates=(DateFact("439", accident.on),) if accident and accident.on else (),
    )  # fmt: skip


def _line(line: ServiceLine, number: str, basis: ClaimBasis) -> ServiceLine:
    place = line.place_of_service if line.place_of_service != basis.place_of_service else ""
    return line._replace(
        control_number=f"{number}L{line.number}", served_on=line.served_on or basis.served_on, place_of_service=place
    )


def _other_facility(basis: ClaimBasis) -> Party | None:
    """Name the place of service only where it is not the billing provider's own (loop 2310C)."""
    facility, billing = basis.facility, basis.billing
    if facility is None or facility.address is None or billing.address is None:
        return None
    same = (facility.address.line1.upper(), facility.address.zip[:5]) == (billing.address.line1.upper(), billing.address.zip[:5])
    return None if same else facility
