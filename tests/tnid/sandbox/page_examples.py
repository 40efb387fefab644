"""The pages of the sandbox, each with a context as its view gives it."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

from tests.tnid.developers.page_examples import page
from tnid.checker import words as check_words
from tnid.checker.checks import FAILED, NOT_TRIED, PASSED, UNDER_WAY, UNTOLD, Finding
from tnid.checker.service import Row, list_checks
from tnid.checker.views import count
from tnid.playground import words
from tnid.playground.forms import RequestForm
from tnid.playground.runs import Held, Run, Step
from tnid.playground.views import shown
from tnid.sandbox.claim_words import source_of
from tnid.sandbox.forms import DeviceForm, FailForm, FaultForm, PickForm, PreviewForm
from tnid.sandbox.people import group, people
from tnid.sandbox.preview import Row as ClaimRow
from tnid.sandbox.words import WORDS

TOLD = SimpleNamespace(
    items=[SimpleNamespace(label="Họ và tên", required=True, preview="D***", missing="")],
    rows=[ClaimRow("sub", True, True, source_of("sub")), ClaimRow("email", False, False, source_of("email"))],
    is_shut=True,
)
PICKED = SimpleNamespace(display_name="Dương Hữu Phúc", username="level1", initials="DP")


def _picker(app: Any, **context: Any) -> Callable[[], dict[str, Any]]:
    def make() -> dict[str, Any]:
        forms = {"form": PickForm(), "failing": FailForm()}
        listed = {"groups": group(people().values()), "uid": "u", "app": app, "is_sandbox": True}
        made = {**forms, **listed, "picked": None, "first": None, **context}
        return {**made, "form": DeviceForm()} if made.pop("device", False) else made

    return make


def _faults(**context: Any) -> Callable[[], dict[str, Any]]:
    return lambda: {**page(form=FaultForm(), words=WORDS, may_change=True, **context)()}


def _preview(**context: Any) -> Callable[[], dict[str, Any]]:
    shared = {"client": object(), "groups": group(people().values()), "preview": None, "obstacles": ["…"]}
    return lambda: {**page(form=PreviewForm(), **{**shared, **context})()}


EXCHANGED = Step(
    "token", "POST", "/token", {"Content-Type": "application/x-www-form-urlencoded"}, {"code": "c"}, 200,
    '{"access_token": "a", "id_token": "e30.eyJzdWIiOiJ4In0.s"}',
)  # fmt: skip


def _building(**context: Any) -> Callable[[], dict[str, Any]]:
    shared = {"mirror": object(), "groups": group(people().values())}
    return lambda: {**page(form=RequestForm(), **{**shared, **context})()}


def _run(*steps: Step, response: dict[str, str] | None = None) -> Callable[[], dict[str, Any]]:
    request = {"client_id": "playground.a", "state": "s", "scope": "openid"}
    run = Run("r1", "app1", "a1", Held("playground.a", request, "v", response, steps), b"")
    shared = {
        "words": words,
        "address": "https://id.example.vn/authorize?…",
        "logout_uri": "https://id.example.vn/logout",
    }
    expected = {"state": True, "iss": False}
    return page(
        run=run, steps=[shown(one) for one in steps], possible=["userinfo"], expected=expected, **shared
    )


FOUND = {
    "state": Finding("state", PASSED, "sent", {"parameter": "state"}, 1_795_000_000),
    "nonce": Finding("nonce", FAILED, "not_sent", {"parameter": "nonce"}, 1_795_000_000),
    "callback_code": Finding("callback_code", FAILED, "code_sent_on", {}, 1_795_000_000),
    "logout_good": Finding("logout_good", UNTOLD, "private", {}, 1_795_000_000),
    "id_token_expired": Finding("id_token_expired", UNDER_WAY, "", {}, 1_795_000_000),
}


def _checks(**context: Any) -> Callable[[], dict[str, Any]]:
    rows = [Row(one, FOUND.get(one.name) or Finding(one.name, NOT_TRIED)) for one in list_checks("web")]
    groups = [(kind, [row for row in rows if row.check.kind == kind]) for kind in check_words.KINDS]
    given = {"groups": groups, "words": check_words, "counts": count(rows), "may_change": True}
    shared = {"client": object(), "by_hand": lambda row: "curl -i …" if row.finding.result == UNTOLD else ""}
    return page(**{**given, **shared, **context})


def examples(app: Any) -> dict[str, tuple[str, Callable[[], dict[str, Any]]]]:
    """Return each page by a name, for an application that asks."""
    return {
        "sandbox-pick": ("sandbox/sign_in.html", _picker(app)),
        "sandbox-picked": (
            "sandbox/sign_in.html",
            _picker(app, picked=PICKED, current_person=PICKED, may_go_on=True, fault=WORDS["code_used"]),
        ),
        "sandbox-wait": (
            "sandbox/wait.html",
            lambda: {"app": app, "seconds": 20, "is_sandbox": True},
        ),
        "sandbox-device": ("sandbox/device.html", _picker(app, form=None, device=True)),
        "sandbox-preview": ("sandbox/preview.html", _preview()),
        "sandbox-previewed": ("sandbox/preview.html", _preview(preview=TOLD, id_token="{}", userinfo="{}")),
        "playground-build": ("playground/build.html", _building()),
        "playground-nobody": ("playground/build.html", _building(mirror=None)),
        "playground-begun": ("playground/run.html", _run()),
        "playground-refused": (
            "playground/run.html",
            _run(response={"error": "access_denied", "state": "s"}),
        ),
        "playground-done": ("playground/run.html", _run(EXCHANGED, response={"code": "c", "state": "s"})),
        "checker": ("checker/checks.html", _checks()),
        "checker-nobody": ("checker/checks.html", _checks(client=None)),
        "sandbox-faults": ("sandbox/faults.html", _faults()),
        "sandbox-faults-on": ("sandbox/faults.html", _faults(faults_on=["Token endpoint: 503"])),
    }
