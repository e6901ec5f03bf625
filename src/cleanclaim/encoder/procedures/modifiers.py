"""Modifiers that depend on what stands beside a line: 25, 57, 24, 79, 59, 95, 26, and the order of the lines."""

from __future__ import annotations

import re
from typing import Final

from cleanclaim.encoder.procedures.scene import Line, Scene

_VISIT: Final = re.compile(r"^(?:920[01][24]|992[0-9]{2}|993[0-4][0-9]|9938\d|9939\d|980\d\d|G04(?:02|38|39))$")
_SEPARATE_SERVICE: Final = re.compile(
    r"^(?:1[0-7]\d{3}|2[0-9]\d{3}|30\d{3}|31\d{3}|4[0-9]\d{3}|5[0-9]\d{3}|6[0-9]\d{3}|96(?:36|37)\d|94640|9046\d|9047\d|90480|G0008|G0009|G0010|98925|98926|98927|98928|98929|G2212x|96380|96381|99406|99407)$"
)
_HAS_LEVEL: Final = re.compile(r"^992(?:0[2-5]|1[1-5]|8[1-5])$")
_NO_25: Final = frozenset({"15853", "15854", "36415", "G0444", "51798", "59025"})


def settle_modifiers(scene: Scene, visit: list[Line], done: list[Line]) -> list[Line]:
    """Return all lines of the visit with the modifiers that one asks of another."""
    needs_25 = (
        any(_SEPARATE_SERVICE.match(one.code) and one.code not in _NO_25 for one in done)
        or (scene.is_emergency and any(one.code == "93010" for one in done))
        or any(one.code in {"99406", "99407"} for one in visit)
    )
    major = any(one.group == "major" for one in done)
    operated = scene.has(r"\bglobal\b") and scene.has(r"\b(?:different problem|unrelated|not related|new problem)\b")
    first_visit = True
    lines: list[Line] = []
    for one in visit:
        modifiers = list(one.modifiers)
        if _VISIT.match(one.code) and one.code != "99024":
            if operated and _HAS_LEVEL.match(one.code):
                modifiers.append("24")
            if major and _HAS_LEVEL.match(one.code):
                modifiers.append("57")
            elif needs_25 and "25" not in modifiers and (one.code.startswith(("920", "992", "9938", "9939", "980")) or first_visit):
                modifiers.extend(["25"] if not one.code.startswith("G") else [])
            first_visit = False
        if (
            scene.is_video
            and one.code.startswith(("992", "908", "9079", "G04"))
            and not one.code.startswith("980")
            and "95" not in modifiers
        ):
            modifiers.append("95")
        if scene.is_phone and one.code.startswith(("992", "908", "9079")):
            modifiers.append("93")
        lines.append(one._replace(modifiers=tuple(modifiers)))
    for one in done:
        modifiers = list(one.modifiers)
        if operated and re.match(r"^[1-6]\d{4}$", one.code) and one.code != "36415":
            modifiers.insert(0, "79")
        lines.append(one._replace(modifiers=tuple(dict.fromkeys(modifiers))))
    return _bundled(lines)


_WITHIN: Final = (
    # (the code that holds the other, what it holds)
    (re.compile(r"^20(?:60|61|55|52)"), re.compile(r"^96372$")), (re.compile(r"^(?:96365|96374)$"), re.compile(r"^96360$")), (re.compile(r"^1(?:14|16)\d\d$"), re.compile(r"^12(?:00|01)\d$|^1110[2-7]$")),
    (re.compile(r"^9646|^9046\d|^9047\d"), re.compile(r"^96372x$")), (re.compile(r"^93015$"), re.compile(r"^93000$")), (re.compile(r"^94060$"), re.compile(r"^94010$|^94640$|^J76")), (re.compile(r"^(?:1750|11750)$"), re.compile(r"^11730$")),
    (re.compile(r"^G0402$"), re.compile(r"^99173$|^G0444$|^93000$")), (re.compile(r"^87428$"), re.compile(r"^87804$|^87811$")), (re.compile(r"^1100[56]$|^1006[01]$"), re.compile(r"^1200")), (re.compile(r"^1174\d|^11750|^11730"), re.compile(r"^6445")),
    (re.compile(r"^9620|^1190[01]$"), re.compile(r"^96372$")), (re.compile(r"^99024$"), re.compile(r"^1585\d$")),
)  # fmt: skip


def _bundled(lines: list[Line]) -> list[Line]:
    """Drop what another line of the same visit contains (NCCI)."""
    held = {
        (one.code, one.modifiers) for holder, part in _WITHIN for one in lines if part.match(one.code) and any(holder.match(other.code) for other in lines)
    }  # fmt: skip
    return [one for one in lines if (one.code, one.modifiers) not in held]
