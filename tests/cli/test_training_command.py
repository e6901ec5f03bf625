"""The training practice is started, learners are enrolled and graded at the command line; live practices stay closed to them."""

from cli.program import cleanclaim

STRONG = "maple syrup 2611 barrels\n"


def test_training_is_started_and_a_learner_is_enrolled(tmp_path):
    home = tmp_path / "home"
    early = cleanclaim("training", "grades", home=home)
    assert (early.code, early.out) == (1, "")
    assert "training start" in early.err
    started = cleanclaim("training", "start", "--instructor", "iris", "--json", home=home, stdin=STRONG).json
    assert started["instructors"] == ["iris"]
    assert started["courses"][0]["exercises"]
    assert cleanclaim("training", "start", "--json", home=home).json == started
    added = cleanclaim("training", "learners", "--add", "lena", "--due", "2026-12-31", "--json", home=home, stdin=STRONG)
    assert [(row["username"], row["done"]) for row in added.json] == [("lena", 0)], added.err
    grades = cleanclaim("training", "grades", "--json", home=home).json
    assert {row["learner"] for row in grades} == {"lena"}
    assert cleanclaim("training", "grades", "--csv", home=home).out.startswith("learner,username,course,exercise")
    assert cleanclaim("training", "password", "lena", home=home, stdin="short\n").code == 2
    assert cleanclaim("training", "password", "lena", home=home, stdin=STRONG).code == 0
    before = added.json[0]["sandbox"]
    assert cleanclaim("training", "reset", "lena", "--json", home=home).json["sandbox"] != before


def test_a_live_practice_takes_no_learner(tmp_path):
    home = tmp_path / "home"
    refused = cleanclaim("members", "add", "lena", "--role", "learner", home=home, stdin=STRONG)
    assert (refused.code, refused.out) == (1, "")
    assert "training practice alone" in refused.err
    cleanclaim("training", "start", home=home)
    assert cleanclaim("training", "learners", "--add", "lena", "--due", "soon", home=home, stdin=STRONG).code == 2
    assert cleanclaim("training", "learners", "--add", "lena", home=home, stdin=STRONG).code == 0
    coder = cleanclaim("members", "add", "lena", "--role", "coder", home=home)
    assert coder.code == 1
    assert "belongs to a learner" in coder.err
