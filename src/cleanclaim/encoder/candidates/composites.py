"""Conditions that are a nature and a place: a contusion of the knee, a laceration of the left index finger, an abscess of the back.

The tables give the code of each nature at each site; `{s}` takes the side as in the lexicon, `{f}` the finger and its side.
"""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from cleanclaim.encoder.candidates.lexicon import Concept, fold
from cleanclaim.encoder.candidates.mentions import Mention, side_near
from cleanclaim.encoder.patterns import any_case, find
from cleanclaim.encoder.reading import Reading, Sentence
from cleanclaim.encoder.reading.sentences import tokens_of

_SITES: Final = {
    "thumb": "thumb", "index finger": "index", "middle finger": "middle", "long finger": "middle", "ring finger": "ring", "little finger": "little",
    "small finger": "little", "pinky": "little", "finger": "finger", "metacarpal": "metacarpal", "hand": "hand", "palm": "hand", "wrist": "wrist", "forearm": "forearm", "elbow": "elbow",
    "upper arm": "upperarm", "arm": "arm", "bicep": "upperarm", "shoulder": "shoulder", "scalp": "scalp", "head": "scalp", "forehead": "face", "chin": "face", "face": "face",
    "facial": "face", "temple": "face", "jaw": "face", "cheek": "cheek", "eyebrow": "eyelid", "eyelid": "eyelid", "nose": "nose", "nasal": "nose", "lip": "lip", "ear": "ear", "helix": "ear",
    "neck": "neck", "chest": "chest", "rib": "chest", "back": "back", "lower back": "lowerback", "low back": "lowerback", "flank": "lowerback", "abdomen": "abdomen",
    "abdominal": "abdomen", "buttock": "buttock", "gluteal": "buttock", "groin": "groin", "axilla": "axilla", "armpit": "axilla", "axillary": "axilla", "hip": "hip", "thigh": "thigh",
    "upper leg": "thigh", "knee": "knee", "patella": "knee", "leg": "leg", "lower leg": "lowerleg", "shin": "lowerleg", "calf": "lowerleg", "pretibial": "lowerleg", "ankle": "ankle", "foot": "foot", "heel": "foot",
    "plantar": "foot", "toe": "toe", "great toe": "greattoe", "big toe": "greattoe", "trunk": "back", "perianal": "perianal",
}  # fmt: skip
_FINGER: Final = {"index": 0, "middle": 2, "ring": 4, "little": 6}


def _table(text: str) -> dict[str, str]:
    return dict(pair.split("=", 1) for pair in text.split())


