"""The encoder's window: two characters start the search, arrows move, Enter opens; the page shows what the book prints around a code."""

from __future__ import annotations

import contextlib
import re
from datetime import date
from typing import Any, Final

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from cleanclaim import codesets
from cleanclaim.codesets.code_pages import pieces
from cleanclaim.encoder import search
from cleanclaim.grouping import effect
from cleanclaim.kernel.errors import CleanclaimError, UsageError
from cleanclaim.practice.coding import actions, code_notes, policy, queries, terms
from cleanclaim.practice.foundation.actor import Actor
from cleanclaim.web.access import for_roles
from cleanclaim.web.coding.desk_list import changed
from cleanclaim.web.middleware import actor_of
from cleanclaim.web.numbers import day_in

SYSTEMS = (("", "All"), ("icd10cm", "ICD-10-CM"), ("icd10pcs", "ICD-10-PCS"), ("hcpcs", "HCPCS II"), ("cpt", "CPT numbers"))
NAMES = {**dict(SYSTEMS), "modifier": "Modifier"}
EVERYBODY = ("front_desk", "coder", "biller", "provider", "manager", "auditor", "learner")
_SHORTEST_QUERY = 2
_SHOWN = 25


def day_of(request: HttpRequest, today: date) -> date:
    """Return the day whose codes are shown: the one asked for, else today."""
    return day_in(request.GET.get("on", "")) or today


@for_roles(*EVERYBODY)
def find(request: HttpRequest) -> HttpResponse:
    """Search codes in force on a day, by system, chapter and whether a claim can carry them."""
    by = actor_of(request)
    words, on = request.GET.get("q", "").strip()[:200], day_of(request, by.today)
    chapter, billable = request.GET.get("chapter", ""), bool(request.GET.get("billable"))
    system = request.GET.get("system", "")
    system = chapter.partition(":")[0] if chapter else system if system in dict(SYSTEMS) else ""
    store = codesets.open_store()
    hits: list[search.Hit] = []
    if len(words) >= _SHORTEST_QUERY:
        own = [search.LocalTerm(name, code, term) for term, name, code in terms.in_force(by.practice_id)]
        with contextlib.suppress(UsageError):  # an address with a chapter that is none
            hits = search.find(
                words, store, system=system or None, on=on, limit=_SHOWN, local_terms=own, billable_only=billable,
                chapter=chapter.partition(":")[2],
            )  # fmt: skip
    facts = {"hits": [(hit, NAMES.get(hit.system, hit.system)) for hit in hits], "q": words, "system": system, "on": on, "systems": SYSTEMS,
             "chapter": chapter, "billable": billable, "pick": _pick(by, request), "tab": "search"}  # fmt: skip
    if request.headers.get("HX-Request"):
        return render(request, "codes/hits.html", facts)
    facts |= {"chapters": _chapters(store, on), "at_hand": _at_hand(store, by, on)}
    return render(request, "codes/find.html", facts)


def _chapters(store: codesets.Store, on: date) -> list[tuple[str, list[tuple[str, str]]]]:
    groups = []
    for system in ("icd10cm", "icd10pcs", "hcpcs"):
        tops = store.children(system, "", on)
        groups.append((NAMES[system], [(f"{system}:{top.code}", f"{top.code} {top.title}") for top in tops]))
    return groups


def _at_hand(store: codesets.Store, by: Actor, on: date) -> list[tuple[terms.FavouriteRow, str]]:
    rows = terms.favourites(by.practice_id, by.name)
    return [(row, known.title if (known := store.get(row.system, row.code, on)) else "") for row in rows]


_A_VISIT: Final = re.compile(r"enc_[0-9A-Z]{26}")


def _pick(by: Actor, request: HttpRequest) -> str:
    """Return the visit that codes are picked for, where the reader may code it."""
    wanted = request.GET.get("pick", "")
    return wanted if _A_VISIT.fullmatch(wanted) and by.roles & set(policy.CODES) else ""


