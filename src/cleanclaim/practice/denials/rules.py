"""Why a payer refused and what to do about it: root causes and next actions by adjustment reason, deadlines by level. Pure.

Reason numbers (CARC, RARC) are X12's; the words beside them are our own reading.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Final, NamedTuple


class Cause(NamedTuple):
    """A root cause, the action that usually mends it, and whether an appeal is the usual way."""

    name: str
    action: str
    is_appealed: bool = False


_CAUSES: Final = {
    "eligibility": Cause("eligibility", "Check the coverage on the day of service; bill the right payer or the patient."),
    "duplicate": Cause(
        "duplicate", "The payer has this claim. Send a replacement (7) with its number, never the same claim again."
    ),
    "missing-information": Cause("missing-information", "Read the remark codes, add what is missing and send a replacement (7)."),
    "coding": Cause("coding", "Have the coder look at codes, modifiers and diagnoses; send a replacement (7)."),
    "authorization": Cause(
        "authorization", "Find the authorisation and appeal with it, or ask for a retroactive one.", is_appealed=True
    ),
    "necessity": Cause("necessity", "Appeal with the note; compare with the coverage policy.", is_appealed=True),
    "timely-filing": Cause(
        "timely-filing", "Appeal with the payer's own acceptance (277CA) as proof of timely filing.", is_appealed=True
    ),
    "coordination": Cause("coordination", "Bill the other payer first, or send its remittance."),
    "non-covered": Cause("non-covered", "Check the policy and the notice that the patient signed before anybody is billed."),
    "bundled": Cause("bundled", "Check whether a modifier is documented; otherwise accept."),
    "units": Cause("units", "Check the units against the note; appeal when documented.", is_appealed=True),
    "contract": Cause("contract", "Compare with the contract; dispute the payment.", is_appealed=True),
    "other": Cause("other", "Read the reason and remark codes and call the payer."),
}

_BY_REASON: Final = {
    **dict.fromkeys("26 27 31 32 33 34 177 200 24 141".split(), "eligibility"),
    "18": "duplicate",
    **dict.fromkeys("16 17 125 129 148 226 227 252 163 164 206 207 208 A1".split(), "missing-information"),
    **dict.fromkeys("4 5 6 7 8 9 10 11 12 13 14 146 181 182 199 236 B7".split(), "coding"),
    **dict.fromkeys("15 38 39 62 165 197 198 210 243 284".split(), "authorization"),
    **dict.fromkeys("50 54 55 56 58 114 150 151 152 167 186 272".split(), "necessity"),
    "29": "timely-filing",
    **dict.fromkeys("19 20 21 22 23 109 136 209".split(), "coordination"),
    **dict.fromkeys("46 48 49 51 96 119 149 168 183 184 185 204 212 242 256".split(), "non-covered"),
    **dict.fromkeys("97 231 234 B10 B15".split(), "bundled"),
    **dict.fromkeys("222 273 154 155 157 158 159".split(), "units"),
}

DENIAL_STATES: Final = frozenset({"open", "corrected", "appealed", "overturned", "upheld", "written-off", "patient", "closed"})


def cause_of(reason: str, remarks: Sequence[str] = ()) -> Cause:
    """Return the root cause that a reason code points to; remark codes sharpen a reason that only says that something is missing."""
    name = _BY_REASON.get(reason, "other")
    if reason == "16" and any(remark in {"M51", "M20", "M76", "MA63", "N56"} for remark in remarks):
        name = "coding"
    if reason == "16" and any(remark in {"M44", "MA04", "MA92", "N4"} for remark in remarks):
        name = "coordination"
    return _CAUSES[name]


def suggestion(reason: str, remarks: Sequence[str] = (), *, payer_number: str = "") -> str:
    """Return the next action in one sentence, with the payer's number where a replacement needs it."""
    cause = cause_of(reason, remarks)
    if cause.name == "duplicate" and payer_number:
        return f"{cause.action} Its number is on the claim."
    return cause.action


def appeal_deadline(decided_on: date, level: int, appeal_days: Sequence[int]) -> date | None:
    """Return the last day of an appeal level (1 first) counted from the decision; None where the payer has no such level."""
    return decided_on + timedelta(days=appeal_days[level - 1]) if 0 < level <= len(appeal_days) else None
