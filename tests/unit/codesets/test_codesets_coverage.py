"""Medicare coverage: the export of the coverage database in its own layout (invented articles), and what it says of a service with its diagnoses."""

from datetime import date

import pytest
from codesets_official import zipped

from cleanclaim import codesets
from cleanclaim.codesets import importing

NOW = date(2026, 11, 20)
ARTICLE = (
    "article_id,article_version,article_type,title,description,status,article_eff_date,article_end_date,display_id,last_updated\n"
)
TABLES = {
    "article__csv": ARTICLE
    + '50001,3,6,"Vitamin D, invented","' + "<p>long text</p>" * 20_000 + '",A,2024-01-01 00:00:00,,A50001,2026-11-01\n'
    + "50001,2,6,Older version,x,A,2020-01-01 00:00:00,2023-12-31 00:00:00,A50001,2024-01-01\n"
    + "50002,1,6,Elsewhere,x,A,2024-01-01 00:00:00,,A50002,2026-11-01\n"
    + "50003,1,6,Proposed,x,P,2024-01-01 00:00:00,,DA50003,2026-11-01\n"
    + "50004,1,6,Retired,x,R,2020-01-01 00:00:00,2025-06-30 00:00:00,A50004,2026-11-01\n",
    "article_x_hcpc_code__csv": "article_id,article_version,hcpc_code_id,hcpc_code_version,hcpc_code_group\n50001,3,82306,1,1\n50001,2,82306,1,1\n50002,1,82306,1,1\n"
    "50003,1,82306,1,1\n50004,1,80061,1,1\n",
    "article_x_icd10_covered__csv": "article_id,article_version,icd10_code_id,icd10_code_version,icd10_covered_group\n50001,3,E55.9,1,1\n50001,3,M81.0,1,2\n"
    "50001,2,Z13.21,1,1\n50002,1,N18.30,1,1\n50003,1,Z00.00,1,1\n50004,1,E78.5,1,1\n",
    "article_x_icd10_noncovered__csv": "article_id,article_version,icd10_code_id,icd10_code_version,icd10_noncovered_group\n50001,3,Z00.00,1,1\n",
    "article_x_contractor__csv": "article_id,article_version,article_type,contractor_id,contractor_type_id,contractor_version\n50001,3,6,500,8,1\n50001,2,6,500,8,1\n50002,1,6,501,8,1\n",
    "article_related_documents__csv": "article_id,article_version,r_article_id,r_lcd_id,r_lcd_version\n50001,3,0,33001,5\n50002,1,0,0,0\n",
    "article_related_ncd_documents__csv": "article_id,article_version,r_ncd_id,r_ncd_version\n50001,3,77,1\n",
    "contractor__csv": "contractor_id,contractor_type_id,contractor_version,contractor_bus_name,contractor_number\n500,8,1,Invented North,14512\n501,8,1,Invented West,01112\n",
    "contractor_jurisdiction__csv": "contractor_id,contractor_type_id,contractor_version,state_id,term_date\n500,8,1,47,\n500,8,1,33,2020-01-01\n501,8,1,6,\n",
    "state_lookup__csv": "state_id,state_abbrev,description\n47,VT,Vermont\n33,NH,New Hampshire\n6,CA,California\n",
    "article_x_bill_code__csv": "article_id,article_version,bill_code_id\n50001,3,12\n",
}  # fmt: skip
LCD = (
    "lcd_id,lcd_version,title,display_id,status,rev_eff_date,rev_end_date\n33001,5,Vitamin D assays,L33001,A,2023-01-01 00:00:00,\n"
)
NCD = "NCD_id,NCD_vrsn_num,NCD_mnl_sect,NCD_mnl_sect_title,NCD_efctv_dt,NCD_trmntn_dt\n77,1,190.99,Invented national rule,01/01/2002,\n"


