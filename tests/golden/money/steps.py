"""The steps that a money case may take. Each is a function of the desk and the step's facts; after every step the books are proved."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

from cleanclaim.kernel.errors import CleanclaimError
from cleanclaim.ledger import Account

FIRST_NAMES = ("Ines", "Owen", "Lena", "Theo", "Ada", "Rosalind", "Mirko")
LAST_NAMES = ("Carvalho", "Byrne", "Voss", "Quill", "Okafor", "Lindqvist", "Tanaka", "Haddad", "Moreau")


class Desk:
    """One case at work: its folder, the actor with the clock, and the names that the case gave to things."""

    def __init__(self, folder: Path, by, tmp_path: Path) -> None:
        self.folder = folder
        self.by = by
        self.tmp_path = tmp_path
        self.names: dict[str, str] = {}
        self.clinic = None

    @property
    def practice(self) -> int:
        return self.by.practice_id

    def read(self, name: str) -> bytes:
        return (self.folder / name).read_bytes()

    def claim(self, number: str):
        from cleanclaim.practice.claims.queries import claim_numbered

        return claim_numbered(self.practice, self.names.get(number, number))

    def take(self, step: dict) -> None:
        """Take a step; one that is expected to be refused says so in `refused`."""
        facts = dict(step)
        function = STEPS[facts.pop("do")]
        refused = facts.pop("refuses", None)
        said = None
        try:
            function(self, **facts)
        except CleanclaimError as wrong:
            said = str(wrong)
        assert (said is None) == (refused is None), f"{step}: {said}"
        assert refused is None or refused in said, f"{refused!r} not in {said}"


def _subset(found: dict, wanted: dict, what: str) -> None:
    for name, value in wanted.items():
        assert found[name] == value, f"{what}: {name} is {found[name]!r}, not {value!r}\n{found}"


def on_day(desk, day, hour=17):
    moment = date.fromisoformat(day)
    desk.by = desk.by.later(datetime(moment.year, moment.month, moment.day, hour, tzinfo=UTC))


def import_file(desk, file, imported=1, skipped=0):
    from cleanclaim.practice.claims.importing import import_claims

    done = import_claims(content=desk.read(file), by=desk.by, source=file)
    assert (len(done.claims), len(done.skipped)) == (imported, skipped), done


def retry_lost(desk, posted):
    from cleanclaim.practice.remittance.following import retry_lost_answers

    assert retry_lost_answers(by=desk.by) == posted


def post(desk, file, posted=None, exceptions=(), duplicates=0, refused="", deposit=None, provider=None, *, override=False):
    from cleanclaim.practice.remittance import queries
    from cleanclaim.practice.remittance.posting import post_remittance_file

    done = post_remittance_file(content=desk.read(file), file_name=file, by=desk.by, override_duplicates=override)
    ids = done.remittances
    assert len(done.duplicates) == duplicates, done
    if refused:
        assert refused in " ".join(done.refused), done.refused
        assert not ids
    else:
        assert not done.refused, done.refused
    rows = list(queries.posted_rows(desk.practice, ids))
    waiting = list(queries.exception_rows(desk.practice, ids))
    assert [[row["reason"], row["amount_cents"]] for row in waiting] == [list(row) for row in exceptions], waiting
    if posted is not None:
        assert [[row["patient_control_number"], row["paid_cents"]] for row in rows] == [list(row) for row in posted], rows
    totals = queries.posted_totals(desk.practice, ids)
    assert totals.ties, totals
    if deposit is not None:
        assert totals.deposit_cents == deposit, totals
    if provider is not None:
        found = [[row["reason"], row["amount_cents"], row["account"]] for row in queries.provider_rows(desk.practice, ids)]
        assert found == [list(row) for row in provider], found


def show(desk, claim, lines=None, **wanted):
    from cleanclaim.practice.claims.queries import claim_json

    facts = claim_json(desk.claim(claim))
    _subset(facts, wanted, f"claim {claim}")
    for number, line in (lines or {}).items():
        found = next(row for row in facts["lines"] if row["line"] == int(number))
        _subset(found, line, f"claim {claim} line {number}")
    total = sum(facts[name] for name in ("insurance_paid_cents", "contractual_cents", "patient_paid_cents", "other_write_off_cents",
                                         "insurance_balance_cents", "patient_balance_cents"))  # fmt: skip
    assert facts["charge_cents"] == total


def history(desk, claim, has):
    from cleanclaim.practice.claims.queries import claim_json

    found = [event["what"] for event in claim_json(desk.claim(claim))["history"]]
    for what in has:
        assert what in found, (what, found)


def account(desk, name, cents):
    from cleanclaim.practice.journal.queries import balance

    assert balance(desk.practice, Account(name)) == cents, (name, balance(desk.practice, Account(name)))


def provider_ledger(desk, rows):
    from cleanclaim.practice.remittance.queries import provider_ledger as read

    assert [[row.account, row.reference, row.cents] for row in read(desk.practice)] == rows


def payer_facts(desk, payer_id, **facts):
    from cleanclaim.practice.payers.actions import change_payer
    from cleanclaim.practice.payers.models import Payer

    found = Payer.objects.of(desk.practice).get(payer_id=payer_id)
    change_payer(payer_id=found.public_id, by=desk.by, **facts)


def bill_next(desk, claim, sequence="", file=None):
    """Build the next payer's claim and hold the other payers' part of it against a file that says what it must carry."""
    from cleanclaim.practice.remittance.following import bill_next_payer

    bill_next_payer(claim_id=desk.claim(claim).public_id, by=desk.by, sequence=sequence)


def document(desk, claim, **wanted):
    """Look at the latest submission: frequency, number, payers, adjustments; every earlier payer's part balances to the charge."""
    from cleanclaim.practice.claims.queries import document_of, latest_submission

    submission = latest_submission(desk.claim(claim))
    made = document_of(submission)
    facts = {
        "frequency": made.frequency, "payer_number": made.payer_claim_control_number, "sequence": made.subscriber.sequence,
        "insurance_type": made.subscriber.insurance_type, "others": [row.subscriber.sequence for row in made.other_coverages],
        "findings": [row["rule"] for row in submission.findings], "lines": len(made.lines), "charge_cents": made.charge_cents,
        "cas": [
            [line.number, decided.payer_id, a.group, a.reason, a.cents]
            for line in made.lines for decided in line.adjudications for a in decided.adjustments
        ],
        "paid": [[line.number, decided.payer_id, decided.paid_cents] for line in made.lines for decided in line.adjudications],
    }  # fmt: skip
    _subset(facts, wanted, f"document of {claim}")
    for line in made.lines:
        for decided in line.adjudications:
            assert line.charge_cents == decided.paid_cents + sum(a.cents for a in decided.adjustments)


