"""Likeness of names: sound (American Soundex, as the National Archives describe it), spelling (Jaro-Winkler), numbers one digit off."""

from __future__ import annotations

from typing import Final

_SOUNDS: Final = {
    letter: sound
    for sound, letters in (("1", "bfpv"), ("2", "cgjkqsxz"), ("3", "dt"), ("4", "l"), ("5", "mn"), ("6", "r"))
    for letter in letters
}


def sound_key(name: str) -> str:
    """Return the four-character sound of a plain name; h and w do not part two letters of one sound, vowels do."""
    if not name:
        return ""
    key, before = name[0].upper(), _SOUNDS.get(name[0], "")
    for letter in name[1:]:
        sound = _SOUNDS.get(letter, "")
        if sound and sound != before:
            key += sound
        if letter not in "hw":
            before = sound
    return key[:4].ljust(4, "0")


def likeness(one: str, other: str) -> float:
    """Return the Jaro-Winkler likeness of two plain names, 0 to 1."""
    if one == other:
        return 1.0
    if not one or not other:
        return 0.0
    reach = max(len(one), len(other)) // 2 - 1
    taken = [False] * len(other)
    matched = []
    for position, letter in enumerate(one):
        for place in range(max(0, position - reach), min(len(other), position + reach + 1)):
            if not taken[place] and other[place] == letter:
                taken[place] = True
                matched.append(letter)
                break
    if not matched:
        return 0.0
    answered = [letter for place, letter in enumerate(other) if taken[place]]
    swapped = sum(a != b for a, b in zip(matched, answered, strict=True)) / 2
    count = len(matched)
    jaro = (count / len(one) + count / len(other) + (count - swapped) / count) / 3
    prefix = 0
    for a, b in zip(one[:4], other[:4], strict=False):
        if a != b:
            break
        prefix += 1
    return jaro + prefix * 0.1 * (1 - jaro)


def are_one_digit_apart(one: str, other: str) -> bool:
    """Tell whether two numbers of one length differ by one digit or by two neighbours exchanged: a slip of the hand."""
    if len(one) != len(other):
        return False
    wrong = [place for place in range(len(one)) if one[place] != other[place]]
    if len(wrong) == 1:
        return True
    return len(wrong) == 2 and wrong[1] == wrong[0] + 1 and one[wrong[0]] == other[wrong[1]] and one[wrong[1]] == other[wrong[0]]
