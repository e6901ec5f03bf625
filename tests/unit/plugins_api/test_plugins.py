"""Plugins are found, checked, and left out with a reason when they are broken."""

import sys
from datetime import date
from importlib.metadata import EntryPoint

import pytest

from cleanclaim import plugins_api
from cleanclaim.documents import Claim, Party, Subscriber
from cleanclaim.kernel.errors import UsageError
from cleanclaim.kernel.findings import Finding, Severity
from cleanclaim.plugins_api import finding


class Quiet:
    name = "quiet"

    def suggest(self, note, context):
        return ()


def test_what_is_registered_fills_the_hook_while_it_is_registered():
    with plugins_api.registered("suggester", Quiet()) as plugin:
        assert plugins_api.plugins("suggester")[-1] is plugin
        assert plugins_api.plugin_named("suggester", "quiet") is plugin.fills
    assert plugins_api.plugin_named("suggester", "quiet") is None


def test_what_lacks_the_hooks_words_is_refused():
    with pytest.raises(UsageError, match="export"):
        plugins_api.register("exporter", Quiet())
    with pytest.raises(UsageError, match="hooks are"):
        plugins_api.plugins("colour")


def test_a_broken_package_is_named_and_stops_nothing(monkeypatch):
    monkeypatch.setitem(sys.modules, "quiet_plugin", sys.modules[__name__])
    entries = (
        EntryPoint("good", "quiet_plugin:Quiet", "cleanclaim.suggesters"),
        EntryPoint("gone", "no_such_module:Thing", "cleanclaim.suggesters"),
        EntryPoint("odd", "sys:maxsize", "cleanclaim.suggesters"),
    )
    monkeypatch.setattr(finding, "entry_points", lambda group: entries if group == "cleanclaim.suggesters" else ())
    finding._installed.cache_clear()
    try:
        assert [plugin.name for plugin in plugins_api.plugins("suggester")] == ["good"]
        assert {problem.name: problem.says for problem in plugins_api.problems()} == {
            "gone": "It cannot be loaded: ModuleNotFoundError.", "odd": "It has no name, suggest.",
        }  # fmt: skip
    finally:
        finding._installed.cache_clear()


class Picky:
    name = "picky"

    def check(self, claim, *, on):
        return [Finding("SITE_NO_MONDAYS", Severity.STOP, "claim", "Nothing is billed on a Monday.")] if on.weekday() == 0 else []


class Shattered:
    name = "shattered"

    def check(self, claim, *, on):
        raise RuntimeError("PHI in here")


def test_the_sites_edits_are_asked_and_a_broken_one_is_named_without_its_words():
    claim = Claim("1", 100, Party("85"), Subscriber(Party("IL"), Party("PR")))
    with plugins_api.registered("edit", Picky()), plugins_api.registered("edit", Shattered()):
        found = plugins_api.site_findings(claim, on=date(2026, 11, 23))
    assert [(item.rule, item.severity) for item in found] == [("SITE_NO_MONDAYS", "stop"), ("SITE_EDIT_FAILED", "warn")]
    assert "PHI" not in found[1].says
    assert "shattered" in found[1].says
    assert plugins_api.site_findings(claim, on=date(2026, 11, 24)) == []
