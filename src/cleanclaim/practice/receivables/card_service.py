"""The one connection to the card service: a form posted over TLS with a deadline, no redirect followed, no more read than an answer needs."""

from __future__ import annotations

import http.client
import json
import ssl
import time
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import urlencode, urlsplit

from cleanclaim.kernel.errors import Refused

_SECONDS: Final = 10
"""A hosted page is made in well under a second; somebody waits at the desk."""
_MOST_BYTES: Final = 256 * 1024
_AGAIN: Final = "Nothing was charged; try again in a minute."


def post_form(address: str, headers: Mapping[str, str], form: Mapping[str, str]) -> Mapping[str, Any]:
    """Send a form and return the JSON of the answer. Raises Refused for anything but a plain 200 within the time; the words name no secret."""
    parts = urlsplit(address)
    if parts.scheme != "https" or not parts.hostname:
        raise Refused("The card service is called over https only.")
    until = time.monotonic() + _SECONDS
    line = http.client.HTTPSConnection(parts.hostname, parts.port, timeout=_SECONDS, context=ssl.create_default_context())
    try:
        sent = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json", **headers}
        line.request("POST", parts.path or "/", body=urlencode(form).encode(), headers=sent)
        answer = line.getresponse()
        body = _read(answer, until)
    except (OSError, http.client.HTTPException, ValueError):
        raise Refused(f"The card service did not answer. {_AGAIN}") from None
    finally:
        line.close()
    if answer.status != 200:
        raise Refused(_refusal(answer.status))
    try:
        said = json.loads(body)
    except ValueError:
        said = None
    if not isinstance(said, dict):
        raise Refused(f"The card service's answer cannot be read. {_AGAIN}")
    return said


def _read(answer: http.client.HTTPResponse, until: float) -> bytes:
    body = b""
    while piece := answer.read1(64 * 1024):
        body += piece
        if len(body) > _MOST_BYTES or time.monotonic() > until:
            raise http.client.HTTPException("too long")
    return body


def _refusal(status: int) -> str:
    if status in {401, 403}:
        return f"The card service does not know this practice's key ({status}): whoever runs the program looks at CLEANCLAIM_STRIPE_KEY."
    return f"The card service opened no page ({status}). {_AGAIN}"
