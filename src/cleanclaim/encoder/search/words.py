"""Words as coders, code books and patients write them, brought to one spelling.

`tokens` cuts a text into words; `stem` takes off the endings that do not change what is coded. Both are used on the book when the
index is built and on what the user types, so that "Fractures", "fractured" and "fracture" meet.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import Final

_SHORT_SLASH: Final = re.compile(r"(?<![a-z0-9])([a-z]{1,2}(?:/[a-z]{1,3})+)(?![a-z0-9])")
"""`s/p`, `h/o`, `w/c`, `n/v/d`: a slash between very short parts is an abbreviation, elsewhere it separates words."""
_WORD: Final = re.compile(r"[a-z0-9]+(?:[./][a-z0-9]+)*\+?|[<>=]+")
_NUMBER: Final = re.compile(r"\d+\.\d+$")
PREFIXES: Final = frozenset(
    "pre post non anti micro macro hyper hypo intra inter sub extra peri retro trans para poly semi supra infra neo pseudo auto gastro cardio "
    "cerebro broncho nephro hepato neuro psycho osteo vaso veno arterio hemato myelo lympho dermato kerato naso oro oto rhino utero vesico "
    "recto ano ileo entero colo uro cysto spondylo temporo sacro costo cranio thoraco abdomino musculo tubo multi uni bi mono tri electro photo "
    "thrombo pneumo pleuro pyo hydro fibro adeno papillo erythro leuko mal over under counter re de co ex un".split()
)
"""Beginnings that are written together, with a hyphen or apart: `pre-eclampsia`, `preeclampsia`, `pre eclampsia`."""
_HYPHENED: Final = re.compile(r"\b(" + "|".join(sorted(PREFIXES, key=len, reverse=True)) + r")-(?=[a-z]{3,})")
_ROMAN: Final = {"i": "1", "ii": "2", "iii": "3", "iv": "4", "v": "5", "vi": "6", "vii": "7", "viii": "8", "ix": "9", "x": "10"}
_ROMAN_LETTER: Final = re.compile(r"(i{1,3}|iv|vi{0,3}|ix)([a-e])$")
_ROMAN_AFTER: Final = frozenset(
    {
        "type",
        "stage",
        "grade",
        "class",
        "bipolar",
        "factor",
        "mode",
        "level",
        "group",
        "category",
        "syndrome",
        "cin",
        "vain",
        "vin",
        "men",
    }
)
_LAST_ROMAN: Final = frozenset({"i", "iv", "vi", "ix"})
"""Numbers where they end a name: `oxalosis i`; `v` and `x` are letters as often."""
_ORDINAL: Final = {
    "1st": "first", "2nd": "second", "3rd": "third", "4th": "fourth", "5th": "fifth", "6th": "sixth", "7th": "seventh",
    "8th": "eighth", "9th": "ninth", "10th": "tenth", "11th": "eleventh", "12th": "twelfth",
}  # fmt: skip
STOP: Final = frozenset(
    "a an and as at be been by do for from get gets getting got had has have having he her his i in into is it its my nec nos of on or our out over "
    "she than that the their them then there these they this those to was we were when which who you your also am are "
    "whether classified elsewhere any all me but so just really very some with".split()
)
"""Words that say nothing about which code is meant. `without`, `no` and `not` are no such words."""
NEGATORS: Final = frozenset({"without", "no", "not", "w/o", "denies", "negative"})


def fold(text: str) -> str:
    """Lower case, without accents, possessives and typographic marks."""
    plain = unicodedata.normalize("NFKD", text.lower().replace("’", "'").replace("ß", "ss"))
    plain = "".join(c for c in plain if not unicodedata.combining(c))
    plain = plain.replace("'s ", " ").replace("s' ", "s ").replace("'", "")
    return plain.removesuffix("'s")


def tokens(text: str) -> list[str]:
    """The words of a text in order, folded, ordinals spelt out, roman numerals after `type`, `stage` ... as digits."""
    return list(_tokens(text))


@lru_cache(maxsize=65536)
def _tokens(text: str) -> tuple[str, ...]:
    # kept: titles are made of pieces that thousands of them share, such as "subsequent encounter"
    plain = _HYPHENED.sub(r"\1", fold(text + " "))
    plain = re.sub(r"\bw/(?=[a-z]{3,}|\s|$)", " with ", plain)
    kept = _SHORT_SLASH.sub(lambda m: m.group(1).replace("/", "\x00"), plain)
    kept = kept.replace("/", " ").replace("\x00", "/")
    found: list[str] = []
    for word in _WORD.findall(kept):
        if "." in word and not _NUMBER.match(word):
            found.extend(part for part in word.split(".") if part) if not _initials(word) else found.append(word.replace(".", ""))
        else:
            found.append(word.rstrip("+") if len(word) > 1 else word)
    if len(found) > 1 and found[-1] in _LAST_ROMAN and found[-2].isalpha():
        found[-1] = _ROMAN[found[-1]]
    return tuple(_spelt(word, found[at - 1] if at else "") for at, word in enumerate(found))


def _initials(word: str) -> bool:
    return all(len(part) == 1 for part in word.split("."))


def _spelt(word: str, before: str) -> str:
    if word in _ORDINAL:
        return _ORDINAL[word]
    if word in _ROMAN and (before in _ROMAN_AFTER or word in {"ii", "iii", "vii", "viii"}):
        return _ROMAN[word]
    if before in _ROMAN_AFTER and (lettered := _ROMAN_LETTER.match(word)):
        return _ROMAN[lettered.group(1)] + lettered.group(2)
    return word


_KEEP: Final = frozenset(
    "diabetes herpes rabies scabies caries measles rubella tabes pubes pancreas biceps triceps forceps series species lens "
    "mons pons iris axis pelvis penis uterus anus virus sinus thymus fetus tetanus lupus bus gas ms ards aids sars gas news "
    "sepsis pus plus os us as is ous yaws mumps hives rickets bends dts ics united herpe ring sling spring king wing bring "
    "string thing seed bleed need weed feed speed red bed shed breed creed med led bred ted ied dying tying lying "
    "during morning evening swing icing kitchen ion lion onion union station nation ration status cornea corneal virus plastic area plasma coma cancer drama "
    "asthma ileum ilium opium calcium lithium sodium".split()
)


@lru_cache(maxsize=65536)
def stem(word: str) -> str:
    """A word without the endings that tell noun from adjective, one from many: `infected`, `infection`, `infectious` -> `infect`."""
    w = word
    if len(w) > 4:
        w = w.replace("aem", "em").replace("oed", "ed").replace("oes", "es").replace("paed", "ped").replace("rrhoe", "rrhe")
        w = w.replace("haem", "hem").replace("gynae", "gyne").replace("caec", "cec").replace("faec", "fec").replace("foet", "fet")
        w = w.replace("tumour", "tumor").replace("isation", "ization").replace("behaviour", "behavior").replace("colour", "color")
        w = (
            w.replace("sulph", "sulf")
            .replace("coel", "cel")
            .replace("oest", "est")
            .replace("fibre", "fiber")
            .replace("aetio", "etio")
        )
        if w.endswith("ise"):
            w = w[:-3] + "ize"
    if len(w) < 4 or w in _KEEP or any(c.isdigit() for c in w):
        return w
    if w.endswith("ies") and len(w) > 4:
        w = w[:-3] + "y"
    elif w.endswith(("sses", "shes", "ches", "xes", "zes")):
        w = w[:-2]
    elif w.endswith("s") and not w.endswith(("ss", "us", "is")):
        w = w[:-1]
    if w in _KEEP:
        return w
    for ending, least, instead in _MEDICAL:
        if w.endswith(ending) and len(w) - len(ending) >= least:
            return w[: -len(ending)] + instead
    for ending, least in _ENDINGS:
        if w.endswith(ending) and len(w) - len(ending) >= least:
            w = w[: -len(ending)]
            break
    if len(w) > 4 and w[-1] in "ey":
        w = w[:-1]
    if len(w) > 4 and w[-1] == w[-2] and w[-1] not in "aeiouls":
        w = w[:-1]
    return w


_MEDICAL: Final = (
    ("osis", 3, "os"), ("oses", 3, "os"), ("otic", 4, "os"), ("iasis", 3, "ias"), ("iatic", 4, "ias"), ("itis", 3, "it"), ("itic", 4, "it"),
    ("itides", 3, "it"), ("lysis", 3, "lys"), ("lytic", 3, "lys"), ("plasia", 3, "plas"), ("plastic", 3, "plas"), ("matous", 3, "m"), ("mata", 3, "m"), ("matic", 4, "m"),
    ("eous", 4, ""), ("ious", 4, ""), ("ous", 4, ""), ("icular", 4, "icul"), ("icle", 4, "icul"), ("eum", 5, ""), ("ium", 4, ""), ("um", 4, ""), ("us", 5, ""), ("ea", 5, ""), ("is", 5, ""), ("ar", 5, ""),
    ("oma", 3, "om"), ("ia", 4, ""), ("a", 5, ""),
)  # fmt: skip
"""Greek and Latin endings that tell noun from adjective: `cirrhosis`, `cirrhotic`; `peritoneum`, `peritoneal`; `patella`, `patellar`."""
_ENDINGS: Final = (
    ("ational", 4), ("ations", 4), ("ation", 4), ("ically", 4), ("atory", 4), ("ative", 4), ("itive", 4), ("ities", 4), ("ition", 4),
    ("ional", 4), ("iveness", 4), ("ating", 4), ("ated", 4), ("ical", 4), ("ious", 4), ("ness", 4), ("ment", 5), ("ions", 4), ("ity", 4),
    ("ion", 4), ("ive", 4), ("ous", 4), ("ing", 4), ("ial", 4), ("eal", 4), ("ate", 5), ("ant", 5), ("ent", 5), ("ic", 4), ("al", 4), ("ed", 4), ("er", 5), ("ia", 4), ("ly", 4),
)  # fmt: skip


_ASIDE: Final = re.compile(r"\([^()]*\)|\[[^\[\]]*\]")


def without_asides(text: str) -> str:
    """A text without what stands in brackets: the book's nonessential modifiers, which may be absent from what is typed."""
    return _ASIDE.sub(" ", _ASIDE.sub(" ", text))


