"""Layouts without a real sample: the tests write one after the reference page and say so here."""

from datetime import date

import pytest
from codesets_official import AOC, RVU_HEAD, hcpcs_line, mue_file, order_file, ptp_file, rvu_line, zipped

from cleanclaim import codesets
from cleanclaim.codesets import importing
from cleanclaim.codesets.importers.plan import Options

NOW = date(2026, 11, 20)


@pytest.fixture
def bring(path, tmp_path):
    """Import a text under a file name into a small store and return (store, items)."""
    return _importer(path, tmp_path)


@pytest.fixture
def bring_full(full_path, tmp_path):
    """The same into a store with every code list."""
    return _importer(full_path, tmp_path)


def _importer(path, tmp_path):
    def do(name, text, **options):
        file = tmp_path / name
        file.write_bytes(text if isinstance(text, bytes) else text.encode())
        kind = options.pop("kind", None)
        report = importing.import_files([str(file)], path=path, options=Options(**options), kind=kind)
        return codesets.open_store(path), report.items

    return do


def test_a_full_order_file_adds_revises_and_ends_and_touches_no_other_system(store, bring_full):
    codes = [(c.code.replace(".", ""), c.title) for c in store.iter_codes("icd10cm", NOW, billable_only=True)]
    kept = [(code, "Renamed hypertension" if code == "I10" else title) for code, title in codes if code != "A009"]
    kept.append(("A008", "Invented cholera"))
    headings = [
        (c.code.replace(".", ""), c.title or "Untitled")
        for c in store.iter_codes("icd10cm", NOW)
        if c.kind in {"category", "heading"}
    ]
    others = {system: store.count(system, date(2027, 10, 15)) for system in ("icd10pcs", "hcpcs", "cpt")}
    after, items = bring_full("icd10cm_order_2028.txt", order_file(kept, headings))
    assert (items[0].added, items[0].ended, items[0].revised) == (1, 1, 1)
    assert after.get("icd10cm", "A00.8", date(2027, 9, 30)) is None
    assert after.get("icd10cm", "A00.8", date(2027, 10, 1)).title == "Invented cholera"
    assert after.get("icd10cm", "A00.9", date(2027, 9, 30)).valid_to == date(2027, 9, 30)
    assert after.get("icd10cm", "A00.9", date(2027, 10, 1)) is None
    assert [c.title for c in after.history("icd10cm", "I10")][-1] == "Renamed hypertension"
    assert after.path("icd10cm", "A00.8", date(2027, 10, 1))[0].code == "1"
    assert {system: after.count(system, date(2027, 10, 15)) for system in others} == others


def test_an_april_file_that_only_adds_ends_nothing(store, bring_full):
    after, _ = bring_full("icd10cm_order_april_2027.txt", order_file([("A008", "Invented cholera")]), partial=True)
    assert after.count("icd10cm", date(2027, 4, 1)) == store.count("icd10cm", NOW) + 1
    assert after.get("icd10cm", "A00.8", date(2027, 3, 31)) is None


def test_an_older_release_imported_later_leaves_the_newer_one_as_it_is(store, bring_full):
    codes = [(c.code.replace(".", ""), c.title) for c in store.iter_codes("icd10cm", date(2024, 10, 15), billable_only=True)]
    after, items = bring_full("icd10cm-codes-2025.txt", "".join(f"{code:<7} {title}\n" for code, title in codes))
    assert (items[0].added, items[0].ended, items[0].revised) == (0, 0, 0)
    assert after.count("icd10cm", NOW) == 74_879


def test_hcpcs_joins_continuation_lines_and_keeps_the_last_day(store, bring_full):
    lines = [hcpcs_line(c.code, "3", c.title[:80], added="20200101") for c in store.iter_codes("hcpcs", NOW, billable_only=True)]
    lines += [
        hcpcs_line(
            "J9998",
            "3",
            "Injection, invented drug with a very long description that goes on in the next",
            "Invented drug",
            "20261001",
        ),
        hcpcs_line("J9998", "4", "line, 1 mg", sequence="00200"),
        hcpcs_line("J9997", "3", "Injection, invented and ended", "Ended drug", "20250101", "20261031"),
        hcpcs_line("ZZ", "7", "Invented modifier", "Invented", "20261001"),
    ]
    after, items = bring_full("HCPC2026_OCT_ANWEB_09232026.txt", "\r\n".join(lines))
    assert items[0].release == "2026 Q4 (alpha-numeric file)"
    assert after.get("hcpcs", "J9998", NOW).title.endswith("next line, 1 mg")
    assert after.get("hcpcs", "J9998", date(2026, 9, 30)) is None
    assert after.get("hcpcs", "J9997", date(2026, 10, 31)).valid_to == date(2026, 10, 31)
    assert after.get("hcpcs", "J9997", date(2026, 11, 1)) is None
    assert after.get("modifier", "ZZ", NOW).title == "Invented modifier"
    assert after.get("modifier", "25", NOW) is not None
    assert after.get("hcpcs", "J1885", date(2026, 7, 1)).title == store.get("hcpcs", "J1885", date(2026, 7, 1)).title


