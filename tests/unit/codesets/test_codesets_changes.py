from datetime import date

import pytest

from cleanclaim import codesets
from cleanclaim.codesets import changes, importing
from cleanclaim.kernel.errors import UsageError

TODAY = date(2026, 11, 20)
LATER = date(2027, 4, 2)


def test_fiscal_2027_adds_190_codes_deletes_30_and_renames_4(built):
    old, new = changes.view("FY2026-April", TODAY, built), changes.view("FY2027", TODAY, built)
    found = list(changes.compare(old, new, ["icd10cm"]))
    counted = {kind: sum(change.change == kind for change in found) for kind in ("added", "deleted", "revised")}
    assert counted == {"added": 190, "deleted": 30, "revised": 4}


def test_the_practice_names_what_a_change_touches(built, monkeypatch):
    monkeypatch.setattr(changes, "_finders", [])
    favourites = {"C32.9": "fav_01"}
    deleted = next(
        c
        for c in changes.compare(changes.view("2026-09-30", TODAY, built), changes.view("2026-10-01", TODAY, built), ["icd10cm"])
        if c.change == "deleted"
    )
    favourites[deleted.code] = "fav_02"

    def finder(found):
        for change in found:
            if change.code in favourites:
                yield changes.Impact(
                    "favourite", favourites[change.code], change.system, change.code, f"{change.code} is {change.change}."
                )

    changes.register_impact_finder(finder)
    changes.register_impact_finder(finder)
    assert changes.impacts([deleted]) == [
        changes.Impact("favourite", "fav_02", "icd10cm", deleted.code, f"{deleted.code} is deleted.")
    ]


@pytest.mark.parametrize(
    ("words", "day"),
    [
        ("2026-09-30", date(2026, 9, 30)),
        ("FY2027", date(2026, 10, 1)),
        ("fy2026-april", date(2026, 4, 1)),
        ("2026Q3", date(2026, 7, 1)),
    ],
)
def test_a_release_is_named_as_people_name_it(words, day):
    assert changes.release_day(words) == day


def test_an_unknown_release_is_one_plain_sentence(built):
    with pytest.raises(UsageError, match="last spring"):
        changes.view("last spring", TODAY, built)
    with pytest.raises(UsageError, match="no import"):
        changes.view("before", TODAY, built)


def test_the_state_before_the_latest_import_can_be_compared(full_path, tmp_path):
    path = full_path
    file = tmp_path / "icd10cm_order_april_2027.txt"
    file.write_text(f"00001 {'A008':<7} 1 {'Invented cholera':<60} Invented cholera\n")
    importing.import_files([str(file)], path=path, options=importing.Options(partial=True))
    found = list(changes.compare(changes.view("before", LATER, path), changes.view("now", LATER, path), ["icd10cm"]))
    assert [(c.code, c.change) for c in found] == [("A00.8", "added")]
    assert codesets.open_store(path).get("icd10cm", "A00.8", LATER) is not None
