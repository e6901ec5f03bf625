"""Archives that no backup wrote: refused before anything is touched, in one sentence."""

import io
import json
import tarfile

import pytest

from cleanclaim.cli.archive import _unpack
from cleanclaim.kernel.errors import UnreadableInput

EMPTY = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
WHOLE = {"format": 1, "key": "k1", "proof": "00", "database": "database.sqlite3", "sha256": {"database.sqlite3": EMPTY}}


def _archive(path, manifest, *names):
    with tarfile.open(path, "w:gz") as tar:
        for name in names:
            tar.addfile(tarfile.TarInfo(name), io.BytesIO())
        content = json.dumps(manifest).encode()
        entry = tarfile.TarInfo("manifest.json")
        entry.size = len(content)
        tar.addfile(entry, io.BytesIO(content))
    return path


@pytest.mark.parametrize("manifest", [
    [], "text", {}, WHOLE | {"proof": "zz"}, WHOLE | {"proof": 7}, WHOLE | {"sha256": []}, WHOLE | {"sha256": {}},
    WHOLE | {"database": "../database.sqlite3"}, WHOLE | {"sha256": {"database.sqlite3": EMPTY, "/etc/hostname": EMPTY}},
])  # fmt: skip
def test_a_manifest_of_another_program_is_refused(tmp_path, manifest):
    folder = tmp_path / "folder"
    folder.mkdir()
    with pytest.raises(UnreadableInput):
        _unpack(_archive(tmp_path / "a.backup", manifest, "database.sqlite3"), folder)


def test_files_of_which_the_manifest_says_nothing_are_refused(tmp_path):
    for number, names in enumerate((("database.sqlite3", "blobs/stowaway"), ("database.sqlite3", "../outside"), ())):
        folder = tmp_path / str(number)
        folder.mkdir()
        with pytest.raises(UnreadableInput):
            _unpack(_archive(tmp_path / f"{number}.backup", WHOLE, *names), folder)
    assert not (tmp_path / "outside").exists()
    folder = tmp_path / "whole"
    folder.mkdir()
    assert _unpack(_archive(tmp_path / "whole.backup", WHOLE, "database.sqlite3"), folder) == WHOLE
