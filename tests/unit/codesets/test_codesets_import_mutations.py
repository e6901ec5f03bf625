"""Files that were damaged at random end in a plain refusal or a clean import, never in another error. The seed is fixed."""

import contextlib
import random
import shutil

import pytest
from codesets_official import AOC, RVU_HEAD, hcpcs_line, mue_file, order_file, ptp_file, rvu_line, zipped

from cleanclaim.codesets import importing
from cleanclaim.codesets.building import connect_writer
from cleanclaim.codesets.importers.incoming import gathered
from cleanclaim.codesets.importers.plan import Options
from cleanclaim.kernel.errors import CleanclaimError

PAIR = ("11111", "22222", "", "20200101", "*", "0", "Why")
FILES = {
    "icd10cm_order_2028.txt": order_file([(f"A{n:03d}", "Title") for n in range(30)]).encode(),
    "HCPC2026_OCT_ANWEB.txt": "\n".join(hcpcs_line(f"J{n}", "3", "Injection") for n in range(1000, 1030)).encode(),
    "MCR_MUE_P_Eff_10-01-2026.csv": mue_file([(f"{n}", 1, "3 Date of Service Edit: Clinical", "x") for n in range(10000, 10030)]).encode(),
    "ccipra-v324r0-f1.TXT": ptp_file([PAIR] * 30).encode(),
    "PPRRVU2026_Oct_nonQPP.csv": (RVU_HEAD + rvu_line("99213") * 20).encode(),
    "AOC_V2026Q4-MCR.csv": (AOC + "1,11111,,22222,,2013001,,\n" * 10).encode(),
    "rvu26d.zip": zipped(PPRRVU2026_Oct_nonQPP__csv=RVU_HEAD + rvu_line("99213") * 3),
    "icd10cm-drug-2026.xml": (
        b"<?xml version='1.0' encoding='utf-8'?><ICD10CM.index><version>2026</version><indexHeading><head col='1'>Substance</head></indexHeading>"
        b"<letter><mainTerm><title>Invented<nemod>(x)</nemod></title><cell col='2'>T51.3X1</cell></mainTerm></letter></ICD10CM.index>"
    ),
    "GPCI2026.csv": b"GPCI of 2026\n,\nMAC,State,Locality Number,Locality Name,2026 PW GPCI,2026 PE GPCI,2026 MP GPCI\n" + b"10112,AL,00,ALABAMA,1.0,0.875,0.566\n" * 5,
}  # fmt: skip
JUNK = [b'"', b",", b"\t", b"\n", b"\x00", b"\xff", b"<", b"9" * 40, b"-1", b"1e999", b"NaN", b"~", b"", b"\xc3\xa9", b"*"]


def damaged(data, chance):
    data = bytearray(data)
    for _ in range(chance.randint(1, 4)):
        at, how = chance.randrange(len(data) + 1), chance.random()
        if how < 0.35:
            data[at : at + chance.randint(0, 3)] = chance.choice(JUNK)
        elif how < 0.6:
            del data[at : at + chance.randint(1, 60)]
        elif how < 0.7:
            data = data[:at]
        elif data:
            data[min(at, len(data) - 1)] = chance.randrange(256)
    return bytes(data)


@pytest.mark.parametrize("name", FILES)
def test_a_damaged_file_is_refused_or_imported_and_nothing_else(small, tmp_path, name):
    store = tmp_path / "codesets.sqlite3"
    shutil.copyfile(small, store)
    connection = connect_writer(store)
    chance = random.Random(name)
    file = tmp_path / name
    for _ in range(40):
        file.write_bytes(damaged(FILES[name], chance))
        connection.execute("BEGIN")
        with contextlib.suppress(CleanclaimError), gathered(str(file)) as files:  # any other error fails the test
            for incoming in files:
                importer = importing.recognise(incoming)
                if importer:
                    importer.load(connection, incoming, Options(partial=True), lambda rows: None)
        connection.execute("ROLLBACK")
    connection.close()
