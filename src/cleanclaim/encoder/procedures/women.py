"""Gynecological services: contraception devices, biopsies, colposcopy, ultrasound, Medicare's screening parts."""

from __future__ import annotations

import re

from cleanclaim.encoder.patterns import find
from cleanclaim.encoder.procedures.scene import Line, Scene, line


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
                if find(rf"{one}[^.\n]{{0,60}}(?:inserted|placed|lot)|(?:new|inserted)[^.\n]{{0,20}}{one}", scene.low)
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
        (
            r"\b(?:transvaginal (?:and transabdominal )?ultrasound|tvus|tv us|endovaginal (?:ultrasound|us))\b",
            "76830",
            "Transvaginal ultrasound.",
        ),
        (
            r"\b(?:pelvic ultrasound|transabdominal (?:pelvic |and transvaginal )?(?:ultrasound|us))\b",
            "76856",
            "Pelvic ultrasound.",
        ),
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
    scope = scene.first(r"\bcolpo(?:scop\w+)?\b")
    if scope is not None and scene.has(r"\b(?:acetic acid|acetowhite|transformation zone|\\btz\\b|scj)\b"):
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
