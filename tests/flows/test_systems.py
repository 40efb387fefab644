"""A person signs in to every system of systems.toml, and is refused where the province says so."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

import pytest

from examples.provincial_apps.systems import System, load_systems
from tests.person import SHARE_ALL, Browser, Page, Person
from tests.province import Province
from tests.servers.processes import wait_until
from tests.servers.provider import ROOT
from tnid.demo.seed import load_clients

SYSTEMS = load_systems()
SLUGS = tuple(SYSTEMS)

# OpenID Connect Core §5.4: what each scope lets a system see
CLAIMS_OF_SCOPES = {
    "openid": {"sub"},
    "profile": {
        "name", "family_name", "middle_name", "given_name", "nickname", "preferred_username", "profile",
        "picture", "website", "gender", "birthdate", "zoneinfo", "locale", "updated_at",
    },
    "email": {"email", "email_verified"},
    "phone": {"phone_number", "phone_number_verified"},
    "address": {"address"},
    "citizen": {"identity_level", "residence_ward"},
    "pid": {"personal_id_number"},
    "guardian": {"guardian_of"},
    "staff": {"staff_roles"},
    "employee": {"employee_number"},
    "worker": {
        "is_worker", "job_title", "industrial_park", "employment_start_date",
        "employment_contract_type", "employment_confirmed_at", "employment_valid_until",
    },
}  # fmt: skip
PROTOCOL_CLAIMS = {
    "iss", "sub", "aud", "exp", "iat", "auth_time", "nonce", "acr", "amr", "azp", "at_hash", "sid", "jti",
}  # fmt: skip
HERSELF = {
    "name": "Hoàng Thị Bảy",
    "family_name": "Hoàng",
    "middle_name": "Thị",
    "given_name": "Bảy",
    "gender": "female",
    "birthdate": "1961-01-30",
    "email": "bay@example.vn",
    "phone_number": "+84912000104",
    "address": {
        "street_address": "Xóm Nà Lưu", "locality": "Xã Võ Nhai",
        "region": "Tỉnh Thái Nguyên", "country": "VN",
    },
}  # fmt: skip
NUMBER = "019161007788"
VO_NHAI = {"code": "05716", "name": "Xã Võ Nhai"}
# As the page shows it, which masks the number
KNOWN_OF_HER = {
    "identity_level": 2,
    "residence_ward": VO_NHAI,
    "personal_id_number": "•••••••••788",
    "staff_roles": [{"role": "official", "ward": VO_NHAI}],
}
# What each client has not registered
STRANGE_SCOPES = {"suckhoe": "staff", "hotrocongdan": "guardian"}


@pytest.fixture(scope="module")
def child(province: Province) -> Person:
    return province.new_person(totp=False, identity_level=1, name="Hoàng Văn Tám", birthdate="2014-06-01")


@pytest.fixture(scope="module")
def elder(province: Province, child: Person) -> Person:
    """Someone seen in person by an official, with a second factor, a full profile, a child and an office."""
    person = province.new_person(personal_id_number=NUMBER, **HERSELF)
    province.tnid("official", "add", person.username, "--commune", VO_NHAI["code"])
    with Browser() as hers, Browser() as of_child:
        of_child.open(f"{province.issuer}/account/family")
        child.pass_through(of_child)
        code = of_child.click("guardian_code_submit").text_of("guardian_code")
        hers.open(f"{province.issuer}/account/family/agree")
        person.pass_through(hers)
        hers.submit("code_submit", {"code": code})
        hers.click("guardian_agree")
    return person


@pytest.fixture(scope="module")
def signed_in(elder: Person, province: Province) -> Iterator[Browser]:
    """A browser in which the elder signed in with both factors."""
    with Browser() as browser:
        sign_in(browser, province, "ioc", elder)
        yield browser


def sign_in(
    browser: Browser, province: Province, slug: str, person: Person, *, consent: str = "allow", **asked: str
) -> Page:
    """Press the system's sign-in button, or ask more of it, and pass through the provider's screens."""
    browser.open(f"{province.apps_url}/{slug}/sign-in", **asked)
    return person.pass_through(browser, consent=consent)


def received(page: Page) -> tuple[dict, dict]:
    """Return the claims that the system got: of the ID token and of UserInfo."""
    return json.loads(page.text_of("id_token_claims")), json.loads(page.text_of("userinfo_claims"))


def allowed_claims(system: System) -> set[str]:
    return set().union(*(CLAIMS_OF_SCOPES[scope] for scope in system.scopes))


@pytest.mark.parametrize("slug", SLUGS)
def test_signing_in_to_a_system_brings_its_claims_and_no_others(
    slug: str, signed_in: Browser, elder: Person, province: Province
) -> None:
    system = SYSTEMS[slug]
    consent = SHARE_ALL if "guardian" in system.scopes else "allow"
    page = sign_in(signed_in, province, slug, elder, consent=consent)
    assert page.url.startswith(f"{province.apps_url}/{slug}/"), page
    id_token, userinfo = received(page)
    assert set(id_token) <= PROTOCOL_CLAIMS
    assert set(userinfo) <= allowed_claims(system)
    known = {**HERSELF, **KNOWN_OF_HER}
    expected = {name: value for name, value in known.items() if name in allowed_claims(system)}
    assert {name: userinfo.get(name) for name in expected} == expected
    assert ("guardian_of" in userinfo) == ("guardian" in system.scopes)
    assert not page.has("missing"), page
    assert NUMBER not in page.text


def test_a_child_is_called_at_each_system_as_it_is_when_it_signs_in_itself(
    province: Province, signed_in: Browser, elder: Person, child: Person, browser: Browser
) -> None:
    told = {
        slug: received(sign_in(signed_in, province, slug, elder, consent=SHARE_ALL))[1]["guardian_of"]
        for slug in ("giaoduc", "suckhoe")
    }
    _, itself = received(sign_in(browser, province, "giaoduc", child))
    assert told["giaoduc"] == [itself["sub"]]
    assert len(told["suckhoe"]) == 1 and told["suckhoe"] != told["giaoduc"]
    assert "guardian_of" not in itself and "Hoàng Văn Tám" not in signed_in.page.text


def test_what_is_optional_and_was_not_ticked_does_not_come(province: Province, browser: Browser) -> None:
    _, userinfo = received(sign_in(browser, province, "giaoduc", province.people["hong.mai"]))
    assert "guardian_of" not in userinfo and userinfo["name"] == "Mai Thị Hồng"


def test_who_holds_no_office_is_told_so_and_one_that_ends_is_gone_at_the_next_sign_in(
    province: Province, browser: Browser
) -> None:
    person = province.new_official("05716")
    _, userinfo = received(sign_in(browser, province, "ioc", person))
    assert userinfo["staff_roles"] == KNOWN_OF_HER["staff_roles"]
    province.tnid("official", "remove", person.username)
    page = sign_in(browser, province, "ioc", person)
    assert "staff_roles" not in received(page)[1]
    assert "Vai trò cán bộ" in page.text_of("missing")


@pytest.mark.parametrize("slug", SLUGS)
def test_the_id_token_says_how_and_for_whom_the_sign_in_was(
    slug: str, signed_in: Browser, elder: Person, province: Province
) -> None:
    id_token, userinfo = received(sign_in(signed_in, province, slug, elder))
    assert (id_token["iss"], id_token["aud"]) in ((province.issuer, slug), (province.issuer, [slug]))
    assert id_token["acr"] == "LoA2"
    assert id_token["amr"] == ["pwd", "otp", "mfa"]
    assert id_token["sub"] == userinfo["sub"]


def test_the_second_system_asks_for_nothing_but_consent(province: Province, browser: Browser) -> None:
    person = province.new_person()
    sign_in(browser, province, "portal", person)
    browser.open(f"{province.apps_url}/giaoduc/sign-in")
    assert browser.page.has("consent_allow"), browser.page
    assert browser.click("consent_allow").claims()["name"] == "Nguyễn Văn Thử"


def test_consent_is_remembered(province: Province, browser: Browser) -> None:
    person = province.new_person()
    sign_in(browser, province, "giaoduc", person)
    assert browser.open(f"{province.apps_url}/giaoduc/sign-in").path == "/giaoduc/"


def test_a_password_alone_is_enough_where_one_factor_is(province: Province, browser: Browser) -> None:
    page = sign_in(browser, province, "giaoduc", province.new_person(totp=False, identity_level=1))
    id_token, _ = received(page)
    assert (id_token["acr"], id_token["amr"]) == ("LoA1", ["pwd"])


def test_a_strong_system_asks_for_the_second_factor_and_no_password(
    province: Province, browser: Browser
) -> None:
    person = province.new_person(totp=False)
    sign_in(browser, province, "portal", person)
    page = browser.open(f"{province.apps_url}/ioc/sign-in")
    assert not page.has("login_password")
    id_token, _ = received(person.pass_through(browser))
    assert id_token["acr"] == "LoA2"
    assert person.recovery_codes, "the factor was set up on the way, so its recovery codes were shown"


@pytest.mark.parametrize(
    ("slug", "step"), [(s.slug, step.slug) for s in SYSTEMS.values() for step in s.steps]
)
def test_a_step_inside_needs_a_stronger_sign_in_than_the_door(
    slug: str, step: str, province: Province, browser: Browser
) -> None:
    person = province.new_person(totp=False)
    page = sign_in(browser, province, slug, person)
    assert page.claims()["acr"] == "LoA1"
    browser.click(f"step_{step}")
    page = person.pass_through(browser)
    assert page.claims()["acr"] == "LoA2"
    assert page.has("done")


@pytest.mark.parametrize(
    ("slug", "step"), [(s.slug, step.slug) for s in SYSTEMS.values() for step in s.steps if step.scopes]
)
def test_a_step_asks_for_more_of_somebody_who_came_with_two_factors(
    slug: str, step: str, province: Province, signed_in: Browser, elder: Person
) -> None:
    sign_in(signed_in, province, slug, elder)
    page = signed_in.click(f"step_{step}")
    assert page.has("consent_allow"), "what the step needs was not asked for at the door"
    page = elder.pass_through(signed_in)
    assert page.has("done")
    assert not page.has(f"step_{step}")


@pytest.fixture(scope="module")
def password_alone(province: Province) -> Iterator[Browser]:
    """A browser in which somebody signed in with one factor."""
    with Browser() as browser:
        sign_in(browser, province, "portal", province.new_person(totp=False))
        yield browser


@pytest.mark.parametrize("slug", [s.slug for s in SYSTEMS.values() if s.acr == "LoA2"])
def test_a_strong_system_gets_nobody_who_signed_in_with_a_password_alone(
    slug: str, province: Province, password_alone: Browser
) -> None:
    page = password_alone.open(f"{province.apps_url}/{slug}/sign-in", prompt="none")
    assert page.error_code in ("interaction_required", "unmet_authentication_requirements"), page
    assert password_alone.open(f"{province.apps_url}/{slug}/").has("sign_in"), "still at the door"


@pytest.fixture(scope="module")
def proofed(province: Province) -> Iterator[list[Browser]]:
    """Browsers of people of identity levels 0 and 1, signed in with both factors."""
    with Browser() as self_declared, Browser() as phone_verified:
        browsers = [self_declared, phone_verified]
        for level, browser in enumerate(browsers):
            sign_in(browser, province, "ioc", province.new_person(identity_level=level))
        yield browsers


@pytest.mark.parametrize("slug", [s.slug for s in SYSTEMS.values() if s.identity_level > 0])
def test_a_person_not_proofed_enough_is_refused(
    slug: str, province: Province, proofed: list[Browser]
) -> None:
    browser = proofed[SYSTEMS[slug].identity_level - 1]
    page = browser.open(f"{province.apps_url}/{slug}/sign-in")
    assert page.path == "/requirement", page
    page = leave_requirement(browser)
    assert page.error_code in ("access_denied", "unmet_authentication_requirements"), page
    assert page.url.startswith(province.apps_url)
    assert browser.open(f"{province.apps_url}/{slug}/").has("sign_in"), "still at the door"


def leave_requirement(browser: Browser) -> Page:
    """Go from the requirement's page back to the application."""
    return browser.submit("requirement_submit")


