"""What one trading partner demands beyond the guides (level 7), as data: a small companion guide in JSON.

    {"name": "EXAMPLE HEALTH PLAN",
     "delimiters": "*:~^", "characters": "A-Z0-9 !&'()+,./;?=-", "max_claims": 5000, "max_transactions": 100,
     "receivers": ["99999"],
     "rules": [
       {"sets": ["837P"], "segment": "2300/REF", "where": {"1": ["G1"]}, "demand": "require", "per": "claim",
        "says": "The plan wants a prior authorization on every claim."},
       {"sets": ["837P", "837I"], "segment": "2300/NTE", "demand": "forbid", "severity": "warning"},
       {"segment": "2000B/SBR", "element": 9, "demand": "values", "values": ["MB", "MC"]},
       {"segment": "2010BA/NM1", "element": 9, "demand": "pattern", "pattern": "[A-Z]{3}[0-9]{9}"},
       {"segment": "2300/CLM", "element": 1, "demand": "length", "most": 17}]}

`segment` is a segment, or a loop and a segment; `where` narrows it by elements; a demand on an element may name a `component`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final, NamedTuple

from cleanclaim.kernel.errors import UnreadableInput
from cleanclaim.x12.grammar.elements import Fault
from cleanclaim.x12.grammar.walker import Where
from cleanclaim.x12.implementations.rules import Rules
from cleanclaim.x12.implementations.watching import Watch
from cleanclaim.x12.tokens.delimiters import DEFAULT, Delimiters
from cleanclaim.x12.tokens.findings import ERROR, WARNING

_DEMANDS: Final = frozenset({"require", "forbid", "values", "pattern", "length"})
_SEGMENT: Final = re.compile(r"(?:[0-9A-Z]{1,6}/)?[A-Z][A-Z0-9]{1,2}")
_ABOVE: Final = {"22": ("1000", "2000A/", "2010A"), "23": ("1000", "2000A/", "2010A", "2000B/", "2010B")}
_CLAIM_STARTS: Final = {"837": "CLM", "835": "CLP"}


class PartnerRule(NamedTuple):
    """One demand: of which sets, on which segment, narrowed how, and what is wrong when it is not met."""

    segment: str
    demand: str
    sets: tuple[str, ...] = ()
    where: tuple[tuple[int, tuple[str, ...]], ...] = ()
    element: int = 0
    component: int = 0
    values: frozenset[str] = frozenset()
    pattern: re.Pattern[str] | None = None
    most: int = 0
    per: str = "claim"
    severity: str = ERROR
    says: str = ""


class Partner(NamedTuple):
    """A trading partner's companion guide."""

    name: str
    rules: tuple[PartnerRule, ...] = ()
    delimiters: str = ""
    characters: str = ""
    max_claims: int = 0
    max_transactions: int = 0
    receivers: tuple[str, ...] = ()

    def foreign(self, delimiters: Delimiters) -> re.Pattern[str] | None:
        """What finds a character that the partner does not take; delimiters are none of its matters."""
        return re.compile(f"[^{self.characters}{re.escape(''.join(delimiters))}]") if self.characters else None


