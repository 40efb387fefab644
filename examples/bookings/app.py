"""Make the application; neither provider nor API need run yet."""

from __future__ import annotations

import os
from collections.abc import Mapping

from flask import Flask

from examples.bookings import views
from examples.relying_party.configuration import load
from examples.relying_party.protected_api import ProtectedApi
from examples.relying_party.sign_in import RelyingParty
from examples.relying_party.sign_outs import SignOuts
from examples.relying_party.visits import Visits
from examples.relying_party.web import prepare


def create_app(environ: Mapping[str, str] = os.environ) -> Flask:
    configuration = load(environ, default_port=8003)
    api_url = environ.get("DEMO_BOOKINGS_API_URL", "http://localhost:8004").rstrip("/")
    app = Flask("examples.bookings")
    prepare(app, configuration).exempt(views.hear_of_sign_out)
    visits = Visits()
    relying_party = RelyingParty(app, configuration)
    app.extensions[views.PARTS] = views.Parts(
        base_url=configuration.base_url,
        relying_party=relying_party,
        api=ProtectedApi(relying_party, api_url, configuration.issuer),
        visits=visits,
        sign_outs=SignOuts(configuration, visits),
    )
    app.register_blueprint(views.blueprint)
    app.context_processor(lambda: {"person": views.find_person()})
    return app
