"""What the model sees of a candidate: where the note names it, how, and what is done about it. No word of the note, no code by name."""

from __future__ import annotations

import re
from functools import lru_cache
from importlib.resources import files
from typing import Final

from cleanclaim.encoder.candidates.gather import Candidate, Gathered
from cleanclaim.encoder.guidelines.assertions import in_heading
from cleanclaim.encoder.guidelines.combine import named
from cleanclaim.encoder.patterns import any_case
from cleanclaim.encoder.search.wordlists import drugs as drug_list

_AP: Final = frozenset({"assessment", "assessment_plan", "discharge"})
_TREATED: Final = any_case(r"\b(?:continu\w+|start\w*|initiat\w+|increas\w+|decreas\w+|prescri\w+|refill\w*|medication|mg\b|stable|controlled|monitor\w*|referr\w+|order\w+|repeat|follow[- ]?up|inject\w*|treat\w*|recheck|"
    r"therapy|doing well|uncontrolled|counsel\w*|worsening|labs?|x-?ray|mri|ultrasound|testing)\b")  # fmt: skip


_WORKED: Final = any_case(
    r"\b(?:order\w*|evaluat\w+|echo\w*|x-?ray|ultrasound|mri|test\w*|refer\w*|follow up on|work ?up|biops\w+|monitor|continu\w+|start\w*|treat\w*)\b"
)


_CERTAIN: Final = any_case(
    r",|\b(?:likely|possibl[ey]|probabl[ey]|suspicious|consistent with|rule out|r/o|due to|secondary to|in the setting of|with)\b"
)


@lru_cache(maxsize=1)
def drugs() -> dict[str, tuple[tuple[str, ...], str]]:
    """Return drug names with the code families they treat and the code of their long-term use."""
    table: dict[str, tuple[tuple[str, ...], str]] = {}
    for line in files("cleanclaim.encoder.knowledge").joinpath("drugs.txt").read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            treats, status, names = (part.strip() for part in line.split("|"))
            for name in names.split():
                table.setdefault(name.replace("-", " "), (tuple(treats.split()), status))
    return table


_NO_PRESCRIPTION: Final = ("T50.3", "T50.8", "T50.A", "T50.B", "T50.Z", "T50.9", "T40.1", "T40.5", "T40.7", "T43.6")
"""Subcategories of fluids, contrast, vaccines and street drugs."""
_WITHOUT_PRESCRIPTION: Final = frozenset(
    "acetaminophen ibuprofen naproxen aspirin loratadine cetirizine fexofenadine diphenhydramine guaifenesin dextromethorphan pseudoephedrine phenylephrine loperamide bismuth docusate senna "
    "bisacodyl polyethylene psyllium simethicone antacid famotidine omeprazole calcium iron ferrous magnesium zinc vitamin melatonin saline alcohol caffeine nicotine cocaine heroin cannabis "
    "ethanol hydrocortisone miconazole clotrimazole bacitracin saline folate flonase chemo opioid opioids opiates benzoyl salicylic permethrin minoxidil".split()
)
_NAME: Final = re.compile(r"[a-z]{3,}")


def drugs_named(text: str) -> dict[str, list[tuple[int, int]]]:
    """Return the drugs that a lower-case text names, with their places."""
    known = drugs()
    found: dict[str, list[tuple[int, int]]] = {}
    if known.keys().isdisjoint(_NAME.findall(text)):
        return found
    for match in _NAME.finditer(text):
        if match.group() in known:
            found.setdefault(match.group(), []).append((match.start(), match.end()))
    return found


@lru_cache(maxsize=1)
def _prescription_drugs() -> frozenset[str]:
    """Return the drugs of the code search's list that are sold on prescription alone."""
    return frozenset(
        name
        for one in drug_list()
        if one.poisoning and not one.poisoning.startswith(_NO_PRESCRIPTION) and one.generic not in _WITHOUT_PRESCRIPTION
        for name in (one.generic, *one.brands)
        if " " not in name and len(name) > 4 and name not in _WITHOUT_PRESCRIPTION
    )


