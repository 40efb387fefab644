"""Two networks apart from each other, with the server between them: network namespaces, as root on Linux.

Where there may be none, two addresses of the loopback interface stand for them, which the server takes for
different networks just as well; a warning says so.
"""

from __future__ import annotations

import ctypes
import os
import random
import subprocess
import threading
import warnings
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import httpcore
import httpx

from tests.servers.programs import find_program

CLONE_NEWNET = 0x40000000
CHOICE = random.SystemRandom()
# RFC 2544: for tests between networks, and for nothing else. A network in each half
HALVES = ("198.18", "198.19")
NAMESPACES = Path("/var/run/netns")


class Place(NamedTuple):
    """Where a device is: its address, the server's as seen from there, and the namespace, if it is one."""

    address: str
    server: str
    namespace: str | None

    def new_client(self, port: int, **headers: str) -> httpx.Client:
        """Return an HTTP client with cookies of its own, whose requests come from here."""
        local = None if self.namespace else self.address
        transport = httpx.HTTPTransport(local_address=local, verify=False)
        if self.namespace:
            # httpx lets nobody choose how connections are made; what it is made of does
            transport._pool = httpcore.ConnectionPool(network_backend=Inside(self.namespace))
        return httpx.Client(
            base_url=f"http://{self.server}:{port}", transport=transport, timeout=30, headers=headers
        )


class Inside(httpcore.SyncBackend):
    """Makes connections in a namespace: a socket stays in that in which it was made."""

    def __init__(self, namespace: str) -> None:
        self._namespace = namespace

    def connect_tcp(self, *arguments: Any, **options: Any) -> httpcore.NetworkStream:
        with entered(self._namespace):
            return super().connect_tcp(*arguments, **options)


@contextmanager
def entered(namespace: str) -> Iterator[None]:
    """Be in a namespace, with this thread alone."""
    back = os.open(f"/proc/self/task/{threading.get_native_id()}/ns/net", os.O_RDONLY)
    there = os.open(NAMESPACES / namespace, os.O_RDONLY)
    try:
        enter(there)
        yield
    finally:
        enter(back)
        os.close(there)
        os.close(back)


def enter(descriptor: int) -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.setns(descriptor, CLONE_NEWNET) != 0:
        raise OSError(ctypes.get_errno(), "setns")


@contextmanager
def two_networks() -> Iterator[tuple[Place, Place]]:
    """Make two networks that reach the server and not each other; the server must listen on 0.0.0.0."""
    with ExitStack() as stack:
        try:
            places = tuple(stack.enter_context(_namespace(half)) for half in HALVES)
        except (OSError, subprocess.CalledProcessError) as error:
            warnings.warn(f"no network namespaces ({error}): two loopback addresses instead", stacklevel=1)
            places = tuple(_loopback() for _ in HALVES)
        yield places[0], places[1]


@contextmanager
def _namespace(half: str) -> Iterator[Place]:
    ip = find_program("ip")
    if ip is None or os.geteuid() != 0:
        raise PermissionError("needs root and iproute2")
    number, third = f"{CHOICE.randrange(16**6):06x}", CHOICE.randrange(256)
    name, cable, address, server = f"tnid{number}", f"tn{number}", f"{half}.{third}.2", f"{half}.{third}.1"

    def run(*arguments: str) -> None:
        subprocess.run([ip, *arguments], check=True, capture_output=True, timeout=10)

    run("netns", "add", name)
    try:
        run("link", "add", cable, "type", "veth", "peer", "name", "eth0", "netns", name)
        run("addr", "add", f"{server}/24", "dev", cable)
        run("link", "set", cable, "up")
        run("-n", name, "addr", "add", f"{address}/24", "dev", "eth0")
        run("-n", name, "link", "set", "eth0", "up")
        yield Place(address, server, name)
    finally:
        # The cable goes with its end in there
        run("netns", "del", name)


def _loopback() -> Place:
    far = ".".join(str(CHOICE.randrange(1, 255)) for _ in range(3))
    return Place(f"127.{far}", "127.0.0.1", None)
