"""Bad files end in a plain error with file, line and column; the store stays as it was."""

import gzip
import io
import zipfile
from datetime import date

import pytest
from codesets_official import RVU_HEAD, hcpcs_line, mue_file, order_file, ptp_file, rvu_line, zipped

from cleanclaim.codesets import importing
from cleanclaim.codesets.importers.plan import Options
from cleanclaim.codesets.importers.problems import ImportRefused
from cleanclaim.kernel.errors import CleanclaimError

NOW = date(2026, 11, 20)
PAIR = ("11111", "22222", "", "20200101", "*", "0", "Why")


def bomb():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("ccipra-v324r0-f1.TXT", ptp_file([PAIR]) + "\n" * 60_000_000)
    return out.getvalue()


CASES = {
    "html saved as csv": ("MCR_MUE_x.csv", "<!DOCTYPE html><html><body>Accept the licence</body></html>", {}, 1, "web page"),
    "an empty file": ("icd10cm_order_2028.txt", "", {}, 1, "empty"),
    "no table of ours": ("shopping.txt", "milk\nbread\n", {}, 1, "none of the tables"),
    "a cut line of the order file": ("icd10cm_order_2028.txt", order_file([("A000", "Cholera"), ("A001", "Other")])[:110], {}, 2, "cut off"),
    "a list that is far too short": ("icd10cm_order_2028.txt", order_file([("A000", "Cholera")]), {}, 2, "another year"),
    "another year's file": ("icd10cm_order_2026.txt", order_file([("A000", "Cholera")]), {"effective": 20271001}, 1, "another year's file"),
    "a damaged flag": ("icd10cm_order_2028.txt", order_file([("A000", "Cholera")]).replace("A000    1", "A000    7"), {}, 1, "flag"),
    "a missing MUE column": ("MCR_MUE_x_Eff_10-01-2026.csv", mue_file([]).replace("HCPCS/\nCPT Code", "Something"), {}, 4, "missing"),
    "a MUE that is no number": ("MCR_MUE_x_Eff_10-01-2026.csv", mue_file([("99213", "many", "3", "x")]), {}, 6, "no whole number"),
    "a wrong MUE indicator": ("MCR_MUE_x_Eff_10-01-2026.csv", mue_file([("99213", 1, "7 x", "x")]), {}, 6, "adjudication indicator"),
    "a MUE file without a date": ("MCR_MUE.csv", mue_file([("99213", 1, "3", "x")]), {}, 1, "--effective"),
    "a pair that is cut": ("ccipra-v324r0-f1.TXT", ptp_file([PAIR]) + "11111\t33333\t\t2020", {}, 8, "cut off"),
    "a pair with a bad date": ("ccipra-v324r0-f1.TXT", ptp_file([(*PAIR[:3], "20201301", *PAIR[4:])]), {}, 7, "no date"),
    "a pair with a bad indicator": ("ccipra-v324r0-f1.TXT", ptp_file([(*PAIR[:5], "4", "Why")]), {}, 7, "indicator"),
    "pairs without a column": ("ccipra-v324r0-f1.TXT", ptp_file([PAIR]).replace("Deletion", "Something"), {}, None, "missing"),
    "a relative value that is no number": ("PPRRVU2026_Oct_nonQPP.csv", RVU_HEAD + rvu_line("99213", work="abc"), {}, 8, "no number"),
    "relative values without a column": ("PPRRVU2026_Oct_nonQPP.csv", RVU_HEAD.replace("FACTOR", "X") + rvu_line("99213"), {}, None, "missing"),
    "relative values cut off": ("PPRRVU2026_Oct_nonQPP.csv", RVU_HEAD + rvu_line("99213")[:40], {}, 8, "ends early"),
    "a HCPCS record cut off": ("HCPC2026_OCT_ANWEB.txt", hcpcs_line("J9998", "3", "Injection")[:200], {}, 1, "cut off"),
    "HCPCS without its codes": ("HCPC2026_OCT_ANWEB.txt", hcpcs_line("J9998", "3", "Injection"), {}, 2, "codes in force"),
    "XML cut off": ("icd10cm-tabular-2027.xml", "<?xml version='1.0'?>\n<ICD10CM.tabular><version>2027</version>\n<chapter>", {}, 3, "damaged or cut off"),
    "XML of another year": (
        "icd10cm-index-2026.xml", "<ICD10CM.index><version>2027</version><title>INDEX</title><letter><mainTerm/></letter></ICD10CM.index>", {}, 1, "another year",
    ),
    "XML with entities": ("icd10cm-tabular-2027.xml", "<!DOCTYPE a [<!ENTITY b 'c'>]><ICD10CM.tabular/>", {}, 1, "entities"),
    "entities far down in the XML": (
        "icd10cm-index-2027.xml", "<ICD10CM.index>\n<!--" + "x" * 90_000 + "-->\n<!DOCTYPE a [<!ENTITY b 'c'>]></ICD10CM.index>", {"kind": "icd10cm-index"}, 3, "document type",
    ),
    "a file of this machine named in the XML": (
        "icd10cm-index-2027.xml", "<?xml version='1.0'?>\n<!DOCTYPE a SYSTEM 'file:///etc/hostname'><ICD10CM.index/>", {"kind": "icd10cm-index"}, 2, "document type",
    ),
    "XML nested without end": (
        "icd10cm-index-2027.xml", "<ICD10CM.index><version>2027</version><letter><mainTerm>" + "<term>" * 9_000 + "</term>" * 9_000 + "</mainTerm></letter></ICD10CM.index>",
        {}, 1, "levels deep",
    ),
    "XML in an odd encoding": ("icd10cm-index-2027.xml", "<?xml version='1.0' encoding='utf-7'?><ICD10CM.index/>", {}, 1, "encoding utf-7"),
    "text saved as UTF-16": ("MCR_MUE_x_Eff_10-01-2026.csv", mue_file([("99213", 1, "3", "x")]).encode("utf-16"), {}, 1, "UTF-16"),
    "a cell without end": ("MCR_MUE_x_Eff_10-01-2026.csv", mue_file([("99213", 1, "3", "x" * 2_500_000)]), {}, 6, "field larger"),
    "a line without end": ("ccipra-v324r0-f1.TXT", ptp_file([PAIR]) + "1" * 5_000_000, {}, 8, "longer than any"),
    "a quote that never closes": ("MCR_MUE_x_Eff_10-01-2026.csv", mue_file([]) + '99213,1,3,"' + "y\n" * 1_500_000, {}, 6, "field larger"),
    "signs that would steer a terminal": ("MCR_MUE_x_Eff_10-01-2026.csv", mue_file([("99213", "\x1b[31m", "3", "x")]), {}, 6, "“?[31m” is no whole number"),
    "zips within zips": (
        "42.zip", zipped(a__zip=zipped(b__zip=zipped(c__zip=zipped(d__txt="x")))), {}, None, "too deeply",
    ),
    "many small bombs in one zip": ("rvu26d.zip", zipped(**{f"{n}__txt": "0" * 3_000_000 for n in range(12)}), {}, None, "unpacks to far more"),
    "an empty zip": ("rvu26d.zip", zipped(), {}, None, "the zip is empty"),
    "a workbook that declares entities": (
        "AOC_V2026Q4-MCR.xlsx", zipped(**{"[Content_Types]__xml": "<x/>", "workbook__xml": "<!DOCTYPE a [<!ENTITY b 'c'>]><a/>"}), {}, None, "document type",
    ),
    "a workbook that unpacks without end": ("AOC_V2026Q4-MCR.xlsx", zipped(sheet1__xml="<a/>" + " " * 60_000_000), {}, None, "unpacks to far more"),
    "a damaged workbook": ("AOC_V2026Q4-MCR.xlsx", b"PK\x03\x04" + b"junk" * 60, {}, None, "damaged"),
    "a workbook that is none": ("AOC_V2026Q4-MCR.xlsx", zipped(sheet1__xml="<a/>"), {}, None, "cannot be read"),
    "a procedure order file cut off": ("icd10pcs_order_2028.txt", order_file([("0DTJ4ZZ", "Resection")])[:60], {"partial": True}, 1, "cut off"),
    "a remark list without its code": ("rarc_2026.csv", "Remark,Text\nN1,x\n", {}, 1, "missing"),
    "a remark that is none": ("rarc_2026.csv", "Code,Description\n45,x\n", {}, 2, "no code of this table"),
    "a reason with a bad date": ("carc_2026.csv", "Code,Description,Start,Stop\n45,x,31/31/2020,\n", {}, 2, "no date"),
    "an article without a number": ("article.csv", "article_id,article_version,title,article_eff_date\nA5,1,x,2020-01-01\n", {}, 2, "no article number"),
    "an article's codes without their column": (
        "article_x_hcpc_code.csv", "article_id,article_version,hcpc_code_idx\n1,1,82306\n", {"kind": "article-procedures"}, 1, "missing",
    ),
    "a damaged zip": ("rvu26d.zip", b"PK\x03\x04" + b"x" * 200, {}, None, "damaged"),
    "a zip cut off": ("rvu26d.zip", zipped(PPRRVU2026_Oct_nonQPP__csv=RVU_HEAD * 50)[:-200], {}, None, "damaged"),
    "a gzip cut off": ("ccipra-v324r0-f1.TXT.gz", gzip.compress(ptp_file([PAIR] * 5000).encode())[:-300], {}, None, "cut off"),
    "a zip bomb": ("ccipra.zip", bomb(), {}, None, "unpacks to far more"),
    "a program": ("icd10cm_order_2028.txt", b"\x7fELF\x00\x00\x01" * 40, {}, 1, "no text"),
    "a table asked for by the wrong name": ("x_2026q4.csv", "a,b,c\n1,2,3\n", {"kind": "mue"}, 1, "missing"),
}  # fmt: skip


