"""Combination codes, assumed relationships ("with"), specificity and integral symptoms."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from cleanclaim.encoder.candidates.gather import Candidate, Gathered, side_in
from cleanclaim.encoder.candidates.lexicon import Concept
from cleanclaim.encoder.patterns import any_case, find

_RULE = Callable[["Gathered"], None]
_CHRONIC: Final = Concept("", "c", chronic=True)

_SYMPTOMS: Final[tuple[tuple[str, str, str], ...]] = (
    # symptom codes, diagnoses to which they are integral, what the reason says
    (r"R06\.0|R06\.2|R05|R07\.89", r"J45|J44|J18|J12|J20|J21|J40|J84|J70|J43|J47|U07|J10|J22", "a lung disease"),
    (r"R06\.0|R60|R05|R07\.89|R53\.83|R63\.5|R42", r"I50|I11\.0|I13", "heart failure"),
    (r"R60", r"I87|I83|I89|I82|N04|K74|K70", "the vascular or organ disease that causes it"),
    (r"R05|R09\.8|R07\.0|R50|R51|J34\.89|R53|J02\.9|R68\.83|R11|R63\.0", r"J06|J00|J02|J03|J01|J10|J11|U07|J20|J18|J22|J05|J04|B34|B27|J21|A38|J30|J32|J15|J12", "the infection"),
    (r"R07", r"I20|I21|I25\.1[1-9]|K21|M94|J18|J45|I26|I30|R09\.1", "the disease that causes the pain"),
    (r"R10|R14|R50|R63\.0|R19\.4", r"K5[0-9]|K35|K8[0-5]|A0[4-9]|K2[0-9]|N20|N10|K57|K4[0-6]|K3[01]|K90|N23|N30|N39\.0", "the disease of the digestive or urinary tract"),
    (r"R11|R19\.7", r"K5[0-25-9]|K35|K8[0-5]|A0[4-9]|N20|N10|K29|K3[01]|K90|N23", "the disease of the digestive or urinary tract"),
    (r"R12|R13|R07\.0|R05|R49", r"K21|K20|K22", "esophageal disease"),
    (r"R30|R35|R39|R31|R10\.[23]|R50|N23|R82|R33", r"N39\.0|N30|N10|N20|N40\.1|N41|N32", "the urinary disease"),
    (r"M54\.[569]|M54\.5\d|M79\.1|M62\.83|M54\.[34]", r"S39\.01|S33|S29\.01|M51|M48|M47\.81[4-6]|S22|S32|M54\.[134]|N20|N10|M41", "the spine disease or injury"),
    (r"M54\.2|M62\.838", r"S16|S13|M50|M47\.812|M48\.02|M43\.6|M54\.12", "the neck disease or injury"),
    (r"M25\.5[12]|M25\.6[12]|M79\.6[0-3]", r"M75|M77|S4[0-9]|M19\.0[12]|S5[0-9]|M70\.2|M71|M19\.9", "the shoulder or elbow disease or injury"),
    (r"M25\.5[34]|M79\.6[34]|R20|M79\.60[123]", r"G56|M65|M18|S6[0-9]|S52|M19\.0[34]|M72\.0|M67|M06|M05|M10", "the wrist or hand disease or injury"),
    (r"M25\.5[56]|M25\.[46]6|M79\.6[056]|M25\.36|R26\.2", r"M1[67]|M22|M23|S8[0-9]|S7[0-9]|M70\.[4-7]|M76|M71\.2|M10|M87|M19\.9|M25\.46", "the hip or knee disease or injury"),
    (r"M25\.57|M25\.47|M79\.67|M25\.37|R60\.0", r"S9[0-9]|S82|M72|M76|M77\.[34]|M20|M10|L60|M21|G57|M84|B07\.0|L84|E11\.621|L97|M19\.07", "the ankle or foot disease or injury"),
    (r"R51|R11|H53|R42|R53", r"G43|G44|S06|F07|J01|J32", "the headache disorder"),
    (r"R42|R11|H93\.1|R26\.81", r"H81|H83", "the disorder of the inner ear"),
    (r"H92\.0|H93\.8|H91|R50|H92\.1", r"H6[0-9]|H7[0-2]", "the ear disease"),
    (r"H57|H11\.3|H53\.8", r"H1[016]|S05|T15|H00|H01|H04", "the eye disease"),
    (r"R21|L29|L53|R22|L85|R60", r"L[0-9]|B0[0-9]|B3[5-7]|B86|A46|T63|L03|L02", "the skin disease"),
    (r"R73|R35\.89|R63\.1", r"E1[01]|E08|E09|E13|R73\.03", "diabetes"),
    (r"R03", r"I1[0-6A]", "the hypertension already diagnosed"),
    (r"R53|R06\.0|R42|R00\.2", r"D5[0-9]|D6[0-4]|E03", "the anemia or thyroid disease"),
    (r"R45|R53\.83|G47\.0|G47\.9|R41\.84|Z73\.3|R63", r"F3[2-4]|F41|F43|F90|F31", "the mental disorder"),
    (r"R00|R42|R55|R06\.0|R07", r"I4[789]|I44|I35", "the heart rhythm or valve disease"),
    (r"R17", r"P5[789]|K7[0-6]|B1[5-9]", "the disease that causes the jaundice"),
    (r"R01", r"I34|I35|I36|Q2[01]|I05|I08", "the valve disease"),
    (r"R56", r"G40", "epilepsy"),
    (r"R25\.3|R25", r"F95|G25|G20", "the movement disorder"),
    (r"R74|R94\.5|R16\.0", r"K7[0-6]|B1[5-9]", "the liver disease"),
    (r"R41", r"F0[1-3]|G30|G31", "the cognitive disorder"),
    (r"R29\.6|R26", r"G20|I69", "the neurological disease"),
    (r"R06\.83|G47\.1|R53\.83", r"G47\.3", "sleep apnea"),
    (r"N63|N64\.4", r"N60|C50|N61|D24|D05", "the breast disease"),
    (r"R10\.2|N94\.6|N93|N94\.1", r"N80|D25|N83|N73", "the disease of the pelvis"),
    (r"R39\.1|R35|R33", r"N40\.1|C61", "the prostate disease"),
    (r"N89\.8|L29", r"N76|B37\.3|A59|N95\.2", "the vaginitis"),
    (r"R59|R63\.4|R53", r"C[0-9]|B27", "the underlying disease"),
    (r"R50|R05|R09|J34", r"J1[0-8]|U07|B08|B09|A08|A38", "the infection"),
    (r"M25\.50|M79\.1|M25\.5", r"M1[5-9]|M05|M06|M32|M35\.3|M10|M15|M79\.7", "the rheumatic disease"),
    (r"R20", r"G62|G56|G57|E11\.4|M54\.1|G54", "the nerve disorder"),
    (r"R40|R11|R51", r"S06", "the head injury"),
    (r"R07|R06\.0", r"S2[0-9]", "the chest injury"),
    (r"K62\.5|K92\.[12]", r"K5[01]\.\w*11|K57\.\w?[13]|K25\.[04]|K26\.[04]|K64|K60", "the bowel disease that bleeds"),
)  # fmt: skip
_INTEGRAL: Final = tuple(
    (re.compile(rf"^(?:{symptom})"), re.compile(rf"^(?:{disease})"), why) for symptom, disease, why in _SYMPTOMS
)

_GENERAL: Final[tuple[tuple[str, str], ...]] = (
    # a less specific code gives way to a more specific one of the same disease (guideline I.B.2)
    (r"E11\.9", r"E11\.(?!9)|E10|O24|E13"), (r"E61\.1", r"D50|O99\.01"), (r"H26\.9", r"H2[56]\.(?!9)"), (r"H40\.9", r"H40\.(?!9)"), (r"H35\.30", r"H35\.3[1-9]"), (r"K20\.90", r"K21\.0"), (r"E04\.9", r"E04\.[0-2]|E05"), (r"R87\.619", r"R87\.61[0-8]"), (r"G30\.9|F03\.90", r"G31\.83"), (r"J32\.9", r"J32\.[0-48]"), (r"I83\.9", r"I83\.[0-8]"), (r"D25\.9", r"D25\.[0-2]"), (r"N94\.89", r"N94\.81"), (r"T78\.40", r"J30|L50|T78\.[0-3]|Z91\.0"), (r"E10\.9", r"E10\.(?!9)"), (r"I50\.9", r"I50\.[1-4]"), (r"J45\.909", r"J45\.(?!909)"), (r"J44\.9", r"J44\.[01]"),
    (r"F03\.90", r"F03\.9[1-9]|F01|G30"), (r"J45\.20", r"J45\.2[12]"), (r"J45\.30", r"J45\.3[12]"), (r"J45\.40", r"J45\.4[12]"), (r"J45\.50", r"J45\.5[12]"),
    (r"F32\.A", r"F3[23]\.(?!A)|F34|F53|F41\.8|F43\.2|F31|F25"), (r"F32\.9", r"F3[23]\.(?![9A])"), (r"F33\.9", r"F33\.(?!9)"), (r"F41\.9", r"F41\.[0138]|F43\.2"), (r"F41\.[19]", r"F41\.8$"),
    (r"N18\.9|N28\.9|N19", r"N18\.(?!9)|N17|I13"), (r"N28\.9", r"N18|N20|N17"), (r"I48\.91", r"I48\.(?!91)"), (r"N20\.0", r"N20\.1"), (r"M54\.9", r"M54\.[0-8]|S39|S33|M51|M48|M47|M46"),
    (r"M54\.50", r"M54\.[34]|S39\.012|S33\.5"), (r"M19\.90|M15\.9", r"M1[678]\.|M19\.0|M47|M06|M05|M15"), (r"M25\.50", r"M25\.5[1-7]"), (r"G43\.909", r"G43\.(?!909)"), (r"R51\.9", r"G44"),
    (r"J02\.9", r"J02\.0|J03"), (r"H66\.9", r"H66\.0|H65"), (r"H66\.0", r"H66\.01"), (r"J01\.90", r"J01\.[0-4]"), (r"K21\.9", r"K21\.0"), (r"N39\.0", r"N30|N10"), (r"D64\.9", r"D5\d|D6[0-3]"), (r"D50\.9", r"D50\.0"),
    (r"E78\.5", r"E78\.[0-4]"), (r"E78\.00", r"E78\.2"), (r"E66\.9", r"E66\.[08]"), (r"R10\.9", r"R10\.[0-8A]"), (r"R11\.[01]", r"R11\.2"), (r"R07\.9", r"R07\.[0-8]"), (r"R06\.00", r"R06\.0[29]|R06\.09"), (r"R05\.9", r"R05\.[1-8]"),
    (r"L03\.90", r"L03\.[0-8]"), (r"L02\.91", r"L02\.[0-8]"), (r"L40\.9", r"L40\.[0-8]"), (r"L30\.9", r"L2[0-8]|L30\.[0-8]"), (r"L71\.9", r"L71\.8"), (r"B07\.9", r"B07\.0"), (r"F17\.210", r"Z87\.891$"), (r"Z72\.0", r"F17"),
    (r"Z87\.891", r"F17"), (r"M65\.30", r"M65\.3[1-5]"), (r"S93\.40", r"S93\.4[1-9]"), (r"S83\.9", r"S83\.[2458]"), (r"S52\.50", r"S52\.5[1-9]"), (r"S92\.90|S92\.30", r"S92\.[0-8]"), (r"I63\.9", r"Z86\.73|I69"),
    (r"G47\.30", r"G47\.33"), (r"I42\.9", r"I42\.[0-8]|I25\.5"), (r"M10\.9", r"M10\.0|M1A"), (r"C44\.9", r"C44\.[0-8]"), (r"C43\.9", r"C43\.[0-8]"), (r"J30\.9", r"J30\.[128]"), (r"J06\.9", r"J0[1-5]|J1[0-8]|U07|J20"), (r"B34\.9", r"J|U07|A08|B27"),
    (r"N40\.0", r"N40\.1"), (r"M75\.10", r"M75\.1[12]"), (r"I25\.10", r"I25\.11"), (r"I20\.9", r"I25\.11"), (r"N93\.9", r"N92|N95\.0"), (r"B19\.20", r"B18\.2"), (r"L98\.9", r"L|D[0-4]|C4"), (r"R60\.9", r"R60\.0"), (r"G62\.9", r"E11\.4|G6[01]"),
    (r"Z34", r"O(?:09|[1-4][0-9]|99|98)"), (r"Z00\.00", r"Z00\.01|Z01\.41|Z00\.12"), (r"Z12\.4", r"Z01\.41"), (r"Z79\.899", r"Z79\.(?!899)"), (r"H10\.9", r"H10\.[0-8]"), (r"K58\.9", r"K58\.[0-8]"), (r"F90\.9", r"F90\.[0-8]"), (r"Z30\.9", r"Z30\.(?!9)"), (r"Z30\.017", r"Z30\.46"), (r"E03\.9", r"E89\.0|E06|E03\.[0-8]"),
    (r"M51\.9", r"M51\.[0-8]|M50"), (r"T14", r"S"), (r"Z98\.890", r"Z9[056]|Z98\.(?!890)|Z94|Z86\.79"), (r"S62\.6[0]", r"S62\.6[1-6]"), (r"I35\.0|I34\.0", r"Z95\.[234]"),  (r"R53\.81", r"R53\.83"), (r"S06\.0X0A|S09", r"S06\.0X1A|S06\.0X0A"),
    (r"M76\.6|M25", r"S86\.01"), (r"Z91\.81", r"R29\.6"), (r"J01\.90", r"J33"), (r"L70\.9", r"L70\.0"), (r"N76\.0", r"B37\.3|A59|N95\.2"), (r"F10\.10", r"F10\.2"), (r"M06\.9", r"M05|M06\.0"), (r"H60\.9", r"H60\.[0-5]"), (r"F43\.10", r"F43\.1[12]"), (r"M62\.838", r"M62\.830"),
)  # fmt: skip
_SPECIFIC: Final = tuple((re.compile(rf"^(?:{general})"), re.compile(rf"^(?:{specific})")) for general, specific in _GENERAL)


def still_standing(gathered: Gathered) -> list[Candidate]:
    """Return the candidates that no rule has dropped."""
    return [candidate for candidate in gathered.by_code.values() if not candidate.why_not]


def named(candidate: Candidate) -> bool:
    """Tell whether the assessment names the condition: as a problem's heading or in its own words."""
    return (
        bool(candidate.problems)
        or candidate.derived != ""
        or any(
            mention.assertion == "present" and mention.sentence.section.kind in {"assessment", "assessment_plan", "discharge"}
            for mention in candidate.mentions
        )
    )


