"""Endoscopy of the bowel, allergy tests, therapies by the minute, nerve studies, nerve blocks by level: services that are counted or combined."""

from __future__ import annotations

import re
from typing import Final

from cleanclaim.encoder.procedures.scene import WORDS, Deed, Line, Scene, count_of, line, side_of

_LOWER: Final[tuple[tuple[str, str, str], ...]] = (
    (r"\b(?:emr|endoscopic mucosal resection)\b", "45390", "Colonoscopy with mucosal resection."), (r"\bsnare\w*", "45385", "Colonoscopy with removal by snare."), (r"\bhot biops\w+ forceps", "45384", "Colonoscopy with removal by hot forceps."),
    (r"\b(?:apc|ablat\w+)\b", "45388", "Colonoscopy with ablation."), (r"\b(?:cold (?:biops\w+ )?forceps|(?:random |cold )?biops(?:y|ies)\b(?: were)? (?:taken|obtained|performed)?|biopsied|removed (?:with|by) (?:cold )?forceps)", "45380", "Colonoscopy with biopsy."),
    (r"\b(?:tattoo\w*|submucosal inject\w+|lift\w* (?:with|injection))", "45381", "Colonoscopy with submucosal injection."),
)  # fmt: skip
_UPPER: Final[tuple[tuple[str, str, str], ...]] = (
    (r"\bband(?:ing|s|ed)\b[^.\n]{0,40}\bvaric|varic\w+[^.\n]{0,40}\bband", "43244", "Upper endoscopy with banding."), (r"\bballoon dilat\w+|dilated[^.\n]{0,30}\bballoon", "43249", "Upper endoscopy with balloon dilation."), (r"\b(?:savary|guide ?wire)[^.\n]{0,40}\bdilat|dilat\w+[^.\n]{0,40}\b(?:savary|guide ?wire)", "43248", "Upper endoscopy with dilation over a wire."),
    (r"\b(?:clip\w*|bipolar|epinephrine|cauter\w+)\b[^.\n]{0,60}\b(?:bleed\w*|hemosta\w+)", "43255", "Upper endoscopy with control of bleeding."), (r"\bfood (?:bolus|impaction)[^.\n]{0,60}\b(?:removed|pushed|cleared|extract\w+)", "43247", "Upper endoscopy with removal of a foreign body."), (r"\bpeg\b[^.\n]{0,30}\bplaced", "43246", "Upper endoscopy with a feeding tube."),
    (r"\bsnare\w*", "43251", "Upper endoscopy with removal by snare."), (r"\bbiops(?:y|ies|ied)\b", "43239", "Upper endoscopy with biopsy."),
)  # fmt: skip


