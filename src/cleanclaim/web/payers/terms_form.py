"""Contract terms as a person types them: a method, a percentage, agreed amounts a line; and terms read back in plain words."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from cleanclaim.fees import Terms
from cleanclaim.kernel.errors import InvalidValue
from cleanclaim.kernel.money import Money
from cleanclaim.web.desk_forms import cents_of


def rates_of(text: str) -> dict[str, int]:
    """Read `99213 92.50` (or `71046-26, 12.00`) a line into cents by procedure. Raises InvalidValue with the line that cannot be read."""
    rates: dict[str, int] = {}
    for number, line in enumerate(text.splitlines(), 1):
        words = line.replace(",", " ").replace(";", " ").replace("\t", " ").replace("$", "").split()
        if not words or words[0].lower() in {"code", "procedure", "cpt"}:
            continue
        if len(words) not in {2, 3}:
            raise InvalidValue(f"Rates, line {number}: a code, a modifier where it has one, and an amount.")
        code = "-".join(words[:-1]).upper().replace(":", "-")
        if code in rates:
            raise InvalidValue(f"Rates, line {number}: {code} stands there twice.")
        cents = cents_of(words[-1], lambda says, number=number: InvalidValue(f"Rates, line {number}: {says}"))  # type: ignore[misc]
        if cents < 0:
            raise InvalidValue(f"Rates, line {number}: an agreed amount is not below zero.")
        rates[code] = cents
    return rates


def terms_of(given: Mapping[str, Any]) -> dict[str, Any]:
    """Return the terms that a form describes. Raises InvalidValue where the contracts' own reader refuses them."""
    terms: dict[str, Any] = {"method": given["method"], "lesser_of_charge": bool(given["lesser_of_charge"])}
    if given["method"] == "fee_schedule":
        terms["rates"] = rates_of(given["rates"])
        if not terms["rates"]:
            raise InvalidValue("A fee schedule lists its codes with their amounts.")
        if given["percent"]:
            terms["otherwise_percent"] = given["percent"].rstrip("% ")
    else:
        if not given["percent"]:
            raise InvalidValue("Say which percentage was agreed.")
        terms["percent"] = given["percent"].rstrip("% ")
        if given["rates"].strip():
            carved = rates_of(given["rates"])
            terms["carve_outs"] = [
                {"codes": sorted({code.partition("-")[0] for code in carved}), "method": "fee_schedule", "rates": carved}
            ]
    for name in ("carrier", "locality"):
        if given.get(name):
            terms[name] = given[name].strip()
    if given["multiple_procedures"]:
        terms["multiple_procedures"] = True
    for name in ("percent", "otherwise_percent"):
        if name in terms:
            try:
                Decimal(terms[name])
            except InvalidOperation:
                raise InvalidValue("A percentage is a number such as 115 or 87.5.") from None
    Terms.from_json(terms)
    return terms


def in_words(facts: Mapping[str, Any]) -> list[str]:
    """Say what was agreed, a sentence each."""
    try:
        terms = Terms.from_json(facts)
    except InvalidValue as wrong:
        return [str(wrong)]
    kind, percent = terms.method.kind, terms.method.percent
    said = {
        "fee_schedule": f"{len(terms.method.rates)} agreed amounts", "percent_of_medicare": f"{percent}% of Medicare's fee schedule",
        "percent_of_charge": f"{percent}% of the charge",
    }  # fmt: skip
    words = [said[kind] + (f", carrier {terms.carrier} locality {terms.locality}" if terms.carrier else "")]
    if terms.otherwise_percent is not None:
        words.append(f"{terms.otherwise_percent}% of the charge for what is not listed")
    words += [
        f"{', '.join(sorted(item.codes)[:6])} priced apart ({item.method.kind.replace('_', ' ')})" for item in terms.carve_outs
    ]
    words += [f"{', '.join(sorted(item.codes)[:6])}: {Money(item.cents):$} for the whole day" for item in terms.case_rates]
    if terms.lesser_of_charge:
        words.append("never more than the charge")
    if terms.multiple_procedures:
        words.append("further procedures of a day are reduced")
    return words


def listed_rates(facts: Mapping[str, Any]) -> list[tuple[str, int]]:
    """Return the agreed amounts of a contract by code."""
    rates = facts.get("rates") or {}
    return sorted((str(code), int(cents)) for code, cents in rates.items()) if isinstance(rates, Mapping) else []
