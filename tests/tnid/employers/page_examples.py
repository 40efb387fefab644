"""The pages of organisations, each with a context as its view gives it."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

from tnid.accounts.forms import PersonalCodeForm
from tnid.employers.domains import Asked
from tnid.employers.forms import AskForm, DomainForm, LeftForm, RoleForm, SearchForm
from tnid.employers.people import Page, Worker
from tnid.employers.representatives import Listed, Offer
from tnid.employers.roles import HINTS, NAMES
from tnid.employers.views import Numbers
from tnid.stores.employer_people import STATES

PERSON = SimpleNamespace(display_name="Phạm Thị Thúy", initials="PT", username="thuy")
EMPLOYER = SimpleNamespace(
    id="e1",
    tax_code="4600305723",
    name="Công ty CP Đầu tư và Thương mại TNG",
    park="song-cong-1",
    domain="tng.example",
    domain_verified_at=None,
    suspended_at=None,
    requested_at="hôm qua lúc 09:12",
)
VERIFIED = SimpleNamespace(**{**vars(EMPLOYER), "domain_verified_at": "thứ Hai, 16/11/2026"})
SUSPENDED = SimpleNamespace(**{**vars(EMPLOYER), "suspended_at": 1})
REPRESENTATIVE = SimpleNamespace(id="r1", role="manager", employer=EMPLOYER)
WORKERS = [
    Worker(
        "w1", "A1", {"name": "Nguyễn Thị Hoà", "title": "Công nhân may"}, True, False, 1_795_000_000, 1, None
    ),
    Worker("w2", "A2", {"name": "Trần Văn Đức"}, False, True, 1_795_000_000, 1_780_000_000, None),
    Worker("w3", "", {}, False, True, 1_795_000_000, 1_780_000_000, 1_795_000_000),
]


def _page(employer: Any = EMPLOYER, **context: Any) -> Callable[[], dict[str, Any]]:
    shared = {
        "current_person": PERSON,
        "employer": employer,
        "representative": REPRESENTATIVE,
        "roles": NAMES,
    }
    return lambda: {**shared, "hints": HINTS, **context}


def _form(kind: Any, employer: Any = EMPLOYER, **context: Any) -> Callable[[], dict[str, Any]]:
    """Forms are made within a request."""
    errors = context.pop("errors", {})

    def make() -> dict[str, Any]:
        form = kind()
        for name, words in errors.items():
            form[name].errors = [words]
        return {**_page(employer, **context)(), "form": form}

    return make


def _show(employer: Any = EMPLOYER, **context: Any) -> Callable[[], dict[str, Any]]:
    shown = {"role": "Quản lý", "park": "KCN Sông Công I", "may_attest": True, "may_manage": True}
    shown["latest"] = SimpleNamespace(
        id="l1", percent=77, needing=12, has_more=False, is_over=False, is_refused=False,
        row=SimpleNamespace(created_at="hôm nay lúc 08:10", rows_read=16204, state="applying"),
    )  # fmt: skip
    return _page(employer, **{**shown, "numbers": Numbers(16204, 12450, 3754, 812), **context})


LISTED = [
    Listed("r1", "Phạm Thị Thúy", "manager", False, "thứ Hai, 16/11/2026", None, "a1"),  # type: ignore[arg-type]
    Listed("r2", "", "clerk", True, 1, "thứ Hai, 23/11/2026", None),  # type: ignore[arg-type]
]
EMPLOYER_PAGES: dict[str, tuple[str, Callable[[], dict[str, Any]]]] = {
    "employers": (
        "employers/index.html",
        _page(
            is_known=True,
            represented=[REPRESENTATIVE, SimpleNamespace(role="reader", employer=SUSPENDED)],
            asked=[EMPLOYER],
        ),
    ),
    "employers-none": ("employers/index.html", _page(is_known=True, represented=[], asked=[])),
    "employers-unknown": ("employers/index.html", _page(is_known=False, represented=[], asked=[])),
    "employer-ask": ("employers/ask.html", _form(AskForm)),
    "employer-ask-wrong": (
        "employers/ask.html",
        _form(AskForm, errors={"tax_code": "Sai.", "name": "Trống."}),
    ),
    "employer-join": ("employers/join.html", _form(PersonalCodeForm)),
    "employer-offer": (
        "employers/offer.html",
        _page(
            offer=Offer(VERIFIED, "clerk", "Phạm Thị Thúy"), role="Nhân sự", hint=HINTS["clerk"], code="WDJB"
        ),
    ),
    "employer": ("employers/show.html", _show()),
    "employer-empty": ("employers/show.html", _show(VERIFIED, numbers=Numbers(0, 0, 0, 0), latest=None)),
    "employer-reader": ("employers/show.html", _show(may_attest=False, may_manage=False)),
    "employer-suspended": ("employers/show.html", _show(SUSPENDED, numbers=None)),
    "representatives": ("employers/representatives.html", _page(listed=LISTED, may_manage=True)),
    "representative-invite": ("employers/invite.html", _form(RoleForm, errors={"role": "Chọn một."})),
    "representative-code": (
        "employers/code.html",
        _page(code="WDJB-MJHT", role="Nhân sự", days=7),
    ),
    "representative": ("employers/representative.html", _form(RoleForm, one=LISTED[0])),
    "representative-invited": ("employers/representative.html", _form(RoleForm, one=LISTED[1])),
    "employer-domain": (
        "employers/domain.html",
        _form(
            DomainForm,
            asked=Asked(
                "https://tng.example/.well-known/thai-nguyen-id.txt",
                "thai-nguyen-id=0f1e2d3c4b5a69788796a5b4c3d2e1f0",
            ),
        ),
    ),
    "employer-domain-verified": (
        "employers/domain.html",
        _form(DomainForm, VERIFIED, asked=Asked("https://tng.example/x", "y")),
    ),
    "employer-domain-none": ("employers/domain.html", _form(DomainForm, asked=None)),
    "employer-people": (
        "employers/people.html",
        _form(SearchForm, state="all", states=STATES, page=Page(WORKERS, 2, 4, 160), workers=WORKERS),
    ),
    "employer-people-due": (
        "employers/people.html",
        _form(
            SearchForm,
            state="due",
            states=STATES,
            page=Page(WORKERS, 1, 1, 3),
            workers=WORKERS,
            may_attest=True,
        ),
    ),
    "employer-people-found": (
        "employers/people.html",
        _form(SearchForm, query="an", states=STATES, workers=WORKERS, is_cut=True),
    ),
    "employer-people-none": (
        "employers/people.html",
        _form(SearchForm, state="due", states=STATES, page=Page([], 1, 1, 0), workers=[]),
    ),
    **{
        f"employer-worker-{worker.id}": (
            "employers/worker.html",
            _page(worker=worker, park="KCN Điềm Thụy", start_date="02/03/2020", may_attest=True),
        )
        for worker in WORKERS
    },
    "employer-left": ("employers/left.html", _form(LeftForm, worker=WORKERS[0], errors={"end_date": "Sai."})),
    "employer-slip": (
        "employers/slip.html",
        _page(
            worker=WORKERS[0],
            code="WDJB-MJHT",
            expires_at="thứ Hai, 07/12/2026",
            address="id.thainguyen.example/account/work/code",
        ),
    ),
}
