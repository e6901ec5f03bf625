"""Wounds: repair by depth, place and length; foreign bodies, burns, debridement, nosebleeds; removal of sutures."""

from __future__ import annotations

import re
from typing import Final

from cleanclaim.encoder.patterns import find
from cleanclaim.encoder.procedures.places import CM, FACE, HANDS, digit_modifier
from cleanclaim.encoder.procedures.scene import Line, Scene, line, side_of

_REPAIR: Final[dict[str, dict[str, tuple[tuple[float, str], ...]]]] = {
    "simple": {"trunk": ((2.5, "12001"), (7.5, "12002"), (12.5, "12004"), (20, "12005"), (30, "12006"), (99, "12007")), "face": ((2.5, "12011"), (5, "12013"), (7.5, "12014"), (12.5, "12015"), (20, "12016"), (99, "12017"))},
    "intermediate": {
        "trunk": ((2.5, "12031"), (7.5, "12032"), (12.5, "12034"), (20, "12035"), (99, "12036")), "hands": ((2.5, "12041"), (7.5, "12042"), (12.5, "12044"), (20, "12045"), (99, "12046")),
        "face": ((2.5, "12051"), (5, "12052"), (7.5, "12053"), (12.5, "12054"), (20, "12055"), (99, "12056")),
    },
    "complex": {"trunk": ((2.5, "13100"), (7.5, "13101")), "arms": ((2.5, "13120"), (7.5, "13121")), "hands": ((2.5, "13131"), (7.5, "13132")), "face": ((2.5, "13131"), (7.5, "13132"))},
}  # fmt: skip


_LATER: Final = r"(?! (?:in |at |on |due |after )?(?:about )?\d{1,2}(?:-\d{1,2})? ?(?:d\b|days?|wks?|weeks?)| (?:at|with|by) (?:pcp|next)| (?:next|scheduled|planned))"
"""What follows a removal that is still to come."""


def repair_lines(scene: Scene, *, with_excision: bool) -> list[Line]:
    """Return wound repair by depth, place and length in centimetres; a simple closure of an excision is part of it."""
    deed = scene.first(
        r"\b(?:length (?:of repair|repaired|after repair)|repaired|repair|sutur\w+|closed (?:with|in)|closure|stitches|staples?|dermabond|skin (?:glue|adhesive)|tissue adhesive|steri-?strips? only)\b"
    )
    if deed is None or scene.has(rf"\bsutures? (?:removed|removal|out today)\b{_LATER}|staples? removed\b{_LATER}"):
        return []
    if not with_excision and not scene.has(r"\b(?:laceration|lac\b|cut\b|wound)"):
        return []
    depth = (
        "complex"
        if scene.has(r"\bcomplex repair|extensive undermining|retention sutures|debrided wound edges")
        else "intermediate"
        if scene.has(
            r"\b(?:intermediate repair|layered|two[- ]layers?|2[- ]layers?|in layers|deep (?:dermal|sutures)|buried|subcutaneous (?:layer|sutures)|deep dermis|dermis (?:was )?closed|(?:vicryl|monocryl)[^.\n]{0,40}(?:deep|dermis|dermal|subcut\w*))\b"
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
        table = _REPAIR["simple"]["face" if re.search(FACE, place) else "trunk"]
        if scene.has(r"\b(?:dermabond|skin glue|tissue adhesive|skin adhesive)\b") and scene.is_medicare:
            return [line(sentence, "G0168", "Medicare has its own code for closure with tissue adhesive alone.")]
    else:
        region = "face" if re.search(FACE, place) else "hands" if re.search(HANDS, place) else "trunk"
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
        rf"length[^.\n]{{0,30}}?{CM}",
        rf"repair(?:ed)?[^.\n]{{0,20}}?{CM}",
        rf"{CM}[^.\n]{{0,40}}\b(?:laceration|lac\b|wound|linear|cut)",
        rf"(?:laceration|lac|wound|cut)[^.\n]{{0,60}}?{CM}",
        CM,
    ):
        found = [float(match.group(1)) for match in re.finditer(pattern, scene.low)]
        if found:
            return found[0]
    return None


def foreign_body_lines(scene: Scene) -> list[Line]:
    """Return removal of foreign bodies from skin, eye, ear and nose; burn and wound care."""
    lines: list[Line] = []
    taken = scene.first(
        r"\b(?:foreign body|fb|splinter|fish ?hook|glass|bead|tick|metal|needle tip|thorn|staple|pellet)\b[^.\n]{0,90}\b(?:removed|extracted|retrieved|removal|lifted|pulled|out w/|out with|came out)|(?:removed|removal of|extracted|retrieved)[^.\n]{0,60}\b(?:foreign body|fb|splinter|glass|bead|metal|tick)\b|\b(?:foreign body|fb)\b[^.\n]{0,60}\. (?:it was |this was )?removed (?:with|w/?|using|under|by)\b"
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
        if (area := find(r"(\d{2,3}(?:\.\d)?) ?(?:sq ?cm|cm2|square c)", scene.low)) and float(area.group(1)) > 20:
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
        rf"\b(?:sutures?|staples?)\b[^.\n]{{0,40}}\b(?:removed|removal|taken out|out today)\b{_LATER}|(?:removed|removal of)[^.\n]{{0,25}}\b(?:sutures?|staples?)"
    )
    if deed is None or scene.has(r"\bglobal\b"):
        return []
    both = scene.has(r"\bsutures?\b[^.\n]{0,20}\band\b[^.\n]{0,15}staples?")
    return [line(deed, "15854" if both else "15853", "Removal of sutures or staples, reported beside the visit.", group="addon")]
