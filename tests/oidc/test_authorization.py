"""The authorization endpoint: RFC 6749 §4.1, OpenID Connect Core §3.1.2."""

from __future__ import annotations

import json

import pytest

from oidc.authorization.prompts import Prompt
from oidc.errors import ExpiredInteraction, PageError, UnknownClient, UnsafeRequest
from oidc.http import Request, Response
from oidc.models import Interaction
from tests.oidc.world import BROWSER, ISSUER, REDIRECT_URI, World, location, post


def error_of(answer: object) -> str:
    assert isinstance(answer, Response), answer
    sent = location(answer)
    assert sent["iss"] == ISSUER
    assert "code" not in sent
    return sent["error"]


def test_a_silent_sign_on_answers_with_code_state_and_issuer_and_writes_one_grant(world: World) -> None:
    world.agree()
    answer = world.authorize(world.end_user())
    assert isinstance(answer, Response)
    sent = location(answer)
    assert sent["state"] == "state-1" and sent["iss"] == ISSUER and len(sent["code"]) == 43
    assert dict(answer.headers)["Location"].startswith(f"{REDIRECT_URI}?")
    assert len(world.grants.rows) == 1 and not world.interactions.rows


def test_the_code_is_stored_hashed(world: World) -> None:
    code = world.new_code()
    assert code not in repr(world.grants.rows)


@pytest.mark.parametrize(
    "uri",
    [
        "https://rp.example.evil.com/cb",
        "https://rp.example@evil.com/cb",
        "https://rp.example/cb/../evil",
        "https://rp.example/cb%2f..%2fevil",
        "HTTPS://RP.EXAMPLE/CB",
        "https://rp.example/cb?x=1",
        "https://rp.example/cb#f",
        "https://rpXexample/cb",
        "https://rp.example/cb/",
    ],
)
def test_an_unregistered_redirect_uri_is_never_redirected_to(world: World, uri: str) -> None:
    assert isinstance(world.authorize(redirect_uri=uri), UnsafeRequest)


@pytest.mark.parametrize("name", ["client_id", "redirect_uri"])
def test_without_client_or_redirect_uri_there_is_nowhere_to_go(world: World, name: str) -> None:
    assert isinstance(world.authorize(**{name: None}), PageError)


def test_an_unknown_or_disabled_client_gets_a_page(world: World) -> None:
    assert isinstance(world.authorize(client_id="nobody"), UnknownClient)
    world.clients.rows.clear()
    assert isinstance(world.authorize(), UnknownClient)


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"response_type": None}, "invalid_request"),
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"response_type": "code id_token"}, "unsupported_response_type"),
        ({"response_mode": "fragment"}, "invalid_request"),
        ({"request": "eyJhbGciOiJub25lIn0.e30."}, "invalid_request_object"),
        ({"request_uri": "http://169.254.169.254/"}, "request_uri_not_supported"),
        ({"registration": "{}"}, "registration_not_supported"),
        ({"scope": None}, "invalid_scope"),
        ({"scope": "profile"}, "invalid_scope"),
        ({"scope": "openid " + "x " * 10_000}, "invalid_scope"),
        ({"scope": "openid \x07"}, "invalid_scope"),
        ({"state": "s" * 4097}, "invalid_request"),
        ({"nonce": "n" * 1025}, "invalid_request"),
        ({"code_challenge": None, "code_challenge_method": None}, "invalid_request"),
        ({"code_challenge_method": "plain"}, "invalid_request"),
        ({"code_challenge_method": None}, "invalid_request"),
        ({"code_challenge": "a" * 42}, "invalid_request"),
        ({"code_challenge": "a" * 129}, "invalid_request"),
        ({"code_challenge": "a" * 42 + "="}, "invalid_request"),
        ({"prompt": "bogus"}, "invalid_request"),
        ({"prompt": "none login"}, "invalid_request"),
        ({"max_age": "-1"}, "invalid_request"),
        ({"max_age": "abc"}, "invalid_request"),
        ({"max_age": "٣"}, "invalid_request"),
        ({"claims": "{"}, "invalid_request"),
        ({"claims": '{"userinfo":{"name":null},"userinfo":{}}'}, "invalid_request"),
        ({"claims": '{"userinfo":{"name":{"essential":NaN}}}'}, "invalid_request"),
        ({"claims": "[" * 10_000}, "invalid_request"),
        ({"claims": '{"userinfo":5}'}, "invalid_request"),
        ({"claims": '{"userinfo":{"name":5}}'}, "invalid_request"),
        ({"claims": '{"id_token":{"acr":{"essential":true,"values":"x"}}}'}, "invalid_request"),
        (
            {"claims": '{"id_token":{"acr":{"essential":true,"value":"urn:other"}}}'},
            "unmet_authentication_requirements",
        ),
        ({"id_token_hint": "not.a.token"}, "invalid_request"),
    ],
)
def test_a_bad_parameter_is_told_to_the_client(world: World, changes: dict[str, str], error: str) -> None:
    assert error_of(world.authorize(world.end_user(), **changes)) == error
    assert not world.grants.rows and not world.interactions.rows


