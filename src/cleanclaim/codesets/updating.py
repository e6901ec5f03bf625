"""Looks at the official pages for what is newer than the store, fetches and imports it. Links are read off the pages, never guessed."""

from __future__ import annotations

import html
import os
import re
import urllib.parse
from collections.abc import Sequence
from typing import Final, NamedTuple

from cleanclaim.codesets.building import Progress
from cleanclaim.codesets.fetching import NotFetched, fetch, is_official
from cleanclaim.codesets.importers.plan import MONTHS, Options
from cleanclaim.codesets.importing import ImportReport, import_files
from cleanclaim.codesets.opening import open_store
from cleanclaim.kernel.errors import CodeSetError

SITE: Final = "https://www.cms.gov"
_BASE: Final = "/medicare/coding-billing"


class Page(NamedTuple):
    """One official page: which of its links are which tables. `further` leads to the pages that carry the files."""

    path: str
    files: tuple[tuple[str, str], ...]
    further: str = ""


PAGES: Final = (
    Page(f"{_BASE}/icd-10-codes", (
        ("icd10cm", r"code-descriptions[\w-]*\.zip"), ("icd10cm_notes", r"(?:code-tables-tabular-and-index|table-and-index)[\w-]*\.zip"),
        ("icd10pcs", r"icd-10-pcs-(?:codes|order)[\w-]*\.zip"), ("icd10pcs_index", r"icd-10-pcs-code-tables[\w-]*\.zip"),
    )),
    Page(f"{_BASE}/healthcare-common-procedure-system/quarterly-update", (("hcpcs", r"alpha-numeric-hcpcs-files?[\w-]*\.zip"),)),
    Page(f"{_BASE}/national-correct-coding-initiative-ncci-edits/medicare-ncci-procedure-procedure-ptp-edits", (("ncci", r"ptp-edits-cci(?:pra|oph)[\w-]*\.zip"),)),
    Page(f"{_BASE}/national-correct-coding-initiative-ncci-edits/medicare-ncci-medically-unlikely-edits", (("mue", r"mue-table[\w-]*\.zip"),)),
    Page(f"{_BASE}/national-correct-coding-initiative-ncci-edits/medicare-ncci-add-code-edits", (("add_on", r"(?:add-on-code|aoc)[\w-]*\.zip"),)),
    Page("/medicare/payment/fee-schedules/physician/pfs-relative-value-files", (("rvu", r"rvu\d\d[a-d][\w-]*\.zip"),), r"pfs-relative-value-files/rvu\d\d[a-d]"),
    Page("/medicare/payment/fee-schedules", (("zip", r"zip-code-carrier-locality-file[\w-]*\.zip"),)),
    Page("/medicare/payment/fee-schedules/clinical-laboratory-fee-schedule-clfs/files", (("clfs", r"\d\dclabq\d[\w-]*\.zip"),)),
    Page("/medicare/payment/fee-schedules/dmepos/dmepos-fee-schedule", (("dmepos", r"dme\d\d(?:-?[a-d])?\.zip"),)),
    Page("/medicare/payment/part-b-drugs/asp-pricing-files", (("asp", r"asp-pricing-files?[\w-]*\.zip"),)),
    Page("/medicare/payment/prospective-payment-systems/hospital-outpatient/addendum-a-b-updates", (("opps", r"addendum-b[\w-]*\.zip"),)),
    Page("/medicare-coverage-database/downloads/downloads.aspx", (("coverage", r"current_article\.zip"), ("determination", r"(?:current_lcd|ncd)\.zip"))),
)  # fmt: skip


class Offer(NamedTuple):
    """One file that the official pages offer. `state`: newer, held (the store has it or a later one), licence (behind the AMA's page), unread (the page
    itself refuses to answer: `name` says how).
    """

    table: str
    name: str
    url: str
    first_day: int
    state: str
    held: str


