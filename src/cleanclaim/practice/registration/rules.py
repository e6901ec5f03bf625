"""Who is who: when two registrations are one person, and what a merge would do. Pure decisions, no database.

A duplicate is scored by points that a registrar would give, so that each point can be read out as a reason. A first name that
differs weighs heavily: twins share everything else.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import date
from typing import Final, NamedTuple

from cleanclaim.kernel.errors import InvalidValue, Refused
from cleanclaim.kernel.findings import Finding, Severity
from cleanclaim.practice.registration.likeness import are_one_digit_apart, likeness, sound_key

LIKELY_POINTS: Final = 55
"""From here on two registrations are shown as the same person: name, birth date and sex agree and nothing contradicts."""
POSSIBLE_POINTS: Final = 40
"""From here on a pair is shown for a person to judge."""


class Identity(NamedTuple):
    """What tells one person from another at the desk. Empty means not known. Its `repr` shows nothing of it."""

    last_name: str = ""
    first_name: str = ""
    middle_name: str = ""
    born_on: date | None = None
    sex: str = ""
    ssn: str = ""
    phone: str = ""
    email: str = ""
    zip: str = ""
    street: str = ""
    member_ids: frozenset[str] = frozenset()

    def __repr__(self) -> str:
        return "Identity(…)"


class Likeness(NamedTuple):
    """How much two registrations look like one person: points, the verdict (likely, possible, unlikely) and each reason."""

    points: int
    verdict: str
    reasons: tuple[str, ...]


class DuplicateSuspected(Refused):
    """A registration looks like one that exists. `candidates` are (patient id, likeness), the likeliest first."""

    def __init__(self, candidates: tuple[tuple[str, Likeness], ...]) -> None:
        super().__init__("This looks like a person who is registered already: open that record, or say that it is somebody new.")
        self.candidates = candidates


def check_identity(person: Identity, *, today: date) -> None:
    """Raises InvalidValue for a person who cannot be: no name, no birth date, born in the future, a number that is none."""
    if not plain(person.last_name) or not plain(person.first_name):
        raise InvalidValue("A patient has a last name and a first name.")
    if person.born_on is None:
        raise InvalidValue("A patient has a birth date.")
    if person.born_on > today:
        raise InvalidValue("The birth date lies in the future.")
    if today.year - person.born_on.year > 130:
        raise InvalidValue("The birth date is more than 130 years ago.")
    if person.sex not in {"F", "M", "U"}:
        raise InvalidValue("The sex on a claim is F, M or U.")
    ssn = digits(person.ssn)
    if ssn and (len(ssn) != 9 or ssn[:3] in {"000", "666"} or ssn[0] == "9" or ssn[3:5] == "00" or ssn[5:] == "0000"):
        raise InvalidValue("This is no social security number.")
    if person.phone and len(digits(person.phone)) != 10:
        raise InvalidValue("A telephone number has ten digits.")
    if person.email and not re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", person.email.strip()):
        raise InvalidValue("This is no e-mail address.")


def plain(text: str) -> str:
    """Reduce a name to its bare letters: no case, accent, hyphen, blank or apostrophe."""
    letters = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in letters if letter.isalnum())


def digits(text: str) -> str:
    """Keep the digits of a telephone or social security number; a leading 1 of eleven digits is the country."""
    kept = re.sub(r"[^0-9]", "", text)
    return kept[1:] if len(kept) == 11 and kept[0] == "1" else kept


def search_keys(person: Identity) -> frozenset[tuple[str, str]]:
    """Return the (kind, value) keys under which a registration is found again; they are stored only as blind indexes.

    Kinds: last (whole last name), last2, last3, first2, first3 (first letters), born, sound-born (sound of the last name with the birth
    date), first-born (first name with the birth date), ssn, phone, email.
    """
    last, first = plain(person.last_name), plain(person.first_name)
    born = person.born_on.isoformat() if person.born_on else ""
    keys = {
        ("last", last),
        ("last2", last[:2]),
        ("first2", first[:2]),
        ("last3", last[:3]),
        ("first3", first[:3]),
        ("born", born),
        ("ssn", digits(person.ssn)),
        ("phone", digits(person.phone)),
        ("email", person.email.strip().casefold()),
    }
    if born and last:
        keys.add(("sound-born", sound_key(last) + born))
    if born and first:
        keys.add(("first-born", first + born))
    return frozenset((kind, value) for kind, value in keys if value)


_SHORT_FORMS: Final = (
    "robert rob bob bobby", "william will bill billy liam", "elizabeth liz beth betty eliza lisa", "margaret meg peggy maggie greta",
    "katherine catherine kathryn kate kathy katie cathy", "james jim jimmy jamie", "john jack johnny jon", "joseph joe joey",
    "richard rick dick rich", "michael mike mickey", "thomas tom tommy", "charles charlie chuck", "edward ed eddie ted ned",
    "patricia pat patty trish", "patrick pat paddy", "susan sue suzanne susie", "deborah debra deb debbie", "jennifer jen jenny",
    "alexander alex al sasha", "alexandra alex sandra", "anthony tony", "andrew andy drew", "benjamin ben", "christopher chris",
    "christina chris tina", "daniel dan danny", "david dave", "dorothy dot dottie", "frances fran", "francis frank", "gregory greg",
    "henry hank harry", "jeffrey jeff", "jessica jess", "joshua josh", "kenneth ken", "lawrence larry", "leonard len leo",
    "matthew matt", "nicholas nick", "pamela pam", "peter pete", "philip phil", "rebecca becky", "ronald ron", "samuel sam",
    "samantha sam", "stephen steven steve", "theodore ted theo", "theresa terry tess", "timothy tim", "victoria vicky tori",
    "walter walt", "francisco paco pancho", "jose pepe", "guadalupe lupe", "ignacio nacho", "rosario charo", "barbara barb",
)  # fmt: skip
_FAMILIES: Final = tuple(frozenset(row.split()) for row in _SHORT_FORMS)


def is_short_form(one: str, other: str) -> bool:
    """Tell whether two first names are used for one another (Bob, Robert)."""
    return any(one in family and other in family for family in _FAMILIES)


def score_duplicate(one: Identity, other: Identity) -> Likeness:
    """Score how likely two registrations are one person. The order of the two does not matter."""
    points: list[tuple[int, str]] = [
        *_score_numbers(one, other),
        *_score_birth(one, other),
        *_score_names(one, other),
        *_score_contacts(one, other),
    ]
    total = sum(value for value, _ in points)
    verdict = "likely" if total >= LIKELY_POINTS else "possible" if total >= POSSIBLE_POINTS else "unlikely"
    return Likeness(total, verdict, tuple(reason for _, reason in points))


def _score_numbers(one: Identity, other: Identity) -> list[tuple[int, str]]:
    points = []
    ssn, other_ssn = digits(one.ssn), digits(other.ssn)
    if ssn and other_ssn:
        points.append((40, "the same social security number") if ssn == other_ssn else (-25, "different social security numbers"))
    if one.member_ids & other.member_ids:
        points.append((10, "a member number in common, which a family may share"))
    return points


def _score_birth(one: Identity, other: Identity) -> list[tuple[int, str]]:
    if one.born_on is None or other.born_on is None:
        return []
    if one.born_on == other.born_on:
        return [(25, "born on the same day")]
    first, second = one.born_on, other.born_on
    if first.year == second.year and (first.month, first.day) == (second.day, second.month):
        return [(14, "birth dates with day and month exchanged")]
    if are_one_digit_apart(first.strftime("%Y%m%d"), second.strftime("%Y%m%d")):
        return [(12, "birth dates one digit apart")]
    return [(-20, "born on different days")]


def _score_names(one: Identity, other: Identity) -> list[tuple[int, str]]:
    points = []
    last, other_last = plain(one.last_name), plain(other.last_name)
    if last and other_last:
        if last == other_last:
            points.append((15, "the same last name"))
        elif sound_key(last) == sound_key(other_last) or likeness(last, other_last) >= 0.9:
            points.append((9, "last names that sound alike"))
        elif last in other_last or other_last in last:
            points.append((8, "a last name within the other's"))
        else:
            points.append((-8, "different last names"))
    first, other_first = plain(one.first_name), plain(other.first_name)
    if first and other_first:
        if first == other_first:
            points.append((15, "the same first name"))
        elif is_short_form(first, other_first):
            points.append((11, "a first name and its short form"))
        elif (len(first) == 1 or len(other_first) == 1) and first[0] == other_first[0]:
            points.append((5, "a first name and its initial"))
        elif likeness(first, other_first) >= 0.9:
            points.append((8, "first names nearly alike"))
        else:
            points.append((-25, "different first names"))
    middle, other_middle = plain(one.middle_name), plain(other.middle_name)
    if middle and other_middle and middle[0] != other_middle[0]:
        points.append((-8, "different middle names"))
    return points


def _score_contacts(one: Identity, other: Identity) -> list[tuple[int, str]]:
    points = []
    if one.sex in {"M", "F"} and other.sex in {"M", "F"}:
        points.append((2, "the same sex") if one.sex == other.sex else (-8, "different sexes"))
    if digits(one.phone) and digits(one.phone) == digits(other.phone):
        points.append((6, "the same telephone"))
    if one.email and one.email.strip().casefold() == other.email.strip().casefold():
        points.append((6, "the same e-mail"))
    if one.zip and one.zip[:5] == other.zip[:5] and plain(one.street) and plain(one.street) == plain(other.street):
        points.append((5, "the same address"))
    return points


class MergeSide(NamedTuple):
    """One of two registrations as a merge sees it: its id, whom it is an alias of (empty: of nobody), and its identity."""

    patient_id: str
    merged_into: str
    identity: Identity


class MergePlan(NamedTuple):
    """What a merge would do: the account that stays, the one that becomes its alias, and what speaks against it."""

    survivor_id: str
    absorbed_id: str
    findings: tuple[Finding, ...]

    @property
    def is_refused(self) -> bool:
        """Something forbids the merge."""
        return any(finding.severity is Severity.STOP for finding in self.findings)


def plan_merge(survivor: MergeSide, absorbed: MergeSide) -> MergePlan:
    """Plan to make `absorbed` an alias of `survivor`. Nothing is moved or rewritten: the alias's records are read with the account."""
    found = []
    if survivor.patient_id == absorbed.patient_id:
        found.append(Finding("MERGE_SAME", Severity.STOP, "patient", "A registration is not merged with itself."))
    if survivor.merged_into:
        found.append(Finding("MERGE_ALIAS", Severity.STOP, "account that stays",
                             "The account that should stay is itself merged into another: merge into that one."))  # fmt: skip
    if absorbed.merged_into:
        found.append(
            Finding(
                "MERGE_TWICE", Severity.STOP, "account that goes", "This registration has been merged already: undo that first."
            )
        )
    kept, gone = survivor.identity, absorbed.identity
    if kept.born_on and gone.born_on and kept.born_on != gone.born_on:
        found.append(
            Finding("MERGE_BIRTH", Severity.WARN, "birth date", "The two birth dates differ: check both records before merging.")
        )
    if digits(kept.ssn) and digits(gone.ssn) and digits(kept.ssn) != digits(gone.ssn):
        found.append(Finding("MERGE_SSN", Severity.WARN, "social security number", "The two social security numbers differ."))
    if kept.sex in {"M", "F"} and gone.sex in {"M", "F"} and kept.sex != gone.sex:
        found.append(Finding("MERGE_SEX", Severity.WARN, "sex", "The two sexes differ."))
    likeness_ = score_duplicate(kept, gone)
    if likeness_.verdict == "unlikely":
        found.append(Finding("MERGE_UNLIKE", Severity.WARN, "patient",
                             f"The two look like different people: {', '.join(likeness_.reasons) or 'too little is known'}."))  # fmt: skip
    return MergePlan(survivor.patient_id, absorbed.patient_id, tuple(found))
