"""A small invented corpus in the layout of the real one: Spanish sentences, their translations, codes and spans."""

from __future__ import annotations

from pathlib import Path

FINDINGS = (
    ("fiebre alta", "high fever", "r50.9"),
    ("dolor abdominal", "abdominal pain", "r10.9"),
    ("hematuria", "hematuria", "r31.9"),
    ("cefalea intensa", "severe headache", "r51"),
    ("ascitis", "ascites", "r18.8"),
    ("anemia", "anemia", "d64.9"),
)
IMAGING = ("ecografía abdominal", "abdominal ultrasound", "bw40zzz")


def write_corpus(folder: Path, cases: int = 40) -> Path:
    """Write parts train and dev and return the folder."""
    for part, first, last in (("train", 0, cases), ("dev", cases, cases + 10)):
        here = folder / part
        (here / "text_en").mkdir(parents=True)
        (here / "text_es").mkdir()
        tables: dict[str, list[str]] = {"D": [], "P": [], "X": []}
        for number in range(first, last):
            _write_case(here, f"caso-{number:03}", number, tables)
        for kind, lines in tables.items():
            (here / f"{part}{kind}.tsv").write_text("".join(line + "\n" for line in lines), "utf-8")
    return folder


def _write_case(here: Path, name: str, number: int, tables: dict[str, list[str]]) -> None:
    spanish, english = f"Paciente de {30 + number} años. ", f"A {30 + number}-year-old patient.\n"
    chosen = [finding for place, finding in enumerate(FINDINGS) if (number >> place % 4) % 2 or place == number % 6]
    for said, translated, code in chosen:
        spanish += "Refiere "
        start = len(spanish)
        spanish += f"{said} desde ayer. "
        english += f"He reports {translated} since yesterday.\n"
        tables["X"].append(f"{name}\tDIAGNOSTICO\t{code}\t{said}\t{start} {start + len(said)}")
        tables["D"].append(f"{name}\t{code}")
    if number % 2:
        spanish += "Se realizó "
        start = len(spanish)
        spanish += f"{IMAGING[0]} sin incidencias."
        english += f"We performed an {IMAGING[1]} without incident.\n"
        tables["X"].append(f"{name}\tPROCEDIMIENTO\t{IMAGING[2]}\t{IMAGING[0]}\t{start} {start + len(IMAGING[0])}")
        tables["P"].append(f"{name}\t{IMAGING[2]}")
    (here / "text_en" / f"{name}.txt").write_text(english, "utf-8")
    (here / "text_es" / f"{name}.txt").write_text(spanish, "utf-8")
