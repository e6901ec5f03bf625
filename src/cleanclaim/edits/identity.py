"""Edits of who: required names, addresses and identifiers that check themselves."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from cleanclaim.documents import Party
from cleanclaim.edits.registry import PROFESSIONAL, Case, Hit, at_line, rule
from cleanclaim.kernel.findings import Severity
from cleanclaim.kernel.identifiers import Ein, Mbi, Npi, Taxonomy, Zip

_837P = "005010X222A1"
_ROLES = {
    "85": "billing provider", "82": "rendering provider", "DN": "referring provider", "P3": "primary care provider", "DQ": "supervising provider",
    "77": "service facility", "71": "attending provider", "72": "operating provider", "ZZ": "other operating provider", "DK": "ordering provider",
    "87": "pay-to address", "IL": "subscriber", "QC": "patient", "PR": "payer", "QB": "purchased service provider",
}  # fmt: skip
MEDICARE = frozenset({"MA", "MB"})


def _role(party: Party) -> str:
    return _ROLES.get(party.entity, f"provider {party.entity}".strip())


def providers_of(case: Case) -> Iterator[tuple[str, Party]]:
    """Each provider of the claim with the place where it stands."""
    yield "billing provider", case.claim.billing
    for party in case.claim.providers:
        yield _role(party), party
    for line in case.claim.lines:
        for party in line.providers:
            yield f"{at_line(line)}, {_role(party)}", party


@rule("NPI_INVALID", Severity.STOP, "45 CFR 162.406; Luhn check over 80840 + NPI", effective=date(2007, 5, 23))
def npi_invalid(case: Case) -> Iterator[Hit]:
    """Every NPI on the claim has ten digits and passes its check digit."""
    for place, party in providers_of(case):
        if party.id and (party.id_qualifier in {"XX", ""}) and (wrong := Npi.check(Npi.normalise(party.id))):
            yield Hit(place, f"The NPI of the {place} cannot be right: {wrong}. Look it up in the NPI registry.")


@rule("NPI_MISSING", Severity.STOP, "45 CFR 162.410; 005010X222A1 NM109", effective=date(2007, 5, 23))
def npi_missing(case: Case) -> Iterator[Hit]:
    """The billing and the rendering provider are named by their NPI."""
    for place, party in providers_of(case):
        if party.entity in {"85", "82", "71"} and not party.id:
            yield Hit(place, f"The {place} has no NPI.")
    if not case.claim.billing.id and case.claim.billing.entity != "85":
        yield Hit("billing provider", "The billing provider has no NPI.")


@rule("RENDERING_IS_ORGANISATION", Severity.WARN, f"{_837P} loop 2310B", kinds=PROFESSIONAL)
def rendering_is_organisation(case: Case) -> Iterator[Hit]:
    """A rendering provider named beside the billing provider differs from it and is mostly a person."""
    rendering = case.claim.provider("82")
    if rendering is not None and rendering.id and rendering.id == case.claim.billing.id:
        yield Hit(
            "rendering provider", "The rendering provider has the billing provider's NPI. Leave it off, or name the clinician."
        )


@rule("TAX_ID_INVALID", Severity.STOP, f"{_837P} loop 2010AA REF*EI or REF*SY")
def tax_id_invalid(case: Case) -> Iterator[Hit]:
    """The billing provider's tax number is there, and an EIN has nine digits and an issued prefix."""
    billing = case.claim.billing
    if not billing.tax_id:
        yield Hit("billing provider", "The billing provider has no tax number (EIN or SSN).")
    elif billing.tax_id_qualifier in {"EI", ""} and (wrong := Ein.check(Ein.normalise(billing.tax_id))):
        yield Hit("billing provider", f"The billing provider's EIN cannot be right: {wrong}.")


@rule("TAXONOMY_INVALID", Severity.WARN, "NUCC provider taxonomy; PRV03")
def taxonomy_invalid(case: Case) -> Iterator[Hit]:
    """A taxonomy code has the shape of one."""
    for place, party in providers_of(case):
        if party.taxonomy and (wrong := Taxonomy.check(Taxonomy.normalise(party.taxonomy))):
            yield Hit(place, f"The taxonomy code of the {place} cannot be right: {wrong}.")


@rule("MBI_INVALID", Severity.STOP, "CMS, Understanding the Medicare Beneficiary Identifier format", effective=date(2020, 1, 1))
def mbi_invalid(case: Case) -> Iterator[Hit]:
    """A Medicare claim carries a Medicare beneficiary identifier of the right pattern."""
    coverages = [("subscriber", case.claim.subscriber)] + [
        (f"other coverage {place}", other.subscriber) for place, other in enumerate(case.claim.other_coverages, start=1)
    ]
    for place, subscriber in coverages:
        if subscriber.claim_filing in MEDICARE and subscriber.party.id and (wrong := Mbi.check(Mbi.normalise(subscriber.party.id))):
            yield Hit(place, f"The Medicare number cannot be right: {wrong}. Copy it from the card.")


@rule("MEMBER_ID_MISSING", Severity.STOP, f"{_837P} loop 2010BA NM109")
def member_id_missing(case: Case) -> Iterator[Hit]:
    """The subscriber's number with the payer is there."""
    if not case.claim.subscriber.party.id.strip():
        yield Hit("subscriber", "The subscriber has no member number. Copy it from the card.")


