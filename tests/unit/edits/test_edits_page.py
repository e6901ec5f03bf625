"""The page that lists the edits is what the register says. To write it again: `python tests/unit/edits/test_edits_page.py`."""

from pathlib import Path

from cleanclaim.edits import RULES

PAGE = Path(__file__).parents[3] / "docs" / "reference" / "edits.md"
HEAD = """# The edits of a claim

Each claim is looked over before it goes out (`cleanclaim scrub FILE.837`, and at every build and correction). A *stop* holds the claim, a
*warn* is shown, an *info* is kept. Edits of codes are judged by the day of service, edits of the claim itself by the day of sending.
An edit that breaks holds the claim as EDIT_FAILED. NCCI pairs, unlikely units and add-ons are judged by the tables that are loaded;
`cleanclaim codesets status` says which of them are whole. Where no official table of a setting has been imported, a pair or a limit of our
own seed warns and says so; it never stops a claim. Coverage (LCD_NOT_MET) is judged once the coverage articles are imported.

| Edit | Severity | Claims | Reads codes | What it says | Authority | In force from |
| --- | --- | --- | --- | --- | --- | --- |
"""


def page():
    rows = [
        f"| {rule.name} | {rule.severity} | {' '.join(sorted(rule.kinds))} | {'yes' if rule.needs_codes else ''} | {rule.says} | {rule.source} | {rule.effective} |"
        for rule in sorted(RULES.values(), key=lambda rule: rule.name)
    ]
    return HEAD + "\n".join(rows) + "\n"


def test_the_page_lists_every_edit_as_the_register_has_it():
    assert PAGE.read_text(encoding="utf-8") == page()


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
