"""Whether the words of a note assert a condition: present, absent, possible, historical, family, hypothetical or conditional.

A small ConText: each cue governs the words after it (or before it) up to the end of its clause. The cues are those of outpatient notes;
"probable", "suspected", "likely", "consistent with" and the like are uncertain in the sense of the ICD-10-CM guidelines, section IV.H.
"""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from cleanclaim.encoder.patterns import compiled, may_match
from cleanclaim.encoder.reading.sentences import Sentence

ABSENT: Final = "absent"
POSSIBLE: Final = "possible"
HISTORICAL: Final = "historical"
FAMILY: Final = "family"
HYPOTHETICAL: Final = "hypothetical"
CONDITIONAL: Final = "conditional"
PRESENT: Final = "present"

_BEFORE: Final[tuple[tuple[str, str], ...]] = (
    (
        ABSENT,
        (
            r"denie[sd]|denying|denial of|no (?:evidence|sign|signs|complaints?|history|hx|known|new|further|longer|acute|significant|other|current|"
            r"recent|obvious|associated|prior|definite)\b(?: of)?(?! concerns)|negative for|neg for|neg(?=\s)|without(?: any)?(?: evidence of)?|absence of|free of|"
            r"(?:is|are|was|were|do|does|did|has|have|had) not (?:have|had|having|show|demonstrate|reveal|appear|experienc\w+|been|exhibit|endorse|report|see|"
            r"think|believe|related|feel)?\b|(?:doesn't|don't|didn't|isn't|aren't|wasn't|hasn't|haven't)|rules? out(?= \w+ (?:was|is) )|ruled out(?: for)?|"
            r"nor\b|used to(?= be on| take)|never (?:had|been|smoked)?|no\b(?!\.? ?\d|w|n-| longer)|not (?=due|related|a |an |on |diabetic|consistent)|"
            r"resolution of|fails? to (?:show|reveal)|unremarkable for|w/o|low suspicion for|unlikely(?: to be)?|cleared of|declin(?:es|ed)|non[- ](?=smok|diab|drink|hyperten|toxic|septic)"
        ),
    ),
    (
        HYPOTHETICAL,
        (
            r"\bif\b|return (?:to \w+ )?(?:for|if|precautions)|call (?:for|if|with)|should (?:she|he|they|the patient) (?:develop|have|experience|notice)|"
            r"(?:watch|monitor|monitoring|observe|look) (?:\w+ ){0,3}for (?:signs?|symptoms?|any|evidence)|in (?:the )?(?:event|case)|"
            r"(?:risks?|complications?|side effects?|adverse effects?) (?:\w+ ){0,4}(?:includ\w+|of|such as)|including but not limited to|in order to prevent|"
            r"(?:evaluate|assess|assessing|evaluation|screen|screening|screened|check|checking|test|testing|tested|look|looking|workup|work-up|work up|eval) (?:\w+ ){0,2}for|"
            r"to (?:rule|exclude)\b|prevent(?:ion of|s)?\b|"
            r"risk (?:of|for|factors? for)|at risk|precautions?\b|concern(?:s|ed)? that .{0,20}could|could (?:become|develop|lead|cause|result)|"
            r"may (?:develop|become|lead|result|need)|can (?:cause|lead|result|become|develop|affect|include)|potential(?:ly)? (?:for|to)|predispos\w+|"
            r"discussed (?:that|the (?:signs|symptoms))|counsel\w* (?:\w+ ){0,3}(?:on|about|regarding) (?:the )?(?:signs|symptoms|risks?)|until|unless|"
            r"possib(?:le|ility of) (?:later|future)|er precautions|ed precautions|advised that .{0,60}(?:can|may|could)|explained that .{0,40}(?:can|may|could)|(?:explained|discussed|reviewed|advised) that(?= (?:[\w-]+ ){1,6}(?:can|may|could|might)\b)"
        ),
    ),
    (
        POSSIBLE,
        (
            r"possib(?:le|ly|ility of)|probabl[ey]|suspect(?:s|ed|ing)?|suspicio(?:us|n) (?:for|of)|likely(?: due to| secondary to| related to| from| to be)?|questionabl[ey]|"
            r"rule out|r/o|concern(?:ed|ing)?(?: for| about| that)?|may (?:be|have|represent|indicate)|might (?:be|have)|could (?:be|have|represent)|"
            r"consistent with|compatible with|suggestive of|suggests?|indicative of|worrisome for|appears? to be|presumed|presumptive|"
            r"working diagnosis(?: of)?|differential(?: diagnosis)?(?: includes?)?|ddx|vs\.?|versus|equivocal|cannot (?:rule out|exclude)|"
            r"question of|symptoms? (?:similar to|seem\w*)|similar to|looks? like|think (?:it|this|that|there)|etiolog(?:y|ies)\b.{0,25}\binclud\w+|"
            r"evaluat(?:e|ion) (?:for|of) possible|vague|\?"
        ),
    ),
    (
        FAMILY,
        (
            r"family (?:history|hx)(?: is)?(?: significant| positive| notable)?(?: of| for)?|fhx?\b|(?:mother|father|mom|dad|brother|sister|sibling|aunt|uncle|grand\w+|cousin|son|daughter|"
            r"parents?|maternal|paternal|twin|wife|husband|spouse)(?:'s)?(?: \w+){0,2} (?:has|had|have|with|w/|died|was|were|diagnosed|suffers?|history|hx|passed)|"
            r"runs in (?:the|his|her) family|(?:mother|father|mom|dad|brother|sister|aunt|uncle|grand\w+|maternal|paternal)(?::|\s-|\s+\()|"
            r"(?:his|her) (?:mother|father|brother|sister)'s|mother with|father with|sister with|brother with"
        ),
    ),
    (
        HISTORICAL,
        (
            r"(?:personal |past |prior |remote |long |known )?(?:medical )?(?:history|hx) (?:is )?(?:of|significant for|notable for|includes?|positive for)(?: for)?|h/o|s/p|status[- ]post|"
            r"previous(?:ly)?|prior|past|remote|former(?:ly)?|resolved|healed|in (?:19|20)\d\d|childhood|treated for|recovered from|had (?:a|an)\b|last (?:year|summer|winter|fall|spring)|"
            r"post[- ]op(?:erative)?"
        ),
    ),
    (
        CONDITIONAL,
        r"allerg(?:y|ic|ies) to|allergies include|reaction to|when(?:ever)? (?:she|he|exposed)|intoleran(?:t|ce) (?:to|of)",
    ),
)
_AFTER: Final[tuple[tuple[str, str], ...]] = (
    (
        ABSENT,
        (
            r"(?:is|are|was|were|has been|have been|been) (?:ruled out|excluded|absent|denied|negative|not (?:seen|present|found|identified|noted|documented|appreciated))|"
            r"ruled out|:? (?:negative|neg|none|absent|denies|denied)\b|(?:negative|neg)(?=\s*(?:[.;,)]|$))|not (?:seen|present|identified|appreciated)|unlikely|declined|not (?:done|given|needed|indicated)|"
            r"is less likely|has (?:completely )?(?:resolved|subsided)|(?:spontaneously )?resolved|free"
        ),
    ),
    (
        POSSIBLE,
        (
            r"(?:is|was|are|were) (?:suspected|possible|probable|likely|questionable|considered|a (?:possibility|concern))|(?:suspected|possible|questioned)$|"
            r"(?:needs?|need|to|should|must) (?:to )?be (?:ruled out|excluded|looked for|screened for|checked for|considered)|cannot be (?:excluded|ruled out)|vs\.?\b|versus|\?|/ ?r/o"
        ),
    ),
    (
        HISTORICAL,
        (
            r"(?:\w+ ){0,3}(?:months?|weeks?|years?|yrs?) ago|in (?:19|20)\d\d|in (?:the past|childhood|college|remission)|as a child|(?:has|have|had)? ?(?:been )?(?:resolved|healed)|"
            r"repair(?:ed)? in|last (?:year|summer|winter|fall|spring)"
        ),
    ),
    (
        FAMILY,
        r"in (?:his|her|the|their) (?:\w+ )?(?:mother|father|brother|sister|family|aunt|uncle|grand\w+|parents?|wife|husband|son|daughter)|runs in (?:the|his|her) family",
    ),
)
_STOPS: Final = re.compile(
    r"\b(?:but|however|although|though|except|aside from|apart from|yet|who (?:presents?|comes|is here)|presents? (?:with|for|today)|which (?:is|was|are|has)|"
    r"now (?:has|with|presents)|and (?:is|has|was|reports|endorses|complains|presents)|reports?|endorses?|complains? of|admits|positive for|despite|because|since|still|secondary to|due to|as (?:the|his|her|he|she|they|it)|given (?:his|her|the))\b|[;]|\. |\n| - (?=[a-z])|->|=>|, (?:so|then|now|here|with|on)\b"
)
_CUES_BEFORE: Final = tuple((kind, compiled(rf"(?<![a-z])(?:{cue})(?![a-z])")) for kind, cue in _BEFORE)
_CUES_AFTER: Final = tuple((kind, compiled(rf"(?<![a-z])(?:{cue})(?![a-z])")) for kind, cue in _AFTER)
_DOUBLE: Final = re.compile(
    r"no (?:change|increase|decrease|improvement|better|longer|relief|response|trouble (?:with )?(?:her|his) (?:med|pill))|not (?:only|well controlled|at goal|controlled)|without (?:significant )?(?:relief|improvement|success|insurance)"
)
_SHOWS: Final = re.compile(r"\b(?:show(?:s|ed|ing)?|demonstrat\w+|reveal(?:s|ed)?|is|are|has|continues?|remains?)\b")


