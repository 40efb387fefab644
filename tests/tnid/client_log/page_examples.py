"""The pages of an application's log, each with a context as its view gives it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

from tests.tnid.developers.page_examples import LIVE, page
from tnid.client_log import words
from tnid.client_log.charts import draw, label_steps
from tnid.client_log.explanations import explain, say_shortly
from tnid.client_log.figures import PERIODS, Figures, Step
from tnid.client_log.filters import FilterForm
from tnid.client_log.service import LogEntry, Page, SignIn

NOW = 1_795_000_000


def entry(number: int, stage: str, outcome: str = "ok", error: str = "", **more: Any) -> LogEntry:
    members = {
        "client_id": "suc-khoe", "occurred_at": NOW + number, "request_id": "7f3a9c20be114d55", "flow": "f1",
        "reason": "", "description": "", "sent": {}, "seconds": number,
    }  # fmt: skip
    return LogEntry(id=number, stage=stage, outcome=outcome, error=error, **{**members, **more})


REFUSED = entry(
    41, "token", "refused", "invalid_grant", reason="code_reused", description="The code was used before.",
    sent={"grant_type": "authorization_code", "code": "***", "redirect_uri": "https://suckhoe.example/callback"},
)  # fmt: skip
ALONE = entry(
    7, "request", "refused", "invalid_request", reason="redirect_uri_unregistered", flow="", seconds=None,
    description="The redirect_uri is not one that this client registered.",
)  # fmt: skip
SIGN_INS = (
    SignIn((entry(12, "sign_in"), entry(20, "consent"), REFUSED)),
    SignIn((ALONE,)),
    SignIn((entry(14, "sign_in"), entry(19, "consent"), entry(21, "token"))),
)


def figures(place: int = 0, *, left_out: int = 0) -> Figures:
    period = PERIODS[place]
    steps = [
        Step(
            NOW + at * period.step,
            at * 3 % 17,
            at % 5 * 40,
            Counter(invalid_grant=at % 4),
            Counter({20: at % 3}),
        )
        for at in range(period.seconds // period.step)
    ]
    return Figures(period, steps, left_out)


def _shown(env: str = "sandbox", **context: Any) -> Callable[[], dict[str, Any]]:
    return page(application=LIVE, env=env, words=words, **context)


LINKS = {"older": "/developers/apps/app2/log?before=7", "csv": "/x?format=csv", "jsonl": "/x?format=jsonl"}


def _log(**context: Any) -> Callable[[], dict[str, Any]]:
    """Forms are made within a request."""

    def make() -> dict[str, Any]:
        form = FilterForm()
        for name, error in context.get("errors", {}).items():
            form[name].errors = [error]
        shared = {
            "form": form,
            "is_narrowed": False,
            "figures": figures(),
            "links": LINKS,
            "say_shortly": say_shortly,
            "page": Page(SIGN_INS, 7),
        }
        return {**_shown("live")(), **shared, **context}

    return make


def _figures(place: int) -> Callable[[], dict[str, Any]]:
    def make() -> dict[str, Any]:
        found = figures(place, left_out=place)
        shown = _shown(figures=found, periods=PERIODS, charts=draw(found), labels=label_steps(found))
        return shown()

    return make


LOG_PAGES: dict[str, tuple[str, Callable[[], dict[str, Any]]]] = {
    "log": ("client_log/log.html", _log()),
    "log-empty": ("client_log/log.html", _log(page=Page((), None))),
    "log-narrowed": (
        "client_log/log.html",
        _log(
            errors={"since": "Ngày không đúng."},
            is_narrowed=True,
            figures=figures(left_out=3),
        ),
    ),
    "log-entry": (
        "client_log/entry.html",
        _shown(entry=REFUSED, flow=SIGN_INS[0].entries, explanation=explain(REFUSED)),
    ),
    "log-entry-passed": (
        "client_log/entry.html",
        _shown(
            entry=entry(12, "sign_in"), flow=(entry(12, "sign_in"),), explanation=explain(entry(1, "token"))
        ),
    ),
    "log-figures": ("client_log/figures.html", _figures(0)),
    "log-figures-month": ("client_log/figures.html", _figures(2)),
    "error-number": ("client_log/ask_number.html", lambda: {"typed": ""}),
    "error-number-wrong": ("client_log/ask_number.html", lambda: {"typed": "12"}),
    "error-number-none": (
        "client_log/no_entry.html",
        lambda: {"number": "7f3a9c20be114d55", "entry": None, "explanation": None},
    ),
    "error-number-nobodys": (
        "client_log/no_entry.html",
        lambda: {"number": "7f3a9c20be114d55", "entry": ALONE, "explanation": explain(ALONE)},
    ),
}