def reported(candidate: Candidate) -> bool:
    """Tell whether a candidate counts as a diagnosis of the visit for the rules on other codes."""
    return not candidate.why_not and (named(candidate) or candidate.assertion == "present")


def drop_integral_symptoms(gathered: Gathered) -> None:
    """Signs and symptoms that belong to a confirmed diagnosis are not coded beside it (guideline I.B.5)."""
    diagnoses = [
        candidate
        for candidate in still_standing(gathered)
        if named(candidate) and candidate.concept.kind not in {"s", "f", "z", "p"}
    ]
    diagnoses = diagnoses or [
        candidate
        for candidate in still_standing(gathered)
        if candidate.assertion == "present" and candidate.concept.kind in {"a", "c", "i", "n"}
    ]
    for candidate in still_standing(gathered):
        if candidate.concept.kind not in {"s", "f"} and not candidate.code.startswith(("R", "M25", "M54", "M79", "K62.5", "K92")):
            continue
        for symptom, disease, why in _INTEGRAL:
            if symptom.match(candidate.code):
                cause = next((other for other in diagnoses if other is not candidate and disease.match(other.code)), None)
                if cause is not None and not (cause.code == "N40.1" and candidate.problems):
                    # N40.1: use additional code for associated symptoms, when specified
                    candidate.why_not = (
                        f"A sign or symptom integral to {why} ({cause.code}) is not coded beside it (guideline I.B.5)."
                    )
                    break


