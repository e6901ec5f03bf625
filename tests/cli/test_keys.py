"""Keys for other programs are made, listed and ended by a command; the secret is printed once."""

from __future__ import annotations

from cli.program import cleanclaim


def test_a_key_is_made_listed_and_ended(tmp_path):
    home = tmp_path / "home"
    made = cleanclaim("keys", "add", "Kiosk", "--role", "front_desk", "--until", "2199-12-31", "--json", home=home).json
    assert made["secret"].startswith(made["key"] + ".")
    listed = cleanclaim("keys", "list", "--json", home=home)
    assert made["secret"].partition(".")[2] not in listed.out
    (card,) = listed.json
    assert (card["name"], card["roles"], card["last_day"], card["ended_at"]) == ("Kiosk", ["front_desk"], "2199-12-31", None)
    assert "never used" in cleanclaim("keys", "list", home=home).out
    assert cleanclaim("keys", "end", made["key"], home=home).out == "Kiosk may no longer use the API.\n"
    assert "ended" in cleanclaim("keys", "list", home=home).out
    again = cleanclaim("keys", "add", "Kiosk", "--role", "biller", home=home)
    assert again.out.startswith("key_")
    assert again.out.count("\n") == 1
    assert "shown once" in again.err


def test_keys_that_cannot_be_are_refused_in_words(tmp_path):
    home = tmp_path / "home"
    for words, says in (
        (("Kiosk", "--role", "learner"), "among"),
        (("Kiosk", "--role", "provider"), "signature"),
        (("Kiosk", "--role", "biller", "--until", "soon"), "--until"),
        (("Kiosk", "--role", "biller", "--until", "2001-01-01"), "past"),
        ((" ", "--role", "biller"), "name"),
    ):
        refused = cleanclaim("keys", "add", *words, home=home)
        assert (refused.code, refused.out) == (2, ""), refused
        assert says in refused.err
    assert cleanclaim("keys", "end", "key_nobody", home=home).code == 1
    assert cleanclaim("keys", "add", "Kiosk", "--role", "biller", "--member", "nobody", home=home).code == 1
