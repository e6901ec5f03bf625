"""Procedures on skin, nails and the ear canal: drainage, biopsy, destruction, excision, repair, debridement."""

from __future__ import annotations

import re
from typing import Final

from cleanclaim.encoder.patterns import find
from cleanclaim.encoder.procedures.places import CM, FACE, HANDS, digit_modifier
from cleanclaim.encoder.procedures.scene import Deed, Line, Scene, count_of, line, side_of
from cleanclaim.encoder.procedures.wounds import foreign_body_lines, repair_lines, suture_lines


def drainage_lines(scene: Scene) -> list[Line]:
    """Return incision and drainage, simple or complicated."""
    deed = scene.first(
        r"\b(?:incision (?:and|&) drainage|i ?& ?d\b|i and d\b|(?:stab )?incision[^.\n]{0,60}\b(?:pus|purul\w+)|incised[^.\n]{0,60}(?:pus|drain\w+)|lanced)"
    )
    incised = scene.first(r"(?:stab )?incision[^.\n]{0,80}\b(?:pus|purul\w+|expressed)") or deed
    if deed is None or incised is None:
        return []
    if scene.has(r"\bpilonidal\b"):
        return [line(incised, "10080", "Drainage of a pilonidal cyst, simple.")]
    if scene.has(r"\bperianal\b|\bperirectal\b"):
        return [line(incised, "46050", "Drainage of a perianal abscess.")]
    if scene.has(r"\bbartholin\b"):
        return [line(incised, "56420", "Drainage of a Bartholin gland abscess.")]
    if scene.has(r"\bparonychia|felon\b") and scene.has(r"\bfelon\b"):
        return [line(incised, "26010", "Drainage of a finger abscess.")]
    if scene.has(r"\bhematoma|seroma\b") and not scene.has(r"\babscess|pus\b"):
        return [line(incised, "10140", "Drainage of a hematoma or fluid.")]
    many = scene.has(
        r"\b(?:multiple abscess|two abscess|2 abscess|three abscess|loculations? (?:broken|were|lysed|taken|divided|opened)|broke\w* (?:up )?(?:the )?loculat\w+|multiloculat\w+|packed (?:with|open)|packing placed|iodoform)\b"
    ) and not scene.has(r"\bno loculat\w+")
    return [
        line(
            incised,
            "10061" if many else "10060",
            "Drainage of an abscess: complicated when several, loculated or packed." if many else "Drainage of one simple abscess.",
        )
    ]


def biopsy_lines(scene: Scene) -> list[Line]:
    """Return skin biopsies by technique: the first, then each further lesion."""
    lines: list[Line] = []
    techniques = sum(scene.first(words) is not None for words in (r"\b(?:shave|tangential)\b", r"\bpunch\b", r"\bincisional\b"))
    for words, first, more, says in (
        (r"\b(?:incisional biops\w+|incisional bx)", "11106", "11107", "incisional"),
        (r"\b(?:punch (?:biops\w+|bx|technique)|\d ?mm punch|sampled by punch)", "11104", "11105", "punch"),
        (
            r"\b(?:shave (?:biops\w+|technique)|tangential (?:\(shave\) )?(?:biops\w+|bx)|shave \(tangential\) (?:biops\w+|bx)|sampled by shave|shave bx|bx'?d? by shave|shaved? for path\w*|shave to mid dermis)",
            "11102",
            "11103",
            "tangential (shave)",
        ),
    ):
        deeds = scene.deeds(words)
        if not deeds:
            continue
        count = 1 if techniques > 1 else _lesions(scene, deeds)
        base = not lines
        lines.append(
            line(
                deeds[0],
                first if base else more,
                f"Biopsy of skin by {says} technique, first lesion." if base else f"A further lesion by {says} technique.",
            )
        )
        if count > 1:
            lines.append(line(deeds[0], more, f"Each further lesion by {says} technique.", units=count - 1))
    return lines


def _lesions(scene: Scene, deeds: list[Deed]) -> int:
    said = " ".join(deed.sentence.text for deed in deeds)
    counted = count_of(said, r"(?:lesions?|biops\w+|sites?|specimens?|bxs?|punches|spots|papules|plaques)") or count_of(
        scene.low, r"(?:lesions? (?:were )?(?:noted|biopsied|sampled)|specimens?|shave biops\w+|punch biops\w+|biops\w+)"
    )
    return counted or 1


