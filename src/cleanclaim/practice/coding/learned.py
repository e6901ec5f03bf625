"""What the encoder learns from this practice's own coders: how far to trust it on a code, and the practice's words for codes it missed.

Pure: finalised visits in, a small readable model out. Nothing leaves the machine; every figure that speaks for a model is out of fold:
a visit is judged by what the other visits taught.
"""

from __future__ import annotations

import hashlib
import math
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from typing import Any, Final, NamedTuple

from cleanclaim.documents import Evidence, Note, NoteContext, Suggestion, Suggestions

FOLDS: Final = 5
CAUTION: Final = 0.5
"""The variance that a code's move is expected to have before anything is seen: one decision alone moves it by less than half."""
FURTHEST: Final = 2.5
"""A code's log-odds move at most this far."""
FEWEST_VISITS: Final = 3
"""Words are learned from at least this many visits."""
SUREST_SHARE: Final = 0.8
"""And only when coders reported the code at this share of the visits that have the words."""
WORDS_PER_CODE: Final = 5
NAME: Final = "this practice's own words"

_STOP: Final = frozenset(
    "a an and are as at be by for from had has have he her his in is it its no not of on or per pt she than that the their them there "
    "this to was were will with without patient".split()
)
_DENIED: Final = re.compile(
    r"\b(?:no|not|denies|denied|without|negative for|neg for|r/o|rule out|ruled out|family history of|fh of|mother has|father has|history of|"
    r"resolved|if)\b(?:\W+\w+){0,5}\W*$",
    re.IGNORECASE,
)


class PastDecision(NamedTuple):
    """What coders decided about one code: accepted, rejected or added; the encoder's confidence where it had suggested it."""

    system: str
    code: str
    decision: str
    confidence: float | None = None


class PastVisit(NamedTuple):
    """A finalised visit: its id, its text, the decisions."""

    visit_id: str
    text: str
    decisions: tuple[PastDecision, ...]

    def __repr__(self) -> str:
        return f"PastVisit({self.visit_id})"


class LearnedWords(NamedTuple):
    """Words that stand for a code in this practice: at how many visits, and the share of them that had the code."""

    words: str
    code: str
    visits: int
    share: float


