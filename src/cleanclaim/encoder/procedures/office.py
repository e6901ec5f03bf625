"""Tests and small services of the office: laboratory, heart, lung, hearing, vision, screening tools, gynecology."""

from __future__ import annotations

import re
from typing import Final

from cleanclaim.encoder.procedures.heart import heart_lines
from cleanclaim.encoder.procedures.scene import Deed, Line, Scene, line, side_of
from cleanclaim.encoder.procedures.women import women_lines

_HERE: Final = r"\b(?:here|in (?:the |our )?(?:office|clinic|house)|in-office|in-house|poc\b|poct|point[- ]of[- ]care|rapid|dip\w*|analyzer|fingerstick|finger stick|meter|run (?:by|here|in|on)|by ma\b|waived|clia|resulted|strip|kit|cassette|on site|our lab|collected and run|today)\b"
_LABS: Final[tuple[tuple[str, str, bool], ...]] = (
    # (words, code, whether the words themselves tell that it is an office test)
    (r"rapid (?:group a )?strep(?:tococcal)?(?: a)?(?: antigen| test| ag)?|strep a (?:antigen|ag)|rapid strep|poc strep|\brst\b", "87880", True), (r"strep[^.\n]{0,20}(?:naat|pcr|molecular|id now)", "87651", True),
    (r"(?:rapid )?(?:influenza|flu) (?:a(?: ?[&/+] ?| and )b )?(?:naat|pcr|molecular)", "87502", True), (r"rapid (?:influenza|flu)(?: a ?(?:/|&|and|\+) ?b)?(?: antigen| test| ag)?|(?:influenza|flu) (?:a/b )?(?:antigen|swab|rapid)|poc flu|rapid flu", "87804", True),
    (r"(?:combined |combo )?(?:covid|sars)[^.\n]{0,12}(?:/|\+|and|&) ?(?:flu|influenza)[^.\n]{0,25}(?:antigen|combo|rapid|ag|test)|(?:flu|influenza)[^.\n]{0,12}(?:/|\+|and|&) ?(?:covid|sars)[^.\n]{0,25}(?:antigen|combo|rapid|ag|test)|quad(?:ruple)? antigen", "87428", True),
    (r"(?:rapid )?(?:covid|sars)[^.\n]{0,14}(?:antigen|ag\b|rapid)|rapid covid(?:-19)?(?: antigen| test)?", "87811", True), (r"(?:covid|sars)[^.\n]{0,14}(?:pcr|naat|molecular)", "87635", False), (r"rapid rsv|rsv (?:antigen|ag|rapid|swab)", "87807", True),
    (r"rapid mono|mono ?spot|heterophile", "86308", True), (r"urine (?:pregnancy test|hcg)|upt\b|u-?hcg|upreg|urine preg", "81025", True), (r"(?:a1c|hba1c|hemoglobin a1c)", "83036", False), (r"(?:fingerstick|finger stick|poc|capillary|glucometer|meter)[^.\n]{0,16}(?:glucose|sugar|bg)|(?:glucose|sugar|bg)[^.\n]{0,14}(?:fingerstick|by meter|glucometer|poc)|accu-?chek|random glucose (?:by )?meter", "82962", True),
    (r"(?:pt/)?inr\b", "85610", False), (r"(?:hemoglobin|hgb|hb)(?! ?a1c)[^.\n]{0,14}(?:hemocue|fingerstick|poc)|(?:hemocue|fingerstick|poc)[^.\n]{0,14}(?:hemoglobin|hgb|hb)(?! ?a1c)", "85018", True), (r"(?:hemoglobin|hgb)(?! ?a1c)(?= ?:? ?\d)", "85018", False), (r"(?:fingerstick |capillary |poc )?(?:blood )?lead (?:level|test|screen|by|\(lead)|leadcare", "83655", False), (r"(?:hemoccult|guaiac|fobt|fecal occult|stool card|heme test)", "82270", False),
    (r"wet (?:mount|prep)|koh|saline prep", "87210", False), (r"urine drug (?:screen|cup|dip)|uds\b|drug screen cup", "80305", False), (r"microalbumin[^.\n]{0,30}(?:dip|strip|poc)", "82044", True), (r"(?:throat|strep) culture", "87070", False), (r"urine culture", "87086", False), (r"lipid panel", "80061", False), (r"\bbmp\b|basic metabolic", "80048", False), (r"\bcmp\b|comprehensive metabolic", "80053", False), (r"\bcbc\b", "85025", False), (r"\btsh\b", "84443", False),
)  # fmt: skip
_WAIVED: Final = frozenset(
    "85610 81025 87880 87804 87811 87807 86308 83036 82962 81003 82270 83655 85018 80305 87428 80061 87502 87651 82044".split()
)
_QW: Final = frozenset("85610 87880 87804 87811 87807 86308 83036 81003 87428 80061 87502 87651 83655 85018 80305 82044".split())


