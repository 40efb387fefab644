"""A wrong employer can see nothing: every page of an organisation, whatever feature it belongs to, against
everybody who has no business there."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from uuid import uuid4

import httpx
import pytest
from flask import Flask
from lxml import html

from tests.security.attack import Attack
from tests.security.target import Target, Victim
from tnid import clock
from tnid.app import FEATURES
from tnid.employers.organisations import NewEmployer
from tnid.employers.tax_codes import is_tax_code
from tnid.employment.attestation import Attestation
from tnid.employment.attestations import LIST, By
from tnid.signin.assurance import PASSWORD, PASSWORD_AND_TOTP, QR, Assurance
from tnid.stores.employers import MANAGER

SECRET_NAME, WORKER, MANAGER_NAME = "Công ty Kín Tiếng", "Đỗ Thị Không Ai Biết", "Ngô Văn Quản"
HOME = "/employers/<employer_id>"


def routes() -> Iterator[tuple[str, str]]:
    """Yield each method and path of an organisation's pages, those of features to come too."""
    app = Flask("routes")
    for feature in FEATURES:
        for blueprint in feature.BLUEPRINTS:
            app.register_blueprint(blueprint)
    for rule in app.url_map.iter_rules():
        if rule.rule.startswith(HOME):
            yield from ((method, rule.rule) for method in sorted({"GET", "POST"} & (rule.methods or set())))


ROUTES = sorted(routes())
ACTS = [(method, rule) for method, rule in ROUTES if method == "POST"]


@dataclass(frozen=True)
class Organisation:
    """An organisation, its manager, and somebody on its list."""

    id: str
    manager: Victim
    representative_id: str
    employment_id: str

    def address(self, rule: str) -> str:
        known = {
            "employer_id": self.id,
            "representative_id": self.representative_id,
            "employment_id": self.employment_id,
        }
        names = [(part, part[1:-1].rpartition(":")[2]) for part in rule.split("/")]
        made_up = uuid4().hex[:22]
        return "/".join(known.get(name, made_up) if part[:1] == "<" else part for part, name in names)


def new_tax_code() -> str:
    """Return a tax code that no other test has."""
    body = f"{uuid4().int % 10**9:09}"
    return next((body + digit for digit in "0123456789" if is_tax_code(body + digit)), "") or new_tax_code()


@pytest.fixture(scope="module")
def found(target: Target) -> Callable[..., Organisation]:
    """Enters organisations with a manager and a worker each."""

    def new(name: str = SECRET_NAME, **person: int) -> Organisation:
        manager = target.new_person(name=MANAGER_NAME if name == SECRET_NAME else "Lê Văn Khác", **person)
        parts, now = target.services, clock.now()
        with target.database.unit():
            id_ = parts.employers.organisations.create(NewEmployer(new_tax_code(), name), now)
            assert isinstance(id_, str)
            assert parts.employers.representatives.add(id_, manager.account_id, MANAGER, now) is None
            worker = Attestation(staff_code="A1", name=WORKER)
            said = parts.attestations.attest(
                parts.employers.organisations.find(id_), worker, By(None, LIST), now
            )
        own = parts.employers.representatives.find(id_, manager.account_id)
        assert own is not None and said.employment_id
        return Organisation(id_, manager, own.id, said.employment_id)

    return new


@pytest.fixture(scope="module")
def organisation(found: Callable[..., Organisation]) -> Organisation:
    return found()


def send(attack: Attack, organisation: Organisation, method: str, rule: str) -> httpx.Response:
    """Send it as a page of ours would, with what such forms hold."""
    page = html.document_fromstring(attack.send("GET", "/activate").text)
    form = {
        "csrf_token": page.xpath("//input[@name='csrf_token']/@value")[0],
        **{"role": "manager", "domain": "evil.example", "query": "a", "end_date": "01/01/2026"},
    }
    address = organisation.address(rule)
    return attack.send(method, address, **({"data": form} if method == "POST" else {}))


def check_silent(answer: httpx.Response) -> None:
    for known in (SECRET_NAME, WORKER, MANAGER_NAME):
        assert known not in answer.text, known


def check_nothing_happened(target: Target, organisation: Organisation) -> None:
    """Of the organisation and its worker everything is as it was."""
    parts = target.services
    row = parts.employers.organisations.find(organisation.id)
    worker = parts.employers.people.find(organisation.id, organisation.employment_id, clock.now())
    assert row.domain is None and worker is not None and worker.ends_at is None
    listed = parts.employers.representatives.list_of_employer(organisation.id, clock.now())
    assert organisation.manager.account_id in [one.account_id for one in listed]
    assert not [one for one in listed if one.is_invitation]


def test_the_matrix_is_whole() -> None:
    """It finds pages by the application's own map: an empty one would hold nothing."""
    assert len(ROUTES) >= 15 and ("GET", HOME) in ROUTES


@pytest.mark.parametrize(("method", "rule"), ROUTES)
def test_pi_004_a_wrong_employer_sees_nothing(
    attack: Attack,
    target: Target,
    organisation: Organisation,
    found: Callable[..., Organisation],
    method: str,
    rule: str,
) -> None:
    """Another organisation's manager: not found, and noted once, as for one that isn't there."""
    attack.sign_in(found("Công ty Khác").manager)
    with attack.one_refusal("employer.look", "not_found"):
        answer = send(attack, organisation, method, rule)
    assert answer.status_code == 404
    check_silent(answer)
    check_nothing_happened(target, organisation)