KNOWS_THE_LISTS = {"a list that is far too short", "HCPCS without its codes"}


@pytest.mark.parametrize("case", CASES)
def test_a_bad_file_is_refused_by_name_line_and_column_and_changes_nothing(request, file_hash, tmp_path, case):
    path = request.getfixturevalue("full_path" if case in KNOWS_THE_LISTS else "path")
    name, text, asked, line, words = CASES[case]
    asked = dict(asked)
    kind = asked.pop("kind", None)
    file = tmp_path / name
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    before = file_hash(path)
    with pytest.raises(ImportRefused) as refused:
        importing.import_files([str(file)], path=path, options=Options(**asked), kind=kind)
    says = str(refused.value)
    assert words in says
    assert refused.value.file.split(" in ")[0] in {
        name,
        name.removesuffix(".gz"),
        "ccipra-v324r0-f1.TXT",
        "PPRRVU2026_Oct_nonQPP.csv",
        "c.zip",
    }
    if line is not None:
        assert refused.value.line == line
    assert "Traceback" not in says
    assert file_hash(path) == before
    assert importing.history(path) == []
    assert [p.name for p in path.parent.glob(".codesets-*.sqlite3")] == []


def test_one_bad_file_of_several_leaves_the_store_as_it_was(path, file_hash, tmp_path):
    good, bad = tmp_path / "2018_I10gem.txt", tmp_path / "MCR_MUE.csv"
    good.write_text("A000    0010    00000\n")
    bad.write_text("<html></html>")
    before = file_hash(path)
    with pytest.raises(CleanclaimError):
        importing.import_files([str(good), str(bad)], path=path)
    assert file_hash(path) == before


