"""Reviews as a service: who may decide what, once; and that what is live is what was agreed."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Barrier
from typing import Any

import pytest
from joserfc import jws
from joserfc.jwk import KeySet
from PIL import Image

from oidc.clients.consent_policy import with_versions
from tests.conftest import Clock
from tests.tnid.conftest import Someone
from tests.tnid.reviews.conftest import FULL, NewReviewer
from tnid.accounts.refusal import Refused
from tnid.db import Conflict
from tnid.developers.disclosure import Wish
from tnid.developers.texts import Typed, digest_of
from tnid.reviews.document import Document, find_excess, make_document
from tnid.reviews.records import Approval, Review
from tnid.services import Services
from tnid.stores.mirrors import PREFIX

Submit = Callable[..., str]
SIGNED = {"name": "Lê Quang Vinh", "position": "Trưởng phòng"}


pytestmark = pytest.mark.usefixtures("keys")


def document_now(services: Services, application: str) -> Document:
    developers = services.developers
    found = developers.applications.find(application)
    assert found is not None
    team = developers.teams.find(found.team_id)
    sandbox = services.clients.find_now(found.sandbox_client_id)
    live = services.clients.find_now(found.live_client_id) if found.live_client_id else None
    assert team is not None and sandbox is not None
    return make_document(team, found, sandbox, live, {}, SIGNED)


@pytest.fixture
def submit(services: Services, vinh: Someone, clock: Clock, describe: Callable[..., None]) -> Submit:
    """Describe items of an application and submit it; return the review's id."""

    def submitted(application: str, *names: str, wish: Wish = FULL) -> str:
        describe(application, *names, wish=wish)
        made = services.going_live.reviews.submit(document_now(services, application), vinh.id, clock.now())
        assert isinstance(made, str), made
        return made

    return submitted


def review_of(services: Services, review_id: str) -> Review:
    found = services.going_live.reviews.find(review_id)
    assert found is not None
    return found


def add_secret(services: Services, client_id: str, clock: Clock) -> None:
    client = services.clients.find_now(client_id)
    assert client is not None
    with services.database.unit():
        assert services.clients.set_secrets(client, (b"h" * 32,), {}, clock.now())


def approve(services: Services, review_id: str, by: Someone, clock: Clock, seen: int = 1) -> Any:
    with services.database.unit():
        return services.going_live.reviews.approve(review_id, seen, by.id, clock.now())


def test_an_approved_application_goes_live_as_it_was_agreed_and_not_otherwise(
    services: Services, application: str, submit: Submit, duyet: Someone, clock: Clock
) -> None:
    review_id = submit(application, "name", "phone_number")
    approved = approve(services, review_id, duyet, clock)
    assert isinstance(approved, Approval) and approved.is_whole and approved.number.endswith("-000001")
    live = services.clients.find_now(approved.client_id)
    agreement = services.going_live.agreements.find_current(application)
    assert live is not None and agreement is not None
    assert find_excess(live, agreement.document) == []
    assert live.agreed_only and not live.is_sandbox and live.secret_hashes == ()
    assert live.scope == ["openid", "profile", "phone"] and set(live.consent_items) == {
        "name",
        "phone_number",
    }
    assert live.organisation == "Sở Y tế tỉnh Thái Nguyên" and live.redirect_uris == ["https://so.example/cb"]
    found = services.developers.applications.find(application)
    assert found is not None and found.live_client_id == live.client_id != found.sandbox_client_id


@pytest.mark.parametrize(
    ("change", "name"),
    [
        ({"metadata": {"scope": "openid profile email phone"}}, "scope"),
        ({"consent_items": with_versions({"name": {}, "email": {}})}, "consent_items"),
        ({"agreed_only": False}, "agreed_only"),
        ({"organisation": "Công an tỉnh"}, "organisation"),
        ({"least_acr": "LoA2"}, "least_acr"),
        ({"accepts_mandates": True}, "accepts_mandates"),
        ({"resources": {"https://api.example": ["read"]}}, "resources"),
        ({"metadata": {"redirect_uris": ["https://evil.example/cb"]}}, "redirect_uris"),
    ],
)
def test_whatever_a_client_has_beyond_the_agreement_is_seen(
    change: dict[str, Any], name: str, services: Services, application: str, submit: Submit,
    duyet: Someone, clock: Clock,
) -> None:  # fmt: skip
    approved = approve(services, submit(application, "name"), duyet, clock)
    live = services.clients.find_now(approved.client_id)
    agreement = services.going_live.agreements.find_current(application)
    assert live is not None and agreement is not None
    if "metadata" in change:
        change = {"metadata": {**live.metadata, **change["metadata"]}}
    assert find_excess(replace(live, **change), agreement.document) == [name]