@pytest.mark.parametrize(("method", "rule"), ROUTES)
def test_pi_004_nobody_in_particular_sees_nothing(
    attack: Attack, target: Target, organisation: Organisation, person: Victim, method: str, rule: str
) -> None:
    """Nobody signed in; somebody who represents nobody; somebody who was invited and hasn't taken it up."""
    answer = send(attack, organisation, method, rule)
    assert answer.status_code == 303 and answer.headers["Location"].startswith("/resume/")
    attack.sign_in(person)
    with attack.one_refusal("employer.look", "not_found"):
        answer = send(attack, organisation, method, rule)
    assert answer.status_code == 404
    check_silent(answer)
    check_nothing_happened(target, organisation)


@pytest.mark.parametrize(("method", "rule"), ROUTES)
def test_pi_004_a_removed_representative_sees_nothing(
    attack: Attack, target: Target, found: Callable[..., Organisation], person: Victim, method: str, rule: str
) -> None:
    """With the session and the page still open, at the very next request."""
    own, representatives = found(), target.services.employers.representatives
    with target.database.unit():
        representatives.add(own.id, person.account_id, MANAGER, clock.now())
    attack.sign_in(person)
    assert attack.send("GET", f"/employers/{own.id}").status_code == 200
    with target.database.unit():
        representatives.remove_by_operator(own.id, person.account_id, clock.now())
    with attack.one_refusal("employer.look", "not_found"):
        answer = send(attack, own, method, rule)
    assert answer.status_code == 404
    check_silent(answer)
    check_nothing_happened(target, own)


@pytest.mark.parametrize(("method", "rule"), ACTS)
def test_ad_003_who_only_looks_changes_nothing(
    attack: Attack, target: Target, organisation: Organisation, person: Victim, method: str, rule: str
) -> None:
    with target.database.unit():
        target.services.employers.representatives.add(
            organisation.id, person.account_id, "reader", clock.now()
        )
    attack.sign_in(person)
    if rule == f"{HOME}/people":
        # A search is posted, so that what is looked for is in no address
        assert send(attack, organisation, method, rule).status_code == 303
    else:
        with attack.one_refusal("employer.look", "role"):
            assert send(attack, organisation, method, rule).status_code == 403
    check_nothing_happened(target, organisation)


@pytest.mark.parametrize(("method", "rule"), [route for route in ROUTES if route != ("GET", HOME)])
def test_ad_003_a_suspended_organisation_does_nothing(
    attack: Attack, target: Target, found: Callable[..., Organisation], method: str, rule: str
) -> None:
    """Whatever its manager sends leads to the page that says so."""
    own = found()
    attack.sign_in(own.manager)
    with target.database.unit():
        assert target.services.employers.organisations.suspend(own.id, clock.now())
    with attack.one_refusal("employer.look", "suspended"):
        answer = send(attack, own, method, rule)
    assert answer.status_code == 303 and answer.headers["Location"] == f"/employers/{own.id}"
    assert WORKER not in attack.send("GET", f"/employers/{own.id}").text
    check_nothing_happened(target, own)


@pytest.mark.parametrize(
    "assurance",
    [PASSWORD, Assurance("LoA2", (*PASSWORD_AND_TOTP.amr, QR)), Assurance("LoA1", ("card", "pin"))],
    ids=["one factor", "by a phone", "by a card"],
)
@pytest.mark.parametrize(("method", "rule"), ROUTES)
def test_mf_017_a_weaker_session_of_the_manager_opens_nothing(
    attack: Attack, target: Target, organisation: Organisation, method: str, rule: str, assurance: Assurance
) -> None:
    attack.sign_in(organisation.manager, assurance=assurance)
    answer = send(attack, organisation, method, rule)
    assert answer.status_code == 303 and answer.headers["Location"].startswith("/resume/")
    check_nothing_happened(target, organisation)


@pytest.mark.parametrize(("method", "rule"), ROUTES)
def test_mf_017_a_manager_whom_nobody_knows_opens_nothing(
    attack: Attack, target: Target, found: Callable[..., Organisation], method: str, rule: str
) -> None:
    own = found(identity_level=0)
    attack.sign_in(own.manager)
    answer = send(attack, own, method, rule)
    assert answer.status_code == 303 and answer.headers["Location"] == "/employers"
    check_nothing_happened(target, own)


def test_pi_004_an_organisation_is_not_told_apart_from_none(
    attack: Attack, organisation: Organisation, person: Victim
) -> None:
    """Between a made-up id, a real one and a request that waits there is no difference."""
    attack.sign_in(person)
    pages = [
        attack.send("GET", f"/employers/{id_}") for id_ in (organisation.id, uuid4().hex[:22], "x" * 4000)
    ]
    assert [page.status_code for page in pages] == [404] * 3
    assert pages[0].text.count("\n") == pages[1].text.count("\n")


def test_pi_004_ids_of_one_organisation_open_nothing_in_another(
    attack: Attack, target: Target, organisation: Organisation, found: Callable[..., Organisation]
) -> None:
    """A manager puts another organisation's worker and representative into their own addresses."""
    own = found("Công ty Khác")
    attack.sign_in(own.manager)
    for path in (f"people/{organisation.employment_id}", f"representatives/{organisation.representative_id}"):
        with attack.one_refusal("employer.look", "not_found"):
            answer = attack.send("GET", f"/employers/{own.id}/{path}")
        assert answer.status_code == 404
        check_silent(answer)
    mixed = Organisation(own.id, own.manager, organisation.representative_id, organisation.employment_id)
    for method, rule in ACTS:
        if "_id>" in rule.removeprefix(HOME):
            with attack.one_refusal():
                assert send(attack, mixed, method, rule).status_code == 404
    check_nothing_happened(target, organisation)
