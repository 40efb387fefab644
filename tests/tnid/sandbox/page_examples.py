"""The pages of the sandbox, each with a context as its view gives it."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

from tests.tnid.developers.page_examples import page
from tnid.sandbox.claim_words import source_of
from tnid.sandbox.forms import FailForm, FaultForm, PickForm, PreviewForm
from tnid.sandbox.people import people
from tnid.sandbox.preview import Row
from tnid.sandbox.words import WORDS

TOLD = SimpleNamespace(
    items=[SimpleNamespace(label="Họ và tên", required=True, preview="D***", missing="")],
    rows=[Row("sub", True, True, source_of("sub")), Row("email", False, False, source_of("email"))],
    is_shut=True,
)
PICKED = SimpleNamespace(display_name="Dương Hữu Phúc", username="level1", initials="DP")


def _picker(app: Any, **context: Any) -> Callable[[], dict[str, Any]]:
    def make() -> dict[str, Any]:
        forms = {"form": PickForm(), "failing": FailForm()}
        listed = {"people": list(people().values()), "uid": "u", "app": app, "is_sandbox": True}
        return {**forms, **listed, "picked": None, **context}

    return make


def _faults(**context: Any) -> Callable[[], dict[str, Any]]:
    return lambda: {**page(form=FaultForm(), words=WORDS, may_change=True, **context)()}


def _preview(**context: Any) -> Callable[[], dict[str, Any]]:
    shared = {"client": object(), "people": list(people().values()), "preview": None, "obstacles": ["…"]}
    return lambda: {**page(form=PreviewForm(), **{**shared, **context})()}


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
        "sandbox-preview": ("sandbox/preview.html", _preview()),
        "sandbox-previewed": ("sandbox/preview.html", _preview(preview=TOLD, id_token="{}", userinfo="{}")),
        "sandbox-faults": ("sandbox/faults.html", _faults()),
        "sandbox-faults-on": ("sandbox/faults.html", _faults(faults_on=["Token endpoint: 503"])),
    }
