"""The three elements of medical decision making: number and complexity of problems, data reviewed, risk of management."""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from cleanclaim.encoder.candidates.gather import Candidate, Gathered
from cleanclaim.encoder.guidelines.combine import named
from cleanclaim.encoder.model.features import drugs, drugs_named, prescription_names
from cleanclaim.encoder.patterns import any_case, find
from cleanclaim.encoder.reading import Reading

_PLAN: Final = frozenset(
    {"assessment", "assessment_plan", "plan", "orders", "instructions", "procedure", "discharge", "hpi", "head"}
)
_WORSE: Final = any_case(r"\b(?:exacerbat\w+|worse|(?:start(?:ed|ing)?|initiat\w+|add(?:ed)?|begin|prescri\w+) (?:\w+ ){0,3}(?:on )?(?:\w+ )?\d*\.?\d* ?(?:mg|mcg|units|puffs)|newly|new[- ]onset|uncontrolled|not (?:well )?(?:controlled|at goal)|poorly controlled|above goal|worsen\w*|progress(?:ing|ion|ive)|flar\w+|elevated|increase[ds]?|increasing|not improv\w+|not working|"
    r"side effects?|unstable|hypoglycemi\w+|wearing off|fluctuat\w+|breakthrough|suboptimal\w*|not optimally|above target|not at target|recurren(?:t|ce) of|still \d|higher dose|failed|refractory|uncontrolled|decompensat\w+|deteriorat\w+|out of control|acting up|inadequate\w*|change[d]? (?:his|her|to)|still (?:having|symptomatic))\b")  # fmt: skip
_COMPLICATED: Final = re.compile(r"^(?:S[1-4]2|S52|S72|S82|S92\.[0-3]|S06\.0X1|S02|S43\.0|T2[0-5]\.3)")
_THREAT: Final = any_case(r"\b(?:myocardial infarction|stemi|nstemi|unstable angina|pulmonary embol\w+|respiratory (?:failure|distress)|sepsis|septic|acute stroke|status epilepticus|suicid\w+ (?:with )?(?:plan|intent)|anaphyla\w+|"
    r"severe exacerbation|acute renal failure|stage (?:iii|iv|3|4)[abc]?\b(?! (?:ckd|chronic|kidney))|metasta\w+|threat to (?:life|vision)|acute on chronic (?:systolic|diastolic|combined|heart|hypox\w+|respiratory)|(?:septic|cardiogenic) shock|acute kidney injury|acute appendicitis|ectopic pregnancy|testicular torsion|meningitis|loss of vision|vision (?:loss|would|may)|acute coronary|rule out acs|acs\b|impending)\b")  # fmt: skip
_NEW: Final = any_case(
    r"\b(?:new(?:ly)?|undiagnosed|unclear|unknown|cause (?:not known|undetermined)|uncertain|undetermined|rule out|r/o|further evaluation|concern\w*|suspicious)\b"
)
_SYSTEMIC: Final = any_case(
    r"\b(?:systemic symptoms|pyelonephritis|pneumonia|colitis|dehydrat\w+|high fever|influenza|flu\b|covid)\b"
)


class Element(NamedTuple):
    """One of the three elements: its level (0 to 3) and the words it stands on."""

    level: int
    reason: str


