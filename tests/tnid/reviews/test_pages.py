"""Going live on the pages: from what is missing to a live client, its certificate, and its end."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.conftest import Clock
from tests.tnid.conftest import InProcess, Someone
from tests.tnid.reviews.conftest import FULL, PURPOSE
from tnid.services import Services

pytestmark = pytest.mark.usefixtures("keys")
SIGN = {"responsible": "Lê Quang Vinh", "position": "Trưởng phòng", "stands": "y"}
OpenAdmin = Callable[[Someone], InProcess]


def submit(browser: InProcess, application: str) -> None:
    browser.open(f"/developers/apps/{application}/review")
    page = browser.submit("review_submit", SIGN)
    assert page.path == f"/developers/apps/{application}/review" and page.has("review_withdraw"), page.text


def open_review(browser: InProcess) -> str:
    browser.open("/admin/reviews")
    return browser.click("review_1").path


def test_what_is_missing_is_listed_with_links_and_nothing_can_be_submitted(
    vinhs: InProcess, application: str, services: Services
) -> None:
    page = vinhs.open(f"/developers/apps/{application}/review")
    missing = {name for name in POINTS if page.has(f"point_{name}")}
    assert missing == {"texts", "contacts", "policy", "tried", "chosen", "justified", "logout"}
    assert not page.has("review_submit")
    answer = vinhs.post(f"/developers/apps/{application}/review/submit", **SIGN)
    assert answer.status_code == 400 and services.going_live.reviews.find_open(application) is None


POINTS = ("texts", "contacts", "policy", "redirect_uris", "tried", "chosen", "justified", "reasons", "logout")


def test_from_submitting_to_a_live_client_and_its_certificate(
    vinhs: InProcess, application: str, make_ready: Callable[..., None], duyet: Someone,
    open_admin: OpenAdmin, services: Services, new_browser: Callable[..., InProcess],
) -> None:  # fmt: skip
    make_ready("name", "phone_number")
    submit(vinhs, application)
    reviewer = open_admin(duyet)
    address = open_review(reviewer)
    page = reviewer.open(address)
    assert PURPOSE["vi"] in page.text and "so.example" in page.text and "Lê Quang Vinh" in page.text
    page = reviewer.submit("decision_approve")
    assert page.path == address and not page.has("decision_approve")
    found = services.developers.applications.find(application)
    assert found is not None and found.live_client_id
    page = vinhs.open(f"/developers/apps/{application}/review")
    assert page.text_of("live_client_id") == found.live_client_id
    number = services.going_live.agreements.list_of_application(application)[0].number
    paper = vinhs.open(f"/developers/apps/{application}/review/certificates/{number}")
    assert paper.status == 200 and number in paper.text and "Giấy xác nhận kết nối" in paper.text
    public = new_browser().open(f"/applications/{found.live_client_id}")
    assert public.status == 200 and PURPOSE["vi"] in public.text and "Lê Quang Vinh" not in public.text
    signed = new_browser().get(f"/certificates/{number}.jws")
    assert signed.status_code == 200 and signed.text.count(".") == 2


def test_comments_go_back_and_forth_and_it_is_submitted_again(
    vinhs: InProcess, application: str, make_ready: Callable[..., None], describe: Callable[..., None],
    duyet: Someone, open_admin: OpenAdmin,
) -> None:  # fmt: skip
    make_ready("name")
    submit(vinhs, application)
    reviewer = open_admin(duyet)
    address = open_review(reviewer)
    page = reviewer.submit("comment_submit", {"text": ""})
    assert page.status == 400 and page.has("text-error")
    reviewer.open(address)
    reviewer.submit("comment_submit", {"field": "items/name", "text": "Vì sao cần họ tên?"})
    reviewer.open(address)
    page = reviewer.submit("decision_changes")
    assert page.status == 400, "the team has to be told what"
    page = reviewer.submit("decision_changes", {"reason": "Xin nói rõ hơn"})
    assert not page.has("decision_changes")
    here = f"/developers/apps/{application}/review"
    page = vinhs.open(here)
    assert "Vì sao cần họ tên?" in page.text and page.text_of("review_reason") == "Xin nói rõ hơn"
    assert vinhs.submit("comment_submit", {"text": "Để in vào sổ"}).status == 200
    describe(application, "name", "email")
    submit(vinhs, application)
    page = reviewer.open(address)
    assert "Để in vào sổ" in page.text and page.has("since"), "what is new is shown"


def test_what_is_written_about_a_review_that_is_over_is_given_back(
    vinhs: InProcess, application: str, make_ready: Callable[..., None], duyet: Someone, hai: Someone,
    open_admin: OpenAdmin,
) -> None:  # fmt: skip
    make_ready("name")
    submit(vinhs, application)
    reviewer, other = open_admin(duyet), open_admin(hai)
    address = open_review(reviewer)
    other.open(address)
    other.submit("decision_approve")
    page = reviewer.submit("decision_refuse", {"reason": "Một lời nhắn dài"})
    assert page.status == 409 and page.text_of("unsent") == "Một lời nhắn dài"
    late = reviewer.post(f"{address}/comments", field="", text="Muộn rồi")
    assert late.status_code == 400 and ">Muộn rồi</p>" in late.text
    late = vinhs.post(f"/developers/apps/{application}/review/comments", field="", text="Để in <b>")
    assert late.status_code == 400 and ">Để in &lt;b&gt;</p>" in late.text


def test_a_page_that_is_out_of_date_decides_nothing(
    vinhs: InProcess, application: str, make_ready: Callable[..., None], duyet: Someone, hai: Someone,
    open_admin: OpenAdmin, services: Services,
) -> None:  # fmt: skip
    make_ready("name")
    submit(vinhs, application)
    first, second = open_admin(duyet), open_admin(hai)
    address = open_review(first)
    second.open(address)
    first.submit("decision_changes", {"reason": "Sửa"})
    submit(vinhs, application)
    page = second.submit("decision_approve")
    assert page.status == 409 and services.developers.applications.find(application).live_client_id is None  # type: ignore[union-attr]  # it is there
    page = first.post(f"{address}/decision", decision="approve", revision="nonsense")
    assert page.status_code == 409


def test_a_decision_that_clashes_twice_is_said_and_nothing_typed_is_lost(
    vinhs: InProcess, application: str, make_ready: Callable[..., None], duyet: Someone,
    open_admin: OpenAdmin, services: Services, monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    make_ready("name")
    submit(vinhs, application)
    desk = open_admin(duyet)
    open_review(desk)
    tries: list[int] = []

    def clash(*_given: object) -> bool:
        tries.append(1)
        return False

    with monkeypatch.context() as meanwhile:
        meanwhile.setattr(services.going_live.reviews._applications, "set_live", clash)
        page = desk.submit("decision_approve", {"reason": "Đã đối chiếu công văn"})
    assert page.status == 409 and len(tries) == 2, "once more by itself, and then it is said"
    assert "Đã đối chiếu công văn" in page.text and page.has("decision_approve")
    assert "thay đổi" in page.words() or "sửa" in page.words()
    found = services.developers.applications.find(application)
    assert found is not None and found.live_client_id is None
    assert desk.submit("decision_approve").status == 200
    found = services.developers.applications.find(application)
    assert found is not None and found.live_client_id is not None


def test_after_a_new_submission_the_next_press_is_about_what_is_shown(
    vinhs: InProcess, application: str, make_ready: Callable[..., None], duyet: Someone, hai: Someone,
    open_admin: OpenAdmin,
) -> None:  # fmt: skip
    make_ready("name")
    submit(vinhs, application)
    first, second = open_admin(duyet), open_admin(hai)
    second.open(open_review(first))
    first.submit("decision_changes", {"reason": "Sửa"})
    submit(vinhs, application)
    page = second.submit("decision_changes", {"reason": "Thiếu công văn"})
    assert page.status == 409 and "Thiếu công văn" in page.text
    assert second.submit("decision_changes").status == 200


def test_a_reviewer_of_the_team_sees_no_button_and_can_not_send_one(
    vinhs: InProcess, application: str, make_ready: Callable[..., None], vinh: Someone, services: Services,
    clock: Clock, open_admin: OpenAdmin,
) -> None:  # fmt: skip
    make_ready("name")
    submit(vinhs, application)
    assert services.admin.operators.grant(vinh.id, "reviewer", clock.now()) is None
    own = open_admin(vinh)
    address = open_review(own)
    assert not own.open(address).has("decision_approve")
    answer = own.post(f"{address}/decision", decision="approve", revision="1")
    assert answer.status_code == 409
    assert services.going_live.reviews.find_open(application) is not None


def test_submitting_takes_two_factors_and_the_form_twice_is_one_review(
    vinh: Someone,
    vinhs: InProcess,
    application: str,
    make_ready: Callable[..., None],
    services: Services,
    clock: Clock,
) -> None:
    make_ready("name")
    submit(vinhs, application)
    answer = vinhs.post(f"/developers/apps/{application}/review/submit", **SIGN)
    assert answer.status_code == 400
    assert len(services.going_live.reviews.list_of_application(application)) == 1
    vinhs.post(f"/developers/apps/{application}/review/withdraw")
    for _ in range(3):
        clock.advance(1600)
        vinhs.open("/developers")
    answer = vinhs.post(f"/developers/apps/{application}/review/submit", **SIGN)
    assert answer.status_code == 303 and "/resume/" in answer.headers["Location"]
    # What was typed outlasts the sign-in
    page = vinh.sign_in(vinhs, answer.headers["Location"])
    assert page.document.xpath("//input[@id='position']/@value") == [SIGN["position"]]
    assert page.document.xpath("boolean(//input[@id='stands']/@checked)")


def test_suspended_people_see_it_and_it_goes_on(
    vinhs: InProcess, application: str, make_ready: Callable[..., None], duyet: Someone,
    open_admin: OpenAdmin, services: Services, clock: Clock,
) -> None:  # fmt: skip
    make_ready("name")
    submit(vinhs, application)
    reviewer = open_admin(duyet)
    open_review(reviewer)
    reviewer.submit("decision_approve")
    life = f"/admin/applications/{application}"
    reviewer.open(life)
    assert reviewer.submit("life_suspend").status == 409, "the team has to be told why"
    reviewer.submit("life_suspend", {"reason": "Lộ khóa bí mật"})
    assert (
        vinhs.open(f"/developers/apps/{application}/review").text_of("suspended_reason") == "Lộ khóa bí mật"
    )
    client_id = services.developers.applications.find(application).live_client_id  # type: ignore[union-attr]
    assert "Lộ khóa" not in vinhs.open(f"/applications/{client_id}").text
    assert reviewer.open(life).has("life_resume")
    clock.advance(600)
    assert reviewer.submit("life_resume").has("life_resume"), "the last sign-in is too long ago"
    clock.advance(-600)
    assert not reviewer.submit("life_resume").has("life_resume")
    reviewer.open(life)
    assert reviewer.submit("life_end").status == 409, "asked about twice"
    reviewer.open(life)
    assert not reviewer.submit("life_end", {"sure": "yes"}).has("life_end")


def test_an_owner_ends_it_after_being_asked_twice(
    vinhs: InProcess, application: str, make_ready: Callable[..., None], duyet: Someone,
    open_admin: OpenAdmin, services: Services,
) -> None:  # fmt: skip
    make_ready("name")
    submit(vinhs, application)
    reviewer = open_admin(duyet)
    open_review(reviewer)
    reviewer.submit("decision_approve")
    here = f"/developers/apps/{application}/review"
    vinhs.open(here)
    vinhs.click("to_end")
    assert vinhs.submit("end_submit").status == 400
    page = vinhs.submit("end_submit", {"sure": "y"})
    assert page.path == here and not page.has("to_end") and not page.has("review_submit")
    found = services.developers.applications.find(application)
    assert found is not None and found.ended_at is not None


def test_why_no_logout_is_written_down(vinhs: InProcess, application: str, services: Services) -> None:
    vinhs.open(f"/developers/apps/{application}/review/logout")
    assert vinhs.submit("logout_submit", {"reason": ""}).status == 400
    page = vinhs.submit("logout_submit", {"reason": "Không giữ phiên"})
    assert not page.has("point_logout")
    assert services.developers.disclosures.find(application).reasons == {"logout": "Không giữ phiên"}


def test_contacts_and_papers_are_checked_at_their_fields(
    vinhs: InProcess, application: str, services: Services
) -> None:
    here = f"/developers/apps/{application}/review/papers"
    vinhs.open(here)
    page = vinhs.submit("papers_submit", {"contacts": "khong phai", "policy_uri": "https://so.example/p"})
    assert page.status == 400 and page.has("contacts-error")
    assert page.get("contacts").value == "khong phai", "nothing typed is lost"
    page = vinhs.submit("papers_submit", {"contacts": "a@so.example", "policy_uri": "http://so.example/p"})
    assert page.status == 400 and page.has("policy_uri-error")
    page = vinhs.submit("papers_submit", {"policy_uri": "https://so.example/p"})
    assert not page.has("point_contacts") and not page.has("point_policy")
    found = services.developers.applications.find(application)
    assert found is not None
    client = services.clients.find_now(found.sandbox_client_id)
    assert client is not None and client.metadata["contacts"] == ["a@so.example"]


@pytest.mark.parametrize(
    "path",
    ["", "/submit", "/comments", "/withdraw", "/logout", "/papers", "/end", "/certificates/2026-000001"],
)
def test_strangers_find_nothing_of_it(
    path: str, new_browser: Callable[..., InProcess], lan: Someone, application: str
) -> None:
    other = new_browser()
    lan.sign_in(other)
    here = f"/developers/apps/{application}/review{path}"
    assert other.get(here).status_code in (404, 405) and other.post(here).status_code in (404, 405)
    assert {other.get(here).status_code, other.post(here).status_code} & {404}


def test_nobody_but_reviewers_opens_reviews(
    vinhs: InProcess, application: str, new_person: Callable[..., Someone], services: Services, clock: Clock,
    open_admin: OpenAdmin, new_browser: Callable[..., InProcess], lan: Someone,
) -> None:  # fmt: skip
    support = new_person("huong", totp=True)
    assert services.admin.operators.grant(support.id, "support", clock.now()) is None
    opened = open_admin(support)
    for address in ("/admin/reviews", "/admin/reviews/x", f"/admin/applications/{application}"):
        assert opened.get(address).status_code == 403
    assert vinhs.get("/admin/reviews").status_code == 403
    assert new_browser().get("/applications/nobody").status_code == 404
    assert new_browser().get("/certificates/2026-999999.jws").status_code == 404


def test_two_reviewers_agree_on_the_pages(
    vinhs: InProcess, application: str, make_ready: Callable[..., None], duyet: Someone, hai: Someone,
    open_admin: OpenAdmin, services: Services,
) -> None:  # fmt: skip
    make_ready(
        "verified_claims/name",
        wish=FULL.__class__(PURPOSE, basis="consent", kept="year", reason="Đối chiếu hồ sơ"),
    )
    submit(vinhs, application)
    first, second = open_admin(duyet), open_admin(hai)
    address = open_review(first)
    assert not first.submit("decision_approve").has("decision_approve"), "their own yes is said"
    second.open(address)
    second.submit("decision_approve")
    found = services.developers.applications.find(application)
    assert found is not None and found.live_client_id


def test_what_was_suspended_or_ended_does_not_go_on_as_a_client_alone(
    make_ready: Callable[..., None], vinhs: InProcess, open_admin: Callable[[Someone], InProcess],
    duyet: Someone, vinh: Someone, application: str, services: Services, clock: Clock,
) -> None:  # fmt: skip
    make_ready()
    submit(vinhs, application)
    admin, lives = open_admin(duyet), services.going_live.lives
    (review,) = services.going_live.reviews.list_waiting()
    admin.post(f"/admin/reviews/{review.id}/decision", revision="1", decision="approve")
    client_id = services.developers.applications.find(application).live_client_id  # type: ignore[union-attr]  # it is there
    assert lives.suspend(application, "Lộ khóa", duyet.id, clock.now()) is None
    sent = {"reason": "Theo đề nghị"}
    for end in (False, True):
        if end:
            assert lives.end(application, vinh.id, clock.now()) is None
        answer = admin.post(f"/admin/clients/resume/{client_id}", **sent)
        assert answer.status_code == 400
        live = services.clients.find_now(str(client_id))
        assert live is not None and live.disabled_at is not None
