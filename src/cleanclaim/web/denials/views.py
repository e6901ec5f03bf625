"""Denied lines as work: filters by state, root cause and owner, the totals by cause that lead to them."""

from __future__ import annotations

from typing import Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from cleanclaim.practice.denials import queries
from cleanclaim.web.access import for_roles
from cleanclaim.web.downloads import table_answer, wanted_table
from cleanclaim.web.middleware import actor_of
from cleanclaim.web.reasons import GROUPS, reason_words

DESK = ("biller", "manager", "auditor")
STATES: Final = ("open", "appealed", "corrected", "patient", "written-off", "overturned", "upheld", "closed", "all")
_PAGE: Final = 100


@for_roles(*DESK)
def worklist(request: HttpRequest) -> HttpResponse:
    """Show denials of a state, the most money first."""
    by = actor_of(request)
    state = request.GET.get("state", "open")
    state = state if state in STATES else "open"
    cause, owner, page = (request.GET.get(name, "").strip() for name in ("cause", "owner", "page"))
    start = int(page) * _PAGE if page.isdecimal() and len(page) < 6 else 0
    wanted = wanted_table(request)
    rows = queries.worklist(
        by.practice_id, state="" if state == "all" else state, cause=cause, owner=owner, start=0 if wanted else start, limit=10_000 if wanted else _PAGE + 1
    )  # fmt: skip
    if wanted:
        names = (
            "claim",
            "line",
            "payer",
            "group",
            "reason",
            "cause",
            "state",
            "owner",
            "decided_on",
            "due_on",
            "amount_cents",
            "recovered_cents",
        )
        table = [
            (row.claim.patient_control_number, row.line, row.payer.name, row.group, row.reason, row.cause, row.state, row.owner,
             row.decided_on.isoformat(), row.due_on.isoformat() if row.due_on else "", row.amount_cents, row.recovered_cents)
            for row in rows
        ]  # fmt: skip
        return table_answer(wanted, names, table, name=f"denials-{state}", title="Denials")
    counts = queries.counts_by_state(by.practice_id)
    total = (sum(row[0] for row in counts.values()), sum(row[1] for row in counts.values()))
    facts = {
        "rows": [(row, f"{reason_words(row.reason)} ({GROUPS.get(row.group, row.group)})") for row in rows[:_PAGE]], "state": state, "cause": cause, "owner": owner,
        "states": [(one, counts.get(one, (0, 0))[0] if one != "all" else total[0]) for one in STATES], "cents": total[1] if state == "all" else counts.get(state, (0, 0))[1],
        "causes": by_cause(queries.by_cause(by.practice_id)), "owners": queries.owners(by.practice_id), "today": by.today,
        "following": start // _PAGE + 1 if len(rows) > _PAGE else None,
    }  # fmt: skip
    return render(request, "denials/worklist.html", facts)


def by_cause(rows: list[dict[str, int | str]]) -> list[dict[str, int | str]]:
    """Return for each root cause how much is open, won back and lost, the largest first."""
    sums: dict[str, dict[str, int]] = {}
    for row in rows:
        cause = sums.setdefault(str(row["cause"]), {"count": 0, "cents": 0, "open": 0, "won": 0, "lost": 0})
        cause["count"] += int(row["count"])
        cause["cents"] += int(row["cents"])
        kind = {"overturned": "won", "written-off": "lost", "upheld": "lost"}.get(
            str(row["state"]), "open" if row["state"] in {"open", "appealed", "corrected"} else ""
        )
        if kind:
            cause[kind] += int(row["cents"])
    return sorted(({"cause": name, **figures} for name, figures in sums.items()), key=lambda row: -int(row["cents"]))
