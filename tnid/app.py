"""The application: composed by hand, with one transaction a request."""

from __future__ import annotations

import io
import logging
from collections.abc import Callable, Iterable
from importlib import metadata
from pathlib import Path
from typing import IO, Any

from flask import Blueprint, Flask, Request, Response, g, request
from flask_wtf import CSRFProtect

from oidc import blueprint as oidc_blueprint
from oidc.errors import PageError
from tnid import access, clock, desk, errors, front, pages, rendering, services, web
from tnid.access import Guard
from tnid.accounts import blueprints as accounts
from tnid.accounts.passwords import Busy
from tnid.admin import blueprints as admin
from tnid.admin.desk import list_sections
from tnid.badges import blueprints as badges
from tnid.challenge import blueprints as challenge
from tnid.challenge import views as challenge_views
from tnid.checker import blueprints as checker
from tnid.clashes import note_clash
from tnid.client_log import blueprints as client_log
from tnid.consent import blueprints as consent
from tnid.db import Conflict, Database, DatabaseUnavailable, db
from tnid.decoupled import blueprints as decoupled
from tnid.developers import blueprints as developers
from tnid.developers.sections import list_sections as list_application_sections
from tnid.documentation import blueprints as documentation
from tnid.employers import blueprints as employers
from tnid.employment import blueprints as employment
from tnid.engine import engine_options, prepare_engine
from tnid.enrolment import blueprints as enrolment
from tnid.imports import blueprints as imports
from tnid.mandates import blueprints as mandates
from tnid.messages import blueprints as messages
from tnid.moments import dated, day, moment
from tnid.monitoring.figures import Figures
from tnid.monitoring.parts import count_failures
from tnid.monitoring.traced_database import make_database
from tnid.officials import blueprints as officials
from tnid.officials.news import find_news
from tnid.playground import blueprints as playground
from tnid.qr import blueprints as qr
from tnid.rates import pages as rate_pages
from tnid.recovery import blueprints as recovery
from tnid.reviews import blueprints as reviews
from tnid.sandbox import blueprints as sandbox
from tnid.scim import blueprints as scim
from tnid.services import EXTENSION, Services
from tnid.settings import Settings
from tnid.signin import blueprints as signin
from tnid.signin import screen, session, terminal_pages, worlds
from tnid.signin.onward import show_onward
from tnid.signout import blueprints as signout

ROOT = Path(__file__).resolve().parents[1]
# Whose pages there are, beside the protocol's own
FEATURES = (
    documentation,
    *(signin, consent, accounts, enrolment, decoupled, mandates, messages, recovery, officials, signout),
    *(qr, badges, employers, employment, imports, scim, admin, developers, sandbox, challenge),
    *(client_log, reviews, playground, checker),
)
# What a request finds out once, and what it means to set
FOUND = (
    *("cookies", "end_user", "account", "session_row", "is_touch_due", "half_sign_in"),
    *("interaction", "official", "operator", "desks", "terminal", "is_sandbox"),
)
log = logging.getLogger(__name__)


class OwnRequest(Request):
    """A request whose files stay in memory: what a person uploads touches no disk."""

    def _get_file_stream(self, *_: Any, **__: Any) -> IO[bytes]:
        return io.BytesIO()


class Application(Flask):
    """Flask, with each request one unit of work: committed here and nowhere else, error answers included.

    What a view refuses is an answer and is kept; an exception that nobody expected rolls back, and is
    answered outside the unit.
    """

    jinja_environment = rendering.Templates
    request_class = OwnRequest

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        """No view of ours is a coroutine; Flask would look at each function of a request, and slowly."""
        return func

    def full_dispatch_request(self) -> Response:
        """Answer the request; once more where somebody took at that very moment what it wanted to take.

        All of it is rolled back then; what the other one did is seen now, and refused in the view's words.
        """
        try:
            return self._answer_in_a_unit()
        except Conflict:
            self._look_again()
        try:
            return self._answer_in_a_unit()
        except Conflict:
            if not note_clash():
                raise
            self._look_again()
        return self._answer_in_a_unit()

    def _look_again(self) -> None:
        log.warning("Conflict, request %s", g.get("request_id", ""))
        for name in FOUND:
            g.pop(name, None)

    def _answer_in_a_unit(self) -> Response:
        parts: Services = self.extensions[EXTENSION]
        with parts.database.unit():
            response = super().full_dispatch_request()
            session.touch_if_due()
            desk.touch_if_due()
        return response

    def handle_exception(self, error: Exception) -> Response:
        # What the request meant to set belongs to what was rolled back
        g.pop("cookies", None)
        g.end_user = g.session_row = None
        g.official = g.operator = None
        g.desks = {}
        return super().handle_exception(error)

    def log_exception(self, exc_info: Any) -> None:
        request_id = g.get("request_id", "")
        if isinstance(exc_info[1], (DatabaseUnavailable, Busy, Conflict)):
            log.warning("%s, request %s", type(exc_info[1]).__name__, request_id)
            return
        # Neither the query nor the body: they may hold what no log may
        log.error("request %s failed: %s %s", request_id, request.method, request.path, exc_info=exc_info)


