"""Procedures on skin, nails and the ear canal: drainage, biopsy, destruction, excision, repair, debridement."""

from __future__ import annotations

import re
from typing import Final

from cleanclaim.encoder.procedures.scene import Deed, Line, Scene, count_of, line, side_of

_CM: Final = r"(\d{1,2}(?:\.\d{1,2})?) ?(?:cm|centimeters?)"
_FACE: Final = r"\b(?:face|facial|cheek|forehead|chin|eyebrow|eyelid|ear|nose|nasal|lip|temple|jaw)\b"
_HANDS: Final = r"\b(?:scalp|neck|hand|finger|thumb|foot|feet|toe|genital\w*|axilla\w*|palm|knuckle|heel|sole)\b"
_FINGERS: Final = {"thumb": 0, "index": 1, "middle": 2, "long": 2, "ring": 3, "little": 4, "small": 4, "pinky": 4}
_TOES: Final = {
    "great": 0,
    "big": 0,
    "hallux": 0,
    "second": 1,
    "2nd": 1,
    "third": 2,
    "3rd": 2,
    "fourth": 3,
    "4th": 3,
    "fifth": 4,
    "5th": 4,
    "little": 4,
    "small": 4,
}


def digit_modifier(text: str) -> str:
    """Return FA, F1-F9 for a finger or TA, T1-T9 for a toe as a text names it."""
    low = text.lower()
    right = bool(re.search(r"\b(?:right|rt|r)\b", low)) and not re.search(
        r"\b(?:left|lt|l)\b(?! \w+ (?:clear|normal))", low[: low.find("finger") if "finger" in low else None]
    )
    side = 5 if right else 0
    toe = re.search(r"\b(great|big|second|2nd|third|3rd|fourth|4th|fifth|5th|little|small) toe|\b(hallux)", low)
    if toe:
        number = _TOES[toe.group(1) or "hallux"] + side
        return "TA" if number == 0 else f"T{number}"
    finger = re.search(r"\b(thumb)\b|\b(index|middle|long|ring|little|small|pinky)(?: finger)?\b", low)
    if finger and ("finger" in low or "thumb" in low or "pinky" in low):
        number = _FINGERS[finger.group(1) or finger.group(2)] + side
        return "FA" if number == 0 else f"F{number}"
    return ""


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
    for words, first, more, says in (
        (
            r"\b(?:shave (?:biops\w+|technique)|tangential biops\w+|sampled by shave|shave bx|bx'?d? by shave|shaved? for path\w*|shave to mid dermis)",
            "11102",
            "11103",
            "tangential (shave)",
        ),
        (r"\b(?:punch (?:biops\w+|bx|technique)|\d ?mm punch|sampled by punch)", "11104", "11105", "punch"),
        (r"\b(?:incisional biops\w+|incisional bx)", "11106", "11107", "incisional"),
    ):
        deeds = scene.deeds(words)
        if not deeds:
            continue
        count = _lesions(scene, deeds)
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
        r"\b(?:ln2|liquid nitrogen|cryo\w*|freeze[- ]thaw|electrodesic\w+|ed ?& ?c|cantharidin|curettage|paring and salicylic|destroyed)\b"
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
        count = _total(scene, r"(?:actinic keratos\w+|aks?\b|lesions?|treated)") or 1
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
        re.search(rf"= ?(\d{{1,2}}) {noun}", scene.low)
        or re.search(r"\b(\d{1,2}) of \1\b(?! nails| toe)", scene.low)
        or re.search(rf"(?:total(?: of)?|all) (\d{{1,2}}) {noun}", scene.low)
    )
    if equals:
        return int(equals.group(1))
    return count_of(scene.low, noun)


_EXCISION: Final = {
    # region: starting codes of benign and malignant excision, by size up to .5, 1, 2, 3, 4, over 4 cm
    "trunk": ("11400 11401 11402 11403 11404 11406", "11600 11601 11602 11603 11604 11606"),
    "hands": ("11420 11421 11422 11423 11424 11426", "11620 11621 11622 11623 11624 11626"),
    "face": ("11440 11441 11442 11443 11444 11446", "11640 11641 11642 11643 11644 11646"),
}
_SIZES: Final = (0.5, 1.0, 2.0, 3.0, 4.0)