_INTO: Final = (
    (re.compile(r"^I10$"), re.compile(r"^I1[1-3]")),
    (re.compile(r"^I50\.9$|^I50\.2[0-2]$"), re.compile(r"^I50\.23")),
    (re.compile(r"^I50\.9$|^I50\.3[0-2]$"), re.compile(r"^I50\.33")),
    (re.compile(r"^J96\.[09]"), re.compile(r"^J96\.[012][12]")),
    (re.compile(r"^N17\.9$"), re.compile(r"^N17\.[0-2]")),
    (re.compile(r"^E66\.9$"), re.compile(r"^E66\.[0-8]")),
)


def replaced_by(code: str, others: list[str]) -> str:
    """Return why a code gives way to one of others: they say it more exactly, combine it, or it is their symptom; empty where it stands."""
    for general, specific in (*_SPECIFIC, *_INTO):
        if general.match(code):
            better = next((other for other in others if other != code and specific.match(other) and not general.match(other)), None)
            if better is not None:
                return f"The note supports the more specific {better} (guideline I.B.2)."
    for symptom, disease, why in _INTEGRAL:
        if symptom.match(code):
            cause = next((other for other in others if disease.match(other)), None)
            if cause is not None:
                return f"A sign or symptom integral to {why} ({cause}) is not coded beside it (guideline I.B.5)."
    return ""


