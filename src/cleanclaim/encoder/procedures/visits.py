"""The visit itself: which kind of evaluation and management it is, and its number by decision making, time, age or place."""

from __future__ import annotations

import re
from typing import Final

from cleanclaim.documents.coding import EmLevel
from cleanclaim.encoder.em.mdm import LEVELS, total_minutes
from cleanclaim.encoder.guidelines.combine import named
from cleanclaim.encoder.procedures.scene import Deed, Line, Scene, line

_NEW_OFFICE: Final = ("99202", "99203", "99204", "99205")
_OFFICE: Final = ("99212", "99213", "99214", "99215")
_NEW_TIMES: Final = ((60, "99205"), (45, "99204"), (30, "99203"), (15, "99202"))
_TIMES: Final = ((40, "99215"), (30, "99214"), (20, "99213"), (10, "99212"))
_ROUTINE_AGES: Final = (
    (1, "99381", "99391"),
    (5, "99382", "99392"),
    (12, "99383", "99393"),
    (18, "99384", "99394"),
    (40, "99385", "99395"),
    (65, "99386", "99396"),
    (200, "99387", "99397"),
)


def visit_lines(scene: Scene, level: EmLevel | None, others: list[Line]) -> list[Line]:
    """Return the lines of the visit itself, without the modifiers that depend on the other lines."""
    for decide in (_global, _management, _digital, _emergency, _facility, _mental, _medicare_wellness, _routine, _staff):
        found = decide(scene, level, others)
        if found is not None:
            return found
    return _office(scene, level, others)


def _global(scene: Scene, level: EmLevel | None, others: list[Line]) -> list[Line] | None:
    del level, others
    deed = scene.first(
        r"\b(?:w/?in(?: the)? \d{1,2}[- ]?d(?:ay)?s? global|within (?:the )?(?:\d{1,2}[- ]?day )?global|global (?:period|package|follow[- ]?up)|in (?:the |her |his )?(?:\d{1,2}[- ]?day )?global|10 d global|post[- ]?op (?:visit|check|day \d+)[^.\n]{0,80}\bglobal)"
    )
    if deed is None and not scene.has(r"\bglobal\b"):
        return None
    if scene.has(
        r"\b(?:different problem|unrelated|new problem|separate (?:problem|condition)|not related to (?:the|her|his) surgery)\b"
    ):
        return None
    place = deed or scene.first(r"\bglobal\b")
    return None if place is None else [line(place, "99024", "A visit about the operation within its global period.", sureness=0.9)]


def _minutes(scene: Scene, pattern: str) -> int | None:
    found = re.search(pattern, scene.low)
    return int(next(group for group in found.groups() if group)) if found else None