def read_partner(path: Path | str) -> Partner:
    """Read a companion guide. Raises UnreadableInput in a sentence when it does not hold together."""
    try:
        content = json.loads(Path(path).read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as broken:
        raise UnreadableInput(f"The companion guide {path} cannot be read: {broken}.") from None
    return partner_from(content)


def partner_from(content: Mapping[str, Any]) -> Partner:
    """Make a partner of its JSON. Raises UnreadableInput for a demand that cannot be."""
    if not isinstance(content, Mapping) or not isinstance(content.get("name"), str):
        raise UnreadableInput("A companion guide is a JSON object with a name.")
    try:
        partner = Partner(
            content["name"], tuple(_rule(item) for item in content.get("rules", ())), str(content.get("delimiters", "")),
            str(content.get("characters", "")), int(content.get("max_claims", 0)), int(content.get("max_transactions", 0)),
            tuple(str(name) for name in content.get("receivers", ())),
        )  # fmt: skip
        partner.foreign(DEFAULT)
    except (TypeError, ValueError, KeyError, AttributeError, re.error) as broken:
        raise UnreadableInput(f"The companion guide of {content['name']} does not hold together: {broken}.") from None
    return partner


def _rule(item: Mapping[str, Any]) -> PartnerRule:
    segment, demand = str(item["segment"]), str(item["demand"])
    if not _SEGMENT.fullmatch(segment):
        raise ValueError(f"{segment} is no segment, nor a loop and a segment (2300/REF)")
    if demand not in _DEMANDS:
        raise ValueError(f"{demand} is no demand; there are {', '.join(sorted(_DEMANDS))}")
    rule = PartnerRule(
        segment, demand, tuple(item.get("sets", ())),
        tuple((int(place), tuple(map(str, values))) for place, values in item.get("where", {}).items()), int(item.get("element", 0)),
        int(item.get("component", 0)), frozenset(map(str, item.get("values", ()))),
        re.compile(str(item["pattern"])) if "pattern" in item else None, int(item.get("most", 0)), str(item.get("per", "claim")),
        str(item.get("severity", ERROR)), str(item.get("says", "")),
    )  # fmt: skip
    if demand in {"values", "pattern", "length"} and rule.element < 1:
        raise ValueError(f"the demand on {segment} names no element")
    if rule.severity not in {ERROR, WARNING} or rule.per not in {"claim", "transaction"}:
        raise ValueError(f"the demand on {segment} has a severity or reach that does not exist")
    return rule


class PartnerWatch(Watch):
    """Holds the transactions of one set to a partner's demands."""

    def __init__(self, rules: Rules, shown_set: str, partner: Partner) -> None:
        super().__init__(rules, shown_set)
        self._partner = partner
        self._required: list[PartnerRule] = []
        self._component = rules.delimiters.component
        for rule in partner.rules:
            if rule.sets and shown_set not in rule.sets:
                continue
            if rule.demand == "require":
                self._required.append(rule)
            self.listen(rule.segment, self._hook(rule))
        self.open()
        start = _CLAIM_STARTS.get(shown_set[:3])
        if start is not None:
            self.listen(start, self._on_claim)
            self.listen("HL", self._on_level)

    def open(self) -> None:
        self._met: set[int] = set()
        self._met_here: set[int] = set()
        self._claim: Where | None = None
        self._early: set[int] = set()

    def close(self, index: int) -> None:
        self._finish_claim()
        for rule in self._required:
            if rule.per == "transaction" and id(rule) not in self._met:
                self._missing(rule, self.rules.here(index))

    def _on_claim(self, _segment: str, index: int) -> None:
        self._finish_claim()
        self._claim = self.rules.here(index)
        self.subject = self.rules.subject
        self._met_here |= self._early

    def _on_level(self, segment: str, _index: int) -> None:
        """A new level forgets what stood in the one before it, not what stands with its provider, subscriber or above."""
        self._finish_claim()
        above = _ABOVE.get(self.row(segment)[3])
        self._early &= {id(rule) for rule in self._required if above and rule.segment.startswith(above)}

    def _finish_claim(self) -> None:
        claim, self._claim = self._claim, None
        if claim is not None:
            for rule in self._required:
                if rule.per == "claim" and id(rule) not in self._met_here:
                    self._missing(rule, claim)
        self._met_here = set()
        self.subject = ""

    def _missing(self, rule: PartnerRule, where: Where) -> None:
        tag = rule.segment.rpartition("/")[2]
        says = rule.says or f"{self._partner.name} requires {rule.segment}{_narrowed(rule)}."
        self.report(
            where, Fault("PARTNER_REQUIRES", 7, "I6", says, "", severity=rule.severity), rule.segment.rpartition("/")[0], tag
        )

    def _hook(self, rule: PartnerRule) -> Any:
        path, _, tag = rule.segment.rpartition("/")

        def hook(segment: str, index: int) -> None:
            row = self.row(segment)
            if any(place >= len(row) or row[place] not in values for place, values in rule.where):
                return
            if rule.demand == "require":
                self._met.add(id(rule))
                (self._met_here if self._claim is not None else self._early).add(id(rule))
                return
            if rule.demand == "forbid":
                says = rule.says or f"{self._partner.name} does not take {rule.segment}{_narrowed(rule)}."
                self.report(self.rules.here(index), Fault("PARTNER_FORBIDS", 7, "I9", says, severity=rule.severity), path, tag)
                return
            value = row[rule.element] if rule.element < len(row) else ""
            if rule.component:
                parts = value.split(self._component)
                value = parts[rule.component - 1] if len(parts) >= rule.component else ""
            if value and not _fits(rule, value):
                says = rule.says or f"{self._partner.name} does not take this value in {rule.segment}{rule.element:02d}."
                fault = Fault("PARTNER_VALUE", 7, "I12", says, value, rule.element, rule.component, 0, "", rule.severity)
                self.report(self.rules.here(index), fault, path, tag)

        return hook


def _fits(rule: PartnerRule, value: str) -> bool:
    if rule.demand == "values":
        return value in rule.values
    if rule.demand == "length":
        return len(value) <= rule.most
    return rule.pattern is None or rule.pattern.fullmatch(value) is not None


def _narrowed(rule: PartnerRule) -> str:
    return "".join(f" with {rule.segment.rpartition('/')[2]}{place:02d} {' or '.join(values)}" for place, values in rule.where)


def file_faults(partner: Partner, transactions: int, claims: int) -> list[tuple[str, str]]:
    """Return (rule, sentence) for what a whole file has too much of."""
    found = []
    if partner.max_transactions and transactions > partner.max_transactions:
        says = f"{partner.name} takes {partner.max_transactions} transactions in a file; there are {transactions}."
        found.append(("PARTNER_TRANSACTIONS", says))
    if partner.max_claims and claims > partner.max_claims:
        found.append(("PARTNER_CLAIMS", f"{partner.name} takes {partner.max_claims} claims in a file; there are {claims}."))
    return found


def header_faults(partner: Partner, row: list[str], delimiters: Delimiters) -> list[tuple[str, int, str]]:
    """Return (rule, element, sentence) for what a partner does not take in an ISA."""
    found = []
    if partner.delimiters and partner.delimiters != "".join(delimiters):
        says = f"{partner.name} takes the delimiters {partner.delimiters}; the file has {''.join(delimiters)}."
        found.append(("PARTNER_DELIMITERS", 16, says))
    if partner.receivers and row[8].strip() not in partner.receivers:
        found.append(("PARTNER_RECEIVER", 8, f"{partner.name} is not addressed by this receiver id (ISA08)."))
    return found
