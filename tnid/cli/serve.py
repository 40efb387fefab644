"""`tnid serve`: the production server, processes of several threads, with a housekeeper beside them."""

from __future__ import annotations

import gc
import os
import resource
import socket
from collections.abc import Mapping
from functools import partial
from typing import Any

import click
from granian.constants import HTTPModes, Interfaces
from granian.http import HTTP1Settings
from granian.log import LogLevels
from granian.server import Server

from oidc import discovery
from tnid import clock, memory, services
from tnid.app import create_app
from tnid.audit import find_request_id
from tnid.cli.answers import Refusal
from tnid.cli.housekeeper import HousekeeperProcess
from tnid.cli.refusals import Command
from tnid.cli.services import open_services
from tnid.cli.settings import get_settings
from tnid.enrolment.views import PHOTO_PATH
from tnid.front import EXTENSION as FRONT
from tnid.front import Front
from tnid.gate import Gate
from tnid.logs import logging_config
from tnid.metrics import PATH as METRICS_PATH
from tnid.metrics import may_read
from tnid.monitoring import figures as figures_of_processes
from tnid.monitoring.parts import find_traces, watch_worker
from tnid.monitoring.requests import RequestFigures, Watch
from tnid.orphans import end_with
from tnid.qr import polls
from tnid.settings import Settings

# Threads are made as they are needed, and most of them wait for a slow sender; of those that work, one is
# busy while others wait for the database or a hash, and more would only queue for the interpreter's lock
THREADS = 256
AT_ONCE = 16
SENDERS_OF_ONE_ADDRESS = 64
OPEN_PATHS = frozenset({"/healthz", "/jwks", discovery.OPENID_PATH, discovery.OAUTH_PATH, polls.PATH})
# Connections a worker holds open at once; those after them wait in the kernel's backlog
CONNECTIONS = 1024
BACKLOG = 2048
STOP_SECONDS = 10
HTTP1 = HTTP1Settings(header_read_timeout=15_000, max_buffer_size=65_536)


class Bind(click.ParamType[tuple[str, int]]):
    """HOST:PORT, the host in brackets where it is an IPv6 address."""

    name = "HOST:PORT"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[str, int]:
        host, colon, port = str(value).rpartition(":")
        if not colon or not host or not (port.isascii() and port.isdigit()) or not 0 < int(port) < 65536:
            self.fail(f"{value!r} is not HOST:PORT", param, ctx)
        return host.strip("[]"), int(port)


@click.command(cls=Command)
@click.option("--bind", type=Bind(), default="127.0.0.1:8000", show_default=True, help="Where to listen.")
@click.option("--workers", type=click.IntRange(1, 64), default=1, show_default=True, help="Processes.")
@click.option("--json", is_flag=True, expose_value=False, help="Changes nothing: this command prints logs.")
def serve(bind: tuple[str, int], workers: int) -> None:
    """Serve, until SIGINT or SIGTERM; requests under way are answered first."""
    settings = get_settings()
    bind = (get_address(*bind), bind[1])
    check_free(*bind)
    with open_services() as services:
        # Once, before there are several processes that would each make a set
        services.keyring.ensure(clock.now())
    figures_of_processes.clear(settings.instance_dir / figures_of_processes.FOLDER)
    raise_file_limit()
    # What is loaded by now stays, and the workers share it: no collection need touch it
    gc.freeze()
    make_server(settings, *bind, workers=workers).serve(
        target_loader=partial(load_application, settings, os.getpid()), wrap_loader=False
    )


def get_address(host: str, port: int) -> str:
    """Return the address of a host's name, IPv4 where it has both; refuse a name that has none."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except OSError as error:
        raise Refusal(f"{host} has no address: {error.strerror}.") from None
    families = sorted(found, key=lambda one: one[0] != socket.AF_INET)
    return str(families[0][4][0])


def check_free(host: str, port: int) -> None:
    """Refuse a port on which somebody listens: the workers share theirs, and would share it with him too."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as tried:
        tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            tried.bind((host, port))
        except OSError as error:
            raise Refusal(f"{host}:{port} can't be listened on: {error.strerror}.") from None


def raise_file_limit() -> None:
    """Let a worker hold as many connections open as it takes, and files and database connections beside."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = 2 * CONNECTIONS if hard == resource.RLIM_INFINITY else min(hard, 2 * CONNECTIONS)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, wanted), hard))


def make_server(settings: Settings, host: str, port: int, *, workers: int) -> Any:
    """Return the server, its housekeeper hooked to its start and end."""
    server = Server(
        "tnid", address=host, port=port, workers=workers, interface=Interfaces.WSGI, http=HTTPModes.http1,
        blocking_threads=THREADS, backpressure=CONNECTIONS, backlog=BACKLOG,
        http1_settings=HTTP1, websockets=False,
        log_level=LogLevels(settings.log_level),
        log_dictconfig=logging_config(settings.log_level, settings.log_format, find_request_id),
        # The worker writes its own, which know a request's route and number
        log_access=False,
        respawn_failed_workers=True, workers_kill_timeout=STOP_SECONDS,
    )  # fmt: skip
    housekeeper = HousekeeperProcess(settings)
    server.on_startup(housekeeper.start)
    server.on_shutdown(housekeeper.stop)
    return server


def load_application(settings: Settings, parent: int) -> Any:
    """Return this worker's application. Called in the worker, after the fork: nothing open is shared."""
    for name in [name for name in os.environ if name.startswith(("TNID_", "HTTP_"))]:
        # The server lays the environment under each request's: a secret there would be one slip from a log,
        # and HTTP_PROXY would pass for a header
        del os.environ[name]
    end_with(parent)
    memory.bound()
    figures = figures_of_processes.open_figures(settings.instance_dir / figures_of_processes.FOLDER, "worker")
    traces = find_traces(settings, figures.name)
    application = create_app(settings, figures)
    gate = make_gate(application, settings)
    front: Front = application.extensions[FRONT]
    watch_worker(application.extensions[services.EXTENSION], gate, front).start()
    # What has been made by now stays: no collection need look at it again
    gc.collect()
    gc.freeze()
    return Watch(
        traces.around(gate, settings.trusted_proxies) if traces else gate,
        RequestFigures(figures),
        front.count_documents(),
        is_logged=settings.log_level in ("debug", "info"),
    )


def make_gate(application: Any, settings: Settings) -> Gate:
    """Return the gate before an application; whoever may read the figures needs no place in it."""

    def may_pass(environ: Mapping[str, object]) -> bool:
        return environ["PATH_INFO"] == METRICS_PATH and may_read(environ, settings)

    return Gate(
        application,
        at_once=AT_ONCE,
        senders=SENDERS_OF_ONE_ADDRESS,
        open_paths=OPEN_PATHS,
        large_paths=frozenset({PHOTO_PATH}),
        may_pass=may_pass,
    )