def _details(general: Candidate, specific: Candidate) -> bool:
    """Tell whether the provider's own words elsewhere in the note detail a condition that the assessment names in general."""
    if (
        specific.code[:3] != general.code[:3]
        or specific.assertion != "present"
        or (specific.concept.kind in {"s", "f"} and not general.code.startswith(("M54", "R10")))
    ):
        return False
    return any(
        mention.assertion == "present" and mention.sentence.section.kind not in {"ros", "family", "allergies", "social"}
        for mention in specific.mentions
    )


def prefer_specific(gathered: Gathered) -> None:
    """The most specific code that the note supports stands for its disease (guideline I.B.2)."""
    standing = [candidate for candidate in still_standing(gathered) if reported(candidate)]
    for candidate in standing:
        for general, specific in _SPECIFIC:
            if general.match(candidate.code):
                better = next(
                    (
                        other
                        for other in standing
                        if other is not candidate
                        and not other.why_not
                        and specific.match(other.code)
                        and (named(other) or not named(candidate) or _details(candidate, other))
                    ),
                    None,
                )
                if better is not None:
                    candidate.why_not = f"The note supports the more specific {better.code} (guideline I.B.2)."
                    for problem in candidate.problems:
                        if problem not in better.problems:
                            better.problems.append(problem)
                    break
    _one_side(gathered)