@pytest.mark.parametrize("name", ["scope", "state", "code_challenge", "nonce", "response_type"])
def test_a_repeated_parameter_is_refused(world: World, name: str) -> None:
    answer = world.ask(world.query(nonce="n") + f"&{name}=openid")
    assert error_of(answer) == "invalid_request"


def test_each_refusal_leaves_one_audit_row(world: World) -> None:
    world.authorize(response_type="token")
    world.authorize(client_id="nobody")
    assert [row["reason"] for row in world.events.rows] == ["unsupported_response_type", "invalid_client"]


@pytest.mark.parametrize(
    "changes",
    [
        {"login_hint": "<script>"},
        {"login_hint": "019090000123"},
        {"ui_locales": "se fr xx"},
        {"claims_locales": "se"},
        {"display": "popup"},
        {"extra": "foobar"},
        {"scope": "email openid unknown"},
        {"acr_values": "LoA9 LoA1"},
        {"claims": '{"userinfo":{"unheard_of":null}}'},
    ],
)
def test_hints_and_unknown_values_are_never_an_error(world: World, changes: dict[str, str]) -> None:
    assert isinstance(world.authorize(**changes), Prompt)


def test_post_is_as_good_as_get(world: World) -> None:
    world.agree()
    answer = world.provider.authorization.authorize(
        post(world.query()), lambda _: world.end_user(), BROWSER, world.now
    )
    assert isinstance(answer, Response) and location(answer)["code"]
    wrong = Request("POST", body=b"{}", content_type="application/json")
    assert isinstance(
        world.provider.authorization.authorize(wrong, lambda _: None, BROWSER, world.now), UnsafeRequest
    )


def test_a_state_comes_back_as_it_went(world: World) -> None:
    for state in ("s" * 128, 'a b&c=d"<', "Thái Nguyên"):
        answer = world.authorize(prompt="none", state=state)
        assert isinstance(answer, Response) and location(answer)["state"] == state


def test_a_public_client_and_by_default_every_client_needs_pkce(world: World) -> None:
    open_client, _ = world.add_client(require_pkce=False)
    without = {"code_challenge": None, "code_challenge_method": None}
    assert isinstance(world.ask(world.query(open_client, **without)), Prompt)
    public, _ = world.add_client(token_endpoint_auth_method="none", require_pkce=False)
    assert error_of(world.ask(world.query(public, **without))) == "invalid_request"


def test_a_client_asks_only_for_its_scopes(world: World) -> None:
    client, _ = world.add_client(scope="openid profile")
    assert error_of(world.ask(world.query(client, scope="openid email"))) == "invalid_scope"


# Prompts


def test_prompt_none_answers_with_what_is_missing(world: World) -> None:
    silent = {"prompt": "none"}
    assert error_of(world.authorize(**silent)) == "login_required"
    assert error_of(world.authorize(world.end_user(), **silent)) == "consent_required"
    world.agree()
    assert error_of(world.authorize(world.end_user(), max_age="10", **silent)) == "login_required"
    assert isinstance(world.authorize(world.end_user(), **silent), Response)
    demanding, _ = world.add_client(least_acr="LoA2", least_identity_level=1)
    world.agree()
    weak = world.end_user(acr="LoA1")
    assert error_of(world.ask(world.query(demanding, **silent), weak)) == "interaction_required"
    assert error_of(world.ask(world.query(demanding, **silent), world.end_user())) == "interaction_required"


def test_screens_come_in_order_and_none_can_be_skipped(world: World) -> None:
    client, _ = world.add_client(least_acr="LoA2", least_identity_level=1)
    prompt = world.ask(world.query(client, scope="openid profile", prompt="select_account"))
    assert isinstance(prompt, Prompt) and prompt.name == "login"
    seen = []
    for end_user in (
        None,
        world.end_user(acr="LoA1"),
        world.end_user(),
    ):
        again = world.resume(prompt, end_user)
        assert isinstance(again, Prompt)
        seen.append(again.name)
    world.provider.interactions.mark_selected(prompt.interaction.uid, "sid-1")
    for level in (0, 1):
        again = world.resume(prompt, world.end_user(identity_level=level))
        assert isinstance(again, Prompt)
        seen.append(again.name)
    assert seen == ["login", "second_factor", "select_account", "identity_level", "consent"]
    world.agree()
    answer = world.resume(prompt, world.end_user(identity_level=1))
    assert isinstance(answer, Response) and location(answer)["code"]


