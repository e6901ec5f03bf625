"""Finding payers."""

from __future__ import annotations

from datetime import date

from django.db.models import Count, Q

from cleanclaim.documents import Address, Party
from cleanclaim.practice.foundation.transactions import get_or_refuse
from cleanclaim.practice.payers.models import Contract, Payer, PayerAlias
from cleanclaim.practice.payers.rules import folded_name


def payers(practice_id: int, *, active_only: bool = True) -> list[Payer]:
    """Return the payers in order of their names."""
    rows = Payer.objects.of(practice_id).select_related("partner").order_by("name")
    return list(rows.filter(is_active=True) if active_only else rows)


def payer(practice_id: int, public_id: str) -> Payer:
    """Return one payer. Raises NotFound."""
    found: Payer = get_or_refuse(Payer.objects.of(practice_id).select_related("partner"), what="payer", public_id=public_id)
    return found


def payer_of_party(practice_id: int, party: Party) -> Payer | None:
    """Return the payer that a document means: by its number first, else by a name that only one payer bears."""
    if party.id:
        found: Payer | None = Payer.objects.of(practice_id).filter(payer_id__iexact=party.id.strip()).first()
        if found is not None:
            return found
    found_ids = payers_named(practice_id, [party.last_name]) if party.last_name and not party.id else ()
    return Payer.objects.of(practice_id).get(pk=next(iter(found_ids))) if len(found_ids) == 1 else None


def payers_named(practice_id: int, names: list[str]) -> frozenset[int]:
    """Return the database ids of the payers that write under one of the names or numbers."""
    folded = {folded_name(name) for name in names if name and name.strip()}
    rows = PayerAlias.objects.of(practice_id).filter(value__in=folded).values_list("payer_id", flat=True)
    return frozenset(rows)


def payer_party(found: Payer) -> Party:
    """Return the payer as it stands on a claim (loop 2010BB)."""
    address = Address(found.line1, "", found.city, found.state, found.zip) if found.line1 else None
    return Party(entity="PR", last_name=found.name, id_qualifier="PI", id=found.payer_id, address=address, phone=found.phone)


def contract_on(practice_id: int, payer_id: str, day: date) -> Contract | None:
    """Return the contract with a payer that is in force on a day of service."""
    rows = Contract.objects.of(practice_id).filter(
        Q(valid_to__isnull=True) | Q(valid_to__gte=day), payer__public_id=payer_id, valid_from__lte=day
    )
    found: Contract | None = rows.order_by("-valid_from").first()
    return found


def contracts_of(practice_id: int, payer_id: str) -> list[Contract]:
    """Return the contracts with a payer, the latest first."""
    return list(Contract.objects.of(practice_id).filter(payer__public_id=payer_id).order_by("-valid_from"))


def names_of(practice_id: int, payer_id: str) -> list[str]:
    """Return every name and number under which a payer writes."""
    rows = PayerAlias.objects.of(practice_id).filter(payer__public_id=payer_id).order_by("value")
    return list(rows.values_list("value", flat=True))


def contract_counts(practice_id: int) -> dict[int, int]:
    """Return how many contracts are recorded with each payer."""
    rows = Contract.objects.of(practice_id).values_list("payer_id").annotate(times=Count("id")).order_by()
    return {key: int(times) for key, times in rows}
