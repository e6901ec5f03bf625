"""One contender of the benchmark, run in its own interpreter: does its work on one file and prints JSON.

CPU seconds cover reading the file and folding every typed field into a checksum; import and start-up are outside. `fold` is order-free, so
that table-shaped and stream-shaped readers reach the same number.
"""

from __future__ import annotations

import json
import resource
import sys
import time
from zlib import crc32

MASK = (1 << 64) - 1


def split_floor(path: str) -> int:
    """What no reader can undercut: segments and elements split, nothing read."""
    with open(path, "rb") as file:
        data = str(file.read(), "latin-1")
    count = 0
    for segment in data.split("~"):
        count += len(segment.split("*"))
    return count


def ours_835(path: str) -> int:
    from cleanclaim import x12
    from cleanclaim.documents import ClaimPayment

    total = 0
    for item in x12.read_payments(path):
        if type(item) is ClaimPayment:
            patient = item.patient
            total += item.charge_cents + item.paid_cents + item.patient_responsibility_cents
            total += crc32((
                item.patient_control_number + item.status + item.payer_claim_control_number + item.claim_filing + patient.last_name
                + patient.first_name + patient.id + item.rendering.id
            ).encode())  # fmt: skip
            for line in item.lines:
                total += line.charge_cents + line.paid_cents + line.served_on.toordinal() + int(line.quantity)
                total += crc32((line.procedure_qualifier + line.procedure + line.line_control_number).encode())
                for amount in line.amounts:
                    total += amount.cents
                for adjustment in line.adjustments:
                    total += adjustment.cents + crc32((adjustment.group + adjustment.reason).encode())
            for adjustment in item.adjustments:
                total += adjustment.cents + crc32((adjustment.group + adjustment.reason).encode())
    return total & MASK


def oxedi_835(path: str) -> int:
    import oxedi

    with open(path, "rb") as file:
        tables = oxedi.parse(file.read()).tables
    total = 0
    names = ["charge_amount", "payment_amount", "patient_responsibility", "claim_id", "claim_status", "payer_control_number", "filing_indicator",
             "patient_last_name", "patient_first_name", "patient_id", "rendering_provider_id"]  # fmt: skip
    for charge, paid, share, number, status, control, filing, last, first, member, rendering in (
        tables["claims"].to_polars().select(names).iter_rows()
    ):
        total += int(charge * 100) + int(paid * 100) + int((share or 0) * 100)
        total += crc32(number + status + control + filing + last + first + member + rendering)
    names = [
        "charge_amount",
        "payment_amount",
        "service_date",
        "units_paid",
        "procedure_qualifier",
        "procedure_code",
        "line_item_control_number",
        "allowed_amount",
    ]
    for charge, paid, day, units, qualifier, code, control, allowed in tables["services"].to_polars().select(names).iter_rows():
        total += (
            int(charge * 100)
            + int(paid * 100)
            + day.toordinal()
            + int(units)
            + int(allowed * 100)
            + crc32(qualifier + code + control)
        )
    for amount, group, reason in tables["adjustments"].to_polars().select(["amount", "group_code", "reason_code"]).iter_rows():
        total += int(amount * 100) + crc32(group + reason)
    return total & MASK


def oxedi_parse_only(path: str) -> int:
    import oxedi

    with open(path, "rb") as file:
        return len(oxedi.parse(file.read()).tables.keys())


def ours_837(path: str) -> int:
    from cleanclaim import x12

    total = 0
    for claim in x12.read_claims(path):
        subscriber = claim.subscriber
        person, payer = subscriber.party, subscriber.payer
        texts = [
            claim.patient_control_number, claim.facility_code, claim.frequency, claim.assignment, claim.clia_number, person.last_name,
            person.first_name, person.id, person.address.line1, person.address.zip, person.sex, subscriber.group_number, payer.last_name, payer.id,
        ]  # fmt: skip
        total += claim.charge_cents + person.born_on.toordinal()
        for diagnosis in claim.diagnoses:
            texts += (diagnosis.qualifier, diagnosis.code)
        for provider in claim.providers:
            texts += (provider.entity, provider.last_name, provider.id, provider.taxonomy)
        for line in claim.lines:
            total += line.charge_cents + line.served_on.toordinal() + int(line.quantity) + sum(line.pointers)
            texts += (line.procedure, *line.modifiers, line.control_number)
        total += crc32("".join(texts).encode())
    return total & MASK


