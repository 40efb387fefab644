"""People who confirm who they are, and photos of the cards that they hold."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import pytest
import qrcode
from PIL import Image

from tests.tnid.conftest import InProcess, Someone
from tnid.enrolment.details import Details
from tnid.services import Services

ADDRESS = "Tổ 5, Gia Sàng, Thành phố Thái Nguyên, Thái Nguyên"
CARD = f"019090000123|090123456|Nguyễn Văn An|02011990|Nam|{ADDRESS}|15062021"
GIA_SANG = "05467"
TYPED = {
    "number": "019090000123",
    "name": "Nguyễn Văn An",
    "birthdate": "02/01/1990",
    "gender": "male",
    "address": ADDRESS,
    "ward": GIA_SANG,
}
DETAILS = Details(**TYPED)


def picture_of(text: str, kind: str = "JPEG", size: tuple[int, int] = (1200, 900), **saving: Any) -> bytes:
    """Return a photo of a card whose code holds this text."""
    code = qrcode.QRCode(box_size=7, border=4)
    code.add_data(text)
    code.make()
    page = Image.new("RGB", size, (196, 208, 190))
    page.paste(code.make_image().get_image().convert("RGB"), (size[0] // 4, 60))
    photo = io.BytesIO()
    page.save(photo, kind, **saving)
    return photo.getvalue()


@pytest.fixture
def read_code(services: Services) -> Callable[[Someone], str]:
    """Read the newest code that went to somebody's phone."""

    def read(someone: Someone) -> str:
        rows = services.messages.list_by_account(someone.id)
        codes = [services.messages.open(row).values.get("code") for row in rows]
        return next(code for code in codes if code)

    return read


@pytest.fixture
def an(new_person: Callable[..., Someone]) -> Someone:
    """A person whose phone was verified before."""
    phone = {"phone_number": "0912345678", "phone_number_verified": True}
    return new_person("an.nguyen", claims={"name": "Nguyễn Văn An", **phone})


@pytest.fixture
def at_identity(browser: InProcess, an: Someone) -> InProcess:
    """That person's browser, signed in."""
    an.sign_in(browser, "/account/identity")
    return browser


def send_photo(browser: InProcess, photo: bytes, name: str = "the.jpg") -> Any:
    """Choose a photo on its page and send it; return the answer before any redirect."""
    page = browser.open("/account/identity/photo")
    token = page.document.xpath("//form[.//*[@id='photo_submit']]//input[@name='csrf_token']/@value")[0]
    return browser.send(
        "POST", page.url, data={"csrf_token": token, "submit": "1"}, files={"photo": (name, photo)}
    )


def fill(browser: InProcess, **changes: str) -> Any:
    """Fill in the form with what An's card says, and send it."""
    values = TYPED | changes
    form = next(browser.page.get("identity_submit").iterancestors("form"))
    for field in form.inputs:
        if field.name in values and field.get("type") != "radio":
            field.value = values[field.name]
    form.fields["gender"] = values["gender"] or None
    return browser.submit("identity_submit")
