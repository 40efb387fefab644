"""Confirming an identity, attacked: numbers that leak, numbers that are probed, pictures that are bombs."""

from __future__ import annotations

import base64
import io
import struct
import zlib
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest
from PIL import Image

from tests.security.attack import Attack, AttackersBrowser, check_answer, check_quick
from tests.security.target import SESSION_COOKIE, Target, Victim, running_target
from tests.security.test_enumeration import faceless
from tests.security.test_personal_data import everything
from tests.tnid.enrolment.conftest import picture_of

MOST_WORKER_BYTES = 150 * 1024 * 1024
ADDRESS = "Tổ 5, Phường Gia Sàng, Thái Nguyên"
TYPED = {
    "name": "Nguyễn Văn Thử",
    "birthdate": "02/01/1990",
    "gender": "male",
    "address": ADDRESS,
    "ward": "",
}


def card_text(number: str) -> str:
    return f"{number}||{TYPED['name']}|02011990|Nam|{ADDRESS}|01082024||||"


def new_number() -> str:
    """Return a number that fits and that no other test has."""
    return f"019090{uuid4().int % 10**6:06}"


def new_prober(attack: Attack, target: Target, **claims: Any) -> tuple[AttackersBrowser, Victim]:
    """Sign a person in whose phone was verified and whose identity wasn't."""
    phone = {"phone_number": "+84912000111", "phone_number_verified": True}
    person = target.new_person(totp=False, identity_level=0, **{**phone, **claims})
    browser = attack.new_browser()
    attack.put_cookie(SESSION_COOKIE, target.new_session(person), browser)
    return browser, person


def confirm(browser: AttackersBrowser, number: str, **changes: str) -> Any:
    """Type what a card says into its form, and send it; return the page that comes."""
    page = browser.open("/account/identity/details")
    form = next(page.get("identity_submit").iterancestors("form"))
    token = form.fields["csrf_token"]
    sent = {"csrf_token": token, **TYPED, "number": number, **changes}
    return browser._show(browser._http.post(page.url, data=sent))


def send_photo(browser: AttackersBrowser, photo: bytes) -> httpx.Response:
    page = browser.open("/account/identity/photo")
    token = next(page.get("photo_submit").iterancestors("form")).fields["csrf_token"]
    answer = browser._http.post(page.url, data={"csrf_token": token}, files={"photo": ("a.jpg", photo)})
    check_answer(answer)
    return answer


def level_of(target: Target, person: Victim) -> int:
    (row,) = target.fetch_all("SELECT identity_level FROM accounts WHERE id = :a", a=person.account_id)
    return int(row.identity_level)


def test_pi_001_a_card_s_number_is_nowhere_in_clear(attack: Attack, target: Target) -> None:
    number, seen, cookies = new_number(), [], set()
    target.hide(number)
    browser, person = new_prober(attack, target, name="Chim Thử")
    browser._http.event_hooks = {
        "request": [lambda request: seen.append(str(request.url))],
        "response": [lambda answer: cookies.update(answer.headers.get_list("set-cookie"))],
    }
    # By each way, with faults on the way, until it is confirmed
    assert send_photo(browser, picture_of(card_text(number))).status_code == 303
    assert confirm(browser, number, birthdate="02/01/2090").status == 400
    assert confirm(browser, f"{number[:6]} {number[6:]}", gender="").status == 400
    assert confirm(browser, number).path == "/account/identity"
    assert level_of(target, person) == 1
    for path in ("/account", "/account/profile", "/account/identity", "/account/activity"):
        assert number not in browser.open(path).text, f"{path} shows the whole number"
    written = everything(target)
    for canary in (number, f"{number[:6]} {number[6:]}", ADDRESS, "Chim Thử"):
        assert canary.encode() not in written, canary
    # PI-002
    assert not [address for address in seen if number in address]
    for cookie in cookies:
        value = cookie.partition("=")[2].partition(";")[0].partition(".")[0]
        opened = base64.urlsafe_b64decode(value + "=" * (-len(value) % 4)) if value else b""
        assert number not in cookie and number.encode() not in opened
        if opened.startswith(b"x\x9c"):
            assert number.encode() not in zlib.decompress(opened)


def test_pi_007_a_deleted_account_leaves_no_number_behind(attack: Attack, target: Target) -> None:
    number = new_number()
    browser, person = new_prober(attack, target)
    assert confirm(browser, number).path == "/account/identity"
    target.delete(person)
    for table in ("verifications", "former_numbers"):
        assert not target.fetch_all(f"SELECT * FROM {table} WHERE account_id = :a", a=person.account_id)
    other, _person = new_prober(attack, target)
    assert confirm(other, number).path == "/account/identity", "the number is free again"


def test_ae_003_nobody_learns_whose_number_has_an_account(attack: Attack, target: Target) -> None:
    owner = target.new_person(
        personal_id_number=(taken := new_number()), name="Chủ Số", email="chu@example.vn"
    )
    browser, prober = new_prober(attack, target)
    with attack.one_refusal("account.raise_identity_level", "number_taken"):
        page = confirm(browser, taken)
    assert page.path == "/account/identity/unconfirmed"
    assert "Chủ Số" not in page.text and owner.username not in page.text and "chu@" not in page.text
    for _ in range(2):
        confirm(browser, taken)
    # Too many by now: a made-up number gets the same page
    with attack.one_refusal("account.raise_identity_level", "too_many"):
        made_up = confirm(browser, new_number())
    assert made_up.path == page.path and faceless(made_up.text) == faceless(page.text)
    assert level_of(target, prober) == 0


