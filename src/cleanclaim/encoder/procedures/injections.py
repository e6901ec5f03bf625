"""Vaccines with their administration, injected drugs with units, infusions, inhalations."""

from __future__ import annotations

import math
import re
from typing import Final

from cleanclaim.encoder.patterns import any_case, find
from cleanclaim.encoder.procedures.drug_units import DRUGS
from cleanclaim.encoder.procedures.scene import Deed, Line, Scene, line

_VACCINES: Final[tuple[tuple[str, str, int], ...]] = (
    # (words, CPT number, components counted for counselled administration)
    (r"vaxelis", "90697", 6), (r"pentacel", "90698", 5), (r"pediarix", "90723", 5), (r"kinrix|quadracel", "90696", 4), (r"proquad|mmrv", "90710", 4), (r"m-?m-?r(?: ?ii)?\b(?!v)|priorix", "90707", 3),
    (r"varivax|varicella vaccine|varicella (?=sc|0\.5|sq|subq)", "90716", 1), (r"prevnar ?20|pcv ?-?20", "90677", 1), (r"prevnar ?13|pcv ?-?13", "90670", 1), (r"vaxneuvance|pcv ?-?15", "90671", 1), (r"capvaxive|pcv ?-?21", "90684", 1),
    (r"pneumovax|ppsv ?-?23", "90732", 1), (r"rotateq", "90680", 1), (r"rotarix", "90681", 1), (r"adacel|boostrix|\btdap\b", "90715", 3), (r"tenivac|tdvax|\btd vaccine|\btd booster", "90714", 2), (r"daptacel|infanrix|\bdtap\b(?!-|/| ?ipv)", "90700", 3),
    (r"\bipol\b|(?<!-)\bipv\b(?! ?-|/)", "90713", 1), (r"pedvax ?hib|prp-omp", "90647", 1), (r"acthib|hiberix|\bhib\b(?!-)", "90648", 1), (r"havrix|vaqta|hepatitis a vaccine|hep ?a vaccine", "90633", 1),
    (r"engerix|recombivax|hepatitis b vaccine|hep ?b vaccine", "90744", 1), (r"heplisav", "90739", 1), (r"gardasil|\bhpv ?9|9vhpv|hpv vaccine", "90651", 1), (r"menquadfi", "90619", 1), (r"menveo|menactra|menacwy", "90734", 1), (r"bexsero", "90620", 1), (r"trumenba", "90621", 1), (r"penbraya", "90623", 2),
    (r"shingrix", "90750", 1), (r"fluzone high|high[- ]dose (?:flu|influenza)|(?:flu|influenza) (?:shot|vaccine)[ ,(-]{1,3}high[- ]dose|flu(?:zone)?[ -]hd", "90662", 1), (r"fluad", "90653", 1), (r"flublok", "90673", 1), (r"flumist", "90660", 1), (r"flucelvax", "90661", 1),
    (r"fluarix|flulaval|fluzone|afluria|flu (?:shot|vaccine)|influenza vaccine|trivalent influenza", "90656", 1), (r"arexvy", "90679", 1), (r"abrysvo", "90678", 1), (r"mresvia", "90683", 1),
    (r"comirnaty|pfizer covid|covid[- ]?19 vaccine.{0,30}pfizer", "91320", 1), (r"spikevax|moderna covid", "91322", 1), (r"novavax|nuvaxovid", "91304", 1), (r"twinrix", "90636", 2), (r"typhim|typhoid vaccine", "90691", 1), (r"imovax|rabavert|rabies vaccine", "90675", 1),
)  # fmt: skip
_LISTED: Final[tuple[tuple[str, str, int], ...]] = (
    # short names that mean a vaccine only where vaccines are listed as given
    (r"varicella", "90716", 1), (r"hep(?:atitis)? ?a\b", "90633", 1), (r"hep(?:atitis)? ?b\b", "90744", 1), (r"polio", "90713", 1), (r"hpv\b", "90651", 1), (r"(?:pneumococcal|pcv)\b", "90677", 1), (r"influenza|\bflu\b", "90656", 1),
    (r"zoster|shingles", "90750", 1), (r"tetanus(?: shot| booster)?", "90715", 3),
)  # fmt: skip
_LISTING: Final = re.compile(r"\b(?:vaccin\w+|immuni[sz]\w+|shots?|given|administered|mmr|dtap|tdap|ipv|hib|prevnar|pcv ?\d+)\b")
_ORAL: Final = frozenset({"90680", "90681"})
_FLU: Final = frozenset({"90656", "90653", "90662", "90661", "90673", "90660", "90657"})
_PNEUMOCOCCAL: Final = frozenset({"90677", "90670", "90671", "90732", "90684"})
_NASAL: Final = frozenset({"90660"})
_MEDICARE_ADMIN: Final = {
    "90656": "G0008",
    "90653": "G0008",
    "90662": "G0008",
    "90661": "G0008",
    "90673": "G0008",
    "90660": "G0008",
    "90677": "G0009",
    "90732": "G0009",
    "90671": "G0009",
    "90684": "G0009",
    "90670": "G0009",
    "90739": "G0010",
    "90744": "G0010",
    "90746": "G0010",
}
_NUMBER: Final = r"(\d+(?:[.,]\d+)?)"
_OF_BEFORE: Final = re.compile(
    r"^(?: vaccines?| dose| series)?[ ,:(-]{0,3}(?:(?:was |were )?(?:already |previously )?(?:given|done|received|got|had|last) )?(?:(?:at|in) (?:the |her |his )?(?:hospital|nursery|birth|pharmacy|college|school|army)\b|(?:in |on )?(?:\d{1,2}/)?(?:19|20)\d\d\b|up to date|utd\b|already (?:done|given|had)|(?:done |given )?already|last (?:year|fall|month)|x ?\d (?:done|complete))"
)
"""What follows the name of a vaccine that was given another day or by another."""

