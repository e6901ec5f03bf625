"""The sample's people and payers, set up through the actions."""

from __future__ import annotations

import tomllib
from datetime import date
from decimal import Decimal
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any, Final, NamedTuple

from cleanclaim.documents import Address, Party
from cleanclaim.kernel.identifiers import Npi
from cleanclaim.kernel.money import Money
from cleanclaim.practice.charges.actions import add_charge_list
from cleanclaim.practice.charges.rules import PriceItem
from cleanclaim.practice.connections.actions import add_partner
from cleanclaim.practice.foundation.actor import Actor
from cleanclaim.practice.payers.actions import add_payer
from cleanclaim.practice.payers.models import Payer
from cleanclaim.practice.people import actions as people
from cleanclaim.practice.people.models import Provider, Site
from cleanclaim.practice.registration.actions import add_coverage, name_guarantor, register_patient
from cleanclaim.practice.registration.models import Patient
from cleanclaim.simulator import Plan

OPENED: Final = date(2026, 1, 1)
"""Since when prices, coverages and the billing provider of the sample are in force."""


class Staff(NamedTuple):
    """Who and what is there once the practice is set up."""

    providers: dict[str, Provider]
    site: Site
    payers: dict[str, Payer]
    exchange: Path


@cache
def facts() -> dict[str, Any]:
    """Return the cast as it stands in `cast.toml`."""
    return tomllib.loads(_file("cast.toml"))


@cache
def visits() -> list[dict[str, Any]]:
    """Return the visits in order of their days, each with its note's text."""
    rows = tomllib.loads(_file("visits.toml"))["visits"]
    return [{**row, "text": _file(f"notes/{row['note']}.txt").strip()} for row in rows]


def _file(name: str) -> str:
    return (resources.files("cleanclaim.practice.sample") / name).read_text(encoding="utf-8")


def plans() -> list[Plan]:
    """Return the payers' rules: what each allows is its rate of our own prices."""
    prices = facts()["prices"]
    made = []
    for payer in facts()["payers"]:
        rate = Decimal(payer["allowed_rate"])
        made.append(
            Plan(
                payer_id=payer["payer_id"], name=payer["name"],
                allowed_cents={code: int(Money(dollars * 100).times(rate)) for code, (dollars, _) in prices.items()},
                allowed_rate=rate, deductible_cents=int(Money.parse(payer["deductible"])), coinsurance=Decimal(payer["coinsurance"]),
                copay_cents=int(Money.parse(payer["copay"])), excluded=payer.get("excluded", {}), second=payer["second"],
                sequestration=Decimal(payer.get("sequestration", "0")),
            )
        )  # fmt: skip
    return made


def set_up(*, by: Actor, exchange: Path, password: str | None, with_members: bool = True) -> Staff:
    """Set up numbers, people, payers, the connection and the charge list; a training practice takes no members from here."""
    own = facts()["practice"]
    where = {"line1": own["line1"], "city": own["city"], "state": own["state"], "zip_code": own["zip"], "phone": own["phone"]}
    entity = people.add_legal_entity(name=f"{own['name']} PLLC", tax_id=own["tax_id"], by=by)
    people.add_billing_provider(entity=entity, name=own["name"], npi=Npi.from_first_nine(own["npi_first_nine"]), taxonomy=own["taxonomy"],
                                contact_name=own["contact"], valid_from=OPENED, by=by, **where)  # fmt: skip
    site = people.add_site(name="Main Street", by=by, **where)
    members = {
        row["username"]: people.add_member(
            username=row["username"], display_name=row["name"], roles=frozenset(row["roles"]), password=password, by=by
        )
        for row in (facts()["members"] if with_members else ())
    }
    providers = {
        row["key"]: people.add_provider(
            last_name=row["last_name"], first_name=row["first_name"], credential=row["credential"], taxonomy=row["taxonomy"],
            npi=Npi.from_first_nine(row["npi_first_nine"]), member=members.get(row["key"]), by=by,
        )
        for row in facts()["providers"]
    }  # fmt: skip
    partner = add_partner(name="Granite Exchange", location=str(exchange), sender_id="MAPLEHILL", receiver_id="GRANITEX", by=by)
    payers = {
        row["key"]: add_payer(name=row["name"], payer_id=row["payer_id"], claim_filing=row["claim_filing"], partner=partner, by=by)
        for row in facts()["payers"]
    }
    items = tuple(
        PriceItem("hcpcs" if code[0].isalpha() else "cpt", code, dollars * 100, OPENED, label=label)
        for code, (dollars, label) in facts()["prices"].items()
    )
    add_charge_list(name="2026", valid_from=OPENED, items=items, by=by)
    return Staff(providers, site, payers, exchange)


def register(row: dict[str, Any], staff: Staff, *, by: Actor) -> Patient:
    """Register a patient with their coverages; the same person again is the first record."""
    own = facts()["practice"]
    patient = register_patient(
        last_name=row["last_name"], first_name=row["first_name"], born_on=row["born_on"], sex=row["sex"], phone=row["phone"],
        address=Address(row["line1"], "", own["city"], own["state"], own["zip"][:5]), is_somebody_new=True, source=f"sample:{row['key']}", by=by,
    )  # fmt: skip
    if "guarantor" in row:
        name_guarantor(patient_id=patient.public_id, valid_from=OPENED, phone=row["phone"], by=by, **row["guarantor"])
    for coverage in row["coverages"]:
        other = coverage.get("subscriber")
        subscriber = None
        if other:
            home = Address(row["line1"], "", own["city"], own["state"], own["zip"][:5])
            subscriber = Party(entity="IL", is_person=True, last_name=other["last_name"], first_name=other["first_name"],
                               born_on=other["born_on"], sex=other["sex"], address=home)  # fmt: skip
        add_coverage(
            patient_id=patient.public_id, payer_id=staff.payers[coverage["payer"]].public_id, member_id=coverage["member"],
            sequence=coverage["order"], valid_from=OPENED, relationship=coverage.get("relationship", "18"), subscriber=subscriber,
            copay_cents=int(Money.parse(coverage["copay"])) if "copay" in coverage else None, by=by,
        )  # fmt: skip
    return patient
