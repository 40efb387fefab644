"""What commands that change people, clients or keys work with: the program's services, without its pages."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from tnid.cli.answers import Refusal
from tnid.cli.settings import check_migrated, get_settings, open_engine
from tnid.db import Database
from tnid.sealing import MasterKeyError
from tnid.services import Services, build_services


@contextmanager
def open_services() -> Iterator[Services]:
    """Yield the services in one unit of work, committed at its end; refuse where they can't be had."""
    settings = get_settings()
    with open_engine(settings) as engine:
        check_migrated(engine)
        database = Database(engine)
        try:
            services = build_services(settings, database)
        except MasterKeyError as error:
            raise Refusal(f"{str(error)[:1].upper()}{str(error)[1:]}.") from None
        with database.unit():
            yield services