@pytest.fixture
def covered(path, tmp_path):
    """The store with the exports imported as they come: a zip within a zip, and the determinations in zips of their own."""
    files = {
        "current_article.zip": zipped(current_article_csv__zip=zipped(**TABLES), readme__pdf="x"),
        "current_lcd.zip": zipped(current_lcd_csv__zip=zipped(lcd__csv=LCD)),
        "ncd.zip": zipped(ncd_csv__zip=zipped(ncd_trkg__csv=NCD)),
    }
    for name, content in files.items():
        (tmp_path / name).write_bytes(content)
    report = importing.import_files([str(tmp_path / name) for name in files], path=path)
    known = {item.importer for item in report.items if item.state == "imported"}
    assert known >= {"article", "article-procedures", "article-covered", "article-noncovered", "article-contractors", "article-lcds", "article-ncds",
                     "contractor", "contractor-states", "coverage-states", "lcd", "ncd"}  # fmt: skip
    return codesets.open_store(path)


def test_an_article_carries_its_codes_places_and_determinations(covered):
    north, west = covered.coverage_articles("82306", NOW)
    assert (north.document, north.version, north.covered, north.noncovered) == ("A50001", "3", {"E559", "M810"}, {"Z0000"})
    assert north.lcds == ("L33001", "NCD 190.99")
    assert (north.contractors, north.states) == (("14512",), {"VT"})  # a jurisdiction that ended does not count
    assert (west.contractors, west.lcds) == (("01112",), ())
    assert [article.version for article in covered.coverage_articles("82306", date(2022, 1, 1))] == ["2"]


def test_a_service_is_judged_where_it_is_billed(covered):
    assert covered.necessity("82306", ["E55.9"], NOW, carrier="14512").is_met
    asked = covered.necessity("82306", ["J20.9"], NOW, carrier="14512")
    assert (asked.is_met, asked.article, asked.lcds, asked.examples) == (
        False,
        "A50001",
        ("L33001", "NCD 190.99"),
        ("E55.9", "M81.0"),
    )
    assert covered.necessity("82306", ["N18.30"], NOW, carrier="01112").is_met
    assert not covered.necessity("82306", ["N18.30"], NOW, state="VT").is_met
    assert covered.necessity("82306", ["N18.30"], NOW).is_met  # no place told: any article is enough
    assert covered.necessity("82306", ["J20.9"], NOW, carrier="06102") is None
    assert covered.necessity("82306", ["J20.9"], NOW, state="NH") is None


def test_a_refused_diagnosis_beside_a_covered_one_is_not_covered(covered):
    found = covered.necessity("82306", ["E55.9", "Z00.00"], NOW, state="VT")
    assert (found.is_met, found.refused, found.covered) == (False, ("Z00.00",), ("E55.9",))


def test_proposed_and_retired_articles_judge_nothing_now(covered):
    assert covered.necessity("82306", ["Z00.00"], NOW, carrier="14512").is_met is False
    assert covered.necessity("80061", ["E78.5"], NOW) is None
    assert covered.necessity("80061", ["E78.5"], date(2025, 6, 30)).is_met
    assert covered.necessity("99213", ["E78.5"], NOW) is None


def test_code_pages_tell_of_coverage(covered, store):
    service = codesets.code_page(store, "cpt", "82306", NOW)
    assert service is None or not any(mention.kind == "coverage" for mention in service.mentions)
    assert covered.articles_naming("E55.9", NOW) == (("A50001", "Vitamin D, invented", "covered"),)
    assert covered.articles_naming("Z00.00", NOW) == (("A50001", "Vitamin D, invented", "noncovered"),)


def test_the_exports_again_change_nothing_and_a_later_export_replaces(covered, path, tmp_path, content):
    before = content(path)
    assert importing.import_files([str(tmp_path / "current_article.zip")], path=path).step == 0
    assert content(path) == before
    later = TABLES | {"article_x_icd10_covered__csv": TABLES["article_x_icd10_covered__csv"].replace("E55.9", "E55.0")}
    (tmp_path / "later.zip").write_bytes(zipped(**later))
    importing.import_files([str(tmp_path / "later.zip")], path=path)
    assert not codesets.open_store(path).necessity("82306", ["E55.9"], NOW, carrier="14512").is_met
    importing.undo(path)
    assert content(path) == before


def test_until_the_articles_are_imported_nothing_is_judged(store):
    assert store.necessity("82306", ["J20.9"], NOW) is None
    assert store.coverage("coverage").coverage == "none"
