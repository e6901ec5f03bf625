"""What forms of every desk are made of: amounts, days, and a form that knows who acts on what."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from typing import Any, Final

from django import forms

from cleanclaim.kernel.errors import InvalidValue
from cleanclaim.kernel.money import Money
from cleanclaim.practice.foundation.actor import Actor
from cleanclaim.web.numbers import day_in, read_day

MOST_CENTS: Final = 99_999_999_99


class MoneyField(forms.CharField):
    """An amount of dollars as people type it (`$1,234.50`), read into whole cents; nothing typed is None."""

    def __init__(self, **kwargs: Any) -> None:
        attrs = {"inputmode": "decimal", "autocomplete": "off"}
        super().__init__(max_length=16, widget=forms.TextInput(attrs=attrs), **kwargs)

    def clean(self, value: Any) -> int | None:
        """Read the text. Raises ValidationError with the sentence of what is wrong with it."""
        text = str(super().clean(value) or "").strip().replace("$", "").replace(",", "").strip()
        return cents_of(text, forms.ValidationError) if text else None


def cents_of(text: str, error: Callable[[str], Exception] = InvalidValue) -> int:
    """Read an amount of dollars into cents, or raise `error` with its sentence; a slip of the keyboard does not reach the books."""
    try:
        cents = int(Money.parse(text))
    except InvalidValue as wrong:
        raise error(str(wrong)) from None
    if abs(cents) > MOST_CENTS:
        raise error(f"Nobody types an amount above {Money(MOST_CENTS):$} at a desk: look at the digits.")
    return cents


class DayInput(forms.DateInput):
    """A day as the browser's own field shows it; what is no day stays visible as it was typed."""

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs={"type": "date", **(attrs or {})}, format="%Y-%m-%d")

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        """Write a readable day as the field wants it, and show anything else in a plain field."""
        day = day_in(value) if isinstance(value, str) and value else None
        context: dict[str, Any] = super().get_context(name, day or value, attrs)
        if isinstance(value, str) and value and day is None:
            context["widget"]["type"] = "text"
        return context


class DayField(forms.DateField):
    """A day, picked or typed as 11/22/2026."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(widget=DayInput(), **kwargs)

    def to_python(self, value: Any) -> date | None:
        """Read the day. Raises ValidationError for what is none, and for a year that was mistyped."""
        if value in self.empty_values:
            return None
        try:
            return value if isinstance(value, date) else read_day(str(value))
        except InvalidValue as wrong:
            raise forms.ValidationError(str(wrong)) from None


class DeskForm(forms.Form):
    """A form of a page. `by` acts, `subject` is what the page is about; `prepare` fills in what depends on them."""

    def __init__(self, *args: Any, by: Actor, subject: Any, **kwargs: Any) -> None:
        kwargs.setdefault("auto_id", f"{type(self).__name__}-%s")
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        self.by, self.subject = by, subject
        self.prepare()

    def prepare(self) -> None:
        """Fill in choices and first values; nothing by itself."""

    def offer(self, name: str, choices: Iterable[tuple[str, str]]) -> None:
        """Give a choice field its choices."""
        self.fields[name].choices = list(choices)  # type: ignore[attr-defined]

    def sentence(self) -> str:
        """Say everything that is wrong with the entries."""
        said = []
        for name, found in self.errors.items():
            label = str(self.fields[name].label or name.replace("_", " ").capitalize()) if name in self.fields else ""
            said += [f"{label}: {error}" if label else str(error) for error in found]
        return " ".join(said)


class NoEntries(DeskForm):
    """A button without entries."""
