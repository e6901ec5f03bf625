"""The books on the screen: the tree of a code list from its top, and the alphabetic index with the drug and neoplasm tables."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from cleanclaim import codesets
from cleanclaim.codesets import books, browsing, wording
from cleanclaim.codesets.code_pages import pieces
from cleanclaim.web.access import for_roles
from cleanclaim.web.codes.views import EVERYBODY, NAMES, day_of
from cleanclaim.web.middleware import actor_of

_PAGED = frozenset(NAMES) - {""}
_SHORTEST_QUERY = 2


@for_roles(*EVERYBODY)
def tree(request: HttpRequest, system: str) -> HttpResponse:
    """Walk a code list from the top; words narrow it to the titles that have them all."""
    by = actor_of(request)
    on, at, words = day_of(request, by.today), request.GET.get("at", "")[:60], request.GET.get("q", "").strip()[:120]
    if system not in browsing.BROWSED:
        raise Http404
    store = codesets.open_store()
    branch = browsing.branch(store, system, at, on)
    if branch is None:
        raise Http404
    own = []
    if system == "icd10cm" and branch.at:
        told = store.notes(codesets.bare(branch.at), on)
        kinds = (("Includes", told.includes), ("Excludes1", told.excludes1), ("Excludes2", told.excludes2), ("Code first", told.code_first),
                 ("Use additional code", told.use_additional), ("Code also", told.code_also), ("Note", told.notes))  # fmt: skip
        own = [(title, [pieces(store, row, on) for row in rows if not row.inherited]) for title, rows in kinds]
        own = [(title, rows) for title, rows in own if rows]
    matches = []
    if len(words) >= _SHORTEST_QUERY:
        found = wording.codes_with(store, words, (system,), on, limit=60)
        matches = [code for key in found if (code := store.get(system, key[1], on)) is not None]
    way = branch.way
    facts = {
        "branch": branch, "system": system, "title": browsing.BROWSED[system], "systems": browsing.BROWSED, "on": on, "own": own, "q": words,
        "matches": matches, "has_page": system in _PAGED, "up": way[-2].at if len(way) > 1 else "", "tab": "tree",
    }  # fmt: skip
    return render(request, "codes/branch.html" if request.headers.get("HX-Request") else "codes/tree.html", facts)


@for_roles(*EVERYBODY)
def index(request: HttpRequest, book: str) -> HttpResponse:
    """Read one of the imported books: by letter, line by line downwards, by words, or where a “see” leads."""
    by = actor_of(request)
    on, words = day_of(request, by.today), request.GET.get("q", "").strip()[:120]
    if book not in books.BOOKS:
        raise Http404
    store = codesets.open_store()
    counted = books.counts(store)
    facts = {
        "book": book, "title": books.BOOKS[book][0], "importer": books.BOOKS[book][2], "system": books.BOOKS[book][1], "q": words, "on": on,
        "books": [(name, told[0], counted[name]) for name, told in books.BOOKS.items()], "is_there": bool(counted[book]), "tab": "index",
        "columns": books.COLUMNS.get(book, ()),
    }  # fmt: skip
    if counted[book]:
        letters = books.letters(store, book)
        see, entry = request.GET.get("see", "")[:200], request.GET.get("entry", "")
        number = books.follow(store, book, see) if see else int(entry) if entry.isdecimal() and len(entry) < 9 else 0
        here = books.entry_of(store, book, number, on) if number else None
        letter = request.GET.get("letter", "")[:1].upper() or (letters[0] if letters else "")
        if len(words) >= _SHORTEST_QUERY:
            rows = books.matching(store, book, words, on)
        else:
            rows = books.below(store, book, on, entry=here.id) if here else books.below(store, book, on, letter=letter)
        facts |= {
            "letters": letters,
            "letter": "" if here or words else letter,
            "here": here,
            "lines": rows,
            "missing": see if see and not number else "",
        }
    return render(request, "codes/lines.html" if request.headers.get("HX-Request") else "codes/index.html", facts)
