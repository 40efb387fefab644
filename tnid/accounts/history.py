"""The history of an account: who did what, when, from where and how, for twelve months back."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, NamedTuple

from flask import Blueprint, Response, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import get_timezone, gettext
from flask_babel import lazy_gettext as _

from tnid import services
from tnid.access import Guard, declare
from tnid.accounts.activity import TEXTS, describe_events
from tnid.csv_export import write_csv
from tnid.signin.session import get_end_user
from tnid.stores.audit import Kinds

blueprint = declare(Blueprint("history", __name__, url_prefix="/account/activity"), Guard.SIGNED_IN)

KEPT_SECONDS = 366 * 86400
ON_A_PAGE = 25
MOST_IN_A_FILE = 20_000
LAST = 2**62


CHANGES = (
    *("account.", "alert.", "contact.", "factor.", "identity.", "passkey.", "recovery_codes.", "request."),
    "badge.",
)


class Filter(NamedTuple):
    """A choice of events, by how their names begin."""

    label: Any
    prefixes: tuple[str, ...]
    outcome: str = ""

    @property
    def kinds(self) -> Kinds:
        return tuple(
            sorted(
                (event, outcome)
                for event, outcome in TEXTS
                if event.startswith(self.prefixes) and self.outcome in ("", outcome)
            )
        )


FILTERS = {
    "all": Filter(_("Everything"), ("",)),
    "sign-ins": Filter(_("Sign-ins"), ("sign_in.", "session.", "token."), "ok"),
    "failed": Filter(_("Failed tries"), ("",), "refused"),
    "sharing": Filter(_("Sharing"), ("consent.", "decoupled.", "employment.", "token.")),
    "changes": Filter(_("Changes to the account"), CHANGES),
}


class Place(NamedTuple):
    """Where a page of the history begins: after this moment and this row."""

    until: int = LAST
    before_id: int = LAST


@blueprint.get("")
def show() -> ResponseReturnValue:
    """Show a page of the history; links lead to the older ones and to a file of all of it."""
    chosen = request.args.get("show", "all")
    chosen = chosen if chosen in FILTERS else "all"
    rows = list_rows(chosen, read_place(request.args.get("before", "")), ON_A_PAGE + 1)
    page, more = rows[:ON_A_PAGE], rows[ON_A_PAGE:]
    older = f"{page[-1].occurred_at}-{page[-1].id}" if more else None
    return render_template(
        "accounts/activity.html",
        events=describe_events(page),
        filters=[(name, str(one.label)) for name, one in FILTERS.items()],
        chosen=chosen,
        older_url=url_for("history.show", show=chosen, before=older) if older else None,
        newest_url=url_for("history.show", show=chosen) if request.args.get("before") else None,
        file_url=url_for("history.download", show=chosen),
    )


@blueprint.get("/history.csv")
def download() -> ResponseReturnValue:
    """Give the whole of it as a table; a spreadsheet opens it as it is."""
    chosen = request.args.get("show", "all")
    rows = list_rows(chosen if chosen in FILTERS else "all", Place(), MOST_IN_A_FILE)
    headers = {"Content-Disposition": 'attachment; filename="thai-nguyen-id-history.csv"'}
    table = b"".join(write_csv(list_cells(describe_events(rows))))
    return Response(table, mimetype="text/csv", headers=headers)


def list_rows(chosen: str, place: Place, most: int) -> list[Any]:
    return services.current().audit.list_page(
        get_end_user().account_id,
        FILTERS[chosen].kinds,
        since=services.now() - KEPT_SECONDS,
        until=place.until,
        before_id=place.before_id,
        most=most,
    )


def read_place(text: str) -> Place:
    """Return the place that a link of ours names; from the start where it is none of ours."""
    at, _sep, row = text.partition("-")
    if len(text) <= 40 and at.isascii() and at.isdigit() and row.isascii() and row.isdigit():
        return Place(min(int(at), LAST), min(int(row), LAST))
    return Place()


def list_cells(events: list[dict[str, Any]]) -> Iterator[tuple[str, ...]]:
    """Yield the rows of the table, headings first; its times are those of the person's clock."""
    yield gettext("Time"), gettext("What"), gettext("How"), gettext("Device"), gettext("Network address")
    for event in events:
        at = datetime.fromtimestamp(event["when"], UTC).astimezone(get_timezone())
        when = at.isoformat(sep=" ", timespec="seconds")
        yield when, event["text"], event["how"] or "", event["browser"] or "", event["ip"] or ""