def _management(scene: Scene, level: EmLevel | None, others: list[Line]) -> list[Line] | None:
    del others
    transition = scene.first(r"\b(?:transitional care|tcm\b)[^.\n]{0,40}|face-to-face[^.\n]{0,30}day \d+ after discharge")
    if transition is not None and scene.has(r"\bdischarg\w+") and not scene.has(r"\bno tcm|not tcm"):
        place = scene.first(r"\bface[- ]to[- ]face[^.\n]{0,40}|day \d{1,2} (?:after|post)[^.\n]{0,15}") or transition
        day = _minutes(scene, r"day (\d{1,2}) (?:after|post|from)|(\d{1,2}) days (?:after|post|since)")
        high = bool(re.search(r"\b(?:mdm:? high|high (?:complexity|mdm))", scene.low)) or (
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
        total = _minutes(scene, r"total[^.\n]{0,50}?(\d{1,3}) ?min|(\d{1,3}) ?min(?:utes)? (?:total|in total|this month)")
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
            r"\b(?:personally by (?:me|dr|the physician)|physician(?:'s)? own time:? \d|by (?:me|the physician) personally|my (?:own|personal) time)\b"
        ) and not scene.has(r"\bclinical staff time|physician own time not")
        if personal:
            return _blocks(place, "99491", "99437", total, 30, 30, "Chronic care management by the clinician's own minutes.")
        return _blocks(
            place, "99490", "99439", total, 20, 20, "Chronic care management by clinical staff's minutes in the month.", most=2
        )
    remote = scene.first(r"\b(?:remote (?:physiologic )?(?:patient )?monitoring|rpm\b)\b")
    if remote is not None:
        lines = []
        days = _minutes(scene, r"(\d{2}) (?:of 30 )?(?:days|readings)")
        if days is not None and days >= 16:
            lines.append(line(remote, "99454", "Device supply with data on 16 or more days of the month."))
        if scene.has(r"\b(?:set[- ]?up|education on (?:the )?device|initial)\b"):
            lines.append(line(remote, "99453", "Set-up of the device and teaching."))
        total = _minutes(scene, r"total[^.\n]{0,50}?(\d{1,3}) ?min|(\d{1,3}) ?min(?:utes)?")
        return lines + (
            _blocks(remote, "99457", "99458", total, 20, 20, "Management of remote readings by its minutes.") if total else []
        )
    integrated = scene.first(r"\b(?:behavioral health integration|bhi\b|collaborative care|cocm)\b")
    if integrated is not None:
        total = _minutes(scene, r"total[^.\n]{0,50}?(\d{1,3}) ?min|(\d{1,3}) ?min") or 0
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


