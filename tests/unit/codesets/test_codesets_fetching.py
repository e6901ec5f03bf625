"""What is fetched is asked for by name: an answer that leads to a machine inside, away from https, or never ends is not followed."""

import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from cleanclaim.codesets import fetching


class Leading(BaseHTTPRequestHandler):
    def do_GET(self):
        if self.path.startswith("/to/"):
            self.send_response(302)
            self.send_header("Location", self.path.removeprefix("/to/").replace("~", ":"))
            self.end_headers()
            return
        self.send_response(500 if self.path == "/broken" else 200)
        self.end_headers()
        self.wfile.write(b"x" * 5000)

    def log_message(self, *_):
        pass


@pytest.fixture(scope="module")
def site():
    server = HTTPServer(("127.0.0.1", 0), Leading)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()


def test_a_page_and_a_file_are_fetched_also_where_the_same_site_leads_on(site, tmp_path):
    assert fetching.fetch(f"{site}/page", 100) == b"x" * 100
    fetching.fetch_to(f"{site}/to//file", tmp_path / "x", 10_000)
    assert (tmp_path / "x").stat().st_size == 5000


@pytest.mark.parametrize(
    ("where", "words"),
    [("http~//localhost:1/x", "machine inside"), ("http~//10.0.0.5/x", "machine inside"), ("http~//169.254.169.254/x", "no public server"),
     ("file~///etc/hostname", "302"), ("ftp~//127.0.0.1/x", "only http and https")],
)  # fmt: skip
def test_an_answer_that_leads_elsewhere_is_not_followed(site, tmp_path, where, words):
    with pytest.raises(fetching.NotFetched, match=words):
        fetching.fetch_to(f"{site}/to/{where}", tmp_path / "x", 10_000)


def test_a_round_that_never_ends_a_failing_site_and_too_much_are_refused(site, tmp_path):
    with pytest.raises(fetching.NotFetched, match="500"):
        fetching.fetch(f"{site}/broken", 100)
    with pytest.raises(fetching.NotFetched, match="more than any official file"):
        fetching.fetch_to(f"{site}/page", tmp_path / "x", 1000)
    with pytest.raises(fetching.NotFetched, match="only http"):
        fetching.fetch("file:///etc/hostname", 10)


@pytest.mark.parametrize(
    ("url", "official"),
    [("https://www.cms.gov/x.zip", True), ("https://downloads.cms.gov/x.zip", True), ("https://ftp.cdc.gov/x", True), ("https://cms.gov.evil.example/x", False),
     ("https://evilcms.gov/x", False), ("http://127.0.0.1/x", False), ("http://site.example/x", True)],
)  # fmt: skip
def test_official_pages_lead_to_official_files_alone(url, official):
    assert fetching.is_official(url, "http://site.example") is official