def test_what_is_reviewed_is_what_was_submitted_whatever_is_edited_later(
    services: Services, application: str, submit: Submit, describe: Callable[..., None], duyet: Someone,
    clock: Clock,
) -> None:  # fmt: skip
    review_id = submit(application, "name")
    describe(application, "name", "birthdate", "email")
    approved = approve(services, review_id, duyet, clock)
    live = services.clients.find_now(approved.client_id)
    assert live is not None and set(live.consent_items) == {"name"}


def test_two_must_agree_to_what_is_sensitive_and_the_same_one_twice_is_not_two(
    services: Services, application: str, submit: Submit, duyet: Someone, hai: Someone, clock: Clock
) -> None:
    wish = replace(FULL, reason="Cấp đơn thuốc", basis="law", law="Điều 12 Luật Khám bệnh")
    review_id = submit(application, "verified_claims/name", wish=wish)
    assert approve(services, review_id, duyet, clock) == Approval(is_whole=False)
    assert approve(services, review_id, duyet, clock) == Refused("", "review_second_eyes")
    found = services.developers.applications.find(application)
    assert found is not None and found.live_client_id is None
    assert approve(services, review_id, hai, clock).is_whole


def test_nobody_decides_on_their_own_team_or_without_the_role(
    services: Services, application: str, submit: Submit, vinh: Someone, lan: Someone, clock: Clock
) -> None:
    review_id = submit(application, "name")
    assert services.admin.operators.grant(vinh.id, "reviewer", clock.now()) is None
    reviews = services.going_live.reviews
    assert approve(services, review_id, vinh, clock) == Refused("", "review_own_team")
    assert reviews.refuse(review_id, 1, "Không", vinh.id, clock.now()) == Refused("", "review_own_team")
    assert approve(services, review_id, lan, clock) == Refused("", "review_decided")
    assert review_of(services, review_id).state == "submitted"


def test_who_left_the_team_decides_nothing_of_it_either(
    services: Services, application: str, submit: Submit, duyet: Someone, hai: Someone, clock: Clock
) -> None:
    found = services.developers.applications.find(application)
    assert found is not None
    members, now = services.developers.members, clock.now()
    members.add_by_operator(found.team_id, duyet.id, "owner", now)
    review_id = submit(application, "name")
    # For the moment of the decision a stranger, and back in the team afterwards
    assert members.leave(found.team_id, duyet.id, now)
    assert approve(services, review_id, duyet, clock) == Refused("", "review_own_team")
    assert services.going_live.reviews.is_own(review_of(services, review_id), duyet.id)
    assert approve(services, review_id, hai, clock).is_whole


def test_the_yes_of_a_reviewer_whose_role_ended_counts_no_more(
    services: Services, application: str, submit: Submit, duyet: Someone, hai: Someone,
    new_reviewer: NewReviewer, clock: Clock,
) -> None:  # fmt: skip
    wish = replace(FULL, reason="Cấp đơn thuốc", basis="law", law="Điều 12 Luật Khám bệnh")
    review_id = submit(application, "verified_claims/name", wish=wish)
    assert approve(services, review_id, duyet, clock) == Approval(is_whole=False)
    assert services.admin.operators.revoke(duyet.id, "reviewer", clock.now())
    assert review_of(services, review_id).first_by is None
    # The next one is the first of two again, and not the second
    assert approve(services, review_id, hai, clock) == Approval(is_whole=False)
    assert approve(services, review_id, hai, clock) == Refused("", "review_second_eyes")
    assert approve(services, review_id, new_reviewer("ba"), clock).is_whole