def test_ncci_pairs_replace_the_seed_and_know_their_last_day_and_indicator_9(bring):
    rows = [
        ("11111", "22222", "", "20200101", "*", "0", "Mutually exclusive procedures"),
        ("11111", "33333", "", "20200101", "20260630", "1", "More extensive procedure"),
        ("11111", "44444", "", "20200101", "20200101", "9", "Never in force"),
        ("11111", "33333", "", "20261001", "*", "0", "More extensive procedure"),
    ]
    after, items = bring("ccipra-v324r0-f1.TXT", ptp_file(rows))
    assert items[0].rows == 4
    assert after.ncci("11111", "22222", NOW).modifier_indicator == "0"
    assert after.ncci("11111", "33333", date(2026, 6, 30)).deleted == date(2026, 6, 30)
    assert after.ncci("11111", "33333", date(2026, 7, 1)) is None
    assert after.ncci("11111", "33333", NOW).modifier_indicator == "0"
    assert after.ncci("11111", "44444", date(2020, 1, 1)) is None
    assert after.ncci("20610", "99213", NOW) is None  # the seed is gone for practitioners
    assert after.ncci("20610", "99213", NOW, "hospital") is not None
    assert after.coverage("ncci") == ("ncci", "v32.4 practitioner, parts 1 of 4", "seed")


def test_all_four_parts_of_ncci_are_full_coverage(bring):
    for part in "1234":
        after, _ = bring(f"ccipra-v324r0-f{part}.TXT", ptp_file([(f"{part}1111", "22222", "", "20200101", "*", "1", "Why")]))
    assert after.coverage("ncci").coverage == "full"
    assert [after.ncci(f"{part}1111", "22222", NOW) is not None for part in "1234"] == [True] * 4


def test_a_new_mue_table_ends_the_former_one_and_keeps_its_days(bring):
    name = "MCR_MUE_PractitionerServices_Eff_{}.csv"
    bring(
        name.format("07-01-2026"),
        mue_file([("99213", 5, "3 Date of Service Edit: Clinical", "x"), ("11111", 1, "1 Line Edit", "x")]),
    )
    after, _ = bring(name.format("10-01-2026"), mue_file([("99213", 2, "3 Date of Service Edit: Clinical", "x")]))
    assert after.mue("99213", date(2026, 9, 30)).units == 5
    assert after.mue("99213", NOW).units == 2
    assert after.mue("11111", date(2026, 9, 30)).mai == "1"
    assert after.mue("11111", NOW) is None
    assert after.mue("71046", NOW, "hospital").units == 3  # another setting keeps its rows


def test_add_on_codes_read_julian_dates(bring):
    rows = "1,11111,,22222,,2013001,,\n1,11111,,33333,,2013001,2025365,\n2,44444,,CCCCC,,2013001,,By the contractor\n"
    after, _ = bring("AOC_V2026Q4-MCR.csv", AOC + rows)
    assert after.addon("11111", NOW).primaries == ("22222",)
    assert after.addon("11111", date(2025, 12, 31)).primaries == ("22222", "33333")
    assert (after.addon("44444", NOW).type, after.addon("44444", NOW).primaries) == ("2", ())
    assert after.addon("22222", NOW) is None


def test_relative_values_are_found_by_their_stacked_header(bring):
    after, items = bring(
        "PPRRVU2026_Oct_nonQPP.csv", RVU_HEAD + rvu_line("99213", work="1.31") + rvu_line("71046", "26", work="0.21")
    )
    assert items[0].release == "RVU26D"
    assert str(after.rvu("99213", "", NOW).work) == "1.31"
    assert str(after.rvu("99213", "", date(2026, 9, 30)).work) == "1.30"
    assert str(after.rvu("71046", "26", NOW).pe_facility) == "0.50"
    assert after.rvu("71046", "", NOW) is None or after.rvu("71046", "", NOW).release != "RVU26D"


