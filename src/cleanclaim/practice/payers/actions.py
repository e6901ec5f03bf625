"""Recording payers, their other names and contracts."""

from __future__ import annotations

from datetime import date
from typing import Any

from cleanclaim.documents import Party
from cleanclaim.kernel.errors import InvalidValue
from cleanclaim.practice.audit.actions import record
from cleanclaim.practice.connections.models import TradingPartner
from cleanclaim.practice.foundation.actor import Actor
from cleanclaim.practice.foundation.transactions import get_or_refuse, save_checked, transaction_for
from cleanclaim.practice.payers import queries
from cleanclaim.practice.payers.models import Contract, Payer, PayerAlias
from cleanclaim.practice.payers.rules import APPEAL_DAYS, TIMELY_FILING_DAYS, folded_name, kind_of_filing
from cleanclaim.practice.people.policy import require

_EDITABLE = {
    "name", "kind", "claim_filing", "line1", "city", "state", "zip", "phone", "timely_filing_days", "corrected_claim_days",
    "no_answer_days", "appeal_days", "takes_crossover", "crossover_wait_days", "is_capitated", "is_active",
}  # fmt: skip


def add_payer(
    *, name: str, payer_id: str, by: Actor, kind: str = "", claim_filing: str = "CI", partner: TradingPartner | None = None,
    aliases: tuple[str, ...] = (), **more: Any,
) -> Payer:  # fmt: skip
    """Record a payer; the same payer id again returns the first record. `more` are the payer's clocks and address."""
    require(by, "manager", "biller", "front_desk")
    if not name.strip():
        raise InvalidValue("A payer has a name.")
    unknown = set(more) - _EDITABLE
    if unknown:
        raise InvalidValue(f"A payer has no {min(unknown)}.")
    kind = kind or kind_of_filing(claim_filing)
    if kind not in Payer.Kind.values:
        raise InvalidValue(f"A payer is one of {', '.join(Payer.Kind.values)}.")
    with transaction_for(by):
        payer = Payer.objects.of(by.practice_id).filter(payer_id__iexact=payer_id).first() if payer_id else None
        if payer is None:
            facts: dict[str, Any] = {
                "appeal_days": list(APPEAL_DAYS[kind]), "timely_filing_days": TIMELY_FILING_DAYS.get(kind, 365), **more,
            }  # fmt: skip
            payer = Payer(
                practice_id=by.practice_id, name=name.strip(), payer_id=payer_id.strip(), kind=kind, claim_filing=claim_filing,
                partner=partner, created_at=by.at, **facts,
            )  # fmt: skip
            payer.save()
            record(by, "add_payer", payer.public_id)
            _add_aliases(payer, (name, payer_id, *aliases), by)
    return payer


def _add_aliases(payer: Payer, values: tuple[str, ...], by: Actor) -> None:
    folded = {folded_name(value) for value in values if value.strip()}
    known = set(PayerAlias.objects.of(by.practice_id).filter(payer=payer).values_list("value", flat=True))
    rows = [PayerAlias(practice_id=by.practice_id, payer=payer, value=value) for value in sorted(folded - known)]
    PayerAlias.objects.bulk_create(rows, ignore_conflicts=True)


def add_payer_name(*, payer_id: str, value: str, by: Actor) -> None:
    """Note another name or number under which the payer writes."""
    require(by, "biller", "manager")
    with transaction_for(by):
        payer = get_or_refuse(Payer.objects.of(by.practice_id), what="payer", public_id=payer_id)
        _add_aliases(payer, (value,), by)
        record(by, "add_payer_name", payer.public_id)


def change_payer(*, payer_id: str, by: Actor, expected_version: int | None = None, **facts: Any) -> Payer:
    """Change a payer's clocks, address or standing."""
    require(by, "manager")
    unknown = set(facts) - _EDITABLE
    if unknown:
        raise InvalidValue(f"A payer has no {min(unknown)}.")
    with transaction_for(by):
        payer: Payer = get_or_refuse(Payer.objects.of(by.practice_id), what="payer", public_id=payer_id)
        for name, value in facts.items():
            setattr(payer, name, value)
        save_checked(payer, expected_version=expected_version)
        record(by, "change_payer", payer.public_id, fields=sorted(facts))
    return payer


def connect_payer(*, payer_id: str, partner: TradingPartner | None, by: Actor) -> Payer:
    """Say through which trading partner a payer's files travel; none is the practice's only one. Files that were sent stay sent."""
    require(by, "manager")
    with transaction_for(by):
        payer: Payer = get_or_refuse(Payer.objects.of(by.practice_id), what="payer", public_id=payer_id)
        if partner is not None and partner.practice_id != by.practice_id:
            raise InvalidValue("This partner is another practice's.")
        payer.partner = partner
        save_checked(payer, fields=["partner"])
        record(by, "connect_payer", payer.public_id, partner=partner.public_id if partner else "")
    return payer


def payer_from_party(*, party: Party, claim_filing: str, by: Actor) -> Payer:
    """Return the payer that a document names by number or name, recording it when the practice meets it for the first time."""
    found = queries.payer_of_party(by.practice_id, party)
    if found is not None:
        return found
    address = party.address
    return add_payer(
        name=(party.last_name or party.id or "Unnamed payer")[:120], payer_id=party.id[:80], claim_filing=claim_filing[:2] or "CI", by=by,
        line1=address.line1[:120] if address else "", city=address.city[:60] if address else "", state=(address.state if address else "")[:2],
        zip=(address.zip if address else "")[:9],
    )  # fmt: skip


def change_appeal_days(*, payer_id: str, days: tuple[int, ...], by: Actor) -> Payer:
    """Set how many days each level of appeal with a payer has; denials opened before keep their last day."""
    require(by, "manager")
    if not all(0 < count <= 3650 for count in days):
        raise InvalidValue("A level of appeal has 1 to 3650 days.")
    with transaction_for(by):
        payer: Payer = get_or_refuse(Payer.objects.of(by.practice_id), what="payer", public_id=payer_id)
        payer.appeal_days = list(days)
        save_checked(payer, fields=["appeal_days"])
        record(by, "change_appeal_days", payer.public_id)
    return payer


def add_contract(
    *, payer_id: str, name: str, terms: dict[str, Any], valid_from: date, by: Actor, valid_to: date | None = None
) -> Contract:
    """Record what was agreed with a payer from a day on; an open earlier contract ends the day before."""
    require(by, "manager")
    with transaction_for(by):
        payer = get_or_refuse(Payer.objects.of(by.practice_id), what="payer", public_id=payer_id)
        rows = Contract.objects.of(by.practice_id).filter(payer=payer)
        found: Contract | None = rows.filter(valid_from=valid_from).first()
        if found is not None:
            return found
        for earlier in rows.filter(valid_from__lt=valid_from, valid_to__isnull=True):
            earlier.valid_to = date.fromordinal(valid_from.toordinal() - 1)
            save_checked(earlier)
        contract = Contract(
            practice_id=by.practice_id,
            payer=payer,
            name=name,
            terms=terms,
            valid_from=valid_from,
            valid_to=valid_to,
            created_at=by.at,
        )
        contract.save()
        record(by, "add_contract", contract.public_id, payer=payer.public_id)
    return contract
