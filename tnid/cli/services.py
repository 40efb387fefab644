"""What commands that change people, clients or keys work with: the program's services, without its pages."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from tnid.accounts.account import Account
from tnid.cli.answers import Refusal
from tnid.cli.settings import check_usable, get_settings, open_engine
from tnid.db import Database
from tnid.services import Services


@contextmanager
def open_services() -> Iterator[Services]:
    """Yield the services in one unit of work, committed at its end; refuse where they can't be had."""
    settings = get_settings()
    with open_engine(settings) as engine:
        check_usable(settings, engine)
        services = Services(settings, Database(engine))
        with services.database.unit():
            yield services


def get_account(services: Services, username: str) -> Account:
    """Return the account of a username; refuse where there is none."""
    found = services.accounts.find_by_username(username)
    if found is None:
        raise Refusal(f"There is no account {username}.")
    return found
