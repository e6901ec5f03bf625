"""Signing in and a few claims with payers for the tests of the money desks."""

from __future__ import annotations

from django.test import Client

from cleanclaim.practice.claims.importing import import_claims
from cleanclaim.practice.people.actions import add_member
from cleanclaim.practice.remittance.posting import post_remittance_file
from golden.money.writing import advice, answer, claim, claims_file, paid_line, remittance_file


def sign_in(by, *roles: str, name: str = "Ruth") -> Client:
    member = add_member(
        username=f"{name.lower()}-{'-'.join(roles)}", display_name=name, roles=frozenset(roles), password=None, by=by
    )
    client = Client()
    client.force_login(member.user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def open_claim(by, number="1001", cents=20000, **more):
    import_claims(content=claims_file(claim(number, [("99214", cents)], **more), number=abs(hash(number)) % 999_999 + 1), by=by)


def pay(
    by,
    number="1001",
    charge=20000,
    paid=12000,
    cas=(("CO", "45", 8000),),
    trace="CHK1",
    status="1",
    plb=(),
    file_name="a.835",
    **more,
):
    line = paid_line("99214", charge, paid, list(cas), f"{number}L1")
    content = remittance_file(advice([answer(number, [line], status=status, **more)], trace=trace, plb=plb))
    return post_remittance_file(content=content, file_name=file_name, by=by)
