"""What a payer's answer about coverage means at the desk, and when an unanswered question is asked again. Pure decisions, no database."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any, Final, NamedTuple

from cleanclaim.documents import Benefit, DateFact, EligibilityResponse
from cleanclaim.kernel.findings import Finding, Severity
from cleanclaim.kernel.money import Rate

RETRY_AFTER: Final = (
    timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=30), timedelta(hours=2), timedelta(hours=8), timedelta(hours=24),
)  # fmt: skip
"""Waits before each new try while a payer's service is down; after the last one a person is asked to call."""

ASK_AGAIN: Final = frozenset({"42", "80"})
"""AAA reasons that are no answer (unable to respond now, no answer received): the same question is asked again."""

REJECTION_SAYS: Final = {
    "15": "the question lacked something that the payer needs",
    "41": "the provider may not ask this payer",
    "42": "the payer's system is unable to answer now",
    "43": "the payer does not know the provider's number",
    "45": "the provider's specialty is missing or wrong",
    "50": "the provider may not ask about this benefit",
    "51": "the payer does not have this provider on file",
    "52": "the service date is before the provider's enrolment",
    "56": "the date asked about is wrong",
    "57": "the date asked about lies in the future",
    "58": "the birth date is missing or wrong",
    "60": "the birth date is after the date asked about",
    "62": "the date asked about is outside what the payer answers for",
    "63": "the date asked about is in the future",
    "64": "the patient's number is wrong or missing",
    "65": "the patient's name is wrong or missing",
    "67": "the payer cannot find this patient",
    "68": "the payer has two patients with this number",
    "71": "the birth date does not fit the payer's record",
    "72": "the member number is wrong or missing",
    "73": "the subscriber's name is wrong or missing",
    "75": "the payer cannot find this subscriber",
    "76": "the payer has two subscribers with this number",
    "77": "the subscriber was found, the patient was not",
    "78": "the subscriber is not in the group named",
    "79": "the question named the wrong payer",
    "80": "the payer gave no answer",
}
"""AAA03 reject reasons, glossed in our own words."""


class BenefitFact(NamedTuple):
    """One benefit as the desk reads it. `left_cents` is what remains of a deductible or out-of-pocket limit, where the payer says."""

    kind: str
    service_type: str
    level: str
    network: str
    cents: int | None = None
    left_cents: int | None = None
    percent: Rate | None = None
    authorization_required: bool = False
    says: str = ""


class OtherPayer(NamedTuple):
    """Another payer that this one names (EB01 R): a coverage that registration may lack."""

    name: str
    payer_id: str
    member_id: str
    first: date | None
    last: date | None


class Verdict(NamedTuple):
    """A payer's answer, read. `state` is active, inactive, rejected or unclear; `findings` are what the desk must act on."""

    state: str
    plan: str
    benefits: tuple[BenefitFact, ...]
    other_payers: tuple[OtherPayer, ...]
    findings: tuple[Finding, ...]
    plan_first: date | None = None
    plan_last: date | None = None


_KINDS: Final = {
    "A": "coinsurance",
    "B": "copay",
    "C": "deductible",
    "F": "limit",
    "G": "out of pocket",
    "J": "cost containment",
    "Y": "spend down",
}
_VISITS: Final = frozenset({"98", "BY", "BZ"})
"""Service types of a professional visit: office visit, sick visit, well visit."""
_LEFT: Final = "29"
"""EB06 29: what remains of the amount."""
_DATES_OF_PLAN: Final = frozenset({"291", "346", "347", "348", "349", "356", "357", "307"})
_LAST_DAYS: Final = frozenset({"347", "349", "357"})


