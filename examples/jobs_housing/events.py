"""Where Thai Nguyen ID says that data may no longer be used: it is removed, and that is answered."""

from __future__ import annotations

import requests
from flask import Blueprint, request
from flask.typing import ResponseReturnValue
from sqlalchemy import Connection

from examples.jobs_housing import heard
from examples.jobs_housing.letting_go import DELETED, Outcome, let_go_of, let_go_of_all
from examples.jobs_housing.parts import CLIENT_ID, now, parts
from examples.relying_party.security_events import Told

WITHDRAWN = "/events/consent-withdrawn"
PURGED = "https://schemas.openid.net/secevent/risc/event-type/account-purged"

blueprint = Blueprint("events", __name__)


@blueprint.post("/events")
def hear() -> ResponseReturnValue:
    """Take an event (RFC 8935 §2.2) once what it asks for is done; one that came before is taken again."""
    try:
        told = parts().receiver.read(CLIENT_ID, request.get_data())
    except requests.RequestException:
        # Whether it is the provider's can't be seen now: it will be sent again
        return {"err": "temporarily_unavailable"}, 503
    if told is None:
        return {"err": "invalid_request", "description": "This is no event for this application."}, 400
    with parts().database.writing() as connection:
        if heard.begin(connection, told.jti, told.kind, now()):
            heard.settle(connection, told.jti, _act(connection, told))
    parts().answering.wake()
    return "", 202


@blueprint.post("/backchannel-logout")
def hear_of_sign_out() -> ResponseReturnValue:
    """End the visits of a session that is over at Thai Nguyen ID."""
    return parts().sign_outs.hear(CLIENT_ID)


def _act(connection: Connection, told: Told) -> Outcome:
    people = parts().people
    if told.claims:
        return let_go_of(connection, people, told.sub, told.claims, told.at, now())
    if told.kind == PURGED or told.kind == parts().relying_party.issuer + WITHDRAWN:
        return let_go_of_all(connection, people, told.sub, told.at, now())
    # Of scopes of a protected resource, say: nothing of it was ever here
    return Outcome(DELETED)
