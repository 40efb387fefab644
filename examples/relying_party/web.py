"""What every page of a relying party shares: cookies, headers, words, the refusal's page."""

from __future__ import annotations

import re
import secrets
from pathlib import Path

from flask import Blueprint, Flask, make_response, redirect, render_template, request, session
from flask_wtf.csrf import CSRFError, CSRFProtect
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response

from examples.relying_party.configuration import Configuration
from examples.relying_party.refusals import Refusal, refuse
from examples.relying_party.words import LANGUAGES, Words

HERE = Path(__file__).parent


def prepare(app: Flask, configuration: Configuration, *words: Path) -> CSRFProtect:
    """Give the application its session cookie, security headers, shared templates and words.

    The application brings `layout.html`, which the refusal's page extends, and its own words. Returns what
    guards its forms.
    """
    app.config.update(
        # What it signs names entries of this process's memory, so the key may end with it too
        SECRET_KEY=secrets.token_bytes(32),
        SESSION_COOKIE_NAME=app.name.rsplit(".", 1)[-1],
        SESSION_COOKIE_SECURE=configuration.is_https,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        MAX_CONTENT_LENGTH=64 * 1024,
    )
    guard = CSRFProtect(app)
    _share_words(app, Words(HERE / "words.toml", *words))
    app.register_blueprint(_shared())
    app.after_request(lambda response: _protect(response, configuration.issuer))
    app.register_error_handler(NotFound, lambda _: show_refusal(refuse("not_found")))
    app.register_error_handler(CSRFError, lambda _: show_refusal(refuse("form_expired")))
    return guard


def show_refusal(refusal: Refusal, try_again: str | None = None, **context: object) -> Response:
    """Answer with the refusal's page; `try_again` is its button's address, `context` is for the layout."""
    page = render_template("refusal.html", refusal=refusal, try_again=try_again, **context)
    return make_response(page, refusal.status)


def find_language() -> str:
    """Return the visitor's language."""
    chosen = session.get("language")
    return chosen if chosen in LANGUAGES else "vi"


def _share_words(app: Flask, words: Words) -> None:
    def say(key: str, **values: object) -> str:
        return words.say(key, find_language(), **values)

    app.extensions["say"] = say
    app.context_processor(lambda: {"language": find_language()})
    app.jinja_env.globals.update(say=say, languages=LANGUAGES)


def _shared() -> Blueprint:
    shared = Blueprint(
        "shared", __name__, static_folder="static", static_url_path="/shared", template_folder="templates"
    )

    @shared.post("/language")
    def choose_language() -> Response:
        chosen = request.form.get("language", "")
        if chosen in LANGUAGES:
            session["language"] = chosen
        return redirect(own_path(request.form.get("next", "")), 303)

    return shared


def own_path(given: str) -> str:
    """Return the path if it is one of ours, else the front page: a form can't send people elsewhere."""
    is_own = re.fullmatch(r"/(?![/\\])[!-\[\]-~]*", given)
    return given if is_own else "/"


def _protect(response: Response, issuer: str) -> Response:
    # form-action holds for the redirects after a form too, and signing out goes on to the provider
    response.headers["Content-Security-Policy"] = (
        "default-src 'none'; style-src 'self'; img-src 'self'; font-src 'self'; "
        f"form-action 'self' {issuer}; base-uri 'none'; frame-ancestors 'none'"
    )
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Referrer-Policy"] = "same-origin"
    if request.endpoint and not request.endpoint.endswith("static"):
        response.headers.setdefault("Cache-Control", "no-store")
    return response