_ROUTE: Final = any_case(
    r"\b(?:im\b|i\.m\.|intramuscular\w*|sc\b|sq\b|subq|subcut\w*|s\.c\.|deltoid|gluteal|ventrogluteal|vastus|thigh)"
)
_PUSH: Final = any_case(r"\biv ?push|ivp\b|intravenous push|slow push|pushed iv|iv bolus")


def vaccine_lines(scene: Scene) -> list[Line]:
    """Return the vaccine products given and their administration."""
    given: list[tuple[str, int, Line]] = []
    taken: list[tuple[int, int]] = []
    for words, code, parts in _VACCINES:
        for deed in scene.deeds(rf"(?:{words})(?! (?:titer|antibod|igg|immunity|status))"):
            if any(start - 40 <= deed.start <= end + 40 and other == code for other, _, (_, start, end, *_rest) in given) or any(
                start <= deed.start <= end for start, end in taken
            ):
                continue
            before = scene.low[max(0, deed.start - 50) : deed.start].rsplit("\n", 1)[-1]
            beside = before + scene.low[deed.start : deed.end + 90].split("\n", 1)[0]
            shown = deed.sentence.section.kind == "immunizations" or re.search(
                r"\b(?:im|sc|sq|subq|po|mg|ml|mcg|intramuscular\w*|deltoid|thigh|arm|given|administered|received|dose|lot|oral\w*|intranasal|by rn|by ma|0\.5|today)\b",
                beside,
            )
            if (
                not shown
                or any(other == code or {other, code} <= _FLU for other, _, _ in given)
                or _OF_BEFORE.search(scene.low[deed.end : deed.end + 60])
            ):
                continue
            stretch = (
                deed.start,
                deed.end + (len(m.group()) if (m := re.match(r"[ ]?\([^)]{0,50}\)", scene.low[deed.end : deed.end + 60])) else 0),
            )
            taken.append(stretch)
            given.append((code, parts, line(deed, _by_age(code, scene), "The vaccine product that the note names as given.")))
    given.extend(_listed(scene, given))
    given.sort(key=lambda item: item[2].start)
    return [item[2] for item in given] + _administration(scene, given)


