"""The packaged artefact at work on invented texts: evidence is the text's own words, hostile texts get a plain answer in bounded time."""

from __future__ import annotations

from datetime import date
from importlib import resources
from time import monotonic

import pytest

from cleanclaim.documents.coding import Note, NoteContext, Suggestion
from cleanclaim.encoder import casereports
from cleanclaim.encoder.candidates.codebook import default_store
from cleanclaim.encoder.casereports.current import current_code

ON = date(2026, 11, 2)
CONTEXT = NoteContext(ON, setting="inpatient", profile="case-report")
REPORT = """A 61-year-old man with arterial hypertension and type 2 diabetes mellitus presented with hematuria and weight loss.
On examination there was ascites. No lymphadenopathy was felt.
Abdominal ultrasound and CT of the abdomen showed a mass in the left kidney with liver metastasis.
A left radical nephrectomy was performed. The diagnosis was clear cell renal carcinoma.
His mother had breast cancer.
"""


def _codes(text: str, context: NoteContext = CONTEXT) -> dict[str, Suggestion]:
    return {item.code: item for item in casereports.suggest(Note(text, "case-report"), context).suggestions}


def test_a_case_report_gets_its_diagnoses_and_procedures_with_their_words() -> None:
    found = _codes(REPORT)
    assert {"I10", "E11.9", "R31.9", "R63.4", "R18.8", "C78.7"} <= set(found)
    assert any(item.system == "icd10pcs" for item in found.values())
    for item in found.values():
        assert item.evidence
        for span in item.evidence:
            assert REPORT[span.start : span.end] == span.text != ""
        assert 0 < item.confidence <= 1
        assert item.reasons


def test_confidence_and_band_agree_and_the_surest_come_first() -> None:
    found = casereports.suggest(Note(REPORT), CONTEXT).suggestions
    assert [item.confidence for item in found] == sorted((item.confidence for item in found), reverse=True)
    assert all(item.confidence >= 0.9 for item in found if item.band == "ready")


def test_what_was_looked_for_and_not_found_is_not_coded_by_the_book() -> None:
    text = "The patient has chest pain.\nHe denies hematuria. No evidence of ascites.\n"
    marked = _codes(text)
    assert "R31.9" in marked
    assert "absent" in marked["R31.9"].reasons[0]
    answer = casereports.suggest(Note(text), CONTEXT._replace(profile=""))
    assert "R31.9" not in {item.code for item in answer.suggestions}
    assert "R31.9" in {item.code for item in answer.not_coded}


@pytest.mark.parametrize(
    "text", ["", " \n ", "\x00\x01\xff" * 50, "0" * 5000, "Der Patient klagt über Kopfschmerzen.", "<script>alert(1)</script>"]
)
def test_odd_texts_get_a_plain_answer(text: str) -> None:
    casereports.suggest(Note(text), CONTEXT)


@pytest.mark.slow
def test_a_huge_text_is_answered_in_bounded_time() -> None:
    start = monotonic()
    casereports.suggest(Note("pain abdomen fever kidney mass " * 60_000), CONTEXT)
    assert monotonic() - start < 30


def test_codes_are_those_in_force_on_the_day() -> None:
    store = default_store()
    assert store is not None, "the packaged code sets are always there"
    cough = current_code(store, "icd10cm", "r05", ON)
    assert cough is not None
    assert cough.code == "R05.9"
    back = current_code(store, "icd10cm", "m54.5", ON)
    assert back is not None
    assert back.code == "M54.50"
    wound = current_code(store, "icd10cm", "s41.10", ON)
    assert wound is not None
    assert store.get("icd10cm", wound.code, ON).billable
    assert current_code(None, "icd10cm", "r05", ON) == ("R05", "", True, ())
    part = current_code(store, "icd10pcs", "0ttb", ON)
    assert part is not None
    assert not part.is_complete


def test_the_packaged_artefact_is_small_and_says_where_it_comes_from() -> None:
    folder = resources.files("cleanclaim.encoder.casereports") / "model"
    size = sum(len(file.read_bytes()) for file in folder.iterdir())
    assert size < 5_000_000
    page = casereports.load().page
    assert page["corpus"]["licence"] == "CC BY 4.0"
    assert "CC BY 4.0" in (folder / "MODEL_CARD.md").read_text("utf-8")