_SPECS: Final[dict[str, dict[str, str]]] = {
    "contusion": _table(
        "thumb=S60.01{s:12.9}A index=S60.02{s:12.9}A middle=S60.03{s:12.9}A ring=S60.04{s:12.9}A little=S60.05{s:12.9}A finger=S60.00XA hand=S60.22{s:12.9}A "
        "wrist=S60.21{s:12.9}A forearm=S50.1{s:12.0}XA elbow=S50.0{s:12.0}XA upperarm=S40.02{s:12.9}A arm=S40.02{s:12.9}A shoulder=S40.01{s:12.9}A scalp=S00.03XA face=S00.83XA "
        "cheek=S00.83XA nose=S00.33XA eyelid=S00.1{s:12.0}XA lip=S00.531A ear=S00.43{s:12.9}A neck=S10.93XA chest=S20.21{s:12.9}A back=S20.22{s:12.9}A "
        "lowerback=S30.0XXA buttock=S30.0XXA abdomen=S30.1XXA groin=S30.1XXA hip=S70.0{s:12.0}XA thigh=S70.1{s:12.0}XA knee=S80.0{s:12.0}XA lowerleg=S80.1{s:12.0}XA "
        "leg=S80.1{s:12.0}XA ankle=S90.0{s:12.0}XA foot=S90.3{s:12.0}XA toe=S90.12{s:12.9}A greattoe=S90.11{s:12.9}A"),
    "laceration": _table(
        "thumb=S61.01{s:12.9}A index=S61.21{f}A middle=S61.21{f}A ring=S61.21{f}A little=S61.21{f}A finger=S61.219A hand=S61.41{s:12.9}A wrist=S61.51{s:12.9}A "
        "forearm=S51.81{s:12.9}A elbow=S51.01{s:12.9}A upperarm=S41.11{s:12.9}A arm=S41.11{s:12.9}A shoulder=S41.01{s:12.9}A scalp=S01.01XA face=S01.81XA cheek=S01.41{s:12.9}A "
        "eyelid=S01.11{s:12.9}A nose=S01.21XA lip=S01.511A ear=S01.31{s:12.9}A neck=S11.91XA chest=S21.11{s:12.9}A back=S21.21{s:12.9}A lowerback=S31.010A "
        "buttock=S31.81{s:12.0}A abdomen=S31.119A hip=S71.01{s:12.9}A thigh=S71.11{s:12.9}A knee=S81.01{s:12.9}A lowerleg=S81.81{s:12.9}A leg=S81.81{s:12.9}A "
        "ankle=S91.01{s:12.9}A foot=S91.31{s:12.9}A toe=S91.11{s:45.6}A greattoe=S91.11{s:12.3}A"),
    "abrasion": _table(
        "thumb=S60.31{s:12.9}A index=S60.41{f}A middle=S60.41{f}A ring=S60.41{f}A little=S60.41{f}A finger=S60.419A hand=S60.51{s:12.9}A wrist=S60.81{s:12.9}A "
        "forearm=S50.81{s:12.9}A elbow=S50.31{s:12.9}A upperarm=S40.81{s:12.9}A arm=S40.81{s:12.9}A shoulder=S40.21{s:12.9}A scalp=S00.01XA face=S00.81XA cheek=S00.81XA nose=S00.31XA "
        "lip=S00.511A ear=S00.41{s:12.9}A neck=S10.91XA back=S20.41{s:12.9}A lowerback=S30.810A buttock=S30.810A abdomen=S30.811A hip=S70.21{s:12.9}A thigh=S70.31{s:12.9}A "
        "knee=S80.21{s:12.9}A lowerleg=S80.81{s:12.9}A leg=S80.81{s:12.9}A ankle=S90.51{s:12.9}A foot=S90.81{s:12.9}A toe=S90.41{s:45.6}A greattoe=S90.41{s:12.3}A"),
    "bite": _table(
        "thumb=S61.05{s:12.9}A index=S61.25{f}A middle=S61.25{f}A ring=S61.25{f}A little=S61.25{f}A finger=S61.259A hand=S61.45{s:12.9}A wrist=S61.55{s:12.9}A "
        "forearm=S51.85{s:12.9}A elbow=S51.05{s:12.9}A upperarm=S41.15{s:12.9}A arm=S41.15{s:12.9}A shoulder=S41.05{s:12.9}A scalp=S01.05XA face=S01.85XA cheek=S01.45{s:12.9}A nose=S01.25XA "
        "lip=S01.551A ear=S01.35{s:12.9}A buttock=S31.80{s:..5}A thigh=S71.15{s:12.9}A knee=S81.05{s:12.9}A lowerleg=S81.85{s:12.9}A leg=S81.85{s:12.9}A ankle=S91.05{s:12.9}A foot=S91.35{s:12.9}A"),
    "insect bite": _table(
        "hand=S60.56{s:12.9}A wrist=S60.86{s:12.9}A forearm=S50.86{s:12.9}A elbow=S50.36{s:12.9}A upperarm=S40.86{s:12.9}A arm=S40.86{s:12.9}A shoulder=S40.26{s:12.9}A scalp=S00.06XA "
        "face=S00.86XA cheek=S00.86XA neck=S10.96XA chest=S20.36{s:12.9}A back=S20.46{s:12.9}A lowerback=S30.860A buttock=S30.860A abdomen=S30.861A hip=S70.26{s:12.9}A thigh=S70.36{s:12.9}A "
        "knee=S80.26{s:12.9}A lowerleg=S80.86{s:12.9}A leg=S80.86{s:12.9}A ankle=S90.56{s:12.9}A foot=S90.86{s:12.9}A ear=S00.46{s:12.9}A"),
    "puncture": _table("hand=S61.43{s:12.9}A finger=S61.239A index=S61.23{f}A middle=S61.23{f}A ring=S61.23{f}A little=S61.23{f}A thumb=S61.03{s:12.9}A foot=S91.33{s:12.9}A "
        "forearm=S51.83{s:12.9}A lowerleg=S81.83{s:12.9}A thigh=S71.13{s:12.9}A knee=S81.03{s:12.9}A"),
    "burn": _table("hand=T23.20{s:12.9}A forearm=T22.21{s:12.9}A upperarm=T22.23{s:12.9}A arm=T22.21{s:12.9}A face=T20.20XA lowerleg=T24.23{s:12.9}A leg=T24.23{s:12.9}A thigh=T24.21{s:12.9}A "
        "foot=T25.22{s:12.9}A finger=T23.22{s:12.9}A wrist=T23.27{s:12.9}A abdomen=T21.22XA chest=T21.21XA"),
    "abscess": _table("face=L02.01 cheek=L02.01 nose=L02.01 neck=L02.11 abdomen=L02.211 back=L02.212 lowerback=L02.212 chest=L02.213 groin=L02.214 buttock=L02.31 axilla=L02.41{s:12.9} "
        "forearm=L02.41{s:34.9} arm=L02.41{s:34.9} upperarm=L02.41{s:34.9} elbow=L02.41{s:34.9} shoulder=L02.41{s:34.9} thigh=L02.41{s:56.9} leg=L02.41{s:56.9} lowerleg=L02.41{s:56.9} knee=L02.41{s:56.9} "
        "hand=L02.51{s:12.9} foot=L02.61{s:12.9} scalp=L02.811 perianal=K61.0"),
    "cellulitis": _table("finger=L03.01{s:12.9} index=L03.01{s:12.9} middle=L03.01{s:12.9} ring=L03.01{s:12.9} little=L03.01{s:12.9} thumb=L03.01{s:12.9} toe=L03.03{s:12.9} greattoe=L03.03{s:12.9} axilla=L03.11{s:12.9} "
        "hand=L03.11{s:34.9} wrist=L03.11{s:34.9} forearm=L03.11{s:34.9} elbow=L03.11{s:34.9} arm=L03.11{s:34.9} upperarm=L03.11{s:34.9} thigh=L03.11{s:56.9} knee=L03.11{s:56.9} lowerleg=L03.11{s:56.9} "
        "leg=L03.11{s:56.9} ankle=L03.11{s:56.9} foot=L03.11{s:56.9} face=L03.211 cheek=L03.211 nose=L03.211 neck=L03.221 abdomen=L03.311 back=L03.312 lowerback=L03.312 chest=L03.313 groin=L03.314 buttock=L03.317 scalp=L03.811"),
    "basal": _table("nose=C44.311 face=C44.319 cheek=C44.319 scalp=C44.41 neck=C44.41 back=C44.519 chest=C44.519 abdomen=C44.519 lowerback=C44.519 ear=C44.21{s:29.1} lip=C44.01 hand=C44.61{s:29.1} forearm=C44.61{s:29.1} "
        "arm=C44.61{s:29.1} upperarm=C44.61{s:29.1} shoulder=C44.61{s:29.1} leg=C44.71{s:29.1} lowerleg=C44.71{s:29.1} thigh=C44.71{s:29.1} foot=C44.71{s:29.1}"),
    "squamous": _table("nose=C44.321 face=C44.329 cheek=C44.329 scalp=C44.42 neck=C44.42 back=C44.529 chest=C44.529 abdomen=C44.529 lowerback=C44.529 ear=C44.22{s:29.1} lip=C44.02 hand=C44.62{s:29.1} forearm=C44.62{s:29.1} "
        "arm=C44.62{s:29.1} upperarm=C44.62{s:29.1} shoulder=C44.62{s:29.1} leg=C44.72{s:29.1} lowerleg=C44.72{s:29.1} thigh=C44.72{s:29.1} foot=C44.72{s:29.1}"),
    "melanoma": _table("nose=C43.31 face=C43.39 cheek=C43.39 scalp=C43.4 neck=C43.4 back=C43.59 chest=C43.59 abdomen=C43.59 lowerback=C43.59 ear=C43.2{s:12.0} lip=C43.0 hand=C43.6{s:12.0} forearm=C43.6{s:12.0} "
        "arm=C43.6{s:12.0} upperarm=C43.6{s:12.0} shoulder=C43.6{s:12.0} leg=C43.7{s:12.0} lowerleg=C43.7{s:12.0} thigh=C43.7{s:12.0} foot=C43.7{s:12.0}"),
    "foreign body": _table("hand=S60.55{s:12.9}A finger=S60.459A index=S60.45{f}A middle=S60.45{f}A ring=S60.45{f}A little=S60.45{f}A foot=S90.85{s:12.9}A forearm=S50.85{s:12.9}A lowerleg=S80.85{s:12.9}A"),
    "fracture": _table("metacarpal=S62.3 index=S62.6 middle=S62.6 ring=S62.6 little=S62.6 finger=S62.6 thumb=S62.5"),
}  # fmt: skip
_NATURES: Final = {
    "contusion": "contusion", "bruise": "contusion", "bruising": "contusion", "hematoma": "contusion", "laceration": "laceration", "lac": "laceration", "cut": "laceration", "abrasion": "abrasion",
    "scrape": "abrasion", "dog bite": "bite", "cat bite": "bite", "animal bite": "bite", "human bite": "bite", "tick bite": "insect bite", "insect bite": "insect bite", "bug bite": "insect bite",
    "spider bite": "insect bite", "puncture": "puncture", "burn": "burn", "abscess": "abscess", "furuncle": "abscess", "boil": "abscess", "cellulitis": "cellulitis", "basal cell carcinoma": "basal",
    "bcc": "basal", "basal cell": "basal", "squamous cell carcinoma": "squamous", "scc": "squamous", "squamous cell": "squamous", "melanoma": "melanoma", "foreign body": "foreign body",
    "splinter": "foreign body", "fracture": "fracture",
}  # fmt: skip
_NATURE_WORD: Final = re.compile("|".join(sorted({name.split()[0] for name in _NATURES})))
_MARK: Final = re.compile(r"\{s:(.)(.)\.(.)\}|\{s:\.\.(.)\}")
_KINDS: Final = {"abscess": "a", "cellulitis": "a", "basal": "n", "squamous": "n", "melanoma": "n"}