def test_an_outdated_revision_is_not_decided(
    services: Services, application: str, submit: Submit, duyet: Someone, vinh: Someone, clock: Clock
) -> None:
    review_id = submit(application, "name")
    reviews, now = services.going_live.reviews, clock.now()
    assert reviews.ask_changes(review_id, 1, "", duyet.id, now) == Refused("reason", "review_say_why")
    assert reviews.ask_changes(review_id, 1, "Nói rõ hơn", duyet.id, now) is None
    assert submit(application, "name", "email") == review_id
    found = review_of(services, review_id)
    assert (found.revision, found.state) == (2, "submitted")
    assert found.previous is not None and set(found.previous["items"]) == {"name"}
    assert approve(services, review_id, duyet, clock, seen=1) == Refused("", "review_outdated")
    assert approve(services, review_id, duyet, clock, seen=2).is_whole
    assert approve(services, review_id, duyet, clock, seen=2) == Refused("", "review_decided")
    assert reviews.refuse(review_id, 2, "Muộn", duyet.id, now) == Refused("", "review_decided")


def test_a_first_agreement_is_to_one_revision(
    services: Services, application: str, submit: Submit, duyet: Someone, hai: Someone, clock: Clock
) -> None:
    wish = replace(FULL, reason="Cấp đơn thuốc")
    review_id = submit(application, "verified_claims/name", wish=wish)
    assert approve(services, review_id, duyet, clock) == Approval(is_whole=False)
    reviews = services.going_live.reviews
    assert reviews.ask_changes(review_id, 1, "Sửa", hai.id, clock.now()) is None
    submit(application, "verified_claims/name", "email", wish=wish)
    assert approve(services, review_id, hai, clock, seen=2) == Approval(is_whole=False), (
        "the first of two again"
    )


def test_of_eight_who_approve_at_once_one_makes_one_client(
    services: Services, application: str, submit: Submit, duyet: Someone, hai: Someone, clock: Clock
) -> None:
    review_id, start = submit(application, "name"), Barrier(8)

    def decide(number: int) -> Any:
        start.wait(60)
        try:
            return approve(services, review_id, (duyet, hai)[number % 2], clock)
        except Conflict:
            return None

    with ThreadPoolExecutor(8) as pool:
        outcomes = list(pool.map(decide, range(8)))
    whole = [one for one in outcomes if isinstance(one, Approval)]
    assert len(whole) == 1 and whole[0].is_whole
    assert len(services.going_live.agreements.list_of_application(application)) == 1


def test_of_two_teams_approved_at_once_each_has_a_number(
    services: Services, application: str, submit: Submit, duyet: Someone, clock: Clock
) -> None:
    first = approve(services, submit(application, "name"), duyet, clock)
    again = submit(application, "name", "email")
    second = approve(services, again, duyet, clock)
    assert [one.number.partition("-")[2] for one in (first, second)] == ["000001", "000002"]
    agreements = services.going_live.agreements.list_of_application(application)
    assert sorted(one.ended_at is None for one in agreements) == [False, True]
    assert first.client_id == second.client_id, "the live client is changed, not made anew"


def test_what_is_changed_keeps_secrets_and_widens_nothing_but_what_was_agreed(
    services: Services, application: str, submit: Submit, duyet: Someone, clock: Clock
) -> None:
    first = approve(services, submit(application, "name", "email"), duyet, clock)
    add_secret(services, first.client_id, clock)
    approve(services, submit(application, "name"), duyet, clock)
    live = services.clients.find_now(first.client_id)
    assert live is not None and live.secret_hashes == (b"h" * 32,)
    assert live.scope == ["openid", "profile"] and set(live.consent_items) == {"name"}


def test_one_review_at_a_time_and_nothing_for_nothing(
    services: Services, application: str, submit: Submit, vinh: Someone, duyet: Someone, clock: Clock
) -> None:
    review_id = submit(application, "name")
    reviews, now = services.going_live.reviews, clock.now()
    same = document_now(services, application)
    assert reviews.submit(same, vinh.id, now) == Refused("", "review_open_already")
    approve(services, review_id, duyet, clock)
    again = reviews.submit(document_now(services, application), vinh.id, now)
    assert again == Refused("", "review_unchanged")