@rule("SUBSCRIBER_INCOMPLETE", Severity.STOP, f"{_837P} loops 2010BA, 2010CA")
def subscriber_incomplete(case: Case) -> Iterator[Hit]:
    """The subscriber, and the patient where another person, have a name; the patient has a birth date and a sex."""
    subscriber = case.claim.subscriber.party
    if not subscriber.last_name.strip():
        yield Hit("subscriber", "The subscriber has no last name.")
    place, patient = ("patient", case.claim.patient) if case.claim.patient is not None else ("subscriber", subscriber)
    if case.claim.patient is not None and not case.claim.patient.last_name.strip():
        yield Hit("patient", "The patient has no last name.")
    if patient.born_on is None:
        yield Hit(place, f"The {place} has no date of birth.")
    elif patient.born_on > case.served_on:
        yield Hit(place, f"The {place} was born after the date of service.")
    if patient.sex not in {"F", "M", "U"}:
        yield Hit(place, f"The {place} has no sex that a claim knows (F, M or U).")


@rule("RELATIONSHIP_MISSING", Severity.STOP, f"{_837P} SBR02, PAT01")
def relationship_missing(case: Case) -> Iterator[Hit]:
    """A patient who is not the subscriber says how they are related; one who is says self (18)."""
    relationship = case.claim.subscriber.relationship
    if case.claim.patient is not None and relationship in {"", "18"}:
        yield Hit("patient", "The patient is not the subscriber, but the relationship does not say what they are to each other.")
    if case.claim.patient is None and relationship not in {"", "18"}:
        yield Hit("patient", "The relationship says that the patient is not the subscriber, but no patient stands on the claim.")


@rule("PAYER_MISSING", Severity.STOP, f"{_837P} loop 2010BB")
def payer_missing(case: Case) -> Iterator[Hit]:
    """The claim says which payer it goes to, by name and number."""
    payer = case.claim.subscriber.payer
    if not payer.last_name.strip():
        yield Hit("payer", "The payer has no name.")
    if not payer.id.strip():
        yield Hit("payer", "The payer has no payer number. Take it from the clearinghouse's payer list.")


@rule("CLAIM_FILING_MISSING", Severity.WARN, f"{_837P} SBR09")
def claim_filing_missing(case: Case) -> Iterator[Hit]:
    """The claim says which kind of insurance it goes to."""
    if not case.claim.subscriber.claim_filing:
        yield Hit("subscriber", "The coverage does not say its kind of insurance (claim filing indicator).")


@rule("BILLING_ADDRESS_INCOMPLETE", Severity.STOP, f"{_837P} loop 2010AA N3, N4")
def billing_address_incomplete(case: Case) -> Iterator[Hit]:
    """The billing provider has a street address with state and a nine-digit ZIP code; a post box is no billing address."""
    billing = case.claim.billing
    if not billing.last_name.strip():
        yield Hit("billing provider", "The billing provider has no name.")
    address = billing.address
    if address is None or not (address.line1.strip() and address.city.strip()):
        yield Hit("billing provider", "The billing provider's address is not complete.")
        return
    street = address.line1.upper().replace(".", "").replace(" ", "")
    if street.startswith(("POBOX", "LOCKBOX", "POSTOFFICEBOX")):
        yield Hit(
            "billing provider",
            "The billing provider's address is a post box. Give the street; the post box goes to the pay-to address.",
        )
    if not address.country or address.country == "US":
        if not Zip.is_valid(address.zip):
            yield Hit("billing provider", "The billing provider's ZIP code has five or nine digits.")
        elif len(Zip.normalise(address.zip)) != 9:
            yield Hit("billing provider", "Payers ask for the billing provider's nine-digit ZIP code.", Severity.WARN)


@rule("ZIP_INVALID", Severity.STOP, f"{_837P} N403")
def zip_invalid(case: Case) -> Iterator[Hit]:
    """A US address has a ZIP code of five or nine digits."""
    people = [("subscriber", case.claim.subscriber.party), ("patient", case.claim.patient), ("pay-to address", case.claim.pay_to)]
    people += [(_role(party), party) for party in case.claim.providers]
    for place, party in people:
        if party is None or party.address is None:
            continue
        if party.address.country in {"", "US"} and party.address.zip and not Zip.is_valid(party.address.zip):
            yield Hit(place, f"The ZIP code of the {place} has five or nine digits.")


@rule("SUBSCRIBER_ADDRESS_MISSING", Severity.STOP, f"{_837P} loop 2010BA N3, N4", kinds=PROFESSIONAL)
def subscriber_address_missing(case: Case) -> Iterator[Hit]:
    """A patient who is the subscriber has an address on the claim."""
    party = case.claim.patient if case.claim.patient is not None else case.claim.subscriber.party
    place = "patient" if case.claim.patient is not None else "subscriber"
    if party.address is None or not (party.address.line1.strip() and party.address.city.strip()):
        yield Hit(place, f"The {place} has no complete address.")


@rule(
    "REFERRING_MISSING",
    Severity.WARN,
    "42 CFR 424.507: items ordered or referred name who did",
    kinds=PROFESSIONAL,
    effective=date(2012, 7, 1),
)
def referring_missing(case: Case) -> Iterator[Hit]:
    """A referring provider stands with an NPI when one is named."""
    for place, party in providers_of(case):
        if party.entity in {"DN", "DK"} and not party.id:
            yield Hit(place, f"The {place} has no NPI; Medicare does not pay without it.")


@rule("SIGNATURE_MISSING", Severity.WARN, f"{_837P} CLM06, CLM08, CLM09")
def signature_missing(case: Case) -> Iterator[Hit]:
    """The release of information is on file; without it a payer may not be told."""
    if case.claim.release_of_information not in {"Y", "I"}:
        yield Hit("claim", "No release of information is on file. Have the patient sign before the claim goes out.")
