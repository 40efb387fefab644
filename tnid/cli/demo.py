"""`tnid demo`: made-up people and clients, on a loopback issuer only."""

from __future__ import annotations

from collections.abc import Callable

import click
import pyotp

from tnid import clock
from tnid.cli.answers import Command, Refusal, answer, with_json
from tnid.cli.refusals import Commands
from tnid.cli.services import open_services
from tnid.cli.settings import get_settings
from tnid.demo import seed as demonstration
from tnid.setting_kinds import parse_issuer


def base_url(_context: click.Context, _option: click.Parameter, text: str) -> str:
    """Return the address of an application: scheme, host and port, on this machine where it is plain http."""
    try:
        return parse_issuer(text)
    except ValueError as error:
        raise click.BadParameter(f"it {error}.") from None


def base_url_option(name: str, application: str) -> Callable[[Command], Command]:
    default = demonstration.BASE_URLS[application]
    return click.option(name, default=default, show_default=True, callback=base_url)


@click.group(cls=Commands)
def demo() -> None:
    """Try everything out with made-up people."""


@demo.command()
@base_url_option("--apps-url", "provincial_apps")
@base_url_option("--jobs-url", "jobs_housing")
@base_url_option("--bookings-url", "bookings")
@base_url_option("--bookings-api-url", "bookings_api")
@base_url_option("--kiosk-url", "kiosk")
@with_json
def seed(
    apps_url: str, jobs_url: str, bookings_url: str, bookings_api_url: str, kiosk_url: str, as_json: bool
) -> None:
    """Add the demonstration people and clients; running it again changes nothing."""
    base_urls = {
        "provincial_apps": apps_url,
        "jobs_housing": jobs_url,
        "bookings": bookings_url,
        "bookings_api": bookings_api_url,
        "kiosk": kiosk_url,
    }
    with open_services() as services:
        try:
            found = demonstration.seed(services, clock.now(), base_urls)
        except demonstration.NotForDemonstration as error:
            raise Refusal(f"Demonstration data is for loopback issuers only, and this is {error}.") from None
        path = demonstration.credentials_path(services.settings.instance_dir)
    text = (
        f"{found.new_people} people and {found.new_clients} clients are new; their credentials are in {path}."
    )
    answer(as_json, {**found._asdict(), "credentials_file": str(path)}, text)


@demo.command()
@click.argument("username")
@with_json
def code(username: str, as_json: bool) -> None:
    """Print the current TOTP code of a demonstration person, as their phone would show it."""
    people = demonstration.read_credentials(get_settings().instance_dir)["people"]
    person = next((one for one in people if one["username"] == username), None)
    if person is None:
        raise Refusal(f"There is no demonstration person {username}; run `tnid demo seed` first.")
    if not person["totp_secret"]:
        raise Refusal(f"{username} has no second factor: the password is enough.")
    now = clock.now()
    shown = pyotp.TOTP(person["totp_secret"]).at(now)
    answer(as_json, {"code": shown, "seconds_left": 30 - now % 30}, shown)