def destruction_lines(scene: Scene) -> list[Line]:
    """Return destruction of premalignant and benign lesions, by count."""
    deeds = scene.deeds(
        r"\b(?:ln2|liquid nitrogen|liq\.? (?:nitrogen|n2)|frozen with|froze|cryo\w*|freeze[- ]thaw|electrodesic\w+|ed ?& ?c|cantharidin|curettage|paring and salicylic|destroyed)\b"
    )
    if not deeds:
        return []
    # the frequent case: the sentence of the deed says how many
    deed = max(
        deeds,
        key=lambda one: (bool(re.search(r"\b\d+ of \d+|\d+ (?:lesions|aks?|warts)\b|treated", one.sentence.text)), -one.start),
    )
    lines: list[Line] = []
    keratoses = scene.has(r"\bactinic|\baks?\b|\bsolar keratos")
    if scene.has(r"\bcervix|cervical cryo"):
        return []
    if keratoses:
        count = _total(scene, r"(?:actinic keratos\w+|aks?\b|lesions?|treated)") or _times(scene) or 1
        if count >= 15:
            return [line(deed, "17004", f"{count} actinic keratoses destroyed: 15 or more take one code.")]
        lines.append(line(deed, "17000", "Destruction of the first actinic keratosis."))
        if count > 1:
            lines.append(
                line(deed, "17003", f"Each of the second to fourteenth actinic keratosis ({count} treated).", units=count - 1)
            )
    benign = scene.has(r"\b(?:warts?|verruca\w*|molluscum)\b") or (
        scene.has(r"\b(?:inflamed|irritated|symptomatic|bleeding|itchy) (?:sk\b|sks\b|seborrheic)") and not keratoses
    )
    if benign and not (
        keratoses and not scene.has(r"\b(?:warts?|verruca\w*|molluscum)\b[^.\n]{0,80}\b(?:ln2|liquid|cryo\w*|frozen|treated)")
    ):
        if scene.has(r"\b(?:condylom\w+|genital wart|penile|vulvar wart)"):
            return [*lines, line(deed, "54056" if scene.reading.patient.sex == "M" else "56501", "Destruction of genital lesions.")]
        count = _total(scene, r"(?:warts?|verruca\w*|lesions?|molluscum\w*|papules|sks?\b|seborrheic keratos\w+)") or 1
        lines.append(
            line(
                deed,
                "17111" if count >= 15 else "17110",
                f"Destruction of benign lesions, {'15 or more' if count >= 15 else 'up to 14'}; one code for all ({count}).",
            )
        )
    return lines


def _total(scene: Scene, noun: str) -> int | None:
    equals = (
        find(rf"= ?(\d{{1,2}}) {noun}", scene.low)
        or find(r"\b(\d{1,2}) of \1\b(?! nails| toe)", scene.low)
        or find(rf"(?:total(?: of)?|all) (\d{{1,2}}) {noun}", scene.low)
        or find(r"\b(?:count|total|number) ?(?:of lesions )?[=:] ?(\d{1,2})\b|\ball (\d{1,2})(?= ?[.,;\n])", scene.low)
    )
    if equals:
        return int(next(group for group in equals.groups() if group))
    return count_of(scene.low, noun)


_EXCISION: Final = {
    # region: starting codes of benign and malignant excision, by size up to .5, 1, 2, 3, 4, over 4 cm
    "trunk": ("11400 11401 11402 11403 11404 11406", "11600 11601 11602 11603 11604 11606"),
    "hands": ("11420 11421 11422 11423 11424 11426", "11620 11621 11622 11623 11624 11626"),
    "face": ("11440 11441 11442 11443 11444 11446", "11640 11641 11642 11643 11644 11646"),
}
_SIZES: Final = (0.5, 1.0, 2.0, 3.0, 4.0)


def _region(text: str) -> str:
    return "face" if re.search(FACE, text) else "hands" if re.search(HANDS, text) else "trunk"


