"""Measures the reading of paper on pages drawn here, whose words are known: errors, and how well a low confidence foretells a wrong word.

    python bench/intake/run.py [--each N] [--seed S] [--json FILE]

Printed: character and word error rate and seconds of one core a page for each kind of page; a table of bands of confidence with the share
of wrong words; for each possible threshold the wrong words that would pass unseen and the right ones that wait in vain; the same for
weighty words (numbers, codes, doses, negations, sides). `SURE` and `SURE_OF_WEIGHTY` of cleanclaim.intake.caution are chosen from it.
"""

from __future__ import annotations

import argparse
import itertools
import json
import os
import statistics
import sys
import time
from collections import defaultdict
from pathlib import Path
from typing import NamedTuple

os.environ.setdefault("OMP_NUM_THREADS", "1")
sys.path[:0] = [str(Path(__file__).resolve().parent), str(Path(__file__).resolve().parents[2] / "src")]

import drawing  # noqa: E402 - beside this file
from rapidfuzz.distance import Levenshtein  # noqa: E402

from cleanclaim.intake import caution, layout, pictures, recognition  # noqa: E402
from cleanclaim.intake.reading import NOT_READ  # noqa: E402

BANDS = (0.0, 0.3, 0.5, 0.7, 0.8, 0.9, 0.95, 0.98, 0.985, 0.99, 0.995, 0.999, 1.01)


class Seen(NamedTuple):
    """A word as it was read: the style of its page, its text, its confidence, what stands there in truth (empty: nothing), what waits."""

    style: str
    page: int
    text: str
    confidence: float
    truth: str
    why: str
    page_sure: float

    @property
    def is_wrong(self) -> bool:
        return self.text != self.truth


def align(read: list[str], truth: list[str]) -> tuple[dict[int, str], list[str]]:
    """Return what each word that was read stands for, and the words that nothing was read for."""
    pairs, missed = {}, []
    for step in Levenshtein.opcodes(read, truth):
        if step.tag == "equal":
            pairs |= {step.src_start + k: truth[step.dest_start + k] for k in range(step.src_end - step.src_start)}
        else:
            ours, theirs = range(step.src_start, step.src_end), truth[step.dest_start : step.dest_end]
            pairs |= {place: theirs[k] if k < len(theirs) else "" for k, place in enumerate(ours)}
            missed += theirs[len(ours) :]
    return pairs, missed


def measure(each: int, seed: int) -> tuple[list[Seen], dict[str, dict[str, float]], list[tuple[str, str]]]:
    engine = recognition.engine()
    seen: list[Seen] = []
    totals: dict[str, dict[str, float]] = defaultdict(lambda: defaultdict(float))
    lost: list[tuple[str, str]] = []
    for number, (style, _, lines, image) in enumerate(drawing.pages(each, seed)):
        started = time.process_time()
        page, _ = layout.read_page(pictures.paper(image), 1, engine)
        spent = time.process_time() - started
        found = [word for line in page.lines for word in line.words]
        words = [word for word in found if word.text != NOT_READ]
        totals[style.name]["marks"] += len(found) - len(words)
        sure = caution.page_sureness(page)
        truth = " ".join(lines).split()
        pairs, missed = align([word.text for word in words], truth)
        lost += [(style.name, word) for word in missed]
        for place, word in enumerate(words):
            seen.append(
                Seen(
                    style.name,
                    number,
                    word.text,
                    word.confidence,
                    pairs[place],
                    caution.why_it_waits(word.text, word.confidence, sure),
                    sure,
                )
            )
        sums = totals[style.name]
        said, meant = " ".join(word.text for word in words), " ".join(truth)
        sums["letters"] += len(meant)
        sums["letter errors"] += Levenshtein.distance(said, meant)
        sums["words"] += len(truth)
        sums["word errors"] += Levenshtein.distance([word.text for word in words], truth)
        sums["seconds"] += spent
        sums["pages"] += 1
    return seen, totals, lost


