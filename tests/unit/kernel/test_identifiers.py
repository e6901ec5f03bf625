"""Identifiers check themselves and never show what they hold."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleanclaim.kernel.errors import InvalidValue
from cleanclaim.kernel.identifiers import Ein, Mbi, Npi, Taxonomy, Zip
from cleanclaim.kernel.public_ids import check_public_id, new_public_id


@pytest.mark.parametrize(
    ("kind", "text", "stored"),
    [
        (Npi, "1234567893", "1234567893"),
        (Npi, "123 456 7893", "1234567893"),
        (Ein, "12-3456789", "123456789"),
        (Mbi, "1eg4-te5-mk73", "1EG4TE5MK73"),
        (Zip, "05641-1234", "056411234"),
        (Taxonomy, "207q00000x", "207Q00000X"),
    ],
)
def test_good_ones_are_normalised(kind, text, stored):
    assert kind(text) == stored
    assert kind.is_valid(text)


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        (Npi, "1234567890"), (Npi, "3234567893"), (Npi, "123456789"), (Npi, "12345678931"), (Npi, "١٢٣٤٥٦٧٨٩٣"), (Npi, ""),
        (Ein, "00-1234567"), (Ein, "12345678"), (Ein, "07-1234567"),
        (Mbi, "1SG4TE5MK73"), (Mbi, "0EG4TE5MK73"), (Mbi, "1EG4TE5MK7"), (Mbi, "1EGATE5MK73"),
        (Zip, "5641"), (Zip, "0000"), (Zip, "00000"), (Zip, "056411"),
        (Taxonomy, "207Q00000Y"), (Taxonomy, "207Q0000X"),
    ],
)  # fmt: skip
def test_what_cannot_be_cannot_be_built(kind, text):
    with pytest.raises(InvalidValue) as wrong:
        kind(text)
    assert not text or text not in str(wrong.value)
    assert not kind.is_valid(text)


def test_an_identifier_does_not_show_itself():
    assert "1EG4" not in repr(Mbi("1EG4TE5MK73"))


@given(st.from_regex(r"[12][0-9]{8}", fullmatch=True))
def test_one_changed_digit_breaks_an_npi(digits):
    npi = Npi.from_first_nine(digits)
    for place in range(10):
        other = npi[:place] + str((int(npi[place]) + 1) % 10) + npi[place + 1 :]
        assert not Npi.is_valid(other)


def test_public_ids_sort_by_time_and_name_their_kind():
    early, late = new_public_id("clm", at_ms=1_700_000_000_000), new_public_id("clm", at_ms=1_700_000_000_001)
    assert early < late
    assert check_public_id(early, "clm") == early
    with pytest.raises(InvalidValue):
        check_public_id(early, "pat")
    with pytest.raises(InvalidValue):
        check_public_id("clm_1; DROP TABLE", "clm")