def _one_side(gathered: Gathered) -> None:
    """An unspecified side gives way to a documented one of the same condition (guideline I.B.13)."""
    by_spec: dict[str, list[Candidate]] = {}
    for candidate in still_standing(gathered):
        by_spec.setdefault(candidate.concept.spec, []).append(candidate)
    for spec, same in by_spec.items():
        if len(same) < 2 or ("{s" not in spec and "/" not in spec):
            continue
        leaders = [candidate for candidate in same if candidate.problems] or [candidate for candidate in same if named(candidate)]
        if leaders and len(leaders) < len(same):
            for candidate in same:
                if candidate not in leaders:
                    candidate.why_not = f"The assessment names the side: {leaders[0].code} (guideline I.B.13)."
        elif not leaders:
            sided = [candidate for candidate in same if any(mention.side for mention in candidate.mentions)]
            for candidate in same:
                if sided and candidate not in sided:
                    candidate.why_not = f"The note names the side: {sided[0].code} (guideline I.B.13)."


def derive(gathered: Gathered, code: str, origin: tuple[Candidate, ...], why: str, concept: Concept = _CHRONIC) -> Candidate | None:
    """Return the candidate of a code that a rule makes of others, with their places in the note; None where it is not in force."""
    made = gathered.ensure(code, concept)
    if made is None:
        return None
    made.why_not = ""
    made.assertion = "present"
    made.derived = made.derived or why
    made.reasons.append(why)
    for source in origin:
        for mention in source.mentions:
            if mention not in made.mentions:
                made.mentions.append(mention)
        for problem in source.problems:
            if problem not in made.problems:
                made.problems.append(problem)
        made.size = max(made.size, source.size)
    return made


