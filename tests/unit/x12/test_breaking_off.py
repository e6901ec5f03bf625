"""A file that breaks off is known by what has no end; whole files of any marks are whole."""

from __future__ import annotations

from pathlib import Path

import pytest

from cleanclaim import x12

FILE = (Path(__file__).resolve().parents[2] / "golden" / "x12" / "05-remittance" / "input.x12").read_bytes().strip()


def marked(content: bytes, marks: bytes) -> bytes:
    for number, mark in enumerate(b"*:~^"):
        content = content.replace(bytes([mark]), bytes([240 + number]))
    for number, mark in enumerate(marks):
        content = content.replace(bytes([240 + number]), bytes([mark]))
    return content


@pytest.mark.parametrize("marks", [b"*:~^", b"|>\n^", b"\x1d\x1f\x1c\x1e", b"\x1c\x1d\x1e\x1f", b"*:\n^"])
def test_every_pair_of_interchanges_is_whole_whatever_their_marks(marks):
    for content in (FILE + marked(FILE, marks), marked(FILE, marks) + b"\r\n" + FILE):
        assert x12.unended(content) == []
        assert len(x12.check(content).interchanges) == 2
        assert len(list(x12.read_remittances(content))) == 2 * len(list(x12.read_remittances(FILE)))


@pytest.mark.parametrize("marks", [b"*:~^", b"\x1d\x1f\x1c\x1e"])
def test_what_has_no_end_is_named(marks):
    whole = marked(FILE, marks)
    iea, ge, se = (whole.rindex(tag + whole[3:4]) for tag in (b"IEA", b"GE", b"SE"))
    assert x12.unended(whole[:iea]) == ["an interchange"]
    assert x12.unended(whole[:ge]) == ["an interchange", "a group"]
    assert x12.unended(whole[:se]) == x12.unended(whole[:-200]) == ["an interchange", "a group", "a transaction"]
    assert x12.unended(whole + whole[:50]) == ["an interchange"]
    assert x12.unended(b"") == x12.unended(b"no X12") == []
