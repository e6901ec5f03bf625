"""Documents as JSON and back: a claim freezes what it was built from. Only what differs from a document's defaults is written."""

from __future__ import annotations

import types
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Any, TypeVar, Union, cast, get_args, get_origin, get_type_hints

T = TypeVar("T")


def to_json(document: Any) -> Any:
    """Return a document as plain JSON values."""
    if isinstance(document, tuple):
        fields = getattr(document, "_fields", None)
        if fields is None:
            return [to_json(item) for item in document]
        defaults = type(document)._field_defaults  # type: ignore[attr-defined]
        return {
            name: to_json(value)
            for name, value in zip(fields, document, strict=True)
            if name != "place" and (name not in defaults or value != defaults[name])
        }
    if isinstance(document, date):
        return document.isoformat()
    if isinstance(document, Decimal):
        return str(document)
    if isinstance(document, str):
        return str(document)
    return document


def from_json(kind: type[T], value: Any) -> T:
    """Return the document of a kind that `to_json` wrote."""
    made: T = _reader(cast("Any", kind))(value)
    return made


@cache
def _reader(kind: Any) -> Callable[[Any], Any]:
    origin = get_origin(kind)
    if origin in {Union, types.UnionType}:
        inner = _reader(next(arg for arg in get_args(kind) if arg is not type(None)))
        return lambda value: None if value is None else inner(value)
    if origin is tuple:
        args = get_args(kind)
        if len(args) == 2 and args[1] is Ellipsis:
            item = _reader(args[0])
            return lambda value: tuple(item(part) for part in value)
        readers = [_reader(arg) for arg in args]
        return lambda value: tuple(read(part) for read, part in zip(readers, value, strict=True))
    if kind is date:
        return date.fromisoformat
    if kind is Decimal:
        return Decimal
    if hasattr(kind, "_fields"):
        hints = get_type_hints(kind)
        fields = {name: _reader(hint) for name, hint in hints.items() if name != "place"}
        return lambda value: kind(**{name: fields[name](part) for name, part in value.items() if name in fields})
    return lambda value: value