_LISTED: Final = re.compile(r"\bof ((?:[a-z' -]+, )+[a-z' -]+,? (?:and|or) [a-z' -]+)")
_LIST_ENDS: Final = re.compile(r"\b(?:of|in|to|with|due|by|for|affecting|on|from|at|without|not|other|unspecified|elsewhere)\b")


def alternatives(text: str) -> str:
    """The words of a list of three or more places in a title (`liver, gallbladder and bile ducts`): each of them alone may be meant."""
    found = []
    for listed in _LISTED.findall(fold(text)):
        items = re.split(r", | and | or ", listed)
        kept = [_LIST_ENDS.split(item)[-1] for item in items[:1]] + [_LIST_ENDS.split(item)[0] for item in items[1:]]
        if (
            len(kept) > 2
            and all(item.strip() and len(item.split()) < 4 for item in kept)
            and not any(_LIST_ENDS.search(item) for item in items[1:-1])
        ):
            found.extend(kept)
    return " ".join(found)


def parts(text: str) -> list[str]:
    """A text cut at commas, colons and brackets; no denial reaches over them."""
    return [part for part in _BREAK.split(text) if part.strip()]


_BREAK: Final = re.compile(r"[,;:()\[\]]")


def stems(text: str) -> list[str]:
    """The stems of a text without stop words; a word after `without` or `no` becomes `no:word`, up to the next comma or break, or up to the
    `of` that names the place: in `without foreign body of right finger` the finger is there.
    """
    found: list[str] = []
    for part in parts(text):
        negated = 0
        for word in _tokens(part):
            if word in NEGATORS:
                negated = 1
            elif word in {"with", "but", "except"} or (word == "of" and negated > _DENIES):
                negated = 0
            elif word not in STOP:
                found.append(("no:" if negated else "") + stem(word))
                negated += negated > 0
    return found


_DENIES: Final = 2
"""`without loss of consciousness` denies both words; after two denied words an `of` says where."""
