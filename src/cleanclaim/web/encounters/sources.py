"""Scanned and dictated records: brought in to a visit, looked at word by word beside the page, made a draft note."""

from __future__ import annotations

import re
from typing import Final

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from cleanclaim.kernel.errors import CleanclaimError, InvalidValue, NotAllowed, NotFound
from cleanclaim.practice.encounters import policy, source_actions, source_queries
from cleanclaim.practice.foundation.actor import Actor
from cleanclaim.practice.registration.policy import may_see_patients
from cleanclaim.web.access import for_roles
from cleanclaim.web.break_glass import is_closed_to, open_first
from cleanclaim.web.encounters.views import check_size, media_type_of
from cleanclaim.web.middleware import actor_of
from cleanclaim.web.numbers import number_in

_SEES: Final = (*policy.REVIEWS, "auditor", "biller")
_MOST_FILES: Final = 50
_RANGE: Final = re.compile(r"bytes=(\d{0,12})-(\d{0,12})")


@for_roles(*policy.FILES)
@require_POST
def add(request: HttpRequest, encounter_id: str) -> HttpResponse:
    """Bring in the pages or the dictation of a visit; they are read while people go on working."""
    by = actor_of(request)
    try:
        uploads = request.FILES.getlist("files")
        if len(uploads) > _MOST_FILES:
            raise InvalidValue(f"Bring in at most {_MOST_FILES} files at once.")
        check_size(*uploads)
        files = [source_actions.Upload(item.read(), item.name or "page", media_type_of(item.name or "")) for item in uploads]
        made = source_actions.bring_in(
            encounter_id=encounter_id, files=files, kind=request.POST.get("kind", ""), is_handwritten=bool(request.POST.get("handwritten")), by=by
        )  # fmt: skip
    except (NotAllowed, NotFound):
        raise
    except CleanclaimError as wrong:
        messages.error(request, str(wrong))
        return redirect(_back(by, encounter_id))
    if not by.roles & set(_SEES):
        messages.success(request, "Kept with the visit. A provider or coder looks at its words.")
        return redirect(_back(by, encounter_id))
    return redirect("source", source_id=made.public_id)


def _back(by: Actor, encounter_id: str) -> str:
    """Return the page of the visit that this person may see."""
    return reverse("visit" if by.roles - {"coder", "learner", "system"} else "chart", args=[encounter_id])


@for_roles(*_SEES)
def waiting(request: HttpRequest) -> HttpResponse:
    """List the documents that nobody has accepted or refused."""
    by = actor_of(request)
    return render(request, "encounters/sources.html", {"rows": source_queries.to_review(by.practice_id)})


@for_roles(*_SEES)
def source(request: HttpRequest, source_id: str) -> HttpResponse:
    """Show a document beside what was read from it."""
    by = actor_of(request)
    row = source_queries.source_row(by.practice_id, source_id)
    return _closed(request, by, row) or _page(request, by, source_id)


def _closed(request: HttpRequest, by: Actor, row: source_queries.SourceRow) -> HttpResponse | None:
    if may_see_patients(by) and is_closed_to(request, by, row.patient_id):
        return open_first(row.patient_id)
    return None


def _page(request: HttpRequest, by: Actor, source_id: str, refused: str = "") -> HttpResponse:
    card = source_queries.card(by.practice_id, source_id)
    facts = {
        "card": card, "row": card.row, "refused": refused, "may_review": bool(by.roles & set(policy.REVIEWS)), "visit": _back(by, card.row.encounter_id),
        "is_open": card.row.state == "read", "is_coming": card.row.state in {"waiting", "reading"}, "typed": request.POST if refused else {},
    }  # fmt: skip
    return render(request, "encounters/source.html", facts, status=422 if refused else 200)


@for_roles(*policy.REVIEWS)
@require_POST
def act(request: HttpRequest, source_id: str, how: str) -> HttpResponse:
    """Do one thing to a document; what is refused is said on its page."""
    by = actor_of(request)
    row = source_queries.source_row(by.practice_id, source_id)
    closed = _closed(request, by, row)
    if closed is not None:
        return closed
    wants_json = request.headers.get("Accept", "").startswith("application/json")
    try:
        if how == "words":
            words = {number: request.POST.get(f"w{number}", "") for number in request.POST.getlist("ok")}
            left = source_actions.decide_words(source_id=source_id, words=words, by=by)
            if wants_json:
                return JsonResponse({"waiting": left})
            messages.success(request, f"{len(words)} kept, {left} still wait.")
        else:
            messages.success(request, _do(request, by, source_id, how))
    except (NotAllowed, NotFound):
        raise
    except CleanclaimError as wrong:
        if wants_json:
            return JsonResponse({"refused": str(wrong)}, status=422)
        return _page(request, by, source_id, str(wrong))
    return redirect(_back(by, row.encounter_id)) if how == "accept" else redirect("source", source_id=source_id)


def _do(request: HttpRequest, by: Actor, source_id: str, how: str) -> str:
    given = request.POST
    if how == "transcript":
        expected = number_in(given.get("version", ""))
        source_actions.keep_transcript(source_id=source_id, text=given.get("text", ""), expected_version=expected, by=by)
        return "The transcript is kept."
    if how == "accept":
        text = given.get("text")
        if text is not None:
            source_actions.keep_transcript(
                source_id=source_id, text=text, expected_version=number_in(given.get("version", "")), by=by
            )
        source_actions.accept_source(
            source_id=source_id, reason=given.get("reason", ""), has_listened=bool(given.get("listened")), by=by
        )
        return "The draft is in the visit's note; a provider signs it."
    if how == "refuse":
        source_actions.refuse_source(source_id=source_id, reason=given.get("reason", ""), by=by)
        return "The document is refused; it is kept with your reason."
    if how == "again":
        source_actions.read_again(source_id=source_id, by=by)
        return "It is read once more."
    raise InvalidValue("A document is not changed in this way.")


@for_roles(*_SEES)
def picture(request: HttpRequest, source_id: str, number: int) -> HttpResponse:
    """Return an upright page."""
    by = actor_of(request)
    closed = _closed(request, by, source_queries.source_row(by.practice_id, source_id))
    if closed is not None:
        return closed
    answer = HttpResponse(source_queries.page_picture(by.practice_id, source_id, number), content_type="image/jpeg")
    answer["Cache-Control"] = "private, max-age=900"
    return answer


@for_roles(*_SEES)
def sound(request: HttpRequest, source_id: str) -> HttpResponse:
    """Return a dictation, or the part of it that the player asks for (RFC 9110, 14.2)."""
    by = actor_of(request)
    closed = _closed(request, by, source_queries.source_row(by.practice_id, source_id))
    if closed is not None:
        return closed
    content, kind = source_queries.sound(by.practice_id, source_id)
    answer = HttpResponse(content, content_type=kind)
    asked = _RANGE.fullmatch(request.headers.get("Range", ""))
    if asked and (asked[1] or asked[2]):
        first = int(asked[1]) if asked[1] else max(len(content) - int(asked[2]), 0)
        last = min(int(asked[2]), len(content) - 1) if asked[1] and asked[2] else len(content) - 1
        if first > last:
            answer = HttpResponse(status=416)
            answer["Content-Range"] = f"bytes */{len(content)}"
            return answer
        answer = HttpResponse(content[first : last + 1], content_type=kind, status=206)
        answer["Content-Range"] = f"bytes {first}-{last}/{len(content)}"
    answer["Accept-Ranges"] = "bytes"
    answer["Content-Disposition"] = "inline"
    return answer