def correct(desk, claim, drop_lines=()):
    from cleanclaim.practice.claims.corrections import correct_claim
    from cleanclaim.practice.remittance.following import payer_decisions

    found = desk.claim(claim)
    correct_claim(claim_id=found.public_id, by=desk.by, decisions=payer_decisions(found))


def void(desk, claim, reason="Wrong patient"):
    from cleanclaim.practice.claims.corrections import void_claim

    void_claim(claim_id=desk.claim(claim).public_id, reason=reason, by=desk.by)


def release(desk, claim, despite=""):
    from cleanclaim.practice.claims.actions import release_claim

    release_claim(claim_id=desk.claim(claim).public_id, by=desk.by, despite=despite)


def pay(desk, claim, cents, method="check", reference="", credit=None):
    from cleanclaim.practice.receivables import queries
    from cleanclaim.practice.receivables.actions import take_payment

    found = desk.claim(claim)
    owner = found.patient or found.public_id
    payment = take_payment(patient_id=owner, cents=cents, method=method, reference=reference, by=desk.by)
    desk.names[reference or "payment"] = payment.public_id
    if credit is not None:
        assert queries.credit_cents(desk.practice, queries.account_id(desk.practice, owner)) == credit


def use_credit(desk, claim, applied):
    from cleanclaim.practice.receivables.actions import use_credit as use

    found = desk.claim(claim)
    assert use(patient_id=found.patient or found.public_id, by=desk.by) == applied


def release_credit(desk, claim, cents):
    from cleanclaim.practice.receivables.actions import release_credits

    found = desk.claim(claim)
    assert release_credits(patient_id=found.patient or found.public_id, by=desk.by) == cents


def summary(desk, claim, **wanted):
    from cleanclaim.practice.receivables.queries import account_summary

    found = desk.claim(claim)
    _subset(account_summary(desk.practice, found.patient or found.public_id, on=desk.by.today)._asdict(), wanted, "account")


