"""What caused an injury or a poisoning: external-cause codes beside it (chapter 20), and drugs as poison, adverse effect or underdosing.

An external cause is never first, and none is reported without an injury or another condition that it explains (guideline I.C.20.a).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import Final

from cleanclaim.documents.coding import Suggestion
from cleanclaim.encoder.candidates.gather import Gathered
from cleanclaim.encoder.candidates.lexicon import Concept
from cleanclaim.encoder.guidelines.additional import added
from cleanclaim.encoder.patterns import AnyCase, any_case, compiled
from cleanclaim.encoder.reading import Sentence
from cleanclaim.encoder.search.wordlists import drugs as drug_list

SURENESS: Final = 0.7
_FULL: Final = 8
"""The characters of a whole code with its dot."""
_CAUSES: Final[tuple[tuple[str, str], ...]] = (
    # (code with * for the episode, words): the more telling ones first; one cause is proposed
    ("V13.4XX*", r"\b(?:struck|hit) by (?:a |an )?(?:car|vehicle|truck|suv|van|motorist)\b[^.\n]{0,60}\b(?:bike|bicycle|cycling|biking|cyclist)|\b(?:bicyclist|cyclist)\b[^.\n]{0,20}\b(?:struck|hit) by|\b(?:riding|on) (?:his|her|a|their) (?:bike|bicycle)[^.\n]{0,60}\b(?:struck|hit) by (?:a |an )?(?:car|vehicle|truck)"),
    ("V03.10X*", r"\b(?:pedestrian|walking|crossing)\b[^.\n]{0,60}\b(?:struck|hit) by (?:a |an )?(?:car|vehicle|truck|suv|van)|\b(?:struck|hit) by (?:a |an )?(?:car|vehicle|truck) (?:while|when) (?:walking|crossing)"),
    ("V29.99X*", r"\b(?:motorcycle|motorbike|moped) (?:accident|crash|collision)|\bfell off (?:his|her|a|the) motorcycle"),
    ("V89.2XX*", r"\b(?:mvas?|mvc|motor vehicle (?:accident|collision|crash)|car (?:accident|crash|wreck)|auto accident|rear[- ]?ended|t-?boned|head[- ]on collision|traffic accident)\b"),
    ("V18.4XX*", r"\b(?:fell|fall|crash\w*|thrown)\b[^.\n]{0,24}\b(?:bike|bicycle)\b|\bbicycle (?:accident|crash)"),
    ("V00.131*", r"\bskateboard\w*\b"), ("V00.141*", r"\bscooter\b"), ("V00.321*", r"\b(?:skiing|skis?)\b[^.\n]{0,40}\b(?:fell|fall|crash\w*)|\bfell\b[^.\n]{0,30}\bskiing"), ("V00.121*", r"\broller ?skat\w+"),
    ("V00.211*", r"\bice[- ]skat\w+"), ("V80.010*", r"\b(?:fell|thrown) (?:off|from) (?:a |his |her |the )?horse"),
    ("W54.0XX*", r"\bdog bite|\bbit(?:ten)? by (?:a |the |his |her |their |\w+'s )?(?:\w+ )?dog\b|\bdog bit\b"), ("W55.01X*", r"\bcat bite|\bbit(?:ten)? by (?:a |the |his |her )?(?:\w+ )?cat\b|\bcat bit\b"), ("W55.03X*", r"\bcat scratch\b|\bscratched by (?:a |the |his |her )?cat\b"),
    ("W57.XXX*", r"\b(?:tick|insect|bug|mosquito|flea|bed bug) bites?\b|\bbit(?:ten)? by (?:a |an )?(?:tick|insect|bug|mosquito)"), ("W50.3XX*", r"\bhuman bite\b"),
    ("W00.0XX*", r"\b(?:slip\w*|fell|fall)\b[^.\n]{0,24}\b(?:ice|icy|snow)\b"),
    ("W10.9XX*", r"\b(?:fell|fall|tripped|slipped|missed)\b[^.\n]{0,30}\b(?:stairs?|steps?|staircase|stairway)\b"), ("W11.XXX*", r"\b(?:fell|fall)\b[^.\n]{0,24}\bladder\b"), ("W06.XXX*", r"\b(?:fell|fall|rolled)\b[^.\n]{0,12}\b(?:out of|off|from)\b[^.\n]{0,10}\bbed\b"),
    ("W07.XXX*", r"\b(?:fell|fall)\b[^.\n]{0,12}\b(?:out of|off|from)\b[^.\n]{0,10}\bchair\b"), ("W13.2XX*", r"\b(?:fell|fall)\b[^.\n]{0,12}\b(?:off|from|through)\b[^.\n]{0,8}\broof\b"), ("W14.XXX*", r"\b(?:fell|fall)\b[^.\n]{0,16}\btree\b"),
    ("W09.8XX*", r"\b(?:fell|fall)\b[^.\n]{0,24}\b(?:monkey bars|playground|trampoline|swing|slide)\b"), ("W18.2XX*", r"\b(?:fell|fall|slipped)\b[^.\n]{0,20}\b(?:shower|bathtub|tub)\b"),
    ("W01.0XX*", r"\b(?:tripp\w+|stumbl\w+|slipp\w+)\b[^.\n]{0,60}\b(?:fell|fall\w*|land\w+)|\b(?:slip and fall|trip and fall|fell after (?:tripping|slipping)|tripped (?:over|on))\b"),
    ("W17.89X*", r"\bfell (?:approximately |about )?\d+ (?:feet|ft|meters)\b|\bfall from (?:a )?height"),
    ("W18.30X*", r"\bground[- ]level fall|\bfell (?:from standing|on (?:the |an |his |her )?(?:outstretched|floor|ground|sidewalk))|\bsame[- ]level fall|\bfoosh\b"), ("W19.XXX*", r"\b(?:fell|a fall|fall at|after falling|sustained a fall|had a fall|mechanical fall)\b"),
    ("W26.0XX*", r"\b(?:cut|lacerat\w+|slic\w+|slipped)\b[^.\n]{0,50}\b(?:knife|box ?cutter|blade)\b|\bknife slipped"), ("W25.XXX*", r"\b(?:cut|lacerat\w+|stepped|hand through)\b[^.\n]{0,40}\bglass\b"),
    ("W27.8XX*", r"\b(?:cut|lacerat\w+|injur\w+)\b[^.\n]{0,40}\b(?:hand saw|chisel|screwdriver|hand tool)\b"), ("W29.3XX*", r"\b(?:table saw|chain ?saw|hedge trimmer|circular saw|lawn ?mower)\b"),
    ("W22.03X*", r"\b(?:hit|struck|bumped|stubbed|walked into)\b[^.\n]{0,30}\b(?:door|table|furniture|desk|coffee table|bed ?frame)\b"), ("W23.0XX*", r"\b(?:slammed|caught|crush\w+|jammed)\b[^.\n]{0,40}\b(?:door|drawer)\b"),
    ("W20.8XX*", r"\b(?:dropped|fell)\b[^.\n]{0,24}\bon (?:to )?(?:his|her|the|my) (?:right |left )?(?:foot|toe|hand|head)\b"), ("W21.03X*", r"\b(?:hit|struck)\b[^.\n]{0,20}\bbaseball\b"), ("W21.05X*", r"\b(?:hit|struck|jammed)\b[^.\n]{0,30}\bbasketball\b"), ("W21.02X*", r"\b(?:hit|struck)\b[^.\n]{0,20}\bsoccer ball\b"),
    ("W51.XXX*", r"\b(?:collid\w+|ran into|tackled|collision) (?:with |by |into )?(?:another|a|an|his|her) (?:player|person|teammate|opponent)\b"), ("Y04.0XX*", r"\b(?:punched|fist ?fight|in a fight|altercation|punching)\b"), ("Y09", r"\bassault(?:ed)?\b"),
    ("X12.XXX*", r"\b(?:hot (?:water|coffee|tea|soup|liquid)|scald\w*|boiling water)\b"), ("X10.2XX*", r"\bhot (?:grease|oil)\b"), ("X15.0XX*", r"\b(?:hot )?stove(?:top)?\b|\bhot burner\b"), ("X15.8XX*", r"\bcurling iron|\bhot iron\b"), ("X08.8XX*", r"\b(?:house fire|flames?|campfire|burned by fire)\b"),
    ("X50.0XX*", r"\b(?:lift(?:ing|ed)|mov(?:ing|ed)|push(?:ing|ed)|pull(?:ing|ed)|carry(?:ing)?)\b[^.\n]{0,40}\b(?:box\w*|furniture|heavy|couch|refrigerator|weights?|boxes|bag|patient)\b"),
    ("X50.3XX*", r"\b(?:overuse|repetitive)\b"),
)  # fmt: skip
_ONLY_INJURY: Final = re.compile(r"^(?:S|T(?:0|1[0-4]|2|3[0-4]))")


def external_causes(gathered: Gathered, diagnoses: list[Suggestion]) -> list[Suggestion]:
    """Return the cause that the note tells of a reported injury."""
    injuries = [one for one in diagnoses if _ONLY_INJURY.match(one.code) and one.band != "hint"]
    if not injuries or any(re.match(r"[V-Y]", one.code) for one in diagnoses):
        return []
    reading = gathered.reading
    episode = next((one.code[-1] for one in injuries if len(one.code) == 8 and one.code[-1] in "ADS"), "A")
    for code, pattern in _CAUSES:
        for told in compiled(pattern).finditer(reading.lowered):
            sentence = next((one for one in reading.sentences if one.start <= told.start() < one.end), None)
            if sentence is None or sentence.section.kind in {"family", "social", "past", "surgical", "ros", "plan", "instructions"}:
                continue
            if reading.assertion(sentence, told.start(), told.end())[0] not in {"present", "historical"}:
                continue
            made = added(gathered, code.replace("*", episode), told.span(), "The note tells what caused the injury; an external cause is never first (guideline I.C.20.a).", SURENESS)  # fmt: skip
            if made is not None:
                return [made]
    return []


_OVERDOSE: Final = any_case(r"\b(?:overdos\w+|od'?d on|poison\w*|toxic ingestion|ingest(?:ed|ion)|took (?:too (?:many|much)|a (?:handful|bottle)|(?:approximately |about |approx )?\d+ (?:tabs?|pills?|tablets?|capsules?)))\b")  # fmt: skip
_INTENT: Final = any_case(r"\b(?:intentional(?:ly)?|suicid\w+|self[- ]harm|wanted to die|attempt(?:ed)? to (?:kill|harm))\b")
_NO_INTENT: Final = any_case(r"\b(?:unintentional(?:ly)?|accidental(?:ly)?|not (?:intentional|suicidal)|by mistake)\b")
_EFFECT: Final = any_case(r"\b(?:rash|hives|urticaria|cough|angioedema|bleed\w*|toxicity|diarrhea|nausea|vomiting|myalgias?|hyponatremia|hypokalemia|hyperkalemia|hypoglycemia|bradycardia|orthostatic hypotension|hypotension|constipation|drowsiness|sedation|"
    r"pancreatitis|hepatitis|neutropenia|anaphylaxis|drug reaction|adverse (?:drug )?(?:effect|reaction))[^.;\n]{0,20}\b(?:due to|secondary to|from|caused by|induced by|attributed to) (?:(?:the|her|his|recent|starting|taking|use of) ){0,2}")  # fmt: skip
_UNDERDOSE: Final = any_case(r"\b(?:ran out of|not (?:been )?taking|stopped taking|skipp(?:ed|ing)|missed (?:doses|several doses)|noncomplian\w+ with|non-?adheren\w+ (?:with|to)|cannot afford|can't afford|rationing|taking less)\b[^.\n]{0,40}")  # fmt: skip


def name_poisons(gathered: Gathered) -> None:
    """A drug taken in excess or in error is a poisoning, by its drug and intent (guideline I.C.19.e.5.b)."""
    reading = gathered.reading
    for sentence, cue in _told(gathered, _OVERDOSE):
        for start, end, base in _drugs_in(sentence.text, (0, len(sentence.text))):
            meant = _INTENT.search(reading.text) and not _NO_INTENT.search(reading.text)
            code = _with_intent(base, "2" if meant else "1", reading.patient.episode)
            made = gathered.ensure(code, Concept(code, "i"))
            if made is not None and not made.mentions:
                gathered.cite(made, sentence.start + start, sentence.start + end)
                made.assertion = "present"
                made.derived = f'"{cue.group()}" tells of a poisoning, coded first (guideline I.C.19.e.5.b).'
                made.reasons.append(made.derived)


def harm_of_drugs(gathered: Gathered) -> list[Suggestion]:
    """A drug rightly taken that did harm is an adverse effect, after the code of the harm; one taken too little an underdosing, never first
    (guideline I.C.19.e.5.a, c).
    """
    found: dict[str, Suggestion] = {}
    for pattern, intent, why in (
        (_EFFECT, "5", "A drug rightly taken did harm: an adverse effect, after the code of the harm (guideline I.C.19.e.5.a)."),
        (_UNDERDOSE, "6", "Less of a drug was taken than prescribed: an underdosing, never first (guideline I.C.19.e.5.c)."),
    ):
        for sentence, cue in _told(gathered, pattern):
            within = (cue.end(), cue.end() + 25) if intent == "5" else (cue.start(), cue.end())
            for start, end, base in _drugs_in(sentence.text, within):
                code = _with_intent(base, intent, gathered.reading.patient.episode)
                if intent == "5" and sentence.section.kind not in {"assessment", "assessment_plan", "discharge", "course"}:
                    continue
                made = added(gathered, code, (sentence.start + start, sentence.start + end), why, 0.6)
                if made is not None:
                    found.setdefault(code, made if intent == "5" else made._replace(confidence=0.4, band="hint"))
    return list(found.values())


def _told(gathered: Gathered, pattern: AnyCase) -> Iterator[tuple[Sentence, re.Match[str]]]:
    reading = gathered.reading
    if pattern.search(reading.text) is None:
        return
    for sentence in reading.sentences:
        if sentence.section.kind in {"family", "allergies", "past", "surgical", "instructions", "medications"}:
            continue
        cue = pattern.search(sentence.text)
        if cue is not None and reading.assertion(sentence, sentence.start + cue.start(), sentence.start + cue.start() + 1)[0] in {"present", "historical"}:  # fmt: skip
            yield sentence, cue


def _with_intent(base: str, intent: str, episode: str) -> str:
    return (base + intent).ljust(_FULL - 1, "X") + episode


def _drugs_in(text: str, within: tuple[int, int]) -> Iterator[tuple[int, int, str]]:
    """Yield the drugs that a stretch of a sentence names, one a subcategory."""
    table = _subcategories()
    seen: set[str] = set()
    for word in re.finditer(r"[a-z][a-z-]{2,}", text.lower()):
        base = table.get(word.group())
        if base and base not in seen and within[0] <= word.start() < within[1]:
            seen.add(base)
            yield word.start(), word.end(), base


@cache
def _subcategories() -> dict[str, str]:
    """Return the subcategory of poisoning of each drug name of one word."""
    return {
        name: one.poisoning
        for one in drug_list()
        for name in (one.generic, *one.brands)
        if one.poisoning and " " not in name and len(name) > 3
    }