def test_prompt_login_is_met_only_by_a_sign_in_within_the_interaction(world: World) -> None:
    world.agree()
    prompt = world.authorize(world.end_user(), prompt="login")
    assert isinstance(prompt, Prompt) and prompt.name == "login"
    fresh = world.end_user(auth_time=world.now, sid="sid-2")
    assert isinstance(world.resume(prompt, fresh), Prompt)
    world.provider.interactions.mark_authenticated(prompt.interaction.uid, "sid-2", world.now)
    assert isinstance(world.resume(prompt, world.end_user()), Prompt), "another session does not count"
    assert isinstance(world.resume(prompt, fresh), Response)


@pytest.mark.parametrize(
    ("max_age", "asks"), [("0", True), ("1", True), ("99", True), ("100", False), ("10000", False)]
)
def test_max_age_asks_for_a_new_sign_in_once(world: World, max_age: str, asks: bool) -> None:
    world.agree()
    answer = world.authorize(world.end_user(), max_age=max_age)
    assert isinstance(answer, Prompt) == asks
    if isinstance(answer, Prompt):
        world.provider.interactions.mark_authenticated(answer.interaction.uid, "sid-1", world.now)
        assert isinstance(world.resume(answer, world.end_user(auth_time=world.now)), Response)


def test_consent_is_remembered_and_asked_for_more(world: World) -> None:
    world.agree("openid profile")
    assert isinstance(world.authorize(world.end_user(), scope="openid profile"), Response)
    for changes in (
        {"scope": "openid email"},
        {"claims": json.dumps({"userinfo": {"email": None}})},
        {"prompt": "consent"},
    ):
        answer = world.authorize(world.end_user(), **changes)
        assert isinstance(answer, Prompt) and answer.name == "consent"
    covered = world.authorize(
        world.end_user(), claims=json.dumps({"userinfo": {"name": None}}), scope="openid"
    )
    assert isinstance(covered, Response), "a claim of a scope that was agreed to"


def test_prompt_consent_is_met_by_the_person_who_was_asked(world: World) -> None:
    world.agree()
    prompt = world.authorize(world.end_user(), prompt="consent")
    assert isinstance(prompt, Prompt)
    world.provider.interactions.mark_consented(prompt.interaction.uid, "somebody else")
    assert isinstance(world.resume(prompt, world.end_user()), Prompt)
    world.provider.interactions.mark_consented(prompt.interaction.uid, "an")
    assert isinstance(world.resume(prompt, world.end_user()), Response)


def test_a_refusal_by_the_person_is_access_denied(world: World) -> None:
    prompt = world.authorize(world.end_user())
    assert isinstance(prompt, Prompt)
    world.provider.interactions.deny(prompt.interaction.uid, world.now)
    answer = world.resume(prompt, world.end_user())
    assert error_of(answer) == "access_denied"
    assert isinstance(world.resume(prompt, world.end_user()), ExpiredInteraction)


def test_the_hint_of_another_person_asks_for_that_person(world: World) -> None:
    hint = world.sign_in()["id_token"]
    assert isinstance(world.authorize(world.end_user(), id_token_hint=hint), Response)
    world.subjects.people["binh"] = {}
    other = world.end_user(account_id="binh")
    assert error_of(world.authorize(other, id_token_hint=hint, prompt="none")) == "login_required"
    prompt = world.authorize(other, id_token_hint=hint)
    assert isinstance(prompt, Prompt) and prompt.name == "login"
    world.provider.interactions.mark_authenticated(prompt.interaction.uid, other.sid, world.now)
    assert error_of(world.resume(prompt, other)) == "login_required"


def test_a_hint_that_has_expired_still_names_its_person(world: World) -> None:
    hint = world.sign_in()["id_token"]
    world.now += 3600
    assert isinstance(world.authorize(world.end_user(), id_token_hint=hint), Response)


def test_a_hint_of_another_client_is_refused(world: World) -> None:
    hint = world.sign_in()["id_token"]
    client, _ = world.add_client()
    assert error_of(world.ask(world.query(client, id_token_hint=hint), world.end_user())) == "invalid_request"


# Interactions


def test_an_interaction_belongs_to_the_browser_that_began_it(world: World) -> None:
    prompt = world.authorize()
    assert isinstance(prompt, Prompt)
    endpoint = world.provider.authorization
    stolen = endpoint.resume(prompt.interaction.uid, world.end_user(), "another browser", world.now)
    assert isinstance(stolen, ExpiredInteraction)
    assert BROWSER not in repr(world.interactions.rows)


