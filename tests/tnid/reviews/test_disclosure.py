"""What an application asks people for: chosen, explained, and in the sandbox at once."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from oidc.decoupled.models import DEVICE_CODE
from oidc.models import LOA1
from tests.conftest import Clock
from tests.tnid.conftest import InProcess, Someone
from tests.tnid.reviews.conftest import FULL, PURPOSE
from tnid.accounts.refusal import Refused
from tnid.app import Application
from tnid.developers.disclosure import GROUPS, ITEMS, Disclosure, Wish, needs_two
from tnid.developers.disclosure_checks import check_demands, check_wish
from tnid.reviews.document import must_be_two
from tnid.reviews.remarks import list_remarks
from tnid.services import Services

Describe = Callable[..., None]


def find_sandbox(services: Services, application: str):  # type: ignore[no-untyped-def]  # a client or None
    found = services.developers.applications.find(application)
    assert found is not None
    return services.clients.find_now(found.sandbox_client_id)


def test_every_item_that_people_can_be_asked_for_may_be_chosen_and_scopes_follow() -> None:
    asked = Disclosure().choosing([*ITEMS])
    assert set(asked.scopes) == {
        *("openid", "profile", "email", "phone", "address", "age", "residence"),
        *("citizen", "pid", "guardian", "staff"),
        *("worker", "employer", "employee", "jobs", "housing"),
    }
    assert Disclosure().choosing(["name", "phone_number"]).scopes == ["openid", "profile", "phone"]
    assert Disclosure().choosing(["verified_claims/name"]).scopes == ["openid"]
    assert Disclosure().choosing(["income_at_least"]).scopes == ["openid", "worker"]
    assert Disclosure().choosing(["nonsense"]).names == []


@pytest.mark.parametrize(
    ("names", "mandates", "expected"),
    [
        (["name", "phone_number", "is_worker"], False, False),
        (["income_at_least"], False, True),
        (["social_housing_income"], False, True),
        (["verified_claims/name"], False, True),
        (["name"], True, True),
        (["health:read"], False, True),
        (["pid"], False, True),
        (["personal_id_number"], False, True),
        (["guardian_of"], False, True),
        (["identity_level", "residence_ward", "staff_roles"], False, False),
    ],
)
def test_what_two_reviewers_must_agree_to(names: list[str], mandates: bool, expected: bool) -> None:
    assert needs_two(dict.fromkeys(names), [], accepts_mandates=mandates) is expected


def test_what_is_saved_counts_in_the_sandbox_at_once(
    services: Services, application: str, describe: Describe
) -> None:
    describe(application, "name", "phone_number")
    client = find_sandbox(services, application)
    assert client.is_sandbox and client.agreed_only
    assert client.scope == ["openid", "profile", "phone"]
    assert client.consent_items["name"]["purpose"] == PURPOSE
    assert client.consent_items["name"]["kept"]["vi"] == "1 năm" and client.consent_items["name"]["required"]
    assert client.redirect_uris == ["https://so.example/cb"] and client.secret_hashes


def test_giving_an_item_up_forgets_it_and_nothing_else(
    services: Services, application: str, describe: Describe, vinh: Someone, clock: Clock
) -> None:
    describe(application, "name", "phone_number")
    disclosures = services.developers.disclosures
    assert disclosures.choose(application, ["phone_number"], vinh.id, clock.now()) is None
    assert disclosures.find(application).items == {"phone_number": FULL}
    late = disclosures.describe(application, "name", FULL, vinh.id, clock.now())
    assert late == Refused("", "not_chosen")
    assert "name" not in find_sandbox(services, application).consent_items


def test_two_who_describe_at_once_lose_nothing(
    services: Services, application: str, vinh: Someone, clock: Clock
) -> None:
    disclosures = services.developers.disclosures
    names = ["name", "phone_number", "email"]
    disclosures.choose(application, names, vinh.id, clock.now())
    start = Barrier(3)

    def describe_one(name: str) -> Refused | None:
        start.wait(60)
        with services.database.unit():
            return disclosures.describe(application, name, FULL, vinh.id, clock.now())

    with ThreadPoolExecutor(3) as pool:
        outcomes = list(pool.map(describe_one, names))
    kept = [name for name, outcome in zip(names, outcomes, strict=True) if outcome is None]
    found = disclosures.find(application)
    assert [name for name in names if found.items[name] == FULL] == kept and kept


def test_a_stranger_writes_nothing(services: Services, application: str, lan: Someone, clock: Clock) -> None:
    refused = services.developers.disclosures.choose(application, ["name"], lan.id, clock.now())
    assert refused == Refused("", "changed_meanwhile")
    assert services.developers.disclosures.find(application).items == {}


@pytest.mark.parametrize(
    ("wish", "name", "expected"),
    [
        (FULL, "name", None),
        (Wish({"vi": "Cần"}, basis="consent", kept="year"), "name", "purpose_vi disclosure_purpose"),
        (Wish({"vi": "Để gọi lại\u202e cho"}, basis="consent"), "name", "purpose_vi disclosure_text"),
        (Wish({**PURPOSE, "en": "x" * 301}, basis="consent"), "name", "purpose_en disclosure_text"),
        (Wish(PURPOSE, basis="law", kept="year"), "name", "law disclosure_law"),
        (Wish(PURPOSE, basis="public_task", law="Luật", kept="other"), "name", "kept_vi disclosure_kept"),
        (FULL, "verified_claims/name", "reason disclosure_reason"),
        (Wish(PURPOSE, basis="consent", kept="year", reason="a\nb"), "is_worker", "reason disclosure_text"),
    ],
)
def test_what_is_wrong_is_said_at_its_field(wish: Wish, name: str, expected: str | None) -> None:
    refused = check_wish(name, wish)
    assert (f"{refused.field} {refused.reason}" if refused else None) == expected


def test_what_is_asked_beside_items_needs_reasons() -> None:
    wanted = {"least_identity_level": 2, "accepts_mandates": False, "resources": {}}
    reasons = {"level": "", "mandates": "", "resources": ""}
    assert check_demands({**wanted, "reasons": reasons}) == Refused("level_reason", "disclosure_reason")
    assert check_demands({**wanted, "reasons": {**reasons, "level": "Vì có đơn thuốc"}}) is None


# On the pages


def test_from_choosing_to_a_preview(vinhs: InProcess, services: Services, application: str) -> None:
    here = f"/developers/apps/{application}/data"
    page = vinhs.open(f"{here}/choose")
    assert page.status == 200 and all(
        page.has("item_" + n.replace("/", "_")) for g in GROUPS.values() for n in g
    )
    page = vinhs.submit("choose_submit", {"item_name": "name", "item_phone_number": "phone_number"})
    assert page.path == here
    page = vinhs.open(f"{here}/items/name")
    page = vinhs.submit(
        "item_submit", {"purpose_vi": "Cần", "required-1": "no", "basis-0": "consent", "kept-0": "session"}
    )
    assert page.status == 400 and page.has("purpose_vi-error") and "Cần" in page.text
    fields = {"purpose_vi": PURPOSE["vi"], "required-1": "no", "basis-0": "consent", "kept-0": "session"}
    page = vinhs.submit("item_submit", fields)
    assert page.path == f"{here}/items/phone_number", "the next item that lacks something"
    page = vinhs.submit("item_submit", fields)
    assert page.path == here
    preview = vinhs.open(f"{here}/preview")
    assert PURPOSE["vi"] in preview.text and "Nguyễn Thị Mai" in preview.text
    assert services.developers.disclosures.find(application).items["name"].kept == "session"


def test_what_is_written_of_an_item_that_somebody_gave_up_is_not_lost(
    vinhs: InProcess, services: Services, application: str, describe: Describe, vinh: Someone, clock: Clock
) -> None:
    describe(application, "name")
    address = f"/developers/apps/{application}/data/items/name"
    vinhs.open(address)
    assert services.developers.disclosures.choose(application, [], vinh.id, clock.now()) is None
    page = vinhs.submit("item_submit", {"purpose_vi": "Gõ rất lâu"})
    assert page.status == 400 and page.get("purpose_vi").value == "Gõ rất lâu"
    assert "không còn" in page.words() and services.developers.disclosures.find(application).items == {}
    assert vinhs.open(address).status == 404
    assert vinhs.post(address.replace("/name", "/nonsense"), purpose_vi="x").status_code == 404


def test_what_is_asked_beside_items_is_saved(vinhs: InProcess, services: Services, application: str) -> None:
    here = f"/developers/apps/{application}/data"
    vinhs.open(f"{here}/demands")
    chosen = {"least_acr-1": "LoA2", "least_identity_level-2": "2"}
    page = vinhs.submit("demands_submit", {"least_acr-0": "", "least_identity_level-0": "", **chosen})
    assert page.status == 400 and page.has("level_reason-error")
    page = vinhs.submit("demands_submit", {"level_reason": "Có đơn thuốc", "offline": "y"})
    assert page.path == here
    client = find_sandbox(services, application)
    assert (client.least_acr, client.least_identity_level) == ("LoA2", 2)
    assert "offline_access" in client.scope


@pytest.mark.parametrize(
    "path", ["", "/choose", "/items/name", "/items/verified_claims/name", "/demands", "/preview"]
)
def test_strangers_find_nothing(
    path: str, new_browser: Callable[..., InProcess], lan: Someone, application: str, describe: Describe
) -> None:
    describe(application, "name")
    other = new_browser()
    lan.sign_in(other)
    assert other.get(f"/developers/apps/{application}/data{path}").status_code == 404
    assert other.post(f"/developers/apps/{application}/data{path}").status_code in (404, 405)


def test_an_item_that_is_none_is_not_found(vinhs: InProcess, application: str) -> None:
    for name in ("name", "nonsense", "../../choose", "verified_claims/x"):
        assert vinhs.get(f"/developers/apps/{application}/data/items/{name}").status_code in (303, 404)


def test_a_reviewer_reads_what_a_service_gets_in_its_own_name(app: Application) -> None:
    document = {
        "metadata": {
            "grant_types": ["client_credentials", DEVICE_CODE],
            "token_endpoint_auth_method": "client_secret_basic",
            "scope": "openid health:read",
        },
        **{"items": {}, "offline": False, "reasons": {}, "resources": {}, "organisation": "Sở Y tế"},
        **{"least_acr": LOA1, "least_identity_level": 0, "accepts_mandates": False},
    }
    assert must_be_two(document)
    with app.test_request_context():
        texts = " ".join(one.text for one in list_remarks(document, None, []))
    assert "health:read" in texts and DEVICE_CODE in texts and "openid" not in texts
    document["metadata"]["scope"] = "openid"  # type: ignore[index]  it is a dict
    assert not must_be_two(document)


@pytest.mark.parametrize(
    ("acr", "level", "more", "said"),
    [
        (LOA1, 2, {}, ["hai lớp"]),
        ("LoA2", 1, {}, ["hai lớp"]),
        ("LoA2", 2, {}, []),
        ("LoA2", 2, {"userinfo_signed_response_alg": "RS256"}, ["có ký mà không mã hóa"]),
        (
            "LoA2",
            2,
            {"userinfo_signed_response_alg": "RS256", "userinfo_encrypted_response_alg": "ECDH-ES"},
            [],
        ),
    ],
)
def test_a_reviewer_reads_where_the_number_would_not_come(
    app: Application, acr: str, level: int, more: dict[str, str], said: list[str]
) -> None:
    items = {"personal_id_number": {"purpose": {"vi": "Tìm đúng hồ sơ"}, "basis": "law", "law": "Điều 1"}}
    document = {
        "metadata": {
            "grant_types": ["authorization_code"],
            "token_endpoint_auth_method": "client_secret_basic",
            "scope": "openid pid",
            **more,
        },
        **{"items": items, "offline": False, "reasons": {}, "resources": {}, "organisation": "Sở Y tế"},
        **{"least_acr": acr, "least_identity_level": level, "accepts_mandates": False},
    }
    assert must_be_two(document)
    with app.test_request_context(headers={"Accept-Language": "vi"}):
        texts = [one.text for one in list_remarks(document, None, []) if one.field.endswith("id_number")]
    assert [[part for part in said if part in text] for text in texts] == [said for _ in said]
