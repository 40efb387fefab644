"""The organisation's people: looked through, searched, exported, and each with what may be done."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from flask import Blueprint, Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from tnid import services
from tnid.access import Guard, declare
from tnid.accounts.ages import VIETNAM
from tnid.accounts.dates import write_date
from tnid.csv_export import write_csv
from tnid.employers.desk import end, find_obstacle, get_representative
from tnid.employers.forms import SearchForm
from tnid.employers.people import MOST_FOUND, MOST_TYPED, Worker
from tnid.employers.representatives import Representative
from tnid.employers.roles import Permission
from tnid.parks import name_of_park
from tnid.signin import kept
from tnid.stores.employer_people import ALL, STATES

blueprint = declare(
    Blueprint("employer_people", __name__, url_prefix="/employers/<employer_id>/people"), Guard.REPRESENTATIVE
)

QUERY = "people_query"
MOST_PAGE = 100_000


@blueprint.get("")
def index(employer_id: str) -> ResponseReturnValue:
    """Show a page of the people in one state, by their staff codes."""
    representative = get_representative(employer_id, Permission.LOOK)
    state = request.args.get("state", ALL)
    if state not in STATES:
        state = ALL
    page = services.current().employers.people.list_page(
        representative.employer.id, state, _page_number(), services.now()
    )
    return _show(representative, state=state, page=page, workers=page.workers)


def _page_number() -> int:
    text = request.args.get("page", "1")
    return min(int(text), MOST_PAGE) if text.isascii() and text.isdigit() and len(text) < 10 else 1


@blueprint.post("")
def search(employer_id: str) -> ResponseReturnValue:
    """Take a name, staff code or number to look for: it stays out of every address."""
    representative = get_representative(employer_id, Permission.LOOK)
    form = SearchForm()
    if not form.validate_on_submit() or not form.query.data:
        return redirect(url_for("employer_people.index", employer_id=employer_id), 303)
    kept.keep(QUERY, representative.account_id, [employer_id, form.query.data[:MOST_TYPED]])
    return redirect(url_for("employer_people.found", employer_id=employer_id), 303)


@blueprint.get("/found")
def found(employer_id: str) -> ResponseReturnValue:
    """Show whom the last search found."""
    representative = get_representative(employer_id, Permission.LOOK)
    asked = kept.find(QUERY, representative.account_id)
    if asked is None or asked[0] != employer_id:
        return redirect(url_for("employer_people.index", employer_id=employer_id), 303)
    workers = services.current().employers.people.search(representative.employer.id, asked[1], services.now())
    return _show(representative, query=asked[1], workers=workers, is_cut=len(workers) == MOST_FOUND)


def _show(representative: Representative, **shown: Any) -> str:
    return render_template(
        "employers/people.html",
        representative=representative,
        employer=representative.employer,
        states=STATES,
        may_attest=representative.may(Permission.ATTEST),
        form=SearchForm(query=shown.get("query", "")),
        **shown,
    )


# As a spreadsheet


@blueprint.get("/export.csv")
def export(employer_id: str) -> ResponseReturnValue:
    """Answer with everybody on the list, as a table that runs nothing in a spreadsheet.

    All of it at once is worth more than a page: it needs a sign-in of the last minutes.
    """
    representative, now = get_representative(employer_id, Permission.LOOK), services.now()
    parts, employer = services.current(), representative.employer
    fresh, back = (
        parts.settings.fresh_sign_in_seconds,
        url_for("employer_people.index", employer_id=employer.id),
    )
    if (obstacle := find_obstacle(employer.id, back, within_seconds=fresh)) is not None:
        return obstacle
    # In this unit of work: no later one could read it for the same person
    table = list(_table(parts.employers.people.list_all(employer.id, now), now))
    details = {"employer": employer.id, "rows": len(table) - 1}
    parts.audit.record("employer.export", account_id=representative.account_id, now=now, details=details)
    answer = Response(b"".join(write_csv(table)), mimetype="text/csv")
    answer.headers["Content-Disposition"] = f'attachment; filename="{employer.tax_code}.csv"'
    return answer


def _table(workers: Iterator[Worker], now: int) -> Iterator[tuple[str, ...]]:
    yield (
        gettext("Staff code"),
        gettext("Full name"),
        gettext("Job title"),
        gettext("Industrial park"),
        gettext("First day"),
        gettext("State"),
        gettext("Confirmed until"),
        gettext("Last day"),
    )
    for one in workers:
        yield (
            one.staff_code,
            one.name,
            str(one.values.get("title", "")),
            name_of_park(one.values.get("park")),
            write_date(one.values.get("start_date", "")),
            gettext("Accepted") if one.is_linked else gettext("Not accepted yet"),
            _date(one.valid_until),
            _date(one.ends_at - 1) if one.ends_at else "",
        )


def _date(at: int) -> str:
    return datetime.fromtimestamp(at, VIETNAM).strftime("%d/%m/%Y")


# One of them


def get_worker(representative: Representative, employment_id: str) -> Worker:
    """Return somebody on the organisation's own list, or end the request."""
    worker = services.current().employers.people.find(
        representative.employer.id, employment_id, services.now()
    )
    return worker if worker is not None else end(representative.account_id, "not_found", 404)


@blueprint.get("/<employment_id>")
def show(employer_id: str, employment_id: str) -> ResponseReturnValue:
    """Show what the organisation said of somebody, and what may be done."""
    representative = get_representative(employer_id, Permission.LOOK)
    worker = get_worker(representative, employment_id)
    return render_template(
        "employers/worker.html",
        representative=representative,
        employer=representative.employer,
        worker=worker,
        park=name_of_park(worker.values.get("park")),
        start_date=write_date(worker.values.get("start_date", "")),
        may_attest=representative.may(Permission.ATTEST),
    )
