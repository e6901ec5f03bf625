"""Services that the note names but that were not done, were done elsewhere, or belong to another day: never coded, always explained."""

from __future__ import annotations

from typing import Final

from cleanclaim.documents.coding import NotCoded
from cleanclaim.encoder.procedures.scene import Scene

_WHY: Final = {
    "not done": "The note says it was not done.", "ordered": "Only ordered or planned; it is reported when it is done, by whoever does it.",
    "elsewhere": "Done or billed by somebody else.", "past": "Done on another day.",
}  # fmt: skip
_NAMED: Final[tuple[tuple[str, str], ...]] = (
    (r"\b(?:ekg|ecg|electrocardiogram)\b", "93000"), (r"\b(?:throat|strep) culture\b", "87070"), (r"\burine (?:culture|cx)\b", "87086"), (r"\bcbc\b", "85025"), (r"\bbmp\b", "80048"), (r"\bcmp\b", "80053"), (r"\btsh\b", "84443"), (r"\ba1c\b", "83036"),
    (r"\blipid(?: panel|s)\b", "80061"), (r"\bmammogram\b", "77067"), (r"\b(?:dexa|bone density)\b", "77080"), (r"\b(?:flu (?:shot|vaccine)|influenza vaccine)\b", "90656"), (r"\bx-?rays?\b", "73600"), (r"\bmri\b", "73721"), (r"\btympano\w+\b", "92567"),
    (r"\b(?:ldct|low[- ]dose ct)\b", "71271"), (r"\bspirometry|pfts?\b", "94010"), (r"\b(?:upt|pregnancy test)\b", "81025"), (r"\bcolonoscopy\b", "45378"), (r"\biud\b", "58300"), (r"\bholter|patch monitor\b", "93224"), (r"\b(?:nail )?biops\w+\b", "11102"), (r"\bcerumen|ear wax\b", "69210"),
)  # fmt: skip


def refused_services(scene: Scene, coded: set[str]) -> tuple[NotCoded, ...]:
    """Return the services that the note only speaks of."""
    found: list[NotCoded] = []
    for words, code in _NAMED:
        if code in coded:
            continue
        deeds = scene.deeds(words, done_only=False)
        idle = [deed for deed in deeds if deed.status in _WHY]
        if idle and len(idle) == len(deeds):
            found.append(NotCoded(idle[0].text, code, _WHY[idle[0].status], idle[0].start, idle[0].end))
    return tuple(found)