def create_app(settings: Settings, figures: Figures | None = None) -> Application:
    """Return the application of one process. Raises MasterKeyError; needs a migrated database to serve."""
    app = Application(
        "tnid", template_folder=str(ROOT / "templates"), static_folder=str(ROOT / "tnid" / "static")
    )
    # A redirect from // to / would be an address made of the Host header
    app.url_map.merge_slashes = False
    app.url_map.converters["int"] = web.RowNumber
    parts = Services(settings, open_database(app, settings), figures)
    app.extensions[EXTENSION] = parts
    count_failures(parts)
    web.install(app, settings, parts.sealer.derive("web.cookies"))
    rendering.install(app)
    rate_pages.install(app)
    access.install(app)
    rate_pages.install_for_accounts(app)
    challenge_views.install(app)
    csrf = protect_forms(app)
    for blueprint in blueprints():
        app.register_blueprint(blueprint)
        if access.guard_of(blueprint) is Guard.PROTOCOL:
            csrf.exempt(blueprint)
    errors.install(app, settings)
    app.jinja_env.filters.update(moment=moment, dated=dated, day=day)
    app.jinja_env.globals["counter_news"] = find_news
    app.jinja_env.globals["admin_sections"] = list_sections
    app.jinja_env.globals["application_sections"] = list_application_sections
    app.jinja_env.globals["are_passkeys_possible"] = parts.passkeys.are_possible
    app.jinja_env.globals["version"] = metadata.version("thai-nguyen-id")
    app.context_processor(current_person)
    app.context_processor(terminal_pages.page_globals)
    app.context_processor(worlds.page_globals)
    app.after_request(terminal_pages.clear_if_over)
    ensure_keys(parts)
    front.install(app, parts)
    return app


def protocol_host() -> oidc_blueprint.Host:
    """Return what the protocol's pages need of ours."""
    return oidc_blueprint.Host(
        provider=lambda: services.current().provider,
        end_user=session.find_applications_user,
        browser=web.browser_id,
        now=services.now,
        show_prompt=screen.show_prompt,
        show_error=show_error,
        show_onward=show_onward,
    )


def blueprints() -> Iterable[Blueprint]:
    """Return everything that answers a browser, each with its guard declared."""
    yield pages.blueprint
    yield access.declare(oidc_blueprint.create_blueprint(protocol_host()), Guard.PROTOCOL)
    for feature in FEATURES:
        yield from feature.BLUEPRINTS


def open_database(app: Flask, settings: Settings) -> Database:
    settings.instance_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    app.config["SQLALCHEMY_DATABASE_URI"] = settings.database_url
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = engine_options(settings.database_url)
    db.init_app(app)
    with app.app_context():
        prepare_engine(db.engine)
        return make_database(db.engine)


def protect_forms(app: Flask) -> CSRFProtect:
    # The Referer that a strict check wants is withheld by our own Referrer-Policy: token and SameSite stay.
    # A token lives as long as its browser session: a page left open overnight may still be sent.
    app.config.update(WTF_CSRF_SSL_STRICT=False, WTF_CSRF_TIME_LIMIT=None)
    return CSRFProtect(app)


def show_error(error: PageError) -> Response:
    return errors.protocol_error_page(error)


def current_person() -> dict[str, Any]:
    """Return who is signed in, for every template; None on an error page that knows nobody."""
    return {"current_person": session.find_account()}


def ensure_keys(parts: Services) -> None:
    """Make the signing keys at the first start; the housekeeper tends them afterwards."""
    try:
        parts.keyring.ensure(clock.now())
    except DatabaseUnavailable:
        log.warning("the database can't be used yet: signing keys are looked for later")