def _listed(scene: Scene, given: list[tuple[str, int, Line]]) -> list[tuple[str, int, Line]]:
    """Return the vaccines that a list of what was given names shortly ("MMR, varicella, hep A given today")."""
    found: list[tuple[str, int, Line]] = []
    for words, code, parts in _LISTED:
        if any(
            other == code
            or {other, code} <= _FLU
            or (code == "90677" and other in _PNEUMOCOCCAL)
            or (code == "90715" and other in {"90714", "90700"})
            for other, _, _ in given
        ):
            continue
        for deed in scene.deeds(
            rf"\b(?:{words})(?! (?:titer|antibod|igg|immunity|status|infection|carrier|surface|test|swab|screen|positive|negative))"
        ):
            said = deed.sentence.text.lower()
            if _OF_BEFORE.search(scene.low[deed.end : deed.end + 60]):
                continue
            if deed.sentence.section.kind == "immunizations" or (
                len(_LISTING.findall(said)) >= 2 and re.search(r"\b(?:given|administered|received|today)\b", said)
            ):
                found.append((code, parts, line(deed, _by_age(code, scene), "A vaccine that the note lists as given.")))
                break
    return found


def _by_age(code: str, scene: Scene) -> str:
    years = scene.reading.patient.age_years
    if code == "90744" and years is not None and years >= 20:
        return "90746"
    if code == "90633" and years is not None and years >= 19:
        return "90632"
    return {"90656": "90657"}.get(code, code) if find(r"0\.25 ?ml", scene.low) and code == "90656" else code


def _administration(scene: Scene, given: list[tuple[str, int, Line]]) -> list[Line]:
    if not given:
        return []
    anchor = given[0][2]
    years = scene.reading.patient.age_years
    counselled = find(
        r"\b(?:md|dr\b\.?|do|np|pa|physician|provider|i|me|doctor)\b[^.\n]{0,60}\bcounsel\w*|counsel\w* (?:\w+ ){0,5}by (?:me|md|dr|physician|provider|np)|vaccine counsel\w+ by|counseled (?:mom|mother|father|dad|parents?|her and)|(?:discussed|reviewed|went over) (?:each|the|all|these|every) (?:\w+ )?(?:vaccin\w+|immuni[sz]\w+|shots?)|spoke w/",
        scene.low,
    )
    if counselled and re.search(
        r"\b(?:no|not|without)\b[^.\n]{0,40}$",
        scene.low[max(0, counselled.start() - 20) : counselled.end()].rsplit("counsel", 1)[0],
    ):
        counselled = None
    place = (counselled.start(), counselled.end()) if counselled else (anchor.start, anchor.end)
    covid = [item for item in given if item[0].startswith("913")]
    plain = [item for item in given if not item[0].startswith("913")]
    lines = [Line("90480", item[2].start, item[2].end, "Administration of a COVID-19 vaccine, one each.") for item in covid]
    if counselled and years is not None and years <= 18:
        first = len(plain)
        more = sum(parts - 1 for _, parts, _ in plain)
        if first:
            lines.append(
                Line(
                    "90460",
                    *place,
                    "First component of each vaccine given with counselling by the clinician, to 18 years.",
                    units=first,
                )
            )
        if more:
            lines.append(Line("90461", *place, "Each further component of the vaccines given with counselling.", units=more))
        return lines
    rest: list[tuple[str, int, Line]] = []
    for item in plain:
        code = item[0]
        if scene.is_medicare and code in _MEDICARE_ADMIN:
            lines.append(
                Line(
                    _MEDICARE_ADMIN[code],
                    item[2].start,
                    item[2].end,
                    "Medicare has its own codes for giving influenza, pneumococcal and hepatitis B vaccines.",
                )
            )
        else:
            rest.append(item)
    shots = [item for item in rest if item[0] not in _ORAL | _NASAL]
    mouth = [item for item in rest if item[0] in _ORAL | _NASAL]
    if shots:
        lines.append(
            Line(
                "90471",
                shots[0][2].start,
                shots[0][2].end,
                "First injected vaccine without counselling by the clinician, or over 18 years.",
            )
        )
        if len(shots) > 1:
            lines.append(Line("90472", shots[1][2].start, shots[1][2].end, "Each further injected vaccine.", units=len(shots) - 1))
    if mouth:
        lines.append(Line("90474" if shots else "90473", mouth[0][2].start, mouth[0][2].end, "Oral or nasal vaccine."))
        if len(mouth) > 1:
            lines.append(
                Line("90474", mouth[1][2].start, mouth[1][2].end, "Each further oral or nasal vaccine.", units=len(mouth) - 1)
            )
    return lines


