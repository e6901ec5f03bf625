"""A folder is a test: the claims of `input.837` get exactly the stop findings of `expected.json`; `why.md` says on whose authority."""

import json
from datetime import date
from pathlib import Path

import pytest

from cleanclaim import codesets, x12
from cleanclaim.codesets.importing import import_files
from cleanclaim.documents import Diagnosis
from cleanclaim.edits import scrub
from cleanclaim.kernel.findings import Severity

HERE = Path(__file__).parent
CASES = sorted(path.name for path in HERE.iterdir() if (path / "input.837").exists())

PTP = (
    "Column1/Column2 Edits\t\t\t\t\t\t\r\n"
    "Column 1\tColumn 2\t*=in existence\tEffective\tDeletion\tModifier\tPTP Edit Rationale\r\n"
    "\t\tprior to 1996\tDate\tDate\t0=not allowed\t\r\n\t\t\t\t*=no data\t1=allowed\t\r\n\t\t\t\t\t9=not applicable\t\r\n"
    "94640\t94664\t\t20200101\t*\t1\tMore extensive procedure\r\n"
    "80053\t80048\t\t20200101\t*\t0\tMore extensive procedure\r\n"
)
MUE = (
    '"A notice of the owner.",,,\n"HCPCS/\nCPT Code",Practitioner Services MUE Values,MUE Adjudication Indicator,MUE Rationale\n'
    "97110,6,1 Line Edit,Nature of Service\n71046,2,2 Date of Service Edit: Policy,Policy\n83036,1,3 Date of Service Edit: Clinical,Nature of Analyte\n"
)
COVERAGE = {
    "article.csv": 'article_id,article_version,article_type,title,status,article_eff_date,article_end_date,display_id\n50001,3,6,"Vitamin D, invented",A,2024-01-01 00:00:00,,A50001\n',
    "article_x_hcpc_code.csv": "article_id,article_version,hcpc_code_id,hcpc_code_version,hcpc_code_group,range\n50001,3,82306,1,1,\n",
    "article_x_icd10_covered.csv": "article_id,article_version,icd10_code_id,icd10_code_version,icd10_covered_group\n50001,3,E55.9,1,1\n50001,3,M81.0,1,1\n",
    "article_x_icd10_noncovered.csv": "article_id,article_version,icd10_code_id,icd10_code_version,icd10_noncovered_group\n50001,3,Z00.00,1,1\n",
    "article_x_contractor.csv": "article_id,article_version,article_type,contractor_id,contractor_type_id,contractor_version\n50001,3,6,500,8,1\n",
    "article_related_documents.csv": "article_id,article_version,r_lcd_id,r_lcd_version\n50001,3,33001,5\n",
    "contractor.csv": "contractor_id,contractor_type_id,contractor_version,contractor_bus_name,contractor_number\n500,8,1,Invented Federal,14512\n",
    "contractor_jurisdiction.csv": "contractor_id,contractor_type_id,contractor_version,state_id,term_date\n500,8,1,47,\n",
    "state_lookup.csv": "state_id,state_abbrev,description\n47,VT,Vermont\n33,NV,Nevada\n",
}


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    """The packaged store with a few NCCI pairs and units of every indicator, imported in the official layout (invented rows)."""
    place = tmp_path_factory.mktemp("scrub")
    (place / "ccipra-v323r0-f1.TXT").write_text(PTP, encoding="latin-1", newline="")
    (place / "MCR_MUE_PractitionerServices_Eff_10-01-2026.csv").write_text(MUE, encoding="latin-1")
    for name, text in COVERAGE.items():
        (place / name).write_text(text, encoding="utf-8")
    path = place / "codesets.sqlite3"
    codesets.build(path)
    import_files([str(item) for item in place.iterdir() if item.suffix in {".TXT", ".csv"}], path=path)
    return codesets.open_store(path)


def stops(claim, store, on):
    return sorted({finding.rule for finding in scrub(claim, store, on=on) if finding.severity is Severity.STOP})


@pytest.mark.parametrize("name", CASES)
def test_a_file_of_claims_gets_its_stops(name, store):
    expected = json.loads((HERE / name / "expected.json").read_text(encoding="utf-8"))
    found = {
        claim.patient_control_number: stops(claim, store, date.fromisoformat(expected["on"]))
        for claim in x12.read_claims(HERE / name / "input.837")
    }
    assert found == {number: sorted(rules) for number, rules in expected["stops"].items()}, (HERE / name / "why.md").read_text(
        encoding="utf-8"
    )


def test_what_no_file_can_carry_is_stopped_all_the_same(store):
    """Scenario 60: fifty-one lines, thirteen diagnoses."""
    fifty, twelve = x12.read_claims(HERE / "60-limits-of-a-claim" / "input.837")
    on = date(2026, 11, 20)
    more = fifty._replace(
        lines=(*fifty.lines, fifty.lines[0]._replace(number=51, procedure="11600")), charge_cents=fifty.charge_cents + 10_00
    )
    assert stops(more, store, on) == ["LINES_OVER_LIMIT"]
    assert stops(twelve._replace(diagnoses=(*twelve.diagnoses, Diagnosis("R109"))), store, on) == ["DIAGNOSES_OVER_LIMIT"]
