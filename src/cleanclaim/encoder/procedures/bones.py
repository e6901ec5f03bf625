"""Joints and bones: injections, fracture care, casts and splints with their materials, plain films."""

from __future__ import annotations

import re
from typing import Final

from cleanclaim.encoder.patterns import find
from cleanclaim.encoder.procedures.places import digit_modifier
from cleanclaim.encoder.procedures.scene import Deed, Line, Scene, line, side_of

_LARGE: Final = r"\b(?:knee|shoulder|hip|glenohumeral|subacromial|trochanteric|greater trochanter\w*)\b"
_MEDIUM: Final = r"\b(?:wrist|elbow|ankle|ac joint|acromioclavicular|olecranon|tmj|temporomandibular)\b"
_SMALL: Final = r"\b(?:finger|thumb|cmc|mcp|pip|toe|mtp)\b"


def joint_lines(scene: Scene) -> list[Line]:
    """Return injections of joints, tendon sheaths, carpal tunnels, trigger points, and nerve blocks."""
    deeds = [
        one
        for one in scene.deeds(r"\b(?:inject(?:ed|ion)|inj\b|aspirat(?:ed|ion)|arthrocentesis|inject:)")
        if not re.search(
            r"\b(?:flu|vaccine|b12|im\b|deltoid|depo-?provera|testosterone|two injections by|lidocaine local|elected an injection|botox|local anesthe\w+|insulin|teach)\b",
            one.clause.lower(),
        )
    ]
    lines: list[Line] = []
    for deed in deeds:
        said = scene.low[max(0, deed.sentence.start - 60) : deed.sentence.end + 60]
        made = _joint_line(scene, deed, deed.sentence.text.lower()) or _joint_line(scene, deed, said)
        if made is not None and all(made.code != other.code or made.modifiers != other.modifiers for other in lines):
            lines.append(made)
    return _merge_sides(lines)


def _joint_line(scene: Scene, deed: Deed, said: str) -> Line | None:
    if not re.search(
        r"\b(?:mg|cc|ml|needle|\d{2}g|gauge|sterile|kenalog|depo-?medrol|triamcinolone|methylprednisolone|celestone|betamethasone|lidocaine|lido|aspirat\w+|corticosteroid|cortisone)\b",
        scene.low[max(0, deed.start - 200) : deed.end + 320],
    ):
        return None
    guided = bool(
        find(
            r"\b(?:under ultrasound|ultrasound[- ]guid\w+|u/?s[- ]guid\w+|with ultrasound guidance|(?:us|ultrasound) guidance|sonographic guid\w+)\b",
            scene.low,
        )
    ) and not scene.has(r"\b(?:no|without) (?:ultrasound|us)\b")
    side = side_of(said)
    marks = (side,) if side else ()
    if re.search(r"\bcarpal tunnel\b", said):
        return line(deed, "20526", "Injection of a carpal tunnel.", modifiers=marks)
    if re.search(r"\btrigger points?|\btaut bands?|\btwitch response", said) or (
        scene.has(r"\btrigger points?|\btaut bands?|\btwitch") and re.search(r"\bmuscles?\b", said)
    ):
        muscles = find(r"\b(\d|three|four|five|six|two|one) (?:\w+ )?muscles?\b", scene.low)
        many = muscles is not None and muscles.group(1) in {"3", "4", "5", "6", "three", "four", "five"}
        return line(deed, "20553" if many else "20552", "Trigger points are counted by muscles: one or two, or three and more.")
    if re.search(r"\btrigger (?:finger|thumb)|tendon sheath|flexor sheath|a1 pulley|de ?quervain|first dorsal compartment", said):
        digit = digit_modifier(said)
        return line(
            deed,
            "20550",
            "Injection of a single tendon sheath.",
            modifiers=(digit,) if digit and not re.search(r"quervain|dorsal compartment", said) else marks,
        )
    if re.search(r"\bplantar fasci\w+", said):
        return line(deed, "20550", "Injection of the plantar fascia.", modifiers=marks)
    if re.search(r"\bepicondyl\w+|tendon (?:origin|insertion)|common extensor", said):
        return line(deed, "20551", "Injection at a tendon's origin.", modifiers=marks)
    if re.search(r"\bganglion\b", said):
        return line(deed, "20612", "Aspiration or injection of a ganglion cyst.", modifiers=marks)
    if re.search(r"\bmorton|neuroma\b", said):
        return line(deed, "64455", "Injection of a plantar digital nerve.", modifiers=marks)
    if re.search(r"\boccipital nerve", said):
        return line(deed, "64405", "Injection of the greater occipital nerve.", modifiers=marks)
    if re.search(r"\b(?:lesions?|keloid|intralesional|alopecia)\b", said):
        over_seven = scene.has(r"\b(?:8|9|1\d|eight|nine|ten|twelve) (?:\w+ )?(?:lesions|sites|patches)\b")
        return line(deed, "11901" if over_seven else "11900", "Injection into skin lesions, up to seven or more.")
    if re.search(_SMALL, said) and not re.search(_LARGE, said):
        digit = digit_modifier(said)
        return line(deed, "20604" if guided else "20600", "Injection of a small joint.", modifiers=(digit,) if digit else marks)
    if re.search(_LARGE, said):
        return line(
            deed,
            "20611" if guided else "20610",
            f"Injection of a large joint {'with' if guided else 'without'} ultrasound guidance.",
            modifiers=marks,
        )
    if re.search(_MEDIUM, said):
        return line(deed, "20606" if guided else "20605", "Injection of an intermediate joint.", modifiers=marks)
    return None


