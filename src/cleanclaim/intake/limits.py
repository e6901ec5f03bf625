"""How large a document may be, and how long one reading may take."""

from __future__ import annotations

from typing import Final

MAX_BYTES: Final = 64 * 1024 * 1024
"""As large as a document that is kept beside a visit."""
MAX_PAGES: Final = 50
MAX_PIXELS: Final = 50_000_000
"""One page of US Letter at 600 dots an inch has 33.7 million; a picture that says it has more than this is not opened."""
MAX_SIDE: Final = 20_000
WORKING_SIDE: Final = 2_400
"""The longer side of the upright page that is read and shown: 218 dots an inch on US Letter. Larger pictures are made smaller first."""
PDF_DOTS_AN_INCH: Final = 200
MAX_WORDS: Final = 20_000
"""A text layer with more words a page than this was not written by anybody."""
SECONDS_FIRST: Final = 60
SECONDS_A_PAGE: Final = 20
"""A page takes about a second on one core; a slow or busy machine gets twenty times that."""
SECONDS_OF_PROCESSOR: Final = 60
"""So much of one core may one page take; a fair one takes one to three seconds, and a slow machine a few times that."""
MEMORY_BYTES: Final = 3 * 1024 * 1024 * 1024
