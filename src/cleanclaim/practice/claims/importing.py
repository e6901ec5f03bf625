"""Taking over open claims from any third party's 837: each becomes a claim with its charges booked, or is skipped with the reason."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any, NamedTuple

from django.db.models.functions import Upper

from cleanclaim import documents
from cleanclaim.kernel.errors import UnreadableInput
from cleanclaim.kernel.money import Money
from cleanclaim.ledger import Account, Entry, Posting
from cleanclaim.ledger.movements import Tag, charge
from cleanclaim.practice.audit.actions import record
from cleanclaim.practice.claims import intake
from cleanclaim.practice.claims.balances import Balances, LineBalance, decision_legs
from cleanclaim.practice.claims.books import Desk, count_new_claims
from cleanclaim.practice.claims.freezing import to_json
from cleanclaim.practice.claims.identity import last_name_key, member_key, name_key
from cleanclaim.practice.claims.models import Claim, ClaimEvent, ClaimLine, ClaimPayer, Submission
from cleanclaim.practice.claims.replacing import replace_content, replaced_claim
from cleanclaim.practice.claims.rules import Queue, Status
from cleanclaim.practice.foundation import blobs
from cleanclaim.practice.foundation.actor import Actor
from cleanclaim.practice.foundation.bulk import insert_rows
from cleanclaim.practice.foundation.transactions import transaction_for
from cleanclaim.practice.journal import actions as journal
from cleanclaim.practice.payers.actions import payer_from_party
from cleanclaim.practice.payers.models import Payer
from cleanclaim.practice.people.policy import require
from cleanclaim.x12 import read_claims, unended

_CHUNK = 400


class Skipped(NamedTuple):
    """A claim that was not taken over, and why."""

    patient_control_number: str
    why: str
    is_refused: bool = False


class Imported(NamedTuple):
    """What an import did: the claims' control numbers in the practice, and what was skipped."""

    claims: tuple[str, ...]
    skipped: tuple[Skipped, ...]


def import_claims(*, content: bytes, by: Actor, source: str = "file") -> Imported:
    """Take over the open claims of an 837 in one transaction; the same claims again change nothing.

    Raises UnreadableInput when there is no claim in it at all.
    """
    require(by, "biller", "manager")
    taken: list[str] = []
    skipped: list[Skipped] = []
    with transaction_for(by):
        digest = blobs.put(content)
        run = _Import(by, source, digest)
        for chunk in _chunks(read_claims(content), _CHUNK):
            run.take(chunk, taken, skipped)
        if not taken and not skipped:
            raise UnreadableInput("There is no claim in it: this is no 837.")
        if "a transaction" in unended(content):
            skipped.append(
                Skipped("", "The file breaks off: a transaction has no end, and the claims behind that are not here.", True)
            )
        record(by, "import_claims", f"blob:{digest[:40]}", imported=len(taken), skipped=len(skipped))
    return Imported(tuple(taken), tuple(skipped))


def _chunks(claims: Iterable[documents.Claim], size: int) -> Iterator[list[documents.Claim]]:
    rows = iter(claims)
    while chunk := list(islice(rows, size)):
        yield chunk


