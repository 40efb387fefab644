"""What commands that change people, clients or keys work with: the application's own services."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from tnid.app import create_app
from tnid.cli.answers import Refusal
from tnid.cli.settings import check_migrated, first_line, get_settings, open_engine
from tnid.db import DatabaseUnavailable
from tnid.sealing import MasterKeyError
from tnid.services import Services


@contextmanager
def open_services() -> Iterator[Services]:
    """Yield the services, in one unit of work that is committed at its end; refuse where they can't be had."""
    settings = get_settings()
    with open_engine(settings) as engine:
        check_migrated(engine)
    try:
        app = create_app(settings)
        services: Services = app.extensions["tnid"]
        with app.app_context(), services.database.unit():
            yield services
    except MasterKeyError as error:
        raise Refusal(f"{str(error)[:1].upper()}{str(error)[1:]}.") from None
    except DatabaseUnavailable as error:
        raise Refusal(f"The database can't be used: {first_line(error)}") from None
