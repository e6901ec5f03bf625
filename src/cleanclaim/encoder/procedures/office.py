"""Tests and small services of the office: laboratory, heart, lung, hearing, vision, screening tools, gynecology."""

from __future__ import annotations

import re
from typing import Final

from cleanclaim.encoder.procedures.scene import Deed, Line, Scene, line, side_of

_HERE: Final = r"\b(?:here|in (?:the |our )?(?:office|clinic|house)|in-office|in-house|poc\b|poct|point[- ]of[- ]care|rapid|dip\w*|analyzer|fingerstick|finger stick|meter|run (?:by|here|in|on)|by ma\b|waived|clia|resulted|strip|kit|cassette|on site|our lab|collected and run|today)\b"
_LABS: Final[tuple[tuple[str, str, bool], ...]] = (
    # (words, code, whether the words themselves tell that it is an office test)
    (r"rapid (?:group a )?strep(?:tococcal)?(?: a)?(?: antigen| test| ag)?|strep a (?:antigen|ag)|rapid strep|poc strep|\brst\b", "87880", True), (r"strep[^.\n]{0,20}(?:naat|pcr|molecular|id now)", "87651", True),
    (r"(?:rapid )?(?:influenza|flu) (?:a(?: ?[&/+] ?| and )b )?(?:naat|pcr|molecular)", "87502", True), (r"rapid (?:influenza|flu)(?: a ?(?:/|&|and|\+) ?b)?(?: antigen| test| ag)?|(?:influenza|flu) (?:a/b )?(?:antigen|swab|rapid)|poc flu|rapid flu", "87804", True),
    (r"(?:combined |combo )?(?:covid|sars)[^.\n]{0,12}(?:/|\+|and|&) ?(?:flu|influenza)[^.\n]{0,25}(?:antigen|combo|rapid|ag|test)|(?:flu|influenza)[^.\n]{0,12}(?:/|\+|and|&) ?(?:covid|sars)[^.\n]{0,25}(?:antigen|combo|rapid|ag|test)|quad(?:ruple)? antigen", "87428", True),
    (r"(?:rapid )?(?:covid|sars)[^.\n]{0,14}(?:antigen|ag\b|rapid)|rapid covid(?:-19)?(?: antigen| test)?", "87811", True), (r"(?:covid|sars)[^.\n]{0,14}(?:pcr|naat|molecular)", "87635", False), (r"rapid rsv|rsv (?:antigen|ag|rapid|swab)", "87807", True),
    (r"rapid mono|mono ?spot|heterophile", "86308", True), (r"urine (?:pregnancy test|hcg)|upt\b|u-?hcg|upreg|urine preg", "81025", True), (r"(?:a1c|hba1c|hemoglobin a1c)", "83036", False), (r"(?:fingerstick|finger stick|poc|capillary|glucometer|meter)[^.\n]{0,16}(?:glucose|sugar|bg)|(?:glucose|sugar|bg)[^.\n]{0,14}(?:fingerstick|by meter|glucometer|poc)|accu-?chek|random glucose (?:by )?meter", "82962", True),
    (r"(?:pt/)?inr\b", "85610", False), (r"(?:hemoglobin|hgb|hb)(?! ?a1c)[^.\n]{0,14}(?:hemocue|fingerstick|poc)|(?:hemocue|fingerstick|poc)[^.\n]{0,14}(?:hemoglobin|hgb|hb)(?! ?a1c)", "85018", True), (r"(?:fingerstick |capillary |poc )?(?:blood )?lead (?:level|test|screen|by)", "83655", False), (r"(?:hemoccult|guaiac|fobt|fecal occult|stool card|heme test)", "82270", False),
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
                    r"\b(?:outside|hospital|last (?:week|month|visit)|reference|from \d|at lab\b|corelane|quest|labcorp)\b", near
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
    near = _clause_line(scene, deed)
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


def heart_lines(scene: Scene) -> list[Line]:
    """Return electrocardiograms, stress tests, echocardiograms and monitors; 26 where the equipment is the hospital's."""
    lines: list[Line] = []
    tracings = [
        one
        for one in scene.deeds(r"\b(?:ekg|ecg|electrocardiogram|12-lead)\b")
        if re.search(
            r"\b(?:nsr|sinus|rhythm|interpret\w*|read|tracing|normal|bpm|rate|done|performed|today|af|afib|st\b)",
            one.sentence.text.lower(),
        )
        and not re.search(r"\bmonitor\b", one.clause.lower())
    ]
    tracings = [
        one
        for one in tracings
        if not re.search(r"\b(?:from (?:the )?(?:er|ed|hospital)|outside|previous|old)\b", one.clause.lower())
    ]
    seen: list[Deed] = []
    for traced in tracings:
        again = re.search(r"#\s?\d|repeat\w*|second|\b2nd", scene.low[traced.start : traced.end + 60])
        if not seen or (again and traced.sentence.start != seen[-1].sentence.start):
            seen.append(traced)
    if seen:
        welcome = scene.has(r"\bwelcome to medicare|ippe\b|initial preventive")
        if scene.is_hospital:
            reports = [
                one
                for one in seen
                if re.search(
                    r"\b(?:interpreted by me|my (?:read|interp\w*)|i (?:read|interpreted)|interpreted)\b", one.sentence.text.lower()
                )
            ]
            lines.extend(
                line(
                    one,
                    "93010",
                    "Interpretation and report of a tracing taken on the hospital's equipment.",
                    modifiers=("76",) if at else (),
                )
                for at, one in enumerate(reports)
            )
        elif welcome:
            lines.append(line(seen[0], "G0403", "The screening electrocardiogram of the welcome visit has its own code."))
        else:
            only_trace = scene.has(
                r"\btracing only|cardiologist (?:to|will) (?:read|interpret)|sent (?:to cardiology )?for (?:read|interpretation)"
            )
            lines.append(line(seen[0], "93005" if only_trace else "93000", "Tracing taken and read by the practice."))
            lines.extend(
                line(one, "93000", "A repeated tracing by the same clinician.", modifiers=("76",))
                for one in seen[1:2]
                if re.search(r"repeat|second|#\s?2", one.sentence.text.lower())
            )
    stress = scene.first(
        r"\b(?:treadmill (?:exercise )?(?:study|test|stress)|exercise (?:stress|treadmill|study)|stress (?:ekg|ecg|test)|bruce protocol|ett\b)"
    )
    if stress is not None and scene.has(r"\bmets?\b|bruce|protocol|predicted"):
        if scene.is_hospital:
            watched = scene.first(r"\b(?:supervis\w+|i was present)[^.\n]{0,40}") or stress
            read = scene.first(r"\b(?:interpret\w*|my read)[^.\n]{0,40}") or stress
            lines.append(line(watched, "93016", "Supervision of a stress test on the hospital's equipment."))
            lines.append(line(read, "93018", "Interpretation and report of a stress test."))
        else:
            lines.append(line(stress, "93015", "Stress test, supervised, traced and read by the practice."))
    lines.extend(_echo(scene))
    lines.extend(_monitor(scene))
    device = scene.first(
        r"\b(?:pacemaker|icd|loop recorder)\b[^.\n]{0,60}\b(?:interrogat\w+|programm\w+|check(?:ed)?)|(?:interrogat\w+|programm\w+)[^.\n]{0,50}\b(?:pacemaker|icd|loop recorder)"
    )
    if device is not None:
        kind = device.text.lower()
        programmed = scene.has(r"\b(?:re)?programm\w+\b") and not scene.has(
            r"\bno (?:re)?programm\w+|without programm\w+|interrogation only"
        )
        dual = scene.has(r"\bdual[- ]?(?:lead|chamber)\b")
        code = (
            ("93283" if dual else "93282")
            if "icd" in kind and programmed
            else "93289"
            if "icd" in kind
            else ("93280" if dual else "93279")
            if programmed
            else "93288"
        )
        lines.append(line(device, code, "Check of an implanted device in person."))
    return lines


def _echo(scene: Scene) -> list[Line]:
    deed = scene.first(r"\b(?:transthoracic echo\w*|tte\b|echo(?:cardiogram)?)\b")
    if deed is None or not scene.has(
        r"\b(?:final report|reading physician|doppler|m-mode|lvef|ef \d\d|interpretation and report|my read|read by me)\b"
    ):
        return []
    if not (
        scene.has(r"\becho\w*[^.\n]{0,60}\b(?:report|today|done|performed|here|limited|complete)\b")
        or scene.has(r"\bstudy: (?:complete|limited)|doppler")
    ):
        return []
    study = scene.first(r"\b(?:complete|limited)[^.\n]{0,60}") or deed
    modifiers = ("26",) if scene.is_hospital else ()
    if scene.has(r"\blimited (?:study|echo|tte|exam|2d)|study: limited|follow-up or limited"):
        return [line(study, "93308", "Limited echocardiogram.", modifiers=modifiers)]
    if scene.has(r"\bstress echo"):
        return [line(study, "93351", "Stress echocardiogram.", modifiers=modifiers)]
    return [
        line(
            study,
            "93306" if scene.has(r"\bdoppler|color flow\b") else "93307",
            "Complete transthoracic echocardiogram.",
            modifiers=modifiers,
        )
    ]


def _monitor(scene: Scene) -> list[Line]:
    if not scene.has(r"\b(?:patch monitor|holter|zio|event monitor|ambulatory (?:ecg|ekg) monitor|extended (?:holter|monitor))\b"):
        return []
    read = scene.first(
        r"\b(?:my review (?:\+|and|&) interp\w*[^.\n]{0,20}|interpret(?:ed|ation) (?:by me|today)|i (?:reviewed and )?interpreted|my interp\w*|read by me|review and interpretation)"
    )
    hooked = scene.first(
        r"\b(?:applied|hook(?:ed)?[- ]?up|placed|connected)[^.\n]{0,30}\b(?:today|here|in (?:our |the )?office|by (?:ma|rn|nurse))|(?:patch|holter|monitor)[^.\n]{0,30}\b(?:applied|placed|hooked)[^.\n]{0,20}(?:today|here|by)"
    )
    days = re.search(r"(\d{1,2})[ -]?(?:d\b|day)", scene.low)
    hours = re.search(r"(24|48|72)[ -]?(?:h\b|hr|hour)", scene.low)
    length = int(days.group(1)) if days else (int(hours.group(1)) // 24 if hours else 2)
    codes = (
        ("93224", "93225", "93226", "93227")
        if length <= 2
        else ("93241", "93242", "93243", "93244")
        if length <= 7
        else ("93245", "93246", "93247", "93248")
    )
    lines: list[Line] = []
    if read is not None and re.search(r"\b(?:ekg|ecg|12-lead)\b", read.sentence.text.lower()):
        read = None
    if read is not None:
        whole = hooked is not None and not scene.has(r"\bvendor|hookup already|company\b")
        lines.append(
            line(
                read,
                codes[0] if whole else codes[3],
                f"Ambulatory rhythm recording of {length} day(s): {'the whole service' if whole else 'review and interpretation'}.",
            )
        )
    elif hooked is not None:
        lines.append(line(hooked, codes[1], f"Connection of a recorder for {length} day(s)."))
    return lines


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


def women_lines(scene: Scene) -> list[Line]:
    """Return gynecological services: contraception devices, biopsies, colposcopy, ultrasound, Medicare's screening parts."""
    lines: list[Line] = []
    if scene.is_medicare:
        pelvic = scene.first(
            r"\b(?:screening pelvic|pelvic (?:and|&) (?:clinical )?breast exam\w*|clinical breast exam\w*)[^.\n]{0,60}"
        )
        if pelvic is not None:
            lines.append(line(pelvic, "G0101", "Medicare's screening pelvic and breast examination."))
        smear = scene.first(
            r"\b(?:pap(?: smear)?)\b[^.\n]{0,50}\b(?:obtained|collected|taken|conveyed|done|sent)|(?:obtained|collected)[^.\n]{0,30}\bpap\b"
        )
        if smear is not None:
            lines.append(line(smear, "Q0091", "Obtaining a screening Pap smear for Medicare."))
    device = scene.first(r"\b(?:mirena|liletta|kyleena|skyla|paragard|iud)\b[^.\n]{0,60}\b(?:inserted|placed|insertion)")
    removed = scene.first(
        r"\biud\b[^.\n]{0,60}\b(?:removed|removal|out|extracted)|\b(?:removed|strings grasped)[^.\n]{0,40}\biud|(?:mirena|liletta|kyleena|skyla|paragard)[^.\n]{0,40}\bremoved|strings grasped[^.\n]{0,60}"
    )
    products = {"mirena": "J7298", "liletta": "J7297", "kyleena": "J7296", "skyla": "J7301", "paragard": "J7300"}
    inserted = device is not None or scene.first(r"\binserted per protocol") is not None
    if removed is not None:
        lines.append(line(removed, "58301", "Removal of an intrauterine device."))
    if inserted and scene.has(r"\biud|mirena|liletta|kyleena|skyla|paragard\b"):
        place = device or scene.first(r"\binserted per protocol")
        assert place is not None
        lines.append(line(place, "58300", "Insertion of an intrauterine device."))
        name = next(
            (
                one
                for one in products
                if re.search(rf"{one}[^.\n]{{0,60}}(?:inserted|placed|lot)|(?:new|inserted)[^.\n]{{0,20}}{one}", scene.low)
            ),
            next((one for one in products if one in scene.low), ""),
        )
        if (
            name
            and (where := scene.first(rf"\b{name}\b[^.\n]{{0,40}}")) is not None
            and not scene.has(r"\b(?:patient|pharmacy)[- ]?supplied|specialty pharmacy")
        ):
            lines.append(line(where, products[name], "The device, from the practice's stock."))
    rod_in = scene.first(r"\b(?:nexplanon|implant)\b[^.\n]{0,80}\b(?:inserted|placed|insertion|thru|through same|palpable)")
    rod_out = scene.first(r"\b(?:(?:old )?(?:rod|nexplanon|implant)[^.\n]{0,90}\bremoved|removed intact[^.\n]{0,20}|pop-?out)")
    if scene.has(r"\b(?:nexplanon|subdermal implant|contraceptive implant|etonogestrel)\b"):
        if rod_out is not None and rod_in is not None and scene.has(r"\b(?:new (?:nexplanon|rod|implant)|reinsert\w+|replaced)\b"):
            lines.append(
                line(
                    scene.first(r"removed intact[^.\n]{0,20}") or rod_out,
                    "11983",
                    "A contraceptive implant removed and a new one inserted.",
                )
            )
        elif rod_out is not None and not scene.has(r"\bnew (?:nexplanon|rod)|insertion today"):
            lines.append(line(rod_out, "11982", "Removal of a contraceptive implant."))
        elif rod_in is not None:
            lines.append(line(rod_in, "11981", "Insertion of a contraceptive implant."))
        if any(one.code in {"11981", "11983"} for one in lines) and not scene.has(r"\b(?:pharmacy|patient)[- ]supplied"):
            stock = (
                scene.first(r"\b(?:new )?nexplanon \(?etonogestrel[^.\n]{0,10}")
                or scene.first(r"\bnexplanon\b[^.\n]{0,20}lot|new nexplanon|device our stock")
                or rod_in
            )
            if stock is not None:
                lines.append(line(stock, "J7307", "The implant, from the practice's stock."))
    for words, code, says in (
        (r"\b(?:emb(?:x)?\b|endometrial (?:biops\w+|sampl\w+)|pipelle)", "58100", "Sampling of the endometrium."),
        (r"\b(?:transvaginal ultrasound|tvus|tv us|endovaginal (?:ultrasound|us))\b", "76830", "Transvaginal ultrasound."),
        (r"\b(?:pelvic ultrasound|transabdominal (?:pelvic )?(?:ultrasound|us))\b", "76856", "Pelvic ultrasound."),
        (r"\bbartholin[^.\n]{0,60}(?:word catheter|incis\w+|drain\w+)", "56420", "Drainage of a Bartholin gland."),
        (r"\bpessary[^.\n]{0,50}\b(?:fitted|fitting|inserted|placed)", "57160", "Fitting of a pessary."),
        (r"\bvulv\w+ biops\w+|biops\w+ of (?:the )?vulva", "56605", "Biopsy of the vulva."),
        (r"\bleep\b", "57460", "Excision of the transformation zone through a colposcope."),
        (r"\bbladder scan|post[- ]?void residual|pvr\b", "51798", "Residual urine by ultrasound."),
        (r"\bnon-?stress test|nst\b", "59025", "Fetal non-stress test."),
    ):
        deed = scene.first(words)
        if deed is not None and not re.search(r"\b(?:report|last)\b", deed.clause.lower()[:20]):
            if code in {"76830", "76856"} and not re.search(
                r"\b(?:office|here|my (?:interp\w*|read)|images|today|performed|done)\b", deed.sentence.text.lower()
            ):
                continue
            lines.append(line(deed, code, says, modifiers=("26",) if code.startswith("76") and scene.is_hospital else ()))
    scope = scene.first(r"\bcolposcop\w+\b")
    if scope is not None and scene.has(r"\b(?:acetic acid|acetowhite|transformation zone|scj)\b"):
        sampled = scene.has(r"\b(?:biops\w+|bx\b)")
        curetted = scene.has(r"\b(?:ecc|endocervical curett\w+)\b") and not scene.has(r"\b(?:no|without) ecc|ecc not")
        code = (
            "57454"
            if sampled and curetted
            else "57455"
            if sampled and not scene.has(r"\bno biops\w+")
            else "57456"
            if curetted
            else "57452"
        )
        lines.append(line(scope, code, "Colposcopy with what was sampled."))
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
    allergy = scene.deeds(r"\b(?:allergy (?:shots?|injections?|immunotherapy)|allergen immunotherapy|scit)\b")
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
    laryngoscopy = scene.first(r"\b(?:flexible (?:fiberoptic )?laryngoscop\w+|nasolaryngoscop\w+)\b")
    if laryngoscopy is not None:
        lines.append(line(laryngoscopy, "31575", "Flexible laryngoscopy."))
    vasectomy = scene.first(r"\bvasectomy\b[^.\n]{0,60}\b(?:performed|done|vas (?:isolated|divided))")
    if vasectomy is not None:
        lines.append(line(vasectomy, "55250", "Vasectomy."))
    clot = scene.first(r"\bthrombosed (?:external )?hemorrhoid\b[^.\n]{0,80}\b(?:incis\w+|excis\w+|evacuat\w+|clot)")
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
