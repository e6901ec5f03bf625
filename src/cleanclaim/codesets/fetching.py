"""Fetches files and pages over http and https, with care about where an answer leads: a page may not send the program to machines inside."""

from __future__ import annotations

import ipaddress
import socket
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from http.client import HTTPException, HTTPMessage
from pathlib import Path
from typing import IO, Final

from cleanclaim.kernel.errors import CodeSetError

SECONDS: Final = 60
"""So long the other side may be silent."""
LONGEST: Final = 3600
"""So long a whole download may take."""
OFFICIAL: Final = ("cms.gov", "cdc.gov", "nucc.org", "hhs.gov")
"""Whose pages and files the official pages may lead to, with everything below these names."""


class NotFetched(CodeSetError):
    """The other side refuses, is not there, or leads where the program does not go. `code` is its answer, 0 for none."""

    def __init__(self, says: str, code: int = 0) -> None:
        self.code = code
        super().__init__(says)


def host_of(url: str) -> str:
    """Return the host of an address, lower case."""
    return (urllib.parse.urlsplit(url).hostname or "").lower()


def is_official(url: str, site: str) -> bool:
    """Say whether a link of an official page leads to the same site or to one of the official ones."""
    host = host_of(url)
    return host == host_of(site) or any(host == name or host.endswith(f".{name}") for name in OFFICIAL)


def check(url: str, *, asked: str = "") -> None:
    """Refuse an address that is not http or https, or that leads to a machine inside without having been asked for by name."""
    parts = urllib.parse.urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise NotFetched(f"{url[:200]}: only http and https addresses are fetched.")
    if parts.username or parts.password:
        raise NotFetched(f"{parts.hostname}: an address with a password in it is not fetched.")
    by_name = not asked or host_of(asked) == host_of(url)
    for address in _addresses(parts.hostname, parts.port or (443 if parts.scheme == "https" else 80)):
        if address.is_link_local or address.is_multicast or address.is_unspecified:
            raise NotFetched(f"{parts.hostname}: the address {address} is no public server.")
        if not by_name and not address.is_global:
            raise NotFetched(f"{host_of(asked)} leads to {parts.hostname}, a machine inside ({address}): it is not fetched.")


def _addresses(host: str, port: int) -> Iterator[ipaddress.IPv4Address | ipaddress.IPv6Address]:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        return  # urlopen says it, perhaps by way of a proxy
    for *_, where in found:
        yield ipaddress.ip_address(str(where[0]).partition("%")[0])


class _Careful(urllib.request.HTTPRedirectHandler):
    """Follows what leads to another public address alone, and never from https to http."""

    max_redirections = 5

    def __init__(self, asked: str) -> None:
        self._asked = asked

    def redirect_request(
        self, req: urllib.request.Request, fp: IO[bytes], code: int, msg: str, headers: HTTPMessage, newurl: str
    ) -> urllib.request.Request | None:
        """Look at where an answer leads before going there."""
        if req.full_url.startswith("https:") and not newurl.startswith("https:"):
            raise NotFetched(f"{host_of(req.full_url)} leads away from https: it is not fetched.")
        check(newurl, asked=self._asked)
        return super().redirect_request(req, fp, code, msg, headers, newurl)


def _open(url: str) -> IO[bytes]:
    check(url)
    opener = urllib.request.build_opener(_Careful(url))
    request = urllib.request.Request(url, headers={"User-Agent": "cleanclaim"})  # noqa: S310 - checked above
    answer: IO[bytes] = opener.open(request, timeout=SECONDS)
    return answer


def fetch(url: str, most_bytes: int) -> bytes:
    """Return a page. Raises NotFetched."""
    try:
        with _open(url) as answer:
            return answer.read(most_bytes)
    except urllib.error.HTTPError as wrong:
        raise NotFetched(f"{url} answers with {wrong.code}.", wrong.code) from None
    except (urllib.error.URLError, TimeoutError, OSError, HTTPException, ValueError) as wrong:
        raise NotFetched(f"{url} cannot be reached ({_reason(wrong)}).") from None


def fetch_to(url: str, target: Path, most_bytes: int) -> None:
    """Write a file of the net into a file here; what is larger or slower than any official file is refused. Raises NotFetched."""
    until = time.monotonic() + LONGEST
    try:
        with _open(url) as answer, target.open("wb") as out:
            taken = 0
            while chunk := answer.read(1 << 20):
                taken += len(chunk)
                if taken > most_bytes:
                    raise NotFetched("the site sends more than any official file holds.")
                if time.monotonic() > until:
                    raise NotFetched("the site takes over an hour to send it.")
                out.write(chunk)
    except urllib.error.HTTPError as wrong:
        raise NotFetched(f"cannot be fetched: the site answers with {wrong.code}.", wrong.code) from None
    except (urllib.error.URLError, TimeoutError, OSError, HTTPException, ValueError) as wrong:
        raise NotFetched(f"cannot be fetched: {_reason(wrong)}.") from None


def _reason(wrong: Exception) -> object:
    return getattr(wrong, "reason", None) or wrong or type(wrong).__name__
