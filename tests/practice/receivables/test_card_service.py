"""The connection to the card service: https alone, no redirect, no endless answer, and words that name no secret."""

import pytest

from card_service_played import KEY, certificate, played_service
from cleanclaim.kernel.errors import Refused
from cleanclaim.practice.receivables.card_service import post_form

HEADERS = {"Authorization": f"Bearer {KEY}", "Idempotency-Key": "k1"}


@pytest.fixture
def service(tmp_path, monkeypatch):
    pem = certificate(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(pem))
    with played_service(pem) as made:
        yield made


def sent(service, path="/v1/checkout/sessions", **headers):
    return post_form(service.address + path, {**HEADERS, **headers}, {"mode": "payment", "name": "A & B"})


def test_a_form_is_sent_and_its_answer_read(service):
    assert sent(service) == {"url": "https://checkout.stripe.com/c/pay/cs_1"}
    assert service.asked == [("k1", {"mode": "payment", "name": "A & B"})]


def test_plain_http_is_never_spoken():
    for address in ("http://127.0.0.1:1/x", "ftp://127.0.0.1/x", "https:///x", ""):
        with pytest.raises(Refused):
            post_form(address, HEADERS, {})


def test_a_server_that_nobody_vouches_for_is_not_told_the_key(service, monkeypatch):
    monkeypatch.delenv("SSL_CERT_FILE")
    with pytest.raises(Refused, match="did not answer"):
        sent(service)
    assert service.asked == []


@pytest.mark.parametrize(
    "answer",
    [
        (302, {"Location": "https://127.0.0.1:9/"}, b""), (500, {}, b"{}"), (200, {}, b"not json"), (200, {}, b"[1]"), (200, {}, b"x" * 300_000),
        (200, {"Content-Length": "900"}, b"{"), (401, {}, b'{"error": {"message": "Invalid API Key provided: sk_test_played"}}'),
    ],
    ids=["redirect", "down", "no-json", "list", "endless", "cut-off", "key"],
)  # fmt: skip
def test_every_other_answer_is_refused_in_one_sentence(service, answer):
    service.answers.append(answer)
    with pytest.raises(Refused) as refused:
        sent(service)
    assert KEY not in str(refused.value)
    assert len(service.asked) == 1


def test_a_key_that_no_header_can_carry_is_refused(service):
    with pytest.raises(Refused):
        sent(service, Authorization="Bearer a\nb")


def test_nobody_there_is_said(service):
    with pytest.raises(Refused, match="did not answer"):
        post_form("https://127.0.0.1:9/v1", HEADERS, {})
