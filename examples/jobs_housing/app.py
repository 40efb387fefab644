"""Make the application; the provider needn't run yet."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from flask import Flask

from examples.jobs_housing import views
from examples.jobs_housing.listings import ListingStore
from examples.relying_party.configuration import load
from examples.relying_party.sign_in import RelyingParty
from examples.relying_party.visits import Visits
from examples.relying_party.web import prepare


def create_app(environ: Mapping[str, str] = os.environ) -> Flask:
    configuration = load(environ, default_port=8001)
    app = Flask("examples.jobs_housing")
    prepare(app, configuration, Path(__file__).with_name("words.toml"))
    listings = ListingStore(configuration.data_dir / "jobs_housing.db")
    listings.load()
    app.extensions[views.PARTS] = views.Parts(
        base_url=configuration.base_url,
        listings=listings,
        relying_party=RelyingParty(app, configuration),
        visits=Visits(),
    )
    app.register_blueprint(views.blueprint)
    app.context_processor(lambda: {"person": views.find_person()})
    return app