def antibody_lines(scene: Scene) -> list[Line]:
    """Return the RSV antibody and its own administration codes."""
    deed = next(
        (
            one
            for one in scene.deeds(r"nirsevimab|beyfortus|clesrovimab|enflonsia")
            if re.search(r"\b(?:ml|im|thigh|given|prefilled)\b", scene.low[one.start : one.end + 80])
        ),
        None,
    )
    if deed is None:
        return []
    near = scene.low[deed.start : deed.end + 80]
    code = (
        "90382" if "clesrovimab" in near or "enflonsia" in near else "90380" if re.search(r"\b50 ?mg|0\.5 ?ml", near) else "90381"
    )
    counselled = find(r"\b(?:dr\b\.?|md|physician|np|provider)[^.\n]{0,60}\b(?:spoke|counsel\w*|discuss\w*)", scene.low)
    units = 2 if re.search(r"\b200 ?mg", near) else 1
    return [
        line(deed, code, "The RSV antibody product and its dose.", units=units),
        Line(
            "96380" if counselled else "96381",
            *((counselled.start(), counselled.end()) if counselled else (deed.start, deed.end)),
            "Giving an RSV antibody has its own code, with or without counselling by the clinician.",
        ),
    ]


_SENTENCE_BEFORE: Final = 130
"""The injection of a joint may be told in one sentence and what was injected in the next."""


def drug_lines(scene: Scene) -> list[Line]:
    """Return injected drugs with units, and the injections and infusions that gave them."""
    lines: list[Line] = []
    shots = 0
    joint = scene.has(
        r"\b(?:joint|knee|shoulder|hip|bursa|trigger (?:finger|point)|carpal tunnel|tendon sheath|intra-?articular|subacromial|epidural|fascia|epicondyl\w*|lesion\w*|keloid|intralesional)\b[^.\n]{0,60}\binject|inject\w*[^.\n]{0,60}\b(?:joint|knee|shoulder|hip|bursa|carpal|sheath|space|subacromial|lesion|keloid|fascia)|\b(?:glenohumeral|knee|shoulder|hip|bursa|subacromial|joint) inj\b"
    )
    if scene.is_hospital:
        return []
    for words, code, per, measure in DRUGS:
        if not code:
            continue
        for deed in scene.deeds(rf"\b(?:{words})\b"):
            near = (
                scene.low[max(0, deed.start - 45) : deed.end + 110].split("\n")[0]
                if "\n" not in scene.low[max(0, deed.start - 45) : deed.start]
                else scene.low[deed.start : deed.end + 110].split("\n")[0]
            )
            after = scene.low[deed.end : deed.end + 110].split("\n")[0]
            injected = (
                _ROUTE.search(near)
                or _PUSH.search(near)
                or re.search(r"\binject\w*|\binj\b|\biv\b|infus\w+|intravitreal|intravesical", near)
                or (
                    joint
                    and re.search(r"\binject\w*", scene.low[max(0, deed.sentence.start - _SENTENCE_BEFORE) : deed.sentence.end])
                    and re.search(rf"{_NUMBER} ?(?:mg|mcg|units)\b", scene.low[max(0, deed.start - 20) : deed.end + 20])
                )
                or (joint and re.search(r"\binject\w*", deed.sentence.text.lower()))
                or (code.startswith("J732") and scene.has(r"\b(?:superolateral|aspirat\w+|guidance|needle|injected)\b"))
                or (code == "J9030" and scene.has(r"\binstill\w+|\bintravesical"))
            )
            if (
                not injected
                or re.search(
                    r"\b(?:oral|po|tablet|tab|odt|rx|own|from home|cream|daily|bid|prescri\w+|ointment|qhs|#\d+)\b", after[:45]
                )
                or re.search(r"\b(?:rx|start\w*|continue|prescri\w+)\b", scene.low[max(0, deed.start - 18) : deed.start])
            ):
                continue
            if code.startswith("J732") and (syringe := re.search(r"\d+ ?mg ?/ ?\d+(?:\.\d+)? ?ml[^.\n]{0,30}", scene.low)):
                after = syringe.group()
            units = _units(after, scene.low[max(0, deed.start - 40) : deed.start], per, measure)
            said = deed.sentence.text.lower()
            if joint and "total" not in said and re.search(r"\beach (?:knee|shoulder|hip|heel|wrist|elbow|ankle)\b", said):
                units *= 2
            if any(other.code == code for other in lines):
                continue
            lines.append(line(deed, code, f"{code} is counted in units of {per:g} {measure}.", units=units))
            if (_ROUTE.search(near) or _ROUTE.search(deed.sentence.text)) and not joint and not _PUSH.search(near):
                shots += 1
                place = _ROUTE.search(scene.text, deed.start)
                lines.append(
                    Line(
                        "96372",
                        deed.start,
                        place.end() if place else deed.end,
                        "A drug injected into muscle or under the skin.",
                        group="shot",
                    )
                )
            elif _PUSH.search(near):
                first = not any(other.code in {"96374", "96365", "96360"} for other in lines)
                lines.append(line(deed, "96374" if first else "96375", "A drug pushed into a vein."))
            elif re.search(r"\b(?:iv|intravenous\w*|infus\w+)\b", near + deed.sentence.text.lower()) and not joint:
                lines.extend(_infused(scene, deed, code, lines))
    return lines


