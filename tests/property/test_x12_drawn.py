"""read(write(document)) == document for thousands of drawn claims and remittances. `X12_DRAWN=10000` draws as many of each as the bar asks."""

from __future__ import annotations

import os
from itertools import groupby

import x12_samples as samples
from cleanclaim import x12
from cleanclaim.documents import RemittanceAdvice
from cleanclaim.x12.tokens.delimiters import Delimiters
from x12_drawn import Draw

DRAWN = int(os.environ.get("X12_DRAWN", "600"))
AT_ONCE = 50
SHAPES = (
    samples.ENVELOPE, samples.ENVELOPE._replace(line_break="\n"), samples.ENVELOPE._replace(delimiters=Delimiters("|", ">", "\n", "!")),
    samples.ENVELOPE._replace(line_break="\r\n", delimiters=Delimiters("*", "<", "\\", "^")),
)  # fmt: skip


def test_drawn_claims_come_back_as_they_were():
    for start in range(0, DRAWN, AT_ONCE):
        draw = Draw(start)
        drawn = [draw.claim() for _ in range(AT_ONCE)]
        wanted = [claim for kind in dict.fromkeys(item.kind for item in drawn) for claim in drawn if claim.kind == kind]
        written = x12.write_claims(drawn, SHAPES[start // AT_ONCE % len(SHAPES)])
        read = [
            claim._replace(
                place=None, submitter=None, receiver=None, lines=tuple(line._replace(place=None) for line in claim.lines)
            )
            for claim in x12.read_claims(written)
        ]
        for mine, theirs in zip(read, wanted, strict=True):
            assert mine == theirs, (start, [name for name, a, b in zip(mine._fields, mine, theirs, strict=True) if a != b])
        assert b"".join(x12.rewrite(written)) == written
        assert x12.check(written).well_formed


def test_drawn_remittances_come_back_as_they_were():
    for start in range(0, DRAWN, AT_ONCE):
        draw = Draw(start)
        advices = [draw.advice(size) for size in (0, 1, 9, 40)]
        written = x12.write_remittances(advices, SHAPES[start // AT_ONCE % len(SHAPES)])
        read = [
            RemittanceAdvice(
                advice.header._replace(place=None, control_number="0001"),
                tuple(claim._replace(place=None) for claim in advice.claims),
                tuple(item._replace(place=None) for item in advice.provider_adjustments),
            )
            for advice in x12.read_remittances(written)
        ]
        assert read == advices
        assert b"".join(x12.rewrite(written)) == written
        assert not [finding for finding in x12.check(written).findings if finding.level == 3 and finding.severity == "error"]


def test_draw_is_not_the_same_again_and_again():
    draw = Draw(1)
    kinds = [kind for kind, _ in groupby(sorted(draw.claim().kind for _ in range(50)))]
    assert kinds == ["837D", "837I", "837P"]
