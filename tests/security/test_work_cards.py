"""Forged employment cards, each held up to the server and to the page that checks in the browser."""

from __future__ import annotations

import base64
import hmac
import json
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import Page, Route

from oidc.credentials import status_list
from tests.flows.chromium import running_chromium
from tests.flows.work_card import DAY, Work, check, forger, running_work, visit
from tests.person import Browser
from tnid import clock
from tnid.employment.card_status import BLOCK

# Told as no card of ours: nothing that it says is shown
REFUSED = {"unreadable", "altered", "unknown_key"}


@pytest.fixture(scope="module")
def work(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Work]:
    with running_work(tmp_path_factory.mktemp("forged-cards")) as running:
        yield running


@pytest.fixture(scope="module")
def chromium() -> Iterator[Chromium]:
    with running_chromium() as running:
        yield running


@pytest.fixture(scope="module")
def phone(chromium: Chromium, work: Work) -> Iterator[Page]:
    """A phone that has our keys and the list."""
    context = chromium.new_context(viewport={"width": 360, "height": 740})
    context.set_default_timeout(15_000)
    yield visit(context, work)
    context.close()


def encode(value: object) -> str:
    content = value if isinstance(value, bytes) else json.dumps(value).encode()
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


def decode(segment: str) -> Any:
    return json.loads(base64.urlsafe_b64decode(segment + "=="))


def with_header(text: str, signature: bytes | None = None, **changes: Any) -> str:
    """Return the card with another header, and its own signature or this one."""
    signed, rest = text.split("~", 1)
    header, payload, its_own = signed.split(".")
    end = its_own if signature is None else encode(signature)
    return f"{encode(decode(header) | changes)}.{payload}.{end}~{rest}"


def by_public_key(work: Work) -> str:
    """Return a card whose MAC is made with our public key, for whoever lets the header choose."""
    keys = httpx.get(f"{work.provider.issuer}/.well-known/jwt-vc-issuer").json()["jwks"]["keys"]
    unsigned = with_header(work.live, b"", alg="HS256").split("~")[0].rpartition(".")[0]
    mac = hmac.digest(json.dumps(keys[0]).encode(), unsigned.encode(), "sha256")
    return with_header(work.live, mac, alg="HS256")


def by_another_key(work: Work) -> str:
    """Return a card that somebody signed themselves, under our key's name and with theirs beside it."""
    own = forger()
    kid = decode(work.live.split(".")[0])["kid"]
    keys = json.loads(own.jwks(clock.now()))["keys"]
    return with_header(work.sign(own), kid=kid, jwk=keys[0])


def under_our_kid(work: Work) -> str:
    return with_header(work.sign(forger()), kid=decode(work.live.split(".")[0])["kid"])


def with_disclosure(text: str, *content: Any) -> str:
    return f"{text}{encode(list(content))}~"


def other_token(work: Work, typ: str) -> str:
    """Return what we signed for something else, in a card's clothes."""
    now, addresses = clock.now(), work.services.employment_cards.addresses
    claims = {"iss": addresses.issuer, "vct": addresses.vct, "iat": now, "exp": now + 60}
    return work.services.keyring.sign(claims, alg="ES256", typ=typ, now=now) + "~"


SALT = "A" * 22
FORGERIES: dict[str, Callable[[Work], str]] = {
    "no_algorithm": lambda work: with_header(work.live, b"", alg="none"),
    "our_public_key_as_a_secret": by_public_key,
    "a_key_in_the_header": by_another_key,
    "another_key_under_our_name": under_our_kid,
    "a_field_of_another_card": lambda work: work.live + work.ended.split("~")[1] + "~",
    "a_field_that_nobody_signed": lambda work: with_disclosure(work.live, SALT, "job_title", "CEO"),
    "a_field_twice": lambda work: work.live + work.live.split("~")[1] + "~",
    "another_issuer": lambda work: with_disclosure(work.live, SALT, "iss", "https://evil.example"),
    "a_later_end": lambda work: with_disclosure(work.live, SALT, "exp", 4_000_000_000),
    "digests_in_a_value": lambda work: with_disclosure(work.live, SALT, "name", {"_sd": ["x"]}),
    "a_status_list_for_a_card": lambda work: other_token(work, "statuslist+jwt"),
    "an_id_token_for_a_card": lambda work: other_token(work, "JWT"),
    "a_card_of_another_kind": lambda work: work.sign(vct="https://evil.example/vct"),
    "a_card_of_another_issuer": lambda work: work.sign(iss="https://evil.example"),
    "a_megabyte": lambda work: work.live + "A" * 30_000 + "~",
    "many_fields": lambda work: work.live + work.live.split("~")[1] * 2 + "~" * 200,
    "a_key_binding": lambda work: work.live + "e30.e30.AAAA",
}  # fmt: skip


