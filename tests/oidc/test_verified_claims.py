"""Verified claims: OpenID Connect for Identity Assurance 1.0 §5 (requests and answers) and §8 (metadata)."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given as drawn
from hypothesis import strategies as st

from oidc.agreed import Agreed
from oidc.authorization.prompts import Prompt
from oidc.claims import parse_claims_parameter
from oidc.errors import InvalidRequest
from oidc.http import Response
from oidc.verified_claims import IdentityAssurance, check_request, names_of, select_verified
from tests.oidc.world import NOW, World, claims_of, document, location

TIME = "2026-12-01T08:00:00Z"  # some 45 days before NOW
RECORD = {
    "verification": {
        "trust_framework": "example_framework",
        "assurance_level": "high",
        "time": TIME,
        "evidence": [
            {
                "type": "document",
                "check_details": [{"check_method": "vpip", "organization": "UBND phường"}],
                "document_details": {"type": "idcard", "date_of_issuance": "2022-05-06"},
            },
            {"type": "electronic_record", "check_details": [{"check_method": "data"}]},
        ],
    },
    "claims": {"given_name": "An", "family_name": "Nguyễn", "birthdate": "1990-02-03"},
}
WHO = {"given_name": None, "family_name": None}
ANY = {"trust_framework": None}


def ask(verification: Any = ANY, claims: Any = WHO) -> dict[str, Any]:
    return {"verification": verification, "claims": claims}


def answer(verification: Any = ANY, claims: Any = WHO) -> Any:
    asked = ask(verification, claims)
    check_request(asked)
    return select_verified(asked, [RECORD], NOW)


def verification_of(**wishes: Any) -> Any:
    """Return the verification element that these wishes are answered with, or None where nothing is."""
    given = answer({**ANY, **wishes})
    return given and given["verification"]


# §5.3 and §5.4: nothing that was not asked for


def test_the_claims_and_the_framework_are_given_and_nothing_else() -> None:
    assert answer() == {
        "verification": {"trust_framework": "example_framework"},
        "claims": {"given_name": "An", "family_name": "Nguyễn"},
    }
    assert answer(claims={"birthdate": {"essential": True}})["claims"] == {"birthdate": "1990-02-03"}


def test_elements_of_the_verification_are_given_where_they_are_named() -> None:
    given = verification_of(time=None, assurance_level=None)
    assert given == {"trust_framework": "example_framework", "time": TIME, "assurance_level": "high"}


def test_evidence_is_filtered_by_type_and_shaped_by_the_request() -> None:
    document_only = [{"type": {"value": "document"}, "check_details": [{"check_method": None}]}]
    assert verification_of(evidence=document_only)["evidence"] == [
        {"type": "document", "check_details": [{"check_method": "vpip"}]}
    ]
    deeper = [{"type": {"value": "document"}, "document_details": {"type": None}}]
    assert verification_of(evidence=deeper)["evidence"] == [
        {"type": "document", "document_details": {"type": "idcard"}}
    ]


def test_several_entries_of_evidence_are_alternatives() -> None:
    either = [{"type": {"value": "electronic_record"}}, {"type": {"value": "document"}}]
    types = [one["type"] for one in verification_of(evidence=either)["evidence"]]
    assert types == ["document", "electronic_record"]


# §5.5: constraints, and §5.7.4: what becomes of them


@pytest.mark.parametrize(
    ("wish", "is_met"),
    [
        ({"value": "example_framework"}, True),
        ({"value": "de_aml"}, False),
        ({"values": ["de_aml", "example_framework"]}, True),
        ({"values": ["de_aml", "eidas"]}, False),
        ("example_framework", True),
        ("de_aml", False),
        ({"essential": True, "value": "de_aml"}, False),
        ({"essential": True}, True),
    ],
)
def test_a_framework_that_is_not_ours_leaves_everything_out(wish: Any, is_met: bool) -> None:
    assert (answer({"trust_framework": wish}) is not None) is is_met


@pytest.mark.parametrize(
    ("wishes", "is_met"),
    [
        ({"time": {"max_age": 63_113_852}}, True),
        ({"time": {"max_age": 86_400}}, False),
        ({"time": {"value": TIME}}, True),
        ({"assurance_level": {"values": ["low"]}}, False),
        ({"assurance_process": {"policy": {"value": "gpg45"}}}, False),
        ({"assurance_process": {"policy": None}}, True),
        ({"txn": None}, True),
        ({"evidence": [{"type": {"value": "vouch"}}]}, False),
        ({"evidence": [{"type": {"value": "document"}, "check_details": [{"check_method": "vri"}]}]}, False),
        (
            {
                "evidence": [
                    {"type": {"value": "document"}, "document_details": {"type": {"values": ["idcard"]}}}
                ]
            },
            True,
        ),
        (
            {
                "evidence": [
                    {
                        "type": {"value": "document"},
                        "document_details": {"type": None, "date_of_issuance": {"max_age": 3600}},
                    }
                ]
            },
            False,
        ),
    ],
)
def test_a_verification_that_does_not_meet_the_request_leaves_everything_out(
    wishes: dict[str, Any], is_met: bool
) -> None:
    assert (verification_of(**wishes) is not None) is is_met


def test_a_date_counts_from_its_last_second() -> None:
    record = {**RECORD, "verification": {**RECORD["verification"], "time": "2027-01-15"}}  # type: ignore[dict-item]
    end_of_day = 1_800_057_599
    for max_age, is_met in ((10, True), (9, False)):
        asked = ask({**ANY, "time": {"max_age": max_age}})
        assert (select_verified(asked, [record], end_of_day + 10) is not None) is is_met


def test_a_claim_that_is_not_as_asked_is_left_out_alone() -> None:
    given = answer(claims={"given_name": {"value": "Bình"}, "family_name": {"values": ["Nguyễn", "Trần"]}})
    assert given["claims"] == {"family_name": "Nguyễn"}
    assert answer(claims={"given_name": {"value": "Bình"}}) is None, "an answer needs a claim: §5.7.5"
    assert answer(claims={"nationalities": None, "given_name": None})["claims"] == {"given_name": "An"}


def test_a_person_about_whom_nothing_is_verified_has_no_verified_claims() -> None:
    assert select_verified(ask(), [], NOW) is None
    assert select_verified([ask()], [], NOW) is None


# §5.6: several sets


def test_each_of_several_requests_is_answered_by_itself() -> None:
    asked = [
        ask({"trust_framework": {"value": "gold"}}),
        ask({"trust_framework": {"value": "example_framework"}}, {"birthdate": None}),
        ask(),
    ]
    check_request(asked)
    assert [set(one["claims"]) for one in select_verified(asked, [RECORD], NOW)] == [
        {"birthdate"},
        {"given_name", "family_name"},
    ]


def test_the_first_record_that_meets_the_request_answers_it() -> None:
    better = {"verification": {"trust_framework": "gold"}, "claims": {"given_name": "An"}}
    assert select_verified(ask(), [better, RECORD], NOW)["verification"] == {"trust_framework": "gold"}
    asked = ask({"trust_framework": {"value": "example_framework"}})
    assert select_verified(asked, [better, RECORD], NOW)["claims"]["family_name"] == "Nguyễn"


# Malformed requests


@pytest.mark.parametrize(
    "asked",
    [
        None,
        5,
        "x",
        [],
        [ask()] * 11,
        [ask(), 5],
        {},
        {"claims": WHO},
        {"verification": ANY},
        ask({}),
        ask(None),
        ask([ANY]),
        ask({"time": None}),
        ask(claims={}),
        ask(claims=None),
        ask(claims=["given_name"]),
        ask(claims={"given_name": "An"}),
        ask({"trust_framework": {"values": []}}),
        ask({"trust_framework": {"values": "x"}}),
        ask({**ANY, "time": {"max_age": -1}}),
        ask({**ANY, "time": {"max_age": "1"}}),
        ask({**ANY, "time": {"max_age": True}}),
        ask({**ANY, "evidence": [{"type": {"values": []}}]}),
    ],
)
def test_a_malformed_request_is_refused(asked: Any) -> None:
    with pytest.raises(InvalidRequest):
        check_request(asked)


def test_a_malformed_request_is_told_to_the_client(world: World) -> None:
    response = world.authorize(claims=json.dumps({"userinfo": {"verified_claims": {"claims": WHO}}}))
    assert isinstance(response, Response)
    assert location(response)["error"] == "invalid_request"


# Through authorization to UserInfo and the ID token


@pytest.fixture
def verified(world: World) -> World:
    world.subjects.verified["an"] = [RECORD]
    return world


def agree(world: World, claims: str) -> None:
    world.consents.rows["an", world.client.client_id] = Agreed(
        frozenset({"openid", "phone"}), frozenset(claims.split())
    )


def sign_in(world: World, places: dict[str, Any], agreed: str, scope: str = "openid") -> dict[str, Any]:
    agree(world, agreed)
    answer = world.authorize(world.end_user(), claims=json.dumps(places), scope=scope)
    assert isinstance(answer, Response), answer
    return document(world.redeem(location(answer)["code"]))


BOTH = {
    "userinfo": {"verified_claims": ask({**ANY, "evidence": [{"type": {"value": "document"}}]})},
    "id_token": {"verified_claims": [ask(claims={"birthdate": None})], "email": None},
}
NAMES = "verified_claims/given_name verified_claims/family_name verified_claims/birthdate"


def test_each_place_gets_what_was_asked_for_there(verified: World) -> None:
    tokens = sign_in(verified, BOTH, f"email {NAMES} verified_claims/evidence")
    in_token = claims_of(tokens["id_token"])
    assert in_token["verified_claims"] == [
        {"verification": {"trust_framework": "example_framework"}, "claims": {"birthdate": "1990-02-03"}}
    ]
    assert in_token["email"] == "an@example.vn"
    told = document(verified.userinfo(tokens["access_token"]))
    assert told["verified_claims"]["claims"] == {"given_name": "An", "family_name": "Nguyễn"}
    assert told["verified_claims"]["verification"]["evidence"] == [{"type": "document"}]
    assert set(told) == {"sub", "verified_claims"}


def test_what_can_not_be_given_is_left_out_and_no_error(world: World) -> None:
    tokens = sign_in(world, BOTH, f"email {NAMES} verified_claims/evidence")
    assert "verified_claims" not in claims_of(tokens["id_token"])
    assert "verified_claims" not in document(world.userinfo(tokens["access_token"]))


def test_verified_data_is_shared_by_consent_of_its_own(verified: World) -> None:
    """That the name may be shared does not say that it may be shared as verified, and how."""
    request = {"claims": json.dumps({"userinfo": {"verified_claims": BOTH["userinfo"]["verified_claims"]}})}
    for agreed in ("given_name family_name", NAMES):
        agree(verified, agreed)
        asked = verified.authorize(verified.end_user(), **request)
        assert isinstance(asked, Prompt) and asked.name == "consent"
    agree(verified, f"{NAMES} verified_claims/evidence")
    assert isinstance(verified.authorize(verified.end_user(), **request), Response)


def test_a_person_who_is_disabled_has_nothing_verified(verified: World) -> None:
    tokens = sign_in(verified, BOTH, f"email {NAMES} verified_claims/evidence")
    verified.subjects.disabled.add("an")
    assert verified.userinfo(tokens["access_token"]).status == 401


def test_a_narrowed_token_opens_no_verified_claims(verified: World) -> None:
    tokens = sign_in(verified, BOTH, f"email {NAMES} verified_claims/evidence", "openid phone")
    narrowed = document(verified.refresh(tokens["refresh_token"], scope="openid"))
    assert set(document(verified.userinfo(narrowed["access_token"]))) == {"sub"}


def test_the_names_that_consent_knows() -> None:
    assert names_of(ask()) == {"verified_claims/given_name", "verified_claims/family_name"}
    assert "verified_claims/evidence" in names_of([ask(), ask({**ANY, "evidence": [{}]})])


def test_what_nobody_knows_needs_no_consent(verified: World) -> None:
    odd = {"COMPLETE $ AND UTTER NONSENSE @?": None, "nationalities": {"essential": True}}
    parsed = parse_claims_parameter(json.dumps({"userinfo": {"verified_claims": ask(claims={**odd, **WHO})}}))
    assert parsed.verified_names == ("verified_claims/family_name", "verified_claims/given_name")
    alone = {"userinfo": {"verified_claims": ask({**ANY, "evidence": [{"type": "document"}]}, odd)}}
    assert parse_claims_parameter(json.dumps(alone)).verified_names == ()
    assert "verified_claims" not in document(verified.userinfo(sign_in(verified, alone, "")["access_token"]))


WORDS = st.sampled_from(
    ["trust_framework", "value", "values", "max_age", "time", "evidence", "type", "document", "claims", "x"]
)
LEAVES = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | WORDS
ANYTHING = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS, inner, max_size=4),
    max_leaves=20,
)


@drawn(verification=st.dictionaries(WORDS, ANYTHING, max_size=4), claims=st.dictionaries(WORDS, ANYTHING))
def test_no_request_breaks_anything_and_none_gets_what_it_did_not_ask_for(
    verification: dict[str, Any], claims: dict[str, Any]
) -> None:
    asked = {"verification": {**ANY, **verification}, "claims": {**claims, **WHO}}
    try:
        check_request(asked)
    except InvalidRequest:
        return
    given = select_verified(asked, [RECORD], NOW)
    if given is not None:
        assert set(given["verification"]) <= set(asked["verification"])
        assert set(given["claims"]) <= set(asked["claims"]) & set(RECORD["claims"])


# §8


def test_discovery_tells_what_can_be_verified_where_something_can(world: World) -> None:
    assert not [name for name in document(world.provider.metadata()) if "verified" in name]
    assert IdentityAssurance(("f",), ("name",), ("document",), ("idcard",), ("vpip",)).metadata() == {
        "verified_claims_supported": True,
        "trust_frameworks_supported": ["f"],
        "claims_in_verified_claims_supported": ["name"],
        "evidence_supported": ["document"],
        "documents_supported": ["idcard"],
        "documents_check_methods_supported": ["vpip"],
    }
    assert "evidence_supported" not in IdentityAssurance(("f",), ("name",)).metadata()