@pytest.mark.parametrize("slug", ["portal", "c-thainguyen", "ioc"])
def test_refusing_to_share_ends_in_plain_words(slug: str, province: Province, browser: Browser) -> None:
    page = sign_in(browser, province, slug, province.new_person(), consent="deny")
    assert (page.error_code, page.status) == ("access_denied", 403)
    assert page.url.startswith(province.apps_url)
    assert "Chưa chia sẻ thông tin" in page.words()


def test_an_unknown_visitor_is_told_to_sign_in_where_no_screen_may_be_shown(
    province: Province, browser: Browser
) -> None:
    page = browser.open(f"{province.apps_url}/portal/sign-in", prompt="none")
    assert (page.error_code, page.status) == ("login_required", 403)


@pytest.mark.parametrize("slug", SLUGS)
def test_a_scope_that_the_system_was_not_granted_is_refused(slug: str, province: Province) -> None:
    callback = f"{province.apps_url}/{slug}/callback"
    scope = f"openid {STRANGE_SCOPES.get(slug, 'pid')}"
    with Browser(stops_at=callback) as browser:
        page = browser.open(
            f"{province.issuer}{urlsplit(authorization_endpoint(browser, province)).path}",
            client_id=slug, response_type="code", redirect_uri=callback, scope=scope,
            state="s" * 20, nonce="n" * 20, code_challenge="c" * 43, code_challenge_method="S256",
        )  # fmt: skip
    answer = {name: values[0] for name, values in parse_qs(urlsplit(page.url).query).items()}
    assert page.url.startswith(callback), page
    assert (answer["error"], answer["state"], answer["iss"]) == ("invalid_scope", "s" * 20, province.issuer)


