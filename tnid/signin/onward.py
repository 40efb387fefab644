"""Where an application that nobody looked at wants a browser to go: there, or first a page that says so.

RFC 9700 §4.11.2: our address in a link must not lead people to a stranger's site. Whoever shows that they
know the application goes there at once: its own developers, and those whom it has signed in before.
"""

from __future__ import annotations

from http import HTTPStatus
from urllib.parse import urlsplit

from flask import make_response, render_template
from werkzeug.wrappers import Response

from oidc.authorization.onward import Onward, is_trusted, knows
from oidc.models import Client
from tnid import services, web
from tnid.consent.applications import describe
from tnid.errors import error_json, wants_json
from tnid.signin.session import SESSION, find_end_user
from tnid.stores.mirrors import PREFIX


def show_onward(onward: Onward) -> Response:
    """Send the browser on where a developer of the application asks; show anybody else where it would go."""
    carried = onward.carried
    if is_developer_of(onward.client):
        return answer(onward)
    if wants_json():
        page = error_json(onward.error.code, onward.error.description)
    else:
        web.allow_form_redirect(carried.uri)
        page = make_response(
            render_template(
                "errors/onward.html",
                code=onward.error.code,
                description=onward.error.description,
                app=describe(onward.client, carried.uri),
                host=name_of(carried.uri),
                mode=carried.mode,
                address=address_of(onward),
                fields=carried.parameters,
            )
        )
    # An error of ours that was asked for is none: nobody is to raise an alarm by a link
    page.status_code = min(onward.error.status, HTTPStatus.BAD_REQUEST)
    return page


def answer(onward: Onward) -> Response:
    """Return what carries the answer to the client at once."""
    sent = onward.carried.send()
    return Response(sent.body, sent.status, list(sent.headers))


def address_of(onward: Onward) -> str:
    """Return the address that a link leads to; of a form, the one that it is posted to."""
    sent = dict(onward.carried.send().headers)
    return sent.get("Location", onward.carried.uri)


def name_of(address: str) -> str:
    """Return what a person is told of an address: its host, or the scheme of an application on the phone."""
    parts = urlsplit(address)
    return parts.hostname or f"{parts.scheme}:"


def is_developer_of(client: Client | None) -> bool:
    """Say whether somebody of the team that the sandbox's client belongs to is signed in at this browser."""
    parts = services.current()
    if client is None or not client.is_sandbox:
        return False
    # As whoever they are in the portal, beside the made-up person whom this page is about
    row = parts.sessions.look_up(web.cookie(SESSION), services.now())
    if row is None:
        return False
    applications = parts.developers.applications
    found = applications.find_by_client(client.client_id)
    application_id = found.id if found else client.client_id.removeprefix(PREFIX)
    return applications.find_standing(application_id, row.account_id) is not None


def may_go_unasked(client: Client, address: str) -> bool:
    """Say whether a request of this client may lead the browser there with nobody having done anything.

    To one that registered itself go those who once agreed to share something with it.
    """
    parts = services.current()
    if is_trusted(client, address, parts.settings.issuer):
        return True
    return knows(find_end_user(), client, parts.consents) or is_developer_of(client)