class _Hit(NamedTuple):
    name: str
    first: int
    last: int
    side: str = ""


_SKIN_PLACE: Final = any_case(r"\b(?:rash|erythema|redness|bite|warmth|swelling|papule|tick)\b[^.\n]{0,60}?\b(right|left) (\w+)")


def _site_of_skin(reading: Reading, nature: _Hit) -> _Hit | None:
    """Return the place of a bite that only the exam tells: where the rash or the redness is."""
    for match in _SKIN_PLACE.finditer(reading.lowered):
        name = _SITES.get(match.group(2))
        if name in _SPECS["insect bite"]:
            return _Hit(name, nature.first, nature.last, match.group(1))
    return None


def find_composites(reading: Reading, sentence: Sentence, start: int, end: int) -> list[Mention]:
    """Return the mentions of a nature with a site within a stretch of a sentence."""
    if not _NATURE_WORD.search(reading.lowered, start, end):
        return []
    tokens = tokens_of(reading.text, start, end)
    keys = [fold(token.key) for token in tokens]
    natures = _hits(keys, _NATURES)
    if not natures:
        return []
    sites = _hits(keys, _SITES)
    found: list[Mention] = []
    for nature in natures:
        table = _SPECS[nature.name]
        near = sorted(
            (abs(site.first - nature.first) + 0.5 * (site.first < nature.first), site)
            for site in sites
            if site.name in table or site.name == "leg"
        )
        site = next((hit for gap, hit in near if gap <= 9), None)
        if site is None and nature.name == "insect bite":
            site = _site_of_skin(reading, nature)
        if site is None:
            continue
        first, last = (nature.first, nature.last) if site.side else (min(nature.first, site.first), max(nature.last, site.last))
        side = site.side or side_near(keys, first, last)
        place = "thigh" if site.name == "leg" and find(r"\b(?:upper leg|thigh)\b", reading.lowered) else site.name
        spec = _spec(table.get(place, table.get(site.name, "")), nature.name, place, side, reading.lowered)
        if not spec:
            continue
        at, until = tokens[first].start, tokens[last].end
        assertion, cue = reading.assertion(sentence, tokens[nature.first].start, tokens[nature.last].end)
        found.append(Mention(at, until, sentence, Concept(spec, _KINDS.get(nature.name, "i")), 3, side, assertion, cue))
    return found