def authorization_endpoint(browser: Browser, province: Province) -> str:
    metadata = json.loads(browser.open(f"{province.issuer}/.well-known/openid-configuration").text)
    return str(metadata["authorization_endpoint"])


def test_a_disabled_account_signs_in_nowhere(province: Province, browser: Browser) -> None:
    page = sign_in(browser, province, "portal", province.people["dung.pham"])
    assert page.has("login_username"), page
    assert page.url.startswith(province.issuer)


@pytest.fixture(scope="module")
def disabled(province: Province) -> Iterator[Browser]:
    """A browser in which somebody signed in whose account was disabled then."""
    with Browser() as browser:
        person = province.new_person()
        sign_in(browser, province, "portal", person)
        province.tnid("account", "disable", person.username)
        yield browser


@pytest.mark.parametrize("slug", SLUGS)
def test_who_was_disabled_gets_into_no_system(slug: str, province: Province, disabled: Browser) -> None:
    page = disabled.open(f"{province.apps_url}/{slug}/sign-in", prompt="none")
    assert page.error_code in ("login_required", "access_denied"), page
    assert disabled.open(f"{province.apps_url}/{slug}/sign-in").has("login_username")


def test_disabling_an_account_ends_its_live_session(province: Province, browser: Browser) -> None:
    person = province.new_person()
    sign_in(browser, province, "portal", person)
    province.tnid("account", "disable", person.username)
    page = browser.open(f"{province.apps_url}/portal/sign-in", prompt="none")
    assert page.error_code in ("login_required", "access_denied"), page
    page = sign_in(browser, province, "portal", person)
    assert page.has("login_username") or page.error_code == "access_denied", page


