import base64
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from standardwebhooks import Webhook, WebhookVerificationError

from services.notifier.searches import Secrets
from services.notifier.signing import new_secret, signed_headers

BODY = '{"name":"Liège — espace numérique"}'.encode()


def test_a_secret_is_32_random_bytes_with_the_prefix_of_the_specification() -> None:
    secret = new_secret()
    assert secret.startswith("whsec_")
    assert len(base64.b64decode(secret.removeprefix("whsec_"), validate=True)) == 32
    assert secret != new_secret()


@given(body=st.text().map(str.encode))
def test_the_reference_library_accepts_every_body(body: bytes) -> None:
    secret = new_secret()
    Webhook(secret).verify(body, signed_headers("delivery-a", int(time.time()), body, [secret]), json_parse=False)


def test_during_a_rotation_a_receiver_with_either_secret_accepts() -> None:
    new, old = new_secret(), new_secret()
    headers = signed_headers("delivery-a", int(time.time()), BODY, [new, old])
    assert headers["webhook-signature"].count("v1,") == 2
    for secret in (new, old):
        Webhook(secret).verify(BODY, headers)


def test_the_former_secret_signs_until_the_rotation_ends() -> None:
    secrets = Secrets("whsec_new", "whsec_old", former_until_ms=1_000)
    assert secrets.at(999) == ("whsec_new", "whsec_old")
    assert secrets.at(1_000) == ("whsec_new",)


@pytest.mark.parametrize("changed", ["webhook-id", "webhook-timestamp", "body", "secret"])
def test_what_was_changed_on_the_way_is_not_accepted(changed: str) -> None:
    secret, now = new_secret(), int(time.time())
    headers = signed_headers("delivery-a", now, BODY, [secret])
    body = b'{"name":"other"}' if changed == "body" else BODY
    headers |= {"webhook-id": "delivery-b"} if changed == "webhook-id" else {}
    headers |= {"webhook-timestamp": str(now + 1)} if changed == "webhook-timestamp" else {}
    with pytest.raises(WebhookVerificationError):
        Webhook(new_secret() if changed == "secret" else secret).verify(body, headers)
