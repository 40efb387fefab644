"""Pages that belong to nobody: the front page, the language switch, and what a load balancer asks."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import Blueprint, redirect, render_template, request
from flask.typing import ResponseReturnValue

from tnid import services, web
from tnid.access import Guard, declare
from tnid.errors import RETRY_AFTER_SECONDS
from tnid.readiness import find_missing
from tnid.signin import typed
from tnid.signin.session import find_end_user

blueprint = declare(Blueprint("pages", __name__), Guard.PUBLIC)


@blueprint.get("/")
def home() -> ResponseReturnValue:
    return render_template("home.html")


@blueprint.post("/language")
def language() -> ResponseReturnValue:
    """Remember the language, for this browser and for the account that is signed in.

    What was typed into the page's form comes along where the page says so, to be there when it is next shown.
    """
    typed.keep_if_any()
    chosen = request.form.get("lang", "")
    if chosen in web.LOCALE_CODES:
        web.set_cookie(web.LANGUAGE_COOKIE, chosen, web.YEAR_SECONDS)
        end_user = find_end_user()
        if end_user is not None:
            services.current().accounts.change_locale(end_user.account_id, chosen)
    return redirect(own_path(request.form.get("next", "/")), 303)


def own_path(address: str) -> str:
    """Return the address if it is a path of ours, else the front page."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return "/"
    is_path = address.startswith("/") and not address.startswith(("//", "/\\"))
    is_clean = address.isascii() and address.isprintable() and "\\" not in address
    return address if is_path and is_clean and not parts.scheme and not parts.netloc else "/"


@blueprint.get("/healthz")
def health() -> ResponseReturnValue:
    """Say that the process lives."""
    return {"status": "ok"}


@blueprint.get("/readyz")
def readiness() -> ResponseReturnValue:
    """Say whether a sign-in could be served now; by 503 that it couldn't, and what is missing in a word."""
    missing = find_missing(services.current(), services.now())
    if missing is None:
        return {"status": "ok"}
    return {"status": "unavailable", "missing": missing}, 503, {"Retry-After": str(RETRY_AFTER_SECONDS)}