class _Import:
    """One import run: the payers it met, and chunk by chunk the rows it makes."""

    def __init__(self, by: Actor, source: str, digest: str) -> None:
        self.by = by
        self.source = source
        self.digest = digest
        self._payers: dict[tuple[str, str], Payer] = {}

    def take(self, chunk: list[documents.Claim], taken: list[str], skipped: list[Skipped]) -> None:
        """Take over what is usable of a chunk."""
        rows = Claim.objects.of(self.by.practice_id)
        numbers = {claim.patient_control_number for claim in chunk}
        by_number: dict[str, list[Claim]] = {}
        for known in rows.filter(sent_number__in=numbers):
            by_number.setdefault(known.sent_number, []).append(known)
        used = _Numbers(self.by.practice_id, numbers)
        fresh: list[tuple[Claim, documents.Claim, str]] = []
        for document in chunk:
            number = document.patient_control_number
            refused = intake.unusable(document)
            why = refused or self._known(document, by_number.get(number, []))
            if why:
                skipped.append(Skipped(number, why, bool(refused)))
                continue
            claim = self._claim(document, used)
            by_number.setdefault(number, []).append(claim)
            fresh.append((claim, document, number))
            taken.append(claim.patient_control_number)
        self._write(fresh)

    def _known(self, document: documents.Claim, same_number: list[Claim]) -> str:
        """Say why a claim under a number in use is not a new one; empty when it is another claim that happens to share the number."""
        digest = intake.digest_of(document)
        key = name_key(intake.patient_of(document))
        for known in same_number:
            if known.digest == digest:
                return "It was imported before." if known.pk else "It stands in the file twice."
        replaced = replaced_claim(document, same_number)
        if replaced is not None:
            more = replace_content(replaced, document, by=self.by)
            says = f" Its charge is {Money(replaced.charge_cents):$} now." if more else ""
            return self._same_claim_again(document, replaced) + says
        for known in same_number:
            if (known.name_index, known.served_on, known.charge_cents) == (key, document.served_on, document.charge_cents):
                if known.pk is None:
                    return "It stands in the file twice."
                return self._same_claim_again(document, known)
        return ""

    def _same_claim_again(self, document: documents.Claim, known: Claim) -> str:
        """Keep a resent, corrected or next-payer version of an open claim as another submission of it; its charge is booked already."""
        sequence = _turn(document.subscriber.sequence) or "P"
        payer = self._payer(document.subscriber)
        last = Submission.objects.of(self.by.practice_id).filter(claim=known).order_by("-number").first()
        number = last.number + 1 if last else 1
        Submission.objects.create(
            practice_id=self.by.practice_id, created_at=self.by.at, claim=known, number=number, sequence=sequence, payer=payer,
            frequency=document.frequency[:1], document=to_json(document), state=Submission.State.SENT,
        )  # fmt: skip
        ClaimPayer.objects.of(self.by.practice_id).get_or_create(
            claim=known, sequence=sequence, defaults={"practice_id": self.by.practice_id, "payer": payer}
        )
        self._event(
            known, "imported-again", f"Submission {number} to the payer in turn {sequence}, frequency {document.frequency}."
        )
        return f"It is claim {known.patient_control_number}, which is open already; kept as its submission {number}."

    def _payer(self, subscriber: documents.Subscriber) -> Payer:
        key = (subscriber.payer.id, subscriber.payer.last_name)
        if key not in self._payers:
            self._payers[key] = payer_from_party(party=subscriber.payer, claim_filing=subscriber.claim_filing, by=self.by)
        return self._payers[key]

    def _claim(self, document: documents.Claim, used: _Numbers) -> Claim:
        patient = intake.patient_of(document)
        days = [line.served_to or line.served_on for line in document.lines if line.served_on]
        number = used.free(document.patient_control_number)
        later = intake.later_coverages(document)
        return Claim(
            practice_id=self.by.practice_id, created_at=self.by.at, patient_control_number=number,
            sent_number=document.patient_control_number[:50], kind=document.kind, status=Status.SENT, queue=Queue.WAITING,
            payer=self._payer(document.subscriber), next_payer=self._payer(later[0].subscriber) if later else None,
            served_on=document.served_on, served_to=max(days) if days else document.served_on, billed_on=self.by.today,
            name_index=name_key(patient), last_name_index=last_name_key(patient),
            member_index=member_key(patient.id or document.subscriber.party.id), digest=intake.digest_of(document),
        )  # fmt: skip

    def _event(self, claim: Claim, what: str, says: str, cents: int = 0) -> None:
        ClaimEvent.objects.create(
            practice_id=self.by.practice_id, claim=claim, on=self.by.today, at=self.by.at, what=what, source=self.source[:120],
            amount_cents=cents, says=says[:300],
        )  # fmt: skip

    def _write(self, fresh: list[tuple[Claim, documents.Claim, str]]) -> None:
        practice_id = self.by.practice_id
        Claim.objects.bulk_create([claim for claim, _, _ in fresh])
        lines, turns, submissions, events = [], [], [], []
        for claim, document, _ in fresh:
            lines += [_line(claim, line) for line in document.lines]
            turns += self._turns(claim, document)
            submissions.append(
                Submission(
                    practice_id=practice_id,
                    created_at=self.by.at,
                    claim=claim,
                    number=1,
                    sequence=_turn(document.subscriber.sequence) or "P",
                    payer=claim.payer,
                    frequency=document.frequency[:1],
                    document=to_json(document),
                    state=Submission.State.SENT,
                )
            )
            events.append(
                ClaimEvent(
                    practice_id=practice_id,
                    claim=claim,
                    on=self.by.today,
                    at=self.by.at,
                    what="imported",
                    source=self.source[:120],
                    amount_cents=document.charge_cents,
                    says="Taken over as an open claim.",
                )
            )
        insert_rows(ClaimLine, lines)
        insert_rows(ClaimPayer, turns)
        insert_rows(Submission, submissions)
        insert_rows(ClaimEvent, events)
        self._book(fresh)

    def _turns(self, claim: Claim, document: documents.Claim) -> list[ClaimPayer]:
        icn = document.payer_claim_control_number[:50]
        rows: dict[str, ClaimPayer] = {}
        mine = _turn(document.subscriber.sequence) or "P"
        rows[mine] = ClaimPayer(
            practice_id=self.by.practice_id, claim=claim, sequence=mine, payer=claim.payer, payer_claim_control_number=icn
        )
        earlier = {id(other) for other in intake.earlier_coverages(document)}
        for other in document.other_coverages:
            sequence = _turn(other.subscriber.sequence)
            if sequence and sequence not in rows:
                rows[sequence] = ClaimPayer(
                    practice_id=self.by.practice_id, claim=claim, sequence=sequence, payer=self._payer(other.subscriber),
                    payer_claim_control_number=other.payer_claim_control_number[:50], is_answered=id(other) in earlier,
                )  # fmt: skip
        return list(rows.values())

    def _book(self, fresh: list[tuple[Claim, documents.Claim, str]]) -> None:
        """Book the charges, and what earlier payers decided before the claim came here (against the opening balance)."""
        entries: list[Entry] = []
        events: list[ClaimEvent] = []
        openings: list[Entry] = []
        for claim, document, _ in fresh:
            earlier = intake.earlier_coverages(document)
            first = self._payer(earlier[0].subscriber) if earlier else claim.payer
            assert first is not None
            tags = tuple(
                (Tag(claim.public_id, line.number, claim.patient, first.public_id), line.charge_cents) for line in document.lines
            )
            entries.append(charge(source=f"claim:{claim.public_id}:charge", on=self.by.today, tags=tags))
            openings += self._openings(claim, document, earlier, events)
        entries += openings
        journal.post_many(entries, by=self.by)
        insert_rows(ClaimEvent, events)
        desk = Desk(self.by)
        desk.hold([claim for claim, _, _ in fresh])
        count_new_claims(self.by.practice_id, [claim for claim, _, _ in fresh])
        for entry in entries:
            desk.follow(entry.postings)
        for opening in openings:
            for leg in opening.postings:
                if leg.group == "PR":  # what an earlier payer assigned to the patient counts from the first day
                    desk.line(leg.claim, leg.line).responsibility_cents += leg.cents
                    desk.claims[leg.claim].patient_responsibility_cents += leg.cents
        desk.put_back()

    def _openings(
        self, claim: Claim, document: documents.Claim, earlier: list[documents.OtherCoverage], events: list[ClaimEvent]
    ) -> list[Entry]:
        made: list[Entry] = []
        if not earlier:
            return made
        first = self._payer(earlier[0].subscriber)
        balances = Balances({line.number: LineBalance({first.public_id: line.charge_cents}) for line in document.lines})
        for place, coverage in enumerate(earlier):
            following = earlier[place + 1].subscriber if place + 1 < len(earlier) else document.subscriber
            decision = intake.prior_decision(document, coverage, onward=self._payer(following).public_id)
            if decision is None:
                continue
            legs: tuple[Posting, ...] = ()
            if not decision.problem:
                legs = decision_legs(
                    decision.effects, balances, claim_id=claim.public_id, patient_id=claim.patient,
                    payer_id=self._payer(coverage.subscriber).public_id, money=Account.OPENING_BALANCE,
                )  # fmt: skip
                balances.apply(legs)
            if legs:
                says = "What an earlier payer decided before the claim was taken over."
                made.append(
                    Entry.of(
                        source=f"claim:{claim.public_id}:opening:{coverage.subscriber.sequence}",
                        kind="opening",
                        on=self.by.today,
                        says=says,
                        postings=legs,
                    )
                )
            facts: dict[str, Any] = {"what": "earlier-payer", "amount_cents": coverage.paid_cents or 0}
            events.append(
                ClaimEvent(
                    practice_id=self.by.practice_id,
                    claim=claim,
                    on=coverage.paid_on or self.by.today,
                    at=self.by.at,
                    source=self.source[:120],
                    says=decision.problem or "The claim says what an earlier payer decided.",
                    **facts,
                )
            )
        return made


