"""In a real browser: sign in, code a visit, send its claim, post the answer, print the statement."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

pytestmark = [pytest.mark.e2e, pytest.mark.slow]
ROOT = Path(__file__).resolve().parents[2]
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")


@pytest.fixture(scope="module")
def practice(tmp_path_factory):
    """The sample practice, served by a process of its own."""
    home = tmp_path_factory.mktemp("e2e")
    environment = {
        key: value for key, value in os.environ.items() if key not in {"DATABASE_URL", "CLEANCLAIM_KEYS", "DJANGO_SETTINGS_MODULE"}
    }
    environment |= {"CLEANCLAIM_HOME": str(home), "PYTHONPATH": str(ROOT / "src")}
    command = [sys.executable, "-m", "cleanclaim"]
    subprocess.run([*command, "demo", "--no-serve"], env=environment, check=True, capture_output=True, timeout=400)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = subprocess.Popen([*command, "serve", "--port", str(port)], env=environment, stderr=subprocess.DEVNULL)
    base = f"http://127.0.0.1:{port}"
    try:
        for _ in range(100):
            try:
                urllib.request.urlopen(f"{base}/accounts/login/", timeout=2)
                break
            except OSError:
                time.sleep(0.2)
        yield base, home, environment
    finally:
        server.terminate()
        server.wait(timeout=20)


@pytest.fixture(scope="module")
def page(practice):
    if CHROMIUM is None:
        pytest.skip("needs Debian's chromium: apt install chromium")
    playwright = pytest.importorskip("playwright.sync_api")
    with playwright.sync_playwright() as driver:
        arguments = [
            "--no-sandbox",
            "--disable-gpu",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
        ]
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=arguments)
        sheet = browser.new_context(viewport={"width": 1400, "height": 950}).new_page()
        sheet.set_default_timeout(60_000)
        wrong: list[str] = []
        sheet.on("pageerror", lambda error: wrong.append(str(error)))
        sheet.on(
            "console", lambda said: wrong.append(said.text) if said.type == "error" and "403 (Forbidden)" not in said.text else None
        )
        yield sheet
        browser.close()
        assert wrong == []


def sign_in(page, practice, name):
    base, home, _ = practice
    page.context.clear_cookies()
    page.goto(f"{base}/")
    page.fill("#id_login", name)
    page.fill("#id_password", (home / "demo-password").read_text())
    page.click("button[type=submit]")
    page.wait_for_selector("h1:has-text('Good day')")


def test_a_wrong_password_says_so_in_plain_words(page, practice):
    page.context.clear_cookies()
    page.goto(f"{practice[0]}/accounts/login/")
    page.fill("#id_login", "cody")
    page.fill("#id_password", "not the password")
    page.click("button[type=submit]")
    assert "not correct" in page.inner_text(".alert-danger")


def test_a_coder_codes_a_visit_with_its_evidence(page, practice):
    base = practice[0]
    sign_in(page, practice, "cody")
    page.goto(f"{base}/coding/")
    page.click("table a >> nth=0")
    page.wait_for_selector("text=Suggested")
    assert page.locator("mark.ready").count() > 0
    page.click("text=Confirm all that are ready")
    page.wait_for_selector("form[action$='/drop/']")
    codes = page.inner_text("#desk")
    for system, code in (
        ("icd10cm", "J45.31"),
        ("icd10cm", "D50.0"),
        ("icd10cm", "N92.0"),
        ("cpt", "99214"),
        ("cpt", "94640"),
        ("hcpcs", "J7613"),
    ):
        if f"Remove {code}" not in page.content():
            page.select_option("select[name=system]", system)
            page.fill("input[name=code][autocomplete=off]", code)
            page.click("form[action$='/add/'] button")
            page.wait_for_selector(f"[aria-label='Remove {code}']")
    assert "J45.31" in page.inner_text("#desk")
    assert codes
    modifiers = page.locator("[aria-label='Modifiers of 99214']")
    modifiers.fill("25")
    modifiers.press("Tab")
    page.wait_for_load_state("networkidle")
    page.click("text=Finalise")
    page.wait_for_selector("text=the charges follow")
    page.goto(f"{base}/coding/?done=1")
    assert "11/19/2026" in page.inner_text("main")


def test_a_coder_sees_no_patient(page, practice):
    base = practice[0]
    assert page.goto(f"{base}/patients/").status == 403
    page.goto(f"{base}/coding/")
    assert "Nandakumar" not in page.content()


def test_a_biller_sends_the_claim_posts_the_answer_and_prints_the_statement(page, practice):
    base, home, environment = practice
    sign_in(page, practice, "ruth")
    page.goto(f"{base}/claims/?queue=ready")
    assert page.locator("tbody tr a").count() == 1
    number = page.inner_text("tbody tr a")
    page.click("text=Send what is ready")
    page.wait_for_selector("text=1 delivered")

    # The payer at the far end of the folder answers.
    sent = sorted((home / "exchange" / "outbox").glob("*.x12"))
    assert len(sent) == 1
    script = (
        "import django; django.setup()\n"
        "from datetime import UTC, datetime\nfrom pathlib import Path\n"
        "from cleanclaim.practice.sample.exchange import Exchange\n"
        f"exchange = Exchange(Path({str(home / 'exchange')!r}))\n"
        "for name, content in exchange.answer(at=datetime.now(UTC)).remittances:\n    exchange.put(name, content)\n"
    )
    subprocess.run(
        [sys.executable, "-c", script],
        env={**environment, "DJANGO_SETTINGS_MODULE": "cleanclaim.settings"},
        check=True,
        timeout=120,
    )

    page.goto(f"{base}/payments/")
    page.click("text=Collect from the connection")
    page.wait_for_selector("text=worked")
    page.click("table[data-rows] tbody tr a >> nth=0")
    assert "ties to the cent" in page.inner_text("main")
    page.goto(f"{base}/claims/{number}/")
    said = page.inner_text("main")
    assert "277CA: accepted" in said
    assert "payer answer" in said

    page.goto(f"{base}/receivables/")
    page.wait_for_selector("[data-chart] svg")
    page.click("text=Osei, Hannah")
    page.click("text=Produce a statement")
    page.wait_for_selector("text=asks for")
    answer = page.context.request.get(base + page.get_attribute("a[href$='.pdf']", "href"))
    assert answer.headers["content-type"] == "application/pdf"
    assert answer.body().startswith(b"%PDF")


def test_the_books_and_the_audit_hold_after_it_all(practice):
    _, _, environment = practice
    for words in (["ledger", "verify"], ["audit", "verify"]):
        done = subprocess.run(
            [sys.executable, "-m", "cleanclaim", *words, "--json"],
            env=environment,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
