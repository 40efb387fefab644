"""The pages of data and going live, each with a context as its view gives it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from oidc.models import Client
from tests.tnid.developers.page_examples import LIVE, PERSON, page
from tnid.consent.applications import RelyingParty
from tnid.developers.disclosure import GROUPS, Disclosure, Wish
from tnid.developers.disclosure_forms import ChooseForm, DemandsForm, ItemForm, name_of_item
from tnid.developers.disclosure_preview import example_of, preview_items
from tnid.developers.disclosure_words import BASES, GROUP_HINTS, GROUP_NAMES
from tnid.reviews.agreements import Agreement
from tnid.reviews.differences import Difference
from tnid.reviews.document import disclosure_of
from tnid.reviews.forms import (
    REASONS,
    CommentForm,
    DecisionForm,
    EndForm,
    LogoutForm,
    StopForm,
    SubmitForm,
    name_of_field,
)
from tnid.reviews.missing import POINTS, Point
from tnid.reviews.papers_pages import PapersForm
from tnid.reviews.records import Comment, Review
from tnid.reviews.remarks import Remark
from tnid.reviews.words import STATES

AT = 1_795_000_000
PURPOSE = {
    "vi": "In vào sổ khám bệnh và gọi đúng tên khi đến lượt",
    "en": "To print it on the health record, and to call the right name",
    "ko": "진료 기록에 이름을 표시하고 순서가 되면 호출",
}
NAME = Wish(PURPOSE, required=True, basis="contract", kept="contract")
PHONE = Wish({"vi": "Nhắc lịch khám trước một ngày"}, basis="consent", kept="year")
NUMBER = Wish(
    {"vi": "Đối chiếu với thẻ bảo hiểm y tế"}, required=True, basis="law",
    law="Điều 12 Luật Bảo hiểm y tế", kept="ten_years", reason="Yes/no không đủ để đối chiếu thẻ",
)  # fmt: skip
ASKED = Disclosure(
    items={"name": NAME, "phone_number": PHONE, "verified_claims/birthdate": NUMBER, "email": Wish()},
    offline=True, least_acr="LoA2", least_identity_level=1, accepts_mandates=True, is_chosen=True,
    resources={"https://api.suckhoe.example": ["records:read"]},
)  # fmt: skip
METADATA = {
    "client_name": "Sổ khám bệnh",
    "client_name#vi": "Sổ khám bệnh",
    "redirect_uris": ["https://so.suckhoe.example/cb"],
    "grant_types": ["authorization_code", "refresh_token"],
    "token_endpoint_auth_method": "private_key_jwt",
    "contacts": ["cntt@suckhoe.example"],
    "policy_uri": "https://so.suckhoe.example/rieng-tu",
    "scope": "openid profile phone email offline_access",
}
DOCUMENT: dict[str, Any] = {
    "application": "app1",
    "preset": "web",
    "team": {"id": "t1", "name": "Nhóm phát triển Hồ sơ sức khỏe"},
    "organisation": "Sở Y tế tỉnh Thái Nguyên",
    "texts": {"name": {"vi": "Sổ khám bệnh"}, "purpose": {"vi": "Xem lại các lần khám bệnh của mình"}},
    "metadata": METADATA,
    "profile": "default",
    "changes": {},
    "items": {
        name: {
            **{"purpose": dict(wish.purpose), "required": wish.required, "basis": wish.basis},
            **{"law": wish.law, "kept": wish.kept, "kept_words": {}, "reason": wish.reason},
        }
        for name, wish in (("name", NAME), ("phone_number", PHONE), ("verified_claims/birthdate", NUMBER))
    },
    "offline": True,
    "least_acr": "LoA2",
    "least_identity_level": 1,
    "accepts_mandates": True,
    "resources": {"https://api.suckhoe.example": ["records:read"]},
    "reasons": {"mandates": "Người già nhờ con cháu đặt lịch", "logout": "Không giữ phiên"},
    "responsible": {"name": "Lê Quang Vinh", "position": "Trưởng phòng CNTT"},
}
REVIEW = Review(
    "r1", "app1", "submitted", DOCUMENT, DOCUMENT, 2, AT, None, "", None, None, "t1",
    "Nhóm phát triển Hồ sơ sức khỏe", None,
)  # fmt: skip
CHANGES = REVIEW._replace(state="changes_asked", reason="Xin nói rõ vì sao cần ngày sinh.", decided_at=AT)
COMMENTS = [
    Comment(
        "items/verified_claims/birthdate",
        "Có thể hỏi “từ 18 tuổi trở lên” thay cho ngày sinh?",
        True,
        "x",
        AT,
    ),
    Comment("", "Phòng khám nhi cần ngày sinh để tính liều thuốc.", False, "y", AT),
]
REMARKS = [Remark("", "Cần hai người xét duyệt."), Remark("redirect_uris", "Máy chủ mới: so.suckhoe.example")]
AGREEMENT = Agreement("g1", "app1", "2026-000123", "suc-khoe", DOCUMENT, "", AT, None)
ENDED = AGREEMENT._replace(number="2026-000007", ended_at=AT)
DIFFERENCES = [
    Difference("Số điện thoại – Dùng để (vi)", "Gọi lại", "Nhắc lịch khám trước một ngày"),
    Difference("redirect_uris", "", "https://so.suckhoe.example/cb"),
]
RP = RelyingParty(
    "Sổ khám bệnh", "so.suckhoe.example", None, "Sở Y tế tỉnh Thái Nguyên", METADATA["policy_uri"], None
)  # type: ignore[arg-type]  # a text
_ADMIN: dict[str, Any] = {"current_person": PERSON, "admin_sections": list}
Make = Callable[[], dict[str, Any]]


def with_forms(make: Callable[[], dict[str, Any]], **context: Any) -> Make:
    """Forms are made within a request."""
    return lambda: {**page(**context)(), **make()}


def _wrong(form: Any, **errors: str) -> Any:
    for name, words in errors.items():
        form[name].errors = [words]
    return form


def _resources(form: DemandsForm) -> DemandsForm:
    form.resources.choices = [("https://api.suckhoe.example records:read", "Đọc hồ sơ (api.suckhoe.example)")]
    return form


def _team(**changes: Any) -> Make:
    def forms() -> dict[str, Any]:
        review = changes.get("review", REVIEW)
        return {"form": SubmitForm(), "comment": CommentForm().about(review.document) if review else None}

    context: dict[str, Any] = {
        "may_change": True, "may_manage": True, "review": REVIEW, "earlier": [], "states": STATES,
        "comments": COMMENTS, "name_of_field": name_of_field, "agreements": [],
        "points": [Point(name, label, path, True) for name, _check, label, path in POINTS],
    }  # fmt: skip
    return with_forms(forms, **{**context, **changes})


def _review(*, is_still: bool = False, **changes: Any) -> Make:
    return lambda: {
        **_ADMIN, "review": REVIEW, "document": DOCUMENT, "wishes": dict(disclosure_of(DOCUMENT).items),
        "hosts": ["so.suckhoe.example"], "differences": DIFFERENCES, "since": DIFFERENCES[:1],
        "remarks": REMARKS,
        "comments": COMMENTS, "needs_two": True, "is_first": False, "is_own": False,
        "name_of_item": name_of_item, "name_of_field": name_of_field, "bases": BASES, "states": STATES,
        "reason_names": REASONS,
        "comment": CommentForm().about(DOCUMENT),
        "form": _wrong(DecisionForm(revision="2"), **({} if is_still else {"reason": "Hãy nói vì sao."})),
        **changes,
    }  # fmt: skip


def _life(**changes: Any) -> Make:
    return lambda: {
        **_ADMIN, "application": LIVE, "team": page()()["team"], "live": None, "beyond": ["scope"],
        "states": STATES, "agreements": [AGREEMENT, ENDED], "reviews": [REVIEW], "form": StopForm(),
        "is_stale": False,
        **changes,
    }  # fmt: skip


_ITEM = {"name_of_item": name_of_item, "may_change": True}
_PAPER = {
    "agreement": AGREEMENT, "document": DOCUMENT, "asked": disclosure_of(DOCUMENT), "bases": BASES,
    "name_of_item": name_of_item, "issuer": "https://id.thainguyen.example",
}  # fmt: skip


def _public(**changes: Any) -> Make:
    return lambda: {
        "app": RP, "application": LIVE, "agreement": AGREEMENT, "document": DOCUMENT,
        "asked": disclosure_of(DOCUMENT), "purpose": "Xem lại các lần khám bệnh của mình",
        "hosts": ["so.suckhoe.example"], "name_of_item": name_of_item, "bases": BASES,
        "words_of": lambda texts: texts.get("vi", ""), **changes,
    }  # fmt: skip


def _data(asked: Disclosure, **changes: Any) -> Make:
    def listed() -> dict[str, Any]:
        found = [(name, asked.items[name], asked.items[name].find_gaps(name)) for name in asked.names]
        return {"asked": asked, "listed": found, "bases": BASES, **_ITEM, **changes}

    return with_forms(listed)


REVIEW_PAGES: dict[str, tuple[str, Make]] = {
    "data": ("developers/data.html", _data(ASKED)),
    "data-none": ("developers/data.html", _data(Disclosure())),
    "data-read": ("developers/data.html", _data(Disclosure(is_chosen=True), may_change=False)),
    "data-choose": (
        "developers/data_choose.html",
        with_forms(
            lambda: {"form": ChooseForm()},
            **_ITEM,
            ticked={"name"},
            groups=GROUPS,
            group_names=GROUP_NAMES,
            group_hints=GROUP_HINTS,
            example_of=example_of,
        ),
    ),
    "data-item": (
        "developers/data_item.html",
        with_forms(
            lambda: {
                "form": _wrong(
                    ItemForm(NUMBER), purpose_vi="Nói rõ hơn.", law="Nêu luật.", basis="Chọn một."
                ),
                "example": example_of("verified_claims/birthdate"),
            },
            **_ITEM,
            name="verified_claims/birthdate",
            needs_reason=True,
        ),
    ),
    "data-demands": (
        "developers/data_demands.html",
        with_forms(lambda: {"form": _wrong(_resources(DemandsForm()), level_reason="Nêu lý do.")}, **_ITEM),
    ),
    "data-preview": (
        "developers/data_preview.html",
        with_forms(
            lambda: {"items": preview_items(ASKED, Client("x", {}, consent_items=ASKED.consent_items))},
            **_ITEM,
            app=RP,
            asked=ASKED,
        ),
    ),
    "review-team": ("reviews/team.html", _team()),
    "review-team-first": (
        "reviews/team.html",
        _team(
            review=None,
            comments=[],
            points=[
                Point(name, label, path, place % 3 == 0)
                for place, (name, _c, label, path) in enumerate(POINTS)
            ],
        ),
    ),
    "review-team-changes": (
        "reviews/team.html",
        _team(review=CHANGES, earlier=[REVIEW._replace(state="refused", reason="Chưa đủ.")]),
    ),
    "review-team-live": (
        "reviews/team.html",
        _team(
            application=LIVE,
            review=REVIEW._replace(state="approved"),
            agreements=[AGREEMENT, ENDED],
            comments=[],
        ),
    ),
    "review-team-suspended": (
        "reviews/team.html",
        _team(application=LIVE._replace(suspended_at=AT, suspended_reason="Lộ khóa bí mật."), review=None),
    ),
    "review-team-ended": ("reviews/team.html", _team(application=LIVE._replace(ended_at=AT), review=None)),
    "review-papers": (
        "reviews/papers.html",
        with_forms(lambda: {"form": _wrong(PapersForm(), policy_uri="Bắt đầu bằng https://.")}),
    ),
    "review-logout": ("reviews/logout.html", with_forms(lambda: {"form": LogoutForm()})),
    "review-end": (
        "reviews/end.html",
        with_forms(
            lambda: {"form": _wrong(EndForm(), sure="Đánh dấu vào ô này nếu bạn chắc chắn.")},
            application=LIVE,
        ),
    ),
    "certificate": ("reviews/certificate.html", with_forms(dict, **_PAPER)),
    "certificate-ended": ("reviews/certificate.html", with_forms(dict, **{**_PAPER, "agreement": ENDED})),
    "reviews": (
        "reviews/queue.html",
        lambda: {
            **_ADMIN,
            "listed": [(REVIEW, True), (REVIEW._replace(first_by="x", revision=1, live_client_id="s"), True)],
            "state": "submitted",
            "states": STATES,
        },
    ),
    "reviews-none": (
        "reviews/queue.html",
        lambda: {**_ADMIN, "listed": [], "state": "refused", "states": STATES},
    ),
    "review": ("reviews/review.html", _review()),
    "review-second": (
        "reviews/review.html",
        _review(review=REVIEW._replace(first_by="x", first_at=AT), remarks=[]),
    ),
    "review-own": ("reviews/review.html", _review(is_still=True, is_own=True, differences=None, since=None)),
    "review-closed": (
        "reviews/review.html",
        _review(is_still=True, review=CHANGES._replace(state="refused"), remarks=[]),
    ),
    "application-life": ("reviews/life.html", _life()),
    "application-life-suspended": (
        "reviews/life.html",
        _life(
            application=LIVE._replace(suspended_at=AT, suspended_reason="Lộ khóa."),
            beyond=[],
            agreements=[],
            reviews=[],
        ),
    ),
    "application-public": ("reviews/public.html", _public()),
    "application-public-suspended": (
        "reviews/public.html",
        _public(application=LIVE._replace(suspended_at=AT)),
    ),
    "application-public-ended": ("reviews/public.html", _public(application=LIVE._replace(ended_at=AT))),
}
