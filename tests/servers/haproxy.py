"""HAProxy before several nodes, on the configuration that `deploy/haproxy` ships."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from tests.servers.processes import is_listening, stop, wait_until
from tests.servers.programs import get_program

SHIPPED = Path(__file__).resolve().parents[2] / "deploy" / "haproxy" / "haproxy.cfg"
BIND = "bind :443 ssl crt /etc/haproxy/tnid.pem alpn h2,http/1.1"
NODES = ("10.0.0.21:8000", "10.0.0.22:8000")


BOUNDS = re.compile(r"(sc0_\w+) gt \d+")
WINDOW = "http_req_rate(4s)"


def configuration(port: int, nodes: Sequence[int], more: str = "", most: int = 10**9) -> str:
    """Return the shipped configuration with addresses of this machine, no TLS, `more` before its rules.

    A test's whole load comes from one address: `most` is what one network may have at once, and ask for in
    ten minutes, in place of the shipped numbers.
    """
    text = SHIPPED.read_text()
    assert BIND in text and all(node in text for node in NODES)
    text = text.replace(BIND, f"bind 127.0.0.1:{port}\n    {more}")
    assert len(BOUNDS.findall(text)) == 2 and WINDOW in text
    text = BOUNDS.sub(rf"\1 gt {most}", text).replace(WINDOW, "http_req_rate(10m)")
    for shipped, node in zip(NODES, nodes, strict=True):
        text = text.replace(shipped, f"127.0.0.1:{node}")
    return text


@contextmanager
def running_haproxy(
    folder: Path, port: int, nodes: Sequence[int], *, more: str = "", most: int = 10**9
) -> Iterator[None]:
    """A balancer that listens at `port`, before two servers at these ports."""
    path = folder / "haproxy.cfg"
    path.write_text(configuration(port, nodes, more, most))
    with (folder / "haproxy.log").open("wb") as log:
        process = subprocess.Popen(
            [get_program("haproxy"), "-db", "-f", str(path)], stdin=subprocess.DEVNULL, stdout=log, stderr=log
        )
    try:
        wait_until(lambda: is_listening(port), seconds=10, what="answer from HAProxy")
        yield
    finally:
        stop(process)
