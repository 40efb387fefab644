"""The pages of the developers' portal, each with a context as its view gives it."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

from tnid.accounts.forms import PersonalCodeForm
from tnid.developers.application_pages import list_addresses
from tnid.developers.forms import ApplicationForm, RoleForm, TeamForm, TextsForm, TokenForm
from tnid.developers.history import Told
from tnid.developers.making import Made
from tnid.developers.members import Listed, Offer
from tnid.developers.presets import PRESETS
from tnid.developers.progress import Step
from tnid.developers.records import Application, Member, Standing, Team, TeamStanding
from tnid.developers.roles import HINTS, NAMES
from tnid.developers.sections import Link
from tnid.developers.tokens import Token

PERSON = SimpleNamespace(display_name="Lê Quang Vinh", initials="LV", username="vinh")
TEAM = Team("t1", "Nhóm phát triển Hồ sơ sức khỏe", "Sở Y tế tỉnh Thái Nguyên", 1_795_000_000, None)
OWNER = Member("m1", "a1", "owner")
APPLICATION = Application(
    "app1", "t1", "web", {"name": {"vi": "Sổ khám bệnh"}}, {}, "kMT1Uf5Pq2w0c3V9pZr8Yg", None,
    1_795_000_000, 1_795_000_000, None,
)  # fmt: skip
LIVE = APPLICATION._replace(id="app2", live_client_id="suc-khoe", preset="spa")
ARCHIVED = APPLICATION._replace(id="app3", archived_at=1_795_000_000, preset="unknown")
STANDING = Standing(TEAM, OWNER, APPLICATION)
TOLD = [Told("hôm qua lúc 09:12", "Lê Quang Vinh", "Đã tạo ứng dụng", "Sổ khám bệnh")]  # type: ignore[arg-type]
CLIENT = SimpleNamespace(disabled_at=None, redirect_uris=["http://localhost:5000/callback"])
SHOWN: dict[str, Any] = {
    "client": CLIENT,
    "preset": PRESETS["web"],
    "addresses": list_addresses("web", "https://id.thainguyen.example"),
    "attempt": "a" * 22,
    "faults_on": [],
}
STEPS = [
    Step("tried", "Đăng nhập thử một lần", "Bằng chương trình của bạn.", True, "/docs"),
    Step("submitted", "Gửi xét duyệt", "Cán bộ của tỉnh sẽ đọc.", False, "/developers/apps/app1/review"),
]
LAST_ERROR = SimpleNamespace(
    id=12,
    error="invalid_client",
    reason="",
    description="The client secret is wrong.",
    occurred_at="hôm nay lúc 08:10",
)
FAILED: dict[str, Any] = {"last_error": LAST_ERROR, "last_error_words": "Sai."}
SOUND: dict[str, Any] = {"last_error": None, "last_error_words": ""}
TOKENS = [
    (Token("k1", "GitLab CI", "a1", "16/11/2026", "16/12/2026", None), "Lê Quang Vinh"),  # type: ignore[arg-type]
    (Token("k2", "Máy chủ", "a2", "16/11/2026", "16/12/2026", "17/11/2026"), "Hoàng Thị Mai"),  # type: ignore[arg-type]
]
GONE = TEAM._replace(archived_at=1_795_000_000)
LISTED = [
    Listed("m1", "Lê Quang Vinh", "owner", False, "thứ Hai, 16/11/2026", None, "a1"),  # type: ignore[arg-type]
    Listed("m2", "Hoàng Thị Mai", "developer", False, "thứ Ba, 17/11/2026", None, "a2"),  # type: ignore[arg-type]
    Listed("m3", "", "reader", True, 1, "thứ Hai, 23/11/2026", None),  # type: ignore[arg-type]
]


def example_sections(application_id: str) -> list[Link]:
    """Return what the navigation of an application holds, as tnid.developers.sections does."""
    here = f"/developers/apps/{application_id}"
    names = ("Cài đặt", "Dữ liệu", "Thử", "Nhật ký", "Xét duyệt")
    return [
        Link(here, "Tổng quan", True),
        *(Link(f"{here}/{number}", name, False) for number, name in enumerate(names)),
    ]


def page(**context: Any) -> Callable[[], dict[str, Any]]:
    """Return what makes the context of a page of an application."""
    shared: dict[str, Any] = {
        "current_person": PERSON,
        "team": TEAM,
        "application": APPLICATION,
        "standing": STANDING,
    }
    shared |= {"role": "Chủ nhóm", "may_change": True, "may_manage": True}
    return lambda: {**shared, **context}


def _portal(**context: Any) -> Callable[[], dict[str, Any]]:
    return lambda: {"current_person": PERSON, "roles": NAMES, "presets": PRESETS, **context}


def _team(team: Team = TEAM, **context: Any) -> Callable[[], dict[str, Any]]:
    shown = {"role": "Chủ nhóm", "may_change": True, "may_manage": True, "team": team}
    return _portal(standing=TeamStanding(team, OWNER), **{**shown, **context})


def _form(kind: Any, errors: dict[str, str] | None = None, **context: Any) -> Callable[[], dict[str, Any]]:
    """Forms are made within a request."""

    def make() -> dict[str, Any]:
        form = kind()
        if "team" in form:
            form.team.choices = []
        for name, words in (errors or {}).items():
            form[name].errors = [words]
        return {"current_person": PERSON, "form": form, **context}

    return make


DEVELOPER_PAGES: dict[str, tuple[str, Callable[[], dict[str, Any]]]] = {
    "developers-about": ("developers/about.html", lambda: {}),
    "developers": (
        "developers/index.html",
        _portal(
            teams=[TeamStanding(TEAM, OWNER)],
            standings=[STANDING, STANDING._replace(application=LIVE)],
        ),
    ),
    "developers-none": ("developers/index.html", _portal(teams=[], standings=[])),
    "team-new": ("developers/new_team.html", _form(TeamForm, {"name": "Trống."})),
    "team": (
        "developers/team.html",
        _team(applications=[APPLICATION, LIVE], archived=[ARCHIVED], members=LISTED),
    ),
    "team-archived": (
        "developers/team.html",
        _team(GONE, applications=[], archived=[ARCHIVED], members=LISTED, may_change=False, may_manage=False),
    ),
    "team-empty": (
        "developers/team.html",
        _team(applications=[], archived=[], members=LISTED[:1], may_change=False, may_manage=False),
    ),
    "team-settings": ("developers/team_settings.html", _form(TeamForm, **_team()())),
    "team-history": (
        "developers/history.html",
        _team(
            acts=TOLD,
            older=7,
            is_older=True,
        ),
    ),
    "team-history-none": ("developers/history.html", _team(acts=[], older=None, is_older=False)),
    "members": ("developers/members.html", _team(listed=LISTED)),
    "member-invite": (
        "developers/invite.html",
        _form(RoleForm, {"role": "Chọn một."}, **_team(hints=HINTS)()),
    ),
    "member-code": (
        "developers/code.html",
        _team(code="WDJB-MJHT", address="https://id.thainguyen.example/developers/join", days=7),
    ),
    "member-join": ("developers/join.html", _form(PersonalCodeForm)),
    "member-offer": (
        "developers/offer.html",
        _portal(
            offer=Offer(TEAM, "reader", "Lê Quang Vinh"), role="Chỉ xem", hint=HINTS["reader"], code="WDJB"
        ),
    ),
    "member": ("developers/member.html", _form(RoleForm, **_team(one=LISTED[1], hints=HINTS)())),
    "member-self": ("developers/member.html", _form(RoleForm, **_team(one=LISTED[0], hints=HINTS)())),
    "member-invited": ("developers/member.html", _form(RoleForm, **_team(one=LISTED[2], hints=HINTS)())),
    "member-hand-over": ("developers/hand_over.html", _team(one=LISTED[1])),
    "application-new": (
        "developers/new_application.html",
        _form(
            ApplicationForm,
            {"name": "Trống.", "preset": "Chọn một.", "redirect_uri": "Sai."},
            teams=[],
            hints={one.id: "Là thế này." for one in PRESETS.values()},
        ),
    ),
    "application": (
        "developers/application.html",
        page(
            **SHOWN,
            made=Made("app1", "f" * 64, ""),
            steps=STEPS,
            last_error=LAST_ERROR,
            last_error_words="Sai.",
        ),
    ),
    "application-key": (
        "developers/application.html",
        page(**SHOWN, made=Made("app1", "", '{"kty": "EC"}'), steps=[], **SOUND),
    ),
    "application-deleted": (
        "developers/application.html",
        page(**{**SHOWN, "client": None}, made=None, steps=[], **SOUND),
    ),
    "application-disabled": (
        "developers/application.html",
        page(
            **{**SHOWN, "client": SimpleNamespace(disabled_at=1, redirect_uris=[])},
            made=None,
            steps=STEPS,
            last_error=None,
            last_error_words="",
        ),
    ),
    "application-archived": (
        "developers/application.html",
        page(
            **{**SHOWN, "application": ARCHIVED, "preset": None},
            made=None,
            steps=STEPS,
            last_error=None,
            last_error_words="",
        ),
    ),
    "application-archive": ("developers/archive.html", page(form=None)),
    "application-automation": (
        "developers/automation.html",
        page(client=CLIENT, address="https://id.thainguyen.example/clients/x", token="t" * 90, acts=TOLD),
    ),
    "application-automation-deleted": (
        "developers/automation.html",
        page(client=None, address="", token=None, acts=[]),
    ),
    "application-texts": (
        "developers/texts.html",
        _form(TextsForm, {"name_vi": "Trống."}, **page(logo="l1", application=LIVE)()),
    ),
    "application-texts-new": ("developers/texts.html", _form(TextsForm, **page(logo=None)())),
    "application-logo": ("developers/logo.html", page(logo=None, wrong=None)),
    "application-logo-wrong": ("developers/logo.html", page(logo="l1", wrong="Sai.")),
    "team-tokens": (
        "developers/tokens.html",
        _form(TokenForm, {"name": "Trống."}, **_team(tokens=TOKENS, address="https://id.example/clients")()),
    ),
    "team-tokens-none": (
        "developers/tokens.html",
        _form(TokenForm, **_team(tokens=[], address="https://id.example/clients")()),
    ),
    "team-token": ("developers/token.html", _team(token="t" * 90, address="https://id.example/clients")),
}