@for_roles(*policy.CODES)
@require_POST
def pick(request: HttpRequest, encounter_id: str) -> HttpResponse:
    """Put a code of the search on a visit and say so; the search stays open for the next one."""
    by = actor_of(request)
    code, refused = request.POST.get("code", "").strip().upper()[:10], ""
    try:
        before = queries.confirmed(by.practice_id, queries.encounter_for_desk(by.practice_id, encounter_id))
        codes = changed(before, "add", request.POST, queries.chart(by.practice_id, encounter_id).suggestions)
        actions.confirm_codes(encounter_id=encounter_id, codes=codes, by=by)
    except CleanclaimError as wrong:
        refused = str(wrong)
    return render(request, "codes/picked.html", {"code": code, "refused": refused, "pick": encounter_id})


@for_roles(*EVERYBODY)
def page(request: HttpRequest, system: str, code: str) -> HttpResponse:
    """Show one code with all that the book, the payment rules and the practice say of it."""
    by = actor_of(request)
    on = day_of(request, by.today)
    store = codesets.open_store()
    found = codesets.code_page(store, system, code, on) if system in NAMES and system else None
    if found is None:
        raise Http404
    is_ours = system in dict(SYSTEMS)
    notes = code_notes.code_notes(by.practice_id, system, found.code.code) if is_ours else []
    return render(request, "codes/page.html", {
        "page": found, "on": on, "kinds": _kinds(store, found, on), "effect": effect(store, system, found.code.code, on),
        "in_force": store.get(system, code, on) is not None, "system_name": NAMES[system], "tab": "search",
        "note": next((note for note in notes if note.ended_at is None), None), "earlier": [note for note in notes if note.ended_at],
        "mine": [row for row in terms.favourites(by.practice_id, by.name) if (row.system, row.code) == (system, found.code.code)],
        "words": [row for row in terms.local_terms(by.practice_id) if (row.system, row.code) == (system, found.code.code)],
        "may_keep": is_ours and bool(by.roles & set(policy.CODES)), "may_tell": is_ours and bool(by.roles & set(policy.SETS_TERMS)),
    })  # fmt: skip


def _kinds(store: codesets.Store, found: codesets.CodePage, on: date) -> list[tuple[str, list[Any]]]:
    """Return the notes in the order of the book, each cut where it names codes."""
    told = found.notes
    if told is None:
        return []
    kinds = (
        ("Inclusion terms", told.inclusion), ("Includes", told.includes), ("Excludes1: not coded here", told.excludes1),
        ("Excludes2: not included here", told.excludes2), ("Code first", told.code_first), ("Use additional code", told.use_additional),
        ("Code also", told.code_also), ("Notes", told.notes),
    )  # fmt: skip
    return [(title, [(row, pieces(store, row, on)) for row in rows]) for title, rows in kinds if rows]


@for_roles(*policy.CODES)
@require_POST
def keep(request: HttpRequest, system: str, code: str, how: str) -> HttpResponse:
    """Keep a code at hand, give it a word or a remark of the practice, or take one back."""
    by = actor_of(request)
    given = request.POST.get
    if system not in dict(SYSTEMS) or not codesets.open_store().history(system, code):
        raise Http404
    if how == "at-hand":
        terms.add_favourite(system=system, code=code, by=by, is_shared=bool(given("shared")), remark=given("remark", ""))
    elif how == "put-away":
        terms.drop_favourite(favourite_id=given("favourite", ""), by=by)
    elif how == "word":
        terms.set_local_term(term=given("term", ""), code=code, system=system, by=by)
    elif how == "end-word":
        terms.end_local_term(term_id=given("word", ""), by=by)
    elif how == "remark":
        code_notes.set_code_note(system=system, code=code, text=given("text", ""), by=by)
    else:
        raise Http404
    messages.success(request, "Kept.")
    return redirect("code", system=system, code=code)
