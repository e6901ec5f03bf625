"""Migrate, doctor, audit, backup and restore, as an operator types them."""

from cli.program import cleanclaim


def test_a_fresh_home_is_migrated_proven_backed_up_and_restored(tmp_path):
    home = tmp_path / "home"
    assert cleanclaim("migrate", "--json", home=home).json["applied"]
    proof = cleanclaim("audit", "verify", "--json", home=home)
    assert (proof.code, proof.json) == (0, {"rows": 0, "broken": [], "anchor": "none"})

    archive = tmp_path / "practice.backup"
    assert cleanclaim("backup", str(archive), "--json", home=home).json["files"] >= 1
    assert cleanclaim("restore", str(archive), home=home).code == 1  # a practice is in use there
    assert cleanclaim("restore", str(archive), "--replace", home=home).code == 0

    stranger = tmp_path / "stranger"
    refused = cleanclaim("restore", str(archive), home=stranger)
    assert refused.code == 2  # other keys: nothing could be decrypted
    assert "key" in refused.err
    assert "Traceback" not in refused.err
    kept = cleanclaim("restore", str(archive), home=stranger, env={"CLEANCLAIM_KEYS": str(home / "keys.json")})
    assert kept.code == 0, kept.err


def test_a_damaged_backup_changes_nothing(tmp_path):
    home = tmp_path / "home"
    cleanclaim("migrate", home=home)
    (tmp_path / "bad").write_bytes(b"this is no archive")
    wrong = cleanclaim("restore", str(tmp_path / "bad"), home=home)
    assert wrong.code == 2
    assert "no whole backup" in wrong.err


def test_wrong_words_and_missing_files_are_one_sentence_each(tmp_path):
    for words in (["nonsense"], ["audit", "nothing"], ["restore", str(tmp_path / "absent")]):
        wrong = cleanclaim(*words, home=tmp_path / "home")
        assert wrong.code == 2
        assert "Traceback" not in wrong.err


def test_an_unreachable_database_is_one_sentence(tmp_path):
    wrong = cleanclaim("audit", "verify", home=tmp_path, env={"DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none"})
    assert wrong.code == 1
    assert "database does not answer" in wrong.err
    assert cleanclaim("audit", "verify", home=tmp_path, env={"DATABASE_URL": "mysql://x/y"}).code == 2
