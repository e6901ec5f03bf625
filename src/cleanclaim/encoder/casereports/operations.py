"""The terms of ICD-10-PCS: operation and body part, as the book says them and as surgeons do (nephrectomy, colonoscopy, biopsy of the liver).

Half of the annotated procedures stop at operation and body part, so a term stands for the first four characters; a procedure that has one
whole code alone stands for that.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from importlib import resources
from typing import Final

from cleanclaim.codesets import Store
from cleanclaim.encoder.candidates.codebook import default_store
from cleanclaim.encoder.casereports.terms import EDITION, Heading

_PREFIX: Final = 4
_STEMS: Final = {
    "kidney": "nephr", "ureter": "ureter", "bladder": "cyst", "urethra": "urethr", "prostate": "prostat", "testis": "orchi", "epididymis": "epididym",
    "vas deferens": "vas", "scrotum": "scrot", "penis": "pen", "prepuce": "posth", "ovary": "oophor", "fallopian tube": "salping", "uterus": "hyster", "cervix": "trachel", "vagina": "colp",
    "vulva": "vulv", "breast": "mast", "stomach": "gastr", "esophagus": "esophag", "duodenum": "duoden", "jejunum": "jejun", "ileum": "ile", "cecum": "cec", "large intestine": "col",
    "sigmoid colon": "sigmoid", "rectum": "proct", "appendix": "append", "liver": "hepat", "gallbladder": "cholecyst", "common bile duct": "choledoch", "pancreas": "pancreat",
    "spleen": "splen", "trachea": "trache", "lung": "pneum", "pleura": "pleur", "larynx": "laryng", "tonsil": "tonsill", "adenoid": "adenoid", "nose": "rhin",
    "thyroid gland": "thyroid", "parathyroid gland": "parathyroid", "adrenal gland": "adrenal", "pituitary gland": "hypophys", "thymus": "thym", "brain": "enceph", "cranial cavity": "crani",
    "skull": "crani", "lens": "phac", "cornea": "kerat", "vitreous": "vitr", "iris": "irid", "eye": "ophthalm", "eyelid": "blephar", "lacrimal duct": "dacryocyst", "ear": "ot",
    "tympanic membrane": "tympan", "middle ear": "tympan", "mastoid": "mastoid", "heart": "cardi", "pericardium": "pericardi", "mitral valve": "mitral valv", "aortic valve": "aortic valv",
    "peritoneal cavity": "lapar", "pleural cavity": "thorac", "joint": "arthr", "tongue": "gloss", "lip": "cheil", "palate": "palat", "parotid gland": "parotid",
    "submaxillary gland": "submaxill", "lymphatic": "lymphaden", "artery": "arteri", "vein": "phleb", "bone": "oste", "disc": "disc", "muscle": "my", "tendon": "teno", "nerve": "neur",
}  # fmt: skip
"""How body parts begin the words of surgeons; a part's name may carry more (Kidney, Right)."""
_ENDINGS: Final = {
    "resection": ("{stem}ectomy", "total {stem}ectomy", "radical {stem}ectomy", "removal of {part}"),
    "excision": ("partial {stem}ectomy", "biopsy of {part}", "{part} biopsy", "excision of lesion of {part}", "exeresis of {part}", "resection of {part} tumor"),
    "inspection": ("{stem}oscopy", "exploration of {part}", "endoscopy of {part}"),
    "drainage": ("drainage of {part}", "puncture of {part}", "{stem}ostomy", "{stem}centesis", "aspiration of {part}", "fine needle aspiration of {part}"),
    "repair": ("{stem}plasty", "{stem}orrhaphy", "suture of {part}", "closure of {part}"),
    "bypass": ("{stem}ostomy", "diversion of {part}", "anastomosis of {part}"),
    "dilation": ("dilatation of {part}", "stent in {part}", "angioplasty of {part}", "stenting of {part}"),
    "destruction": ("ablation of {part}", "coagulation of {part}", "fulguration of {part}", "radiofrequency of {part}", "cryotherapy of {part}"),
    "extirpation": ("stone extraction from {part}", "{stem}olithotomy", "lithectomy of {part}", "thrombectomy of {part}", "extraction from {part}"),
    "fragmentation": ("lithotripsy of {part}", "{part} lithotripsy"),
    "insertion": ("placement in {part}", "implant in {part}", "catheter in {part}", "insertion into {part}"),
    "replacement": ("prosthesis of {part}", "{part} replacement", "graft of {part}", "{stem}plasty"),
    "reposition": ("reduction of {part}", "fixation of {part}", "{stem}opexy", "osteosynthesis of {part}", "reduction of fracture of {part}"),
    "release": ("adhesiolysis of {part}", "{stem}olysis", "decompression of {part}", "{stem}otomy"),
    "division": ("{stem}otomy", "section of {part}"),
    "occlusion": ("embolization of {part}", "ligation of {part}", "clipping of {part}"),
    "restriction": ("banding of {part}", "cerclage of {part}"),
    "transplantation": ("{part} transplant", "transplantation of {part}", "{part} graft"),
    "fusion": ("arthrodesis of {part}",),
    "detachment": ("amputation of {part}",),
    "removal": ("withdrawal from {part}", "removal of catheter from {part}"),
    "supplement": ("mesh in {part}", "{stem}plasty"),
    "extraction": ("extraction of {part}", "{stem}ectomy", "curettage of {part}"),
}  # fmt: skip
_IMAGING: Final = (
    ("Plain Radiography", ("x-ray of {part}", "{part} x-ray", "radiograph of {part}", "radiography of {part}")),
    (
        "Computerized Tomography (CT Scan)",
        ("ct of {part}", "{part} ct", "tac of {part}", "computed tomography of {part}", "ct scan of {part}"),
    ),
    ("Magnetic Resonance Imaging (MRI)", ("mri of {part}", "{part} mri", "magnetic resonance of {part}", "nmr of {part}")),
    (
        "Ultrasonography",
        ("ultrasound of {part}", "{part} ultrasound", "echography of {part}", "sonography of {part}", "doppler of {part}"),
    ),
    ("Fluoroscopy", ("arteriography of {part}", "angiography of {part}", "contrast study of {part}")),
)
_USING: Final = re.compile(r" using .*| with .*|, (?:open|percutaneous|external|via).*", re.IGNORECASE)