_AS_CHEMOTHERAPY: Final = frozenset("J1745 J2350 J2323 J3380 J3262 J0129 J9312 J1602 J2327".split())
"""Monoclonal antibodies and other complex biologics are infused as chemotherapy is."""


def _infused(scene: Scene, deed: Deed, code: str, lines: list[Line]) -> list[Line]:
    """Return a drug's infusion by its minutes: 16 to 90 the first hour, each further hour from 31 minutes beyond."""
    minutes = number_of_minutes(scene.low[deed.start : deed.start + 220]) or number_of_minutes(
        scene.low[max(0, deed.start - 120) : deed.start]
    )
    first, more = ("96413", "96415") if code in _AS_CHEMOTHERAPY else ("96365", "96366")
    if minutes is None or minutes < 16 or any(one.code in {"96413", "96365"} for one in lines):
        return []
    made = [line(deed, first, f"Infusion of {minutes} minutes, first hour.")]
    if minutes > 90:
        made.append(line(deed, more, "Each further hour of the infusion, from 31 minutes on.", units=(minutes - 60 + 29) // 60))
    return made


_TOXIN: Final[tuple[tuple[str, str, str], ...]] = (
    (r"\bmigraine\w*|\bpreempt\b", "64615", "Botulinum toxin for chronic migraine, one session."),
    (r"\b(?:cervical dystonia|torticollis)\b", "64616", "Botulinum toxin into the muscles of the neck."),
    (r"\b(?:blepharospasm|hemifacial)\b", "64612", "Botulinum toxin into muscles of the face."),
    (r"\baxilla\w* hyperhidrosis|hyperhidrosis[^.\n]{0,30}axilla", "64650", "Botulinum toxin into the armpits."),
)


def toxin_lines(scene: Scene, drugs: list[Line]) -> list[Line]:
    """Return the injection of botulinum toxin by what it was given for, and what was thrown away of a vial."""
    toxin = next((one for one in drugs if one.code == "J0585"), None)
    lines: list[Line] = []
    if toxin is not None:
        number = next(((code, why) for words, code, why in _TOXIN if scene.has(words)), None)
        if number is not None:
            lines.append(Line(number[0], toxin.start, toxin.end, number[1]))
    for one in [drug for drug in drugs if drug.code.startswith("J")]:
        waste = re.search(rf"\b(?:wast(?:e|ed|age)|discard(?:ed)?)[: ]{{1,2}}{_NUMBER} ?(mg|mcg|units)\b|{_NUMBER} ?(mg|mcg|units) (?:was |were )?(?:wasted|discarded)", scene.low[one.end : one.end + 160])  # fmt: skip
        per = next(((per, measure) for _, code, per, measure in DRUGS if code == one.code), None)
        if waste is not None and per is not None:
            amount = (waste.group(1) or waste.group(3)) + " " + (waste.group(2) or waste.group(4))
            lines.append(
                Line(
                    one.code,
                    one.end + waste.start(),
                    one.end + waste.end(),
                    "Drug thrown away of a single-dose vial: modifier JW.",
                    ("JW",),
                    _units(amount, "", *per),
                )
            )
            break
    return lines


def _units(after: str, before: str, per: float, measure: str) -> int:
    if measure == "dose":
        return 1
    ladder = {
        "mg": 1.0,
        "mcg": 0.001,
        "g": 1000.0,
        "gm": 1000.0,
        "gram": 1000.0,
        "grams": 1000.0,
        "units": 1.0,
        "million units": 1_000_000.0,
        "iu": 1.0,
    }
    filled = re.search(rf"{_NUMBER} ?(mg|mcg|units)/{_NUMBER} ?ml(?! [^.]{{0,12}}\d ?ml)", after)
    if (
        filled
        and float(filled.group(3).replace(",", "")) > 1
        and not re.search(r"\b\d+(?:\.\d+)? ?ml\b", after[filled.end() : filled.end() + 30])
    ):
        # "48 mg/6 mL": what the whole syringe holds
        twice = 2 if re.search(r"\b(?:each|both|bilateral)\b", after[: filled.end() + 40]) else 1
        return max(
            1,
            math.ceil(
                twice
                * float(filled.group(1).replace(",", ""))
                * ladder[filled.group(2)]
                / (per * (0.001 if measure == "mcg" else 1.0))
                - 1e-9
            ),
        )
    strength = re.search(
        rf"{_NUMBER} ?(mg|mcg|gm|grams?|(?<=[1-4] )g|(?<=\b[1-4])g|million units|units|iu)\b(?! ?/ ?(?:ml|cc))", after
    ) or re.search(
        rf"{_NUMBER} ?(mg|mcg|gm|grams?|(?<=[1-4] )g|(?<=\b[1-4])g|million units|units|iu)\b(?! ?/ ?(?:ml|cc))[^.;,]{{0,20}}$",
        before,
    )
    amount: float | None = None
    if strength:
        amount = float(strength.group(1).replace(",", "")) * ladder[strength.group(2)]
    else:
        dense = re.search(rf"{_NUMBER} ?(mg|mcg|units)/ ?(?:ml|cc)[^.]{{0,20}}?{_NUMBER} ?(?:ml|cc)", after)
        if dense:
            amount = float(dense.group(1).replace(",", "")) * ladder[dense.group(2)] * float(dense.group(3))
    if amount is None:
        return 1
    unit = per * (0.001 if measure == "mcg" else 1.0)
    return max(1, math.ceil(amount / unit - 1e-9))


def infusion_lines(scene: Scene) -> list[Line]:
    """Return hydration and therapeutic infusions by their minutes."""
    if scene.is_hospital:
        return []
    deed = scene.first(
        r"\b(?:normal saline|0\.9% (?:saline|sodium chloride)|ns|lactated ringer\w*|lr|iv fluids?|d5)\b[^.\n]{0,60}\b(?:iv|bolus|hydrat\w+|rehydrat\w+|infus\w+|ml|liter|l)\b"
    )
    if deed is None:
        return []
    minutes = number_of_minutes(scene.low[deed.start : deed.start + 260])
    lines: list[Line] = []
    if minutes is not None and minutes >= 31:
        lines.append(line(deed, "96360", f"Hydration of {minutes} minutes: the first hour starts at 31 minutes."))
        if minutes >= 91:
            lines.append(
                line(deed, "96361", "Each further hour of hydration, counted past 30 minutes.", units=(minutes - 60 + 29) // 60)
            )
    near = scene.low[deed.start : deed.end + 60]
    volume = re.search(r"(\d{3,4}) ?ml|(\d(?:\.\d)?) ?(?:l\b|liter)", near)
    amount = (float(volume.group(1)) if volume.group(1) else float(volume.group(2)) * 1000) if volume else 1000
    if minutes is not None and minutes >= 31:
        ringer = "ringer" in near or re.search(r"\blr\b", near)
        code, per = ("J7120", 1000) if ringer else ("J7030", 1000) if amount > 500 else ("J7040", 500)
        lines.append(line(deed, code, f"The solution infused, in units of {per} mL.", units=max(1, round(amount / per))))
    return lines


def number_of_minutes(text: str) -> int | None:
    """Return the minutes that a text states, or counts from start and stop times."""
    stated = re.search(r"(\d{1,3}) ?(?:min\b|minutes)", text)
    if stated:
        return int(stated.group(1))
    clock = re.search(
        r"(\d{1,2}):?(\d{2}) ?([ap])?\.?m?\.?\s*(?:-|to|until|,? ?stop(?:ped)?:?|,? ?end(?:ed)?:?)\s*(\d{1,2}):?(\d{2})", text
    )
    if clock:
        start = int(clock.group(1)) * 60 + int(clock.group(2))
        stop = int(clock.group(4)) * 60 + int(clock.group(5))
        return (stop - start) % 720
    return None


def inhalation_lines(scene: Scene) -> list[Line]:
    """Return nebulizer treatments given at the visit."""
    deeds = scene.deeds(r"\b(?:neb(?:s|ulizer|ulized)?(?: treatments?| tx)?|duoneb|svn)\b")
    deeds = [
        one
        for one in deeds
        if re.search(
            r"\b(?:given|x ?[123]|treatment|after|in (?:office|clinic)|here|today|administered|post|done)\b",
            scene.low[max(0, one.start - 60) : one.end + 70],
        )
        and not re.search(r"\b(?:home neb|nebulizer at home|machine|rx)\b", scene.low[max(0, one.start - 15) : one.end + 15])
    ]
    if not deeds or scene.is_hospital:
        return []
    deed = deeds[0]
    near = scene.low[max(0, deed.start - 70) : deed.end + 90]
    times = re.search(r"\bx ?([234])\b|\b(two|second|2nd|repeat(?:ed)?|three)\b", near)
    units = (int(times.group(1)) if times.group(1) else 3 if times.group(2) == "three" else 2) if times else 1
    lines = [line(deed, "94640", "Inhalation treatment given at the visit.")]
    if units > 1:
        lines.append(line(deed, "94640", "A repeated inhalation treatment on the same day.", units=units - 1, modifiers=("76",)))
    if "duoneb" in near or ("ipratropium" in near and "albuterol" in near):
        lines.append(line(deed, "J7620", "Albuterol with ipratropium, one unit a vial.", units=units))
    elif "albuterol" in near:
        milligrams = re.search(r"(\d(?:\.\d+)?) ?mg", near)
        lines.append(
            line(
                deed,
                "J7613",
                "Albuterol unit dose, in units of 1 mg.",
                units=max(1, math.ceil(float(milligrams.group(1)) if milligrams else 2.5)) * units,
            )
        )
    return lines


def injection_lines(scene: Scene) -> list[Line]:
    """Return everything that was injected, infused or inhaled."""
    lines = vaccine_lines(scene) + antibody_lines(scene) + infusion_lines(scene) + inhalation_lines(scene)
    drugs = drug_lines(scene)
    if any(one.code == "96374" for one in drugs):
        lines = [
            one._replace(code="96361", why="Hydration of more than 30 minutes beside a pushed drug.")
            if one.code == "96360"
            else one
            for one in lines
        ]
    shots = [one for one in drugs if one.code == "96372"]
    drugs = [one for one in drugs if one.code != "96372"]
    if shots:
        drugs.append(shots[0]._replace(units=len(shots)))
    return lines + drugs + toxin_lines(scene, drugs)
