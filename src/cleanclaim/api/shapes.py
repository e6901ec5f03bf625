"""What is taken and given: bodies that refuse what they do not know, and answers in the shapes of the queries."""

from __future__ import annotations

import types
import typing
from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import Enum
from typing import Annotated, Any, Final

from ninja import Schema
from pydantic import AfterValidator, BeforeValidator, ConfigDict, Field, StrictBool, StringConstraints, WithJsonSchema, create_model

from cleanclaim.kernel.findings import Finding

_FIRST_YEAR: Final = 1850
_LAST_YEAR: Final = 2200


class Given(Schema):
    """A body: a name that is not known is refused, so that a slip of the pen does not pass as a success."""

    model_config = ConfigDict(extra="forbid")


class Asked(Schema):
    """What stands behind the question mark of an address: never a word about a patient."""


class Answer(Schema):
    """An answer: more names may be added in time, none is renamed or dropped without notice."""

    model_config = ConfigDict(extra="allow")


def _plain_date(value: object) -> object:
    if not isinstance(value, str) or len(value) != 10:
        raise ValueError("A date is written CCYY-MM-DD.")
    try:
        day = date.fromisoformat(value)
    except ValueError:
        raise ValueError("A date is written CCYY-MM-DD.") from None
    if not _FIRST_YEAR <= day.year <= _LAST_YEAR:
        raise ValueError("The year of a date is between 1850 and 2200.")
    return day


def _instant(value: object) -> object:
    try:
        at = datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        at = None
    if at is None or at.tzinfo is None or not _FIRST_YEAR <= at.year <= _LAST_YEAR:
        raise ValueError("An instant is written 2026-11-20T15:00:00Z, with its offset from UTC.")
    return at.astimezone(UTC)


def _told(value: str) -> str:
    if not value.strip():
        raise ValueError("Say it in words.")
    return value.strip()


Day = Annotated[date, BeforeValidator(_plain_date), WithJsonSchema({"type": "string", "format": "date"})]
Instant = Annotated[datetime, BeforeValidator(_instant), WithJsonSchema({"type": "string", "format": "date-time"})]
Flag = StrictBool
Cents = Annotated[int, Field(strict=True, ge=0, le=10**12)]
Count = Annotated[int, Field(ge=1, le=200)]
Name = Annotated[str, StringConstraints(max_length=60)]
Words = Annotated[str, StringConstraints(max_length=200)]
Reason = Annotated[str, StringConstraints(min_length=1, max_length=190), AfterValidator(_told)]
Id = Annotated[str, StringConstraints(max_length=32)]
Text = Annotated[str, StringConstraints(max_length=500_000)]


def as_plain(value: Any) -> Any:
    """Turn a value of the queries into what JSON knows: instants in UTC, plain dates, exact numbers as text."""
    if isinstance(value, Finding):
        return value.as_json()
    if hasattr(value, "_asdict"):
        return {name: as_plain(item) for name, item in value._asdict().items()}
    if isinstance(value, Mapping):
        return {str(name): as_plain(item) for name, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [as_plain(item) for item in value]
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Enum):
        return value.value
    return str(value) if isinstance(value, Decimal) else value


class FindingAnswer(Answer):
    """What an edit or a check has found."""

    rule: str
    severity: str
    where: str
    says: str
    source: str
    effective: date | None


_SHAPES: Final[dict[Any, type[Answer]]] = {}


def shape(row: Any) -> type[Answer]:
    """Return the answer that a row of the queries becomes: the same names, as `as_plain` writes them."""
    if row not in _SHAPES:
        hints = typing.get_type_hints(row)
        fields: dict[str, Any] = {field: (_kind(hints[field]), ...) for field in row._fields}
        says = (row.__doc__ or "").strip().splitlines()[0]
        _SHAPES[row] = create_model(f"{row.__name__}Answer", __base__=Answer, __doc__=says, **fields)
    return _SHAPES[row]


def _kind(hint: Any) -> Any:
    if isinstance(hint, type) and not typing.get_args(hint):
        if issubclass(hint, Finding):
            return FindingAnswer
        if hasattr(hint, "_fields"):
            return shape(hint)
        if issubclass(hint, Enum | Decimal):
            return str
        return hint if hint in {str, int, bool, float, date, datetime} else Any
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if origin in {typing.Union, types.UnionType}:
        kinds = [_kind(item) for item in arguments if item is not type(None)]
        kind = kinds[0] if len(kinds) == 1 else Any
        return kind | None if type(None) in arguments and kind is not Any else kind
    if origin in {tuple, list} and (origin is list or arguments[-1] is Ellipsis):
        return list[_kind(arguments[0])]  # type: ignore[misc]
    return Any


def page(item: Any, name: str) -> type[Answer]:
    """Return a page of a list: its items, and the cursor of the next page."""
    return create_model(name, __base__=Answer, __doc__="A page of a list; `next` is the cursor of the one that follows, null on the last.",
                        items=(list[item], ...), next=(str | None, ...))  # fmt: skip