def test_a_missing_file_is_named(path):
    with pytest.raises(FileNotFoundError):
        importing.import_files(["nowhere.txt"], path=path)


SHRUNK = {
    "MUE": (
        "MCR_MUE_PractitionerServices_Eff_{}.csv",
        ("07-01-2026", "10-01-2026"),
        lambda n: mue_file([(f"{c}", 1, "1 Line Edit", "x") for c in range(10_000, 10_000 + n)]),
    ),
    "relative values": (
        "PPRRVU2026_{}_nonQPP.csv",
        ("Jul", "Oct"),
        lambda n: RVU_HEAD + "".join(rvu_line(f"{c}") for c in range(10_000, 10_000 + n)),
    ),
}


@pytest.mark.parametrize("case", SHRUNK)
def test_a_release_that_was_cut_off_between_two_lines_is_refused(path, file_hash, tmp_path, case):
    name, (first, second), make = SHRUNK[case]
    one, two = tmp_path / name.format(first), tmp_path / name.format(second)
    one.write_text(make(12_000))
    two.write_text(make(7_000))
    importing.import_files([str(one)], path=path)
    before = file_hash(path)
    with pytest.raises(ImportRefused, match="7,000 rows where the release before had 12,000") as refused:
        importing.import_files([str(two)], path=path)
    assert refused.value.line == 7_001
    assert file_hash(path) == before
    assert importing.import_files([str(two)], path=path, options=Options(partial=True)).items[0].rows == 7_000


def test_names_in_a_zip_lead_nowhere(path, tmp_path):
    inner = zipped(PPRRVU2026_Oct_nonQPP__csv=RVU_HEAD + rvu_line("99213"))
    file = tmp_path / "rvu26d.zip"
    file.write_bytes(zipped(**{"../../../climbed__zip": inner, "/root__zip": inner, "..\\..\\back__zip": inner}))
    importing.import_files([str(file)], path=path)
    assert [found for place in (tmp_path, tmp_path.parent, tmp_path.parent.parent) for found in place.glob("climbed*")] == []


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("file:///etc/hostname", "only http and https"), ("ftp://127.0.0.1/x.zip", "only http and https"), ("data:text/plain,x", "only http and https"),
        ("http://169.254.169.254/latest/meta-data", "no public server"), ("http://[fe80::1]/x.zip", "no public server"),
        ("http://0.0.0.0/x.zip", "no public server"), ("http://user:secret@127.0.0.1/x.zip", "password"),
        ("http://127.0.0.1:9/x.zip", "cannot be fetched"), ("https:///x.zip", "only http and https"), ("/dev/zero", "no plain file"), (".", "folder"),
    ],
)  # fmt: skip
def test_an_address_that_leads_elsewhere_is_refused(path, file_hash, source, words):
    before = file_hash(path)
    with pytest.raises(ImportRefused, match=words) as refused:
        importing.import_files([source], path=path)
    assert "secret" not in str(refused.value)
    assert file_hash(path) == before
