"""The claim's own edits, run on a visit's codes while they are still on the desk: what would hold the claim is shown before it is one."""

from __future__ import annotations

from datetime import date
from functools import cache
from typing import Any, Final

from cleanclaim import edits
from cleanclaim.documents import Claim, Diagnosis, Party, ServiceLine, Subscriber
from cleanclaim.edits import PastService
from cleanclaim.kernel.findings import Finding
from cleanclaim.practice.coding import rules
from cleanclaim.practice.coding.models import CodedProcedure
from cleanclaim.practice.encounters.models import Encounter
from cleanclaim.practice.people.queries import rendering_party
from cleanclaim.practice.registration.queries import account_ids

_LATER: Final = (".identity", ".coordination", ".structure")
"""Edits that look at what a visit does not have yet: parties, other payers' decisions, the claim's own shape."""
_NOT_THE_CODERS: Final = frozenset({"TIMELY_FILING", "AUTHORIZATION_MISSING", "POS_MISSING"})


@cache
def left_to_the_claim() -> frozenset[str]:
    """Return the names of the edits that wait for the claim."""
    names = {name for name, rule in edits.RULES.items() if rule.check.__module__.endswith(_LATER)}
    return frozenset(names | _NOT_THE_CODERS)


def desk_findings(encounter: Encounter, codes: rules.DeskCodes, store: Any) -> tuple[Finding, ...]:
    """Return what the edits hold against a visit's codes; the person's age and sex count, their name does not."""
    claim = provisional_claim(encounter, codes)
    found = edits.scrub(claim, store, on=encounter.served_on, history=past_services(encounter), without=left_to_the_claim())
    return tuple(found)


def provisional_claim(encounter: Encounter, codes: rules.DeskCodes) -> Claim:
    """Return the codes as a claim without money or names, for edits alone."""
    somebody = Party("IL", is_person=True, born_on=encounter.patient.born_on, sex=encounter.patient.sex)
    lines = tuple(
        ServiceLine(number=place, procedure=item.code, charge_cents=0, quantity=item.units, modifiers=item.modifiers, pointers=item.pointers,
                    served_on=item.served_on or encounter.served_on, national_drug_code=item.national_drug_code)
        for place, item in enumerate(codes.procedures, 1) if item.system != "icd10pcs"
    )  # fmt: skip
    diagnoses = tuple(
        Diagnosis(rules.without_dot(item.code), "ABK" if place == 1 else "ABF", item.present_on_admission)
        for place, item in enumerate(codes.diagnoses, 1)
    )
    return Claim(
        patient_control_number="", charge_cents=0, billing=Party("85"), subscriber=Subscriber(somebody, Party("PR")), lines=lines,
        diagnoses=diagnoses, facility_code=encounter.place_of_service, providers=(rendering_party(encounter.provider),),
    )  # fmt: skip


def past_services(encounter: Encounter, *, years: int = 3) -> tuple[PastService, ...]:
    """Return the account's services of other visits in the years before and up to the day of service."""
    ids = account_ids(encounter.practice_id, encounter.patient.public_id)
    first = date(encounter.served_on.year - years, encounter.served_on.month, min(encounter.served_on.day, 28))
    rows = CodedProcedure.objects.of(encounter.practice_id).filter(
        encounter__patient__public_id__in=ids,
        encounter__served_on__gte=first,
        encounter__served_on__lte=encounter.served_on,
        voided_at__isnull=True,
    )
    rows = (
        rows.exclude(encounter=encounter)
        .exclude(encounter__state=Encounter.State.VOID)
        .select_related("encounter__provider")
        .order_by("id")
    )
    return tuple(
        PastService(row.code, row.served_on or row.encounter.served_on, tuple(row.modifiers), rules.from_thousandths(row.units_thousandths), "",
                    row.encounter.provider.npi)
        for row in rows
    )  # fmt: skip
