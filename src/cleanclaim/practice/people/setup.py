"""What a practice corrects of its own standing: its name and clock, its clinicians, the places where patients are seen."""

from __future__ import annotations

from collections.abc import Mapping
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from cleanclaim.kernel.errors import InvalidValue
from cleanclaim.kernel.identifiers import Npi, Taxonomy, Zip
from cleanclaim.practice.audit.actions import record
from cleanclaim.practice.foundation.actor import Actor
from cleanclaim.practice.foundation.models import Practice
from cleanclaim.practice.foundation.transactions import get_or_refuse, save_checked, transaction_for
from cleanclaim.practice.people.models import Provider, Site
from cleanclaim.practice.people.policy import require


def change_practice(*, name: str, time_zone: str, by: Actor) -> Practice:
    """Give the practice its name and its clock. Raises InvalidValue for an unknown time zone or an empty name."""
    require(by, "manager")
    try:
        ZoneInfo(time_zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise InvalidValue("This is no time zone. One looks like America/Chicago.") from None
    if not name.strip():
        raise InvalidValue("A practice has a name.")
    with transaction_for(by):
        practice = Practice.objects.select_for_update().get(pk=by.practice_id)
        changed = [what for what, new in (("name", name.strip()), ("time_zone", time_zone)) if getattr(practice, what) != new]
        if changed:
            practice.name, practice.time_zone = name.strip(), time_zone
            practice.save(update_fields=["name", "time_zone"])
            record(by, "change_practice", practice.public_id, changed=changed)
    return practice


def change_provider(
    *, provider_id: str, last_name: str, first_name: str, credential: str, taxonomy: str, is_active: bool, by: Actor
) -> Provider:
    """Correct a clinician, or say that they see nobody here any more. The NPI names them and stays; claims that were sent keep what they said."""
    require(by, "manager")
    with transaction_for(by):
        provider: Provider = get_or_refuse(Provider.objects.of(by.practice_id), what="clinician", public_id=provider_id)
        new = {
            "last_name": _named(last_name), "first_name": _named(first_name), "credential": credential.strip(),
            "taxonomy": Taxonomy(taxonomy) if taxonomy else "", "is_active": is_active,
        }  # fmt: skip
        _change(provider, new, "change_provider", by)
    return provider


def change_site(
    *, site_id: str, npi: str, place_of_service: str, line1: str, city: str, state: str, zip_code: str, phone: str, by: Actor
) -> Site:
    """Correct a place. Its name is what schedules and claims know it by, and stays. Claims that were sent keep what they said."""
    require(by, "manager")
    with transaction_for(by):
        site: Site = get_or_refuse(Site.objects.of(by.practice_id), what="place", public_id=site_id)
        new = {
            "npi": Npi(npi) if npi else "", "place_of_service": place_of_service, "line1": line1.strip(), "city": city.strip(),
            "state": state, "zip": Zip(zip_code), "phone": phone.strip(),
        }  # fmt: skip
        _change(site, new, "change_site", by)
    return site


def _named(text: str) -> str:
    if not text.strip():
        raise InvalidValue("A clinician has a first and a last name.")
    return text.strip()


def _change(row: Provider | Site, new: Mapping[str, object], action: str, by: Actor) -> None:
    changed = sorted(name for name, value in new.items() if getattr(row, name) != value)
    if not changed:
        return
    for name in changed:
        setattr(row, name, new[name])
    save_checked(row)
    record(by, action, row.public_id, changed=changed)
