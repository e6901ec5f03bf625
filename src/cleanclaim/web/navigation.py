"""Which desks a role opens. Coders have no dealings with patients; the front desk none with coding."""

from __future__ import annotations

from typing import Final, NamedTuple

from cleanclaim.practice.foundation.actor import Actor


class Desk(NamedTuple):
    """One entry of the menu."""

    title: str
    path: str
    icon: str
    roles: frozenset[str]
    is_current: bool = False


_ALL: Final = frozenset({"front_desk", "coder", "biller", "provider", "manager", "auditor", "learner"})
DESKS: Final = (
    Desk("Home", "/", "home", _ALL),
    Desk("Schedule", "/schedule/", "calendar-event", frozenset({"front_desk", "provider", "manager"})),
    Desk("Patients", "/patients/", "users", frozenset({"front_desk", "biller", "manager", "provider"})),
    Desk("Coding", "/coding/", "stethoscope", frozenset({"coder", "provider", "manager", "auditor"})),
    Desk("Code search", "/codes/", "book", _ALL),
    Desk("Charges", "/charges/", "receipt", frozenset({"biller", "manager", "auditor", "coder"})),
    Desk("Claims", "/claims/", "file-text", frozenset({"biller", "manager", "auditor"})),
    Desk("Payments", "/payments/", "cash", frozenset({"biller", "manager", "auditor"})),
    Desk("Denials", "/denials/", "alert-triangle", frozenset({"biller", "manager", "auditor"})),
    Desk("Receivables", "/receivables/", "chart-bar", frozenset({"biller", "manager", "auditor"})),
    Desk("Payers", "/payers/", "building-hospital", frozenset({"biller", "manager", "auditor"})),
    Desk("Reports", "/reports/", "report-money", frozenset({"biller", "manager", "auditor"})),
    Desk("Practice", "/practice/", "settings", frozenset({"manager", "auditor"})),
    Desk("Audit trail", "/audit/", "shield-check", frozenset({"manager", "auditor"})),
)
TRAINING: Final = Desk("Training", "/training/", "school", frozenset({"learner", "manager"}))
"""The first desk of a training practice; a live one does not have it."""


def desks_for(actor: Actor, path: str, *, is_training: bool = False) -> list[Desk]:
    """Return the desks that the actor's roles open, the current one marked."""
    return [
        desk._replace(is_current=path == desk.path if desk.path == "/" else path.startswith(desk.path))
        for desk in ((TRAINING, *DESKS) if is_training else DESKS)
        if actor.roles & desk.roles
    ]