def _hits(keys: list[str], names: dict[str, str]) -> list[_Hit]:
    found = []
    skip = -1
    for at, _key in enumerate(keys):
        if at <= skip:
            continue
        for width in (3, 2, 1):
            name = names.get(" ".join(keys[at : at + width]))
            if name:
                found.append(_Hit(name, at, min(len(keys), at + width) - 1))
                skip = at + width - 1
                break
    return found


def _spec(template: str, nature: str, site: str, side: str, text: str) -> str:
    if nature == "fracture":
        return _finger_fracture(site, side, text)
    if "{f}" in template:
        digit = {"right": _FINGER[site], "left": _FINGER[site] + 1}.get(side, 8 if site else 9)
        return template.replace("{f}", str(digit))
    mark = _MARK.search(template)
    if mark is None:
        return template
    if mark.group(4):
        return template.replace(mark.group(), mark.group(4))
    return template[: mark.start()] + "{s=" + f"{mark.group(1)},{mark.group(2)},,{mark.group(3)}" + "}" + template[mark.end() :]


_METACARPALS: Final = ("second|2nd|index", "third|3rd|middle|long", "fourth|4th|ring", "fifth|5th|small|little")


def _finger_fracture(site: str, side: str, text: str) -> str:
    """Fractures of the fingers: the phalanx, whether displaced (not said means displaced, guideline I.C.19.c), and the finger."""
    if site == "metacarpal":
        which = next(
            (at for at, words in enumerate(_METACARPALS) if re.search(rf"\b(?:{words})\b[^.\n]{{0,20}}metacarpal", text)), None
        )
        return f"S62.30{which * 2 + (side == 'left')}A" if side and which is not None else "S62.309A"
    still = "nondisplaced" in text or "non-displaced" in text
    part = (
        3
        if "distal phalanx" in text or "tuft" in text
        else 2
        if "middle phalanx" in text
        else 1
        if "proximal phalanx" in text
        else 0
    )
    if site == "thumb":
        if part not in {1, 3}:
            return "S62.50{s=1,2,,9}A"
        digits = "4,5,,6" if still else "1,2,,3"
        return f"S62.5{1 if part == 1 else 2}{{s={digits}}}A"
    if site == "finger":
        return f"S62.6{part + 3 if still and part else part}9A"
    place = {"right": _FINGER[site], "left": _FINGER[site] + 1}.get(side, 8)
    return f"S62.6{part + 3 if still and part else part}{place}A"
