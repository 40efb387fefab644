"""Pages of confirming an identity, each with a context as its view gives it."""

from __future__ import annotations

from typing import Any

from flask_wtf import FlaskForm
from wtforms import FileField, HiddenField, RadioField, SelectField, StringField, SubmitField

from tests.tnid.page_parts import CARD_FACTS, JOBS, MASKED, PERSON, SEEN_FACTS, Pages, with_errors


class CardForm(FlaskForm):
    card_text = HiddenField()
    submit = SubmitField()


class PhotoForm(FlaskForm):
    photo = FileField()
    submit = SubmitField()


class DetailsForm(FlaskForm):
    country = SelectField(choices=[("", "–"), ("KR", "Hàn Quốc")])
    number = StringField()
    name = StringField()
    birthdate = StringField()
    gender = RadioField(choices=[("male", "Nam"), ("female", "Nữ")])
    address = StringField()
    ward = SelectField(choices=[("", "–"), ("05467", "Phường Gia Sàng")])
    submit = SubmitField()


class PhoneForm(FlaskForm):
    phone = StringField()
    submit = SubmitField()


class PhoneCodeForm(FlaskForm):
    code = StringField()
    submit = SubmitField()


def _step(**context: Any) -> dict[str, Any]:
    return {"app": JOBS, "interaction_uid": "u", "current_person": PERSON} | context


def _card_form(**errors: str) -> DetailsForm:
    form = DetailsForm(
        data={
            "number": "019195000123",
            "name": "Lường Thị Lành",
            "birthdate": "27/03/1995",
            "gender": "female",
            "address": "Tổ 5, Gia Sàng, Thành phố Thái Nguyên, Thái Nguyên",
        }
    )
    del form.country
    return with_errors(form, **errors)


IDENTITY_PAGES: Pages = {
    "identity": ("enrolment/start.html", lambda: _step(app=None, interaction_uid=None)),
    "identity-asked": ("enrolment/start.html", _step),
    "identity-confirmed": (
        "enrolment/start.html",
        lambda: _step(app=None, interaction_uid=None, verification=CARD_FACTS, number=MASKED),
    ),
    "identity-seen": (
        "enrolment/start.html",
        lambda: _step(app=None, interaction_uid=None, verification=SEEN_FACTS, number=MASKED),
    ),
    "identity-scan": ("enrolment/scan.html", lambda: _step(form=CardForm())),
    "identity-scan-wrong": (
        "enrolment/scan.html",
        lambda: _step(form=with_errors(CardForm(), card_text="Đây là thẻ bảo hiểm y tế.")),
    ),
    "identity-photo": ("enrolment/photo.html", lambda: _step(form=PhotoForm())),
    "identity-photo-wrong": (
        "enrolment/photo.html",
        lambda: _step(form=with_errors(PhotoForm(), photo="Không thấy mã QR trong ảnh.")),
    ),
    "identity-details": (
        "enrolment/details.html",
        lambda: _step(form=_card_form(), document="idcard", is_read=True),
    ),
    "identity-details-wrong": (
        "enrolment/details.html",
        lambda: _step(
            form=_card_form(number="Số định danh có 12 chữ số.", gender="Không được để trống."),
            document="idcard",
            is_read=False,
        ),
    ),
    "identity-passport": (
        "enrolment/details.html",
        lambda: _step(form=DetailsForm(), document="passport", is_read=False),
    ),
    "identity-phone": ("enrolment/phone.html", lambda: _step(form=PhoneForm())),
    "identity-phone-code": (
        "enrolment/phone_code.html",
        lambda: _step(form=PhoneCodeForm(), phone="+84912345678", shown="+84 ••• ••678"),
    ),
    "identity-unconfirmed": ("enrolment/unconfirmed.html", _step),
}
