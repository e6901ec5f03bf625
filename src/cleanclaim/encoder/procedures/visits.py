"""The visit itself: which kind of evaluation and management it is, and its number by decision making, time, age or place."""

from __future__ import annotations

import re
from typing import Final

from cleanclaim.documents.coding import EmLevel
from cleanclaim.encoder.em.mdm import LEVELS, total_minutes
from cleanclaim.encoder.guidelines.combine import named
from cleanclaim.encoder.guidelines.services import TREATED_BY
from cleanclaim.encoder.patterns import any_case, find
from cleanclaim.encoder.procedures.programs import (
    OFFICE,
    counselling_lines,
    managed_care,
    mental_health,
    minutes_of,
    problem_place,
    remote_contact,
    timed,
)
from cleanclaim.encoder.procedures.scene import Line, Scene, line

_NEW_OFFICE: Final = ("99202", "99203", "99204", "99205")
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


_HEAD: Final = 200
"""So far into the note reaches its title."""

_NOT_SEEN: Final = (
    r"\b(?:left without being seen|lwbs|no[- ]?show|did not (?:arrive|show|keep)|appointment (?:was )?cancell?ed|visit (?:was )?cancell?ed|rescheduled (?:before|prior)|left before (?:being seen|the (?:provider|visit))|"
    r"not seen by (?:a |the )?(?:provider|physician|clinician)|encounter opened in error|chart opened in error|wrong patient chart|no charge)\b"
)


def visit_lines(scene: Scene, level: EmLevel | None, others: list[Line]) -> list[Line]:
    """Return the lines of the visit itself, without the modifiers that depend on the other lines. Without a level only what the note itself names
    (a wellness visit, a care management log) counts: the text may be no visit's.
    """
    if scene.has(_NOT_SEEN):
        return []
    for decide in (
        _global,
        managed_care,
        remote_contact,
        _emergency,
        _facility,
        mental_health,
        _medicare_wellness,
        _routine,
        _staff,
    ):
        found = decide(scene, level, others) if level is not None or decide not in {_emergency, _facility, mental_health} else None
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
    place = deed or next(iter(scene.deeds(r"\bglobal\b", done_only=False)), None)
    return None if place is None else [line(place, "99024", "A visit about the operation within its global period.", sureness=0.9)]