def test_the_factor_of_alternative_payment_models_is_kept_apart(bring):
    after, _ = bring("PPRRVU2026_Oct_QPP.csv", RVU_HEAD + rvu_line("99213", factor="33.5675"))
    assert str(after.rvu("99213", "", NOW).conversion_factor) == "33.4009"
    assert after.query("SELECT value FROM meta WHERE key = 'conversion_factor_qpp:2026'").fetchone() == ("33.5675",)


def test_other_fee_schedules_are_read_by_their_headers(bring):
    after, _ = bring(
        "PUF_CLFS_CY2026_Q4V1.csv",
        "Notice,,\n,,\nMore,,\n,,\nYEAR,HCPCS,MOD,EFF_DATE,INDICATOR,RATE,SHORTDESC,LONGDESC,EXTENDEDLONGDESC\n2026,80053,,20260101,N,10.56,x,x,x\n",
    )
    assert after.fee("clfs", "80053", NOW).amount_cents == 1056
    after, _ = bring(
        "October-2026-ASP.csv",
        'Notice,,,,\n"HCPCS Code",Short Description,HCPCS Code Dosage,Payment Limit,Notes\nJ1885,x,15 MG,0.412,\n',
    )
    assert str(after.fee("asp", "J1885", NOW).amount) == "0.412"
    after, _ = bring(
        "October-2026-OPPS-Addendum-B.csv",
        "Addendum B,,,,,\n,,,,,\nHCPCS Code,Short Descriptor,SI,APC,Relative Weight,Payment Rate\n10060,x,T,5051,2.1,$190.55\n36415,x,Q4,,,.\n",
    )
    assert after.fee("opps", "10060", NOW).facts["apc"] == "5051"
    assert after.fee("opps", "10060", NOW).amount_cents == 19_055
    line = "~".join(  # noqa: FLY002 - one field a word, as in the layout
        ["2026", "A4253", "NU", "  ", "D", "IN", "00", "A", "AZ  ", "000.00", "000.00", "012.34", "013.45", "1", " ", " ", "x"]
    )
    after, _ = bring("DMEPOS26_JAN.txt", line + "\r\n", effective=20260101)
    assert after.fee("dmepos", "A4253", NOW, modifier="NU", area="AZ").amount_cents == 1234
    after, _ = bring(
        "ZIP5_JUL2026.txt", "AZ8500103102000R                    20263\nCA9330101112540                     20263\n", partial=True
    )
    assert after.locality_of("85001") == ("03102", "00")


def test_a_zip_with_several_tables_and_a_pdf_is_one_step(path, bring):
    archive = zipped(
        PPRRVU2026_Oct_nonQPP__csv=RVU_HEAD + rvu_line("99213", work="1.31"), readme__pdf="x", notes__txt="nothing of ours"
    )
    _, items = bring("rvu26d.zip", archive)
    assert [(item.importer, item.state) for item in items] == [("pprrvu", "imported"), ("", "skipped")]
    assert len(importing.history(path)) == 1


CPT = "The descriptions belong to their owner, 2027\n\n99213\tText of the owner\n99998\tAnother text\n"


def test_cpt_keeps_numbers_alone_unless_the_site_states_its_licence(bring):
    after, items = bring("CPT_LONGULT_2027.txt", CPT)
    assert after.get("cpt", "99998", date(2027, 1, 1)).title == ""
    assert after.get("cpt", "99213", date(2027, 1, 1)).title.startswith("Office visit")
    assert "AMA" in items[0].notice
    after, _ = bring("CPT_LONGULT_2027.txt", CPT, licensed=True, again=True)
    assert after.get("cpt", "99998", date(2027, 1, 1)).title == "Another text"


def test_reason_codes_keep_our_gloss_unless_the_site_states_its_licence(bring):
    after, _ = bring(
        "carc_2026.csv", "Code,Description,Start,Stop\n45,Text of the owner,01/01/1995,\n17,Gone,01/01/1995,07/01/2009\n"
    )
    assert after.get("carc", "45", NOW).title == "Above the fee schedule or contracted amount"
    assert after.get("carc", "17", NOW) is None
    assert after.get("carc", "17", date(2009, 7, 1)) is not None


