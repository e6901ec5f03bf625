"""Services by programme or by time: transitional and chronic care, remote readings, portal and phone, psychotherapy, counselling."""

from __future__ import annotations

import re
from typing import Final

from cleanclaim.documents.coding import EmLevel
from cleanclaim.encoder.em.mdm import LEVELS
from cleanclaim.encoder.guidelines.combine import named
from cleanclaim.encoder.patterns import any_case, find
from cleanclaim.encoder.procedures.scene import Deed, Line, Scene, line

OFFICE: Final = ("99212", "99213", "99214", "99215")
"""Visits of established patients, straightforward to high."""


def minutes_of(scene: Scene, pattern: str) -> int | None:
    found = find(pattern, scene.low)
    return int(next(group for group in found.groups() if group)) if found else None


def managed_care(scene: Scene, level: EmLevel | None, others: list[Line]) -> list[Line] | None:
    del others
    transition = scene.first(r"\b(?:transitional care|tcm\b)[^.\n]{0,40}|face-to-face[^.\n]{0,30}day \d+ after discharge")
    if transition is None and find(r"\btransitional care|\btcm\b", scene.low[:120]):
        transition = scene.first(r"\bseen (?:today|on|here)\b[^.\n]{0,30}|\bday \d{1,2}\b")
    if transition is not None and scene.has(r"\bdischarg\w+|\bd/c\b") and not scene.has(r"\bno tcm|not tcm"):
        place = scene.first(r"\bface[- ]to[- ]face[^.\n]{0,40}|day \d{1,2} (?:after|post)[^.\n]{0,15}") or transition
        day = minutes_of(scene, r"\bday (\d{1,2})\b|(\d{1,2}) days (?:after|post|since)")
        high = bool(find(r"\b(?:mdm:? high|high (?:complexity|mdm))", scene.low)) or (
            level is not None and level.level == "high" and not scene.has(r"\bmoderate (?:complexity|mdm)|mdm:? moderate")
        )
        return [
            line(
                place,
                "99496" if high and (day is None or day <= 7) else "99495",
                "Transitional care: contact within two business days, seen within 7 days for high or 14 for moderate decision making.",
                sureness=0.9,
            )
        ]
    log = scene.first(r"\b(?:ccm\b|chronic care management|pcm\b|principal care management)\b[^.\n]{0,40}")
    if log is not None and scene.has(r"\b\d{1,3} ?min"):
        total = minutes_of(scene, r"total[^.\n]{0,50}?(\d{1,3}) ?min|(\d{1,3}) ?min(?:utes)? (?:total|in total|this month)")
        if total is None:
            total = sum(int(number) for number in re.findall(r"\b(\d{1,2}) ?min\b", scene.low))
        place = scene.first(r"\btotal[^.\n]{0,50}?\d{1,3} ?min") or log
        if scene.has(r"\bprincipal care|pcm\b"):
            staff = scene.has(r"\bclinical staff\b")
            base, more = ("99426", "99427") if staff else ("99424", "99425")
            return _blocks(place, base, more, total, 30, 30, "Principal care management by its minutes in the month.")
        if (
            scene.has(r"\b(?:complex ccm|complex chronic|(?<!not )(?<!mdm not )moderate or high complexity)\b")
            and total >= 60
            and not scene.has(r"\bnot complex")
        ):
            return _blocks(place, "99487", "99489", total, 60, 30, "Complex chronic care management by its minutes in the month.")
        personal = scene.has(
            r"\b(?:personally spent|total physician time|physician time, not staff|personally by (?:me|dr|the physician)|physician(?:'s)? own time:? \d|by (?:me|the physician) personally|my (?:own|personal) time)\b"
        ) and not scene.has(r"\bclinical staff time|physician own time not")
        if personal:
            return _blocks(place, "99491", "99437", total, 30, 30, "Chronic care management by the clinician's own minutes.")
        return _blocks(
            place, "99490", "99439", total, 20, 20, "Chronic care management by clinical staff's minutes in the month.", most=2
        )
    remote = scene.first(r"\b(?:remote (?:physiologic )?(?:patient )?monitoring|rpm\b)\b")
    if remote is not None:
        lines = []
        days = minutes_of(scene, r"(\d{2}) (?:of 30 )?(?:days|readings)")
        if days is not None and days >= 16:
            lines.append(line(remote, "99454", "Device supply with data on 16 or more days of the month."))
        if scene.has(r"\b(?:set[- ]?up|education on (?:the )?device|initial)\b"):
            lines.append(line(remote, "99453", "Set-up of the device and teaching."))
        total = minutes_of(scene, r"total[^.\n]{0,50}?(\d{1,3}) ?min|(\d{1,3}) ?min(?:utes)?")
        return lines + (
            _blocks(remote, "99457", "99458", total, 20, 20, "Management of remote readings by its minutes.") if total else []
        )
    integrated = scene.first(r"\b(?:behavioral health integration|bhi\b|collaborative care|cocm)\b")
    if integrated is not None:
        total = minutes_of(scene, r"total[^.\n]{0,50}?(\d{1,3}) ?min|(\d{1,3}) ?min") or 0
        if scene.has(r"\b(?:collaborative care|cocm)\b"):
            first = scene.has(r"\b(?:initial|first) month")
            base, limit = ("99492", 70) if first else ("99493", 60)
            return _blocks(
                integrated, base, "99494", max(total, limit), limit, 30, "Collaborative care by its minutes in the month."
            )
        return [line(integrated, "99484", "Behavioral health integration, 20 minutes or more in the month.")]
    return None


