"""The views of the reports desk."""

from __future__ import annotations

from django.urls import reverse

from cleanclaim.web.tabs import Tab, tabs


def report_tabs(current: str) -> list[Tab]:
    """Return the tabs; `current` is the name of the address."""
    views = (
        ("Key figures", reverse("reports")), ("Balances on a day", reverse("report-balances")), ("Entries", reverse("report-entries")),
        ("Cost to collect", reverse("report-costs")), ("Closing", reverse("report-closing")), ("Proof of the books", reverse("report-proof")),
    )  # fmt: skip
    return tabs(views, reverse(current))
