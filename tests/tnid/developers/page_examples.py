"""The pages of the developers' portal, each with a context as its view gives it."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

from tnid.developers.forms import ApplicationForm, TeamForm
from tnid.developers.presets import PRESETS
from tnid.developers.records import Application, Member, Standing, Team, TeamStanding
from tnid.developers.roles import NAMES
from tnid.developers.sections import Link

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
    shared = {"current_person": PERSON, "team": TEAM, "application": APPLICATION, "standing": STANDING}
    return lambda: {**shared, **context}


def _portal(**context: Any) -> Callable[[], dict[str, Any]]:
    return lambda: {"current_person": PERSON, "roles": NAMES, "presets": PRESETS, **context}


def _form(kind: Any, *, errors: dict[str, str] | None = None, **context: Any) -> Callable[[], dict[str, Any]]:
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
    "team-new": ("developers/new_team.html", _form(TeamForm, errors={"name": "Trống."})),
    "team": (
        "developers/team.html",
        _portal(team=TEAM, role="Chủ nhóm", applications=[APPLICATION, LIVE, ARCHIVED], may_change=True),
    ),
    "team-empty": (
        "developers/team.html",
        _portal(team=TEAM, role="Chỉ xem", applications=[], may_change=False),
    ),
    "application-new": (
        "developers/new_application.html",
        _form(
            ApplicationForm,
            teams=[],
            hints={one.id: "Là thế này." for one in PRESETS.values()},
            errors={"name": "Trống.", "preset": "Chọn một.", "redirect_uri": "Sai."},
        ),
    ),
    "application": (
        "developers/application.html",
        page(preset=PRESETS["web"], secret="f" * 64, issuer="https://id.thainguyen.example"),
    ),
    "application-archived": (
        "developers/application.html",
        page(application=ARCHIVED, preset=None, secret=None, issuer="https://id.thainguyen.example"),
    ),
}