def problems_of(reading: Reading, gathered: Gathered) -> Element:
    """Score the number and complexity of the problems addressed."""
    found = diagnoses(gathered) or [
        one
        for one in gathered.by_code.values()
        if not one.why_not
        and one.assertion == "present"
        and one.concept.kind in {"a", "c", "i", "n"}
        and not one.code.startswith("Z")
    ]
    followed = [one for one in found if one.code.startswith(("Z08", "Z09", "Z85", "Z86", "Z9"))]
    acute = [one for one in found if one.concept.kind in {"a", "i"} and not one.code.startswith("Z")]
    chronic = [one for one in found if (one.concept.kind in {"c", "n"} or one.derived) and not one.code.startswith("Z")]
    chronic = _one_each(chronic)
    unclear = [one for one in found if one.concept.kind in {"s", "f"}]
    said = " ".join(
        sentence.text
        for sentence in reading.sentences
        if sentence.section.kind in {"assessment", "assessment_plan", "plan", "hpi", "head", "complaint"}
    )
    plan = (
        " ".join(
            sentence.text for sentence in reading.sentences if sentence.section.kind in {"assessment", "assessment_plan", "plan"}
        )
        or said
    )
    threatened = " ".join(part for part in re.split(r"(?<=[.!?])\s", plan) if not any_case(r"\brisks?\b|\bckd|kidney").search(part))
    if _THREAT.search(threatened) and not any_case(
        r"\b(?:no|denies|without|rule out) (?:\w+ ){0,3}(?:suicid|stroke|metasta)"
    ).search(plan):
        threat = _THREAT.search(threatened)
        return Element(3, f"a threat to life or bodily function ({threat.group() if threat else ''})")
    if len(found) == 1:
        chronic_said = said if len(said) < 4000 else plan
        plan = plan if reading.sections.of("plan", "assessment_plan") else said
        worse = [
            one
            for one in chronic
            if _WORSE.search(_about(one, plan)) or _WORSE.search(plan) or _changed(chronic_said) or _steps_up(plan)
        ]
    else:
        worse = [
            one for one in chronic if _WORSE.search(_about(one, plan)) or _steps_up(_about(one, plan)) or _steps_up(plan, one.code)
        ]
    if worse:
        return Element(2, f"a chronic illness that is worse or not at goal ({worse[0].code})")
    if len(chronic) >= 2:
        return Element(2, f"{len(chronic)} stable chronic illnesses ({', '.join(one.code for one in chronic[:3])})")
    still = find(r"\b(?:nondisplaced|non-displaced|buckle|torus)\b", reading.lowered) is not None
    complicated = next((one for one in acute if _COMPLICATED.match(one.code) and not still), None)
    if complicated is not None:
        return Element(2, f"an acute complicated injury ({complicated.code})")
    cancer = next((one for one in chronic if one.code.startswith("C")), None)
    if cancer is not None:
        return Element(2, f"a newly treated or followed cancer ({cancer.code})")
    uncertain = next((one for one in unclear if _NEW.search(_about(one, plan)) or len(found) == 1), None)
    if uncertain is not None and uncertain.code.startswith("R"):
        return Element(2, f"an undiagnosed problem with uncertain prognosis ({uncertain.code})")
    systemic = next((one for one in acute if _SYSTEMIC.search(_about(one, plan))), None)
    if systemic is not None:
        return Element(2, f"an acute illness with systemic symptoms ({systemic.code})")
    if chronic and (acute or unclear):
        return Element(2 if len(chronic) + len(acute) + len(unclear) >= 3 else 1, "a stable chronic illness and an acute problem")
    if chronic:
        return Element(1, f"one stable chronic illness ({chronic[0].code})")
    if len(acute) >= 2:
        return Element(1, "two or more acute uncomplicated problems")
    if acute:
        return Element(1, f"one acute uncomplicated illness or injury ({acute[0].code})")
    if unclear:
        return Element(1, f"one problem ({unclear[0].code})")
    if followed:
        return Element(1, f"a stable condition followed ({followed[0].code})")
    return Element(0, "no more than a minor problem found")


_STEP: Final = any_case(
    r"\b(?:start(?:s|ed|ing)?|begin|began|add(?:ed|ing)?|initiat\w+|increas\w+|rais(?:e|ed|ing)|restart\w*|switch\w*|chang(?:e|ed|ing)|step up|chose|picks?|chosen)\b"
)
_NO_STEP: Final = any_case(r"\b(?:if|consider|discuss\w*|no change|not (?:start|chang)\w*|declin\w+)\b")


def _steps_up(text: str, code: str = "") -> bool:
    """Tell whether a prescription drug (one that is given for a code) is started or raised: an illness whose treatment is stepped up is not at its goal."""
    if not _STEP.search(text):
        return False
    for part in re.split(r"[.;\n]|(?<=[a-z]), ", text):
        if _STEP.search(part) and not _NO_STEP.search(part):
            lowered = part.lower()
            if code:
                named = [name for name in drugs_named(lowered) if any(code.startswith(family) for family in drugs()[name][0])]
            else:
                named = [*drugs_named(lowered), *prescription_names(lowered)]
            if any(name not in _OTC_NAMES for name in named):
                return True
    return False