def test_signing_out_of_a_system_signs_out_at_the_provider(province: Province, browser: Browser) -> None:
    person = province.new_person()
    sign_in(browser, province, "giaoduc", person)
    page = browser.submit("sign_out")
    if page.has("logout_confirm"):
        page = browser.click("logout_confirm")
    assert page.url == f"{province.apps_url}/giaoduc/", page
    assert page.has("sign_in"), page
    assert page.has("signed_out"), page
    assert browser.open(f"{province.apps_url}/portal/sign-in").has("login_username")


def test_signing_out_of_one_system_signs_out_of_the_others(province: Province, browser: Browser) -> None:
    person = province.new_person()
    sign_in(browser, province, "portal", person)
    browser.open(f"{province.jobs_url}/sign-in")
    assert browser.click("consent_allow").has("sign_out")
    browser.open(f"{province.urls['bookings']}/sign-in")
    assert browser.click("consent_allow").has("sign_out")
    sign_in(browser, province, "giaoduc", person)
    browser.submit("sign_out")
    for address in (f"{province.apps_url}/portal/", f"{province.jobs_url}/", f"{province.urls['bookings']}/"):
        wait_until(lambda a=address: browser.open(a).has("sign_in"), what=f"sign-out of {address}")  # type: ignore[misc]