def bowel_lines(scene: Scene) -> list[Line]:
    """Return colonoscopy and upper endoscopy by what was done through the scope (separate lesions by separate techniques take 59)."""
    lines: list[Line] = []
    colon = scene.first(r"\bcolonoscop\w+\b|\bcolon ?(?:scope|:)")
    if colon is not None and scene.has(r"\b(?:cecum|cecal|ileum|withdrawal|appendiceal|scope (?:advanced|inserted|passed))\b"):
        done = [(code, says) for words, code, says in _LOWER if scene.first(words) is not None and not scene.has(r"\bno (?:polyps?|biops\w+)[^.\n]{0,20}(?:seen|taken|found)?\.?\s*$")]  # fmt: skip
        if any(code == "45385" for code, _ in done) and not scene.has(r"\b(?:forceps|random biops\w+|biopsies)\b"):
            done = [one for one in done if one[0] != "45380"]
        screening = scene.has(r"\b(?:screening|average[- ]risk|surveillance|history of (?:adenomat\w+ |colon )?polyps?)\b")
        short = ("53",) if scene.has(r"\b(?:incomplete|not (?:reached|advanced) (?:to )?(?:the )?cecum|could not (?:reach|pass)|poor prep[^.\n]{0,40}(?:aborted|stopped))") else ()  # fmt: skip
        if not done:
            high = scene.has(
                r"\b(?:history of (?:adenomat\w+ |colon )?(?:polyps?|cancer)|family history|high[- ]risk|surveillance)\b"
            )
            code = ("G0105" if high else "G0121") if screening and scene.is_medicare else "45378"
            lines.append(
                line(
                    colon,
                    code,
                    "Colonoscopy without intervention.",
                    modifiers=short or (("33",) if screening and code == "45378" else ()),
                )
            )
        for at, (code, says) in enumerate(done):
            marks = ("PT" if scene.is_medicare else "33",) if screening else ()
            lines.append(line(colon, code, says, modifiers=(*(("59",) if at else ()), *marks)))
    elif (flexible := scene.first(r"\bflex(?:ible)? sig\w*")) is not None and scene.has(r"\bdescending|splenic|cm\b"):
        lines.append(line(flexible, "45331" if scene.first(r"\bbiops\w+") else "45330", "Flexible sigmoidoscopy."))
    upper = scene.first(r"\b(?:egd|esophagogastroduodenoscop\w+|upper endoscop\w+|gastroscop\w+)\b")
    if upper is not None and scene.has(r"\b(?:duoden\w+|second portion|pylor\w+|z[- ]?line|ge junction|antrum)\b"):
        found = [(code, says) for words, code, says in _UPPER if scene.first(words) is not None]
        if found and len(found) > 1 and found[-1][0] == "43239" and colon is not None and not scene.has(r"\b(?:gastric|duodenal|antral|esophageal|antrum|duodenum)\b[^.\n]{0,40}\bbiops|biops[^.\n]{0,60}\b(?:gastr|duoden|antr|esoph)"):  # fmt: skip
            found = found[:-1]
        if not found:
            lines.append(line(upper, "43235", "Diagnostic upper endoscopy."))
        for at, (code, says) in enumerate(found):
            lines.append(line(upper, code, says, modifiers=("59",) if at else ()))
    return lines


def allergy_lines(scene: Scene) -> list[Line]:
    """Return allergy tests by their number."""
    lines: list[Line] = []
    for words, code, noun, says in (
        (r"\b(?:prick|percutaneous|scratch|puncture) (?:skin )?test\w*|\bskin prick", "95004", r"(?:\w+ )?(?:pricks?|percutaneous|allergens?|antigens?|prick tests?|tests?|extracts?)", "Prick tests, one unit a test."),
        (r"\bintradermal (?:skin )?test\w*|\bintradermals?\b(?! wheal)", "95024", r"(?:\w+ )?(?:intradermals?|intradermal tests?)", "Intradermal tests, one unit a test."),
        (r"\bpatch test\w*", "95044", r"(?:\w+ )?(?:patch(?:es)?|patch tests?|allergens?|chambers?)", "Patch tests, one unit a test."),
    ):  # fmt: skip
        deed = scene.first(words)
        if deed is None or scene.has(r"\btuberculin|ppd\b"):
            continue
        count = _big_count(deed.sentence.text, noun) or _big_count(scene.low, noun)
        if count:
            lines.append(line(deed, code, says, units=count))
    return lines


def _big_count(text: str, noun: str) -> int | None:
    found = re.search(rf"\b(\d{{1,3}})\b(?! ?(?:mm|min|ml|mg|%|y)) (?:\w+ ){{0,2}}?{noun}|{noun}[^.\n\d]{{0,12}}\b(?:x ?)?(\d{{1,3}})\b(?! ?(?:mm|min|ml|mg|%))", text.lower())  # fmt: skip
    return int(found.group(1) or found.group(2)) if found else None


_TIMED: Final[tuple[tuple[str, str], ...]] = (
    (r"\b(?:therapeutic exercises?|ther ?ex|there ?x|97110)\b", "97110"), (r"\b(?:neuromuscular re-?ed\w*|nmr|97112)\b", "97112"), (r"\b(?:gait training|97116)\b", "97116"), (r"\b(?:massage|97124)\b", "97124"), (r"\b(?:manual therapy|joint mobili[sz]ation|97140)\b", "97140"),
    (r"\b(?:therapeutic activit\w+|ther ?act|97530)\b", "97530"), (r"\b(?:self[- ]care|adl training|97535)\b", "97535"), (r"\b(?:ultrasound|us)\b(?=[^.\n]{0,30}w/cm)", "97035"),
)  # fmt: skip