def test_a_removed_member_submits_and_withdraws_nothing(
    services: Services, application: str, describe: Callable[..., None], lan: Someone, clock: Clock,
    submit: Submit,
) -> None:  # fmt: skip
    describe(application, "name")
    reviews, now = services.going_live.reviews, clock.now()
    late = reviews.submit(document_now(services, application), lan.id, now)
    assert late == Refused("", "team_changes_no_more")
    submit(application, "name")
    assert not reviews.withdraw(application, lan.id, now)
    assert reviews.find_open(application) is not None


def test_withdrawing_ends_it_and_another_may_follow(
    services: Services, application: str, submit: Submit, vinh: Someone, duyet: Someone, clock: Clock
) -> None:
    review_id = submit(application, "name")
    assert services.going_live.reviews.withdraw(application, vinh.id, clock.now())
    assert approve(services, review_id, duyet, clock) == Refused("", "review_decided")
    assert submit(application, "name") != review_id


def test_comments_stop_with_the_review(
    services: Services, application: str, submit: Submit, vinh: Someone, duyet: Someone, clock: Clock
) -> None:
    review = review_of(services, submit(application, "name"))
    reviews, now = services.going_live.reviews, clock.now()
    assert reviews.comment(review, "items/name", "Vì sao?", duyet.id, now, by_reviewer=True) is None
    now = clock.advance(1)
    assert reviews.comment(review, "", "Để in thẻ", vinh.id, now, by_reviewer=False) is None
    assert reviews.comment(review, "", " ", vinh.id, now, by_reviewer=False) == Refused("text", "review_text")
    assert [(c.field, c.by_reviewer) for c in reviews.list_comments(review.id)] == [
        ("items/name", True), ("", False),
    ]  # fmt: skip
    approve(services, review.id, duyet, clock)
    late = reviews.comment(review_of(services, review.id), "", "Muộn", vinh.id, now, by_reviewer=False)
    assert late == Refused("text", "review_decided")


# What was agreed


def test_a_certificate_is_verified_by_our_keys_and_names_no_person(
    services: Services, application: str, submit: Submit, duyet: Someone, clock: Clock
) -> None:
    approve(services, submit(application, "name"), duyet, clock)
    agreements = services.going_live.agreements
    agreement = agreements.find_current(application)
    assert agreement is not None
    keys = KeySet.import_key_set(json.loads(services.keyring.jwks(clock.now())))
    signed = jws.deserialize_compact(agreements.sign(agreement, clock.now()), keys, algorithms=["ES256"])
    assert signed.headers()["typ"] == "agreement+jwt"
    told = json.loads(signed.payload)
    assert told["number"] == agreement.number and told["items"]["name"]["purpose"] == FULL.purpose
    assert told["ended_at"] is None and "Vinh" not in str(told)


# Stopped, resumed, ended, adopted


def test_a_suspended_application_is_shut_until_it_is_resumed(
    services: Services, application: str, submit: Submit, duyet: Someone, clock: Clock
) -> None:
    lives, now = services.going_live.lives, clock.now()
    assert lives.suspend(application, "Lộ khóa", duyet.id, now) == Refused("", "application_not_live")
    client_id = approve(services, submit(application, "name"), duyet, clock).client_id
    assert lives.suspend(application, " ", duyet.id, now) == Refused("reason", "review_say_why")
    assert lives.suspend(application, "Lộ khóa", duyet.id, now) is None
    assert services.clients.find_now(client_id).disabled_at is not None  # type: ignore[union-attr]  # it is there
    again = lives.suspend(application, "Lộ khóa", duyet.id, now)
    assert again == Refused("", "application_suspended_already")
    found = services.developers.applications.find(application)
    assert found is not None and found.suspended_reason == "Lộ khóa"
    assert lives.resume(application, duyet.id, now) is None
    assert lives.resume(application, duyet.id, now) == Refused("", "application_not_suspended")
    assert services.clients.find_now(client_id).disabled_at is None  # type: ignore[union-attr]  # it is there


