"""The pages of lists, each with a context as its view gives it."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

from tests.tnid.employers.page_examples import EMPLOYER, PERSON, REPRESENTATIVE
from tnid.imports.forms import UploadForm
from tnid.imports.report import Report, Reported
from tnid.imports.service import Import
from tnid.imports.words import LISTS, OUTCOMES, ROWS

_OUTCOMES = {"matched": 12450, "invited": 3750, "unknown": 1, "ambiguous": 2, "bad": 3}


def _import(state: str, reason: str | None = None, **changes: Any) -> Import:
    row = SimpleNamespace(
        state=state, reason=reason, rows_read=16206, rows_applied=9100, size_bytes=2_400_000,
        received_bytes=1_048_576, created_at="hôm nay lúc 09:12",
    )  # fmt: skip
    return Import(
        row, *(changes.get(name, default) for name, default in (("outcomes", _OUTCOMES), ("ignored", [])))
    )


def _rows(*reasons: tuple[str, str]) -> list[Reported]:
    return [
        Reported(number, f"TNG-{number:05d}", str(OUTCOMES["bad"]), False, field, str(ROWS[reason]))
        for number, (field, reason) in enumerate(reasons, 17)
    ]


_NEEDING = (
    ("Số định danh cá nhân", "number_without_zero"),
    ("Họ và tên", "formula"),
    ("Ngày sinh", "date"),
    ("", "merged"),
)


def _page(found: Import | None = None, **context: Any) -> Callable[[], dict[str, Any]]:
    shared = {"current_person": PERSON, "employer": EMPLOYER, "representative": REPRESENTATIVE}
    shown = {"may_attest": True, "most_megabytes": 32, "found": found, "outcomes": OUTCOMES, "reason": ""}

    def make() -> dict[str, Any]:
        report = Report("attention", _rows(*_NEEDING), 20, 6, True)
        return {**shared, **shown, "report": report, "form": UploadForm(), **context}

    return make


def _wrong() -> dict[str, Any]:
    form = UploadForm()
    form.file.errors = [str(LISTS["empty"])]
    return _page(imports=[], form=form)()


_FINE = {"invited": 16206}
_ALL = [
    _import("receiving"),
    _import("applying"),
    _import("done"),
    _import("done", outcomes=_FINE),
    _import("refused", "utf16", outcomes={}),
]
IMPORT_PAGES: dict[str, tuple[str, Callable[[], dict[str, Any]]]] = {
    "lists": ("imports/index.html", _page(imports=_ALL)),
    "lists-none": ("imports/index.html", _page(imports=[])),
    "lists-wrong": ("imports/index.html", _wrong),
    "lists-reader": ("imports/index.html", _page(imports=_ALL, may_attest=False)),
    "list-broken-off": ("imports/show.html", _page(_import("receiving"))),
    "list-waiting": ("imports/show.html", _page(_import("waiting", outcomes={}))),
    "list-reading": ("imports/show.html", _page(_import("reading", outcomes={}))),
    "list-applying": ("imports/show.html", _page(_import("applying"))),
    "list-refused": (
        "imports/show.html",
        _page(_import("refused", "font_tcvn3", outcomes={}), reason=LISTS["font_tcvn3"]),
    ),
    "list-done": (
        "imports/show.html",
        _page(_import("done", "rows_not_read", ignored=["Ghi chú", "Số điện thoại"])),
    ),
    "list-fine": (
        "imports/show.html",
        _page(
            _import("done", outcomes=_FINE),
            report=Report("all", [Reported(2, "TNG-00002", "Đã ghi nhận", True, "", "")], None, 0, True),
        ),
    ),
}
