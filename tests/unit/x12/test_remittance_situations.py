"""Situations of an 835 (level 4): status and amounts agree, a transfer names its account, a bare reason has its remark."""

from __future__ import annotations

import pytest

import x12_samples as samples
from cleanclaim import x12
from x12_changed import changed

WRITTEN = x12.write_remittances([samples.advice()], samples.ENVELOPE)
CLAIM = r"CLP\*1001\*1\*175.5\*145\*20\*12"
SECOND = r"CAS\*CO\*45\*5\.5~"


def found(*changes):
    return [(finding.rule, finding.path) for finding in x12.check(changed(WRITTEN, *changes)).findings if finding.level == 4]


def test_sound_remittance_has_no_situation():
    assert x12.check(WRITTEN).findings == ()


@pytest.mark.parametrize(
    ("bpr", "rules"),
    [
        ("BPR*I*140*C*ACH*CTX*01*011000015*DA*9988*1999999999**01*021000021*DA*7766*20261118", []),
        ("BPR*I*140*C*ACH*CTX*01*011000015*DA*9988*1999999999*****7766*20261118", ["TRANSFER_ACCOUNT_MISSING"]),
        ("BPR*H*140*C*CHK************20261118", ["NOTICE_WITH_PAYMENT"]),
        ("BPR*I*140*C*NON************20261118", ["PAYMENT_METHOD_NON"]),
    ],
)
def test_how_it_is_paid_fits_what_is_paid(bpr, rules):
    assert [rule for rule, _ in found((r"BPR\*[^~]*", bpr))] == rules


@pytest.mark.parametrize(
    ("claim", "rules"),
    [
        ("CLP*1001*4*175.5*145*20*12", ["DENIED_BUT_PAID"]),
        ("CLP*1001*22*175.5*145*20*12", ["REVERSAL_SIGN"]),
        ("CLP*1001*22*-175.5*-145**12", []),
        ("CLP*1001*1*-175.5*-145**12", ["CHARGE_NEGATIVE"]),
        ("CLP*1001*2*175.5*145*20*12", []),
    ],
)
def test_status_and_amounts_of_a_claim_agree(claim, rules):
    assert [rule for rule, _ in found((CLAIM, claim))] == rules


def test_a_reason_that_explains_nothing_has_a_remark_on_its_line_or_claim():
    bare = (SECOND, "CAS*CO*16*5.5~")
    assert found(bare) == [("REMARK_MISSING", "2000/2100/2110")]
    assert found(bare, (r"~PLB", "~LQ*HE*M51~PLB")) == []
    assert found(bare, (r"~REF\*EA", "~MOA***MA04~REF*EA")) == []
    assert found(bare, (r"~REF\*EA", "~MOA*0.5~REF*EA")) == [("REMARK_MISSING", "2000/2100/2110")]
    assert found((r"CAS\*CO\*45\*5~", "CAS*CO*45*4**16*1~"), ("~LQ[^~]*", "")) == [("REMARK_MISSING", "2000/2100/2110")]


def test_a_reason_on_the_claim_is_explained_before_its_lines():
    bare = (r"~NM1\*QC", "~CAS*CO*252*1~NM1*QC")
    assert found(bare) == [("REMARK_MISSING", "2000/2100")]
    assert found(bare, (r"~REF\*EA", "~MOA***N706~REF*EA")) == []