def test_an_answer_that_was_never_asked_for_is_turned_away(province: Province, browser: Browser) -> None:
    page = browser.open(f"{province.apps_url}/portal/callback", code="x", state="x", iss=province.issuer)
    assert (page.error_code, page.status) == ("mismatching_state", 400)


def test_a_system_that_is_not_there_has_a_page_that_says_so(province: Province, browser: Browser) -> None:
    assert browser.open(f"{province.apps_url}/khong-co/").status == 404


# What the province's own table says that each system needs beyond openid
OF_THE_TABLE = {
    "c-thainguyen": {"profile", "phone", "citizen"},
    "phananh": {"phone", "citizen"},
    "ioc": {"profile", "staff"},
    "vanban": {"profile", "email", "staff"},
    "portal": set(),
    "dichvucong": {"profile", "phone", "citizen"},
    "hotrocongdan": {"profile", "address", "pid"},
    "suckhoe": {"profile", "citizen", "pid", "guardian"},
    "giaoduc": {"profile", "guardian"},
    "santmdt": {"phone", "address", "employer"},
    "dienluc": {"profile", "phone", "address"},
    "tng": {"worker"},
    "vieclam": {"worker", "jobs"},
    "nhao": {"worker", "housing"},
}


def test_the_registered_clients_are_the_systems_of_the_table() -> None:
    registered = {client["slug"]: client for client in load_clients() if client["at"] == "provincial_apps"}
    # The factory's shared screen is a client beside its page
    assert set(registered) == {*SYSTEMS, "tng-may"}
    for slug, system in SYSTEMS.items():
        client = registered[slug]
        assert set(system.scopes) <= set(client["scope"].split()), slug
        later = {scope for step in system.steps for scope in step.scopes}
        assert OF_THE_TABLE[slug] <= {*system.scopes, *later}, slug
        assert client["least_identity_level"] == system.identity_level, slug
        assert client["least_acr"] == system.acr, slug
        assert client.get("is_public", False) == system.is_public, slug


def test_consent_calls_jobs_and_housing_as_its_own_pages_do() -> None:
    words = tomllib.loads((ROOT / "examples/jobs_housing/words.toml").read_text("utf-8"))
    called = next(client["name"] for client in load_clients() if client["slug"] == "jobs-housing")
    assert [called[language] for language in ("vi", "en", "ko")] == words["title"]