def x12sdk_837(path: str) -> int:
    from x12sdk.io import X12ModelReader

    with open(path, encoding="ascii") as file:
        text = file.read()
    total = 0
    with X12ModelReader(text) as reader:
        for model in reader.models():
            for provider in model.loop_2000a:
                for subscriber in provider.loop_2000b:
                    total += _x12sdk_subscriber(subscriber)
    return total & MASK


def _text(value: object) -> str:
    value = getattr(value, "value", value)
    return "" if value is None else str(value)


def _x12sdk_subscriber(subscriber) -> int:
    name, payer = subscriber.loop_2010ba, subscriber.loop_2010bb.nm1_segment
    total = 0
    for claim in subscriber.loop_2300:
        clm, person = claim.clm_segment, name.nm1_segment
        total += int(clm.total_claim_charge_amount * 100) + name.dmg_segment.date_time_period.toordinal()
        where = clm.health_care_service_location_information.split(":")
        clia = next(
            (
                ref.reference_identification
                for ref in claim.ref_segment or []
                if _text(ref.reference_identification_qualifier) == "X4"
            ),
            "",
        )
        texts = [
            clm.patient_control_number, where[0], where[2], _text(clm.provider_accept_assignment_code), clia, person.name_last_or_organization_name,
            person.name_first, person.identification_code, name.n3_segment.address_information_1, name.n4_segment.postal_code,
            _text(name.dmg_segment.gender_code), subscriber.sbr_segment.group_policy_number, payer.name_last_or_organization_name,
            payer.identification_code,
        ]  # fmt: skip
        for hi in claim.hi_segment:
            for at in range(1, 13):
                code = getattr(hi, f"health_care_code_{at}", None)
                if code:
                    texts += code[:2]
        rendering = claim.loop_2310b
        provider = rendering.nm1_segment
        texts += [
            _text(provider.entity_identifier_code), provider.name_last_or_organization_name, provider.identification_code,
            rendering.prv_segment.reference_identification,
        ]  # fmt: skip
        for line in claim.loop_2400:
            sv1 = line.sv1_segment
            pointers = sv1.composite_diagnosis_code_pointer.split(":")
            total += (
                int(sv1.line_item_charge_amount * 100)
                + line.dtp_segment[0].date_time_period.toordinal()
                + int(sv1.service_unit_count)
            )
            total += sum(map(int, pointers))
            control = next(
                (
                    ref.reference_identification
                    for ref in line.ref_segment or []
                    if _text(ref.reference_identification_qualifier) == "6R"
                ),
                "",
            )
            parts = sv1.product_service_id_qualifier.split(":")
            texts += (*parts[1:6], control)
        total += crc32("".join(texts).encode())
    return total


def ours_check(path: str) -> int:
    from datetime import UTC, datetime

    from cleanclaim import x12

    answer = x12.acknowledge(path, instant=datetime(2026, 11, 20, tzinfo=UTC))
    return int(answer.is_accepted)


def pyx12_check(path: str) -> int:
    import io
    import logging

    import pyx12.params
    import pyx12.x12n_document

    logging.disable(logging.CRITICAL)
    return int(pyx12.x12n_document.x12n_document(pyx12.params.params(), path, fd_997=io.StringIO(), fd_html=None, fd_xmldoc=None))


WORK = {
    "split": split_floor, "ours-835": ours_835, "oxedi-835": oxedi_835, "oxedi-parse": oxedi_parse_only, "ours-837": ours_837, "x12sdk-837": x12sdk_837,
    "ours-check": ours_check, "pyx12-check": pyx12_check,
}  # fmt: skip


def main() -> None:
    name, path = sys.argv[1], sys.argv[2]
    rounds = int(sys.argv[3]) if len(sys.argv) > 3 else 1
    before_memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    best = None
    answer = 0
    if name != "split":
        warm = {
            "ours-835": "cleanclaim.x12",
            "ours-837": "cleanclaim.x12",
            "ours-check": "cleanclaim.x12",
            "oxedi-835": "polars",
            "x12sdk-837": "x12sdk.io",
        }
        if name in warm:
            __import__(warm[name])
    for _ in range(rounds):
        started = time.process_time()
        answer = WORK[name](path)
        spent = time.process_time() - started
        best = spent if best is None else min(best, spent)
    after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(json.dumps({"cpu": best, "answer": answer, "peak_mb": after / 1024, "bare_mb": before_memory / 1024}))


if __name__ == "__main__":
    main()
