"""`cleanclaim serve`: opens the desks in a browser's reach, on this machine alone unless told otherwise."""

from __future__ import annotations

import argparse
import errno
import logging
import sys
import threading
from typing import Any

from cleanclaim.cli import program
from cleanclaim.kernel.errors import UsageError

_REST_SECONDS = 2
"""How long the reader of scanned records rests between looks."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--host", default="127.0.0.1", help="the address to listen on (default 127.0.0.1: this machine alone)")
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--threads", type=int, default=8)


def run(args: argparse.Namespace) -> int:
    """Serve until interrupted. Raises UsageError when the port is taken, or for an address and a number that cannot be."""
    if not 0 < args.port < 65_536:
        raise UsageError("A port is a number from 1 to 65535.")
    if args.threads < 1:
        raise UsageError("--threads counts threads: 1 or more.")
    program.start()
    threading.Thread(target=_warm, daemon=True).start()
    threading.Thread(target=_read_sources, daemon=True).start()
    from django.conf import settings
    from waitress import create_server

    from cleanclaim.web.wsgi import application

    front = _front(settings.PROXY, https=settings.HTTPS)
    try:
        server = create_server(application, host=args.host, port=args.port, threads=args.threads, ident="Cleanclaim", **front)
    except OSError as failed:
        if failed.errno == errno.EADDRINUSE:
            raise UsageError(f"Port {args.port} is taken. Choose another with --port.") from None
        raise UsageError(f"{args.host} port {args.port} cannot be listened on: {failed.strerror or failed}.") from None
    except ValueError:
        raise UsageError(f"{args.host} is no address of this machine.") from None
    print(f"Cleanclaim is open at http://{args.host}:{args.port}/  (Ctrl+C ends it)", file=sys.stderr, flush=True)
    try:
        server.run()
    finally:
        server.close()
    return 0


def _front(proxy: str, *, https: bool) -> dict[str, Any]:
    """Return how requests arrive: from the proxy alone is the word taken of who asks; whoever else sends such a word is not heard."""
    made: dict[str, Any] = {"url_scheme": "https" if https else "http"}
    if proxy:
        made |= {"trusted_proxy": proxy, "trusted_proxy_headers": {"x-forwarded-for", "x-forwarded-proto"}}
    return made


def _warm() -> None:
    """Open the code sets, the search index and the encoder while the first page loads, so that nobody waits for them."""
    from datetime import UTC, datetime

    from cleanclaim import codesets, encoder
    from cleanclaim.encoder import search

    today = datetime.now(UTC).date()
    encoder.warm()
    search.find("cough", codesets.open_store(), on=today, limit=1)
    encoder.warm(case_reports=True)


def _read_sources() -> None:
    """Read scanned and dictated records while the desks are open, one after the other, outside every page."""
    import time
    from datetime import UTC, datetime

    from django.db import close_old_connections

    from cleanclaim.practice.encounters.source_actions import read_waiting
    from cleanclaim.practice.foundation.actor import system_actor
    from cleanclaim.practice.foundation.models import Practice

    while True:
        close_old_connections()
        try:
            for practice in Practice.objects.order_by("id"):
                by = system_actor(practice.pk, at=datetime.now(UTC), zone=practice.time_zone, name="reader")
                read_waiting(by=by, limit=1)
        except Exception:  # whatever one record does, the records after it wait for this thread too
            logging.getLogger(__name__).exception("A scanned record could not be read; it is tried again.")
        time.sleep(_REST_SECONDS)
