"""What can be done on a page: forms that ask for what an action needs, and that come back with their entries when it is refused."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from cleanclaim.kernel.errors import CleanclaimError, NotAllowed, NotFound
from cleanclaim.practice.foundation.actor import Actor
from cleanclaim.practice.people.policy import require
from cleanclaim.web.desk_forms import DeskForm, NoEntries
from cleanclaim.web.middleware import actor_of

Given = dict[str, Any]


def _always(_subject: Any) -> bool:
    return True


@dataclass(frozen=True)
class Work:
    """One thing to do on a page. `do` receives who acts, the subject and the entries; it returns what happened in one sentence, or where the
    browser goes on.
    """

    title: str
    do: Callable[[Actor, Any, Given], str | Elsewhere]
    form: type[DeskForm] = NoEntries
    roles: tuple[str, ...] = ("biller", "manager")
    button: str = ""
    says: str = ""
    ask: str = ""
    when: Callable[[Any], bool] = _always


class Elsewhere(NamedTuple):
    """What a piece of work returns when the browser goes on at another address."""

    address: str


class Asked(NamedTuple):
    """What somebody wanted and why it was refused: the form comes back with its entries."""

    how: str
    form: DeskForm
    refused: str


class Shown(NamedTuple):
    """A piece of work as the page shows it."""

    how: str
    title: str
    button: str
    says: str
    ask: str
    form: DeskForm
    action: str
    refused: str = ""

    @property
    def is_open(self) -> bool:
        """It was refused just now: it stands open with its entries."""
        return bool(self.refused)


def shown(
    by: Actor, works: Mapping[str, Work], subject: Any, address: Callable[[str], str], asked: Asked | None = None
) -> dict[str, Shown]:
    """Return the work that this person may do with the subject as it stands, by name."""
    made = {}
    for how, work in works.items():
        was_asked = asked is not None and asked.how == how
        if not by.roles & set(work.roles) or not (was_asked or work.when(subject)):
            continue
        form = asked.form if asked is not None and was_asked else work.form(by=by, subject=subject)
        refused = asked.refused if asked is not None and was_asked else ""
        made[how] = Shown(how, work.title, work.button or work.title, work.says, work.ask, form, address(how), refused)
    return made


def attempt(
    request: HttpRequest,
    how: str,
    works: Mapping[str, Work],
    subject: Any,
    *,
    show: Callable[[Asked], HttpResponse],
    back: str | Callable[[], str],
) -> HttpResponse:
    """Do one piece of work and go back to the page; what is refused is shown on the page with its entries, as 422."""
    by = actor_of(request)
    if how not in works:
        raise NotFound("The desk does not know this action.")
    work = works[how]
    require(by, *work.roles)
    form = work.form(request.POST, request.FILES, by=by, subject=subject)
    refused = ""
    if form.is_valid():
        try:
            says = work.do(by, subject, form.cleaned_data)
        except NotAllowed:
            raise
        except CleanclaimError as wrong:
            refused = str(wrong)
        else:
            if isinstance(says, Elsewhere):
                return redirect(says.address)
            if says:
                messages.success(request, says)
            return redirect(back if isinstance(back, str) else back())
    answer = show(Asked(how, form, refused or form.sentence()))
    answer.status_code = 422
    return answer
