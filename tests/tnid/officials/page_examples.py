"""The pages of the counter, of slips and appointments, each with a context as its view gives it."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

from flask_wtf import FlaskForm
from wtforms import SubmitField
from wtforms.fields.choices import SelectChoice

from tnid.officials.forms import (
    ActivationForm,
    CardForm,
    ComparedForm,
    CredentialsForm,
    DocumentForm,
    FindByNameForm,
    FindForm,
    GuardianForm,
    NewPasswordForm,
    ReferenceForm,
)

PERSON = SimpleNamespace(display_name="Lường Thị Lành", initials="LL", username="lanh.tn95")
JOBS = SimpleNamespace(
    name="Việc làm Thái Nguyên",
    host="vieclam.thainguyen.example",
    logo=None,
    organisation="Sở Nội vụ tỉnh Thái Nguyên",
)


class PlainForm(FlaskForm):
    submit = SubmitField()


def _with_errors(form: Any, **errors: str) -> Any:
    for name, text in errors.items():
        form[name].errors = [text]
    return form


def _document_form() -> Any:
    form = _with_errors(DocumentForm(), number="Không được để trống.")
    form.country.choices = [SelectChoice("", "–"), SelectChoice("KR", "Hàn Quốc")]
    return form


PASSPORT_NUMBER = SimpleNamespace(masked="••••••678", kind="passport")
OFFICIAL = SimpleNamespace(account_id="a1", commune="05467", commune_name="Phường Gia Sàng")
CARD = {"name": "Lường Thị Lành", "birthdate": "10/03/1995", "gender": "female"}


def _counter(**changes: Any) -> dict[str, Any]:
    """A page of the counter, of an official who has been at work."""
    today = [{"person": "Lường Thị Lành", "text": "Đối chiếu thẻ căn cước", "when": "hôm nay lúc 07:10"}]
    shared = {"official": OFFICIAL, "form": FindForm(), "today": today, "recoveries_count": 1}
    return {
        **shared,
        "current_person": PERSON,
        "phone": "+84 ••• ••678",
        "birthdate": "10/03/1995",
        **changes,
    }


def _served(**changes: Any) -> SimpleNamespace:
    account = SimpleNamespace(**vars(PERSON), identity_level=2)
    known = {
        "visit": SimpleNamespace(id="visit-1"),
        "account": account,
        "number": SimpleNamespace(masked="•••••••••567", kind="idcard"),
        "is_waiting": True,
        "is_checked": True,
        "recovery": None,
        "has_own_number": True,
    }
    known |= changes
    known["may_have_slip"] = known["is_waiting"] and known["is_checked"] and known["has_own_number"]
    return SimpleNamespace(**known)


def _slip(purpose: str) -> dict[str, Any]:
    return _counter(
        served=_served(),
        purpose=purpose,
        code="2H7K-9MPQ-RT3X-4ZAB",
        codes=["zhv7-cmx1-ydvs", "9qzb-vakf-70x9"],
        expires_at="Chủ Nhật, 29/11/2026 lúc 16:17",
        address="https://id.example/activate",
    )


def _appointment(*, is_ready: bool) -> dict[str, Any]:
    shown = {
        "id": "appointment-1",
        "reference": "TN-4F7K-2M9P",
        "app": JOBS,
        "expires_at": "Chủ Nhật, 06/12/2026 lúc 16:17",
        "is_ready": is_ready,
        "continue_url": "/resume/uid",
    }
    return {"appointment": SimpleNamespace(**shown), "person": PERSON, "commune": None, "communes_count": 92}


COUNTER_PAGES: dict[str, tuple[str, Callable[[], dict[str, Any]]]] = {
    "counter-open": (
        "officials/open.html",
        lambda: {"form": PlainForm(), "commune": "Phường Gia Sàng", "minutes": 15, "current_person": PERSON},
    ),
    "counter": ("officials/index.html", _counter),
    "counter-wrong": (
        "officials/index.html",
        lambda: _counter(
            form=_with_errors(FindForm(), card="Số định danh có 12 chữ số."), today=[], recoveries_count=0
        ),
    ),
    "counter-over": ("officials/over.html", _counter),
    "counter-by-document": (
        "officials/document.html",
        lambda: _counter(form=_document_form(), back="/officials"),
    ),
    "counter-passport": (
        "officials/compare.html",
        lambda: _counter(served=_served(number=PASSPORT_NUMBER), form=ComparedForm(), card=CARD, warnings=[]),
    ),
    "counter-no-passport": (
        "officials/visit.html",
        lambda: _counter(served=_served(account=None, number=PASSPORT_NUMBER)),
    ),
    "counter-by-name": ("officials/by_name.html", lambda: _counter(form=FindByNameForm())),
    "counter-by-reference": ("officials/by_reference.html", lambda: _counter(form=ReferenceForm())),
    "counter-nobody": ("officials/visit.html", lambda: _counter(served=_served(account=None))),
    "counter-visit": ("officials/visit.html", lambda: _counter(served=_served())),
    "counter-recovery": (
        "officials/visit.html",
        lambda: _counter(
            served=_served(
                is_waiting=False,
                recovery=SimpleNamespace(agreed_at=None, ready_at="thứ Tư, 25/11/2026 lúc 16:17"),
            )
        ),
    ),
    "counter-card": (
        "officials/card.html",
        lambda: _counter(served=_served(account=None, number=None), form=CardForm(data=CARD)),
    ),
    "counter-card-wrong": (
        "officials/card.html",
        lambda: _counter(
            served=_served(),
            form=_with_errors(
                CardForm(data=CARD), gender="Không được để trống.", name="Không được để trống."
            ),
        ),
    ),
    "counter-compare": (
        "officials/compare.html",
        lambda: _counter(
            served=_served(),
            form=_with_errors(ComparedForm(), is_alike="Chỉ đánh dấu khi đúng như vậy."),
            card=CARD,
            warnings=["Số định danh ứng với năm sinh khác với trên thẻ."],
            differs=True,
        ),
    ),
    "counter-correct": (
        "officials/compare.html",
        lambda: _counter(
            served=_served(), form=ComparedForm(), card=CARD, warnings=[], corrects=True, hours=72
        ),
    ),
    "counter-guardian": (
        "officials/guardian.html",
        lambda: _counter(
            served=_served(), form=_with_errors(GuardianForm(), card="Số định danh có 12 chữ số.")
        ),
    ),
    "counter-recover": (
        "officials/recover.html",
        lambda: _counter(served=_served(), form=ComparedForm(), hours=72),
    ),
    "counter-recoveries": (
        "officials/recoveries.html",
        lambda: _counter(
            now=5,
            waiting=[
                {
                    "person": "Lường Thị Lành",
                    "asked_by": "Vũ Minh Quang",
                    "row": SimpleNamespace(
                        id="r1", asked_by="a2", asked_at="hôm nay lúc 07:10", agreed_at=None, ready_at=9
                    ),
                }
            ],
        ),
    ),
    "slip": ("officials/slip.html", lambda: _slip("enrol")),
    "slip-recover": ("officials/slip.html", lambda: _slip("recover")),
    "activate": ("officials/activate.html", lambda: {"form": ActivationForm()}),
    "activate-wrong": (
        "officials/activate.html",
        lambda: {"form": _with_errors(ActivationForm(), activation_code="Mã chưa đúng.")},
    ),
    "choose": (
        "officials/choose.html",
        lambda: {"form": CredentialsForm(), "is_recovery": False, "account": PERSON},
    ),
    "choose-recovery": (
        "officials/choose.html",
        lambda: {"form": NewPasswordForm(), "is_recovery": True, "account": PERSON},
    ),
    "touched": (
        "officials/touched.html",
        lambda: {
            "current_person": PERSON,
            "recovery": SimpleNamespace(ready_at="thứ Tư, 25/11/2026 lúc 16:17"),
            "commune": "Phường Gia Sàng",
            "is_ready": False,
            "acts": [
                {
                    "text": "Đối chiếu thẻ căn cước",
                    "official": "Lê Thu Hà",
                    "commune": "Phường Gia Sàng",
                    "when": "hôm nay",
                }
            ],
        },
    ),
    "touched-correction": (
        "officials/touched.html",
        lambda: {
            "current_person": PERSON,
            "recovery": None,
            "correction_of": "Phường Gia Sàng",
            "acts": [],
        },
    ),
    "touched-slip": (
        "officials/touched.html",
        lambda: {"current_person": PERSON, "recovery": None, "slip_of": "Phường Gia Sàng", "acts": []},
    ),
    "appointment": ("officials/appointment.html", lambda: _appointment(is_ready=False)),
    "appointment-ready": ("officials/appointment.html", lambda: _appointment(is_ready=True)),
}