def excision_lines(scene: Scene) -> list[Line]:
    """Return excisions of lesions by nature, region and excised diameter, with the repair beyond a simple one."""
    deed = scene.first(
        r"\b(?:excised (?:diameter|with)|excision (?:report|of|with)|excised|elliptical excision|ellipse|full[- ]thickness excision|wide (?:local )?excision)\b"
    )
    if deed is None or scene.has(r"\b(?:will be excised|excision (?:is )?scheduled|schedule excision|s/p \w+ exc)"):
        return _shave_removal(scene)
    diameter = _excised(scene)
    if diameter is None:
        return []
    sized = scene.first(r"excised diameter[^.\n]{0,20}") or deed
    malignant = scene.has(r"\b(?:basal cell|bcc|squamous cell|scc|melanoma|carcinoma|malignan\w+)\b")
    region = _region(scene.low)
    codes = _EXCISION[region][1 if malignant else 0].split()
    code = codes[sum(diameter > size for size in _SIZES)]
    kind = "malignant" if malignant else "benign"
    return [line(sized, code, f"Excision of a {kind} lesion, {diameter:g} cm with its margins.")]


def _excised(scene: Scene) -> float | None:
    stated = find(rf"excised diameter[^.\n]{{0,20}}?{CM}|total (?:excised )?(?:diameter|size)[^.\n]{{0,20}}?{CM}", scene.low)
    if stated:
        return float(stated.group(1) or stated.group(2))
    lesion = find(
        rf"{CM}[^.\n]{{0,40}}(?:lesion|cyst|nevus|papule|nodule|lipoma|plaque|carcinoma)|(?:lesion|cyst|nevus|papule|nodule)[^.\n]{{0,40}}?{CM}",
        scene.low,
    )
    margin = find(r"(?:margins?[^.\n]{0,25}?(\d(?:\.\d+)?) ?(mm|cm)|(\d(?:\.\d+)?) ?(mm|cm) margins?)", scene.low)
    if lesion is None:
        millimeters = find(r"(\d{1,2}) ?mm[^.\n]{0,40}(?:lesion|cyst|nevus|papule|nodule)", scene.low)
        if not millimeters:
            return None
        size = float(millimeters.group(1)) / 10
    else:
        size = float(lesion.group(1) or lesion.group(2))
    if margin:
        width = float(margin.group(1) or margin.group(3)) * (0.1 if (margin.group(2) or margin.group(4)) == "mm" else 1)
        size += 2 * width
    return round(size, 2)


