"""What the note's own words make more exact: stage, severity, type, quadrant, lobe, level of the spine, and what two codes say together.

The table names a code, the words that sharpen it, words that forbid it, and the sharper code; the words are looked for in the problem's
heading and in the sentences that name the condition (guideline I.B.2).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Final, NamedTuple

from cleanclaim.encoder.candidates.gather import Candidate, Gathered
from cleanclaim.encoder.guidelines.combine import derive, reported, still_standing
from cleanclaim.encoder.patterns import find


class _Rule(NamedTuple):
    code: re.Pattern[str]
    words: re.Pattern[str]
    unless: re.Pattern[str] | None
    sharper: str


def _rules(rows: tuple[tuple[str, str, str, str], ...]) -> tuple[_Rule, ...]:
    return tuple(
        _Rule(re.compile(f"^(?:{code})$"), re.compile(words), re.compile(unless) if unless else None, sharper)
        for code, words, unless, sharper in rows
    )


_STILL: Final = r"without (?:motor )?(?:fluctuat|dyskin|off)|no (?:motor )?fluctuat|no wearing"
_EPISODE: Final = r"(?=.*\b(?:episode|most recent|current(?:ly)?|remission|now)\b)"
_SHARPER: Final = _rules(
    (
        # (code, words that sharpen it, words that forbid it, the sharper code; the sharpest first)
        (r"G20\.A[12]|G20\.C", r"(?=.*(?<!without )(?<!no )\bdyskinesia)(?=.*(?:fluctuat|wearing[- ]off|\boff (?:time|episode|period)))", "", "G20.B2"),
        (r"G20\.A1", r"\bfluctuat\w+|\bwearing[- ]off|\boff (?:times?|episodes?|periods?)\b", r"without (?:motor )?fluctuat|no (?:motor )?fluctuat|no wearing", "G20.A2"),
        (r"G20\.A1", r"(?<!without )(?<!no )\bdyskinesia", "", "G20.B1"),
        (r"F31\.9", rf"{_EPISODE}(?=.*full remission)(?=.*depress)", "", "F31.76"), (r"F31\.9", rf"{_EPISODE}(?=.*partial remission)(?=.*depress)", "", "F31.75"),
        (r"F31\.9", rf"{_EPISODE}(?=.*full remission)(?=.*manic)", "", "F31.74"), (r"F31\.9", rf"{_EPISODE}(?=.*partial remission)(?=.*manic)", "", "F31.73"),
        (r"F31\.9", r"\bin (?:full |sustained )?remission", "", "F31.70"), (r"F31\.9", rf"{_EPISODE}(?=.*\bmixed)", "", "F31.60"),
        (r"F31\.9", rf"{_EPISODE}(?=.*depress)(?=.*severe)(?=.*psychotic)", r"without psychotic|no psychotic", "F31.5"), (r"F31\.9", rf"{_EPISODE}(?=.*depress)(?=.*severe)", "", "F31.4"),
        (r"F31\.9", rf"{_EPISODE}(?=.*depress)(?=.*moderate)", "", "F31.32"), (r"F31\.9", rf"{_EPISODE}(?=.*depress)(?=.*mild)", "", "F31.31"), (r"F31\.9", rf"{_EPISODE}(?=.*depress)", "", "F31.30"),
        (r"F31\.9", rf"{_EPISODE}(?=.*hypomani)", "", "F31.0"), (r"F31\.9", rf"{_EPISODE}(?=.*\bmani[ac])(?=.*severe)", "", "F31.13"), (r"F31\.9", rf"{_EPISODE}(?=.*\bmani[ac])(?=.*moderate)", "", "F31.12"),
        (r"F31\.9", rf"{_EPISODE}(?=.*\bmani[ac])(?=.*mild)", "", "F31.11"), (r"F31\.9", rf"{_EPISODE}(?=.*\bmani[ac])", "", "F31.10"),
        (r"C50\.91(\d)", r"\bupper[- ,]*outer|\buoq\b", "", r"C50.41\1"), (r"C50\.91(\d)", r"\bupper[- ,]*inner|\buiq\b", "", r"C50.21\1"), (r"C50\.91(\d)", r"\blower[- ,]*outer|\bloq\b", "", r"C50.51\1"),
        (r"C50\.91(\d)", r"\blower[- ,]*inner|\bliq\b", "", r"C50.31\1"), (r"C50\.91(\d)", r"\bcentral (?:portion|part)|retroareolar|subareolar", "", r"C50.11\1"), (r"C50\.91(\d)", r"\baxillary tail", "", r"C50.61\1"),
        (r"C34\.9([012])", r"\bupper lobe|\b[rl]ul\b", "", r"C34.1\1"), (r"C34\.9([012])", r"\blower lobe|\b[rl]ll\b", "", r"C34.3\1"), (r"C34\.9[012]", r"\bmiddle lobe|\brml\b", "", "C34.2"),
        (r"C43(\.\d+)", r"\bmelanoma in[- ]situ|\bin[- ]situ melanoma|\blentigo maligna\b", r"lentigo maligna melanoma", r"D03\1"),
        (r"C44\.622", r"\bin[- ]situ|bowen", "", "D04.61"), (r"C44\.629", r"\bin[- ]situ|bowen", "", "D04.62"), (r"C44\.722", r"\bin[- ]situ|bowen", "", "D04.71"), (r"C44\.729", r"\bin[- ]situ|bowen", "", "D04.72"),
        (r"C44\.32\d", r"\bin[- ]situ|bowen", "", "D04.39"), (r"C44\.42", r"\bin[- ]situ|bowen", "", "D04.4"), (r"C44\.52\d", r"\bin[- ]situ|bowen", "", "D04.5"), (r"C44\.222", r"\bin[- ]situ|bowen", "", "D04.21"), (r"C44\.229", r"\bin[- ]situ|bowen", "", "D04.22"),
        (r"(H40\.(?:1[0-3]|2[0-2]|3[0-3]|[456])\w+)[0]", r"\bmild\b", "", r"\g<1>1"), (r"(H40\.(?:1[0-3]|2[0-2])\w+)[0]", r"\bmoderate\b", "", r"\g<1>2"), (r"(H40\.(?:1[0-3]|2[0-2])\w+)[0]", r"\bsevere|advanced|end[- ]stage\b", "", r"\g<1>3"), (r"(H40\.(?:1[0-3])\w+)[0]", r"\bindeterminate\b", "", r"\g<1>4"),
        (r"(H35\.31\d)0", r"\bearly\b", "", r"\g<1>1"), (r"(H35\.31\d)0", r"\bintermediate\b", "", r"\g<1>2"), (r"(H35\.31\d)0", r"\bwithout subfoveal", "", r"\g<1>3"), (r"(H35\.31\d)0", r"\b(?:advanced|geographic atrophy|subfoveal)", "", r"\g<1>4"),
        (r"(H35\.32\d)0", r"\binactive\b", "", r"\g<1>2"), (r"(H35\.32\d)0", r"\bactive|\bcnv\b|choroidal neovascular", "", r"\g<1>1"), (r"(H35\.32\d)0", r"\b(?:disciform )?scar", "", r"\g<1>3"),
        (r"(H34\.8[13]\d)0", r"\bno macular edema|without macular edema|\bstable\b", "", r"\g<1>2"),
        (r"E21\.3", r"\bprimary hyperpara", "", "E21.0"), (r"G47\.00", r"\bprimary insomnia", "", "F51.01"), (r"N91\.2", r"\bsecondary amenorr", "", "N91.1"), (r"N91\.2", r"\bprimary amenorr", "", "N91.0"),
        (r"N50\.819", r"\bright (?:testic|test[ei])|\bright[- ]sided (?:testic|scrot)", "", "N50.811"),
        (r"J45\.9(?:09|01)", r"(?=.*\bmild persistent)(?=.*exacerbat)", "", "J45.31"), (r"J45\.9(?:09|01)", r"(?=.*\bmoderate persistent)(?=.*exacerbat)", "", "J45.41"), (r"J45\.9(?:09|01)", r"(?=.*\bmild intermittent)(?=.*exacerbat)", "", "J45.21"), (r"J45\.9(?:09|01)", r"(?=.*\bsevere persistent)(?=.*exacerbat)", "", "J45.51"),
        (r"J45\.([2-5])0", r"\bwith (?:an? )?(?:acute )?exacerbation|\bin (?:acute )?exacerbation|\bacute exacerbation|\bexacerbated\b|\bflar(?:e|ing)\b", r"no (?:recent |acute )?exacerbation|without", r"J45.\g<1>1"),
        (r"I50\.9", r"\bacute on chronic\b.*\b(?:hfref|systolic|reduced)", "", "I50.23"), (r"I50\.9", r"\bacute on chronic\b.*\b(?:hfpef|diastolic|preserved)", "", "I50.33"), (r"I50\.9", r"\bchronic\b.*\b(?:hfref|systolic|reduced ejection)", "", "I50.22"), (r"I50\.9", r"\bchronic\b.*\b(?:hfpef|diastolic|preserved ejection)", "", "I50.32"),
        (r"M51\.9|M51\.26", r"(?=.*\bl5[-/ ]{1,3}s1\b)(?=.*radiculo)", "", "M51.17"), (r"M51\.9|M51\.26", r"(?=.*\bl[1-4][-/ ]{1,3}l?[2-5]\b)(?=.*radiculo)", "", "M51.16"),
        (r"M51\.9|M51\.26", r"(?=.*\bl5[-/ ]{1,3}s1\b)(?=.*(?:herniat|displac|protru|extru|bulg))", "", "M51.27"), (r"M51\.9", r"(?=.*\bl[1-4][-/ ]{1,3}l?[2-5]\b)(?=.*(?:herniat|displac|protru|extru|bulg))", "", "M51.26"),
        (r"M51\.9|M51\.369", r"(?=.*\bl5[-/ ]{1,3}s1\b)(?=.*(?:degenerat|\bddd\b))", "", "M51.379"), (r"M51\.9", r"(?=.*\bl[1-4][-/ ]{1,3}l?[2-5]\b)(?=.*(?:degenerat|\bddd\b))", "", "M51.369"),
        (r"M51\.9|M50\.20", r"(?=.*\bc4[-/ ]{1,3}c?5\b)(?=.*radiculo)", "", "M50.121"), (r"M51\.9|M50\.20", r"(?=.*\bc5[-/ ]{1,3}c?6\b)(?=.*radiculo)", "", "M50.122"), (r"M51\.9|M50\.20", r"(?=.*\bc6[-/ ]{1,3}c?7\b)(?=.*radiculo)", "", "M50.123"),
        (r"M51\.9|M50\.20", r"(?=.*\bc4[-/ ]{1,3}c?5\b)(?=.*(?:herniat|displac|protru|extru|bulg))", "", "M50.221"), (r"M51\.9|M50\.20", r"(?=.*\bc5[-/ ]{1,3}c?6\b)(?=.*(?:herniat|displac|protru|extru|bulg))", "", "M50.222"),
        (r"M51\.9|M50\.20", r"(?=.*\bc6[-/ ]{1,3}c?7\b)(?=.*(?:herniat|displac|protru|extru|bulg))", "", "M50.223"),
        (r"(S[169]1\.\d)3(\w\w?A)", r"\b(?:with|w/) ?(?:a )?(?:retained )?(?:foreign body|fb\b|glass|splinter|needle)", r"without (?:a )?(?:foreign body|fb)|no fb", r"\g<1>4\2"), (r"(S[0-9]1\.\d)1(\w\w?A)", r"\b(?:with|w/) ?(?:a )?(?:retained )?(?:foreign body|fb\b|glass|splinter)", r"without (?:a )?(?:foreign body|fb)|no fb", r"\g<1>2\2"),
        (r"(T2[0-5]\.)2(\w+)", r"\bfirst[- ]degree|\b1st[- ]degree|\bsuperficial burn", "", r"\g<1>1\2"), (r"(T2[0-5]\.)2(\w+)", r"\bthird[- ]degree|\b3rd[- ]degree|\bfull[- ]thickness", "", r"\g<1>3\2"),
        (r"M05\.9", r"\bboth hands|bilateral hands?|hands bilaterally", "", "M05.741+M05.742"), (r"M05\.9", r"\bright hand", "", "M05.741"), (r"M05\.9", r"\bleft hand", "", "M05.742"), (r"M05\.9", r"\bboth (?:wrists|knees)|multiple (?:joints|sites)|polyarticular", "", "M05.79"),
        (r"R17", r"\b(?:newborn|neonatal|physiologic(?:al)?) jaundice|\b(?:day|week)s?[- ]old\b", r"\b(?:[3-9]\d|[5-9])[- ](?:day|week)s?[- ]old", "P59.9"),
        (r"D48\.5", r"\bawait\w* path|\bpath(?:ology)? pending|\bpending path", "", "D49.2"),
        (r"(F1[0-9]\.)20", r"\bin (?:sustained |early |full |partial )*remission", r"not in remission", r"\g<1>21"), (r"(F1[0-9]\.)10", r"\bin (?:sustained |early |full |partial )*remission", r"not in remission", r"\g<1>11"),
        (r"K51\.([0235])0", r"\bwith rectal bleeding|\bwith (?:bloody|blood)|\bbleeding", r"no (?:rectal )?bleeding|without", r"K51.\g<1>11"), (r"K51\.90", r"\bwith rectal bleeding|\bbleeding", r"no (?:rectal )?bleeding|without", "K51.911"),
        (r"K50\.([018])0", r"\bwith rectal bleeding", "", r"K50.\g<1>11"), (r"K50\.90", r"\bwith rectal bleeding", "", "K50.911"), (r"K57\.30", r"\bwith bleeding|\bdiverticular bleed|\bbleeding", r"no bleeding|without", "K57.31"), (r"K64\.9", r"\binternal", "", "K64.8"), (r"L20\.9", r"\binfantile", "", "L20.83"),
        (r"O34\.219", r"\blow(?:er)? (?:uterine )?transverse", "", "O34.211"), (r"O34\.219", r"\bclassical", "", "O34.212"),
    )
)  # fmt: skip


def _said(candidate: Candidate) -> str:
    """Return the words about a condition: its headings, and the sentences that assert it outside the past and the family."""
    headings = [problem.heading for problem in candidate.problems]
    sentences = [
        mention.sentence.text for mention in candidate.mentions
        if mention.assertion == "present" and mention.sentence.section.kind not in {"past", "family", "surgical", "ros"}
    ]  # fmt: skip
    return " | ".join(dict.fromkeys(headings + sentences)).lower().replace("\n", " ")


def sharpen(gathered: Gathered) -> None:
    """Let the words beside a diagnosis choose its most specific code (guideline I.B.2)."""
    for candidate in [one for one in still_standing(gathered) if reported(one)]:
        rules = [rule for rule in _SHARPER if rule.code.match(candidate.code)]
        if not rules:
            continue
        said = _said(candidate)
        for rule in rules:
            if rule.words.search(said) and not (rule.unless and rule.unless.search(said)):
                made = [
                    one for part in rule.sharper.split("+")
                    if (one := derive(gathered, rule.code.sub(part, candidate.code), (candidate,), "The note's own words make it more exact (guideline I.B.2).", candidate.concept)) is not None and one is not candidate
                ]  # fmt: skip
                if made:
                    candidate.why_not = f"The note supports the more specific {made[0].code} (guideline I.B.2)."
                    break


_TOGETHER: Final[tuple[tuple[str, str, str, str], ...]] = (
    # (one code, another, what both say together, why)
    (r"E10\.9|E10\.65", r"E16\.2", "E10.649", "Hypoglycemia in diabetes is coded with the diabetes (guideline I.C.4.a)."),
    (r"E11\.9|E11\.65", r"E16\.2", "E11.649", "Hypoglycemia in diabetes is coded with the diabetes (guideline I.C.4.a)."),
    (r"K21\.9", r"K20\.90", "K21.00", "Reflux disease with esophagitis has one code (guideline I.B.9)."),
    (r"N13\.30", r"N20\.[012]", "N13.2", "Hydronephrosis with a stone has one code (guideline I.B.9)."),
    (r"M51\.26|M51\.9", r"M54\.16", "M51.16", "Radiculopathy of a disc disorder is coded with the disc (Excludes1 at M54.1)."),
    (r"M51\.27", r"M54\.1[67]", "M51.17", "Radiculopathy of a disc disorder is coded with the disc (Excludes1 at M54.1)."),
    (r"M50\.20", r"M54\.12", "M50.10", "Radiculopathy of a disc disorder is coded with the disc (Excludes1 at M54.1)."),
    (r"Z30\.430", r"Z30\.432", "Z30.433", "A device taken out and a new one put in has one code (guideline I.C.21.c.11)."),
    (r"J02\.0|J02\.9", r"J03\.00", "J03.00", "Streptococcal tonsillitis says both (guideline I.B.9)."),
)  # fmt: skip
_PAIRS: Final = tuple((re.compile(f"^(?:{one})$"), re.compile(f"^(?:{other})$"), code, why) for one, other, code, why in _TOGETHER)


def join(gathered: Gathered) -> None:
    """Two reported conditions that one combination code describes take that code (guideline I.B.9)."""
    for first, second, code, why in _PAIRS:
        found = [one for one in still_standing(gathered) if one.problems]
        one = next((item for item in found if first.match(item.code)), None)
        other = next((item for item in found if second.match(item.code)), None)
        if one is None or other is None or one is other:
            continue
        made = derive(gathered, code, (one, other), why, one.concept)
        if made is not None:
            for item in (one, other):
                if item is not made:
                    item.why_not = f"Included in {made.code} (guideline I.B.9)."


_SEVERITY: Final = (
    (r"\bmild (?:non-?proliferative|npdr)|\bmild npdr", "2"), (r"\bmoderate (?:non-?proliferative|npdr)", "3"), (r"\bsevere (?:non-?proliferative|npdr)", "4"),
    (r"(?<!non)(?<!non-)\bproliferative|\bpdr\b", "5"),
)  # fmt: skip
_EDEMA: Final = re.compile(
    r"\b(without|no|w/o|with|w/)?[ -]*(?:(?:center[- ]involving|clinically significant|diabetic) )*(?:macular edema|dme|csme|csdme)\b"
)
_EYES: Final = {"right": "1", "od": "1", "left": "2", "os": "2", "both": "3", "bilateral": "3", "ou": "3"}


def stage_retinopathy(gathered: Gathered) -> None:
    """Diabetic retinopathy takes its severity, macular edema and eye from the note (E08-E13 .31-.35)."""
    general = next(
        (one for one in still_standing(gathered) if re.match(r"E(?:08|09|10|11|13)\.319$", one.code) and reported(one)), None
    )
    said = _said(general) if general is not None else ""
    if general is None and find(r"\b(?:npdr|pdr|diabetic retinopathy|proliferative diabetic)", gathered.reading.lowered):
        general = next(
            (one for one in still_standing(gathered) if re.match(r"E1[01]\.(?:9|65)$", one.code) and reported(one)), None
        )
        said = _said(general) if general is not None else ""
    if general is None:
        return
    level = next((digit for words, digit in _SEVERITY if re.search(words, said)), "")
    edema = list(_eyes_of(said))
    if not level:
        return
    for eye, has in edema:
        code = f"{general.code[:4]}3{level}{'1' if has else '9'}{eye}"
        made = derive(
            gathered,
            code,
            (general,),
            "Diabetic retinopathy with its severity, macular edema and eye (guideline I.B.2).",
            general.concept,
        )
        if made is not None:
            general.why_not = f"The note supports the more specific {made.code} (guideline I.B.2)."


def _eyes_of(said: str) -> Iterator[tuple[str, bool]]:
    """Yield each eye that a text names, and whether its macula is swollen."""
    told: dict[str, bool] = {}
    plain: list[str] = []
    swollen: bool | None = None
    for part in re.split(r"[,;:|]| and (?=with)", said):
        eyes = [_EYES[word] for word in re.findall(r"\b(right|od|left|os|both|bilateral|ou)\b", part)]
        edema = _EDEMA.search(part)
        if edema is not None:
            has = edema.group(1) not in {"without", "no", "w/o"}
            for eye in eyes:
                told[eye] = has
            if not eyes:
                swollen = has
        else:
            plain.extend(eyes)
    if not told:
        eyes = ["3"] if "3" in plain or {"1", "2"} <= set(plain) else plain[:1] or ["9"]
        told = dict.fromkeys(eyes, bool(swollen))
    if {"1", "2"} <= set(told) and told["1"] == told["2"]:
        told = {"3": told["1"]}
    yield from sorted(told.items())


_IN_PREGNANCY: Final[tuple[tuple[str, str, bool], ...]] = (
    # (condition, its code in pregnancy without the trimester, whether the condition is coded beside it)
    (r"D50|D64\.9|D6[23]|D5[1-9]", "O99.01", True), (r"E03|E05|E06|E89\.0|E28|E55", "O99.28", True), (r"I10$", "O10.01", False), (r"E66", "O99.21", True), (r"F3[1-4]|F4[0-3]|F32|F90|F2|F5", "O99.34", True),
    (r"J45|J0[0-6]|J1[0-8]|J2|J30", "O99.51", True), (r"K[0-79]|K8[0-5]", "O99.61", True), (r"F17", "O99.33", True), (r"F1[0-689]", "O99.32", True), (r"E11", "O24.11", True), (r"E10", "O24.01", True), (r"G4[0-7]|G5|G6", "O99.35", True),
    (r"N30|N39\.0", "O23.4", True), (r"N10", "O23.0", True), (r"D69|D68", "O99.11", True), (r"L[0-9]", "O99.71", True),
)  # fmt: skip
_CARRYING: Final = re.compile(r"^(?:Z34|O(?:09|1[0-6]|2[0-9]|3[0-9]|4[0-8]|99))")


def tell_pregnancy(gathered: Gathered, weeks: Callable[[Gathered], tuple[int, tuple[int, int]] | None]) -> None:
    """In a pregnant patient chapter 15 goes first: a condition treated at an obstetric visit complicates the pregnancy (guideline I.C.15.a.1)."""
    reading = gathered.reading
    if reading.patient.sex == "M" or not any(_CARRYING.match(one.code) for one in still_standing(gathered)):
        return
    told = weeks(gathered)
    if told is None or re.search(r"\b(?:postpartum|post partum|weeks? pp|newborn|infant)\b", reading.lowered[:300]):
        return
    trimester = "1" if told[0] < 14 else "2" if told[0] < 28 else "3"
    scar = next((one for one in still_standing(gathered) if one.code == "Z98.891"), None)
    if scar is not None:
        made = derive(gathered, "O34.211" if re.search(r"\blow(?:er)? (?:uterine )?transverse|\bltcs\b", _said(scar) or reading.lowered) else "O34.219", (scar,), "A scar of an earlier cesarean matters in this pregnancy (O34.21-).", scar.concept)  # fmt: skip
        if made is not None:
            scar.why_not = f"In pregnancy it is {made.code} (guideline I.C.15.a)."
    for candidate in [one for one in still_standing(gathered) if one.problems]:
        for pattern, base, beside in _IN_PREGNANCY:
            if re.match(pattern, candidate.code):
                made = derive(
                    gathered,
                    base + trimester,
                    (candidate,),
                    "Chapter 15 codes come first in pregnancy (guideline I.C.15.a.1).",
                    candidate.concept,
                )
                if made is not None and not beside:
                    candidate.why_not = f"In pregnancy it is {made.code} (guideline I.C.15.a.1)."
                break


def refine(gathered: Gathered) -> None:
    """Apply what the note's words and other codes make more exact."""
    sharpen(gathered)
    stage_retinopathy(gathered)
    join(gathered)