def test_coverage_articles_are_read_out_of_the_nested_zip(bring):
    inner = zipped(
        article__csv="article_id,article_version,title,status,article_eff_date,article_end_date\n50000,7,Invented article,A,2026-01-01,\n",
        article_x_hcpc_code__csv="article_id,article_version,hcpc_code_id,hcpc_code_version,hcpc_code_group\n50000,7,82306,1,1\n",
        article_x_icd10_covered__csv="article_id,article_version,icd10_code_id,icd10_code_version,icd10_covered_group\n50000,7,E55.9,1,1\n",
    )
    after, items = bring("current_article.zip", zipped(current_article_csv__zip=inner))
    assert sorted(item.importer for item in items) == ["article", "article-covered", "article-procedures"]
    article = after.coverage_articles("82306", NOW)[0]
    assert (article.article, article.covered) == ("50000", {"E559"})
    assert after.coverage_articles("82306", date(2025, 1, 1)) == ()


NPPES_HEAD = (
    "NPI,Entity Type Code,Provider Organization Name (Legal Business Name),Provider Last Name (Legal Name),Provider First Name,"
    "Provider Business Practice Location Address State Name,Provider Business Practice Location Address Postal Code,NPI Deactivation Date,"
    "Healthcare Provider Taxonomy Code_1,Provider License Number_1,L_1,P_1,Healthcare Provider Taxonomy Code_2\n"
)


def test_the_provider_register_is_streamed(bring):
    after, _ = bring("npidata_pfile_v2.csv", NPPES_HEAD + "1234567893,1,,DOE,JANE,AZ,85001,,207Q00000X,1,AZ,Y,207QA0000X\n")
    assert after.provider("1234567893").taxonomies == ("207Q00000X", "207QA0000X")
    assert after.provider("1999999984") is None


def test_general_equivalence_mappings_as_text(bring):
    after, _ = bring("2018_I10gem.txt", "A000    0010    00000\nA001    0011    00000\nA0220   0032    10000\n")
    assert after.crosswalk("A00.0") == (("0010", "00000"),)


def test_files_that_are_in_already_change_nothing(path, bring, content):
    bring("2018_I10gem.txt", "A000    0010    00000\n")
    before = content(path)
    _, items = bring("2018_I10gem.txt", "A000    0010    00000\n")
    assert items[0].state == "unchanged"
    assert content(path) == before
    assert len(importing.history(path)) == 1


def test_a_new_list_of_exempt_diagnoses_ends_the_former_one(store, bring_full):
    exempt = [row[0] for row in store.query("SELECT code FROM poa_exempt WHERE valid_to = 99991231 AND code != 'Z0000'").fetchall()]
    text = "Order\tCode\tDescription\n" + "".join(f"{n}\t{code}\tText\n" for n, code in enumerate(exempt, start=1))
    after, _ = bring_full("POAexemptCodesFY28.txt", text, effective=20271001)
    assert after.poa_exempt("Z00.00", date(2027, 9, 30))
    assert not after.poa_exempt("Z00.00", date(2027, 10, 1))
    assert after.poa_exempt(exempt[0], date(2027, 10, 1))


def test_procedure_code_files_add_titles_without_new_periods(bring):
    after, items = bring(
        "icd10pcs_codes_2027.txt", "0DTJ4ZZ Resection of Appendix, Percutaneous Endoscopic Approach\n", partial=True
    )
    assert items[0].importer == "icd10pcs-codes"
    assert after.get("icd10pcs", "0dtj4zz", NOW).title.startswith("Resection of Appendix")


def test_a_procedure_order_file_keeps_titles_headings_and_other_systems(store, bring_full):
    """ICD-10-PCS order file, in the fixed width of the reference page (no sample can be had)."""
    codes = [(c.code, c.title or "Untitled") for c in store.iter_codes("icd10pcs", NOW, billable_only=True) if c.code != "0DTJ0ZZ"]
    codes = [(code, "Renamed resection" if code == "0DTJ4ZZ" else title) for code, title in codes]
    headings = sorted({(code[:3], "Table of tests") for code, _ in codes})
    others = {system: store.count(system, date(2027, 10, 15)) for system in ("icd10cm", "hcpcs", "cpt")}
    after, items = bring_full("icd10pcs_order_2028.txt", order_file(codes, headings))
    assert (items[0].importer, items[0].added, items[0].ended) == ("icd10pcs-order", 0, 1)
    assert after.get("icd10pcs", "0DTJ0ZZ", date(2027, 9, 30)).valid_to == date(2027, 9, 30)
    assert after.get("icd10pcs", "0DTJ0ZZ", date(2027, 10, 1)) is None
    assert after.get("icd10pcs", "0DTJ4ZZ", date(2027, 10, 1)).title == "Renamed resection"
    assert after.get("icd10pcs", "0DT", date(2027, 10, 1)).billable is False
    assert {system: after.count(system, date(2027, 10, 15)) for system in others} == others