def _changed(text: str) -> bool:
    """Tell whether a dictated note says that the one condition it is about grew worse or was treated anew."""
    return (
        any_case(r"\b(?:worsening|worse|progress(?:ing|ed)|flare[ds]?|not (?:well )?controlled|uncontrolled|above goal)\b").search(
            text
        )
        is not None
    )


def _one_each(found: list[Candidate]) -> list[Candidate]:
    """Return one candidate a disease: combination codes and what they add to are one problem."""
    seen: set[str] = set()
    kept = []
    for one in found:
        family = {"I11": "I50", "I13": "I50", "I12": "N18", "L97": "E11"}.get(one.code[:3], one.code[:3])
        if family not in seen:
            seen.add(family)
            kept.append(one)
    return kept


def _about(candidate: Candidate, otherwise: str) -> str:
    said = " ".join(
        [problem.heading + " " + " ".join(sentence.text for sentence in problem.sentences) for problem in candidate.problems]
    )
    return said or otherwise


_TESTS: Final = any_case(r"\b(?:hcg|pregnancy test|glucose|ferritin|b12|vitamin d|uric acid|rpr|calprotectin|dxa|oct\b|visual fields?|vf\b|nerve conduction|eeg|duplex|uacr|egfr|iron studies|psa|fit test|cologuard|hgb|hemoglobin|gtt|lithium level|drug screen|uds|quantiferon|free t4|x-?rays?|radiographs?|xr|cxr|wbc|lactate|bnp|esr|crp|ccp|rf\b|ana\b|ferritin|mri|ct(?: scan)?|ultrasound|us\b|echo(?:cardiogram)?|ekg|ecg|electrocardiogram|stress test|cbc|cmp|bmp|a1c|hba1c|tsh|lipid panel|lipids|urinalysis|ua\b|urine culture|psa|inr|"
    r"culture|biopsy|pathology|mammogram|dexa|emg|pulmonary function tests?|pft|spirometry|sleep study|endoscopy|colonoscopy|troponin|d-dimer|rapid strep|strep|influenza|covid(?:-19)? test|panel|titer|western blot|"
    r"hemoglobin|thyroid panel|metabolic panel|creatinine|labs?|blood work|testosterone|levels?|genotype|rna|elastography|barium swallow|holter|cardiac catheterization)\b")  # fmt: skip
_INDEPENDENT: Final = any_case(
    r"\b(?:independent(?:ly)? (?:interpret\w+|review\w+)|i (?:personally )?(?:reviewed|viewed|interpreted) (?:\w+ ){0,4}(?:myself|images?|films?|tracings?)|my (?:own )?(?:read|interpretation|interp)|reviewed myself|(?:looked at|reviewed|read|viewed) the (?:ct|mri|x-?rays?|films?|images?|tracing) myself|\b(?:ct|mri)\b[^.\n]{0,30}\b(?:read|reviewed|viewed) by me|(?:which )?i (?:read|reviewed|viewed) (?:it |them )?(?:myself|personally)|read(?: it)? myself|interpret as|personally reviewed the (?:mri|ct|x-?ray|images?))\b"
)
_HISTORIAN: Final = any_case(
    r"\b(?:mother|mom|father|dad|son|daughter|wife|husband|spouse|parent|caregiver|guardian) (?:gives|gave|provid\w+|reports?|states?|says|notes|describes)\b|history (?:from|by|given by|obtained from) (?:the |her |his )?(?:mother|mom|father|dad|son|daughter|wife|husband|parent|caregiver)|independent historian"
)
_DISCUSSED: Final = any_case(
    r"\b(?:discussed|spoke|reviewed|d/w|phone)\b[^.\n]{0,40}\b(?:cardiolog\w+|surgeon|radiolog\w+|neurolog\w+|oncolog\w+|hospitalist|specialist|psychiatr\w+|dr\. \w+)"
)
_OUTSIDE: Final = any_case(
    r"\b(?:outside|hospital|discharge summary|er|ed|emergency (?:room|department)|previous|prior|neurology|cardiology) (?:records?|notes?|report|summary)\b|records? (?:were )?review\w+"
)


