"""Prints how many notes of 300 words one core codes in a second, the first answer's delay and the memory: `python bench/coding/speed.py [FOLDER]`."""

from __future__ import annotations

import resource
import subprocess
import sys
import time
from datetime import date
from pathlib import Path

from cleanclaim.documents.coding import Note, NoteContext

ROUNDS = 4
"""The quickest of so many rounds counts: other work on the machine only slows."""

SAMPLE = """CHIEF COMPLAINT

Follow-up of chronic problems.

HISTORY OF PRESENT ILLNESS

The patient is a 61-year-old man with hypertension, type 2 diabetes and osteoarthritis of the right knee. He reports that his knee aches on stairs. He denies chest pain,
shortness of breath and swelling of the legs. His home blood pressures run about 150/90. He takes lisinopril 10 mg and metformin 500 mg twice daily and misses no doses.

PHYSICAL EXAM
Heart regular, no murmur. Lungs clear. Right knee: small effusion, crepitus, tender medial joint line, full extension. No edema.

RESULTS
Hemoglobin A1c 7.9. Creatinine 0.9. X-ray of the right knee shows medial joint space narrowing.

ASSESSMENT AND PLAN
1. Hypertension, not at goal.
- Increase lisinopril to 20 mg daily. Basic metabolic panel in two weeks.
2. Type 2 diabetes.
- Increase metformin to 1000 mg twice daily. Repeat hemoglobin A1c in three months.
3. Right knee osteoarthritis.
- Meloxicam 15 mg daily with food. Referral to physical therapy.
"""


def main() -> None:
    arguments = sys.argv[1:]
    if arguments[:1] in (["visit"], ["case-report"]):
        measure(_texts(arguments[1:]), arguments[0])
        return
    texts = _texts(arguments)
    print(f"notes                                   {len(texts)} of {_words(texts) / len(texts):.0f} words")
    for profile in ("visit", "case-report"):
        print(profile, flush=True)
        # each profile in a process of its own: the first answer counts imports, and the memory is one profile's
        subprocess.run([sys.executable, __file__, profile, *arguments], check=True)


def _texts(folders: list[str]) -> list[str]:
    found = [path.read_text(encoding="utf-8") for folder in folders for path in sorted(Path(folder).glob("**/*.txt"))]
    return found or [SAMPLE] * 50


def _words(texts: list[str]) -> int:
    return sum(len(text.split()) for text in texts)


def measure(texts: list[str], profile: str) -> None:
    """Print the figures of one profile: processor time, so that other work on the machine counts little."""
    begun, busy = time.perf_counter(), time.process_time()
    from cleanclaim import encoder  # the first import is part of the first answer's delay

    context = NoteContext(date(2026, 11, 2), profile=profile)
    encoder.suggest(Note(SAMPLE), context)
    first, first_busy = time.perf_counter() - begun, time.process_time() - busy
    encoder.warm(case_reports=profile == "case-report")
    opened: list[float] = []
    for text in texts:
        cpu = time.process_time()
        encoder.suggest(Note(text), context)
        opened.append(time.process_time() - cpu)
    best = sum(opened)
    for _ in range(ROUNDS):
        cpu = time.process_time()
        for text in texts:
            encoder.suggest(Note(text), context)
        best = min(best, time.process_time() - cpu)
    print(f"  notes a second on one core              {len(texts) / best:.0f}")
    print(f"  notes of 300 words a second             {_words(texts) / 300 / best:.0f}")
    print(f"  first answer of a fresh process         {first * 1000:.0f} ms ({first_busy * 1000:.0f} of processor time)")
    print(f"  first note after warming, slowest note  {opened[0] * 1000:.0f} ms, {max(opened) * 1000:.0f} ms")
    print(f"  memory                                  {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")


if __name__ == "__main__":
    main()