def read_answer(answer: EligibilityResponse, *, asked_for: date, known_payer_ids: frozenset[str] = frozenset()) -> Verdict:
    """Read a 271. `known_payer_ids` are the payers of the patient's other coverages on file, so that only a new one raises an alert.

    A plan that is said to be active but ended before the day counts as inactive on that day.
    """
    if answer.rejections:
        return Verdict("rejected", "", (), (), tuple(_rejection(code) for code in answer.rejections))
    first, last = _plan_period(answer)
    state = {True: "active", False: "inactive", None: "unclear"}[answer.is_active]
    found = []
    if last is not None and last < asked_for:
        state = "inactive"
        found.append(Finding("ELIGIBILITY_TERMED", Severity.STOP, "coverage", f"The plan ended on {last.isoformat()}."))
    elif first is not None and first > asked_for:
        state = "inactive"
        found.append(Finding("ELIGIBILITY_NOT_YET", Severity.STOP, "coverage", f"The plan begins on {first.isoformat()}."))
    elif state == "inactive":
        found.append(Finding("ELIGIBILITY_INACTIVE", Severity.STOP, "coverage", "The payer says that the plan is not active."))
    elif state == "unclear":
        found.append(
            Finding("ELIGIBILITY_UNCLEAR", Severity.WARN, "coverage", "The payer's answer does not say whether the plan is active.")
        )
    others = tuple(_other_payer(benefit) for benefit in answer.benefits if benefit.information == "R")
    found += [
        Finding("ELIGIBILITY_OTHER_PAYER", Severity.STOP, "coverage",
                f"The payer names another insurer ({other.name or other.payer_id or 'not named'}): add it and settle which pays first.")
        for other in others
        if (other.last is None or other.last >= asked_for) and not (other.payer_id and other.payer_id in known_payer_ids)
    ]  # fmt: skip
    if any(benefit.authorization_required == "Y" and set(benefit.service_types) & _VISITS for benefit in answer.benefits):
        found.append(
            Finding(
                "AUTHORIZATION_REQUIRED", Severity.WARN, "authorisation", "The payer asks for an authorisation before the visit."
            )
        )
    plan = next((benefit.plan for benefit in answer.benefits if benefit.plan), "")
    return Verdict(state, plan, _benefits(answer.benefits), others, tuple(found), first, last)


def _rejection(code: str) -> Finding:
    says = REJECTION_SAYS.get(code, f"the payer refused the question (reason {code})")
    severity = Severity.WARN if code in ASK_AGAIN else Severity.STOP
    return Finding(
        f"ELIGIBILITY_AAA_{code}", severity, "eligibility", says[0].upper() + says[1:] + ".", source="005010X279A1 AAA03"
    )


def is_no_answer(answer: EligibilityResponse) -> bool:
    """Tell whether every rejection only says that the payer cannot answer now, so that the question is worth repeating."""
    return bool(answer.rejections) and set(answer.rejections) <= ASK_AGAIN


def _plan_period(answer: EligibilityResponse) -> tuple[date | None, date | None]:
    """The plan's first and last day: of the active benefits where any is told, for the plan as a whole (service type 30) rather than a part."""
    active = [benefit for benefit in answer.benefits if benefit.information in {"1", "2", "3", "4", "5"}]
    whole = [benefit for benefit in active if not benefit.service_types or "30" in benefit.service_types] or active
    general = _ends(answer.dates)
    periods = [_ends(benefit.dates) for benefit in whole] or [_ends(benefit.dates) for benefit in answer.benefits]
    firsts = [first or general[0] for first, _ in periods] or [general[0]]
    lasts = [last or general[1] for _, last in periods] or [general[1]]
    known = [day for day in firsts if day is not None]
    ends = [day for day in lasts if day is not None]
    return (min(known) if known else None), (max(ends) if ends and len(ends) == len(lasts) else None)


def _ends(facts: tuple[DateFact, ...]) -> tuple[date | None, date | None]:
    told = [fact for fact in facts if fact.qualifier in _DATES_OF_PLAN]
    firsts = [fact.first for fact in told if fact.first and fact.qualifier not in _LAST_DAYS]
    lasts = [fact.last for fact in told if fact.last] + [fact.first for fact in told if fact.first and fact.qualifier in _LAST_DAYS]
    return (min(firsts) if firsts else None), (max(lasts) if lasts else None)


def _benefits(benefits: tuple[Benefit, ...]) -> tuple[BenefitFact, ...]:
    facts: list[BenefitFact] = []
    left: dict[tuple[str, str, str, str], int] = {}
    for benefit in benefits:
        kind = _KINDS.get(benefit.information)
        if kind is None:
            continue
        for service in benefit.service_types or ("30",):
            key = (kind, service, benefit.coverage_level, benefit.in_network)
            if benefit.period == _LEFT:
                if benefit.cents is not None:
                    left[key] = benefit.cents
                continue
            facts.append(BenefitFact(kind, service, benefit.coverage_level, benefit.in_network, benefit.cents, None, benefit.percent,
                                     benefit.authorization_required == "Y", " ".join(benefit.messages)))  # fmt: skip
    told = {(fact.kind, fact.service_type, fact.level, fact.network) for fact in facts}
    facts += [BenefitFact(*key, left_cents=cents) for key, cents in left.items() if key not in told]
    return tuple(
        fact._replace(left_cents=left.get((fact.kind, fact.service_type, fact.level, fact.network), fact.left_cents))
        for fact in facts
    )


