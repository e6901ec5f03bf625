import os
import shutil
import sqlite3
import subprocess
import sys
from datetime import date
from threading import Thread

import pytest

from cleanclaim import codesets
from cleanclaim.codesets.instructions import ranges_in

NOW = date(2026, 11, 20)


@pytest.mark.parametrize(
    ("system", "on", "count"),
    [
        ("icd10cm", date(2023, 10, 15), 74_044),
        ("icd10cm", date(2024, 10, 15), 74_260),
        ("icd10cm", date(2026, 9, 30), 74_719),
        ("icd10cm", date(2026, 10, 1), 74_879),
        ("icd10pcs", date(2026, 10, 15), 79_256),
    ],
)
def test_as_many_codes_are_billable_as_the_official_release_has(store, system, on, count):
    assert store.count(system, on) == count


def test_a_code_is_found_with_or_without_its_dot_in_any_case(store):
    assert store.get("icd10cm", "e119", NOW) == store.get("icd10cm", "E11.9", NOW)
    assert store.get("icd10cm", "e119", NOW).code == "E11.9"
    assert store.get("icd10cm", "E11", NOW).billable is False


def test_thirty_codes_end_with_september_2026_and_are_valid_on_their_last_day(store):
    ended = [
        row[0] for row in store.query("SELECT code FROM code WHERE system = 'icd10cm' AND billable = 1 AND valid_to = 20260930")
    ]
    gone = [code for code in ended if (found := store.get("icd10cm", code, date(2026, 10, 1))) is None or not found.billable]
    assert len(gone) == 30
    for code in gone:
        assert store.get("icd10cm", code, date(2026, 9, 30)).billable
        assert store.get("icd10cm", code, date(2026, 9, 30)).valid_to == date(2026, 9, 30)


def test_the_path_goes_from_the_chapter_to_the_code(store):
    assert [c.code for c in store.path("icd10cm", "T36.0X1A", NOW)] == [
        "19",
        "T07-T88",
        "T36-T50",
        "T36",
        "T36.0",
        "T36.0X",
        "T36.0X1",
        "T36.0X1A",
    ]


def test_every_code_in_force_hangs_on_a_chapter(store):
    loose = store.query("SELECT code FROM code WHERE system = 'icd10cm' AND parent = '' AND kind != 'chapter'").fetchall()
    assert loose == []
    missing = store.query(
        "SELECT count(*) FROM code a WHERE system = 'icd10cm' AND parent != ''"
        " AND NOT EXISTS (SELECT 1 FROM code b WHERE b.system = a.system AND b.code = a.parent)"
    ).fetchone()
    assert missing == (0,)


def test_no_code_has_two_periods_on_one_day(store):
    overlap = store.query(
        "SELECT a.system, a.code FROM code a JOIN code b ON a.system = b.system AND a.code = b.code"
        " AND a.valid_from < b.valid_from AND a.valid_to >= b.valid_from"
    ).fetchall()
    assert overlap == []


def test_notes_are_inherited_with_their_code_ranges(store):
    notes = store.notes("S52.501A", NOW)
    assert notes.loaded
    assert ("S52", "traumatic amputation of forearm (S58.-)", "S58.-"[:-2]) in [
        (n.code, n.text, n.ranges[0].first) for n in notes.excludes1
    ]
    assert notes.seventh_at == "S52"
    assert [s.char for s in notes.seventh][:3] == ["A", "B", "C"]


def test_a_code_that_is_newer_than_the_tabular_list_says_that_its_notes_are_not_loaded(store):
    assert not store.notes("J4B", NOW).loaded


def test_excludes1_keeps_the_two_types_of_diabetes_apart_in_both_orders(store):
    assert store.excludes1("E11.9", "E10.9", NOW).at == "E11"
    assert store.excludes1("E10.9", "E11.9", NOW) is not None
    assert store.excludes1("E11.9", "I10", NOW) is None


@pytest.mark.parametrize(
    ("text", "ranges"),
    [
        ("carrier of infectious disease (Z22.-)", ["Z22"]),
        ("conditions of the perinatal period (P35-P39)", ["P35-P39"]),
        ("puerperal sepsis (O85), sepsis NOS (A41.9)", ["O85", "A41.9"]),
        ("vitamin B12 deficiency", []),
        ("code from category Z16, if known", ["Z16"]),
        ("pregnancy (O00-O9A)", ["O00-O9A"]),
    ],
)
def test_code_ranges_are_read_out_of_the_text_of_a_note(text, ranges):
    assert [span.text for span in ranges_in(text)] == ranges