def _merge_sides(lines: list[Line]) -> list[Line]:
    merged: list[Line] = []
    for one in lines:
        twin = next(
            (other for other in merged if other.code == one.code and {*other.modifiers, *one.modifiers} >= {"RT", "LT"}), None
        )
        if twin is not None:
            merged[merged.index(twin)] = twin._replace(modifiers=("50",))
        elif not any(other.code == one.code and (not one.modifiers or other.modifiers == ("50",)) for other in merged):
            merged.append(one)
    return merged


_FRACTURE_CARE: Final[tuple[tuple[str, str, str], ...]] = (
    # (words of the bone, closed treatment without manipulation, with manipulation)
    (r"distal radi\w+|colles|wrist fracture|radius and ulna", "25600", "25605"), (r"scaphoid|navicular", "25622", "25624"), (r"metacarpal|boxer", "26600", "26605"),
    (r"distal phalan\w+ (?:of )?(?:\w+ )?(?:finger|thumb)|(?:finger|thumb)[^.\n]{0,30}distal phalan|tuft", "26750", "26755"), (r"(?:proximal|middle) phalan\w+", "26720", "26725"), (r"clavicle|collarbone", "23500", "23505"),
    (r"proximal humer\w+|surgical neck", "23600", "23605"), (r"humeral shaft", "24500", "24505"), (r"radial head", "24650", "24655"), (r"lateral malleol\w+|distal fibula", "27786", "27788"), (r"medial malleol\w+", "27760", "27762"),
    (r"bimalleolar", "27808", "27810"), (r"fibula", "27780", "27781"), (r"metatarsal", "28470", "28475"), (r"great toe|hallux", "28490", "28495"), (r"\btoe\b", "28510", "28515"), (r"tibial shaft", "27750", "27752"), (r"patella\w*", "27520", ""), (r"\brib\b", "21811", ""), (r"nasal bone", "21310", "21315"),
)  # fmt: skip