def lab_lines(scene: Scene) -> list[Line]:
    """Return tests that the practice ran itself; what is drawn for another laboratory is not ours to report."""
    if scene.is_hospital:
        return []
    lines: list[Line] = []
    covered: list[tuple[int, int]] = []
    for words, code, plain in _LABS:
        for deed in scene.deeds(rf"(?:{words})"):
            if any(start <= deed.start < end for start, end in covered) or any(other.code == code for other in lines):
                continue
            near = _clause_line(scene, deed)
            header = deed.sentence.section.title.lower()
            here = (
                plain
                or re.search(_HERE, near) is not None
                or bool(re.search(r"\b(?:poc|in-office|in office|office labs?)\b", header))
            )
            result = re.search(
                r"\b(?:neg\w*|pos\w*|normal|nl\b|\d+(?:\.\d+)?|trace|reactive|non-?reactive|detected|elevated|wnl|clear)\b",
                scene.low[deed.end : deed.end + 110],
            )
            if (
                not here
                or not result
                or re.search(
                    r"\b(?:outside|hospital|last (?:week|month|visit)|reference|from \d|at lab\b|corelane|quest|labcorp)\b",
                    deed.sentence.text.lower(),
                )
            ):
                continue
            covered.append((deed.start, deed.end))
            units = 1
            if code == "87804" and re.search(
                r"\ba (?:neg|pos)\w*[^.\n]{0,20}\bb (?:neg|pos)|a and b|a ?/ ?b|a ?\+ ?b|a ?& ?b|separately|both",
                scene.low[deed.start : deed.end + 90],
            ):
                units = 2
            modifiers = ("QW",) if code in _QW and scene.is_medicare and scene.has(r"\bclia|waive[dr]\b") else ()
            if code == "82270" and re.search(r"\b(?:digital|dre|single|rectal exam|one sample|in office)\b", near):
                code = "82272"
            lines.append(line(deed, code, "A test that the practice ran, with its result.", units=units, modifiers=modifiers))
    lines.extend(_urine(scene))
    lines.extend(_draw(scene))
    return lines


def _clause_line(scene: Scene, deed: Deed) -> str:
    start = scene.low.rfind("\n", 0, deed.start) + 1
    stop = scene.low.find("\n", deed.end)
    sentence = scene.low[deed.sentence.start : deed.sentence.end]
    line_text = scene.low[start : stop if stop >= 0 else len(scene.low)]
    return line_text if len(line_text) < 260 else sentence


def _urine(scene: Scene) -> list[Line]:
    deed = scene.first(r"\b(?:ua\b|u/a|urinalysis|urine dip\w*|dipstick|udip)\b")
    if deed is None:
        return []
    near = deed.sentence.text.lower()
    if re.search(r"\b(?:outside|hospital|reference|send|sent to)\b", near) or not re.search(
        r"\b(?:dip\w*|analyzer|here|office|poc|in-house|neg\w*|pos\w*|\+|le\b|nit\w*|leuk\w*|trace|normal|clear)", near
    ):
        return []
    micro = re.search(r"\b(?:with micro\w*|w/ ?micro|microscop\w+|hpf|sediment)\b", near) and not re.search(
        r"\b(?:no|without) micro", near
    )
    auto = re.search(r"\b(?:analyzer|automated|auto\b|machine|clinitek|read by (?:the )?machine)\b", near) and not re.search(
        r"\b(?:non-?automated|no analyzer|not automated|by eye|manual|visual\w*)\b", near
    )
    code = ("81001" if micro else "81003") if auto else ("81000" if micro else "81002")
    return [
        line(
            deed,
            code,
            f"Urinalysis, {'automated' if auto else 'read by eye'}, {'with' if micro else 'without'} microscopy.",
            modifiers=("QW",) if code == "81003" and scene.is_medicare and scene.has(r"\bclia|waive[dr]\b") else (),
        )
    ]