def data_of(reading: Reading) -> Element:
    """Score the data: unique tests ordered or reviewed, outside notes, an independent historian, interpretation, discussion."""
    tests: set[str] = set()
    for sentence in reading.sentences:
        if sentence.section.kind in {"family", "social", "past", "surgical", "ros", "medications", "allergies"}:
            continue
        for match in _TESTS.finditer(sentence.text):
            assertion, _ = reading.assertion(sentence, sentence.start + match.start(), sentence.start + match.end())
            if assertion not in {"absent", "hypothetical"} or sentence.section.kind == "results":
                tests.add(_test_name(match.group().lower()))
    historian = bool(_HISTORIAN.search(reading.text))
    independent = bool(_INDEPENDENT.search(reading.text))
    discussed = bool(_DISCUSSED.search(reading.text))
    outside = bool(_OUTSIDE.search(reading.text))
    if len(tests) > 1:
        tests.discard("labs")
    count = len(tests) + outside
    moderate = sum((count + historian >= 3, independent, discussed))
    listed = ", ".join(sorted(tests)[:5]) or "none"
    if moderate >= 2:
        return Element(3, f"three or more tests or notes ({listed}) with independent interpretation or discussion")
    if moderate == 1:
        return Element(
            2,
            f"{count} tests or notes ({listed})"
            + (", independent interpretation" if independent else ", discussion with another clinician" if discussed else ""),
        )
    if count == 2 or historian:
        return Element(1, f"tests or notes ({listed})" + (", an independent historian" if historian else ""))
    return Element(0, f"tests: {listed}")


def _test_name(word: str) -> str:
    if re.fullmatch(r"x-?rays?|radiographs?|xr|cxr", word):
        return "x-ray"
    if re.fullmatch(r"labs?|blood work|panel|levels?|hemoglobin", word):
        return "labs"
    return {
        "ecg": "ekg",
        "electrocardiogram": "ekg",
        "echo": "echocardiogram",
        "hba1c": "a1c",
        "lipids": "lipid panel",
        "ua": "urinalysis",
        "ct scan": "ct",
        "us": "ultrasound",
    }.get(word, word)


_SURGERY: Final = any_case(r"\b(?:orif|surgical intervention|surgery|operation|replacement|resection|excision|arthroscopy|hysterectomy|oophorectomy|bypass|cholecystectomy|repair|lithotripsy|catheterization|fusion|epidural)\b")  # fmt: skip
_DECIDED: Final = any_case(
    r"\b(?:proceed|decision (?:made )?(?:for|to)|schedul\w+|wishes to|elected|indicated|recommend\w*|plan(?:ned)? (?:is )?(?:to|for)|will (?:most likely )?(?:require|need|undergo)|candidate for|choose to)\b"
)
_MAJOR_RISK: Final = any_case(
    r"\b(?:admit(?:ted)?|hospitali[sz]\w+|observation admission|chemotherapy|cisplatin|intensive monitoring|monitoring for toxicity|dnr|no resuscitation|do not resuscitate|de-escalat\w+|not admitted|to (?:the )?or (?:tonight|today|now|emergently)|emergen(?:t|cy) (?:surgery|operation)|(?:taken|going) to the operating room)\b"
)
_PRESCRIBED: Final = any_case(r"\b(?:prescri\w+|rx\b|therapy to|refill\w*|rf x|start(?:ed|ing)?|initiat\w+|increas\w+|decreas\w+|continu\w+|add(?:ed)?|switch\w*|change|titrat\w+|mg\b|mcg\b|units\b|bid|tid|qhs|daily|twice (?:a |per )?day|sent)\b")  # fmt: skip
_OTC: Final = any_case(
    r"\b(?:otc|over[- ]the[- ]counter|tylenol|acetaminophen|ibuprofen|advil|aleve|saline|fluids|rest\b|ice\b|brace|splint|physical therapy|crutches|sling)\b"
)
_OTC_NAMES: Final = frozenset("ibuprofen motrin aspirin asa naproxen aleve loratadine cetirizine famotidine omeprazole".split())
_GREAT_SURGERY: Final = any_case(r"\b(?:trans-?sphenoidal|craniotomy|open heart|cabg|hysterectomy|oophorectomy|transplant(?:ation)?|colectomy|lobectomy|aneurysm repair|whipple|esophagectomy|cystectomy|amputation of)\b")  # fmt: skip
_LIGHT: Final = any_case(
    r"\b(?:refer\w*|mammogram|ultrasound|massage|gel\b|monitor\w*|exercise|dietary|diet|specialist|blood work|x-?ray|mri|follow[- ]?up (?:with|in)|observe|vaccin\w+|sutur\w+|repair|remov\w+|drain\w+|hearing aids?|sound machine|glasses|compression|maneuver|exercises)\b"
)
_SOCIAL: Final = any_case(
    r"\b(?:homeless\w*|food insecurity|cannot afford|unable to afford|no insurance|uninsured|transportation)\b"
)
_RX_CLASS: Final = any_case(r"\b(?:antibiotic|amoxicillin|augmentin|azithromycin|doxycycline|cephalexin|keflex|nitrofurantoin|macrobid|bactrim|ciprofloxacin|levofloxacin|prednisone|steroids?|medrol|lortab|norco|oxycodone|"
    r"hydrocodone|valacyclovir|acyclovir|fluconazole|inhaler|patch|cream rx|ondansetron|zofran|paxlovid|oseltamivir|tamiflu|penicillin|cefdinir|clindamycin|mupirocin|clobetasol|lidocaine viscous|norethindrone|contracept\w+|ocp|injection|cardura|biologic|chantix|varenicline|celestone|cortisone|kenalog|shampoo rx|insulin pump|basal|bolus|drops?|ointment rx)\b")  # fmt: skip


