"""Enrollment: what an employer or exchange tells a plan about its members (834)."""

from __future__ import annotations

from typing import NamedTuple

from cleanclaim.documents.parts import Amount, DateFact, Party, Place, Reference


class MemberCoverage(NamedTuple):
    """One coverage of a member (HD): what is done with it, the line of insurance (HLT, DEN, VIS ...), plan, level, dates."""

    maintenance: str
    line: str = ""
    plan: str = ""
    level: str = ""
    dates: tuple[DateFact, ...] = ()
    references: tuple[Reference, ...] = ()
    amounts: tuple[Amount, ...] = ()


class Enrollment(NamedTuple):
    """One member (INS). `maintenance` is INS03 (001 change, 021 addition, 024 termination, 025 reinstatement, 030 audit)."""

    member: Party
    is_subscriber: bool
    relationship: str
    maintenance: str
    reason: str = ""
    benefit_status: str = ""
    employment_status: str = ""
    subscriber_number: str = ""
    policy_number: str = ""
    dates: tuple[DateFact, ...] = ()
    references: tuple[Reference, ...] = ()
    coverages: tuple[MemberCoverage, ...] = ()
    sponsor: Party | None = None
    payer: Party | None = None
    place: Place | None = None
