"""Words, phrases and terms as the case-report engine reads them."""

from __future__ import annotations

from cleanclaim.encoder.casereports.lexicon import Lexicon, count_standing, learn_wording, standing_terms
from cleanclaim.encoder.casereports.phrases import Example, PhraseTable, learn_phrases, standing_together
from cleanclaim.encoder.casereports.terms import Heading, lay_terms, with_names
from cleanclaim.encoder.casereports.words import negated_places, phrase_key, read, root

LINES = (
    Heading("H52.1", "Myopia", (), ("H52.10", "H52.11")),
    Heading("H52.10", "Myopia, unspecified eye", (), ()),
    Heading("H52.11", "Myopia, right eye", (), ()),
    Heading("C22.9", "Malignant neoplasm of liver, not specified as primary or secondary", (), ()),
    Heading("N28.1", "Cyst of kidney, acquired", ("Cyst (multiple)(solitary) of kidney, acquired",), ()),
    Heading("S62.00", "Unspecified fracture of navicular [scaphoid] bone of wrist", (), ()),
)


def test_words_of_one_family_and_two_spellings_share_a_root() -> None:
    assert root("renal") == root("kidneys") == root("kidney")
    assert root("oedema") == root("edema") == root("edemas")
    assert root("brucellosis") == root("brucelosis")
    assert root("tumour") == root("tumors")


def test_a_line_break_or_a_full_stop_ends_a_sentence_and_a_decimal_point_does_not() -> None:
    reading = read("Fever of 38.5 C\nCough. Rash")
    assert reading.sentences == (0, 0, 0, 0, 1, 2)
    assert [("Fever of 38.5 C\nCough. Rash"[a:b]) for a, b in reading.spans][2] == "38.5"


def test_roots_stand_together_within_a_sentence_only() -> None:
    reading = read("Pain of the right lower abdomen. Abdomen soft. Pain later.")
    found = standing_together(reading, phrase_key([root("abdominal"), root("pain")]))
    assert len(found) == 1
    assert found[0] == (0, 5)


def test_a_negation_reaches_six_words_and_not_the_next_sentence() -> None:
    reading = read("There was no fever. Cough was seen.")
    assert 3 in negated_places(reading)
    assert 4 not in negated_places(reading)


def test_phrases_count_cases_not_sentences_and_survive_their_arrays() -> None:
    reading = read("Cyst of the kidney. Later the kidney cyst grew.")
    example = Example(reading, frozenset({"n28.1"}), (("n28.1", (0, 3)), ("n28.1", (6, 7))))
    table = learn_phrases([example, Example(read("A kidney cyst."), frozenset(), ())])
    phrase = table.phrases[phrase_key([root("kidney"), root("cyst")])]
    assert phrase.cases == 2
    assert [(given.code, given.whole, given.together) for given in phrase.given] == [("n28.1", 1, 1)]
    again = PhraseTable.from_arrays(table.as_arrays())
    assert again.phrases == table.phrases
    assert again.codes == table.codes


def test_terms_are_found_by_title_by_heading_by_bracket_and_as_notes_name_tumours() -> None:
    lexicon = Lexicon(lay_terms(LINES))

    def codes(text: str) -> set[str]:
        return {named.code for term in lexicon.find(read(text), 0.9) for named in lexicon.codes(term.term)}

    assert "h52.10" in codes("He had myopia since childhood.")
    assert "c22.9" in codes("A carcinoma of the liver not specified as primary or secondary was found.")
    assert "n28.1" in codes("An acquired renal cyst.")
    assert "s62.00" in codes("A fracture of the scaphoid bone of the wrist.")


def test_wording_learns_what_titles_say_instead() -> None:
    terms = lay_terms(LINES)
    learned = learn_wording(terms, [("c22.9", ("hepatoma", "massive")), ("c22.9", ("hepatoma",)), ("h52.11", ("myopia",))] * 2)
    assert "hepatoma" in learned["written"]
    kept = dict(zip(learned["roots"], learned["kept"].tolist(), strict=True))
    assert kept["malignant"] < 255 * 0.5


def test_names_that_notes_use_join_the_terms_and_codes_of_no_edition_are_left_out() -> None:
    lines = (Heading("R31.9", "Hematuria, unspecified", (), ()), Heading("R31", "Hematuria", (), ("R31.9",)))
    named = {line.code: line.inclusions for line in with_names(lines)}
    assert "blood in urine" in named["R31.9"] + named["R31"]


def test_a_term_that_stands_and_is_never_coded_is_counted_as_such() -> None:
    terms = lay_terms(LINES)
    lexicon = Lexicon(terms)
    coded = standing_terms(lexicon, read("A renal cyst, acquired."), frozenset({"n28.1"}))
    passed = standing_terms(lexicon, read("An acquired cyst of the kidney."), frozenset({"n20.0"}))
    counted = Lexicon(count_standing(terms, [coded, passed]))
    (term,) = [found.term for found in counted.find(read("acquired kidney cyst"), 0.99)]
    assert (counted.cases[term], counted.confirmed[term], counted.near[term]) == (2, 1, 1)
    assert counted.rarest[root("kidney")] == 2