def therapy_lines(scene: Scene) -> list[Line]:
    """Return timed therapies by Medicare's eight-minute rule, all with GP for a physical therapist's plan."""
    if not scene.has(
        r"\b(?:physical therap\w+|pt (?:daily|visit|note|treatment|session)|occupational therap\w+|otr|dpt|lpta|pta)\b"
    ):
        return []
    found: list[tuple[Deed, str, int]] = []
    for words, code in _TIMED:
        deed = scene.first(rf"{words}[^\n;]{{0,90}}?\b\d{{1,2}} ?min")
        if deed is not None and (told := re.search(r"(\d{1,2}) ?min", deed.text.lower())):
            found.append((deed, code, int(told.group(1))))
    total = sum(minutes for _, _, minutes in found)
    units = total // 15 + (total % 15 >= 8)
    mark = "GO" if scene.has(r"\boccupational therap\w+|otr\b") else "GP"
    given = {code: minutes // 15 for _, code, minutes in found}
    spare = units - sum(given.values())
    for _, code, minutes in sorted(found, key=lambda one: -(one[2] % 15)):
        if spare > 0 and minutes % 15:
            given[code] += 1
            spare -= 1
    return [
        line(deed, code, "Timed therapy, units by the eight-minute rule.", units=given[code], modifiers=(mark,)) for deed, code, _ in found if given[code]
    ]  # fmt: skip


def spine_lines(scene: Scene) -> list[Line]:
    """Return chiropractic manipulation, acupuncture, and nutrition by regions or minutes."""
    lines: list[Line] = []
    adjusted = scene.first(
        r"\b(?:cmt\b|chiropractic (?:manipulat\w+|adjust\w+)|spinal manipulat\w+|diversified|adjusted|adjustment)\b[^.\n]{0,90}"
    )
    if adjusted is not None and scene.has(r"\b(?:chiropract\w+|dc\b|cmt\b)"):
        named = {word for word in ("cervical", "thoracic", "lumbar", "sacral", "pelvic") if re.search(rf"\b{word}\b", adjusted.sentence.text.lower())}  # fmt: skip
        regions = count_of(scene.low, r"(?:spinal )?regions?")
        number = regions or len(named) or len(re.findall(r"\b[ctl]\d", adjusted.sentence.text.lower())) or 1
        lines.append(line(adjusted, "98940" if number <= 2 else "98941" if number <= 4 else "98942", f"Chiropractic manipulation of {number} spinal region(s).", modifiers=("AT",) if scene.is_medicare else ()))  # fmt: skip
    needles = scene.first(r"\bacupunctur\w+\b[^.\n]{0,90}\b(?:needles?|min\w*)|\bneedles?\b[^.\n]{0,60}\bretained")
    if needles is not None and scene.has(r"\bacupunct"):
        current = scene.has(r"\belectric\w*|e-?stim|electro-?acu")
        told = re.search(r"(\d{2}) ?min", scene.low[needles.start : needles.end + 160])
        minutes = int(told.group(1)) if told else 15
        lines.append(line(needles, "97813" if current else "97810", "Acupuncture, first 15 minutes of personal contact."))
        if minutes >= 23:
            lines.append(line(needles, "97814" if current else "97811", "Each further 15 minutes.", units=(minutes - 15 + 7) // 15))
    diet = scene.first(r"\b(?:medical nutrition therapy|mnt)\b[^.\n]{0,90}")
    if diet is not None and (told := re.search(r"(\d{2,3}) ?min", scene.low)):
        first = scene.has(r"\binitial\b")
        lines.append(
            line(
                diet,
                "97802" if first else "97803",
                "Medical nutrition therapy, each 15 minutes.",
                units=max(1, (int(told.group(1)) + 7) // 15),
            )
        )
    return lines


_STUDIES: Final = ((13, "95913"), (11, "95912"), (9, "95911"), (7, "95910"), (5, "95909"), (3, "95908"), (1, "95907"))


def nerve_lines(scene: Scene) -> list[Line]:
    """Return nerve conduction by the number of studies and needle EMG by limb."""
    lines: list[Line] = []
    conducted = scene.first(r"\b(?:nerve conduction|ncs|ncv)\b")
    if conducted is not None and (count := _big_count(scene.low, r"(?:nerve conduction )?(?:studies|nerves?|ncs)")):
        lines.append(
            line(conducted, next(code for least, code in _STUDIES if count >= least), f"Nerve conduction, {count} studies.")
        )
    needle = scene.first(r"\b(?:needle (?:emg|exam\w*)|emg)\b")
    if needle is not None and scene.has(r"\b(?:fibrillation\w*|muscles|needle|motor units?|spontaneous activity)\b"):
        limbs = (
            2
            if scene.has(r"\b(?:both|bilateral) (?:upper|lower|arms?|legs?|extremit\w+|limbs?)")
            else count_of(scene.low, r"(?:limbs?|extremit\w+)") or 1
        )
        muscles = count_of(scene.low, r"(?:\w+ )?muscles")
        complete = muscles is None or muscles >= 5 * limbs
        if lines:
            lines.append(
                line(needle, "95886" if complete else "95885", "Needle EMG beside nerve conduction, one unit a limb.", units=limbs)
            )
        else:
            lines.append(line(needle, "95861" if limbs == 2 else "95860", "Needle EMG."))
    return lines


_BLOCKS: Final[tuple[tuple[str, str, tuple[str, ...], tuple[str, ...]], ...]] = (
    # (words, says, codes lumbar: first and further levels, codes cervical or thoracic)
    (r"\btransforaminal\b[^.\n]{0,90}", "Epidural injection through the foramen", ("64483", "64484"), ("64479", "64480")),
    (r"\b(?:radiofrequency|rfa|rf) (?:ablation|neurotomy|lesion\w*)?[^.\n]{0,90}\b(?:medial branch|facet)|\b(?:medial branch|facet)[^.\n]{0,60}\b(?:radiofrequency|rfa|neurotomy|ablation)", "Destruction of facet nerves", ("64635", "64636"), ("64633", "64634")),
    (r"\b(?:medial branch blocks?|facet (?:joint )?(?:injections?|blocks?))[^.\n]{0,90}", "Facet injection", ("64493", "64494", "64495"), ("64490", "64491", "64492")),
)  # fmt: skip


def block_lines(scene: Scene) -> list[Line]:
    """Return spinal injections by level and side."""
    if not scene.has(r"\b(?:fluoro\w*|c-arm|ct guid\w+|contrast)\b"):
        return []
    for words, says, low, high in _BLOCKS:
        deed = scene.first(words)
        if deed is None:
            continue
        said = deed.sentence.text.lower()
        codes = high if re.search(r"\b(?:cervical|thoracic|c\d|t\d)\b", said) else low
        levels = len(set(re.findall(r"\b[cl]\d[-/ ]+(?:[cls]?\d)\b", said))) or _levels(said)
        side = side_of(said)
        marks = (side,) if side else ()
        lines = [line(deed, codes[0], f"{says}, first level.", modifiers=marks)]
        if levels > 1:
            lines.extend(
                line(deed, code, f"{says}, a further level.", modifiers=marks) for code in codes[1:levels][: len(codes) - 1]
            )
        return lines
    return []


def _levels(text: str) -> int:
    found = re.search(rf"\b(\d|{'|'.join(WORDS)}) levels?\b", text)
    return (int(found.group(1)) if found.group(1).isdigit() else WORDS[found.group(1)]) if found else 1


def counted_lines(scene: Scene) -> list[Line]:
    """Return every service of this module."""
    if scene.low.find("min") < 0 and not scene.has(
        r"\b(?:scop|egd|endoscop|test|nerve|adjust|manip|transforaminal|branch|facet|prick|emg|needle)"
    ):
        return []
    return [
        *bowel_lines(scene),
        *allergy_lines(scene),
        *therapy_lines(scene),
        *spine_lines(scene),
        *nerve_lines(scene),
        *block_lines(scene),
    ]
