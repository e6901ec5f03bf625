"""Filling in a form as a browser would: what stands in it is sent along, only what is typed differs; a form that is not on the page is an error."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import Any

from django.test import Client


class _Forms(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.made: dict[str, dict[str, Any]] = {}
        self.form: dict[str, Any] | None = None
        self.select = self.area = ""
        self.options: list[tuple[str, bool]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        facts = dict(attrs)
        name = facts.get("name") or ""
        if tag == "form":
            self.form = self.made.setdefault(facts.get("action") or "", {})
        elif self.form is None:
            return
        elif tag == "input" and name:
            kind = facts.get("type", "text")
            if kind in {"checkbox", "radio"}:
                if "checked" in facts:
                    self.form.setdefault(name, []).append(facts.get("value") or "on")
            elif kind not in {"submit", "file", "button"}:
                self.form[name] = facts.get("value") or ""
        elif tag == "select":
            self.select, self.options = name, []
        elif tag == "option" and self.select:
            self.options.append((facts.get("value") or "", "selected" in facts))
        elif tag == "textarea":
            self.area = name
            self.form[name] = ""

    def handle_data(self, data: str) -> None:
        if self.area and self.form is not None:
            self.form[self.area] += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.form = None
        elif tag == "textarea":
            self.area = ""
        elif tag == "select" and self.select and self.form is not None:
            if self.options:
                self.form[self.select] = next((value for value, chosen in self.options if chosen), self.options[0][0])
            self.select = ""


def submit(client: Client, page: str, ends: str = "", *, by_button: str = "", **typed: Any) -> Any:
    """Open a page, fill in the form whose action ends so (the page's own address without one), send it (where its button says); return the answer."""
    shown = client.get(page)
    assert shown.status_code == 200, (page, shown.status_code)
    forms = _Forms()
    forms.feed(shown.content.decode())
    fitting = (
        [action for action in forms.made if action.endswith(ends) and "logout" not in action]
        if ends
        else [a for a in forms.made if a in {"", page}]
    )
    assert len(fitting) == 1, (page, ends, sorted(forms.made))
    entries = forms.made[fitting[0]]
    unknown = set(typed) - set(entries) - {name for name in typed if f'name="{name}"' in shown.content.decode()}
    assert not unknown, (page, f"no such entry: {unknown}", sorted(entries))
    assert f'formaction="{by_button}"' in shown.content.decode() or not by_button
    return client.post(by_button or fitting[0] or page, {**entries, **typed})
