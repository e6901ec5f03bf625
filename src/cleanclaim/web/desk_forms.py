"""What forms of every desk are made of: amounts, days, and a form that knows who acts on what."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from typing import Any, Final

from django import forms

from cleanclaim.kernel.errors import InvalidValue
from cleanclaim.kernel.money import Money
from cleanclaim.practice.foundation.actor import Actor
from cleanclaim.web.numbers import is_day_of_ours

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


class DayField(forms.DateField):
    """A day, picked or typed."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"), **kwargs)

    def clean(self, value: Any) -> date | None:
        """Read the day. Raises ValidationError also for a year that was mistyped."""
        day: date | None = super().clean(value)
        if day is not None and not is_day_of_ours(day):
            raise forms.ValidationError("This year cannot be meant.")
        return day


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
