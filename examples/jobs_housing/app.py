"""Make the application; the provider needn't run yet."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from flask import Flask, g, request
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from werkzeug.wrappers import Response

from examples.jobs_housing import (
    account,
    applying,
    browsing,
    demonstration,
    dwellings,
    events,
    following,
    linking,
    posting,
    recruiting,
    reporting,
    schema,
)
from examples.jobs_housing.answering import Answering
from examples.jobs_housing.database import Database, find_url
from examples.jobs_housing.listings import ListingStore
from examples.jobs_housing.parts import PARTS, Parts, find_person, now
from examples.jobs_housing.people import People
from examples.jobs_housing.pictures import PictureStore
from examples.jobs_housing.reports import ReportStore
from examples.jobs_housing.search import SearchStore
from examples.jobs_housing.wording import label_of
from examples.jobs_housing.written import write_day, write_moment
from examples.relying_party.configuration import load
from examples.relying_party.refusals import refuse
from examples.relying_party.security_events import Receiver
from examples.relying_party.sign_in import RelyingParty
from examples.relying_party.sign_outs import SignOuts
from examples.relying_party.visits import Visits
from examples.relying_party.web import prepare, show_refusal

BLUEPRINTS = (
    browsing.blueprint,
    reporting.blueprint,
    posting.blueprint,
    dwellings.blueprint,
    account.blueprint,
    linking.blueprint,
    applying.blueprint,
    following.blueprint,
    recruiting.blueprint,
    events.blueprint,
)
# A letter that is far too long comes back to be shortened: 9 bytes a letter as a form sends it
MOST_BYTES = 512 * 1024
HELPERS = {
    "label_of": label_of,
    "write_moment": write_moment,
    "day": write_day,
    "find_application": applying.find_application,
    "may_apply": applying.may_apply,
}
WORDS = ("words.toml", "words/search.toml", "words/posting.toml", "words/applications.toml")
HERE = Path(__file__).parent


def create_app(environ: Mapping[str, str] = os.environ) -> Flask:
    configuration = load(environ, default_port=8001)
    app = Flask("examples.jobs_housing")
    prepare(app, configuration, *(HERE / name for name in WORDS)).exempt(events.blueprint)
    app.config["MAX_CONTENT_LENGTH"] = app.config["MAX_FORM_MEMORY_SIZE"] = MOST_BYTES
    database = open_database(find_url(environ, configuration.data_dir))
    receiver = Receiver(configuration)
    answering = Answering(database, receiver)
    visits = Visits()
    app.extensions[PARTS] = Parts(
        base_url=configuration.base_url,
        database=database,
        listings=ListingStore(database),
        search=SearchStore(database),
        pictures=PictureStore(database),
        reports=ReportStore(database),
        people=People(database),
        receiver=receiver,
        answering=answering,
        relying_party=RelyingParty(app, configuration),
        visits=visits,
        sign_outs=SignOuts(configuration, visits),
    )
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    for error in (OperationalError, PoolTimeout):
        app.register_error_handler(error, show_busy)
    app.context_processor(find_visitor)
    app.jinja_env.globals.update(**HELPERS)
    # What was not answered when the application stopped
    answering.wake()
    return app


def find_visitor() -> dict[str, object]:
    """Return what every page says of who looks at it; nothing of it needs a database that doesn't answer."""
    person = None if "is_database_busy" in g else find_person()
    return {"person": person, "has_linked": linking.KNOWN in request.cookies}


def show_busy(_error: Exception) -> Response:
    """Answer where the database is locked, stopped or out of space: nothing was written."""
    g.is_database_busy = True
    return show_refusal(refuse("database_busy"))


def open_database(url: str) -> Database:
    """Return the database, of the present schema and with the demonstration's listings."""
    database = Database(url)
    schema.upgrade(database, now())
    demonstration.load(database, now())
    return database