def test_a_quarterly_file_that_only_adds_ends_no_code_of_its_own_or_another_system(store, bring_full):
    counts = {system: store.count(system, NOW) for system in ("icd10cm", "icd10pcs", "hcpcs", "cpt", "modifier")}
    after, _ = bring_full(
        "HCPC2026_OCT_ANWEB.txt", hcpcs_line("J9998", "3", "Injection, invented", "Invented", "20261001"), partial=True
    )
    assert {system: after.count(system, NOW) for system in counts} == counts | {"hcpcs": counts["hcpcs"] + 1}


def test_remark_codes_end_and_keep_our_gloss_unless_the_site_states_its_licence(bring, store):
    """RARC list with code, text and dates (no sample can be had)."""
    gloss = store.get("rarc", "N130", NOW).title
    text = "Remark Code,Description,Start Date,Stop Date\nN130,Text of the owner,04/01/2004,\nMA999,New,11/01/2026,\nM11,Gone,01/01/1997,10/01/2026\n"
    after, items = bring("rarc_2026.csv", text)
    assert "X12" in items[0].notice
    assert after.get("rarc", "N130", NOW).title == gloss
    assert after.get("rarc", "MA999", date(2026, 10, 31)) is None
    assert after.get("rarc", "MA999", NOW).title == ""
    assert after.get("rarc", "M11", date(2026, 10, 1)) is not None
    assert after.get("rarc", "M11", NOW) is None
    after, _ = bring("rarc_2026.csv", text, licensed=True, again=True)
    assert after.get("rarc", "MA999", NOW).title == "New"


def workbook(rows):
    import io

    import openpyxl

    made = openpyxl.Workbook()
    for row in rows:
        made.active.append(row)
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def test_a_workbook_is_read_as_the_text_it_stands_for(bring):
    rows = [["This file names add-on codes"], AOC.splitlines()[1].split(","), [1, "11111", None, "22222", None, 2013001, None, None],
            [1, 33333, None, "22222", None, 2013001.0, 2025365, None]]  # fmt: skip
    after, items = bring("AOC_V2026Q4-MCR.xlsx", workbook(rows))
    assert items[0].rows == 2
    assert after.addon("11111", NOW).primaries == ("22222",)
    assert after.addon("33333", NOW) is None
    assert after.addon("33333", date(2025, 12, 31)) is not None


def test_hospital_pairs_and_supplier_units_are_settings_of_their_own(bring):
    after, _ = bring("ccioph-v324r0-f1.TXT", ptp_file([("11111", "22222", "", "20200101", "*", "0", "Why")]))
    assert after.ncci("11111", "22222", NOW, "hospital").is_seed is False
    assert after.ncci("11111", "22222", NOW) is None
    assert after.ncci("20610", "99213", NOW).is_seed is True  # practitioners still have the seed
    after, _ = bring(
        "MCR_MUE_DMESupplierServices_Eff_10-01-2026.csv", mue_file([("A4253", 3, "1 Line Edit", "x")], who="DME Supplier")
    )
    assert after.mue("A4253", NOW, "dme").units == 3
    assert after.mue("11720", NOW).is_seed is True


def test_hcpcs_changes_are_counted(store, bring_full):
    lines = [
        hcpcs_line(c.code, "3", c.title[:80], added="20200101")
        for c in store.iter_codes("hcpcs", NOW, billable_only=True)
        if c.code != "J1885"
    ]
    _, items = bring_full(
        "HCPC2026_OCT_ANWEB.txt", "\r\n".join([*lines, hcpcs_line("J9998", "3", "Injection, invented", "x", "20261001")])
    )
    assert items[0].ended == 1
    assert items[0].added == 1
    assert items[0].effective == 20261001