def test_ae_003_who_was_confirmed_learns_of_no_other_number(attack: Attack, target: Target) -> None:
    target.new_person(personal_id_number=(taken := new_number()))
    browser, prober = new_prober(attack, target)
    assert confirm(browser, new_number()).path == "/account/identity"
    token = browser.open("/").document.xpath("//input[@name='csrf_token']/@value")[0]
    for number in (taken, new_number()):
        sent = {"csrf_token": token, **TYPED, "number": number}
        answer = browser._http.post("/account/identity/details", data=sent)
        assert answer.status_code == 303 and answer.headers["location"].endswith("/account/identity")
    assert level_of(target, prober) == 1


def test_pw_004_no_field_raises_a_level_by_itself(attack: Attack, target: Target) -> None:
    browser, person = new_prober(attack, target)
    more = {"identity_level": "2", "check_method": "vpip", "organisation": "05467", "level": "2"}
    assert confirm(browser, new_number(), **more).path == "/account/identity"
    (row,) = target.fetch_all(
        "SELECT level, check_method, organisation FROM verifications WHERE account_id = :a",
        a=person.account_id,
    )
    assert (row.level, row.check_method, row.organisation) == (1, None, None)
    assert level_of(target, person) == 1


def test_mf_012_no_level_without_a_phone_that_answers(attack: Attack, target: Target) -> None:
    browser, person = new_prober(attack, target, phone_number_verified=False)
    assert confirm(browser, new_number(), phone_number_verified="true").path == "/account/identity/phone"
    browser.submit("phone_submit")
    for code in ("000000", "", "x" * 200):
        assert browser.submit("code_submit", {"code": code}).status == 400
    assert level_of(target, person) == 0


def bomb(width: int, height: int) -> bytes:
    """Return a PNG of a few hundred bytes that says it is this large."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        body = kind + content
        return struct.pack(">I", len(content)) + body + struct.pack(">I", zlib.crc32(body))

    head = struct.pack(">IIBBBBB", width, height, 8, 6, 0, 0, 0)
    pixels = zlib.compress(b"\x00" * 100_000, 9)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


def jpeg(width: int, height: int, **saving: Any) -> bytes:
    photo = io.BytesIO()
    Image.new("L", (width, height), 90).save(photo, "JPEG", **saving)
    return photo.getvalue()


def peak_bytes(pid: int) -> int:
    status = Path(f"/proc/{pid}/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0]) * 1024


@pytest.mark.parametrize(
    "photo",
    [
        pytest.param(bomb(60_000, 60_000), id="png-of-14-gigabytes"),
        pytest.param(bomb(2**31 - 1, 2**31 - 1), id="png-without-end"),
        pytest.param(bomb(2000, 2000), id="png-that-ends-early"),
        pytest.param(jpeg(9000, 9000), id="jpeg-of-81-megapixels"),
        pytest.param(jpeg(5000, 5000, progressive=True), id="jpeg-in-scans"),
        pytest.param(b"\xff\xd8" + b"\xff\xe1\xff\xff" + b"\x00" * 70_000, id="jpeg-of-nothing"),
        pytest.param(b"%PDF-1.7\n" + b"x" * 1000, id="pdf"),
        pytest.param(b"<svg xmlns='http://www.w3.org/2000/svg'/>", id="svg"),
    ],
)
def test_ht_005_a_picture_that_is_a_bomb_costs_nothing(photo: bytes, attack: Attack, target: Target) -> None:
    browser, _person = new_prober(attack, target)
    answer = send_photo(browser, photo)
    assert answer.status_code == 400 and 'id="photo-error"' in answer.text
    check_quick(answer)


def test_ht_005_a_worker_stays_small_through_the_largest_photos(tmp_path: Path) -> None:
    """A server of its own: what other cases sent to the shared one shall not count."""
    with running_target(tmp_path) as fresh:
        attack = Attack(fresh)
        for _ in range(4):  # the block that passwords are hashed in stays with a worker
            browser = attack.new_browser()
            browser.open("/login")
            fresh.new_person().pass_through(browser)
        browser, _person = new_prober(attack, fresh)
        send_the_largest_photos(browser)
        peaks = [peak_bytes(pid) for pid in fresh.provider.worker_pids()]
    assert peaks and max(peaks) < MOST_WORKER_BYTES, peaks


def send_the_largest_photos(browser: AttackersBrowser) -> None:
    grainy = Image.effect_noise((4000, 4000), 12)
    largest = io.BytesIO()
    grainy.save(largest, "JPEG", quality=85)
    for photo in (largest.getvalue(), jpeg(7900, 7900), jpeg(3900, 3900, progressive=True)) * 2:
        assert send_photo(browser, photo).status_code == 400