def _other_payer(benefit: Benefit) -> OtherPayer:
    party = benefit.related
    first = next((fact.first for fact in benefit.dates if fact.first), None)
    last = next((fact.last for fact in benefit.dates if fact.last), None)
    member = next((reference.value for reference in benefit.references if reference.qualifier in {"1L", "1W", "6P"}), "")
    return OtherPayer(party.last_name if party else benefit.plan, party.id if party else "", member, first, last)


def copay_cents(verdict: Verdict, *, service_types: tuple[str, ...] = ("98", "30")) -> int | None:
    """Return the copay of an office visit in the network: the first of the service types that has one; None where none is told."""
    for service in service_types:
        amounts = [fact.cents for fact in verdict.benefits
                   if fact.kind == "copay" and fact.service_type == service and fact.network != "N" and fact.cents is not None]  # fmt: skip
        if amounts:
            return max(amounts)
    return None


def next_try_at(tries: int, failed_at: datetime) -> datetime | None:
    """Return when a question that failed for the `tries`-th time is asked again; None when a person should call."""
    return failed_at + RETRY_AFTER[tries - 1] if 1 <= tries <= len(RETRY_AFTER) else None


def is_stale(answered_on: date, served_on: date) -> bool:
    """Tell whether an answer is too old to trust for a visit: given in an earlier month, and plans begin and end with the month."""
    return (answered_on.year, answered_on.month) < (served_on.year, served_on.month)


class AuthorizationFact(NamedTuple):
    """A payer's permission: its days, how many visits it allows (None: no limit) and which procedures (empty: any)."""

    number: str
    valid_from: date
    valid_to: date | None
    visits_allowed: int | None
    visits_used: int
    procedures: frozenset[str] = frozenset()


def check_authorization(
    permission: AuthorizationFact, *, served_on: date, procedures: frozenset[str] = frozenset()
) -> tuple[Finding, ...]:
    """Say why an authorisation does not cover a visit, and warn when it is nearly used up."""
    found = []
    if served_on < permission.valid_from or (permission.valid_to is not None and served_on > permission.valid_to):
        found.append(
            Finding(
                "AUTHORIZATION_DATES", Severity.STOP, "authorisation", f"The authorisation does not cover {served_on.isoformat()}."
            )
        )
    if permission.visits_allowed is not None:
        left = permission.visits_allowed - permission.visits_used
        if left <= 0:
            found.append(Finding("AUTHORIZATION_USED", Severity.STOP, "authorisation",
                                 f"All {permission.visits_allowed} authorised visits have been used."))  # fmt: skip
        elif left <= 2:
            found.append(Finding("AUTHORIZATION_LOW", Severity.WARN, "authorisation",
                                 f"{left} of {permission.visits_allowed} authorised visits are left, this one included."))  # fmt: skip
    if permission.procedures and procedures - permission.procedures:
        strange = ", ".join(sorted(procedures - permission.procedures))
        found.append(Finding("AUTHORIZATION_CODES", Severity.WARN, "authorisation", f"The authorisation does not name {strange}."))
    return tuple(found)


def verdict_as_json(verdict: Verdict) -> dict[str, Any]:
    """Return a verdict as it stands encrypted in a row."""
    facts = verdict._asdict()
    del facts["findings"]
    facts["benefits"] = [
        {**item._asdict(), "percent": str(item.percent) if item.percent is not None else None} for item in verdict.benefits
    ]
    facts["other_payers"] = [
        {**item._asdict(), "first": _iso(item.first), "last": _iso(item.last)} for item in verdict.other_payers
    ]
    facts["plan_first"], facts["plan_last"] = _iso(verdict.plan_first), _iso(verdict.plan_last)
    return facts


def verdict_from_json(facts: dict[str, Any]) -> Verdict:
    """Read what `verdict_as_json` kept; findings stand in a column of their own."""
    benefits = tuple(
        BenefitFact(**{**item, "percent": Rate(item["percent"]) if item["percent"] is not None else None})
        for item in facts["benefits"]
    )
    others = tuple(
        OtherPayer(**{**item, "first": _day(item["first"]), "last": _day(item["last"])}) for item in facts["other_payers"]
    )
    return Verdict(facts["state"], facts["plan"], benefits, others, (), _day(facts["plan_first"]), _day(facts["plan_last"]))


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