def offers(path: str | os.PathLike[str] | None = None, site: str = SITE, *, licensed: bool = False) -> list[Offer]:
    """Read the official pages and say of the newest file of each table whether the store needs it."""
    store = open_store(path)
    held: dict[str, tuple[int, str, str]] = {}
    names: set[str] = set()
    for source in store.sources():
        day = source.effective_from
        number = day.year * 10000 + day.month * 100 + day.day if day else 0
        if source.coverage == "full" and number >= held.get(source.table, (0, "", ""))[0]:
            held[source.table] = (number, source.release, source.coverage)
        names.add(source.source.rsplit(" in ", 1)[-1].lower())
    found: dict[str, list[Offer]] = {}
    unread: list[Offer] = []
    for page in PAGES:
        try:
            links = _links(site, page)
        except _Unread as refused:
            table = page.files[0][0]
            unread.append(Offer(table, str(refused), site + page.path, 0, "unread", held.get(table, (0, "nothing"))[1]))
            continue
        for table, url in links:
            name = url.rsplit("/", 1)[-1].lower()
            first = release_number(name)
            # a name without a date says nothing: what is fetched is told from what is held by its hash
            state = "newer" if not first else "held" if first <= held.get(table, (0,))[0] or name in names else "newer"
            gated = "license/ama" in url
            if gated:
                url = urllib.parse.urljoin(site, urllib.parse.parse_qs(urllib.parse.urlparse(url).query).get("file", [url])[0])
                state = "licence" if state == "newer" and not licensed else state
                name = url.rsplit("/", 1)[-1].lower()
            if not is_official(url, site):
                continue
            found.setdefault(table, []).append(Offer(table, name, url, first, state, held.get(table, (0, "nothing"))[1]))
    newest: list[Offer] = []
    for of_table in found.values():
        last = max(offer.first_day for offer in of_table)
        newest.extend(offer for offer in dict.fromkeys(of_table) if offer.first_day == last)
    return newest + unread


def update(
    chosen: Sequence[Offer], path: str | os.PathLike[str] | None = None, *, licensed: bool = False, progress: Progress | None = None,
    imported_on: str = "",
) -> ImportReport:  # fmt: skip
    """Fetch and import what is newer, as one step that `undo` takes back whole."""
    urls = wanted(chosen)
    if not urls:
        return ImportReport((), 0)
    return import_files(urls, path=path, options=Options(licensed=licensed), progress=progress, imported_on=imported_on)


def wanted(chosen: Sequence[Offer]) -> list[str]:
    """Return the addresses of what is newer."""
    return [offer.url for offer in chosen if offer.state == "newer"]


def _links(site: str, page: Page) -> list[tuple[str, str]]:
    texts = [(site + page.path, _fetch(site + page.path))]
    if page.further:
        links = (urllib.parse.urljoin(texts[0][0], link) for link in _hrefs(texts[0][1]) if re.search(page.further, link))
        further = sorted({url for url in links if is_official(url, site)})
        texts.extend((url, _fetch(url)) for url in further[-2:])
    found = []
    for url, text in texts:
        for link in _hrefs(text):
            for table, pattern in page.files:
                if re.search(pattern + "$", link.lower().split("&")[0]):
                    found.append((table, urllib.parse.urljoin(url, link)))
                    break
    return found


def _hrefs(text: str) -> list[str]:
    return [html.unescape(found) for found in re.findall(r"""href\s*=\s*["']([^"']+)["']""", text)]


def _fetch(url: str) -> str:
    try:
        return fetch(url, 5_000_000).decode("utf-8", errors="replace")
    except NotFetched as wrong:
        if wrong.code:
            raise _Unread(f"the page answers with {wrong.code}") from None
        raise CodeSetError(f"The official page {wrong} The store stays as it was.") from None


class _Unread(Exception):
    """A page answers, but not with what it should."""


def release_number(name: str) -> int:
    """Return the first day (CCYYMMDD) of the release that a file's name tells; 0 when it tells none."""
    text = name.lower()
    if found := re.search(r"rvu(\d\d)([a-d])", text):
        return (2000 + int(found[1])) * 10000 + ("abcd".index(found[2]) * 3 + 1) * 100 + 1
    if found := re.search(r"(20\d\d)-?q([1-4])", text):
        return int(found[1]) * 10000 + (int(found[2]) * 3 - 2) * 100 + 1
    if found := re.search(r"(\d\d)clabq([1-4])", text):
        return (2000 + int(found[1])) * 10000 + (int(found[2]) * 3 - 2) * 100 + 1
    if found := re.search(r"dme(\d\d)(?:-?([a-d]))?\.", text):
        return (2000 + int(found[1])) * 10000 + ("abcd".index(found[2] or "a") * 3 + 1) * 100 + 1
    if found := re.search(r"(?<!\d)(\d\d)-(\d\d)-(20\d\d)(?!\d)", text):
        return int(found[3]) * 10000 + int(found[1]) * 100 + int(found[2])
    year = re.search(r"(20\d\d)", text)
    if not year:
        return 0
    month = re.search(r"\b(" + "|".join(MONTHS) + r")[a-z]*\b", text)
    if month:
        return int(year[1]) * 10000 + MONTHS[month[1]] * 100 + 1
    return (int(year[1]) - 1) * 10000 + 1001 if "icd" in text or "code-" in text or "table" in text else int(year[1]) * 10000 + 101
