"""Each real sample of an official layout is imported, imported again with the same result, and taken back."""

import contextlib
import shutil
import sqlite3

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
    ("gems/icd9_to_icd10cm_gem.csv.gz", "gem", 23_912, Options()),
    ("mpfs/GPCI2025.excerpt.txt", "gpci-text", 3, PART),
    ("npi/nucc_taxonomy_240.csv", "taxonomy", 874, Options()),
    ("npi/nucc_taxonomy_251.csv", "taxonomy", 883, Options()),
]
NO_OFFICIAL_LAYOUT = {
    "MANIFEST.csv": "says what the samples are",
    "drg/msdrg_v40_appendix_A.txt.gz": "definitions manual text; the grouper has its content",
    "drg/msdrg_v40_appendix_F_J.txt.gz": "definitions manual text; the grouper has its content",
    "edi_codes/": "lists as other programs carry them; X12 and NUBC own the texts",
    "hcc/": "as a package carries it; used through grouping",
    "hcpcs/HCPC2020_README.txt": "a description of the file",
    "hcpcs/hcpcs_2026q3.csv.gz": "as a package carries it; vendored from there",
    "hcpcs/proc_notes_2020.txt.gz": "processing notes quote the AMA's numbers and texts",
    "hcpcs/sourcelock_manifest.json": "a package's manifest",
    "icd10cm/ICD10CM_2025_": "flattened by a third party",
    "icd10cm/icd10cm_fy20": "as a package carries it; vendored from there",
    "icd10cm/poa_exempt_v33_v43.csv.gz": "as a package carries it; vendored from there",
    "icd10pcs/icd10pcs_": "schemas of the XML files",
    "lcd/": "texts of determinations as a repository carries them; codes stand in articles",
    "synthetic/": "claims of invented people",
}


def test_every_sample_is_imported_or_said_to_have_no_official_layout():
    folder = shared_path("codesets")
    imported = {sample for sample, *_ in SAMPLES}
    left = [
        name
        for name in sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
        if name not in imported
        and not any(
            name.startswith(start) for start in NO_OFFICIAL_LAYOUT if not start.endswith("icd10pcs_") or name.endswith(".xsd")
        )
    ]
    assert left == []


def codes_by_system(path):
    with contextlib.closing(sqlite3.connect(path)) as connection:
        sql = "SELECT system, count(*), sum(valid_to), sum(billable), total(length(title)) FROM code GROUP BY system"
        return {row[0]: row[1:] for row in connection.execute(sql)}


OWN_SYSTEMS = {
    "icd10cm-order": {"icd10cm"}, "icd10cm-tabular": {"icd10cm"}, "icd10pcs-tables": {"icd10pcs"}, "hcpcs": {"hcpcs", "modifier"},
    "taxonomy": {"taxonomy"},
}  # fmt: skip


@pytest.mark.parametrize(("sample", "importer", "rows", "options"), SAMPLES, ids=[s[0].rsplit("/", 1)[-1] for s in SAMPLES])
def test_a_sample_is_imported_twice_with_the_same_result_and_taken_back(
    built, small, tmp_path, content, file_hash, sample, importer, rows, options
):
    path = tmp_path / "codesets.sqlite3"
    shutil.copyfile(built if importer in READS_THE_CODES else small, path)
    file = str(shared_path("codesets/" + sample))
    before, codes = file_hash(path), codes_by_system(path)
    report = importing.import_files([file], path=path, options=options)
    assert [(item.importer, item.rows, item.state) for item in report.items] == [(importer, rows, "imported")]
    after = content(path)
    assert file_hash(path) != before
    now = codes_by_system(path)
    touched = {system for system in codes.keys() | now.keys() if codes.get(system) != now.get(system)}
    assert touched <= OWN_SYSTEMS.get(importer, set()), "a file of one system touches no other"
    assert importing.import_files([file], path=path, options=options).items[0].state == "unchanged"
    importing.import_files([file], path=path, options=options._replace(again=True))
    assert content(path) == after
    importing.undo(path)
    importing.undo(path)
    assert file_hash(path) == before
    assert importing.undo(path) is None
    path.unlink()
