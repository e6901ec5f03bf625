"""Each real sample of an official layout is imported, imported again with the same result, and taken back."""

import shutil

import pytest

from cleanclaim.codesets import importing
from cleanclaim.codesets.importers.plan import Options
from shared import shared_path

READS_THE_CODES = {"icd10cm-order", "icd10cm-tabular", "icd10pcs-tables", "hcpcs"}
PART = Options(partial=True)
SAMPLES = [
    ("icd10cm/icd10cm_order_2026.excerpt.txt", "icd10cm-order", 12, PART),
    ("icd10cm/icd10c-tabular-April-1-2026.xml.gz", "icd10cm-tabular", 26_952, Options()),
    ("icd10cm/icd10cm-index-FY2025-rebuilt.xml.gz", "icd10cm-index", 81_024, Options()),
    ("icd10cm/icd10cm-drug-April-1-2026.xml", "icd10cm-drug", 7_430, Options()),
    ("icd10cm/icd10cm-neoplasm-April-1-2026.xml", "icd10cm-neoplasm", 1_940, Options()),
    ("icd10cm/icd10cm-eindex-April-1-2026.xml", "icd10cm-external", 8_090, Options()),
    ("icd10pcs/icd10pcs_tables_2021.xml.gz", "icd10pcs-tables", 78_136, Options()),
    ("icd10pcs/icd10pcs_index_2021.xml.gz", "icd10pcs-index", 23_866, Options()),
    ("icd10pcs/icd10pcs_definitions_2021.xml", "icd10pcs-definitions", 842, Options()),
    ("hcpcs/HCPC2020_ANWEB_w_disclaimer.txt.gz", "hcpcs", 7_079, Options()),
    ("ncci/ccipra-v322r0-f1.excerpt.TXT", "ncci", 23, Options()),
    ("ncci/MCR_MUE_PractitionerServices_Eff_07-01-2026.excerpt.csv", "mue", 14, Options()),
    ("mpfs/PPRRVU2024_JUL_no_descriptions.csv.gz", "pprrvu", 18_664, Options()),
    ("mpfs/PPRRVU2026_Jul_nonQPP.excerpt.redacted.csv", "pprrvu", 4, Options()),
    ("mpfs/GPCI2026.csv", "gpci", 109, Options()),
    ("mpfs/GPCI2024.csv", "gpci", 109, Options()),
    ("mpfs/24LOCCO.csv", "locality", 109, Options()),
    ("mpfs/ANES2024.csv", "anes", 109, Options()),
    ("mpfs/ANES2025.excerpt.csv", "anes", 3, PART),
    ("mpfs/OPPSCAP_2024_JUL.csv.gz", "oppscap", 17_710, Options()),
    ("mpfs/OPPSCAP_Oct2025.excerpt.txt", "oppscap-text", 2, Options()),
    ("drg/ms_drg_table5_fy2026.txt", "drg", 772, Options()),
    ("drg/fy2026_table6_mcc_list.txt.gz", "drg-mcc", 3_354, Options()),
    ("drg/fy2026_table6_cc_list.txt.gz", "drg-cc", 15_078, Options()),
    ("drg/fy2026_table6_cc_exclusions.txt.gz", "drg-exclusions", 202_165, Options()),
    ("gems/icd10cm_to_icd9_gem.csv.gz", "gem", 78_838, Options()),
    ("npi/nucc_taxonomy_251.csv", "taxonomy", 883, Options()),
]


@pytest.mark.parametrize(("sample", "importer", "rows", "options"), SAMPLES, ids=[s[0].rsplit("/", 1)[-1] for s in SAMPLES])
def test_a_sample_is_imported_twice_with_the_same_result_and_taken_back(
    built, small, tmp_path, content, file_hash, sample, importer, rows, options
):
    path = tmp_path / "codesets.sqlite3"
    shutil.copyfile(built if importer in READS_THE_CODES else small, path)
    file = str(shared_path("codesets/" + sample))
    before = file_hash(path)
    report = importing.import_files([file], path=path, options=options)
    assert [(item.importer, item.rows, item.state) for item in report.items] == [(importer, rows, "imported")]
    after = content(path)
    assert file_hash(path) != before
    assert importing.import_files([file], path=path, options=options).items[0].state == "unchanged"
    importing.import_files([file], path=path, options=options._replace(again=True))
    assert content(path) == after
    importing.undo(path)
    importing.undo(path)
    assert file_hash(path) == before
    assert importing.undo(path) is None
    path.unlink()