def _after_dash(text: str, names: list[str]) -> bool:
    """Tell whether a drug stands behind the dash of a problem's line ("3. Hypothyroidism - levothyroxine")."""
    _, dash, after = text.partition(" - ")
    return bool(dash) and any(name in after.lower() for name in names)


def risk_of(reading: Reading) -> Element:
    """Score the risk of management: prescription drugs are moderate, a decision about major surgery moderate or high."""
    best = Element(0, "no treatment beyond rest or reassurance")
    for sentence in reading.sentences:
        if sentence.section.kind not in _PLAN or (
            sentence.section.kind in {"hpi", "head"} and reading.problems and sentence.section.kind == "hpi"
        ):
            continue
        text = sentence.text
        lowered = text.lower()
        if (
            _SURGERY.search(text)
            and _DECIDED.search(text)
            and not find(r"\b(?:if|consider|may need|possible|conservative|rather than|instead)\b", lowered)
        ):
            best = max(best, Element(2, f'a decision about surgery ("{text[:60]}")'), key=lambda one: one.level)
        if _GREAT_SURGERY.search(text) and _DECIDED.search(text) and not find(r"\b(?:if|consider|may need)\b", lowered):
            best = max(
                best, Element(3, f'a decision about major surgery with its risks ("{text[:60]}")'), key=lambda one: one.level
            )
        if _MAJOR_RISK.search(text) and not find(r"\b(?:denies|no |if )", lowered):
            major = _MAJOR_RISK.search(text)
            best = max(best, Element(3, f"{major.group() if major else ''}: a decision of high risk"), key=lambda one: one.level)
        if find(r"\binjected\b", lowered):
            continue
        named = [name for name in drugs_named(lowered) if name not in _OTC_NAMES] or [
            name for name in prescription_names(lowered) if name not in _OTC_NAMES
        ]
        if (
            (
                (named or _RX_CLASS.search(text))
                and (_PRESCRIBED.search(text) or sentence.section.kind in {"plan", "assessment_plan"} or _after_dash(text, named))
            )
            or find(r"\bprescri(?:bed|ption)|\brx sent|\brefill", lowered)
        ) and not find(r"\b(?:no (?:new )?(?:rx|prescription|antibiotic|opioid)|not prescribed|declin\w+ medication)", lowered):
            best = max(best, Element(2, f'prescription drug management ("{text[:60]}")'), key=lambda one: one.level)
        if _SOCIAL.search(text):
            best = max(best, Element(2, "treatment limited by social determinants of health"), key=lambda one: one.level)
        if best.level == 0 and sentence.section.kind in _PLAN and _LIGHT.search(text) and not find(r"\b(?:no|not|none)\b", lowered):
            best = Element(1, f'low-risk treatment or follow-up ("{text[:60]}")')
        if _OTC.search(text):
            best = max(best, Element(1, f'over-the-counter treatment or therapy ("{text[:60]}")'), key=lambda one: one.level)
    return best


def diagnoses(gathered: Gathered) -> list[Candidate]:
    """Return the conditions that the visit addresses."""
    return [candidate for candidate in gathered.by_code.values() if not candidate.why_not and named(candidate)]