def fracture_lines(scene: Scene) -> list[Line]:
    """Return definitive fracture care, when the note says that it starts here."""
    if not scene.has(r"\b(?:fracture|fx)\b"):
        return []
    deed = scene.first(
        r"\b(?:closed treatment|fracture care (?:today|started|initiated|begun)|definitive (?:fracture )?care (?:today|by me|here|started)|closed reduction|i will follow (?:it )?(?:to union|until healed)|closed tx)\b"
    )
    if deed is None or find(r"\b(?:ortho\w*|surgeon) (?:to|will) (?:take over|provide|do|assume)", scene.low):
        return []
    moved = scene.has(r"\b(?:closed reduction|manipulat(?:ed|ion performed)|with manipulation|reduced under)\b") and not scene.has(
        r"\b(?:without|no) manipulation"
    )
    for words, still, with_manipulation in _FRACTURE_CARE:
        if scene.has(rf"(?:{words})") and (code := with_manipulation if moved else still):
            side = _body_side(scene, words)
            digit = (
                digit_modifier(" ".join(re.findall(r"[^.\n]*\b(?:finger|thumb|toe|hallux)\b[^.\n]*", scene.low)))
                if code.startswith(("267", "2849", "285"))
                else ""
            )
            return [
                line(
                    deed,
                    code,
                    f"Closed treatment of the fracture {'with' if moved else 'without'} manipulation; the first cast belongs to it.",
                    modifiers=(digit,) if digit else (side,) if side else (),
                    group="major",
                )
            ]
    return []


def _body_side(scene: Scene, words: str) -> str:
    for found in re.finditer(rf"[^.\n]*(?:{words})[^.\n]*", scene.low):
        side = side_of(found.group())
        if side and side != "50":
            return side
    return ""


_SUPPORTS: Final[tuple[tuple[str, str, str, str], ...]] = (
    # (words, application code, fiberglass supply for an adult, plaster supply for an adult)
    (r"short[- ]arm (?:\w+ )?(?:cast|fiberglass cast)", "29075", "Q4010", "Q4009"), (r"long[- ]arm (?:\w+ )?cast", "29065", "Q4006", "Q4005"), (r"short[- ]arm (?:\w+ )?splint|volar (?:\w+ )?splint|wrist splint|forearm splint|sugar[- ]?tong", "29125", "Q4022", "Q4021"),
    (r"long[- ]arm (?:\w+ )?splint|posterior (?:elbow|arm) splint", "29105", "Q4018", "Q4017"), (r"short[- ]leg (?:\w+ )?(?:walking )?cast", "29405", "Q4038", "Q4037"), (r"long[- ]leg cast", "29345", "Q4030", "Q4029"),
    (r"short[- ]leg (?:\w+ )?splint|posterior (?:\w+ )?(?:short leg )?splint|stirrup splint", "29515", "Q4046", "Q4045"), (r"long[- ]leg splint", "29505", "Q4042", "Q4041"), (r"(?:thumb spica|ulnar gutter|radial gutter) splint", "29125", "Q4022", "Q4021"), (r"thumb spica cast", "29085", "Q4014", "Q4013"),
    (r"finger splint|aluminum splint|foam splint", "29130", "Q4049", "Q4049"), (r"unna boot", "29580", "", ""), (r"buddy[- ]?tap\w+", "29280", "", ""), (r"(?:ankle|foot) strapping|ankle taped", "29540", "", ""), (r"(?:shoulder) strapping", "29240", "", ""),
)  # fmt: skip