def prescription_names(text: str) -> list[str]:
    """Return the prescription drugs that a lower-case text names, by the longer list of the code search."""
    known = _prescription_drugs()
    return [name for name in _NAME.findall(text) if name in known]


def treated_families(text: str) -> frozenset[str]:
    """Return the code families that the drugs named in a text treat."""
    known = drugs()
    return frozenset(family for name in drugs_named(text) for family in known[name][0])


def features_of(candidate: Candidate, gathered: Gathered, treated: frozenset[str]) -> dict[str, float]:
    """Return the features of one candidate."""
    kinds = {mention.sentence.section.kind for mention in candidate.mentions if mention.assertion in {"present", "historical"}}
    inpatient = gathered.reading.context.setting == "inpatient"
    possible = 0 if inpatient else sum(mention.assertion == "possible" for mention in candidate.mentions)
    against = sum(mention.assertion in {"absent", "hypothetical"} for mention in candidate.mentions)
    heading = [mention for mention in candidate.mentions if in_heading(candidate, mention)]
    body = " ".join(sentence.text for problem in candidate.problems for sentence in problem.sentences[:12])
    kind = candidate.concept.kind
    sections = gathered.reading.sections.of("assessment", "assessment_plan", "plan", "discharge")
    first = min((problem.number for problem in candidate.problems), default=99)
    is_heading = bool(candidate.problems)
    found: dict[str, float] = {
        "heading": float(is_heading),
        "heading first": float(first == 0),
        "heading alone": float(
            is_heading and len(heading) == 1 and sum(_stands_beside(candidate, other) for other in gathered.by_code.values()) == 0
        ),
        "heading doubted": float(
            not inpatient and is_heading and all(mention.assertion == "possible" for mention in heading) and bool(heading)
        ),
        "heading treated": float(is_heading and bool(_TREATED.search(body))),
        "heading words share": _share(candidate),
        "derived": float(candidate.derived != ""),
        "assessment body": float(
            not is_heading
            and (
                bool(kinds & _AP)
                or (
                    inpatient
                    and candidate.assertion == "present"
                    and any(mention.sentence.section.kind in _AP for mention in candidate.mentions)
                )
            )
        ),
        "plan only": float(not is_heading and not kinds & _AP and "plan" in kinds),
        "complaint": float("complaint" in kinds),
        "history of present illness": float(bool(kinds & {"hpi", "head", "course"})),
        "past": float(bool(kinds & {"past", "surgical"})),
        "exam": float("exam" in kinds),
        "results": float("results" in kinds),
        "review of systems only": float(bool(kinds) and kinds <= {"ros", "exam", "vitals"}),
        "procedure": float(bool(kinds & {"procedure", "immunizations"})),
        "worked up": float(
            not is_heading
            and any(
                mention.assertion == "present"
                and mention.sentence.section.kind in _AP | {"plan"}
                and _WORKED.search(mention.sentence.text)
                for mention in candidate.mentions
            )
        ),
        "doubted": float(min(possible, 3)),
        "denied": float(min(against, 3)),
        "mentions": float(min(len(candidate.mentions), 6)) / 6,
        "words matched": float(min(candidate.size, 5)) / 5,
        "drug in note": float(any(candidate.code.startswith(family) for family in treated)),
        "no assessment found": float(not sections),
        "unspecified": float(candidate.code[-1:] in {"9", "0"} and "." in candidate.code),
    }
    found[f"kind {kind}"] = 1.0
    found[f"kind {kind} in heading"] = float(is_heading)
    found[f"kind {kind} named"] = float(named(candidate) and not is_heading)
    if not sections:
        found[f"kind {kind} without assessment"] = 1.0
    return found


def _stands_beside(candidate: Candidate, other: Candidate) -> bool:
    return other is not candidate and not other.why_not and any(problem in candidate.problems for problem in other.problems)


def _share(candidate: Candidate) -> float:
    """Return the share of the heading's words that the code's phrase covers."""
    best = 0.0
    for problem in candidate.problems:
        words = len(_CERTAIN.before(problem.heading).split()) or 1
        for mention in candidate.mentions:
            if problem.start <= mention.start <= problem.end:
                best = max(best, min(1.0, candidate.size / words))
    return best