class Learned(NamedTuple):
    """A local model: log-odds by `system code`, and words for ICD-10-CM codes."""

    shifts: dict[str, float]
    words: tuple[LearnedWords, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """Return the model as it is kept."""
        return {"shifts": self.shifts, "words": [list(item) for item in self.words]}


def learned_from_json(facts: dict[str, Any]) -> Learned:
    """Read a kept model."""
    return Learned(dict(facts["shifts"]), tuple(LearnedWords(*item) for item in facts["words"]))


class Figures(NamedTuple):
    """How a model does on visits that did not teach it: mean log loss of the suggestions before and after (lower is better), how often
    the learned words were right and wrong, and on how many visits and suggestions this stands.
    """

    visits: int
    suggestions: int
    loss_before: float
    loss_after: float
    words_right: int
    words_wrong: int

    @property
    def is_better(self) -> bool:
        """The model is worth using: the loss falls, and learned words are right at least twice as often as wrong."""
        return (self.suggestions > 0 and self.loss_after < self.loss_before) or (
            self.words_right >= FEWEST_VISITS and self.words_right >= 2 * self.words_wrong
        )


def learn(visits: Sequence[PastVisit]) -> Learned:
    """Learn from finalised visits. The same visits give the same model, in any order."""
    ordered = sorted(visits, key=lambda visit: visit.visit_id)
    return Learned(_shifts(ordered), _words(ordered))


def _shifts(visits: Iterable[PastVisit]) -> dict[str, float]:
    seen: defaultdict[str, list[tuple[float, bool]]] = defaultdict(list)
    for visit in visits:
        for item in visit.decisions:
            if item.confidence is not None and item.decision != "added":
                seen[f"{item.system} {item.code}"].append((_logit(item.confidence), item.decision == "accepted"))
    shifts = {key: round(_likeliest_shift(rows), 4) for key, rows in sorted(seen.items())}
    return {key: shift for key, shift in shifts.items() if abs(shift) >= 0.02}


def _likeliest_shift(rows: Sequence[tuple[float, bool]]) -> float:
    """Return the move of the log-odds under which these decisions are likeliest, before which it was expected to be near zero.

    The slope of the log-likelihood, sum(kept - sigmoid(logit + move)) - move / CAUTION, falls with the move: its root is halved in on.
    """
    low, high = -FURTHEST, FURTHEST
    for _ in range(24):
        middle = (low + high) / 2
        slope = sum(is_kept - _sigmoid(logit + middle) for logit, is_kept in rows) - middle / CAUTION
        low, high = (middle, high) if slope > 0 else (low, middle)
    return (low + high) / 2


def _words(visits: Sequence[PastVisit]) -> tuple[LearnedWords, ...]:
    added: defaultdict[str, set[str]] = defaultdict(set)
    has: defaultdict[str, set[str]] = defaultdict(set)
    for visit in visits:
        for item in visit.decisions:
            if item.system == "icd10cm" and item.decision != "rejected":
                has[item.code].add(visit.visit_id)
                if item.decision == "added":
                    added[item.code].add(visit.visit_id)
    missed = {code for code, where in added.items() if len(where) >= FEWEST_VISITS}
    if not missed:
        return ()
    grams = {visit.visit_id: set(_grams(visit.text)) for visit in visits}
    everywhere: Counter[str] = Counter(gram for own in grams.values() for gram in own)
    found: list[LearnedWords] = []
    for code in sorted(missed):
        near = Counter(gram for visit_id in added[code] for gram in grams[visit_id])
        offers = []
        for gram, count in near.items():
            if count < FEWEST_VISITS:
                continue
            with_code = sum(1 for visit_id in has[code] if gram in grams[visit_id])
            share = with_code / everywhere[gram]
            if share >= SUREST_SHARE:
                offers.append(LearnedWords(gram, code, everywhere[gram], round(share, 4)))
        offers.sort(key=lambda item: (-item.share, -item.visits, -len(item.words), item.words))
        found += offers[:WORDS_PER_CODE]
    return tuple(found)


def _grams(text: str) -> Iterator[str]:
    """Yield runs of two to four words that neither begin nor end with a small word and do not cross a line or a stop, unless denied."""
    for line in re.finditer(r"[^\n.;:]+", text):
        words = list(re.finditer(r"[A-Za-z][A-Za-z'-]*", line.group()))
        for first in range(len(words)):
            if words[first].group().lower() in _STOP:
                continue
            for count in (2, 3, 4):
                run = words[first : first + count]
                if (
                    len(run) == count
                    and run[-1].group().lower() not in _STOP
                    and not _is_denied(text, line.start() + run[0].start())
                ):
                    yield " ".join(word.group().lower() for word in run)


def _is_denied(text: str, start: int) -> bool:
    before = re.split(r"[\n.;]", text[max(0, start - 80) : start])[-1]
    return bool(_DENIED.search(before))


class PracticeWords:
    """A suggester that knows the practice's words: local terms that coders set, and words learned from their decisions.

    What it proposes passes through the encoder's rules; denied words propose nothing.
    """

    name = NAME

    def __init__(self, terms: Iterable[tuple[str, str, str]] = (), learned: Learned | None = None, site: Any = None) -> None:
        self._terms = [(words, code) for words, system, code in terms if system == "icd10cm"]
        self._terms += [(item.words, item.code) for item in (learned.words if learned else ())]
        self._site = site

    def suggest(self, note: Note, context: NoteContext) -> list[Suggestion]:
        """Return the codes whose words stand in the note, with where; then what the site's own suggester says."""
        found = []
        for words, code in self._terms:
            pattern = r"\b" + r"[^A-Za-z\n.;]+".join(re.escape(word) for word in words.split()) + r"\b"
            spans = [hit.span() for hit in re.finditer(pattern, note.text, re.IGNORECASE) if not _is_denied(note.text, hit.start())]
            if spans:
                proof = tuple(Evidence(start, end, note.text[start:end], "", "present") for start, end in spans[:3])
                found.append(Suggestion("icd10cm", code, "", 0.9, "look", proof))
        if self._site is not None:
            found += list(self._site.suggest(note, context))
        return found


def apply(learned: Learned, answer: Suggestions, band: Callable[[float], str]) -> Suggestions:
    """Move each suggestion's confidence by what was learned, and its band with it; one that falls below every band becomes a hint.

    A code that only learned words propose is as sure as their share of visits, counted cautiously.
    """
    shares = {item.code: (item.share * item.visits + 1) / (item.visits + 2) for item in reversed(learned.words)}
    moved = []
    for item in answer.suggestions:
        shift = learned.shifts.get(f"{item.system} {item.code}", 0.0)
        confidence = item.confidence
        if item.code in shares and f"Proposed by {NAME}." in item.reasons:
            confidence = min(confidence, shares[item.code])
        if shift:
            confidence = _sigmoid(_logit(confidence) + shift)
        if confidence == item.confidence:
            moved.append(item)
            continue
        reasons = item.reasons
        if shift:
            reasons = (
                *reasons,
                f"This practice's coders {'keep' if shift > 0 else 'drop'} it more often than the encoder expects.",
            )
        moved.append(item._replace(confidence=round(confidence, 4), band=band(confidence) or "hint", reasons=reasons))
    return answer._replace(suggestions=tuple(moved))


def evaluate(visits: Sequence[PastVisit]) -> Figures:
    """Judge what would be learned, each visit by a model that the other folds taught. Folds follow a hash of the visit's id."""
    folds = {visit.visit_id: hashlib.sha256(visit.visit_id.encode()).digest()[0] % FOLDS for visit in visits}
    before = after = 0.0
    count = right = wrong = 0
    for fold in range(FOLDS):
        model = learn([visit for visit in visits if folds[visit.visit_id] != fold])
        speaker = PracticeWords(learned=model)
        for visit in visits:
            if folds[visit.visit_id] != fold:
                continue
            for item in visit.decisions:
                if item.confidence is None or item.decision == "added":
                    continue
                moved = _sigmoid(_logit(item.confidence) + model.shifts.get(f"{item.system} {item.code}", 0.0))
                before += _loss(item.confidence, is_kept=item.decision == "accepted")
                after += _loss(moved, is_kept=item.decision == "accepted")
                count += 1
            if model.words:
                has = {item.code for item in visit.decisions if item.decision != "rejected"}
                said = {item.code for item in speaker.suggest(Note(visit.text), NoteContext(date.min))}
                right, wrong = right + len(said & has), wrong + len(said - has)
    return Figures(len(visits), count, round(before / max(1, count), 5), round(after / max(1, count), 5), right, wrong)


def changes(before: Learned | None, after: Learned) -> tuple[str, ...]:
    """Say what a new model changes, one sentence each, the largest first."""
    old = before.shifts if before else {}
    moves = sorted(
        ((after.shifts.get(key, 0.0) - old.get(key, 0.0), key) for key in {*old, *after.shifts}),
        key=lambda row: (-abs(row[0]), row[1]),
    )
    said = [f"{key} is {'more' if move > 0 else 'less'} trusted (log-odds {move:+.2f})." for move, key in moves if abs(move) >= 0.1]
    known = {(item.words, item.code) for item in (before.words if before else ())}
    said += [f"“{item.words}” now proposes {item.code} (at {item.visits} visits, {item.share:.0%} of them with the code)."
             for item in after.words if (item.words, item.code) not in known]  # fmt: skip
    gone = known - {(item.words, item.code) for item in after.words}
    said += [f"“{words}” no longer proposes {code}." for words, code in sorted(gone)]
    return tuple(said)


def _logit(share: float) -> float:
    share = min(0.9995, max(0.0005, share))
    return math.log(share / (1 - share))


def _sigmoid(score: float) -> float:
    return 1 / (1 + math.exp(-score))


def _loss(confidence: float, *, is_kept: bool) -> float:
    sure = min(0.9995, max(0.0005, confidence))
    return -math.log(sure if is_kept else 1 - sure)