@cache
def read_operations() -> tuple[Heading, ...]:
    """Return operation and body part of every procedure of the edition as headings without anything below; nothing without code sets."""
    store = default_store()
    if not isinstance(store, Store):
        return ()
    titles: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for one in store.iter_codes("icd10pcs", EDITION, billable_only=True):
        titles[one.code[:_PREFIX]].append((one.code, one.title))
    names = dict(_names())
    found: list[Heading] = []
    for prefix, codes in sorted(titles.items()):
        title = min((_USING.sub("", text) for _, text in codes if text), key=len, default="")
        operation, _, part = title.partition(" of ") if " of " in title else _operation(store, prefix)
        wordings = tuple(_worded(operation, part.lower().removeprefix("matter from "), prefix))
        found.append(Heading(prefix, title or f"{operation} of {part}", (*wordings, *names.pop(prefix, ())), ()))
        if len(codes) == 1:
            found.append(found[-1]._replace(code=codes[0][0]))
    known = {heading.code: heading for heading in found}
    every = {code: title for codes in titles.values() for code, title in codes}
    for code, called in sorted(names.items()):
        if code in every and code not in known:
            found.append(Heading(code, every[code] or called[0], called, ()))
        elif code in known:
            found[found.index(known[code])] = known[code]._replace(inclusions=(*known[code].inclusions, *called))
    return tuple(found)


def _operation(store: Store, prefix: str) -> tuple[str, str, str]:
    labels = {axis.position: axis.label for axis in store.pcs_axes(prefix)}
    return labels.get(3, ""), "", labels.get(4, "")


def _worded(operation: str, part: str, prefix: str) -> Iterator[str]:
    """Yield what surgeons and radiologists call an operation on a part of the body."""
    part = part.replace(",", " ")
    if prefix[0] == "B":
        for name, wordings in _IMAGING:
            if operation.startswith(name.split(" (")[0]):
                yield from (wording.format(part=part) for wording in wordings)
        return
    side = next((word for word in ("right", "left", "bilateral") if word in part.split()), "")
    stems = [stem for name, stem in _STEMS.items() if re.search(rf"\b{name}\b", part)]
    for wording in _ENDINGS.get(operation.lower(), ()) if prefix[0] == "0" else ():
        if "{stem}" not in wording:
            yield wording.format(part=part)
        for stem in stems if "{stem}" in wording else ():
            yield (
                f"{wording.format(stem=stem, part=part)} {side}".replace("oo", "o")
                if stem.endswith("o")
                else f"{wording.format(stem=stem, part=part)} {side}"
            )


def _names() -> Iterator[tuple[str, tuple[str, ...]]]:
    for line in (resources.files(__package__) / "operations.txt").read_text("utf-8").splitlines():
        code, _, called = line.partition(": ")
        if called and not line.startswith("#"):
            yield code, tuple(called.split("; "))