def _draw(scene: Scene) -> list[Line]:
    deed = scene.first(
        r"\b(?:venipuncture|blood (?:was )?(?:drawn|draw)|phlebotomy|venous (?:draw|blood)|drew (?:blood|labs)|labs? drawn|drawn (?:in (?:the )?(?:office|clinic)|here|by (?:ma|rn|lpn)))\b"
    )
    if deed is None or re.search(r"\b(?:hospital|at the lab|not drawn|blood not|goes to|will go)\b", deed.sentence.text.lower()):
        return []
    return [line(deed, "36415", "Blood drawn from a vein in the office.")]


def lung_lines(scene: Scene) -> list[Line]:
    """Return spirometry, oximetry and inhaler training."""
    lines: list[Line] = []
    test = scene.first(r"\b(?:spirometry|pft|fev1)\b")
    if (
        test is not None
        and scene.has(r"\bfev1|fvc|spirometry (?:done|today|here|performed|in office|pre|before)")
        and not scene.is_hospital
    ):
        both = scene.has(
            r"\b(?:pre[- ]?(?:and|/|&) ?post|post[- ]?bronchodilator|before and after|after (?:albuterol|bronchodilator)|bronchodilator resp\w+|post[- ]bd)\b"
        )
        lines.append(
            line(test, "94060" if both else "94010", "Spirometry, before and after a bronchodilator." if both else "Spirometry.")
        )
    taught = scene.first(
        r"\b(?:inhaler|spacer|nebulizer|mdi)\b[^.\n]{0,40}\b(?:technique|teach\w*|taught|demonstrat\w+|training|instruct\w+)|(?:taught|demonstrated|teaching)[^.\n]{0,40}\b(?:inhaler|spacer|mdi|nebulizer)"
    )
    if (
        taught is not None
        and not scene.is_hospital
        and scene.has(
            r"\b(?:return demonstrat\w+|by (?:rn|ma|rt|nurse)|min(?:utes)? (?:of )?(?:teaching|training)|observed technique)\b"
        )
    ):
        lines.append(line(taught, "94664", "Training in the use of an inhaler."))
    nitric = scene.first(r"\bfeno\b|exhaled nitric oxide")
    if nitric is not None:
        lines.append(line(nitric, "95012", "Exhaled nitric oxide."))
    return lines


def sense_lines(scene: Scene) -> list[Line]:
    """Return hearing and vision screening and tympanometry."""
    lines: list[Line] = []
    if not scene.has(r"\bwelcome to medicare\b"):
        hearing = scene.first(r"\b(?:pure tone|audiomet\w+)\b")
        if hearing is not None:
            threshold = scene.has(r"\bthresholds?\b(?! screen)") and not scene.has(r"\b(?:pass|fail)\b")
            bone = scene.has(r"\bair and bone|bone conduction\b")
            lines.append(
                line(hearing, "92553" if bone and threshold else "92552" if threshold else "92551", "Hearing test by pure tones.")
            )
        vision = scene.first(
            r"\b(?:snellen|letter chart|eye chart|visual acuity|vision (?:screen\w*|chart)|lea (?:symbols|chart)|20/\d\d)\b"
        )
        if (
            vision is not None
            and (scene.reading.patient.age_years is not None and scene.reading.patient.age_years < 19)
            and not scene.has(r"\bcornea|eye pain|abrasion\b")
        ):
            lines.append(line(vision, "99173", "Vision screening with a chart."))
        photo = scene.first(r"\b(?:photoscreen\w*|spot vision|plusoptix|instrument[- ]based (?:vision|ocular))\b")
        if photo is not None:
            lines = [one for one in lines if one.code != "99173"]
            lines.append(line(photo, "99177", "Vision screening with an instrument, read on site."))
    drum = scene.first(r"\b(?:tympanomet\w+|tympanogram)\b")
    if drum is not None:
        lines.append(line(drum, "92567", "Tympanometry."))
    emissions = scene.first(r"\botoacoustic|oae\b")
    if emissions is not None:
        lines.append(line(emissions, "92558" if scene.has(r"\bscreen") else "92587", "Otoacoustic emissions."))
    return lines


