"""Who may sign in is kept by a command: added with a role and a strong password, listed, given another password, ended."""

from cli.program import cleanclaim

STRONG = "maple syrup 2611 barrels\n"


def test_a_member_is_added_listed_and_ended(tmp_path):
    home = tmp_path / "home"
    added = cleanclaim(
        "members", "add", "lena", "--name", "Lena Horn", "--role", "coder", "--role", "biller", home=home, stdin=STRONG
    )
    assert (added.code, added.out) == (0, "lena may sign in as biller, coder.\n"), added.err
    (lena,) = cleanclaim("members", "list", "--json", home=home).json
    assert (lena["username"], lena["name"], lena["roles"], lena["is_active"]) == ("lena", "Lena Horn", ["biller", "coder"], True)
    assert cleanclaim("members", "second-factor", "lena", home=home).out == "lena had no second factor.\n"
    assert cleanclaim("members", "end", "lena", home=home).code == 0
    assert "(ended)" in cleanclaim("members", "list", home=home).out
    again = cleanclaim("members", "add", "lena", "--role", "auditor", "--json", home=home)
    assert again.json["roles"] == ["auditor"]
    assert "(ended)" not in cleanclaim("members", "list", home=home).out


def test_weak_passwords_strange_names_and_roles_are_refused_in_words(tmp_path):
    home = tmp_path / "home"
    for words, stdin, says in (
        (("add", "lena", "--role", "coder"), "short\n", "too short"),
        (("add", "lena", "--role", "coder"), "", "too short"),
        (("add", "le na", "--role", "coder"), STRONG, "A username has"),
        (("add", "lena", "--role", "surgeon"), STRONG, "Roles are"),
        (("add", "lena", "--role", "system"), STRONG, "Roles are"),
    ):
        refused = cleanclaim("members", *words, home=home, stdin=stdin)
        assert (refused.code, refused.out) == (2, ""), refused
        assert says in refused.err
    for verb in ("password", "end"):
        unknown = cleanclaim("members", verb, "nobody", home=home, stdin=STRONG)
        assert unknown.code == 1
        assert "Nobody of this practice" in unknown.err
    assert cleanclaim("members", "list", "--json", home=home).json == []
