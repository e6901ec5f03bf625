"""Prints how many notes of 300 words one core codes in a second, the first answer's delay and the memory: `python bench/coding/speed.py [FOLDER]`."""

from __future__ import annotations

import resource
import sys
import time
from datetime import date
from pathlib import Path

from cleanclaim.documents.coding import Note, NoteContext

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
    texts = [path.read_text(encoding="utf-8") for folder in sys.argv[1:] for path in sorted(Path(folder).glob("**/*.txt"))] or [
        SAMPLE
    ] * 50
    words = sum(len(text.split()) for text in texts)
    print(f"notes                                   {len(texts)} of {words / len(texts):.0f} words")
    for profile in ("visit", "case-report"):
        print(profile)
        measure(texts, words, profile)


def measure(texts: list[str], words: int, profile: str) -> None:
    """Print the figures of one profile: processor time, so that other work on the machine counts little."""
    begun, busy = time.perf_counter(), time.process_time()
    from cleanclaim import encoder  # the first import is part of the first answer's delay

    context = NoteContext(date(2026, 11, 2), profile=profile)
    encoder.suggest(Note(SAMPLE), context)
    first, first_busy = time.perf_counter() - begun, time.process_time() - busy
    encoder.warm()
    begun = time.perf_counter()
    encoder.suggest(Note(SAMPLE + " "), context)
    warm = time.perf_counter() - begun
    for text in texts:
        encoder.suggest(Note(text), context)
    cpu = time.process_time()
    for text in texts:
        encoder.suggest(Note(text), context)
    cpu = time.process_time() - cpu
    print(f"  notes a second on one core              {len(texts) / cpu:.0f}")
    print(f"  notes of 300 words a second             {words / 300 / cpu:.0f}")
    print(f"  first answer, import and tables loaded  {first * 1000:.0f} ms ({first_busy * 1000:.0f} of processor time)")
    print(f"  answer when loaded                      {warm * 1000:.0f} ms")
    print(f"  memory                                  {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")


if __name__ == "__main__":
    main()