_SCALES: Final = r"\b(?:phq-?9|phq-?a|phq-?2|gad-?7|vanderbilt|scared\b|psc-?17|edinburgh|epds|conners|pcl-?5|mdq|snap-?iv|beck|bdi|audit(?:-c)?|crafft|adhd rating scale|mood disorder questionnaire|ces-?d)\b"
_SCORED: Final = r"\b(?:scor\w+|\d{1,2}\b|administered|completed|given|positive|negative)"


def screening_lines(scene: Scene) -> list[Line]:
    """Return scored screening instruments: developmental, emotional, health risk, of the patient or of a caregiver."""
    lines: list[Line] = []
    maternal = scene.first(
        r"\b(?:maternal (?:epds|edinburgh|depression)|(?:epds|edinburgh|phq-?9)[^.\n]{0,40}\b(?:mother|mom|maternal)|(?:mother|mom)[^.\n]{0,40}\b(?:epds|edinburgh))\b"
    )
    if maternal is not None and (scene.reading.patient.age_years or 0) < 3:
        lines.append(line(maternal, "96161", "A risk instrument filled in by the caregiver for the child's benefit."))
    developmental = scene.first(r"\b(?:asq-?3?|ages and stages|peds tool|swyc)\b")
    autism = scene.first(r"\b(?:m-?chat(?:-r)?)\b")
    count = sum(one is not None for one in (developmental, autism))
    if count:
        place = developmental or autism
        assert place is not None
        lines.append(line(place, "96110", "Scored developmental screening, one unit an instrument.", units=count))
    scales = [
        one
        for one in scene.deeds(_SCALES)
        if re.search(_SCORED, scene.low[one.start : one.end + 70]) and (maternal is None or abs(one.start - maternal.start) > 40)
    ]
    names = {re.sub(r"[^a-z]", "", one.text.lower()): one for one in reversed(scales)}
    names.pop("phq", None) if scene.has(r"\bphq-?2\b") and not scene.has(r"\bphq-?(?:9|a)\b") else None
    if names and not scene.has(r"\bmonthly log|psychotherapy (?:session|-)"):
        first = min(names.values(), key=lambda one: one.start)
        wellness = scene.has(r"\b(?:annual wellness|awv\b|welcome to medicare)")
        if scene.is_medicare and wellness:
            if (
                scene.has(r"\b(?:subsequent|g0439)\b")
                and re.search(r"\bphq", first.text.lower())
                and scene.has(r"\b(?:\d{1,2}) ?(?:min\b|minutes)")
            ):
                lines.append(line(first, "G0444", "Medicare's annual depression screening, 5 to 15 minutes."))
        elif not scene.has(r"\b(?:lcsw|psychologist|intake|diagnostic evaluation)\b"):
            lines.append(line(first, "96127", "Scored emotional or behavioural instrument, one unit each.", units=len(names)))
    risk = scene.first(r"\b(?:health risk assessment|hra)\b[^.\n]{0,40}\b(?:scored|administered)")
    if risk is not None and not scene.is_medicare:
        lines.append(line(risk, "96160", "Scored health risk instrument of the patient."))
    fluoride = scene.first(r"\bfluoride varnish\b")
    if fluoride is not None:
        lines.append(line(fluoride, "99188", "Fluoride varnish by a physician's office."))
    skin_test = scene.first(r"\b(?:ppd|tb skin test|tuberculin skin test|mantoux)\b[^.\n]{0,40}\b(?:placed|planted|forearm|0\.1)")
    if skin_test is not None:
        lines.append(line(skin_test, "86580", "Tuberculin skin test placed."))
    return lines