def _shave_removal(scene: Scene) -> list[Line]:
    deed = scene.first(r"\b(?:shave (?:removal|excision)|removed by shave|shaved off)\b")
    tags = scene.first(
        r"\b(?:skin tags?|acrochordons?)\b[^.\n]{0,80}\b(?:snip\w*|removed|excised|scissor\w*|cut|clipped)|(?:snip\w*|removed|scissor\w*)[^.\n]{0,50}\b(?:skin tags?|acrochordons?)"
    ) or (scene.first(r"\b(?:snip\w*|scissor\w*|clipped)\b") if scene.has(r"\b(?:skin tags?|acrochordons?)\b") else None)
    lines: list[Line] = []
    if tags is not None:
        count = count_of(scene.low, r"(?:skin tags?|acrochordons?|tags)") or 1
        lines.append(line(tags, "11200", "Removal of skin tags, up to 15."))
        if count > 15:
            lines.append(line(tags, "11201", "Each further ten skin tags.", units=(count - 15 + 9) // 10))
    if deed is not None:
        size = find(CM, scene.low)
        millimeters = find(r"(\d{1,2}) ?mm", scene.low)
        diameter = float(size.group(1)) if size else float(millimeters.group(1)) / 10 if millimeters else 0.5
        codes = {"trunk": "11300 11301 11302 11303", "hands": "11305 11306 11307 11308", "face": "11310 11311 11312 11313"}[
            _region(scene.low)
        ].split()
        lines.append(
            line(deed, codes[sum(diameter > cut for cut in (0.5, 1.0, 2.0))], f"Shave removal of a lesion of {diameter:g} cm.")
        )
    return lines


_TUMORS: Final[tuple[tuple[str, float, str, str], ...]] = (
    # (place, the size from which the second code holds, codes of a subcutaneous tumor)
    (r"\b(?:face|forehead|scalp|cheek|chin|temple)\b", 2.0, "21011", "21012"), (r"\b(?:neck|chest|thorax|anterior chest)\b", 3.0, "21555", "21552"), (r"\b(?:back|flank)\b", 3.0, "21930", "21931"), (r"\b(?:abdom\w+)\b", 3.0, "22902", "22903"),
    (r"\bshoulder\b", 3.0, "23075", "23071"), (r"\b(?:forearm|wrist)\b", 3.0, "25075", "25071"), (r"\b(?:upper arm|elbow|arm)\b", 3.0, "24075", "24071"), (r"\b(?:hand|finger|thumb|palm)\b", 1.5, "26115", "26111"), (r"\b(?:hip|buttock|pelvis|groin)\b", 3.0, "27047", "27043"),
    (r"\b(?:thigh|knee)\b", 3.0, "27327", "27337"), (r"\b(?:lower leg|leg|calf|shin|ankle)\b", 3.0, "27618", "27632"), (r"\b(?:foot|toe)\b", 1.5, "28043", "28039"),
)  # fmt: skip


def tumor_lines(scene: Scene) -> list[Line]:
    """Return excision of a tumor under the skin (a lipoma) by place and size; its simple or layered closure belongs to it."""
    if not scene.has(r"\blipoma\w*|\bsubcutaneous (?:mass|tumor|soft tissue)|\bfatty (?:mass|tumor)"):
        return []
    deed = scene.first(r"\b(?:lipoma|fatty (?:mass|tumor)|mass|tumor)\b(?:[^.\n]|\.\d){0,90}\b(?:excis\w+|removed|shelled|delivered|dissected|enucleat\w+)|\b(?:excis\w+|removed|shelled|delivered|dissected)[^.\n]{0,60}\b(?:lipoma|fatty|mass|tumor)")  # fmt: skip
    if deed is None:
        return []
    near = deed.sentence.text.lower()
    measured = find(rf"{CM}[^.\n]{{0,40}}\b(?:lipoma|mass|tumor)|\b(?:lipoma|mass|tumor)[^.\n]{{0,30}}?{CM}", scene.low)
    size = float(measured.group(1) or measured.group(2)) if measured else 0.0
    for words, least, small, large in _TUMORS:
        if find(words, near) or find(
            rf"(?:lipoma|mass|tumor)[^.\n]{{0,40}}(?:{words})|(?:{words})[^.\n]{{0,20}}(?:lipoma|mass)", scene.low
        ):
            side = side_of(near) or side_of(" ".join(re.findall(r"[^.\n]*\blipoma\b[^.\n]*", scene.low)))
            marks = (side,) if side in {"RT", "LT"} and small[:2] in {"23", "24", "25", "26", "27", "28"} else ()
            return [
                line(
                    deed, large if size >= least else small, f"Excision of a tumor under the skin of {size:g} cm.", modifiers=marks
                )
            ]
    return []


def nail_lines(scene: Scene) -> list[Line]:
    """Return nail debridement, paring of corns, nail avulsion and drainage under a nail, with the class findings of foot care."""
    lines: list[Line] = []
    classes = (
        ("Q7",)
        if scene.has(r"\bclass a\b")
        else ("Q8",)
        if len(re.findall(r"class b", scene.low)) >= 2 or scene.has(r"two class b|2 class b")
        else ("Q9",)
        if scene.has(r"class b") and scene.has(r"class c")
        else ()
    )
    pared = scene.first(
        r"\b(?:pared|paring|trimm?ed)\b[^.\n]{0,60}\b(?:lesions?|callus\w*|corns?|hyperkeratot\w+|ipk)|\b(?:lesions?|callus\w*|corns?|hyperkeratos[ei]s)\b[^.\n]{0,30}\bpared\b"
    )
    if pared is not None:
        count = (
            count_of(pared.sentence.text, r"(?:lesions?|callus\w*|corns?|hyperkeratot\w+)")
            or count_of(scene.low, r"(?:callus\w*|corns?|hyperkeratot\w+ lesions?)")
            or _counted_after(scene.low, "callus")
            or 1
        )
        lines.append(
            line(
                pared,
                "11055" if count == 1 else "11056" if count <= 4 else "11057",
                f"Paring of {count} corn(s) or callus(es).",
                modifiers=classes,
            )
        )
    cleaned = scene.first(r"\bdebrid\w+[^.\n]{0,40}\bnails?|nails?[^.\n]{0,60}\bdebrid\w+")
    if cleaned is not None:
        count = count_of(cleaned.sentence.text, r"(?:\w+ )?(?:toe)?nails?") or count_of(scene.low, r"(?:toe)?nails?") or 1
        lines.append(
            line(
                cleaned,
                "11721" if count >= 6 else "11720",
                f"Debridement of {count} nails.",
                modifiers=(("59",) if pared is not None else ()) + classes,
            )
        )
    trimmed = scene.first(r"\btrimm?(?:ed|ing)\b[^.\n]{0,30}\bnails?")
    if trimmed is not None and cleaned is None:
        lines.append(line(trimmed, "11719", "Trimming of nails that are not dystrophic.", modifiers=classes))
    removed = scene.first(r"\b(?:matri[xc]ectomy|matrixectomy|phenol|permanent(?:ly)? remov\w+)\b")
    avulsed = scene.first(r"\b(?:avuls\w+|wedge resection|nail (?:border )?remov\w+)\b")
    if removed is not None and scene.has(r"\bnail\b"):
        digit = digit_modifier(_nail_place(scene))
        lines.append(line(removed, "11750", "Removal of a nail with its matrix.", modifiers=(digit,) if digit else ()))
    elif avulsed is not None and scene.has(r"\bnail\b") and not scene.has(r"avulsion fracture"):
        digit = digit_modifier(_nail_place(scene))
        lines.append(line(avulsed, "11730", "Avulsion of a nail plate.", modifiers=(digit,) if digit else ()))
    blood = scene.first(
        r"\b(?:subungual hematoma|trephin\w+)\b[^.\n]{0,80}\b(?:drain\w+|evacuat\w+|trephin\w+|cautery|releas\w+)|(?:drain\w+|evacuat\w+|trephin\w+)[^.\n]{0,60}\bsubungual"
    )
    if blood is not None:
        digit = digit_modifier(_nail_place(scene))
        lines.append(line(blood, "11740", "Drainage of blood under a nail.", modifiers=(digit,) if digit else ()))
    return lines


def _counted_after(text: str, noun: str) -> int | None:
    found = re.search(rf"{noun}\w*: ?(\d{{1,2}})", text)
    return int(found.group(1)) if found else None


def _nail_place(scene: Scene) -> str:
    found = find(r"[^.\n]*\b(?:toe\w*|hallux|finger\w*|thumb\w*)\b[^.\n]*", scene.low)
    return found.group() if found else ""


def ear_lines(scene: Scene) -> list[Line]:
    """Return removal of impacted cerumen: by irrigation, or with instruments by the clinician."""
    if not scene.has(r"\b(?:cerumen|ear ?wax|wax)\b"):
        return []
    washed = scene.first(r"\b(?:irrigat\w+|lavage\w*|flush\w*|syring\w+)\b")
    tools = [
        one
        for one in scene.deeds(r"\b(?:curet\w*|instrument\w*|forceps|suction\w*|loop|hook)\b")
        if not re.search(r"\bno (?:instruments?|curette)|without instruments", one.sentence.text.lower())
    ]
    both = (
        ("50",)
        if scene.has(r"\b(?:both ears|bilat\w*|both canals|both sides)\b")
        and not scene.has(r"\b(?:left|l) (?:ear|canal) (?:clear|normal|nl)|(?:right|r) (?:ear|canal) (?:clear|normal|nl)")
        else ()
    )
    side = both or tuple(filter(None, (side_of(" ".join(re.findall(r"[^.\n]*\b(?:cerumen|wax)\b[^.\n]*", scene.low))),)))
    if tools:
        return [line(tools[0], "69210", "Impacted cerumen removed with instruments.", modifiers=side)]
    if washed is not None and not scene.has(r"\bwound irrigat"):
        return [line(washed, "69209", "Impacted cerumen washed out without instruments.", modifiers=side)]
    return []


def skin_lines(scene: Scene) -> list[Line]:
    """Return every procedure on the skin."""
    if scene.has(r"\bdiscussed for winter\b") and not scene.deeds(r"\b(?:ln2|liquid nitrogen|cryo)"):
        return []
    tumors = tumor_lines(scene)
    removed = tumors or excision_lines(scene)
    excised = any(one.code.startswith(("114", "116")) for one in removed)
    return [
        *drainage_lines(scene), *biopsy_lines(scene), *destruction_lines(scene), *removed, *([] if tumors else repair_lines(scene, with_excision=excised)), *nail_lines(scene),
        *ear_lines(scene), *foreign_body_lines(scene), *suture_lines(scene),
    ]  # fmt: skip


def _times(scene: Scene) -> int | None:
    """Return how many keratoses a note counts as "AK x5" or "applied to all 5"."""
    told = find(r"\b(?:actinic keratos\w+|aks?)\b[^.\n]{0,20}?\bx ?(\d{1,2})\b|\bto all (\d{1,2})\b", scene.low)
    return int(told.group(1) or told.group(2)) if told else None
