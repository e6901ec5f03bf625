"""The lexicon of case reports: codes as the corpus writes them, names spread over sides, procedures by operation and body part."""

from __future__ import annotations

from cleanclaim.encoder.casereports.lexicon import Lexicon
from cleanclaim.encoder.casereports.operations import read_operations
from cleanclaim.encoder.casereports.phrases import Example
from cleanclaim.encoder.casereports.surroundings import Surroundings, learn_surroundings
from cleanclaim.encoder.casereports.terms import Heading, lay_terms, read_tabular, with_notes
from cleanclaim.encoder.casereports.words import read


def test_codes_are_written_as_the_corpus_writes_them() -> None:
    lines = {line.code: line for line in read_tabular()}
    assert lines["S42.90"].below == ("S42.90X",)
    assert not lines["K35.2"].below
    assert "K35.20" not in lines
    assert lines["T81.4"].below == ("T81.4XX",)
    assert "O41.1290" in lines
    assert "U07.1" in lines


def test_a_name_of_a_heading_stands_for_its_codes_of_each_side() -> None:
    lines = (
        Heading("H53.14", "Visual discomfort", ("Photophobia",), ("H53.141", "H53.142", "H53.149")),
        Heading("H53.141", "Visual discomfort, right eye", (), ()),
        Heading("H53.142", "Visual discomfort, left eye", (), ()),
        Heading("H53.149", "Visual discomfort, unspecified eye", (), ()),
    )
    lexicon = Lexicon(lay_terms(lines))
    found = {named.code for term in lexicon.find(read("Photophobia of the left eye."), 0.9) for named in lexicon.codes(term.term)}
    assert {"h53.142", "h53.149"} <= found


def test_notes_of_the_book_name_the_code_that_they_point_to() -> None:
    lines = {line.code: line for line in with_notes(read_tabular())}
    assert "tuberculous enteritis" in lines["A18.32"].inclusions


def test_procedures_are_known_by_what_surgeons_call_them() -> None:
    operations = {one.code: one for one in read_operations()}
    assert "cholecystectomy" in operations["0FT4"].inclusions
    assert any("nephrectomy" in name for name in operations["0TT0"].inclusions)
    assert "abdominal ultrasound" in operations["BW40ZZZ"].inclusions


def test_words_that_lead_to_mentions_are_told_from_those_that_do_not() -> None:
    reading = read("Diagnosed with asthma. Diagnosed with gout. Diagnosed with sepsis. Parking with car.")
    places = [at for at, root in enumerate(reading.roots) if root in {"asthma", "gout", "sepsi", "sepsis"}]
    example = Example(reading, frozenset({"x"}), tuple(("x", (place,)) for place in places))
    words = Surroundings(learn_surroundings([example] * 3))
    assert words.row(reading, (places[0],))[2] > words.row(reading, (len(reading.roots) - 2,))[2]