def _blocks(place: Deed, base: str, more: str, total: int, first: int, each: int, why: str, *, most: int = 9) -> list[Line]:
    if total < first:
        return []
    lines = [line(place, base, why, sureness=0.9)]
    extra = min((total - first) // each, most)
    if extra > 0:
        lines.append(line(place, more, f"Each further {each} minutes ({total} in all).", units=extra))
    return lines


def remote_contact(scene: Scene, level: EmLevel | None, others: list[Line]) -> list[Line] | None:
    del level, others
    portal = scene.first(
        r"\b(?:portal (?:message|encounter|exchange|e-?visit)|e-?visit|online digital|patient portal visit|secure messages?)\b"
    )
    if portal is not None and scene.has(r"\b(?:e-?visit|online digital|cumulative|over \d days|7 days|seven days)\b"):
        total = minutes_of(scene, r"(\d{1,3}) (?:cumulative )?min") or 5
        return [
            line(
                portal,
                "99423" if total >= 21 else "99422" if total >= 11 else "99421",
                f"Online digital visit, {total} minutes over seven days.",
                sureness=0.9,
            )
        ]
    if scene.is_phone or scene.has(r"\bvirtual check-?in|telephone check-?in\b"):
        spoken = minutes_of(
            scene,
            r"(\d{1,3})[ -]?min\w* (?:of )?(?:medical discussion|phone|call|discussion|telephone)|for (\d{1,3}) ?min|(\d{1,3}) ?min",
        )
        brief = scene.has(r"\bcheck-?in\b")
        place = scene.first(
            r"\b(?:i )?(?:spoke|talked|called|phone call|discussion)[^.\n]{0,60}\bmin\w*[^.\n]{0,25}"
        ) or scene.first(r"\d{1,3} ?min\w*")
        if brief and place is not None and spoken is not None and 5 <= spoken <= 10:
            return [line(place, "98016", "Brief virtual check-in of 5 to 10 minutes, not tied to a visit.", sureness=0.9)]
    read = scene.first(r"\b(?:interprofessional|e-?consult|curbside consult)\b")
    if read is not None:
        total = minutes_of(scene, r"(\d{1,2}) ?min") or 5
        if scene.has(r"\bwritten report only|no (?:phone|verbal)") or scene.has(r"\bwritten report\b"):
            return [line(read, "99451", "Interprofessional consultation with a written report.")]
        return [
            line(
                read,
                "99446" if total <= 10 else "99447" if total <= 20 else "99448" if total <= 30 else "99449",
                "Interprofessional consultation by its minutes.",
            )
        ]
    return None


_THERAPY: Final = r"\b(?:psychotherapy|individual therapy|therapy session|cbt session|cognitive processing|therapy hour|family therapy|couples therapy|group therapy)\b"


def mental_health(scene: Scene, level: EmLevel | None, others: list[Line]) -> list[Line] | None:
    del others
    intake = scene.first(
        r"\b(?:psychiatric (?:diagnostic )?evaluation|diagnostic (?:evaluation|interview|assessment)|initial (?:psychiatric )?(?:assessment|evaluation) by [^.\n]{0,50}(?:lcsw|lmft|lpc|psycholog\w+|counselor|therapist|phd|psyd|psychiatr\w+|pmhnp)|intake (?:assessment|evaluation)|psychosocial assessment)[^.\n]{0,40}"
    )
    prescriber = scene.has(
        r"\b(?:psychiatrist|md\b|pmhnp|medical services|prescri\w+|np\b|medication (?:started|management))\b"
    ) and not scene.has(r"\b(?:lcsw|psychologist|lmft|lpc|phd|psyd)\b")
    if intake is not None and not scene.has(_THERAPY + r"[^.\n]{0,30}\bsession \d"):
        return [
            line(
                intake,
                "90792" if prescriber else "90791",
                "Psychiatric diagnostic evaluation, with medical services only by a prescriber.",
                sureness=0.85,
            )
        ]
    therapy = scene.first(_THERAPY)
    if therapy is None or (
        scene.has(r"\bno psychotherapy|psychotherapy time is (?:not )?claimed|physical therapy[^.\n]{0,20}session")
        and not scene.has(r"\bpsychotherapy\b[^.\n]{0,60}\bmin")
    ):
        return None
    if scene.has(r"\bgroup (?:psycho)?therapy\b"):
        return [line(therapy, "90853", "Group psychotherapy.")]
    if scene.has(r"\bfamily (?:psycho)?therapy|couples? therapy\b"):
        return [line(therapy, "90846" if scene.has(r"\bwithout (?:the )?patient") else "90847", "Family psychotherapy.")]
    place = (
        scene.first(
            r"\b(?:start \d{1,2}:\d\d[^\n]{0,60}min\w*[^.\n]{0,25}|\d{2,3} ?min\w*[^.\n]{0,30}(?:psycho)?therapy|(?:psycho)?therapy[^.\n]{0,60}\d{2,3} ?min\w*)"
        )
        or therapy
    )
    total = (
        minutes_of(
            scene, r"(\d{2,3}) ?min\w*[^.\n]{0,25}(?:psycho)?therapy|(?:psycho)?therapy[^.\n]{0,80}?(\d{2,3}) ?min|(\d{2,3}) ?min"
        )
        or 45
    )
    if scene.has(r"\bcrisis (?:psychotherapy|session|therapy)\b") and not scene.has(r"\bno crisis"):
        lines = [line(place, "90839", "Psychotherapy for crisis, 30 to 74 minutes.")]
        return lines + ([line(place, "90840", "Each further 30 minutes.", units=(total - 45) // 30)] if total >= 75 else [])
    band = 0 if total <= 37 else 1 if total <= 52 else 2
    with_visit = prescriber and scene.has(r"\b(?:refill\w*|sertraline|medication|mg\b|e/m|dose)\b")
    if with_visit:
        at = LEVELS.index(level.level) if level else 2
        return [
            Line(OFFICE[at], *problem_place(scene), "The medical part of the visit by decision making.", sureness=0.75),
            line(place, ("90833", "90836", "90838")[band], f"Psychotherapy of {total} minutes beside the visit."),
        ]
    if total < 16:
        return []
    return [
        line(
            place,
            ("90832", "90834", "90837")[band],
            f"Psychotherapy of {total} minutes: 16-37, 38-52, or 53 and more.",
            sureness=0.9,
        )
    ]


def timed(scene: Scene, pattern: str) -> Deed | None:
    """Return where a service with its minutes stands; minutes are spent, whatever else the sentence offers or plans."""
    found = [one for one in scene.deeds(pattern, done_only=False) if one.status != "past"]
    return found[0] if found else None


def counselling_lines(scene: Scene) -> list[Line]:
    """Return counselling that has numbers of its own, by minutes."""
    lines: list[Line] = []
    smoke = timed(
        scene,
        r"\b(?:smoking|tobacco|nicotine|vaping) (?:and tobacco )?(?:use )?(?:cessation )?(?:cessation|counsel\w*)[^.\n]{0,60}?\d{1,2} ?min\w*|\d{1,2} ?min\w*[^.\n]{0,40}\b(?:smoking|tobacco) (?:cessation|counsel\w*)",
    )
    if smoke is not None:
        minutes = int(re.findall(r"(\d{1,2}) ?min", smoke.text.lower())[0])
        if minutes > 3:
            lines.append(line(smoke, "99407" if minutes > 10 else "99406", f"Tobacco cessation counselling of {minutes} minutes."))
    plan = timed(
        scene,
        r"\b(?:advance care planning|acp\b|advance directive\w*)[^.\n]{0,80}?\d{1,2} ?min\w*[^.\n]{0,70}|\d{1,2} ?min\w*[^.\n]{0,50}\b(?:advance care planning|advance directive)",
    )
    if plan is not None:
        minutes = int(re.findall(r"(\d{1,2}) ?min", plan.text.lower())[0])
        wellness = scene.is_medicare and scene.has(r"\b(?:annual wellness|awv\b)")
        if minutes >= 16:
            lines.append(line(plan, "99497", f"Advance care planning of {minutes} minutes.", modifiers=("33",) if wellness else ()))
        if minutes >= 46:
            lines.append(line(plan, "99498", "Each further 30 minutes of advance care planning."))
    obesity = scene.first(
        r"\b(?:obesity|weight loss|behavio\w+ therapy for obesity) counsel\w*[^.\n]{0,50}?15 ?min\w*|intensive behavio\w+ (?:therapy|counsel\w*)[^.\n]{0,30}obesity"
    )
    if obesity is not None and scene.is_medicare:
        lines.append(line(obesity, "G0447", "Medicare's obesity counselling of 15 minutes."))
    alcohol = scene.first(r"\b(?:alcohol (?:misuse )?(?:screen\w*|counsel\w*))[^.\n]{0,40}?15 ?min\w*")
    if alcohol is not None and scene.is_medicare:
        lines.append(
            line(
                alcohol,
                "G0442" if "screen" in alcohol.text.lower() else "G0443",
                "Medicare's alcohol screening or counselling of 15 minutes.",
            )
        )
    return lines


def problem_place(scene: Scene, *, treated: bool = False) -> tuple[int, int]:
    """Return the words that the visit's level stands on: the problem with what is done about it."""
    found = [
        one
        for one in scene.gathered.by_code.values()
        if not one.why_not and named(one) and one.mentions and not one.code.startswith("Z")
    ]
    if treated:
        found = [
            one
            for one in found
            if any_case(r"\b(?:start\w*|increas\w+|prescri\w+|mg\b)").search(
                one.mentions[0].sentence.text + " " + scene.text[one.mentions[0].end : one.mentions[0].end + 120]
            )
        ] or found
    if found:
        main = found[0]
        mention = next(
            (one for one in main.mentions if one.sentence.section.kind in {"assessment", "assessment_plan", "plan"}),
            main.mentions[0],
        )
        stop = scene.text.find("\n", mention.end)
        return mention.start, min(max(mention.end, stop if stop >= 0 else len(scene.text)), mention.end + 220)
    sections = scene.reading.sections.of("assessment_plan", "assessment", "plan")
    if sections:
        return sections[0].body, min(sections[0].end, sections[0].body + 200)
    first = scene.reading.sentences[-1] if scene.reading.sentences else None
    return (first.start, first.end) if first else (0, 0)