def test_the_seventh_character_builder_fills_empty_places_with_x(store):
    page = codesets.code_page(store, "icd10cm", "S01.00", NOW)
    assert {choice.code for choice in page.seventh} == {"S01.00XA", "S01.00XD", "S01.00XS"}


def test_the_store_is_shared_by_threads(store):
    found = []
    threads = [Thread(target=lambda: found.append(store.get("icd10cm", "I10", NOW).title)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == ["Essential (primary) hypertension"] * 4


def test_the_same_file_gives_the_same_store(store):
    assert codesets.open_store(store.file) is store


def test_hcpcs_modifiers_and_codes_know_their_last_day(store):
    assert store.get("hcpcs", "J1885", NOW).title.startswith("Injection, ketorolac")
    assert store.get("modifier", "L1", date(2016, 12, 31)) is not None
    assert store.get("modifier", "L1", date(2017, 1, 1)) is None


def test_fees_and_edits_work_after_the_first_install_and_say_that_they_are_a_beginning(store):
    row = store.rvu("99213", "", NOW)
    assert (str(row.work), str(row.conversion_factor)) == ("1.30", "33.4009")
    assert store.gpci("10112", "0", NOW).pe == store.gpci("10112", "00", NOW).pe
    assert len(store.localities(NOW)) == 109
    assert store.ncci("20610", "99213", NOW).modifier_indicator == "1"
    assert store.ncci("99213", "20610", NOW) is None
    assert store.mue("99213", NOW).units == 2
    assert [store.coverage(name).coverage for name in ("ncci", "mue", "rvu", "gpci", "add_on")] == [
        "seed",
        "seed",
        "seed",
        "full",
        "none",
    ]


def test_the_code_editor_ends_sex_conflicts_with_fiscal_year_2025(store):
    assert store.mce("O80", date(2024, 9, 30)).sex == "F"
    assert store.mce("O80", date(2024, 10, 1)).sex == ""
    assert store.mce("O80", date(2024, 10, 1)).age == "maternity"
    assert store.mce("V00.01XA", NOW).external_cause
    assert store.mce("Z37.0", NOW).unacceptable_principal


def test_claim_codes_have_their_numbers_and_glosses_of_our_own(store):
    assert store.count("pos", NOW) == 52
    assert store.get("pos", "11", NOW).title == "Office"
    assert store.get("carc", "45", NOW).title
    assert store.get("rarc", "N130", NOW) is not None
    assert store.get("tob", "0131", NOW).title == "Hospital outpatient: admission to discharge"
    assert store.get("revenue", "0450", NOW).title == "Emergency room, general"
    assert store.get("cpt", "99441", date(2024, 12, 31)) is not None
    assert store.get("cpt", "99441", date(2025, 1, 1)) is None


@pytest.mark.parametrize(
    ("system", "numbers", "words"),
    [("cpt", 250, 250), ("pos", 52, 52), ("tob", 300, 300), ("revenue", 500, 500), ("condition", 150, 30), ("occurrence", 80, 40), ("value", 140, 50),
     ("group", 5, 5), ("carc", 300, 100), ("rarc", 990, 70), ("status_category", 48, 30), ("status", 750, 60), ("modifier", 384, 384)],
)  # fmt: skip
def test_a_list_of_claim_codes_is_there_from_the_first_install(store, system, numbers, words):
    codes = list(store.iter_codes(system, NOW))
    assert len(codes) >= numbers
    assert sum(bool(code.title) for code in codes) >= words


def test_services_carry_triggers_for_the_encoder(store):
    terms = {(term.code, term.text) for term in store.iter_terms("cpt", NOW)}
    assert ("87880", "rapid strep test") in terms
    assert ("94640", "nebulizer treatment") in terms


def test_each_character_of_a_procedure_code_has_its_meaning(store):
    axes = store.pcs_axes("0DTJ4ZZ")
    assert [axis.label for axis in axes] == [
        "Medical and Surgical", "Gastrointestinal System", "Resection", "Appendix", "Percutaneous Endoscopic", "No Device", "No Qualifier",
    ]  # fmt: skip
    assert "without replacement" in axes[2].definition


def test_the_walk_through_the_axes_leads_only_to_valid_codes(store):
    assert sum(choice.codes for choice in store.pcs_choices("", date(2026, 10, 15))) == 79_256
    assert {choice.value for choice in store.pcs_choices("0DTJ", NOW)} == {"0", "4", "7", "8"}
    assert store.pcs_choices("0DTJ4ZZ", NOW) == ()


def test_a_code_page_tells_which_payment_rules_name_the_code(store):
    page = codesets.code_page(store, "cpt", "20610", NOW)
    assert [mention.kind for mention in page.mentions] == [
        "ncci",
        "ncci",
        "fee",
    ]  # takes in the visits, is taken in by 20611, is paid
    assert "5 other codes" in page.mentions[0].says
    assert {m.says for m in codesets.code_page(store, "icd10cm", "O80", NOW).mentions} >= {"For maternity patients alone."}
    assert codesets.code_page(store, "icd10cm", "X99.999", NOW) is None


def test_several_processes_that_start_without_a_store_build_it_once(tmp_path):
    path = tmp_path / "codesets.sqlite3"
    program = f"from cleanclaim import codesets; import datetime; print(codesets.open_store({str(path)!r}).count('icd10cm', datetime.date(2026, 11, 1)))"
    running = [
        subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, env=os.environ | {"PYTHONPATH": "src"})
        for _ in range(3)
    ]
    assert [process.communicate(timeout=120)[0].split() for process in running] == [[b"74879"]] * 3
    assert sorted(p.name for p in tmp_path.iterdir()) == [".codesets.sqlite3.lock", "codesets.sqlite3"]


def test_a_store_of_another_layout_with_imports_is_set_aside_never_thrown_away(tmp_path, built):
    path = tmp_path / "codesets.sqlite3"
    shutil.copyfile(built, path)
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("UPDATE meta SET value = '0' WHERE key = 'version'")
    connection.execute("INSERT INTO meta VALUES ('imports', 'yes')")
    connection.close()
    assert codesets.open_store(path).count("icd10cm", NOW) == 74_879
    assert (tmp_path / "codesets.older-layout.sqlite3").exists()


def test_a_damaged_store_is_built_again(tmp_path):
    path = tmp_path / "codesets.sqlite3"
    path.write_bytes(b"not a store")
    assert codesets.open_store(path).get("icd10cm", "I10", NOW) is not None


@pytest.mark.parametrize(
    ("text", "inside", "outside"),
    [
        ("aphasia following cerebrovascular disease (I69. with final characters -20)", ["I69.320", "I69.020"], ["I69.351"]),
        ("current concussion (brain) (S06.0X- with seventh character A)", ["S06.0X0A"], ["S06.0X0D"]),
        (
            "poisoning (T36-T65 with fifth or sixth character 1-4 or 6)",
            ["T36.0X1A", "T40.416A", "T50.901A"],
            ["T36.0X5A", "T40.415A"],
        ),
        ("hallucinations in drug psychosis (F11-F19 with fifth to sixth characters 51)", ["F11.151"], ["F11.150"]),
        ("open fracture of elbow (S52.- with open fracture 7th character)", ["S52.501B"], ["S52.501A"]),
        ("open fracture of pelvis (S32.1--S32.9 with 7th character B)", ["S32.401B"], ["S32.401A"]),
        ("diabetes with hyperosmolarity (E08, E09, E11, E13 with final characters .00 or .01)", ["E11.00", "E08.01"], ["E11.9"]),
        ("amnestic syndrome due to psychoactive substance use (F10-F19 with 5th character .6)", ["F10.26"], ["F10.20"]),
    ],
)
def test_a_note_that_asks_for_characters_names_those_codes_alone(text, inside, outside):
    spans = ranges_in(text)
    assert all(any(code in span for span in spans) for code in inside)
    assert not any(code in span for span in spans for code in outside)


def test_aphasia_after_a_stroke_stands_beside_the_hemiplegia(store):
    assert store.excludes1("R47.01", "I69.351", NOW) is None
    assert store.excludes1("R47.01", "I69.320", NOW).at == "R47.01"


def test_the_store_says_from_which_day_it_can_judge(store):
    assert store.known_since("icd10cm") == date(2015, 10, 1)
    assert store.known_since("hcpcs") == date(2023, 1, 1)
    assert store.known_since("pos") == date(1900, 1, 1)
    assert store.known_since("cpt") is None