def _region(text: str) -> str:
    return "face" if re.search(_FACE, text) else "hands" if re.search(_HANDS, text) else "trunk"


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
    stated = re.search(rf"excised diameter[^.\n]{{0,20}}?{_CM}|total (?:excised )?(?:diameter|size)[^.\n]{{0,20}}?{_CM}", scene.low)
    if stated:
        return float(stated.group(1) or stated.group(2))
    lesion = re.search(
        rf"{_CM}[^.\n]{{0,40}}(?:lesion|cyst|nevus|papule|nodule|lipoma|plaque|carcinoma)|(?:lesion|cyst|nevus|papule|nodule)[^.\n]{{0,40}}?{_CM}",
        scene.low,
    )
    margin = re.search(r"(?:margins?[^.\n]{0,25}?(\d(?:\.\d+)?) ?(mm|cm)|(\d(?:\.\d+)?) ?(mm|cm) margins?)", scene.low)
    if lesion is None:
        millimeters = re.search(r"(\d{1,2}) ?mm[^.\n]{0,40}(?:lesion|cyst|nevus|papule|nodule)", scene.low)
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
    )
    lines: list[Line] = []
    if tags is not None:
        count = count_of(scene.low, r"(?:skin tags?|acrochordons?|tags)") or 1
        lines.append(line(tags, "11200", "Removal of skin tags, up to 15."))
        if count > 15:
            lines.append(line(tags, "11201", "Each further ten skin tags.", units=(count - 15 + 9) // 10))
    if deed is not None:
        size = re.search(_CM, scene.low)
        millimeters = re.search(r"(\d{1,2}) ?mm", scene.low)
        diameter = float(size.group(1)) if size else float(millimeters.group(1)) / 10 if millimeters else 0.5
        codes = {"trunk": "11300 11301 11302 11303", "hands": "11305 11306 11307 11308", "face": "11310 11311 11312 11313"}[
            _region(scene.low)
        ].split()
        lines.append(
            line(deed, codes[sum(diameter > cut for cut in (0.5, 1.0, 2.0))], f"Shave removal of a lesion of {diameter:g} cm.")
        )
    return lines


_REPAIR: Final[dict[str, dict[str, tuple[tuple[float, str], ...]]]] = {
    "simple": {"trunk": ((2.5, "12001"), (7.5, "12002"), (12.5, "12004"), (20, "12005"), (30, "12006"), (99, "12007")), "face": ((2.5, "12011"), (5, "12013"), (7.5, "12014"), (12.5, "12015"), (20, "12016"), (99, "12017"))},
    "intermediate": {
        "trunk": ((2.5, "12031"), (7.5, "12032"), (12.5, "12034"), (20, "12035"), (99, "12036")), "hands": ((2.5, "12041"), (7.5, "12042"), (12.5, "12044"), (20, "12045"), (99, "12046")),
        "face": ((2.5, "12051"), (5, "12052"), (7.5, "12053"), (12.5, "12054"), (20, "12055"), (99, "12056")),
    },
    "complex": {"trunk": ((2.5, "13100"), (7.5, "13101")), "arms": ((2.5, "13120"), (7.5, "13121")), "hands": ((2.5, "13131"), (7.5, "13132")), "face": ((2.5, "13131"), (7.5, "13132"))},
}  # fmt: skip


def repair_lines(scene: Scene, *, with_excision: bool) -> list[Line]:
    """Return wound repair by depth, place and length in centimetres; a simple closure of an excision is part of it."""
    deed = scene.first(
        r"\b(?:length (?:of repair|repaired|after repair)|repaired|repair|sutur\w+|closed with|closure|stitches|staples?|dermabond|skin (?:glue|adhesive)|tissue adhesive|steri-?strips? only)\b"
    )
    if deed is None or scene.has(r"\bsutures? (?:removed|removal|out today)|staples? removed"):
        return []
    if not with_excision and not scene.has(r"\b(?:laceration|lac\b|cut\b|wound)"):
        return []
    depth = (
        "complex"
        if scene.has(r"\bcomplex repair|extensive undermining|retention sutures|debrided wound edges")
        else "intermediate"
        if scene.has(
            r"\b(?:intermediate repair|layered|two[- ]layer|2[- ]layer|deep (?:dermal|sutures)|buried|subcutaneous (?:layer|sutures))\b"
        )
        and not scene.has(r"\bsingle layer")
        else "simple"
    )
    if with_excision and depth == "simple":
        return []
    sentence = next(
        (one for one in scene.deeds(r"\b(?:(?:final )?length (?:of repair|repaired)|repaired length|repair length)\b")), deed
    )
    length = _length(scene)
    if length is None:
        return []
    place = _wound_place(scene)
    if depth == "simple":
        table = _REPAIR["simple"]["face" if re.search(_FACE, place) else "trunk"]
        if scene.has(r"\b(?:dermabond|skin glue|tissue adhesive|skin adhesive)\b") and scene.is_medicare:
            return [line(sentence, "G0168", "Medicare has its own code for closure with tissue adhesive alone.")]
    else:
        region = "face" if re.search(_FACE, place) else "hands" if re.search(_HANDS, place) else "trunk"
        if depth == "complex" and region == "trunk" and re.search(r"\b(?:scalp|arm|leg|forearm|thigh|shin)\b", place):
            region = "arms"
        table = _REPAIR[depth][region]
    code = next((number for limit, number in table if length <= limit), table[-1][1])
    digit = digit_modifier(place) if depth == "simple" else ""
    return [line(sentence, code, f"{depth.capitalize()} repair of {length:g} cm.", modifiers=(digit,) if digit else ())]


def _wound_place(scene: Scene) -> str:
    found = re.findall(r"[^.\n]*\b(?:laceration|lac\b|wound|lesion|carcinoma|bcc|scc|cyst|nevus|cut\b)[^.\n]*", scene.low)
    return " ".join(found[:3]) if found else scene.low[:400]


def _length(scene: Scene) -> float | None:
    for pattern in (
        rf"length[^.\n]{{0,30}}?{_CM}",
        rf"{_CM}[^.\n]{{0,40}}\b(?:laceration|lac\b|wound|linear|cut)",
        rf"(?:laceration|lac|wound|cut)[^.\n]{{0,60}}?{_CM}",
        _CM,
    ):
        found = [float(match.group(1)) for match in re.finditer(pattern, scene.low)]
        if found:
            return found[0]
    return None


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
    pared = scene.first(r"\b(?:pared|paring|trimm?ed)\b[^.\n]{0,60}\b(?:lesions?|callus\w*|corns?|hyperkeratot\w+|ipk)")
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
    found = re.search(r"[^.\n]*\b(?:toe|hallux|finger|thumb)\b[^.\n]*", scene.low)
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


def foreign_body_lines(scene: Scene) -> list[Line]:
    """Return removal of foreign bodies from skin, eye, ear and nose; burn and wound care."""
    lines: list[Line] = []
    taken = scene.first(
        r"\b(?:foreign body|fb|splinter|fish ?hook|glass|bead|tick|metal)\b[^.\n]{0,90}\b(?:removed|extracted|retrieved|removal)|(?:removed|removal of|extracted|retrieved)[^.\n]{0,60}\b(?:foreign body|fb|splinter|glass|bead|metal|tick)\b"
    )
    if taken is not None:
        near = scene.low[max(0, taken.start - 240) : taken.end + 160]
        side = tuple(filter(None, (side_of(near),)))
        side = side if side != ("50",) else ()
        if re.search(r"\bcornea\w*|rust ring", near):
            lines.append(
                line(
                    taken,
                    "65222" if scene.has(r"slit[- ]lamp") else "65220",
                    "Removal of a foreign body from the cornea.",
                    modifiers=side,
                )
            )
        elif re.search(r"\bconjunctiv\w*|\beye\b", near):
            lines.append(line(taken, "65205", "Removal of a foreign body from the conjunctiva.", modifiers=side))
        elif re.search(r"\bear\b|ear canal", near):
            lines.append(line(taken, "69200", "Removal of a foreign body from the ear canal.", modifiers=side))
        elif re.search(r"\bnose|nasal|nostril|nares\b", near):
            lines.append(line(taken, "30300", "Removal of a foreign body from the nose."))
        elif scene.has(r"\bincis\w+"):
            lines.append(
                line(
                    taken,
                    "10121" if scene.has(r"\bcomplicated|deep\b") else "10120",
                    "A foreign body removed from under the skin through an incision.",
                )
            )
    if (
        scene.has(r"\bburn\b")
        and (
            care := scene.first(
                r"\b(?:silvadene|silver sulfadiazine|burn (?:dressing|debrid\w+)|debrid\w+ (?:of )?(?:blister|burn)|dress\w+)\b"
            )
        )
        is not None
    ):
        lines.append(line(care, "16020", "Dressing of a small partial-thickness burn."))
    cleaned = scene.first(
        r"\b(?:debrid\w+)\b[^.\n]{0,90}\b(?:ulcer|wound|subcutaneous|slough|eschar|devitalized|necrotic)|(?:ulcer|wound)[^.\n]{0,90}\bdebrid\w+"
    )
    if cleaned is not None and not scene.has(r"\bnails?\b[^.\n]{0,50}debrid|burn\b"):
        deep = (
            "11044"
            if scene.has(r"\b(?:to|including|through) bone\b")
            else "11043"
            if scene.has(r"\bmuscle|fascia\b")
            else "11042"
            if scene.has(r"\bsubcutaneous")
            else "97597"
        )
        lines.append(line(cleaned, deep, "Debridement of a wound by its deepest layer, first 20 sq cm."))
        if (area := re.search(r"(\d{2,3}(?:\.\d)?) ?(?:sq ?cm|cm2|square c)", scene.low)) and float(area.group(1)) > 20:
            more = {"11042": "11045", "11043": "11046", "11044": "11047", "97597": "97598"}[deep]
            lines.append(line(cleaned, more, "Each further 20 sq cm.", units=-(-int(float(area.group(1)) - 20) // 20)))
    if (
        scene.has(r"\b(?:nosebleed|epistaxis)\b")
        and (stopped := scene.first(r"\b(?:silver nitrate|cauter\w+|nasal packing|packed)\b")) is not None
    ):
        lines.append(
            line(stopped, "30901", "Control of a nosebleed.", modifiers=tuple(filter(None, (side_of(stopped.sentence.text),))))
        )
    return lines


def suture_lines(scene: Scene) -> list[Line]:
    """Return removal of sutures or staples that another group placed."""
    deed = scene.first(
        r"\b(?:sutures?|staples?)\b[^.\n]{0,40}\b(?:removed|removal|taken out|out today)|(?:removed|removal of)[^.\n]{0,25}\b(?:sutures?|staples?)"
    )
    if deed is None or scene.has(r"\bglobal\b"):
        return []
    both = scene.has(r"\bsutures?\b[^.\n]{0,20}\band\b[^.\n]{0,15}staples?")
    return [line(deed, "15854" if both else "15853", "Removal of sutures or staples, reported beside the visit.", group="addon")]


def skin_lines(scene: Scene) -> list[Line]:
    """Return every procedure on the skin."""
    if scene.has(r"\bdiscussed for winter\b") and not scene.deeds(r"\b(?:ln2|liquid nitrogen|cryo)"):
        return []
    removed = excision_lines(scene)
    excised = any(one.code.startswith(("114", "116")) for one in removed)
    return [
        *drainage_lines(scene), *biopsy_lines(scene), *destruction_lines(scene), *removed, *repair_lines(scene, with_excision=excised), *nail_lines(scene),
        *ear_lines(scene), *foreign_body_lines(scene), *suture_lines(scene),
    ]  # fmt: skip