def statement(desk, claim, **wanted):
    from cleanclaim.practice.receivables.statements import produce_statement

    found = desk.claim(claim)
    made = produce_statement(patient_id=found.patient or found.public_id, by=desk.by)
    _subset({"due_now_cents": made.due_now_cents, "owed_cents": made.owed_cents}, wanted, "statement")


def refund(desk, cents, reason, claim="", payer_claim="", days=None, method="card"):
    """Ask for a refund, approve it as somebody else, pay it."""
    from cleanclaim.practice.receivables import actions

    owner = ""
    if claim:
        found = desk.claim(claim)
        owner = found.patient or found.public_id
    asked = actions.ask_refund(
        cents=cents,
        reason=reason,
        by=desk.by,
        patient_id=owner,
        claim_id=desk.claim(payer_claim).public_id if payer_claim else "",
        method=method,
    )
    if days is not None:
        assert (asked.due_on - desk.by.today).days == days
    actions.approve_refund(refund_id=asked.public_id, by=desk.by)
    actions.pay_refund(refund_id=asked.public_id, by=desk.by)


def returned(desk, payment, reason, fee=0):
    from cleanclaim.practice.receivables.actions import return_payment

    return_payment(payment_id=desk.names[payment], reason=reason, fee_cents=fee, by=desk.by)


def plan(desk, claim, parts, first, cents=0, amounts=()):
    from cleanclaim.practice.receivables.actions import agree_plan
    from cleanclaim.practice.receivables.models import Instalment

    found = desk.claim(claim)
    made = agree_plan(
        patient_id=found.patient or found.public_id, parts=parts, first_on=date.fromisoformat(first), cents=cents, by=desk.by
    )
    rows = Instalment.objects.of(desk.practice).filter(plan=made).order_by("number")
    assert [row.cents for row in rows] == list(amounts)


def write_off(desk, claim, why, reason, cents=0):
    from cleanclaim.practice.receivables.actions import write_off_balance

    found = desk.claim(claim)
    write_off_balance(patient_id=found.patient or found.public_id, why=why, reason=reason, cents=cents, by=desk.by)


def denials(desk, claim, rows):
    """Open a claim's denials and compare: line, reason, cause, cents."""
    from cleanclaim.practice.denials.actions import open_denials
    from cleanclaim.practice.denials.queries import denials_of_claim

    found = desk.claim(claim)
    open_denials(claim_id=found.public_id, by=desk.by)
    made = denials_of_claim(desk.practice, found.public_id)
    assert [[row.line, row.reason, row.cause, row.amount_cents] for row in made if row.state == "open"] == rows, made
    for row in made:
        desk.names[f"denial {row.line} {row.reason}"] = row.public_id


def deny_to_patient(desk, denial, policy):
    from cleanclaim.practice.denials.actions import bill_denial_to_patient

    bill_denial_to_patient(denial_id=desk.names[denial], policy=policy, by=desk.by)


def write_off_denial(desk, denial, reason, role="manager"):
    from cleanclaim.practice.denials.actions import write_off_denial as give_up

    give_up(denial_id=desk.names[denial], reason=reason, by=desk.by._replace(roles=frozenset({role})))


def appeal(desk, denial, argument, proof=""):
    from cleanclaim.practice.denials.actions import appeal_denial

    made = appeal_denial(denial_id=desk.names[denial], argument=argument, by=desk.by)
    assert proof in made.proof_of_filing


def suggestion(desk, denial, has):
    from cleanclaim.practice.denials.models import Denial

    row = Denial.objects.of(desk.practice).get(public_id=desk.names[denial])
    assert has in row.action, row.action


def clinic(desk):
    from cleanclaim.practice.connections.actions import add_partner
    from practice.visit_cast import clinic as make

    desk.clinic = make(desk.by)
    add_partner(name="Granite Exchange", location=str(desk.tmp_path / "x"), sender_id="MAPLE1", receiver_id="GRANITE1", by=desk.by)


