"""A reader that is ended in the middle of what it says."""

from __future__ import annotations

import pytest

from cleanclaim.intake import confined
from cleanclaim.kernel.errors import UnreadableInput


@pytest.mark.parametrize("answer", [b"", b'{"pages": [{"numb', b'{"pages": [], "engine": "one", "image": ""}\n{"don'])
def test_an_answer_that_breaks_off_is_a_record_that_cannot_be_read(answer):
    with pytest.raises(UnreadableInput, match="could not be read"):
        confined._document(answer)
