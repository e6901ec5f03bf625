"""Whether a file breaks off: every interchange, group and transaction that begins has its end. One quick pass, each interchange by its own marks."""

from __future__ import annotations

import re
from collections import Counter
from itertools import pairwise
from typing import Final

from cleanclaim.x12.tokens.lexer import ISA_LENGTH

_START: Final = re.compile(rb"ISA(?=([^A-Za-z0-9\s])[0-9 A-Za-z]{2}\1)")
_ENDS: Final = ((b"ISA", b"IEA", "an interchange"), (b"GS", b"GE", "a group"), (b"ST", b"SE", "a transaction"))


def unended(content: bytes) -> list[str]:
    """Return what begins and has no end in a file: `an interchange`, `a group`, `a transaction`. Empty for a whole file."""
    starts = [found.start() for found in _START.finditer(content)]
    missing: set[str] = set()
    for start, end in pairwise((*starts, len(content))):
        element, terminator = content[start + 3 : start + 4], content[start + ISA_LENGTH - 1 : start + ISA_LENGTH]
        if start + ISA_LENGTH > end:
            missing.add("an interchange")
            continue
        tags = re.compile(rb"(?:^|" + re.escape(terminator) + rb")\s*(ISA|GS|ST|SE|GE|IEA)" + re.escape(element))
        counts = Counter(found.group(1) for found in tags.finditer(content[start:end]))
        missing |= {name for head, tail, name in _ENDS if counts[head] > counts[tail]}
    return [name for _, _, name in _ENDS if name in missing]
