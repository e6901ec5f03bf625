"""Files in the layouts that reference pages describe, written for the tests where no sample can be had. Every code pair and fee is invented."""

from __future__ import annotations

import io
import zipfile


def order_file(codes, headings=()):
    """ICD-10 order file: 1-5 number, 7-13 code, 15 flag, 17-76 short title, 78- long title."""
    rows = sorted([(code, 1, title) for code, title in codes] + [(code, 0, title) for code, title in headings])
    return "".join(
        f"{number:05d} {code:<7} {flag} {title[:60]:<60} {title}\n" for number, (code, flag, title) in enumerate(rows, start=1)
    )


def hcpcs_line(code, record, text, short="", added="20240101", ended="", sequence="00100"):
    line = f"{code:>5}{sequence}{record}{text:<80}{short:<28}"
    if record in "37":
        line = f"{line:<268}{added}{added}{ended:<8}N"
    return line


MUE = (
    '"CPT codes, descriptions and other data only are copyright of their owner.\n\nApplicable restrictions apply.",,,\n'
    '"HCPCS/\nCPT Code",{who} Services MUE Values,MUE Adjudication Indicator,MUE Rationale\n'
)


def mue_file(rows, who="Practitioner"):
    return MUE.format(who=who) + "".join(f"{code},{units},{mai},{why}\n" for code, units, mai, why in rows)


PTP = (
    "CPT only copyright of its owner.  All rights reserved.\t\t\t\t\t\t\r\nColumn1/Column2 Edits\t\t\t\t\t\t\r\n"
    "Column 1\tColumn 2\t*=in existence\tEffective\tDeletion\tModifier\tPTP Edit Rationale\r\n"
    "\t\tprior to 1996\tDate\tDate\t0=not allowed\t\r\n\t\t\t\t*=no data\t1=allowed\t\r\n\t\t\t\t\t9=not applicable\t\r\n"
)


def ptp_file(rows):
    return PTP + "".join("\t".join(row) + "\r\n" for row in rows)


AOC = "This file names add-on codes,,,,,,,\nAOC_Edit_Type,Add-On_Code,AOC_DelDT,Primary_Code,Primary_Code_DelDT,AOC_Edit_EffDT,AOC_Edit_DelDT,Special_Instruction_Notes\n"

RVU_HEAD = (
    ",,2026 National Physician Fee Schedule Relative Value File October Release" + "," * 29 + "\n" + "," * 31 + "\n"
    ",,RELEASED 08/26/2026" + "," * 29 + "\n"
    ",,,,NOT USED,,,,,,,,,,,,,,,,,,,,,,PHYSICIAN,,DIAGNOSTIC,PE USED,PE USED,MP USED\n"
    ",,,,FOR,,,NON-FAC,,FACILITY,,,,,,,,,,,,,,,,,SUPERVISION OF,,IMAGING,FOR OPPS,FOR OPPS,FOR OPPS\n"
    ",,,STATUS,MEDICARE,WORK,NON-FAC,NA,FACILITY,NA,MP,NON-FACILITY,FACILITY,PCTC,GLOB,PRE,INTRA,POST,MULT,BILAT,ASST,CO-,TEAM,PRIC,ENDO,CONV,DIAGNOSTIC,CALCULATION,FAMILY,PAYMENT,PAYMENT,PAYMENT\n"
    "HCPCS,MOD,DESCRIPTION,CODE,PAYMENT,RVU,PE RVU,INDICATOR,PE RVU,INDICATOR,RVU,TOTAL,TOTAL,IND,DAYS,OP,OP,OP,PROC,SURG,SURG,SURG,SURG,IND,BASE,FACTOR,PROCEDURES,FLAG,INDICATOR,AMOUNT,AMOUNT,AMOUNT\n"
)


def rvu_line(code, modifier="", work="1.00", penf="2.00", pef="0.50", mp="0.10", factor="33.4009"):
    return (
        f"{code},{modifier},,A,,{work},{penf},,{pef},,{mp},0,0,0,XXX,0.00,0.00,0.00,0,0,0,0,0,0,,{factor},09,0,99,0.00,0.00,0.00\n"
    )


def zipped(**files):
    """A zip with these members; `__` in a name stands for the dot."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in files.items():
            archive.writestr(name.replace("__", "."), text)
    return out.getvalue()