def _digital(scene: Scene, level: EmLevel | None, others: list[Line]) -> list[Line] | None:
    del level, others
    portal = scene.first(
        r"\b(?:portal (?:message|encounter|exchange|e-?visit)|e-?visit|online digital|patient portal visit|secure messages?)\b"
    )
    if portal is not None and scene.has(r"\b(?:e-?visit|online digital|cumulative|over \d days|7 days|seven days)\b"):
        total = _minutes(scene, r"(\d{1,3}) (?:cumulative )?min") or 5
        return [
            line(
                portal,
                "99423" if total >= 21 else "99422" if total >= 11 else "99421",
                f"Online digital visit, {total} minutes over seven days.",
                sureness=0.9,
            )
        ]
    if scene.is_phone or scene.has(r"\bvirtual check-?in|telephone check-?in\b"):
        spoken = _minutes(
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
        total = _minutes(scene, r"(\d{1,2}) ?min") or 5
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


def _emergency(scene: Scene, level: EmLevel | None, others: list[Line]) -> list[Line] | None:
    del others
    if not scene.is_emergency:
        return None
    critical = scene.first(r"\bcritical care (?:time)?[^.\n]{0,60}\b\d{2,3} ?min\w*")
    if critical is not None and not re.search(r"\bno critical care", scene.low):
        total = _minutes(scene, r"critical care[^.\n]{0,60}?(\d{2,3}) ?min") or 30
        lines = [line(critical, "99291", f"Critical care, {total} minutes: 30 to 74 take the first code.", sureness=0.9)]
        if total >= 75:
            lines.append(line(critical, "99292", "Each further 30 minutes of critical care.", units=(total - 45) // 30))
        return lines
    place = _problem_place(scene)
    at = LEVELS.index(level.level) if level else 1
    return [Line(("99282", "99283", "99284", "99285")[at], *place, "Emergency department visit by decision making.", sureness=0.75)]


_INITIAL: Final = ("99221", "99221", "99222", "99223")
_LATER: Final = ("99231", "99231", "99232", "99233")


def _facility(scene: Scene, level: EmLevel | None, others: list[Line]) -> list[Line] | None:
    del others
    head = scene.low[:400]
    at = LEVELS.index(level.level) if level else 2
    place = _problem_place(scene)
    if (
        re.search(r"\b(?:discharge (?:day|summary|note|visit)|hospital discharge)\b", head)
        and re.search(r"\b(?:inpatient|hospital|hospitalist|observation)\b", head)
        and not scene.has(r"\btransitional|tcm\b")
    ):
        total = _minutes(scene, r"(\d{1,3}) ?min") or 30
        return [Line("99239" if total > 30 else "99238", *place, f"Discharge day, {total} minutes.", sureness=0.8)]
    if re.search(
        r"\b(?:admission (?:h&p|note|history)|initial hospital|admit(?:ting)? note|h&p.{0,40}(?:inpatient|hospitalist|admission))\b",
        head,
    ):
        return [Line(_INITIAL[at], *place, "Initial hospital care by decision making.", sureness=0.75)]
    if re.search(
        r"\b(?:hospital (?:day|progress|visit|follow-up (?:visit|note))|progress note.{0,60}(?:inpatient|hospital)|inpatient progress|subsequent hospital|hospitalist (?:progress|daily)|hd ?#? ?\d)\b",
        head,
    ):
        return [Line(_LATER[at], *place, "Subsequent hospital care by decision making.", sureness=0.75)]
    if re.search(r"\b(?:inpatient|hospital) consult\w*|consult\w*.{0,40}inpatient", head):
        return [Line(("99252", "99253", "99254", "99255")[at], *place, "Inpatient consultation by decision making.", sureness=0.7)]
    if re.search(r"\b(?:nursing (?:facility|home)|skilled nursing|snf)\b", head):
        first = re.search(r"\b(?:initial|admission)\b", head)
        return [
            Line(
                (("99304", "99304", "99305", "99306") if first else ("99307", "99308", "99309", "99310"))[at],
                *place,
                "Nursing facility visit by decision making.",
                sureness=0.75,
            )
        ]
    if re.search(r"\b(?:home visit|house call|assisted living visit|home or residence)\b", head):
        return [
            Line(
                (("99341", "99342", "99344", "99345") if scene.reading.patient.is_new else ("99347", "99348", "99349", "99350"))[
                    at
                ],
                *place,
                "Home visit by decision making.",
                sureness=0.75,
            )
        ]
    if scene.is_hospital and scene.has(
        r"\b(?:professional report|final report|did not see (?:her|him|the patient)|not seen in consultation|reading physician)\b"
    ):
        return []
    return None


_THERAPY: Final = r"\b(?:psychotherapy|individual therapy|therapy session|cbt session|cognitive processing|therapy hour)\b"


def _mental(scene: Scene, level: EmLevel | None, others: list[Line]) -> list[Line] | None:
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
        _minutes(
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
            Line(_OFFICE[at], *_problem_place(scene), "The medical part of the visit by decision making.", sureness=0.75),
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


def _medicare_wellness(scene: Scene, level: EmLevel | None, others: list[Line]) -> list[Line] | None:
    if not scene.is_medicare:
        return None
    welcome = scene.first(r"\b(?:welcome to medicare(?: visit)?|ippe\b|initial preventive physical)")
    wellness = scene.first(r"\b(?:medicare )?(?:annual wellness(?: visit)?|awv\b)(?: - (?:subsequent|initial))?")
    lines: list[Line] = []
    if welcome is not None:
        lines.append(line(welcome, "G0402", "The once-only visit of the first year of Part B.", sureness=0.9))
    elif wellness is not None:
        first = scene.has(
            r"\b(?:initial (?:annual wellness|awv)|first (?:annual wellness|awv)|(?:annual wellness visit|awv)[ ,:-]+(?:initial|first))"
        ) or scene.has(r"\bno (?:prior|previous) awv")
        lines.append(
            line(
                wellness,
                "G0438" if first else "G0439",
                "Medicare's annual wellness visit: the first one, or a later one.",
                sureness=0.9,
            )
        )
    elif any(one.code in {"G0101", "Q0091"} for one in others) and scene.has(r"\bno problem was treated|low risk|screening pelvic"):
        return []
    if (
        scene.has(r"\bshared decision\b")
        and (talk := scene.first(r"\bshared decision[^.\n]{0,30}")) is not None
        and scene.has(r"\b(?:ldct|low[- ]dose ct|lung)\b")
    ):
        lines.append(line(talk, "G0296", "Shared decision visit before lung cancer screening.", sureness=0.9))
    if not lines:
        return None
    separate = _timed(
        scene,
        r"\b(?:separate (?:problem|evaluation|issue)[^.\n]{0,60}|separately,? (?:identifiable|addressed|significant)[^.\n]{0,40}|additional problem[^.\n]{0,40}|also addressed[^.\n]{0,40})",
    )
    if (
        separate is not None
        and scene.has(r"\b(?:start\w*|increas\w+|change\w*|continue|mg\b)")
        and not scene.has(r"\bno (?:other|separate) problem")
    ):
        at = LEVELS.index(level.level) if level else 1
        lines.append(
            Line(
                _OFFICE[max(at, 1)],
                separate.start,
                separate.end,
                "A separate problem worked up beside the wellness visit.",
                ("25",),
                sureness=0.75,
            )
        )
    return lines


def _routine(scene: Scene, level: EmLevel | None, others: list[Line]) -> list[Line] | None:
    del others
    deed = scene.first(
        r"\b(?:(?:\d{1,2} ?(?:mo|month|yr|year|y|wk|week|day)s?\.? )?(?:well[- ](?:child|baby|visit|check|infant|woman|adolescent|teen|exam)\w*(?: (?:check|visit|exam))?|wcc\b|hsv visit|newborn (?:check|visit))|annual well[- ]?(?:woman|visit)[^.\n]{0,40}|annual (?:physical|exam\w*|preventive|gyn\w* exam|visit)|"
        r"preventive (?:visit|exam|medicine)|complete physical|wellness (?:exam|visit)|routine (?:physical|gyn exam|adult exam)|physical exam(?:ination)? \(annual\)|adult physical|cpe\b|yearly physical|health maintenance (?:exam|visit)|4 year well check)"
    )
    if (
        deed is None
        or scene.is_medicare
        or (
            scene.has(r"\bwell (?:child|visit|woman)[^.\n]{0,30}\b(?:scheduled|is on|next)|no well visit")
            and not re.search(r"well|wcc|annual|physical|preventive", scene.head)
        )
    ):
        return None
    if not re.search(
        r"\b(?:well|wcc|annual|physical|preventive|routine|wellness|newborn|cpe|yearly|health maintenance|checkup|check-up)\b",
        scene.low[:420],
    ):
        return None
    years = scene.reading.patient.age_years
    if years is None:
        return None
    new = bool(scene.reading.patient.is_new)
    code = next((first if new else later) for limit, first, later in _ROUTINE_AGES if years < limit)
    lines = [line(deed, code, f"Preventive visit, age {years}, {'new' if new else 'established'} patient.", sureness=0.9)]
    separate = _timed(
        scene,
        r"\b(?:separate(?:ly)? (?:evaluation|identifiable|problem|addressed)[^.\n]{0,60}|led to a separate[^.\n]{0,40}|in addition[^.\n]{0,60}|also (?:addressed|evaluated)[^.\n]{0,40}|problem[- ]oriented[^.\n]{0,40}|separate problem[^.\n]{0,60}|additional (?:work|concern|problem)[^.\n]{0,40})",
    )
    if separate is not None and scene.has(r"\b(?:start\w*|increas\w+|prescri\w+|change\w*|new|worse\w*|rx)\b"):
        at = LEVELS.index(level.level) if level else 1
        place = _problem_place(scene, treated=True)
        lines.append(
            Line(
                (_NEW_OFFICE if new else _OFFICE)[max(at, 1)],
                *place,
                "A problem of its own worked up at the preventive visit.",
                ("25",),
                sureness=0.75,
            )
        )
    return lines


def _staff(scene: Scene, level: EmLevel | None, others: list[Line]) -> list[Line] | None:
    del level
    signed = re.search(r"\b(?:rn|lpn|ma|cma)\b[ .]*$", scene.low.strip()[-60:]) and not scene.has(
        r"\bmy (?:exam|read)|a/p\b|assessment:|physician:|dr\.? \w+ (?:examined|evaluated)"
    )
    if not scene.is_staff_only and not (signed and others):
        return None
    if others or scene.has(r"\b(?:injection|vaccine|immuniz\w+|inr)\b"):
        return []
    place = scene.first(r"\b(?:nurse visit|bp check|blood pressure check|weight check|wound check|vs\b|bp\b)[^.\n]{0,40}")
    return [line(place, "99211", "A visit with clinical staff under the clinician's supervision.")] if place is not None else []


_PROCEDURE_ONLY: Final = (
    r"\b(?:returns? for (?:\w+ ){0,4}(?:only|insertion|cryo\w*|excision|removal|injection|treatment|procedure)|return for cryo|(?:insertion|procedure|treatment|injection) only|no (?:new|other) (?:complaints?|problems?|concerns?|lesions)|only complaint|no other (?:complaint|problem)|"
    r"scheduled (?:treatment|procedure|excision|removal)|planned (?:procedure|inj\w*|removal)|exam limited to the area|procedure (?:note|report|visit)|excision report|here for (?:iud|nexplanon|procedure|shot|injection)|counseled at|no separate|biopsy proven|operative report)\b"
)
_SURGICAL: Final = re.compile(r"^(?:1[0-7]|2[0-9]|3[01]|4[0-6]|5[0-9]|6[0-9])\d{3}$|^11\d{3}$")
_SEPARATE: Final = re.compile(
    r"\b(?:also|in addition|separate\w*|additionally|new\b|#2|2\)|second problem|another problem|different problem|flared?|worsening|not controlled|uncontrolled|unrelated|plus)\b", re.IGNORECASE)  # fmt: skip


def _office(scene: Scene, level: EmLevel | None, others: list[Line]) -> list[Line]:
    surgical = [
        one
        for one in others
        if _SURGICAL.match(one.code) and one.code not in {"36415", "36416", "51798", "59025", "15853", "15854"}
    ]
    if (
        scene.has(
            r"\b(?:i did not see|not seen (?:in|by)|no visit|result letter sent|without the patient|no face[- ]to[- ]face|phone log|no other problem handled|vitals only|routine foot care only)\b"
        )
        and not scene.is_video
    ):
        return _counselling(scene)
    if (
        others
        and scene.has(
            r"\b(?:no exam, no other|(?:no other (?:problem|complaint)\w*(?: (?:handled|addressed|today))?|no new rx)[^\n]{0,30})"
        )
        and not _assessed(scene, others)
    ):
        return _counselling(scene)
    if surgical and not any(one.group == "major" for one in surgical) and not _assessed(scene, surgical):
        return _counselling(scene)
    if (
        not scene.reading.problems
        and not any(named(one) for one in scene.gathered.by_code.values())
        and not scene.has(r"\b(?:exam|assessment|visit|bp)\b")
    ):
        return []
    shots = others and all(one.code.startswith(("90", "963", "J", "G00", "Q")) for one in others)
    if shots and scene.is_staff_only:
        return []
    if level is None:
        return []
    return _by_level_or_time(scene, level) + _counselling(scene)


def _assessed(scene: Scene, surgical: list[Line]) -> bool:
    """Tell whether a problem beyond the procedure's own was evaluated (NCCI policy manual, chapter I: modifier 25)."""
    if scene.has(r"\b(?:decision (?:today |made )?(?:for|to)[^.\n]{0,30}(?:closed treatment|surgery)|57\b)"):
        return True
    if scene.has(_PROCEDURE_ONLY) and not re.search(
        r"\b(?:also|in addition|separate problem|different problem)\b|#\s?2\b|(?:^|\n)2[.)]? ", scene.low
    ):
        return False
    conditions = {
        one.code[:3]
        for one in scene.gathered.by_code.values()
        if not one.why_not and named(one) and not one.code.startswith(("Z", "W", "Y"))
    }
    wound = any(one.code.startswith(("120", "1006", "1100", "1104")) for one in surgical)
    if len(conditions) >= 2 and not wound:
        return True
    if (
        _SEPARATE.search(scene.text)
        and scene.has(r"\b(?:rx|start\w*|added|up to \d+ ?mg|increase\w*|prescri\w+|physical therapy|referral|otc)\b")
        and not wound
    ):
        return True
    return all(one.code.startswith(("29", "20")) for one in surgical) and any(one.code.startswith("29") for one in surgical)


def _by_level_or_time(scene: Scene, level: EmLevel) -> list[Line]:
    new = bool(scene.reading.patient.is_new)
    at = LEVELS.index(level.level)
    code = (_NEW_OFFICE if new else _OFFICE)[at]
    place = _problem_place(scene)
    why = f"{'New' if new else 'Established'} patient, {level.level} decision making."
    lines: list[Line] = []
    stated = total_minutes(scene.reading)
    if stated is not None and not scene.has(r"\b(?:time (?:in|of) (?:procedure|therapy)|staff time)\b"):
        minutes, start, end = stated
        by_time = next((number for limit, number in (_NEW_TIMES if new else _TIMES) if minutes >= limit), "")
        if by_time > code:
            code, place, why = (
                by_time,
                (start, end),
                f"Total time of {minutes} minutes on the date supports more than decision making does.",
            )
        if by_time == code and code in {"99205", "99215"}:
            if scene.is_medicare:
                extra = (minutes - (74 if new else 54)) // 15
                prolonged = "G2212"
            else:
                extra = (minutes - (60 if new else 40)) // 15
                prolonged = "99417"
            if extra > 0:
                lines.append(Line(prolonged, start, end, f"Each full 15 minutes beyond the time of {code}.", units=extra))
    if scene.is_phone and not scene.is_medicare:
        code = ("98008", "98009", "98010", "98011")[at] if new else ("98012", "98013", "98014", "98015")[at]
    elif (
        scene.is_video
        and not scene.is_medicare
        and scene.has(r"\b98000\b|98000 series|plan (?:takes|accepts|wants|requires) (?:the )?980")
    ):
        code = ("98000", "98001", "98002", "98003")[at] if new else ("98004", "98005", "98006", "98007")[at]
    return [Line(code, *place, why, sureness=0.8), *lines]


def _counselling(scene: Scene) -> list[Line]:
    """Return counselling billed by its minutes: tobacco, advance care planning, alcohol, obesity."""
    return counselling_lines(scene)


def _timed(scene: Scene, pattern: str) -> Deed | None:
    """Return where a service with its minutes stands; minutes are spent, whatever else the sentence offers or plans."""
    found = [one for one in scene.deeds(pattern, done_only=False) if one.status != "past"]
    return found[0] if found else None


def counselling_lines(scene: Scene) -> list[Line]:
    """Return counselling that has numbers of its own, by minutes."""
    lines: list[Line] = []
    smoke = _timed(
        scene,
        r"\b(?:smoking|tobacco|nicotine|vaping) (?:and tobacco )?(?:use )?(?:cessation )?(?:cessation|counsel\w*)[^.\n]{0,60}?\d{1,2} ?min\w*|\d{1,2} ?min\w*[^.\n]{0,40}\b(?:smoking|tobacco) (?:cessation|counsel\w*)",
    )
    if smoke is not None:
        minutes = int(re.findall(r"(\d{1,2}) ?min", smoke.text.lower())[0])
        if minutes > 3:
            lines.append(line(smoke, "99407" if minutes > 10 else "99406", f"Tobacco cessation counselling of {minutes} minutes."))
    plan = _timed(
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


def _problem_place(scene: Scene, *, treated: bool = False) -> tuple[int, int]:
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
            if re.search(
                r"\b(?:start\w*|increas\w+|prescri\w+|mg\b)",
                one.mentions[0].sentence.text + " " + scene.text[one.mentions[0].end : one.mentions[0].end + 120],
                re.IGNORECASE,
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
