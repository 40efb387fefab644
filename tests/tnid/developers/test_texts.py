"""What people read of an application: in step with its sandbox client; pictures drawn anew."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import pytest
from PIL import Image

from tests.conftest import Clock
from tests.tnid.conftest import InProcess, Someone
from tests.tnid.developers.conftest import go_live, standing
from tnid.consent.applications import describe
from tnid.developers.logos import MOST_BYTES, draw_anew
from tnid.developers.records import Application
from tnid.services import Services

AtBrowser = Callable[[Someone], InProcess]
Make = Callable[..., Application]


def picture(kind: str = "PNG", size: tuple[int, int] = (300, 200)) -> bytes:
    kept = io.BytesIO()
    Image.new("RGB", size, (17, 102, 58)).save(kept, kind)
    return kept.getvalue()


def upload(browser: InProcess, application: Application, content: bytes, name: str = "logo.png") -> Any:
    page = browser.open(f"/developers/apps/{application.id}/logo")
    token = page.document.xpath("//form[@enctype]//input[@name='csrf_token']/@value")[0]  # type: ignore[union-attr]
    return browser.send(
        "POST", f"/developers/apps/{application.id}/logo",
        data={"csrf_token": token}, files={"logo": (name, content, "image/png")},
    )  # fmt: skip


def logo_of(services: Services, application: Application) -> str:
    found = services.developers.applications.find(application.id)
    assert found is not None
    return str(found.texts.get("logo", ""))


def test_the_sandbox_client_says_what_was_typed_in_three_languages(
    make: Make, vinh: Someone, at_browser: AtBrowser, services: Services
) -> None:
    application, browser = make(), at_browser(vinh)
    browser.open(f"/developers/apps/{application.id}/texts")
    typed = {
        "name_vi": "Sổ khám",
        "name_en": "Health book",
        "purpose_vi": "Xem lịch khám",
        "purpose_ko": "진료",
    }
    assert browser.submit("texts_submit", typed).status == 200
    client = services.clients.find_now(application.sandbox_client_id)
    assert client is not None
    assert [client.text("client_name", tag) for tag in ("vi", "en", "ko")] == [
        "Sổ khám",
        "Health book",
        "Sổ khám",
    ]
    assert client.presentation == {"purpose": {"vi": "Xem lịch khám", "ko": "진료"}}
    # Taken away again, it is said no more
    browser.open(f"/developers/apps/{application.id}/texts")
    browser.submit("texts_submit", {"name_en": "", "purpose_vi": "", "purpose_ko": ""})
    client = services.clients.find_now(application.sandbox_client_id)
    assert client is not None and client.presentation == {} and "client_name#en" not in client.metadata


@pytest.mark.parametrize(
    ("field", "text"),
    [("name_vi", ""), ("name_ko", "x" * 61), ("purpose_en", "a\u200bb"), ("purpose_vi", "x" * 201)],
)
def test_a_text_that_can_not_be_is_refused_at_its_field(
    field: str, text: str, make: Make, vinh: Someone, at_browser: AtBrowser, services: Services
) -> None:
    application, browser = make(), at_browser(vinh)
    browser.open(f"/developers/apps/{application.id}/texts")
    page = browser.submit("texts_submit", {"name_vi": "Khác", field: text})
    assert page.status == 400 and page.has(f"{field}-error")
    assert services.developers.applications.find(application.id).name == "Sổ khám bệnh"  # type: ignore[union-attr]


def test_of_two_who_write_at_once_the_second_is_told_and_loses_nothing(
    make: Make, vinh: Someone, at_browser: AtBrowser, services: Services
) -> None:
    application, first, second = make(), at_browser(vinh), at_browser(vinh)
    for browser in (first, second):
        browser.open(f"/developers/apps/{application.id}/texts")
    assert first.submit("texts_submit", {"name_vi": "Của người trước"}).status == 200
    page = second.submit("texts_submit", {"name_vi": "Của người sau"})
    assert page.status == 400 and page.get("name_vi").get("value") == "Của người sau"
    assert services.developers.applications.find(application.id).name == "Của người trước"  # type: ignore[union-attr]
    # Who has seen it may write over it
    assert second.submit("texts_submit").status == 200
    assert services.developers.applications.find(application.id).name == "Của người sau"  # type: ignore[union-attr]


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_a_logo_is_drawn_anew_and_served_by_us_alone(
    kind: str, make: Make, vinh: Someone, at_browser: AtBrowser, services: Services
) -> None:
    application, browser = make(), at_browser(vinh)
    uploaded = picture(kind)
    assert upload(browser, application, uploaded).status_code == 303
    client = services.clients.find_now(application.sandbox_client_id)
    assert client is not None and client.logo_uri
    answer = browser.get(client.logo_uri)
    assert answer.status_code == 200 and answer.content != uploaded
    with Image.open(io.BytesIO(answer.content)) as drawn:
        assert (drawn.format, drawn.size) == ("PNG", (256, 256))
    assert answer.headers["content-type"] == "image/png"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["content-security-policy"].startswith("default-src 'none'; sandbox")


HIDDEN = picture() + b"<script>alert(1)</script>"


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "required"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "logo_format"),
        (b"GIF89a" + bytes(200), "logo_format"),
        (picture("BMP"), "logo_format"),
        (picture()[:200], "logo_format"),
        (picture(size=(63, 300)), "logo_size"),
        (picture(size=(2049, 300)), "logo_size"),
        (bytes(MOST_BYTES + 1), "logo_too_large"),
    ],
)
def test_what_is_no_picture_is_refused(content: bytes, reason: str) -> None:
    refused = draw_anew(content)
    assert not isinstance(refused, bytes) and (refused.field, refused.reason) == ("logo", reason)


def test_nothing_hides_in_a_picture() -> None:
    drawn = draw_anew(HIDDEN)
    assert isinstance(drawn, bytes) and b"script" not in drawn


def test_a_picture_that_is_refused_is_said_so_on_its_page(
    make: Make, vinh: Someone, at_browser: AtBrowser, services: Services
) -> None:
    application, browser = make(), at_browser(vinh)
    answer = upload(browser, application, b"no picture")
    assert answer.status_code == 400 and 'id="logo-error"' in answer.text
    # Whole megabytes too, in words
    assert upload(browser, application, bytes(MOST_BYTES * 2)).status_code == 400
    assert not logo_of(services, application)


def test_people_see_a_logo_once_it_was_looked_at_and_no_other_application_s(
    make: Make, vinh: Someone, at_browser: AtBrowser, services: Services, clock: Clock, app: Any
) -> None:
    application, other = make(), make(attempt="a2")
    assert upload(at_browser(vinh), application, picture()).status_code == 303
    logo = logo_of(services, application)
    live = go_live(services, application, clock)
    uri = f"{services.settings.issuer}/logos/{logo}"

    def shown(client_id: str) -> str | None:
        client = services.clients.find_now(client_id)
        assert client is not None
        services.clients.set_metadata(client_id, {**client.metadata, "logo_uri": uri}, clock.now())
        client = services.clients.find_now(client_id)
        assert client is not None
        with app.test_request_context("/"):
            return describe(client).logo

    assert shown(application.sandbox_client_id) == f"/logos/{logo}"
    assert shown(live) is None
    assert services.developers.logos.approve(logo, application.id, clock.now())
    assert shown(live) == f"/logos/{logo}"
    # A client that names somebody else's picture has none
    assert shown(other.sandbox_client_id) is None


def test_a_logo_is_taken_away(make: Make, vinh: Someone, services: Services, clock: Clock) -> None:
    application = make()
    assert (
        services.developers.logos.upload(standing(services, application, vinh), picture(), clock.now())
        is None
    )
    assert logo_of(services, application)
    assert services.developers.logos.remove(standing(services, application, vinh), clock.now()) is None
    client = services.clients.find_now(application.sandbox_client_id)
    assert client is not None and client.logo_uri is None and not logo_of(services, application)