def test_what_was_suspended_and_archived_goes_on_only_once_its_team_took_it_out(
    services: Services, application: str, submit: Submit, vinh: Someone, duyet: Someone, clock: Clock
) -> None:
    lives, applications, now = services.going_live.lives, services.developers.applications, clock.now()
    client_id = approve(services, submit(application, "name"), duyet, clock).client_id
    found = applications.find(application)
    assert found is not None
    assert applications.archive(found, vinh.id, now) == Refused("", "application_is_live")
    assert lives.suspend(application, "Lộ khóa", duyet.id, now) is None
    assert applications.archive(found, vinh.id, now) is None
    assert lives.resume(application, duyet.id, now) == Refused("", "application_archived")
    # Nor by any other door
    assert lives.find_obstacle_to_resume(client_id, duyet.id) == Refused("", "application_suspended")
    for one in (client_id, found.sandbox_client_id):
        assert lives.find_obstacle_to_resume(one, None) is not None
        assert services.clients.find_now(one).disabled_at is not None  # type: ignore[union-attr]  # it is there
    archived = applications.find(application)
    assert archived is not None and applications.restore(archived, vinh.id, now) is None
    assert services.clients.find_now(client_id).disabled_at is not None  # type: ignore[union-attr]  # it is there
    assert lives.resume(application, duyet.id, now) is None
    assert services.clients.find_now(client_id).disabled_at is None  # type: ignore[union-attr]  # it is there


def test_what_lies_in_the_archive_is_not_approved(
    services: Services, application: str, submit: Submit, vinh: Someone, duyet: Someone, clock: Clock
) -> None:
    review_id, applications = submit(application, "name"), services.developers.applications
    found = applications.find(application)
    assert found is not None and applications.archive(found, vinh.id, clock.now()) is None
    assert approve(services, review_id, duyet, clock) == Refused("", "application_archived")
    archived = applications.find(application)
    assert archived is not None and archived.live_client_id is None
    assert applications.restore(archived, vinh.id, clock.now()) is None
    assert isinstance(approve(services, review_id, duyet, clock), Approval)


def test_what_was_ended_stays_so(
    services: Services, application: str, submit: Submit, vinh: Someone, duyet: Someone, clock: Clock
) -> None:
    lives, now = services.going_live.lives, clock.now()
    client_id = approve(services, submit(application, "name"), duyet, clock).client_id
    assert lives.end(application, vinh.id, now) is None
    assert lives.end(application, vinh.id, now) == Refused("", "application_ended")
    assert lives.resume(application, duyet.id, now) == Refused("", "application_ended")
    assert services.clients.find_now(client_id).disabled_at is not None  # type: ignore[union-attr]  # it is there
    assert services.going_live.agreements.find_current(application) is None
    late = services.going_live.reviews.submit(document_now(services, application), vinh.id, now)
    assert late == Refused("", "application_ended")
    assert lives.resume_client(client_id, duyet.id, now) == Refused("", "application_ended")
    assert services.clients.find_now(client_id).disabled_at is not None  # type: ignore[union-attr]  # it is there


