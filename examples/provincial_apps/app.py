"""Make the application; the provider needn't run yet."""

from __future__ import annotations

import os
from collections.abc import Mapping

from flask import Flask

from examples.provincial_apps import events, factory, views
from examples.provincial_apps.systems import load_systems
from examples.provincial_apps.workers import Workers
from examples.relying_party.claims import mask
from examples.relying_party.configuration import load
from examples.relying_party.seats import Seats
from examples.relying_party.security_events import Receiver
from examples.relying_party.sign_in import RelyingParty
from examples.relying_party.sign_outs import SignOuts
from examples.relying_party.terminal import Terminal
from examples.relying_party.visits import Visits
from examples.relying_party.web import prepare


def create_app(environ: Mapping[str, str] = os.environ) -> Flask:
    configuration = load(environ, default_port=8002)
    app = Flask("examples.provincial_apps")
    app.jinja_env.filters["masked"] = mask
    prepare(app, configuration).exempt(events.blueprint)
    visits = Visits()
    app.extensions[views.PARTS] = views.Parts(
        base_url=configuration.base_url,
        systems=load_systems(),
        relying_party=RelyingParty(app, configuration),
        visits=visits,
        sign_outs=SignOuts(configuration, visits),
        receiver=Receiver(configuration),
        forgotten={},
        names={},
    )
    terminal = Terminal(app, configuration, name="Xưởng may 2", place="Nhà máy Sông Công")
    app.extensions[factory.PARTS] = factory.Factory(
        terminal=terminal,
        seats=Seats(Visits(), factory.WORKSHOP),
        workers=Workers(configuration.data_dir / "factory.db"),
    )
    app.register_blueprint(factory.blueprint)
    app.register_blueprint(views.blueprint)
    app.register_blueprint(events.blueprint)
    return app
