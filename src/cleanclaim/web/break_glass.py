"""Restricted charts: shown only after somebody said why, for a quarter of an hour, and the reason stands in the audit (45 CFR 164.312(a)(2)(ii))."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from cleanclaim.practice.foundation.actor import Actor
from cleanclaim.practice.receivables.queries import account_id
from cleanclaim.practice.registration import queries

_OPEN_FOR: Final = timedelta(minutes=15)
_KEY: Final = "opened_charts"


def is_closed_to(request: HttpRequest, by: Actor, patient_id: str) -> bool:
    """Tell whether this chart is restricted and not opened in this session within the last quarter of an hour."""
    if patient_id.startswith("clm_"):  # the account of a claim: its patient's, or its own where it was taken over without one
        patient_id = account_id(by.practice_id, patient_id)
        if patient_id.startswith("clm_"):
            return False
    account = queries.account_of(by.practice_id, patient_id)
    if not account.is_restricted:
        return False
    opened = request.session.get(_KEY, {}).get(account.public_id)
    return opened is None or by.at - datetime.fromisoformat(opened) > _OPEN_FOR


def keep_open(request: HttpRequest, by: Actor, account_id: str) -> None:
    """Note in the session that an account's chart was opened now."""
    request.session[_KEY] = {**request.session.get(_KEY, {}), account_id: by.at.isoformat()}


def open_first(patient_id: str) -> HttpResponse:
    """Lead to the page that asks for the reason."""
    return redirect("patient-open", patient_id=patient_id)