def _first(gathered: Gathered, pattern: str, *, only_named: bool = False) -> Candidate | None:
    expression = re.compile(rf"^(?:{pattern})")
    fitting = [
        candidate
        for candidate in still_standing(gathered)
        if expression.match(candidate.code) and (named(candidate) if only_named else reported(candidate))
    ]
    return max(fitting, key=lambda candidate: (len(candidate.problems), candidate.size)) if fitting else None


def combine_hypertension(gathered: Gathered) -> None:
    """Hypertension with heart failure or chronic kidney disease takes the combination code (guideline I.C.9.a)."""
    pressure = _first(gathered, r"I10$")
    if pressure is None:
        return
    heart = _first(gathered, r"I50|I51\.[4-79]|I51\.8[19]", only_named=True) or _first(gathered, r"I50")
    kidney = _first(gathered, r"N18")
    if heart is None and kidney is None:
        return
    if not named(pressure) and not ((heart and named(heart)) or (kidney and named(kidney))):
        return
    failing = heart is not None and heart.code.startswith("I50")
    advanced = kidney is not None and kidney.code in {"N18.5", "N18.6"}
    if kidney is not None and heart is not None:
        code = ("I13.2" if advanced else "I13.0") if failing else ("I13.11" if advanced else "I13.10")
    elif kidney is not None:
        code = "I12.0" if advanced else "I12.9"
    else:
        code = "I11.0" if failing else "I11.9"
    sources = tuple(source for source in (pressure, heart, kidney) if source is not None)
    why = "Hypertension with heart or kidney disease is presumed related and takes the combination code (guideline I.C.9.a)."
    made = derive(gathered, code, sources, why)
    if made is not None:
        pressure.why_not = (
            f"Hypertension with heart failure or kidney disease takes the combination code {made.code} (guideline I.C.9.a)."
        )
        if heart is not None and not failing:
            heart.why_not = f"Included in {made.code} (guideline I.C.9.a.1)."


_DIABETES_WITH: Final[tuple[tuple[str, str, str], ...]] = (
    (r"N18", "22", ""), (r"G62\.9|G60", "42", "G62.9"), (r"L97\.[45]", "621", ""), (r"L97\.[1-39]", "622", ""), (r"I73\.9", "51", "I73.9"), (r"K31\.84", "43", ""), (r"H35\.0|H36", "319", ""),
)  # fmt: skip


def combine_diabetes(gathered: Gathered) -> None:
    """The word "with" of the book presumes that diabetes causes its known complications (guideline I.A.15, I.C.4.a)."""
    diabetes = _first(gathered, r"E11\.9$|E10\.9$|E11\.65|E10\.65")
    if diabetes is None:
        return
    base = diabetes.code[:3]
    for pattern, ending, swallowed in _DIABETES_WITH:
        complication = _first(gathered, pattern)
        if complication is None or not (named(complication) or named(diabetes)):
            continue
        if not named(complication) and complication.concept.kind != "c":
            continue
        made = derive(
            gathered,
            f"{base}.{ending}",
            (diabetes, complication),
            "Diabetes and this condition are presumed related (guideline I.A.15).",
        )
        if made is None:
            continue
        if diabetes.code.endswith(".9"):
            diabetes.why_not = f"Diabetes with a complication takes {made.code} (guideline I.C.4.a)."
        if swallowed and complication.code == swallowed:
            complication.why_not = f"Included in {made.code} (guideline I.A.15)."


_AFTER_CANCER: Final = {
    "C50": "Z85.3", "C61": "Z85.46", "C18": "Z85.038", "C43": "Z85.820", "C44": "Z85.828", "C34": "Z85.118", "C67": "Z85.51", "C73": "Z85.850", "C54": "Z85.42", "C56": "Z85.43",
    "C64": "Z85.528", "C53": "Z85.41", "C62": "Z85.47", "D05": "Z86.000", "C20": "Z85.048", "C16": "Z85.028", "C85": "Z85.72", "C81": "Z85.71",
}  # fmt: skip
_FREE: Final = any_case(r"\b(?:no evidence of (?:recurren\w+|disease|residual|metasta\w+)|no (?:sign of )?recurrence|cancer[- ]free|disease[- ]free|ned\b|completed (?:chemotherapy|radiation|treatment)|in remission|well[- ]healed)\b")  # fmt: skip
_UNDER_CARE: Final = any_case(r"\b(?:chemotherapy|radiation (?:therapy )?(?:at|to|continues)|cycle|resection|excision (?:is|was) (?:scheduled|planned|recommended)|surgical intervention|wide local|newly diagnosed|tamoxifen|anastrozole|letrozole|metasta\w+ disease|active)\b")  # fmt: skip


