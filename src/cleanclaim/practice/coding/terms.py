"""The practice's own words for codes, and the codes that coders keep at hand. Local terms are versioned: a change ends one and begins the next."""

from __future__ import annotations

from datetime import date, datetime
from typing import NamedTuple

from django.db.models import F, Q

from cleanclaim.kernel.errors import InvalidValue
from cleanclaim.practice.audit.actions import record
from cleanclaim.practice.coding import policy, rules
from cleanclaim.practice.coding.models import Favourite, LocalTerm
from cleanclaim.practice.foundation.actor import Actor
from cleanclaim.practice.foundation.events import emit
from cleanclaim.practice.foundation.transactions import get_or_refuse, save_checked, transaction_for
from cleanclaim.practice.people.policy import require


class LocalTermRow(NamedTuple):
    """A version of a local term."""

    term_id: str
    term: str
    system: str
    code: str
    revision: int
    set_by: str
    valid_from: date
    ended_at: datetime | None


class FavouriteRow(NamedTuple):
    """A code at hand; an empty owner means the whole practice."""

    favourite_id: str
    owner: str
    group: str
    system: str
    code: str
    remark: str
    uses: int


def set_local_term(*, term: str, code: str, by: Actor, system: str = "icd10cm") -> LocalTerm:
    """Let the practice's own word stand for a code; the word's earlier code ends and stays readable as an earlier revision."""
    require(by, *policy.SETS_TERMS)
    folded = " ".join(term.casefold().split())
    if not folded or len(folded) > 120:
        raise InvalidValue("A local term has 1 to 120 characters.")
    if system not in rules.SYSTEMS:
        raise InvalidValue(f"A code's system is one of {', '.join(sorted(rules.SYSTEMS))}.")
    written = rules.with_dot(code) if system == "icd10cm" else code.strip().upper()
    with transaction_for(by):
        rows = LocalTerm.objects.of(by.practice_id).filter(folded=folded, system=system)
        before: LocalTerm | None = rows.select_for_update().order_by("-revision").first()
        if before is not None and before.ended_at is None:
            if before.code == written:
                return before
            before.ended_at, before.ended_by = by.at, by.name
            save_checked(before, fields=["ended_at", "ended_by"])
        local = LocalTerm(
            practice_id=by.practice_id, term=" ".join(term.split()), folded=folded, system=system, code=written,
            revision=before.revision + 1 if before else 1, set_by=by.name, valid_from=by.today, created_at=by.at,
        )  # fmt: skip
        local.save()
        record(by, "set_local_term", local.public_id, system=system, code=written, revision=local.revision)
        emit(by, "local-term-set", local.public_id)
    return local


def end_local_term(*, term_id: str, by: Actor) -> None:
    """End a local term; the book answers again."""
    require(by, *policy.SETS_TERMS)
    with transaction_for(by):
        local: LocalTerm = get_or_refuse(LocalTerm.objects.of(by.practice_id), what="local term", public_id=term_id)
        if local.ended_at is None:
            local.ended_at, local.ended_by = by.at, by.name
            save_checked(local, fields=["ended_at", "ended_by"])
            record(by, "end_local_term", local.public_id)


def in_force(practice_id: int) -> tuple[tuple[str, str, str], ...]:
    """Return (term, system, code) for the encoder: the versions that stand now, whatever the day of service, since words do not expire."""
    rows = LocalTerm.objects.of(practice_id).filter(ended_at__isnull=True).order_by("folded")
    return tuple(rows.values_list("term", "system", "code"))


def local_terms(practice_id: int, *, with_ended: bool = False) -> list[LocalTermRow]:
    """Return the practice's terms, each followed by its earlier revisions when asked for."""
    rows = LocalTerm.objects.of(practice_id).order_by("folded", "system", "-revision")
    if not with_ended:
        rows = rows.filter(ended_at__isnull=True)
    return [
        LocalTermRow(row.public_id, row.term, row.system, row.code, row.revision, row.set_by, row.valid_from, row.ended_at)
        for row in rows
    ]


def add_favourite(*, system: str, code: str, by: Actor, group: str = "", remark: str = "", is_shared: bool = False) -> Favourite:
    """Keep a code at hand, for oneself or (shared) for the whole practice; the same one again returns the first."""
    require(by, *policy.CODES)
    if system not in rules.SYSTEMS:
        raise InvalidValue(f"A code's system is one of {', '.join(sorted(rules.SYSTEMS))}.")
    written = rules.with_dot(code) if system == "icd10cm" else code.strip().upper()
    with transaction_for(by):
        favourite, is_new = Favourite.objects.get_or_create(
            practice_id=by.practice_id, owner="" if is_shared else by.name, group=group[:60], system=system, code=written,
            defaults={"remark": remark[:200], "created_at": by.at},
        )  # fmt: skip
        if is_new:
            record(by, "add_favourite", favourite.public_id, system=system, code=written, shared=is_shared)
    kept: Favourite = favourite
    return kept


def drop_favourite(*, favourite_id: str, by: Actor) -> None:
    """Put a favourite away: one's own, or a shared one."""
    require(by, *policy.CODES)
    with transaction_for(by):
        favourite = Favourite.objects.of(by.practice_id).filter(Q(owner="") | Q(owner=by.name), public_id=favourite_id).first()
        if favourite is not None:
            favourite.delete()
            record(by, "drop_favourite", favourite_id, code=favourite.code)


def count_uses(practice_id: int, owner: str, codes: set[tuple[str, str]]) -> None:
    """Count that favourites were used, so that the list puts the usual ones first."""
    for system, code in codes:
        Favourite.objects.of(practice_id).filter(Q(owner="") | Q(owner=owner), system=system, code=code).update(uses=F("uses") + 1)


def favourites(practice_id: int, owner: str) -> list[FavouriteRow]:
    """Return a coder's favourites and the practice's, by group, the most used first."""
    rows = Favourite.objects.of(practice_id).filter(Q(owner="") | Q(owner=owner)).order_by("group", "-uses", "code")
    return [FavouriteRow(row.public_id, row.owner, row.group, row.system, row.code, row.remark, row.uses) for row in rows]