class Cue(NamedTuple):
    """One cue in a sentence and the stretch it governs."""

    assertion: str
    start: int
    end: int
    text: str


class Cues:
    """Finds the cues in the sentences of one note: only those that the note holds at all are looked for."""

    def __init__(self, low: str) -> None:
        """Take the note in lower case, with the offsets of the note."""
        self._low: Final = low
        self._before: Final = tuple((kind, cue.expression) for kind, cue in _CUES_BEFORE if may_match(cue.needed, low))
        self._after: Final = tuple((kind, cue.expression) for kind, cue in _CUES_AFTER if may_match(cue.needed, low))

    def of(self, sentence: Sentence) -> tuple[Cue, ...]:
        """Return the cues of a sentence with the stretch of the note that each governs, the strongest first."""
        text = self._low[sentence.start : sentence.end]
        before = [(kind, cue) for kind, pattern in self._before for cue in pattern.finditer(text)]
        after = [(kind, cue) for kind, pattern in self._after for cue in pattern.finditer(text)]
        if not before and not after:
            return ()
        spared = [double.span() for double in _DOUBLE.finditer(text)]
        stops = [stop.span() for stop in _STOPS.finditer(text)]
        found: list[Cue] = []
        for kind, cue in before:
            if kind == ABSENT and any(start <= cue.start() < end for start, end in spared):
                continue
            until = next((start for start, end in stops if start >= cue.end()), len(text))
            if kind == HISTORICAL and (shown := _SHOWS.search(text, cue.end(), until)):
                until = shown.start()
            words = sentence.text[cue.start() : cue.end()]
            found.append(Cue(kind, sentence.start + cue.end(), sentence.start + until, words))
        for kind, cue in after:
            since = max((end for start, end in stops if end <= cue.start()), default=0)
            comma = text.rfind(",", since, cue.start())
            if kind in {HISTORICAL, ABSENT} and comma > 0 and cue.start() - comma > 3:
                since = comma
            words = sentence.text[cue.start() : cue.end()]
            found.append(Cue(kind, sentence.start + since, sentence.start + cue.start(), words))
        return tuple(found)


_ORDER: Final = (FAMILY, ABSENT, HYPOTHETICAL, CONDITIONAL, POSSIBLE, HISTORICAL)


def assertion_at(sentence: Sentence, cues: tuple[Cue, ...], start: int, end: int) -> tuple[str, str]:
    """Return how a sentence asserts the words from `start` to `end`, and the cue it stands on."""
    holding = {cue.assertion: cue.text for cue in cues if cue.start <= start and end <= cue.end + 1}
    if sentence.section.kind == "family" and ABSENT not in holding:
        return FAMILY, "family history"
    for kind in _ORDER:
        if kind in holding:
            return kind, holding[kind]
    if sentence.section.kind == "allergies":
        return CONDITIONAL, "allergies"
    if sentence.section.kind == "instructions" and HYPOTHETICAL not in holding:
        return PRESENT, ""
    return PRESENT, ""
