"""Claims about somebody's work: looked up when they are told, and given to whom the worker lets know."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from oidc.agreed import Agreed
from oidc.attested import NOTHING, OF_WORK, QUESTIONS, SCOPES, SELF_DECLARED, Vouched, is_of_work
from oidc.authorization.prompts import Prompt
from oidc.claims import SCOPE_CLAIMS, names_of_scopes
from oidc.clients.registration import new_client
from oidc.consent import CLAIM_GROUPS
from oidc.errors import InvalidClientMetadata
from oidc.http import Response
from tests.oidc.world import NOW, World, claims_of, document, location

SCOPE = f"openid {' '.join(SCOPES)}"
EMPLOYER = {"name": "May Chè Xanh", "tax_code": "4600305723"}
TOLD = {"is_worker": True, "job_title": "Công nhân may", "employer": EMPLOYER}
RECORD = {
    "verification": {
        "trust_framework": "example_framework",
        "evidence": [{"type": "electronic_record", "record": {"type": "employment"}}],
    },
    "claims": TOLD,
}
WORK = Vouched(TOLD, {"income_at_least=8000000": True}, RECORD)


class Looks:
    """Counts what is looked up of people's work."""

    def __init__(self, world: World) -> None:
        self.names: list[frozenset[str]] = []
        look = world.subjects.vouched

        def counted(account_id: str, client_id: str, names: frozenset[str], now: int) -> Vouched:
            self.names.append(names)
            return look(account_id, client_id, names, now)

        world.subjects.vouched = counted  # type: ignore[method-assign]


@pytest.fixture
def world() -> World:
    made = World()
    made.client, made.secret = made.add_client(scope=f"{SCOPE} profile")
    made.subjects.working["an"] = WORK
    return made


@pytest.fixture
def looks(world: World) -> Looks:
    return Looks(world)


def sign_in(world: World, scope: str, withheld: str = "", **changes: str) -> dict[str, Any]:
    agreed = Agreed(frozenset(scope.split()), frozenset({"name"}), frozenset(withheld.split()))
    items = {name.partition("=")[0]: {"required": False} for name in withheld.split()}
    client = replace(world.client, consent_items=items)
    world.clients.add(client)
    world.consents.rows["an", client.client_id] = agreed
    answer = world.authorize(world.end_user(), scope=scope, **changes)
    assert isinstance(answer, Response), answer
    return document(world.redeem(location(answer)["code"]))


def told(world: World, tokens: dict[str, Any]) -> dict[str, Any]:
    found = document(world.userinfo(tokens["access_token"]))
    del found["sub"]
    return found


def test_scopes_give_what_is_vouched_for_by_one_look(world: World, looks: Looks) -> None:
    tokens = sign_in(world, "openid worker employer")
    assert told(world, tokens) == TOLD
    assert looks.names == [OF_WORK - {"social_housing_income", "employee_number"}]
    assert told(world, sign_in(world, "openid worker")).keys() == {"is_worker", "job_title"}


def test_who_asks_for_none_of_it_costs_no_look(world: World, looks: Looks) -> None:
    tokens = sign_in(world, "openid profile jobs", claims=json.dumps({"id_token": {"name": None}}))
    assert "name" in told(world, tokens) and looks.names == []


def test_what_ended_is_told_no_more_by_a_grant_that_lives_on(world: World) -> None:
    tokens = sign_in(world, "openid worker")
    assert told(world, tokens)
    world.subjects.working["an"] = NOTHING
    assert told(world, tokens) == {}


def test_what_the_person_keeps_to_themselves_is_not_even_looked_up(world: World, looks: Looks) -> None:
    tokens = sign_in(world, "openid worker", withheld="job_title")
    assert "job_title" not in told(world, tokens)
    assert all("job_title" not in names for names in looks.names)


QUESTION = {"income_at_least": {"value": 8_000_000}}


def test_an_id_token_has_what_was_asked_for_there(world: World, looks: Looks) -> None:
    wish = {"id_token": {"employer": None, **QUESTION}, "userinfo": {"is_worker": None}}
    names = "employer income_at_least=8000000 is_worker"
    tokens = ask(world, wish, names)
    found = claims_of(tokens["id_token"])
    assert (found["employer"], found["income_at_least"]) == (EMPLOYER, True)
    assert "is_worker" not in found and told(world, tokens) == {"is_worker": True}
    assert looks.names == [frozenset({"employer", "income_at_least=8000000"}), frozenset({"is_worker"})]


def ask(world: World, wish: dict[str, Any], names: str, scope: str = "openid") -> dict[str, Any]:
    agreed = Agreed(frozenset(scope.split()), frozenset(names.split()))
    world.consents.rows["an", world.client.client_id] = agreed
    answer = world.authorize(world.end_user(), scope=scope, claims=json.dumps(wish))
    assert isinstance(answer, Response), answer
    return document(world.redeem(location(answer)["code"]))


def verified(*claims: str) -> dict[str, Any]:
    asked = {"trust_framework": None, "evidence": [{"type": {"value": "electronic_record"}}]}
    return {"verified_claims": {"verification": asked, "claims": dict.fromkeys(claims)}}


def test_an_employers_word_is_a_record_of_its_own(world: World, looks: Looks) -> None:
    names = "verified_claims/job_title verified_claims/evidence"
    tokens = ask(world, {"userinfo": verified("job_title")}, names)
    assert told(world, tokens)["verified_claims"] == {
        "verification": {
            "trust_framework": "example_framework",
            "evidence": [{"type": "electronic_record"}],
        },
        "claims": {"job_title": "Công nhân may"},
    }
    assert looks.names == [frozenset({"verified_claims/job_title"})]


