"""Pages of the sign-in that this program answers itself, since it sends no mail."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def no_mail(request: HttpRequest) -> HttpResponse:
    """Say that passwords are not sent; the same words for every name, so that nobody learns who has an account."""
    facts = {
        "title": "No mail is sent",
        "says": "This program sends no mail and no passwords. Whoever runs it for your practice gives you a new one.",
    }
    return render(request, "parts/error.html", facts, status=404)
