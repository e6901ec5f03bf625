"""Pages of a list that grows while it is read: a page begins after the last row of the one before, never at a count of rows."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from django.db.models import Q

Place = tuple[Any, ...]
"""Where a page ended: the values of the list's order at its last row, as JSON knows them."""


class Page(NamedTuple):
    """Some rows of a list, and where the next page begins; None on the last one."""

    rows: tuple[Any, ...]
    following: Place | None


def page_of(rows: Any, *, order: Sequence[str], after: Place | None, size: int) -> Page:
    """Return the page after a place. `order` names columns without nulls, `-` before those that fall, and ends with a unique one.

    Whoever reads page after page meets every row that was there at the start exactly once, whatever is added meanwhile.
    """
    names = [column.removeprefix("-") for column in order]
    if after is not None:
        rows = rows.filter(_beyond(order, after))
    found = list(rows.order_by(*order)[: size + 1])
    page = tuple(found[:size])
    following = tuple(_as_json(getattr(page[-1], name)) for name in names) if len(found) > size else None
    return Page(page, following)


def _beyond(order: Sequence[str], after: Place) -> Q:
    beyond = Q(pk__in=[])
    same = Q()
    for column, value in zip(order, after, strict=True):
        name = column.removeprefix("-")
        beyond |= same & Q(**{f"{name}__{'lt' if column.startswith('-') else 'gt'}": value})
        same &= Q(**{name: value})
    return beyond


def _as_json(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date | datetime) else value