def visit(desk, name, coverages=("granite",), served="2026-11-16", patient_as="", *, self_pay=False):
    """A visit of a patient, coded, priced, and its claim built and freed; the claim is called by the name from now on."""
    from cleanclaim.practice.charges.actions import price_charges
    from cleanclaim.practice.claims.actions import build_claim, release_claim
    from cleanclaim.practice.registration.models import Patient
    from practice.visit_cast import coded_visit, coverage, patient

    known = desk.names.get(f"patient {patient_as or name}")
    if known:
        who = Patient.objects.of(desk.practice).get(public_id=known)
    else:
        place = len(desk.names) + 1
        who = patient(
            desk.by,
            first_name=FIRST_NAMES[place % 7],
            last_name=LAST_NAMES[place // 7 % 7 + place % 3],
            born_on=date(1950 + place, 3, 1 + place % 27),
            phone=f"802-555-{1000 + place * 7}",
        )
        desk.names[f"patient {patient_as or name}"] = who.public_id
        for place, payer in enumerate(coverages):
            member = "1EG4TE5MK73" if payer == "medicare" else f"GH{len(desk.names):06d}"
            coverage(desk.by, who, getattr(desk.clinic, payer), sequence="PST"[place], member_id=member)
    found = coded_visit(desk.by, desk.clinic, who, served_on=date.fromisoformat(served))
    price_charges(encounter_id=found.public_id, by=desk.by)
    claim = build_claim(encounter_id=found.public_id, by=desk.by)
    if claim.status == "held":
        claim = release_claim(claim_id=claim.public_id, by=desk.by, despite="looked at for this case")
    desk.names[name] = claim.patient_control_number
    desk.names[f"encounter {name}"] = found.public_id


def send(desk, batches=1, claims=None):
    from cleanclaim.practice.clearinghouse.actions import send_claims

    sent = send_claims(by=desk.by)
    assert len(sent) == batches, sent
    if claims is not None:
        assert sum(len(batch.claims) for batch in sent) == claims


def files_differ(desk, count):
    """The files in the outbox bear different control numbers and names."""
    from cleanclaim.practice.connections.models import OutboxItem

    rows = list(OutboxItem.objects.of(desk.practice))
    assert len({row.interchange_control_number for row in rows}) == len({row.file_name for row in rows}) == len(rows) == count


def acknowledge(desk, file, **wanted):
    from cleanclaim.practice.clearinghouse.actions import take_acknowledgements
    from cleanclaim.x12 import read_acknowledgements

    outcome = take_acknowledgements(answers=read_acknowledgements(desk.read(file)), by=desk.by, source=file)
    _subset(outcome._asdict(), wanted, "acknowledgement")


def silent(desk, count, hours=48):
    from cleanclaim.practice.clearinghouse.queries import unacknowledged

    assert len(unacknowledged(desk.practice, at=desk.by.at, hours=hours)) == count


def resend(desk, claim, reason="Nobody answered"):
    from cleanclaim.practice.clearinghouse.actions import resend_claim

    resend_claim(claim_id=desk.claim(claim).public_id, reason=reason, by=desk.by)


def status(desk, claim, category, code):
    from cleanclaim.documents import ClaimStatus, StatusCode
    from cleanclaim.practice.clearinghouse.actions import take_status

    number = desk.claim(claim).patient_control_number
    assert take_status(
        answer=ClaimStatus("T1", (StatusCode(category, code),), desk.by.today, patient_control_number=number), by=desk.by
    )


def count_claims(desk, count):
    from cleanclaim.practice.claims.models import Claim

    assert Claim.objects.of(desk.practice).count() == count


def exceptions(desk, rows):
    from cleanclaim.practice.remittance.queries import open_exceptions

    assert [[row.problem, row.amount_cents] for row in open_exceptions(desk.practice)] == rows


def settle_exception(desk, how, reason):
    from cleanclaim.practice.remittance.following import settle_exception as settle
    from cleanclaim.practice.remittance.queries import open_exceptions

    settle(exception_id=open_exceptions(desk.practice)[0].public_id, how=how, reason=reason, by=desk.by)


def post_exception(desk, claim):
    from cleanclaim.practice.remittance.following import post_exception_to
    from cleanclaim.practice.remittance.queries import open_exceptions

    post_exception_to(exception_id=open_exceptions(desk.practice)[0].public_id, claim_id=desk.claim(claim).public_id, by=desk.by)


def deposit(desk, trace, cents, payer="", *, matched=False):
    from cleanclaim.practice.remittance.following import take_deposit

    made = take_deposit(trace_number=trace, amount_cents=cents, payer_identifier=payer, by=desk.by)
    assert (made.remittance_id is not None) is matched


def unmatched(desk, deposits=0, remittances=0):
    from cleanclaim.practice.remittance import queries

    assert len(queries.deposits_without_remittance(desk.practice)) == deposits
    assert len(queries.remittances_without_deposit(desk.practice)) == remittances


def close(desk, last):
    from cleanclaim.practice.journal.actions import close_period

    close_period(last=date.fromisoformat(last), by=desk.by)


def balance_on(desk, name, day, cents):
    from cleanclaim.practice.journal.queries import balance

    found = balance(desk.practice, Account(name), as_of=date.fromisoformat(day))
    assert found == cents, (name, day, found)


def move_payer(desk, claim, payer):
    from cleanclaim.practice.claims.actions import move_to_payer

    move_to_payer(claim_id=desk.claim(claim).public_id, payer_id=getattr(desk.clinic, payer).public_id, by=desk.by)


def merge(desk, survivor, absorbed):
    from cleanclaim.practice.registration.actions import merge_patients

    made = merge_patients(survivor_id=desk.names[f"patient {survivor}"], absorbed_id=desk.names[f"patient {absorbed}"], reason="Same person",
                          by=desk.by, despite_warnings=True)  # fmt: skip
    desk.names["merge"] = made.public_id


def unmerge(desk):
    from cleanclaim.practice.registration.actions import unmerge as undo

    undo(merge_id=desk.names["merge"], reason="Two people after all", by=desk.by)


def patient_owes(desk, patient, cents):
    from cleanclaim.practice.receivables.queries import account_id, owed_cents

    assert owed_cents(desk.practice, account_id(desk.practice, desk.names[f"patient {patient}"])) == cents


def estimate(desk, booked, served, due):
    from cleanclaim.practice.charges.estimate_rules import estimate_due_on

    found = estimate_due_on(scheduled_on=date.fromisoformat(booked), served_on=date.fromisoformat(served))
    assert (found.isoformat() if found else None) == due


def dispute(desk, estimate_cents, billed_cents, billed_on, may, until=None):
    from cleanclaim.practice.charges.estimate_rules import compare_with_estimate

    found = compare_with_estimate(estimate_cents=estimate_cents, billed_cents=billed_cents, billed_on=date.fromisoformat(billed_on))
    assert found.may_dispute is may
    assert (found.until.isoformat() if found.until else None) == until


def contract(desk, payer_id, code, cents):
    from cleanclaim.practice.payers.actions import add_contract
    from cleanclaim.practice.payers.models import Payer

    found = Payer.objects.of(desk.practice).get(payer_id=payer_id)
    add_contract(payer_id=found.public_id, name="2026", terms={"rates": {code: cents}}, valid_from=date(2026, 1, 1), by=desk.by)


def variances(desk, rows):
    from cleanclaim.practice.denials.variances import variances as find

    found = [
        [row.patient_control_number, row.line, row.expected_cents, row.allowed_cents, row.variance_cents]
        for row in find(desk.practice)
    ]
    assert found == rows, found


def reopen_charges(desk, name):
    """Price a billed visit again after its codes changed: payments stay, the change waits for a biller."""
    from cleanclaim.practice.charges.actions import price_charges

    price_charges(encounter_id=desk.names[f"encounter {name}"], by=desk.by)


STEPS = {
    "day": on_day, "import": import_file, "retry lost": retry_lost, "post": post, "show": show, "history": history, "account": account, "payer": payer_facts,
    "provider ledger": provider_ledger, "bill next": bill_next, "document": document, "correct": correct, "void": void, "release": release,
    "pay": pay, "use credit": use_credit, "release credit": release_credit, "summary": summary, "statement": statement, "refund": refund,
    "returned": returned, "plan": plan, "write off": write_off, "denials": denials, "deny to patient": deny_to_patient,
    "write off denial": write_off_denial, "appeal": appeal, "suggestion": suggestion, "clinic": clinic, "visit": visit, "send": send,
    "files differ": files_differ, "acknowledge": acknowledge, "silent": silent, "resend": resend, "status": status, "claims": count_claims,
    "exceptions": exceptions, "settle exception": settle_exception, "post exception": post_exception, "deposit": deposit,
    "unmatched": unmatched, "close": close, "balance": balance_on, "move to payer": move_payer, "merge": merge, "unmerge": unmerge,
    "patient owes": patient_owes, "estimate": estimate, "dispute": dispute, "contract": contract, "variances": variances,
    "reopen charges": reopen_charges,
}  # fmt: skip
