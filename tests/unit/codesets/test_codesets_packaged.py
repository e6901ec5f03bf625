import hashlib

from cleanclaim.codesets import packaged

LARGEST, ALTOGETHER = 2_000_000, 12_000_000


def files():
    from importlib import resources

    return [f for f in (resources.files("cleanclaim.codesets") / "tables").iterdir() if f.name.endswith((".csv", ".xz"))]


def test_every_vendored_table_is_the_one_that_its_provenance_names():
    known = packaged.provenance()
    vendored = {file.name.removesuffix(".csv.xz"): file for file in files() if file.name.endswith(".xz")}
    assert vendored.keys() == known.keys()
    for name, file in vendored.items():
        assert hashlib.sha256(file.read_bytes()).hexdigest() == known[name].sha256
        assert sum(1 for _ in packaged.rows(name)) == known[name].rows
        assert all("==" in pin and len(pin.partition("#sha256:")[2]) == 64 for pin in known[name].packages.split())
        assert known[name].release
        assert known[name].licence


def test_the_tables_stay_small():
    sizes = [len(file.read_bytes()) for file in files()]
    assert max(sizes) < LARGEST
    assert sum(sizes) < ALTOGETHER


def test_our_own_tables_have_no_code_twice_and_no_empty_label():
    services = list(packaged.own_rows("cpt_services"))
    assert len({row["code"] for row in services}) == len(services) > 250
    assert all(row["label"] and row["triggers"] for row in services)
    claims = [(row["system"], row["code"]) for row in packaged.own_rows("claim_codes")]
    assert len(set(claims)) == len(claims)
    assert sum(system == "carc" for system, _ in claims) >= 100
