"""What the server's log leaves out: the token of a payment link opens the link, the number of a claim is a patient's account number."""

from __future__ import annotations

import logging
import re
from typing import Final

_SECRET: Final = re.compile(r"(/pay/|/claims/)[^/\s]+")


class NoSecretsInAddresses(logging.Filter):
    """Shortens the addresses that Django names when it refuses a request; nothing is left out of the log."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Put the shortened message in place."""
        said = record.getMessage()
        shortened = _SECRET.sub(r"\1...", said)
        if shortened != said:
            record.msg, record.args = shortened, ()
        return True
