"""Make the application; neither provider nor API need run yet."""

from __future__ import annotations

import os
from collections.abc import Mapping

from flask import Flask

from examples.kiosk import views
from examples.relying_party.configuration import load
from examples.relying_party.protected_api import ProtectedApi
from examples.relying_party.seats import Seats
from examples.relying_party.terminal import Terminal
from examples.relying_party.visits import Visits
from examples.relying_party.web import prepare


def create_app(environ: Mapping[str, str] = os.environ) -> Flask:
    configuration = load(environ, default_port=8005)
    api_url = environ.get("DEMO_BOOKINGS_API_URL", "http://localhost:8004").rstrip("/")
    app = Flask("examples.kiosk")
    prepare(app, configuration)
    terminal = Terminal(app, configuration, name="Ki-ốt cổng A", place="Nhà máy Yên Bình")
    app.extensions[views.PARTS] = views.Parts(
        base_url=configuration.base_url,
        terminal=terminal,
        api=ProtectedApi(terminal, api_url, configuration.issuer),
        seats=Seats(Visits(), views.CLIENT_ID),
    )
    app.register_blueprint(views.blueprint)
    return app
