"""Behind a proxy that speaks TLS people sign in, and failures are counted against whoever asked, not against the proxy."""

from __future__ import annotations

import http.client
import os
import re
import socket
import sqlite3
import subprocess
import sys
import time
from pathlib import Path
from urllib.parse import urlencode

import pytest

from cleanclaim.cli.serve import _front
from cleanclaim.kernel.errors import SettingsError
from cleanclaim.settings.environment import proxy_from

PROXIED = {"Host": "desks.example.org", "X-Forwarded-Proto": "https", "X-Forwarded-For": "198.51.100.7, 203.0.113.9"}


@pytest.fixture
def served(tmp_path):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = {
        **{name: value for name, value in os.environ.items() if name not in {"DATABASE_URL", "CLEANCLAIM_KEYS", "DJANGO_SETTINGS_MODULE"}},
        "PYTHONPATH": str(Path(__file__).resolve().parents[2] / "src"), "CLEANCLAIM_HOME": str(tmp_path), "CLEANCLAIM_HTTPS": "1", "CLEANCLAIM_HOSTS": "desks.example.org",
    }  # fmt: skip
    command = [sys.executable, "-m", "cleanclaim", "serve", "--port", str(port)]
    with subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL) as server:
        try:
            yield _reached(port), tmp_path / "cleanclaim.sqlite3"
        finally:
            server.terminate()


def _reached(port: int) -> http.client.HTTPConnection:
    for _ in range(600):
        line = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
        try:
            line.connect()
        except OSError:
            time.sleep(0.1)
        else:
            return line
    raise TimeoutError("The server did not open its port in a minute.")


def test_a_sign_in_behind_tls_is_read_and_counted_against_who_asked(served):
    line, database = served
    line.request("GET", "/accounts/login/", headers=PROXIED)
    page = line.getresponse()
    cookie = page.headers["Set-Cookie"]
    token = re.search(r'csrfmiddlewaretoken" value="([^"]+)', page.read().decode())
    assert token
    assert "Secure" in cookie
    entries = urlencode({"csrfmiddlewaretoken": token[1], "login": "nobody", "password": "wrong"})
    answer = {
        **PROXIED, "Cookie": cookie.split(";")[0], "Origin": "https://desks.example.org",
        "Referer": "https://desks.example.org/accounts/login/", "Content-Type": "application/x-www-form-urlencoded",
    }  # fmt: skip
    line.request("POST", "/accounts/login/", entries, answer)
    assert line.getresponse().status == 200, "the sign-in page again, not a refused request"
    with sqlite3.connect(database) as books:
        counted = books.execute("SELECT ip_address FROM axes_accessattempt").fetchall()
    assert counted == [("203.0.113.9",)], "what the proxy itself saw, not what the asker wrote before it"


def test_without_a_proxy_nobodys_word_is_taken_of_where_they_come_from():
    assert _front("", https=False) == {"url_scheme": "http"}
    assert _front("127.0.0.1", https=True)["trusted_proxy"] == "127.0.0.1"


@pytest.mark.parametrize("text", ["proxy.example.org", "*", "127.0.0.1:80", "10.0.0.0/8"])
def test_a_proxy_is_named_by_its_address(text):
    with pytest.raises(SettingsError):
        proxy_from(text)
    assert proxy_from("::1") == "::1"
