"""What the note says of the patient and the visit: age, sex, new or established, episode of care."""

from __future__ import annotations

from typing import Final, NamedTuple

from cleanclaim.encoder.patterns import any_case

_AGE: Final = any_case(
    r"\b(\d{1,3})[ -]?(year|yr|y|month|mo|week|wk|day)s?[ -]?(?:/?o\.?|old)\b|\b(\d{1,3}) ?(?:y\.?o\.?|yo|y/o)\b|\b(\d{2}) ?(?:yr )?([mf])\b|\bage[d:]? (\d{1,3})\b"
)
_AGE_WORDS: Final = any_case(
    r"\b(?:(twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety)(?:[- ](one|two|three|four|five|six|seven|eight|nine))?|"
    r"(one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen|nineteen))[- ](year|month|week|day)s?[- ]old\b"
)
_MEMBER_AGE: Final = any_case(
    r"(?:patient|beneficiary|pt|woman|man|female|male|client|infant|child|wcc|well child|well check|check)[,:]? +(?:is +)?(?:a +)?(\d{1,3})\b(?! ?(?:mg|ml|min|lb|kg|%|/|:|-?mo\b|-?months?|-?weeks?|-?wks?|-?days?|mos\b|m\b))|\b(\d{1,2}) ?[- ]?(month|mo|yr|year|y)s?\.? (?:wcc|well|check|female|male|girl|boy|infant|visit)|\b(\d{1,3})[ -]?([mf])\b"
)
_TENS: Final = {"twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90}
_ONES: Final = {
    word: number
    for number, word in enumerate(
        "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen".split()
    )
}
_FEMALE: Final = any_case(
    r"\b(?:female|woman|girl|she|her|mrs|ms|gravida|g\d+ ?p\d+|lmp|pap|lady|daughter|pregnan\w+)\b|\b\d{1,3} ?f\b"
)
_MALE: Final = any_case(r"\b(?:male|man|boy|he|his|him|mr|gentleman|prostate)\b|\b\d{1,3} ?m\b")
_ESTABLISHED: Final = any_case(r"\b(?:established|est\.? (?:pt|patient|client|medicare|infant|child|\d)|est\b(?![. ]*(?:gfr|time|blood))|known to me|last seen|follow[- ]?up|f/u|returns?|returning|return visit|"
    r"since (?:her|his|the) last visit|i last saw|recheck|pt est\b|well known to|seen here)\b|,\s*est\.")  # fmt: skip
_NEW: Final = any_case(
    r"\bnew (?:pt|patient|client)\b|\bnew to (?:us|me|our|the practice|clinic)|\bfirst (?:office )?visit (?:for|here|to|with)|establish(?:ing)? care|initial (?:visit|consult\w*|evaluation|assessment)|\bmoved here"
)
_SUBSEQUENT: Final = any_case(r"\b(?:routine healing|(?:fracture|sprain|strain|laceration|contusion|burn|injury) follow[- ]?up|follow[- ]?up (?:of|for|on) (?:\w+ ){0,4}(?:fracture|sprain|strain|laceration|contusion|burn)|healing (?:well|fracture|appropriately)|"
    r"fracture (?:is )?healing|cast (?:check|removal|removed|changed?|off)|out of (?:the )?cast|s/p orif|status post (?:orif|open reduction)|(?:weeks?|wks?|wk) (?:after|out from|s/p|status post|post|from) (?:\w+ ){0,5}(?:fracture|sprain|injury|orif)|"
    r"closed treated here)\b")  # fmt: skip
_SEQUELA: Final = any_case(r"\b(?:sequela|late effect|malunion|due to (?:an )?old injury)\b")


class Patient(NamedTuple):
    """Age in years (0 for an infant), months where the note gives them, sex as F, M or empty, and whether the practice knows the patient."""

    age_years: int | None
    age_months: int | None
    sex: str
    is_new: bool | None
    episode: str


def read_patient(text: str, age_years: int | None, sex: str, *, is_new: bool | None) -> Patient:
    """Return what is known of the patient; what the caller knows wins over what the note says."""
    years, months = _age(text)
    if age_years is not None:
        years, months = age_years, months if years == age_years else None
    if not sex:
        female, male = _FEMALE.count(text), _MALE.count(text)
        sex = "F" if female > male else "M" if male > female else ""
    if is_new is None:
        if _NEW.search(text):
            is_new = True
        elif _ESTABLISHED.search(text):
            is_new = False
    episode = "S" if _SEQUELA.search(text) else "D" if _SUBSEQUENT.search(text) else "A"
    return Patient(years, months, sex.upper()[:1], is_new, episode)


def _age(text: str) -> tuple[int | None, int | None]:
    head = text[:4000]
    found = _AGE.search(head)
    if found:
        if found.group(1):
            return _in_units(int(found.group(1)), found.group(2).lower())
        number = int(found.group(3) or found.group(4) or found.group(6))
        if number <= 120:
            return number, None
    spelled = _AGE_WORDS.search(head)
    if spelled:
        number = _TENS.get((spelled.group(1) or "").lower(), 0) + _ONES.get((spelled.group(2) or spelled.group(3) or "").lower(), 0)
        return _in_units(number, spelled.group(4).lower())
    bare = _MEMBER_AGE.search(head)
    if bare:
        if bare.group(2):
            return _in_units(int(bare.group(2)), bare.group(3).lower())
        number = int(bare.group(1) or bare.group(4))
        if number <= 110:
            return number, None
    return None, None


def _in_units(number: int, unit: str) -> tuple[int | None, int | None]:
    if unit.startswith("y"):
        return (number, None) if number <= 120 else (None, None)
    if unit.startswith("mo"):
        return number // 12, number
    days = number * (7 if unit.startswith("w") else 1)
    return days // 365, days // 30
