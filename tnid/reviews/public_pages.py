"""What was agreed with an application, for anybody: who, what for, how long. And signed, for programs."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, abort, render_template
from flask.typing import ResponseReturnValue

from tnid import services, web
from tnid.access import Guard, declare
from tnid.consent.applications import describe
from tnid.developers.disclosure_forms import name_of_item
from tnid.developers.disclosure_words import BASES
from tnid.developers.records import Application
from tnid.reviews.agreements import Agreement
from tnid.reviews.document import disclosure_of, hosts_of

blueprint = declare(Blueprint("agreements", __name__), Guard.PUBLIC)


@blueprint.get("/applications/<path:client_id>")
def show(client_id: str) -> ResponseReturnValue:
    """Show what an application was allowed; an ended one says so."""
    application, agreement = find_agreed(client_id)
    client = services.current().clients.find(client_id)
    if application is None or agreement is None or client is None:
        abort(404)
    document = agreement.document
    return render_template(
        "reviews/public.html",
        app=describe(client),
        application=application,
        agreement=agreement,
        document=document,
        asked=disclosure_of(document),
        purpose=words_of(document["texts"].get("purpose", {})),
        hosts=hosts_of(document["metadata"]),
        name_of_item=name_of_item,
        words_of=words_of,
        bases=BASES,
    )


def find_agreed(client_id: str) -> tuple[Application | None, Agreement | None]:
    """Return a live client's application and what was agreed last."""
    parts = services.current()
    application = parts.developers.applications.find_by_client(client_id)
    if application is None or application.live_client_id != client_id:
        return None, None
    agreements = parts.going_live.agreements.list_of_application(application.id)
    return application, agreements[0] if agreements else None


def words_of(texts: Any) -> str:
    """Return words in the page's language, else in Vietnamese."""
    return str(texts.get(web.current_locale()) or texts.get("vi") or "")


@blueprint.get("/certificates/<number>.jws")
def signed(number: str) -> ResponseReturnValue:
    """Answer with a certificate's public part as it stands now, signed by a key of /jwks."""
    agreements = services.current().going_live.agreements
    agreement = agreements.find_numbered(number)
    if agreement is None:
        abort(404)
    answer = Response(agreements.sign(agreement, services.now()), mimetype="application/jose")
    answer.headers["Content-Disposition"] = f'attachment; filename="{agreement.number}.jws"'
    return answer
