"""The heart: electrocardiograms, stress tests, echocardiograms, monitors, checks of implanted devices."""

from __future__ import annotations

import re

from cleanclaim.encoder.patterns import find
from cleanclaim.encoder.procedures.scene import Deed, Line, Scene, line


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
    if device is None and scene.has(r"\b(?:ppm|pacemaker|pacer|icd|defibrillator|loop recorder)\b"):
        device = scene.first(r"\binterrogat\w+\b")
    if device is not None and not scene.has(
        r"\bremote (?:check|transmission|interrogation|monitoring) (?:today|received|reviewed)"
    ):
        kind = device.text.lower() + (
            " icd" if scene.has(r"\b(?:icd|defibrillator)\b") and not scene.has(r"\b(?:ppm|pacemaker)\b") else ""
        )
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
        r"\b(?:final report|reading physician|doppler|m-mode|lvef|ef \d\d|interpretation and report|my read|read by me|professional report)\b"
    ):
        return []
    if not (
        scene.has(r"\becho\w*[^.\n]{0,60}\b(?:report|today|done|performed|here|limited|complete)\b")
        or scene.has(r"\bstudy: (?:complete|limited)|doppler|professional report|(?:limited|complete) (?:transthoracic|tte)")
    ):
        return []
    study = scene.first(r"\b(?:complete|limited)[^.\n]{0,60}") or deed
    modifiers = ("26",) if scene.is_hospital else ()
    if scene.has(r"\blimited (?:study|echo|tte|transthoracic|exam|2d)|study: limited|follow-up or limited"):
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
        r"\b(?:applied|hook(?:ed)?[- ]?up|placed|connected)[^.\n]{0,30}\b(?:today|here|in (?:our |the )?office|by (?:ma|rn|nurse))|(?:patch|holter|monitor)[^.\n]{0,30}\b(?:applied|placed|hooked)[^.\n]{0,20}(?:today|here|by)|\bour (?:own )?(?:recorder|monitor|holter|device)\b"
    )
    days = find(r"(\d{1,2})[ -]?(?:d\b|day)", scene.low)
    hours = find(r"(24|48|72)[ -]?(?:h\b|hr|hour)", scene.low)
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
        whole = (hooked is not None or scene.has(r"\bour (?:own )?(?:recorder|monitor|holter|device)\b")) and not scene.has(
            r"\bvendor|hookup already|company\b"
        )
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
