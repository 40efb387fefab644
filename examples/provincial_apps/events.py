"""Where the systems are told that data may no longer be used, which they forget and say so, and that somebody
has signed out elsewhere."""

from __future__ import annotations

import threading

from flask import Blueprint, request
from flask.typing import ResponseReturnValue
from requests import RequestException

from examples.provincial_apps import factory
from examples.provincial_apps.views import get_system, parts
from examples.relying_party.security_events import Receiver, Told

# What electricity bills were made of has to be kept, however little the customer likes it
KEEPS = {"dienluc": "Hóa đơn tiền điện phải lưu 10 năm theo Luật Kế toán"}

blueprint = Blueprint("events", __name__)


@blueprint.post("/<slug>/events")
def hear(slug: str) -> ResponseReturnValue:
    """Take an event (RFC 8935 §2.2), forget the person, and answer when that is done."""
    get_system(slug)
    return _hear(slug)


@blueprint.post("/tng/may/events")
def hear_at_workshop() -> ResponseReturnValue:
    return _hear(factory.WORKSHOP)


@blueprint.post("/<slug>/backchannel-logout")
def hear_of_sign_out(slug: str) -> ResponseReturnValue:
    get_system(slug)
    return parts().sign_outs.hear(slug)


def _hear(slug: str) -> ResponseReturnValue:
    receiver = parts().receiver
    try:
        told = receiver.read(slug, request.get_data())
    except RequestException:
        return {"err": "temporarily_unavailable"}, 503
    if told is None:
        return {"err": "invalid_request", "description": "This is no event for this system."}, 400
    parts().forgotten[slug, told.sub] = told.at
    if slug in (factory.HOME, factory.WORKSHOP):
        factory.factory().workers.forget(told.sub)
    threading.Thread(target=answer, args=(receiver, slug, told), daemon=True).start()
    return "", 202


def answer(receiver: Receiver, slug: str, told: Told) -> None:
    if slug in KEEPS and not told.claims:
        receiver.answer(slug, told.jti, "kept", KEEPS[slug])
    else:
        receiver.answer(slug, told.jti, "deleted")
