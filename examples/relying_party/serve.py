"""Serve an application with Granian, the same server that the provider runs on."""

from __future__ import annotations

import os

from granian import Granian
from granian.constants import Interfaces
from granian.log import LogLevels

from examples.relying_party.configuration import load


def serve(target: str, *, default_port: int) -> None:
    """Serve the application that the factory `module:function` makes; return when told to stop.

    One process, because visits live in its memory.
    """
    configuration = load(os.environ, default_port=default_port)
    print(f"{target.partition(':')[0]}: {configuration.base_url}", flush=True)
    Granian(
        target,
        factory=True,
        address=configuration.address,
        port=configuration.port,
        interface=Interfaces.WSGI,
        workers=1,
        blocking_threads=4,
        log_level=LogLevels.warning,
        websockets=False,
    ).serve()
