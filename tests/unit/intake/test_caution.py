"""Words that could hurt somebody or change a code wait more readily than others."""

from __future__ import annotations

import pytest

from cleanclaim.intake import caution
from cleanclaim.intake.reading import Line, Page, Reading, Word


@pytest.mark.parametrize(
    ("text", "weight"),
    [
        ("10", "number"), ("E11.9", "number"), ("12.5mg", "number"), ("IO", "number"), ("1O", "number"), ("l2", "number"), ("no", "negation"),
        ("Denies", "negation"), ("Without", "negation"), ("na", "negation"), ("left", "side"), ("Lefl", "side"), ("R", "side"), ("mcg", "dose"),
        ("BID", "dose"), ("non-tender", "negation"), ("(right)", "side"), ("knee", ""), ("patient", ""), ("Assessment:", ""), ("is", ""), ("tenderness.No", "negation"), ("eft", "side"), ("witout", "negation"), ("Alc", "number"), ("b", "number"),
    ],
)  # fmt: skip
def test_weight_of_words(text, weight):
    assert caution.weight_of(text) == weight


def test_weighty_word_waits_where_another_passes():
    between = (caution.SURE + caution.SURE_OF_WEIGHTY) / 2
    assert caution.why_it_waits("knee", between) == ""
    assert caution.why_it_waits("left", between) == "side"
    assert caution.why_it_waits("knee", caution.SURE - 0.01) == "unsure"
    assert caution.why_it_waits("left", 1.0) == ""


def test_on_a_page_that_reads_badly_every_weighty_word_waits():
    def page(sure: float) -> Reading:
        words = [Word("no", 1.0, (0, 0, 9, 9)), *(Word("pain", sure, (0, 0, 9, 9)) for _ in range(9))]
        return Reading((Page(1, 99, 99, (Line(tuple(words)),)),))

    assert [item.span.word.text for item in caution.waiting(page(0.99))] == []
    assert [item.why for item in caution.waiting(page(0.5))] == ["negation", *["unsure"] * 9]
