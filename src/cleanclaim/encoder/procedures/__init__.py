"""Procedures and supplies of a visit: CPT and HCPCS numbers with modifiers, units and reasons.

The triggers and labels are our own words; CPT descriptors belong to the AMA and are shown only where the user has loaded a licensed file.
"""

from __future__ import annotations

from typing import Final, NamedTuple

from cleanclaim.documents.coding import EmLevel, Evidence, NotCoded, Suggestion
from cleanclaim.encoder.candidates.codebook import CodeBook
from cleanclaim.encoder.candidates.gather import Gathered
from cleanclaim.encoder.procedures.bones import bone_lines
from cleanclaim.encoder.procedures.catalogue import catalogue_lines
from cleanclaim.encoder.procedures.injections import injection_lines
from cleanclaim.encoder.procedures.modifiers import settle_modifiers
from cleanclaim.encoder.procedures.office import office_lines
from cleanclaim.encoder.procedures.programs import counselling_lines
from cleanclaim.encoder.procedures.refused import refused_services
from cleanclaim.encoder.procedures.scene import Line, Scene
from cleanclaim.encoder.procedures.scopes import counted_lines
from cleanclaim.encoder.procedures.skin import skin_lines
from cleanclaim.encoder.procedures.visits import visit_lines
from cleanclaim.encoder.reading import Reading

_VISIT_PREFIXES: Final = ("992", "993", "980", "G0438", "G0439", "G0402", "9921")


class Services(NamedTuple):
    """The services that a note supports, what was not coded, and the number of its E/M visit."""

    suggestions: tuple[Suggestion, ...] = ()
    not_coded: tuple[NotCoded, ...] = ()
    em_code: str = ""


def suggest_services(reading: Reading, gathered: Gathered, level: EmLevel | None, book: CodeBook) -> Services:
    """Return the services of a note: what was done at this visit, by whom, with what, and the visit itself."""
    scene = Scene(reading, gathered)
    done = _unique(
        [
            *skin_lines(scene),
            *bone_lines(scene),
            *injection_lines(scene),
            *office_lines(scene),
            *counted_lines(scene),
            *catalogue_lines(scene),
        ]
    )
    visit = visit_lines(scene, level, done)
    visit += [one for one in counselling_lines(scene) if all(one.code != other.code for other in visit)]
    lines = settle_modifiers(scene, visit, done)
    number = next((one.code for one in lines if one.code.startswith(_VISIT_PREFIXES)), "")
    return Services(
        tuple(_suggestion(one, reading, book) for one in lines), refused_services(scene, {one.code for one in lines}), number
    )


def _unique(lines: list[Line]) -> list[Line]:
    seen: set[tuple[str, tuple[str, ...]]] = set()
    kept = []
    for one in lines:
        key = (one.code, one.modifiers)
        if key not in seen:
            seen.add(key)
            kept.append(one)
    return kept


def _suggestion(one: Line, reading: Reading, book: CodeBook) -> Suggestion:
    system = "cpt" if one.code[:1].isdigit() else "hcpcs"
    sentence = next((item for item in reading.sentences if item.start <= one.start < item.end), None)
    section = (sentence.section.title or sentence.section.kind) if sentence else ""
    end = min(max(one.end, one.start + 1), len(reading.text))
    evidence = [Evidence(one.start, end, reading.written[one.start : end], section, "present")]
    if sentence is not None and (sentence.start, sentence.end) != (one.start, end) and sentence.end - sentence.start <= 320:
        evidence.append(Evidence(sentence.start, sentence.end, reading.written[sentence.start : sentence.end], section, "present"))
    band = "ready" if one.sureness >= 0.9 else "look"
    return Suggestion(
        system, one.code, book.title(one.code, system), one.sureness, band, tuple(evidence), (one.why,), one.modifiers, one.units
    )
