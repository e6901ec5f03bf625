"""Every third-party file ends as the committed table says: imported, posted, waiting, or refused with the reason; never a traceback."""

import pytest

from practice.remittance.corpus_verdicts import TABLE, table
from shared import shared_path

pytestmark = pytest.mark.django_db


@pytest.mark.slow
def test_every_third_party_file_ends_as_the_table_says(db):
    root = shared_path("corpus/x12")
    assert table(root) == TABLE.read_text(encoding="utf-8")