def retire_cancer(gathered: Gathered) -> None:
    """A cancer that was removed and is no longer treated becomes a history code (guideline I.C.2.m)."""
    said = " ".join(
        sentence.text
        for sentence in gathered.reading.sentences
        if sentence.section.kind in {"assessment", "assessment_plan", "plan", "head"}
    )
    if not _FREE.search(said) or _UNDER_CARE.search(said.replace("adjuvant radiation", "")):
        return
    for cancer in [one for one in still_standing(gathered) if named(one) and one.code[:3] in _AFTER_CANCER]:
        mentioned = gathered.by_code.get("Z86.000")
        code = (
            "Z86.000"
            if cancer.code.startswith("D05") or (cancer.code.startswith("C50") and mentioned is not None)
            else _AFTER_CANCER[cancer.code[:3]]
        )
        made = derive(
            gathered,
            code,
            (cancer,),
            "The cancer was removed, is no longer treated and shows no recurrence: a history code (guideline I.C.2.m).",
        )
        follow = derive(gathered, "Z08", (cancer,), "Follow-up after completed treatment of a cancer (guideline I.C.21.c.8).")
        if made is not None and follow is not None:
            cancer.why_not = f"The cancer is no longer present or treated; its history is {made.code} (guideline I.C.2.m)."


def add_ulcer(gathered: Gathered) -> None:
    """A diabetic foot ulcer also takes the code of its site and depth (use additional code note at E11.621)."""
    ulcer = _first(gathered, r"E1[01]\.621", only_named=True)
    if ulcer is None:
        return
    at_heel = find(r"\b(?:ulcer|wound)\b[^.\n]{0,40}\bheel|\bheel[^.\n]{0,30}\b(?:ulcer|wound)", gathered.reading.lowered)
    family = "L97.4" if at_heel else "L97.5"
    known = _first(gathered, r"L97")
    if known is not None and (not at_heel or known.code.startswith("L97.4")):
        known.derived = known.derived or "The ulcer's site is coded beside the diabetes (use additional code, E11.621)."
        known.problems.extend(problem for problem in ulcer.problems if problem not in known.problems)
        return
    if known is not None:
        known.why_not = "The note puts the ulcer at the heel (L97.4-, guideline I.B.2)."
    side = next(
        (found for problem in ulcer.problems for mention in ulcer.mentions if (found := mention.side or side_in(problem.heading))),
        "",
    )
    digit = {"right": "1", "left": "2"}.get(side, "0")
    derive(gathered, f"{family}{digit}9", (ulcer,), "The ulcer's site is coded beside the diabetes (use additional code, E11.621).")


_DEPTHS: Final = ((r"\bnecrosis of (?:the )?bone\b", "4"), (r"\bnecrosis of (?:the )?muscle\b", "3"), (r"\bfat layer|subcutaneous (?:tissue|fat) exposed|exposed fat\b", "2"), (r"\bbreakdown of (?:the )?skin|\b(?:superficial|partial[- ]thickness) ulcer", "1"))  # fmt: skip


def deepen_ulcer(gathered: Gathered) -> None:
    """A chronic ulcer of the leg or foot takes the depth that the note tells (L97, sixth character; guideline I.B.2)."""
    depth = next((digit for pattern, digit in _DEPTHS if find(pattern, gathered.reading.lowered)), "")
    for ulcer in [
        one for one in still_standing(gathered) if one.code.startswith("L97") and one.code.endswith("9") and len(one.code) == 7
    ]:
        made = (
            derive(gathered, ulcer.code[:-1] + depth, (ulcer,), "The note tells how deep the ulcer goes (guideline I.B.2).")
            if depth
            else None
        )
        if made is not None:
            ulcer.why_not = f"The note supports the more specific {made.code} (guideline I.B.2)."