def support_lines(scene: Scene, *, in_fracture_care: bool) -> list[Line]:
    """Return casts and splints put on by the practice, and its own material."""
    lines: list[Line] = []
    for words, application, glass, plaster in _SUPPORTS:
        for deed in scene.deeds(rf"\b(?:{words})\b"):
            near = scene.low[max(0, deed.start - 60) : deed.end + 120]
            if not re.search(r"\b(?:applied|placed|molded|put on|fabricated|made|by me)\b", near) or re.search(
                r"\b(?:prefab\w*|off[- ]the[- ]shelf|velcro|her own|his own|dme)\b", near
            ):
                continue
            side = next((found for found in (side_of(near), side_of(scene.low)) if found and found != "50"), "")
            if not in_fracture_care:
                digit = digit_modifier(near) if application in {"29130", "29280"} else ""
                lines.append(
                    line(
                        deed,
                        application,
                        "A cast or splint put on; no fracture care is reported with it.",
                        modifiers=(digit,) if digit else (side,) if side else (),
                    )
                )
            supply = plaster if "plaster" in scene.low else glass
            if supply and not scene.is_hospital:
                young = scene.reading.patient.age_years is not None and scene.reading.patient.age_years <= 10
                if young and supply.startswith("Q40") and supply != "Q4049":
                    supply = "Q40" + f"{int(supply[3:]) + 2:02d}"
                place = scene.first(r"\b(?:splint|cast) (?:material|supplies)[^.\n]{0,30}|supplies ours") or deed
                lines.append(line(place, supply, "Cast or splint material of the practice's own stock."))
            return lines
    return lines


_FILMS: Final[tuple[tuple[str, tuple[tuple[int, str], ...]], ...]] = (
    # (words, (views up to, code))
    (r"chest|cxr", ((1, "71045"), (2, "71046"), (3, "71047"), (99, "71048"))), (r"ribs?", ((2, "71100"), (3, "71101"), (99, "71111"))), (r"cervical spine|c-?spine|neck", ((3, "72040"), (5, "72050"), (99, "72052"))), (r"thoracic spine|t-?spine", ((2, "72070"), (3, "72072"), (99, "72074"))),
    (r"lumbar(?: spine)?|lumbosacral|l-?spine|ls spine", ((3, "72100"), (99, "72110"))), (r"pelvis", ((2, "72170"), (99, "72190"))), (r"clavicle", ((99, "73000"),)), (r"shoulder", ((1, "73020"), (99, "73030"))), (r"humerus", ((99, "73060"),)), (r"elbow", ((2, "73070"), (99, "73080"))),
    (r"forearm", ((99, "73090"),)), (r"wrist", ((2, "73100"), (99, "73110"))), (r"fingers?|thumb", ((99, "73140"),)), (r"hand", ((2, "73120"), (99, "73130"))), (r"hips?", ((1, "73501"), (3, "73502"), (99, "73503"))), (r"femur", ((1, "73551"), (99, "73552"))),
    (r"knees?", ((2, "73560"), (3, "73562"), (99, "73564"))), (r"tib(?:ia)?[ /-]?fib\w*|lower leg", ((99, "73590"),)), (r"ankle", ((2, "73600"), (99, "73610"))), (r"toes?", ((99, "73660"),)), (r"calcaneus|heel", ((99, "73650"),)), (r"foot|feet", ((2, "73620"), (99, "73630"))),
    (r"abdomen|abdominal|kub", ((1, "74018"), (2, "74019"), (99, "74021"))), (r"sinus(?:es)?", ((2, "70210"), (99, "70220"))), (r"nasal bones?", ((99, "70160"),)), (r"sacrum|coccyx", ((99, "72220"),)), (r"si joints?|sacroiliac", ((2, "72200"), (99, "72202"))), (r"scoliosis", ((1, "72081"), (3, "72082"), (99, "72083"))),
)  # fmt: skip
_NO_SIDE: Final = ("71", "72", "74", "70")
_FEW: Final = {
    "one": 1,
    "single": 1,
    "two": 2,
    "three": 3,
    "four": 4,
    "five": 5,
    "ap and lateral": 2,
    "pa and lateral": 2,
    "ap/lat": 2,
    "pa/lat": 2,
    "2v": 2,
    "3v": 3,
    "ap": 1,
}