def test_an_interaction_lasts_ten_minutes_and_is_completed_once(world: World) -> None:
    prompt = world.authorize()
    assert isinstance(prompt, Prompt)
    world.agree()
    world.now += 599
    assert isinstance(world.resume(prompt, world.end_user()), Response)
    assert isinstance(world.resume(prompt, world.end_user()), ExpiredInteraction)
    late = world.authorize()
    assert isinstance(late, Prompt)
    world.now += 600
    assert isinstance(world.resume(late, world.end_user()), ExpiredInteraction)
    assert isinstance(
        world.provider.authorization.resume("unknown", lambda _: None, BROWSER, world.now), PageError
    )


def test_what_was_asked_for_is_kept_by_us_and_not_by_the_browser(world: World) -> None:
    world.agree()
    prompt = world.authorize(world.end_user(), max_age="1", nonce="n-1")
    assert isinstance(prompt, Prompt)
    stored = world.interactions.rows[prompt.interaction.uid]
    assert isinstance(stored, Interaction) and stored.request is not None
    assert stored.request.max_age == 1 and stored.request.nonce == "n-1"
    assert isinstance(world.resume(prompt, world.end_user()), Prompt), "max_age still holds"


def test_a_disabled_client_ends_what_waits_for_it(world: World) -> None:
    prompt = world.authorize()
    assert isinstance(prompt, Prompt)
    world.clients.rows.clear()
    assert isinstance(world.resume(prompt, world.end_user()), UnknownClient)


def test_our_own_pages_come_back_to_their_path(world: World) -> None:
    interactions = world.provider.interactions
    local = interactions.begin_local(BROWSER, "/account", world.now, max_age=300, least_acr="LoA2")
    prompt = Prompt("login", local)
    stale = world.end_user(auth_time=world.now - 301)
    names = [world.resume(prompt, user) for user in (None, stale, world.end_user(acr="LoA1"))]
    assert [p.name for p in names if isinstance(p, Prompt)] == ["login", "login", "second_factor"]
    answer = world.resume(prompt, world.end_user())
    assert isinstance(answer, Response) and dict(answer.headers)["Location"] == "/account"


@pytest.mark.parametrize("path", ["//evil.example", "https://evil.example", "/\\evil.example", "evil", ""])
def test_our_own_pages_never_lead_away(world: World, path: str) -> None:
    with pytest.raises(ValueError, match="path of ours"):
        world.provider.interactions.begin_local(BROWSER, path, world.now)


def test_acr_values_that_are_all_stronger_ask_for_a_second_factor(world: World) -> None:
    world.agree()
    weak = world.end_user(acr="LoA1", amr=("pwd",))
    for wish, is_met in (
        ("LoA2", False),
        ("urn:x LoA2", False),
        ("LoA2 LoA1", True),
        ("urn:x", True),
        ("", True),
    ):
        answer = world.authorize(weak, acr_values=wish)
        assert isinstance(answer, Response) == is_met, wish
    prompt = world.authorize(weak, acr_values="LoA2")
    assert isinstance(prompt, Prompt) and prompt.name == "second_factor"


# Response modes


def test_form_post_posts_and_leaves_nothing_in_the_address(world: World) -> None:
    world.agree()
    state = '"><script>alert(1)</script>'
    answer = world.authorize(world.end_user(), response_mode="form_post", state=state)
    assert isinstance(answer, Response) and answer.status == 200
    headers, page = dict(answer.headers), answer.body.decode()
    assert "Location" not in headers and headers["Cache-Control"] == "no-store"
    assert 'name="code"' in page and f'action="{REDIRECT_URI}"' in page and f'value="{ISSUER}"' in page
    assert state not in page and "&lt;script&gt;" in page
    assert "form-action https:;" in headers["Content-Security-Policy"]
    assert "unsafe-inline" not in headers["Content-Security-Policy"]


def test_form_post_carries_errors_too(world: World) -> None:
    answer = world.authorize(prompt="none", response_mode="form_post")
    assert isinstance(answer, Response) and answer.status == 200
    assert 'name="error" value="login_required"' in answer.body.decode()


def test_a_client_s_default_acr_values_are_its_wish_where_it_names_none(world: World) -> None:
    """OpenID Connect Registration §2"""
    client, _secret = world.add_client(default_acr_values=["LoA2"])
    world.agree()
    weak = world.end_user(acr="LoA1", amr=("pwd",))
    prompt = world.ask(world.query(client), weak)
    assert isinstance(prompt, Prompt) and prompt.name == "second_factor"
    assert isinstance(world.ask(world.query(client, acr_values="LoA1"), weak), Response)