def show(seen: list[Seen], totals: dict[str, dict[str, float]], lost: list[tuple[str, str]]) -> None:
    print(
        f"engine {recognition.engine().name}; {sum(t['pages'] for t in totals.values()):.0f} pages, {len(seen)} words read, {len(lost)} words not read at all"
    )
    print(f"fonts: {', '.join(path.stem for path in drawing.fonts((*drawing.PRINTED, *drawing.WRITTEN)))}\n")
    print(
        f"{'kind of page':28}{'pages':>6}{'CER':>8}{'WER':>8}{'s/page':>8}{'words wait':>12}{'wrong pass':>12}{'weighty wrong pass':>20}"
    )
    for style, sums in totals.items():
        mine = [word for word in seen if word.style == style]
        through = [word for word in mine if word.is_wrong and not word.why]
        weighty = [word for word in through if caution.weight_of(word.text) or caution.weight_of(word.truth)]
        print(f"{style:28}{sums['pages']:>6.0f}{sums['letter errors'] / sums['letters']:>8.2%}{sums['word errors'] / sums['words']:>8.2%}"
              f"{sums['seconds'] / sums['pages']:>8.2f}{sum(bool(w.why) for w in mine) / len(mine):>12.1%}{len(through):>7} {len(through) / len(mine):>5.2%}{len(weighty):>13} {len(weighty) / len(mine):>5.2%}")  # fmt: skip
    for kind, wanted in (("printed", "printed"), ("handwriting font", "handwriting")):
        mine = [word for word in seen if word.style.startswith(wanted)]
        print(f"\n{kind}: confidence, words, wrong, share wrong; of them weighty: words, wrong, share")
        for low, high in itertools.pairwise(BANDS):
            band = [word for word in mine if low <= word.confidence < high]
            heavy = [word for word in band if caution.weight_of(word.text)]
            wrong, bad = sum(w.is_wrong for w in band), sum(w.is_wrong for w in heavy)
            print(
                f"  {low:.3f} to {min(high, 1):.3f}{len(band):>7}{wrong:>7}{wrong / max(len(band), 1):>8.1%}{len(heavy):>8}{bad:>6}{bad / max(len(heavy), 1):>8.1%}"
            )
        print("  threshold: wrong words that pass, right words that wait; weighty: wrong that pass, right that wait")
        heavy = [word for word in mine if caution.weight_of(word.text)]
        for at in (0.8, 0.85, 0.9, 0.95, 0.98, 0.985, 0.99, 0.995, 0.999):
            print(f"  {at:.3f}{_passing(mine, at):>24}{_passing(heavy, at):>24}")
    for style in totals:
        sures = [word.page_sure for word in seen if word.style == style]
        print(f"page sureness {style:28} lowest {min(sures):.2f} median {statistics.median(sures):.2f} highest {max(sures):.2f}")
    print("\nweighty words that pass although wrong (read / stands there):")
    for word in [w for w in seen if w.is_wrong and not w.why and (caution.weight_of(w.text) or caution.weight_of(w.truth))][:60]:
        print(f"  {word.style:28}{word.text!r:>24} {word.truth!r:24} {word.confidence:.4f} page {word.page_sure:.2f}")
    print(f"not read at all: {lost[:40]}")
    print(f"places marked as not read: { {style: int(sums['marks']) for style, sums in totals.items()} }")


def _passing(words: list[Seen], at: float) -> str:
    through, held = (
        [w for w in words if w.confidence >= at and w.is_wrong],
        [w for w in words if w.confidence < at and not w.is_wrong],
    )
    return f"{len(through)} ({len(through) / max(len(words), 1):.2%}), {len(held)} ({len(held) / max(len(words), 1):.1%})"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--each", type=int, default=12, help="pages of each kind")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--json", default="", help="write every word that was read there")
    args = parser.parse_args()
    seen, totals, lost = measure(args.each, args.seed)
    if args.json:
        Path(args.json).write_text(json.dumps([word._asdict() for word in seen]))
    show(seen, totals, lost)
    return 0


if __name__ == "__main__":
    sys.exit(main())