def _turn(sequence: str) -> str:
    """Return a payer's place as our rows keep it: one letter; what a file says longer stays whole in the frozen document."""
    return sequence[:1]


def _line(claim: Claim, line: documents.ServiceLine) -> ClaimLine:
    return ClaimLine(
        practice_id=claim.practice_id, claim=claim, number=line.number, procedure=(line.procedure or line.revenue_code)[:48],
        modifiers=":".join(line.modifiers)[:20], units=str(line.quantity)[:16], revenue_code=line.revenue_code[:4],
        served_on=line.served_on or claim.served_on, control_number=line.control_number[:50],
    )  # fmt: skip


class _Numbers:
    """The patient control numbers in use, as far as a chunk of claims needs them."""

    def __init__(self, practice_id: int, wanted: set[str]) -> None:
        self._practice_id = practice_id
        self._used = self._taken({number[:20].strip().upper() for number in wanted})

    def _taken(self, upper: set[str]) -> set[str]:
        rows = (
            Claim.objects.of(self._practice_id).alias(upper_number=Upper("patient_control_number")).filter(upper_number__in=upper)
        )
        return {number.upper() for number in rows.values_list("patient_control_number", flat=True)}

    def free(self, wanted: str) -> str:
        """Return the claim's own number where it is free, else one that shows where it came from (`1000-2`)."""
        number, copies = wanted[:20].strip(), 1
        while number.upper() in self._used:
            copies += 1
            tail = f"-{copies}"
            number = wanted[: 20 - len(tail)].strip() + tail
            self._used |= self._taken({number.upper()})
        self._used.add(number.upper())
        return number
