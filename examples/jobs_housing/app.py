"""Make the application; the provider needn't run yet."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from flask import Flask
from sqlalchemy.exc import OperationalError

from examples.jobs_housing import account, browsing, demonstration, schema
from examples.jobs_housing.database import Database, find_url
from examples.jobs_housing.listings import ListingStore
from examples.jobs_housing.parts import PARTS, Parts, find_person, now
from examples.jobs_housing.pictures import PictureStore
from examples.jobs_housing.reports import ReportStore
from examples.jobs_housing.search import SearchStore
from examples.relying_party.configuration import load
from examples.relying_party.refusals import refuse
from examples.relying_party.sign_in import RelyingParty
from examples.relying_party.visits import Visits
from examples.relying_party.web import prepare, show_refusal

BLUEPRINTS = (browsing.blueprint, account.blueprint)


def create_app(environ: Mapping[str, str] = os.environ) -> Flask:
    configuration = load(environ, default_port=8001)
    app = Flask("examples.jobs_housing")
    prepare(app, configuration, Path(__file__).with_name("words.toml"))
    database = open_database(find_url(environ, configuration.data_dir))
    app.extensions[PARTS] = Parts(
        base_url=configuration.base_url,
        database=database,
        listings=ListingStore(database),
        search=SearchStore(database),
        pictures=PictureStore(database),
        reports=ReportStore(database),
        relying_party=RelyingParty(app, configuration),
        visits=Visits(),
    )
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    app.register_error_handler(OperationalError, lambda _: show_refusal(refuse("database_busy")))
    app.context_processor(lambda: {"person": find_person()})
    return app


def open_database(url: str) -> Database:
    """Return the database, of the present schema and with the demonstration's listings."""
    database = Database(url)
    schema.upgrade(database, now())
    demonstration.load(database, now())
    return database