def other_lines(scene: Scene) -> list[Line]:
    """Return further office services: anticoagulation management, ultrasound, oximetry, wound glue, allergy shots."""
    lines: list[Line] = []
    if scene.has(r"\bwarfarin|coumadin|inr\b"):
        managed = scene.first(
            r"\b(?:hold (?:tonight|one|today|next)[^.\n]{0,60}|weekly dose (?:down|up|changed|increased|decreased|from)[^.\n]{0,50}|dose (?:adjust\w+|change\w*|continued|unchanged)[^.\n]{0,40}|same dose[^.\n]{0,30}|continue (?:current |same )?(?:weekly )?(?:warfarin )?dose)"
        )
        if managed is not None and scene.is_staff_only:
            lines.append(
                line(managed, "93793", "Anticoagulant management: the result reviewed, the dose directed, the next test ordered.")
            )
    allergy = scene.deeds(r"\b(?:allergy (?:shots?|injections?|immunotherapy)|allergen immunotherapy|scit|it (?:inj\w*|shots?))\b")
    if allergy:
        two = scene.has(r"\b(?:two|2|both arms|each arm|x ?2)\b")
        lines.append(line(allergy[0], "95117" if two else "95115", "Allergen injections, one or several."))
    scan = scene.first(r"\b(?:ankle[- ]brachial|abi)\b[^.\n]{0,60}\b(?:right|left|0\.\d|1\.\d)")
    if scan is not None:
        lines.append(line(scan, "93922", "Ankle-brachial indices."))
    ultrasound = scene.first(
        r"\b(?:renal|abdominal|thyroid|breast|scrotal|soft tissue) (?:ultrasound|us)\b[^.\n]{0,60}\b(?:here|in (?:our |the )?office|my read|by me|images saved)"
    )
    if ultrasound is not None:
        word = ultrasound.text.lower().split()[0]
        code = {"renal": "76770", "abdominal": "76700", "thyroid": "76536", "breast": "76642", "scrotal": "76870", "soft": "76882"}[
            word
        ]
        lines.append(
            line(
                ultrasound,
                code,
                "Ultrasound done and read by the practice.",
                modifiers=tuple(filter(None, (side_of(ultrasound.sentence.text),))) if code in {"76642", "76882"} else (),
            )
        )
    catheter = scene.first(r"\b(?:foley|catheter|straight cath\w*)\b[^.\n]{0,50}\b(?:inserted|placed|changed|cath\w* performed)")
    if catheter is not None and not scene.has(r"\bcardiac cath|iv catheter|intraperitoneal"):
        lines.append(line(catheter, "51701" if "straight" in catheter.text.lower() else "51702", "Bladder catheter."))
    scope = scene.first(r"\banoscop\w+\b")
    if scope is not None:
        lines.append(line(scope, "46600", "Anoscopy."))
    vasectomy = scene.first(r"\bvasectomy\b[^.\n]{0,60}\b(?:performed|done|vas (?:isolated|divided))")
    if vasectomy is not None:
        lines.append(line(vasectomy, "55250", "Vasectomy."))
    clot = None
    if scene.has(r"\bthrombosed (?:external )?hemorrhoid"):
        clot = scene.first(r"\b(?:incis\w+|excis\w+)[^.\n]{0,60}\bclot|clot[^.\n]{0,40}\b(?:evacuat\w+|remov\w+|express\w+)")
    if clot is not None:
        lines.append(line(clot, "46083" if scene.has(r"\bincis\w+") else "46320", "Relief of a thrombosed hemorrhoid."))
    frenulum = scene.first(r"\bfrenotomy|frenulotomy|tongue[- ]tie[^.\n]{0,50}\b(?:clipped|released|divided)")
    if frenulum is not None:
        lines.append(line(frenulum, "41010", "Incision of the frenulum of the tongue."))
    cord = scene.first(r"\bumbilical granuloma\b[^.\n]{0,60}\bsilver nitrate|silver nitrate[^.\n]{0,50}\bumbilic")
    if cord is not None:
        lines.append(line(cord, "17250", "Chemical cautery of granulation tissue."))
    return lines


def office_lines(scene: Scene) -> list[Line]:
    """Return every office test and small service."""
    return [
        *lab_lines(scene),
        *heart_lines(scene),
        *lung_lines(scene),
        *sense_lines(scene),
        *screening_lines(scene),
        *women_lines(scene),
        *other_lines(scene),
    ]
