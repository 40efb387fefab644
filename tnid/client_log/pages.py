"""The log of an application, for its team: the list, one entry, its figures, and all of it as a file."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Any

import orjson
from flask import Blueprint, Response, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from tnid import services, web
from tnid.access import Guard, declare
from tnid.client_log import words
from tnid.client_log.charts import draw, label_steps
from tnid.client_log.figures import PERIODS
from tnid.client_log.filters import read_filters
from tnid.client_log.service import LogEntry, Page
from tnid.csv_export import write_csv
from tnid.developers.desk import get_application
from tnid.developers.records import LIVE, SANDBOX, Application, Standing
from tnid.developers.roles import Permission

blueprint = declare(
    Blueprint("client_log", __name__, url_prefix="/developers/apps/<application_id>/log"), Guard.DEVELOPER
)

MOST_IN_A_FILE = 20_000
MOST_ID = 2**62
COLUMNS = (
    *("time", "stage", "outcome", "error", "reason", "description", "seconds", "flow", "request_id", "sent"),
)


@blueprint.get("")
def index(application_id: str) -> ResponseReturnValue:
    """Show the sign-ins of an environment, the newest first."""
    # Here, for its words are many
    from tnid.client_log.explanations import say_shortly  # noqa: PLC0415  as above

    standing = get_application(application_id, Permission.LOOK)
    env, form = find_env(standing.application), read_filters()
    client_id = standing.application.client_id_of(env)
    page = Page((), None)
    if client_id and not form.errors:
        page = services.current().client_log.list_page(
            client_id, form.read(), before_id=web.find_row_number("before")
        )
    summary = services.current().client_log.get_figures(client_id or "", PERIODS[0], services.now())
    kept = _kept(env)
    shown = _show(
        standing, env, "client_log/log.html",
        form=form, page=page, figures=summary, is_narrowed=len(kept) > 1, links=_links(standing, page, kept),
        say_shortly=say_shortly,
    )  # fmt: skip
    return shown, (400 if form.errors else 200)


@blueprint.get("/<int:entry_id>")
def entry(application_id: str, entry_id: int) -> ResponseReturnValue:
    """Show one entry: what it means, what to do, what was sent, and what else belongs to the sign-in."""
    # Here, for its words are many
    from tnid.client_log.explanations import explain  # noqa: PLC0415  as above

    standing = get_application(application_id, Permission.LOOK)
    env, log = find_env(standing.application), services.current().client_log
    client_id = standing.application.client_id_of(env)
    found = log.find(client_id, entry_id) if client_id and entry_id < MOST_ID else None
    if found is None:
        abort(404)
    flow = log.list_flow(found.client_id, found)
    return _show(standing, env, "client_log/entry.html", entry=found, flow=flow, explanation=explain(found))


@blueprint.get("/figures")
def figures(application_id: str) -> ResponseReturnValue:
    """Show counts and times as charts, and the same figures as a table."""
    standing = get_application(application_id, Permission.LOOK)
    env = find_env(standing.application)
    period = next((one for one in PERIODS if one.name == request.args.get("period")), PERIODS[0])
    client_id = standing.application.client_id_of(env) or ""
    found = services.current().client_log.get_figures(client_id, period, services.now())
    return _show(
        standing,
        env,
        "client_log/figures.html",
        figures=found,
        periods=PERIODS,
        charts=draw(found),
        labels=label_steps(found),
    )


@blueprint.get("/export")
def export(application_id: str) -> ResponseReturnValue:
    """Answer with what the filters leave, as a spreadsheet or as a JSON object a line."""
    standing = get_application(application_id, Permission.LOOK)
    env, form = find_env(standing.application), read_filters()
    if form.errors:
        values: dict[str, Any] = {"application_id": application_id, **_kept(env)}
        return redirect(url_for("client_log.index", **values), 303)
    client_id = standing.application.client_id_of(env) or ""
    # In this unit of work, and so not as a stream; the newest of very many
    entries = list(islice(services.current().client_log.export(client_id, form.read()), MOST_IN_A_FILE))
    kind = "jsonl" if request.args.get("format") == "jsonl" else "csv"
    made = _as_lines(entries) if kind == "jsonl" else write_csv(_table(entries))
    answer = Response(b"".join(made), mimetype="application/jsonl" if kind == "jsonl" else "text/csv")
    answer.headers["Content-Disposition"] = f'attachment; filename="log-{env}.{kind}"'
    return answer


def find_env(application: Application) -> str:
    """Return whose log is looked at: the sandbox client's, unless the address says live and there is one."""
    return LIVE if request.args.get("env") == LIVE and application.live_client_id else SANDBOX


def _show(standing: Standing, env: str, template: str, **context: Any) -> str:
    shown = {"standing": standing, "team": standing.team, "application": standing.application, "env": env}
    return render_template(template, **shown, words=words, **context)


def _kept(env: str) -> dict[str, str]:
    """Return what links to other pages of the same list carry on."""
    names = ("outcome", "stage", "error", "number", "since", "until")
    return {"env": env, **{name: request.args[name] for name in names if request.args.get(name)}}


def _links(standing: Standing, page: Page, kept: dict[str, str]) -> dict[str, str | None]:
    """Return where the older ones stand, and what is shown as a file of either kind."""
    shared: dict[str, Any] = {"application_id": standing.application.id, **kept}
    before = page.next_before
    return {
        "older": url_for("client_log.index", before=before, **shared) if before else None,
        "csv": url_for("client_log.export", format="csv", **shared),
        "jsonl": url_for("client_log.export", format="jsonl", **shared),
    }


def _fields(one: LogEntry) -> tuple[object, ...]:
    return (
        words.write_utc(one.occurred_at), one.stage, one.outcome, one.error, one.reason, one.description,
        one.seconds, one.flow, one.request_id,
    )  # fmt: skip


def _table(entries: list[LogEntry]) -> Iterator[tuple[object, ...]]:
    yield COLUMNS
    for one in entries:
        yield (*_fields(one), " ".join(f"{name}={value}" for name, value in one.sent.items()))


def _as_lines(entries: list[LogEntry]) -> Iterator[bytes]:
    for one in entries:
        document = dict(zip(COLUMNS, (*_fields(one), one.sent), strict=True))
        yield orjson.dumps(document, option=orjson.OPT_APPEND_NEWLINE)
