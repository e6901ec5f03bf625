"""The text of a note made legible without moving a character: every offset stays that of the note as it was written."""

from __future__ import annotations

import re
from typing import Final, NamedTuple

READ_LIMIT_CHARACTERS: Final = 60_000
"""What is read of one note. A long hospital course has about 15,000 characters; more is a file that is not one note."""

_SAME_LENGTH: Final = str.maketrans(
    {
        "\u2019": "'", "\u2018": "'", "\u02bc": "'", "\u201c": '"', "\u201d": '"', "\u2013": "-", "\u2014": "-", "\u2212": "-", "\u2011": "-",
        "\u00a0": " ", "\u2007": " ", "\u202f": " ", "\t": " ", "\r": " ", "\x0b": "\n", "\x0c": "\n", "\u2028": "\n", "\u2029": "\n",
        "\u2192": ">",
    }
    | dict.fromkeys((*range(9), *range(14, 32), 127, *range(128, 160), 65533, 65279, 8203), " ")
)  # fmt: skip

_UNPRINTABLE: Final = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x9f\ufffd\ud800-\udfff]")
_WORD: Final = re.compile(r"[^\W\d_]+")
_LATIN: Final = re.compile(r"[A-Za-z]")
_ENGLISH: Final = frozenset(
    "the of and to in is was with for on she he her his has had are not no at as by be this that it from pain history patient today "
    "pt denies reports exam normal plan neg dx rx left right".split()
)
_OTHER_TONGUES: Final = frozenset(
    "el la los las de del que en una por con se su para como pero fue sin le les des est dans une pour sur avec qui pas et au der die "
    "das und ist mit den von zu ein eine nicht auf dem il di che della per non dei da do os na em um uma com ao foi".split()
)


class Legible(NamedTuple):
    """The readable text of a note, or a plain sentence that says why it cannot be read as one."""

    text: str
    refusal: str = ""
    notices: tuple[str, ...] = ()


def make_legible(raw: str) -> Legible:
    """Return the note's text with odd characters replaced one for one, or the reason why it is no English note."""
    notices: tuple[str, ...] = ()
    head = raw[:READ_LIMIT_CHARACTERS]
    if len(raw) > READ_LIMIT_CHARACTERS:
        notices = (f"Only the first {READ_LIMIT_CHARACTERS:,} of {len(raw):,} characters were read.",)
    if not head.strip():
        return Legible("", "The note is empty.")
    if len(_UNPRINTABLE.findall(head)) > max(4, len(head) // 50):
        return Legible("", "This is not the text of a note: it holds unprintable characters.")
    words = _WORD.findall(head[:20_000].lower())
    if not words:
        return Legible("", "The note has no words.")
    if not head.isascii() and sum(map(bool, map(_LATIN.match, words))) * 2 < len(words):
        return Legible("", "The note is not written in English; only English notes are read.")
    english = sum(word in _ENGLISH for word in words)
    other = sum(word in _OTHER_TONGUES for word in words)
    if len(words) >= 20 and other > 2 * english and other * 8 > len(words):
        return Legible("", "The note is not written in English; only English notes are read.")
    return Legible(head.translate(_SAME_LENGTH), "", notices)