def count_smoker(gathered: Gathered) -> None:
    """A current smoker who is counselled to stop has nicotine dependence assessed at the visit (guideline I.C.5.b.3)."""
    smoker = _first(gathered, r"F17\.2")
    talk = find(
        r"\b(?:smoking cessation|quit smoking|stop smoking|tobacco cessation|cessation counsel\w+|cease smoking)\b",
        gathered.reading.lowered,
    )
    if smoker is not None and talk is not None and not named(smoker) and smoker.assertion == "present":
        smoker.derived = "counselled"
        smoker.reasons.append("The visit counselled the smoker to stop (guideline I.C.5.b.3).")
        gathered.cite(smoker, talk.start(), talk.end())


def place_back_pain(gathered: Gathered) -> None:
    """Back pain that the history or the exam puts in the lumbar region is low back pain (guideline I.B.2)."""
    pain = _first(gathered, r"M54\.9$", only_named=True)
    region = find(r"\b(?:lumbar|low(?:er)? back|lumbosacral)\b", gathered.reading.lowered)
    if pain is not None and region is not None and _first(gathered, r"M54\.5") is None:
        made = derive(gathered, "M54.50", (pain,), "The note puts the pain in the lumbar region (guideline I.B.2).")
        if made is not None:
            gathered.cite(made, region.start(), region.end())
            pain.why_not = "The note supports the more specific M54.50 (guideline I.B.2)."


def raise_anemia(gathered: Gathered) -> None:
    """Iron deficiency that the note puts down to bleeding takes its own code (index: Anemia, blood loss, chronic)."""
    anemia = _first(gathered, r"D50\.9$", only_named=True)
    cause = find(r"\biron deficiency anemia,? (?:is |likely )?(?:secondary to|due to|from|caused by) (?:\w+ ){0,3}(?:bleed\w*|blood loss|menorrhagia|menses|menstrua\w+|periods)", gathered.reading.lowered)  # fmt: skip
    if anemia is not None and cause is not None and "likely" not in cause.group():
        made = derive(gathered, "D50.0", (anemia,), "The note puts the iron deficiency down to blood loss (guideline I.B.2).")
        if made is not None:
            anemia.why_not = "The note supports the more specific D50.0 (guideline I.B.2)."


def raise_diabetes(gathered: Gathered) -> None:
    """Diabetes that the note says is out of control or with high blood sugar is coded with hyperglycemia (guideline I.C.4.a.3; index: Diabetes, out of control)."""
    diabetes = _first(gathered, r"E1[01]\.9$", only_named=True)
    if diabetes is None:
        return
    said = " ".join(sentence.text.lower() for problem in diabetes.problems for sentence in problem.sentences)
    high = re.search(
        r"\b(?:hyperglyc\w+|out of control|poorly[- ]controlled|inadequately controlled|"
        r"(?:blood (?:glucose|sugars?)|glucose|sugars?)(?: levels?)?(?: \w+){0,5} (?:elevated|high|above)|(?:elevated|high) (?:blood )?(?:glucose|sugars?))\b", said)  # fmt: skip
    if (
        high
        and not re.search(r"\b(?:slightly|not had any|no|denies|without|if|any)\b[^.]{0,30}$", said[: high.end()])
        and not re.search(r"slightly (?:elevated|high)", said)
    ):
        made = derive(
            gathered,
            diabetes.code[:3] + ".65",
            (diabetes,),
            "The note documents high blood sugar with the diabetes (guideline I.C.4.a; index: Diabetes, with, hyperglycemia).",
        )
        if made is not None:
            diabetes.why_not = f"The note documents hyperglycemia: {made.code} (guideline I.B.2)."


RULES: Final[tuple[_RULE, ...]] = (
    place_back_pain, raise_anemia, raise_diabetes, count_smoker, prefer_specific, retire_cancer, combine_hypertension, combine_diabetes, add_ulcer, deepen_ulcer, drop_integral_symptoms,
)  # fmt: skip


def combine(gathered: Gathered) -> None:
    """Apply the rules on combinations, specificity and integral symptoms in their order."""
    for rule in RULES:
        rule(gathered)