def test_of_an_end_and_a_going_on_at_once_the_end_stands(
    services: Services, application: str, submit: Submit, vinh: Someone, duyet: Someone, clock: Clock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    """An operator disabled the client; another lets it go on while the team's owner ends it for good."""
    lives, now = services.going_live.lives, clock.now()
    client_id = approve(services, submit(application, "name"), duyet, clock).client_id
    services.clients.disable(client_id, now)
    hold = lives._reviews.hold_application

    def come_second(held: str) -> None:
        """Wait for whoever was first, as the row's lock would have it."""
        assert lives.end(application, vinh.id, now) is None
        hold(held)

    monkeypatch.setattr(lives._reviews, "hold_application", come_second)
    assert lives.resume_client(client_id, duyet.id, now) == Refused("", "application_ended")
    client = services.clients.find_now(client_id)
    assert client is not None and client.disabled_at is not None


def test_the_playground_of_what_lies_in_the_archive_does_not_go_on_alone(
    services: Services, application: str, vinh: Someone, clock: Clock
) -> None:
    found = services.developers.applications.find(application)
    assert found is not None and services.playground.mirrors.get(found, clock.now()) is not None
    assert services.developers.applications.archive(found, vinh.id, clock.now()) is None
    late = services.going_live.lives.resume_client(PREFIX + application, None, clock.now())
    assert late == Refused("", "application_archived")


def test_an_operator_of_the_team_does_not_let_it_go_on(
    services: Services, application: str, submit: Submit, vinh: Someone, duyet: Someone, hai: Someone,
    clock: Clock,
) -> None:  # fmt: skip
    lives, now = services.going_live.lives, clock.now()
    client_id = approve(services, submit(application, "name"), duyet, clock).client_id
    assert services.admin.operators.grant(vinh.id, "reviewer", now) is None
    # To stop one's own is always right
    assert lives.suspend(application, "Lộ khóa", vinh.id, now) is None
    assert lives.resume(application, vinh.id, now) == Refused("", "review_own_team")
    assert services.clients.find_now(client_id).disabled_at is not None  # type: ignore[union-attr]  # it is there
    assert lives.resume(application, hai.id, now) is None


def test_a_client_from_before_is_given_to_a_team_with_a_sandbox_beside_it(
    services: Services, application: str, new_app: Callable[..., str], clock: Clock
) -> None:
    items = {"name": {"purpose": {"vi": "Xưng hô trong thư"}, "required": True}}
    new_app("viec-lam", consent_items=items)
    found = services.developers.applications.find(application)
    assert found is not None
    lives, now = services.going_live.lives, clock.now()
    made = lives.adopt("viec-lam", found.team_id, now)
    assert isinstance(made, str)
    adopted = services.developers.applications.find(made)
    assert adopted is not None and adopted.live_client_id == "viec-lam" and adopted.name == "Việc làm"
    sandbox = services.clients.find_now(adopted.sandbox_client_id)
    assert sandbox is not None and sandbox.is_sandbox and sandbox.secret_hashes == ()
    live = services.clients.find_now("viec-lam")
    assert live is not None and not live.agreed_only, "as it was, until a review"
    assert lives.adopt("viec-lam", found.team_id, now) == Refused("client", "adopt_taken")
    assert lives.adopt("nobody", found.team_id, now) == Refused("client", "adopt_no_client")
    assert lives.adopt(found.sandbox_client_id, found.team_id, now) == Refused("client", "adopt_no_client")
    new_app("khac")
    assert lives.adopt("khac", "no-team", now) == Refused("team", "adopt_no_team")


def test_people_see_the_words_and_the_logo_that_a_reviewer_saw(
    services: Services, application: str, submit: Submit, vinh: Someone, duyet: Someone, clock: Clock
) -> None:
    found = services.developers.applications.find_standing(application, vinh.id)
    assert found is not None
    image = io.BytesIO()
    Image.new("RGB", (128, 128)).save(image, "PNG")
    assert services.developers.logos.upload(found, image.getvalue(), clock.now()) is None
    found = services.developers.applications.find_standing(application, vinh.id)
    assert found is not None
    said = {
        "name": {"vi": "Sổ khám bệnh"},
        "purpose": {"vi": "Xem lịch khám", "ko": "진료 일정"},
        "organisation": {"vi": "Sở Y tế tỉnh Thái Nguyên", "en": "Department of Health"},
    }
    typed = Typed(said, digest_of(found.application.texts))
    assert services.developers.texts.change(found, typed, clock.now()) is None
    approved = approve(services, submit(application, "name"), duyet, clock)
    live = services.clients.find_now(approved.client_id)
    assert live is not None and live.presentation == {
        name: said[name] for name in ("purpose", "organisation")
    }
    assert live.organisation == said["organisation"]["vi"]
    logo = str(live.logo_uri).rpartition("/")[2]
    assert services.developers.logos.is_of(logo, live.client_id)
    events = {one.event: one for one in services.developers.acts.list_of_application(application)}
    assert {"review.submit", "review.approve", "application.disclosure"} <= events.keys()
    # Who decided for the province is nobody's to know
    assert events["review.approve"].account_id is None and events["review.submit"].account_id == vinh.id