def _emergency(scene: Scene, level: EmLevel | None, others: list[Line]) -> list[Line] | None:
    del others
    if not scene.is_emergency:
        return None
    critical = scene.first(r"\bcritical care (?:time)?[^.\n]{0,60}\b\d{2,3} ?min\w*|\b\d{2,3} ?min\w* of (?:\w+ )?critical care")
    if critical is not None and not find(r"\bno critical care", scene.low):
        total = minutes_of(scene, r"(\d{2,3}) ?min\w* of (?:\w+ )?critical care|critical care[^.\n]{0,60}?(\d{2,3}) ?min") or 30
        lines = [line(critical, "99291", f"Critical care, {total} minutes: 30 to 74 take the first code.", sureness=0.9)]
        if total >= 75:
            lines.append(line(critical, "99292", "Each further 30 minutes of critical care.", units=(total - 45) // 30))
        return lines
    place = problem_place(scene)
    at = LEVELS.index(level.level) if level else 1
    return [Line(("99282", "99283", "99284", "99285")[at], *place, "Emergency department visit by decision making.", sureness=0.75)]


_INITIAL: Final = ("99221", "99221", "99222", "99223")
_LATER: Final = ("99231", "99231", "99232", "99233")


def _facility(scene: Scene, level: EmLevel | None, others: list[Line]) -> list[Line] | None:
    del others
    head = scene.low[:400]
    at = LEVELS.index(level.level) if level else 2
    place = problem_place(scene)
    if (
        find(r"\b(?:discharge (?:day|summary|note|visit)|hospital discharge)\b", head)
        and find(r"\b(?:inpatient|hospital|hospitalist|observation)\b", head)
        and not scene.has(r"\btransitional|tcm\b")
    ):
        total = minutes_of(scene, r"(\d{1,3}) ?min") or 30
        return [Line("99239" if total > 30 else "99238", *place, f"Discharge day, {total} minutes.", sureness=0.8)]
    if find(
        r"\b(?:admission (?:h&p|note|history)|initial hospital|admit(?:ting)? note|h&p.{0,40}(?:inpatient|hospitalist|admission))\b",
        head,
    ):
        return [Line(_INITIAL[at], *place, "Initial hospital care by decision making.", sureness=0.75)]
    if find(
        r"\b(?:hospital (?:day|progress|visit|follow-up (?:visit|note))|progress note.{0,60}(?:inpatient|hospital)|inpatient progress|subsequent hospital|hospitalist (?:progress|daily)|hd ?#? ?\d{1,2})\b(?!\.\d| ?m[lg])",
        head,
    ):
        return [Line(_LATER[at], *place, "Subsequent hospital care by decision making.", sureness=0.75)]
    if find(r"\b(?:inpatient|hospital) consult\w*|consult\w*.{0,40}inpatient", head):
        return [Line(("99252", "99253", "99254", "99255")[at], *place, "Inpatient consultation by decision making.", sureness=0.7)]
    if find(r"\b(?:nursing (?:facility|home)|skilled nursing|snf)\b", head):
        first = find(r"\b(?:initial|admission)\b", head)
        return [
            Line(
                (("99304", "99304", "99305", "99306") if first else ("99307", "99308", "99309", "99310"))[at],
                *place,
                "Nursing facility visit by decision making.",
                sureness=0.75,
            )
        ]
    if find(r"\b(?:home visit|house call|assisted living visit|home or residence)\b", head):
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


def _medicare_wellness(scene: Scene, level: EmLevel | None, others: list[Line]) -> list[Line] | None:
    if not scene.is_medicare:
        return None
    welcome = scene.first(r"\b(?:welcome to medicare(?: visit)?|ippe\b|initial preventive physical)")
    wellness = next(
        (
            one
            for one in scene.deeds(
                r"\b(?:medicare )?(?:annual wellness(?: visit)?|awv\b)(?: - (?:subsequent|initial))?", done_only=False
            )
            if one.status == "done"
            or (one.start < _HEAD and one.status == "past" and not re.search(r"\blast\b", one.clause.lower()))
        ),
        None,
    )
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
    separate = timed(
        scene,
        r"\b(?:separate (?:problem|evaluation|issue)[^.\n]{0,60}|separately,? (?:identifiable|addressed|significant)[^.\n]{0,40}|additional problem[^.\n]{0,40}|also addressed[^.\n]{0,40}|also:? (?:a )?new (?:problem|complaint|issue)[^.\n]{0,60}|new problem[^.\n]{0,60}|problem visit[^.\n]{0,40})",
    )
    if (
        separate is not None
        and scene.has(r"\b(?:start\w*|increas\w+|change\w*|continue|mg\b|rx\b|prescri\w+|cream|ointment)")
        and not scene.has(r"\bno (?:other|separate) problem")
    ):
        at = LEVELS.index(level.level) if level else 1
        lines.append(
            Line(
                OFFICE[max(at, 1)],
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
        r"preventive (?:visit|exam|medicine)|complete physical|wellness (?:exam|visit)|routine (?:physical|gyn exam|adult exam)|physical exam(?:ination)? \(annual\)|adult physical|cpe\b|yearly physical|health maintenance (?:exam|visit)|4 year well check|(?:yearly|annual|routine|well[- ]child|\d{1,2}[- ](?:month|year)) check-?up|routine child (?:health )?exam\w*|first office visit for (?:a |an )?[\w-]+[- ]day[- ]old[^.\n]{0,12}|newborn (?:exam|visit|check)|health (?:check|supervision) of (?:a )?newborn|school physical|camp physical)"
    )
    if (
        deed is None
        or scene.is_medicare
        or (
            scene.has(r"\bwell (?:child|visit|woman)[^.\n]{0,30}\b(?:scheduled|is on|next)|no well visit")
            and not find(r"well|wcc|annual|physical|preventive", scene.head)
        )
    ):
        return None
    if not re.search(
        r"\b(?:well|wcc|annual|physical|preventive|routine|wellness|newborn|cpe|yearly|health maintenance|checkup|check-up|day-old)\b",
        scene.low[:420],
    ):
        return None
    years = scene.reading.patient.age_years
    if years is None:
        return None
    new = bool(scene.reading.patient.is_new)
    code = next((first if new else later) for limit, first, later in _ROUTINE_AGES if years < limit)
    lines = [line(deed, code, f"Preventive visit, age {years}, {'new' if new else 'established'} patient.", sureness=0.9)]
    separate = timed(
        scene,
        r"\b(?:separate(?:ly)? (?:evaluation|identifiable|problem|addressed)[^.\n]{0,60}|led to a separate[^.\n]{0,40}|in addition[^.\n]{0,60}|also (?:addressed|evaluated)[^.\n]{0,40}|problem[- ]oriented[^.\n]{0,40}|separate problem[^.\n]{0,60}|additional (?:work|concern|problem)[^.\n]{0,40})",
    )
    if separate is not None and scene.has(
        r"\b(?:start\w*|increas\w+|prescri\w+|change\w*|new|worse\w*|rx|over[- ]the[- ]counter|otc|physical therapy|brace|strap|separate history)\b"
    ):
        at = LEVELS.index(level.level) if level else 1
        place = problem_place(scene, treated=True)
        lines.append(
            Line(
                (_NEW_OFFICE if new else OFFICE)[max(at, 1)],
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
    r"scheduled (?:treatment|procedure|excision|removal)|planned (?:procedure|inj\w*|removal)|exam limited to the area|counsell?ed (?:last|at|on)|device clinic|procedure (?:note|report|visit)|excision report|here for (?:iud|nexplanon|procedure|shot|injection)|counseled at|no separate|biopsy proven|operative report)\b"
)
_FOOT_CARE: Final = re.compile(r"^(?:1105[567]|11719|1172[01]|G0127)$")
_QUALIFIES_FOOT_CARE: Final = re.compile(r"^(?:E0[89]|E1[013]|I7[0-3]|G6|L84|B35)")
"""Diseases that make routine foot care covered (Medicare Benefit Policy Manual, chapter 15, section 290); naming them is not evaluating them."""
_SURGICAL: Final = re.compile(r"^(?:1[0-7]|2[0-9]|3[01]|4[0-6]|5[0-9]|6[0-9])\d{3}$|^11\d{3}$")
_SEPARATE: Final = any_case(r"\b(?:also|in addition|separate\w*|additionally|new (?:problem|complaint|issue|concern)|new, |second problem|another problem|different problem|new -|flared?|worsening|not controlled|uncontrolled|unrelated|plus)\b")  # fmt: skip


def _office(scene: Scene, level: EmLevel | None, others: list[Line]) -> list[Line]:
    surgical = [
        one
        for one in others
        if _SURGICAL.match(one.code) and one.code not in {"36415", "36416", "51798", "59025", "15853", "15854"}
    ]
    if (
        scene.has(
            r"\b(?:i did not see|not seen (?:in|by)|no (?:md |physician |provider |office )?visit\b|result letter sent|without the patient|no face[- ]to[- ]face|phone log|no other problem handled|vitals only|routine foot care only|billed globally|global ob(?:stetric)? care|part of (?:the )?global)\b"
        )
        and not scene.is_video
    ):
        return counselling_lines(scene)
    counselled = counselling_lines(scene)
    if counselled and scene.has(r"\bno other (?:problems?|concerns?|complaints?|issues?)\b"):
        return counselled
    if any(one.code.startswith(("9327", "9328")) for one in others) and not scene.reading.sections.of("hpi", "complaint"):
        return []
    if (
        others
        and scene.has(
            r"\b(?:no exam, no other|(?:no other (?:problem|complaint)\w*(?: (?:handled|addressed|today))?|no new rx)[^\n]{0,30})"
        )
        and not _assessed(scene, others)
    ):
        return counselling_lines(scene)
    if surgical and not any(one.group == "major" for one in surgical) and not _assessed(scene, surgical):
        return counselling_lines(scene)
    if (
        not scene.reading.problems
        and not any(named(one) for one in scene.gathered.by_code.values())
        and not scene.has(r"\b(?:exam|assessment|visit|bp)\b")
    ):
        return []
    shots = others and all(one.code.startswith(("90", "963", "J", "G00", "Q")) for one in others)
    if shots and (scene.is_staff_only or not _conditions(scene)):
        return []
    if level is None:
        return []
    return _by_level_or_time(scene, level) + counselling_lines(scene)


def _conditions(scene: Scene) -> set[str]:
    """Return the conditions that the assessment names."""
    return {
        one.code
        for one in scene.gathered.by_code.values()
        if not one.why_not and named(one) and not one.code.startswith(("Z", "W", "Y"))
    }


def _assessed(scene: Scene, surgical: list[Line]) -> bool:
    """Tell whether a problem beyond the procedure's own was evaluated (NCCI policy manual, chapter I: modifier 25)."""
    if scene.has(r"\b(?:decision (?:today |made )?(?:for|to)[^.\n]{0,30}(?:closed treatment|surgery)|57\b)"):
        return True
    if scene.has(_PROCEDURE_ONLY) and not find(
        r"\b(?:also|in addition|separate problem|different problem)\b|#\s?2\b|(?:^|\n)2[.)]? ", scene.low
    ):
        return False
    conditions = _conditions(scene)
    wound = any(one.code.startswith(("120", "1006", "1100", "1104")) for one in surgical)
    treated = {family for pattern, family in TREATED_BY for one in surgical if re.match(pattern, one.code)}
    beyond = [code for code in conditions if not any(re.match(family, code) for family in treated)]
    if all(_FOOT_CARE.match(one.code) for one in surgical):
        beyond = [code for code in beyond if not _QUALIFIES_FOOT_CARE.match(code)]
    if len(conditions) >= 2 and beyond and not wound:
        return True
    if (
        conditions
        and _SEPARATE.search(scene.text)
        and scene.has(r"\b(?:rx|start\w*|added|up to \d+ ?mg|increase\w*|prescri\w+|physical therapy|referral|otc)\b")
        and not wound
    ):
        return True
    if scene.reading.patient.is_new and conditions and all(one.code.startswith(("205", "206")) for one in surgical):
        return True  # a new patient is evaluated before it is known that an injection will help
    return all(one.code.startswith(("29", "20")) for one in surgical) and any(one.code.startswith("29") for one in surgical)


def _by_level_or_time(scene: Scene, level: EmLevel) -> list[Line]:
    new = bool(scene.reading.patient.is_new)
    at = LEVELS.index(level.level)
    code = (_NEW_OFFICE if new else OFFICE)[at]
    place = problem_place(scene)
    why = f"{'New' if new else 'Established'} patient, {level.level} decision making."
    exam = (
        scene.first(r"\bcomprehensive (?:eye |ophthalm\w+ |dilated )?exam\w*[^.\n]{0,30}")
        if scene.has(r"\biop\b|\bintraocular pressure")
        else None
    )
    if exam is not None:
        return [line(exam, "92004" if new else "92014", "A comprehensive eye examination has codes of its own.")]
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