def test_one_look_answers_scopes_questions_and_verified_claims(world: World, looks: Looks) -> None:
    wish = {"userinfo": {**verified("employer"), **QUESTION}}
    names = "verified_claims/employer verified_claims/evidence income_at_least=8000000"
    found = told(world, ask(world, wish, names, "openid worker"))
    assert found.keys() == {"is_worker", "job_title", "income_at_least", "verified_claims"}
    assert len(looks.names) == 1


def test_data_of_an_identity_document_need_no_look_at_work(world: World, looks: Looks) -> None:
    world.subjects.verified["an"] = [
        {"verification": {"trust_framework": "example_framework"}, "claims": {"birthdate": "1990-02-03"}}
    ]
    wish = {
        "userinfo": {
            "verified_claims": {"verification": {"trust_framework": None}, "claims": {"birthdate": None}}
        }
    }
    assert told(world, ask(world, wish, "verified_claims/birthdate"))["verified_claims"]["claims"]
    assert looks.names == []


@pytest.mark.parametrize(
    ("scope", "wish", "refused"),
    [
        ("openid", {"job_title": None}, "job_title"),
        ("openid worker", {"employer": None, "job_title": None}, "employer"),
        ("openid worker employer", {"job_seeker": None}, "job_seeker"),
        ("openid", QUESTION, "income_at_least"),
        ("openid worker", verified("employer"), "employer"),
        ("openid jobs", QUESTION, ""),
        ("openid employer", verified("employer"), ""),
        ("openid", {"name": None, "age_over": {"value": 18}}, ""),
    ],
)
def test_who_asks_by_name_has_registered_a_scope_that_covers_it(
    world: World, scope: str, wish: dict[str, Any], refused: str
) -> None:
    world.client, world.secret = world.add_client(scope=scope)
    answer = world.authorize(world.end_user(), scope="openid", claims=json.dumps({"userinfo": wish}))
    if not refused:
        assert isinstance(answer, Prompt)
        return
    assert isinstance(answer, Response)
    error = location(answer)
    assert error["error"] == "invalid_request" and error["error_description"].endswith(f": {refused}.")


@pytest.mark.parametrize("claim", ["job_seeker", "housing_seeker", "represents"])
def test_what_nobody_vouches_for_is_never_verified(world: World, claim: str) -> None:
    tokens = ask(world, {"userinfo": verified(claim)}, "")
    assert told(world, tokens) == {}


@pytest.mark.parametrize(
    ("name", "is_so"),
    [
        ("employer", True),
        ("represents", True),
        ("income_at_least=8000000", True),
        ("verified_claims/employer", True),
        ("verified_claims/represents", False),
        ("verified_claims/income_at_least", False),
        ("verified_claims/birthdate", False),
        ("job_seeker", False),
        ("name", False),
        ("age_over=18", False),
    ],
)
def test_which_claims_are_of_work(name: str, is_so: bool) -> None:
    assert is_of_work(name) is is_so


@pytest.mark.parametrize(
    ("scope", "wish", "screen"),
    [
        ("openid", {"is_worker": {"essential": True}}, "consent"),
        ("openid", {"job_title": None}, "second_factor"),
        ("openid", QUESTION, "second_factor"),
        ("openid", {"tenure_at_least_months": {"value": 12}}, "second_factor"),
        ("openid", verified("job_title"), "second_factor"),
        *((f"openid {scope}", {}, "second_factor") for scope in SCOPES),
    ],
)
def test_a_printed_card_opens_the_bare_word_and_nothing_else(
    world: World, scope: str, wish: dict[str, Any], screen: str
) -> None:
    by_card = world.end_user(acr="LoA1", amr=("card", "pin"))
    answer = world.authorize(by_card, scope=scope, claims=json.dumps({"userinfo": wish}))
    assert isinstance(answer, Prompt) and answer.name == screen


def test_nobody_has_these_scopes_who_did_not_ask_for_them() -> None:
    client, _ = new_client({"redirect_uris": ["https://rp.example/cb"]}, NOW)
    assert not set(SCOPES) & set(client.scope)
    asked, _ = new_client({"redirect_uris": ["https://rp.example/cb"], "scope": "openid worker"}, NOW)
    assert asked.scope == ["openid", "worker"]


@pytest.mark.parametrize("tax_code", ["4600305723", "4600305723-001"])
def test_an_operator_names_the_employer_whose_workers_a_client_may_know(tax_code: str) -> None:
    document = {"redirect_uris": ["https://rp.example/cb"], "employer": tax_code}
    assert new_client(document, NOW, by_operator=True)[0].employer == tax_code
    assert new_client(document, NOW)[0].employer == "", "nobody says so of themselves"


@pytest.mark.parametrize(
    "tax_code", ["", "460030572", "4600305723-1", "46003O5723", "4600305723\n", 4600305723]
)
def test_what_is_no_tax_code_is_refused(tax_code: Any) -> None:
    document = {"redirect_uris": ["https://rp.example/cb"], "employer": tax_code}
    with pytest.raises(InvalidClientMetadata):
        new_client(document, NOW, by_operator=True)


def test_every_claim_and_question_has_its_place(world: World) -> None:
    of_scopes = names_of_scopes(SCOPES)
    assert of_scopes == OF_WORK.union(SELF_DECLARED)
    assert of_scopes <= {name for names in CLAIM_GROUPS.values() for name in names}
    published = document(world.provider.metadata())
    assert set(SCOPES) <= set(published["scopes_supported"]) and set(SCOPES) <= SCOPE_CLAIMS.keys()
    assert of_scopes.union(QUESTIONS) <= set(published["claims_supported"])