@pytest.mark.parametrize("case", FORGERIES)
def test_a_forged_card_is_none_to_the_server_and_to_the_browser(case: str, work: Work, phone: Page) -> None:
    forged = FORGERIES[case](work)
    assert check(phone, work, forged) in REFUSED
    assert phone.locator("#card_result [data-name]").count() == 0
    with Browser() as browser:
        browser.open(f"{work.provider.issuer}/work/card")
        page = browser.submit("check_submit", {"card_text": forged})
    assert page.get("card_verdict").get("data-verdict") in REFUSED
    assert "Nguyễn Văn An" not in page.words()


@pytest.mark.parametrize("index", [BLOCK, -1, 0.5, "5", None, 2**60])
def test_ec_013_a_place_that_the_list_does_not_hold_is_no_valid_card(
    work: Work, phone: Page, index: object
) -> None:
    uri = work.services.employment_cards.addresses.status
    text = work.sign(status={"status_list": {"idx": index, "uri": uri}})
    assert check(phone, work, text) == "no_status"
    with Browser() as browser:
        browser.open(f"{work.provider.issuer}/work/card")
        page = browser.submit("check_submit", {"card_text": text})
    assert page.get("card_verdict").get("data-verdict") == "no_status"


@pytest.mark.parametrize(
    "status", [None, {}, {"status_list": None}, {"status_list": {"idx": 1, "uri": "https://x.example"}}]
)
def test_ec_014_the_list_of_another_says_nothing_of_our_cards(
    work: Work, phone: Page, status: object
) -> None:
    text = work.sign(status=status)
    assert check(phone, work, text) == "no_status"
    with Browser() as browser:
        browser.open(f"{work.provider.issuer}/work/card")
        page = browser.submit("check_submit", {"card_text": text})
    assert page.get("card_verdict").get("data-verdict") == "no_status"


def test_ec_015_keys_and_lists_of_another_never_replace_ours(work: Work, phone: Page) -> None:
    own, now = forger(), clock.now()
    keys = {"issuer": "https://evil.example", "jwks": json.loads(own.jwks(now))}
    uri = work.services.employment_cards.addresses.status
    empty = status_list.pack((), BLOCK)
    forged_list = status_list.issue(own, uri, empty, ttl=60, lifetime=DAY, now=now)

    def answer_keys(route: Route) -> None:
        route.fulfill(json=keys)

    def answer_list(route: Route) -> None:
        route.fulfill(body=forged_list)

    phone.route("**/jwt-vc-issuer", answer_keys)
    phone.route("**/work/card/status", answer_list)
    phone.clock.set_fixed_time(now + 120)
    assert check(phone, work, work.sign(own)) == "unknown_key"
    assert check(phone, work, work.live) == "valid"
    phone.unroute("**/jwt-vc-issuer")
    assert check(phone, work, work.ended) == "revoked", "the forged list says that it counts"


def test_ec_006_a_clock_set_back_revives_nothing(work: Work, phone: Page) -> None:
    now = clock.now()
    phone.clock.set_fixed_time(now - 30 * DAY)
    assert check(phone, work, work.sign(iat=now - 60 * DAY, exp=now - 20 * DAY)) == "clock"
    phone.clock.set_fixed_time(now)