def film_lines(scene: Scene) -> list[Line]:
    """Return plain films taken or read by the practice, by region and views."""
    lines: list[Line] = []
    for deed in scene.deeds(r"\b(?:x-?rays?|xr|radiographs?|films?|cxr|(?:one|two|three|four|five|\d) (?:[\w-]+ )?views? of)\b"):
        said = deed.sentence.text.lower()
        own = re.search(
            r"\b(?:here|in (?:our |the )?(?:office|clinic)|in-office|taken|obtained|my (?:\w+ )?(?:read|interp\w*)|(?:read|reviewed|interpreted) by me|i (?:read|interpreted|personally reviewed)|wet read|our (?:office|machine|unit|suite)|today)\b",
            said,
        )
        if not own or re.search(
            r"\b(?:brought|disc|outside|hospital last|at the hospital|radiology read|radiologist|not (?:done|indicated)|no bony abnormality from)\b",
            said,
        ):
            continue
        views = _views(said)
        region = min(
            ((match.start(), codes) for words, codes in _FILMS if (match := _near(words, said, deed.start - deed.sentence.start))),
            key=lambda one: abs(one[0] - (deed.start - deed.sentence.start)),
            default=None,
        )
        if region is None:
            continue
        count = views or 2
        code = next(number for limit, number in region[1] if count <= limit)
        side = side_of(said)
        modifiers = (("26",) if scene.is_hospital else ()) + ((side,) if side and not code.startswith(_NO_SIDE) else ())
        if code == "73140" and (digit := digit_modifier(said)):
            modifiers = (("26",) if scene.is_hospital else ()) + (digit,)
        if all(other.code != code for other in lines):
            lines.append(line(deed, code, f"Plain film, {count} view(s), taken and read by the practice.", modifiers=modifiers))
    return lines


def _near(words: str, text: str, at: int) -> re.Match[str] | None:
    """Return the place of a region nearest to the word for the film."""
    return min(re.finditer(rf"\b(?:{words})\b", text), key=lambda match: abs(match.start() - at), default=None)


def _views(text: str) -> int | None:
    stated = re.search(r"(\d|one|two|three|four|five|single)[- ]?(?:[\w-]+ )?(?:views?|v\b)", text)
    if stated:
        return int(stated.group(1)) if stated.group(1).isdigit() else _FEW[stated.group(1)]
    for words, count in _FEW.items():
        if (" " in words or "/" in words or words in {"2v", "3v"}) and words in text:
            return count
    listed = re.search(
        r"\b(?:ap|pa|lateral|oblique|mortise|sunrise|notch|axillary|scapular y)(?:[, ]+(?:and )?(?:ap|pa|lateral|oblique|mortise|sunrise|notch|axillary|scapular y|lat))+",
        text,
    )
    if listed:
        return len(re.findall(r"\b(?:ap|pa|lateral|lat|oblique|mortise|sunrise|notch|axillary|scapular y)\b", listed.group()))
    return None


def bone_lines(scene: Scene) -> list[Line]:
    """Return every service on joints and bones."""
    care = fracture_lines(scene)
    reduced = None
    if scene.has(r"\b(?:nursemaid|radial head sublux)"):
        reduced = scene.first(r"\b(?:hyperpronat\w+|supinat\w+|reduc(?:ed|tion))\b")
    extra = (
        [
            line(
                reduced,
                "24640",
                "Reduction of a nursemaid's elbow.",
                modifiers=tuple(filter(None, (side_of(" ".join(re.findall(r"[^.\n]*nursemaid[^.\n]*", scene.low))),))),
            )
        ]
        if reduced is not None
        else []
    )
    manipulated = scene.first(r"\b(?:omt|osteopathic manipulat\w+)\b")
    if manipulated is not None:
        regions = find(r"(\d{1,2})(?:[- ]\d)? (?:body )?regions?", scene.low)
        number = int(regions.group(1)) if regions else 1
        extra.append(
            line(
                manipulated,
                f"9892{5 + (number > 2) + (number > 4) + (number > 6) + (number > 8)}",
                f"Osteopathic manipulation of {number} region(s).",
            )
        )
    return [*care, *support_lines(scene, in_fracture_care=bool(care)), *joint_lines(scene), *film_lines(scene), *extra]
