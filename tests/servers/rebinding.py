"""A name that is at a public address first, and on this very machine when it is looked up again.

Run as a program of its own in namespaces of its own (`unshare --mount --net`), where the system's resolver
asks our name server and a public address is ours; prints as JSON what our outbound connections made of it.
"""

from __future__ import annotations

import json
import shutil
import socket
import struct
import subprocess
import sys
import threading
from pathlib import Path

from cryptography import x509

from oidc.clients import outbound as outbound_module
from oidc.clients.outbound import Outbound, OutboundRefused, Parcel
from tests.servers.certificates import SERVER, make_authority, make_certificate
from tests.servers.https import Server

PUBLIC, LOOPBACK, NAME = "93.184.216.34", "127.0.0.1", "rp.example"
ANSWERS = ([PUBLIC], [LOOPBACK], [PUBLIC, LOOPBACK], [PUBLIC])
TYPE_A = 1


class NameServer:
    """Answers each question for an IPv4 address by the next of ANSWERS, to be forgotten at once."""

    def __init__(self) -> None:
        self.asked = 0
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind((LOOPBACK, 53))
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            query, peer = self._socket.recvfrom(512)
            self._socket.sendto(self._answer(query), peer)

    def _answer(self, query: bytes) -> bytes:
        """RFC 1035 §4.1: the question again, and an address for each of its answers."""
        end = query.index(b"\0", 12) + 5
        question, (kind,) = query[12:end], struct.unpack("!H", query[end - 4 : end - 2])
        found: list[str] = []
        if kind == TYPE_A:
            found = ANSWERS[min(self.asked, len(ANSWERS) - 1)]
            self.asked += 1
        records = b"".join(
            struct.pack("!HHHIH", 0xC00C, TYPE_A, 1, 0, 4) + socket.inet_aton(one) for one in found
        )
        return query[:2] + struct.pack("!HHHHH", 0x8180, 1, len(found), 0, 0) + question + records


def prepare(folder: Path) -> None:
    """Have the public address be this network's, and the resolver ask us."""
    resolver = folder / "resolv.conf"
    resolver.write_text(f"nameserver {LOOPBACK}\noptions timeout:30 attempts:1\n")
    for command in (
        ("ip", "link", "set", "lo", "up"),
        ("ip", "addr", "add", f"{PUBLIC}/32", "dev", "lo"),
        ("mount", "--bind", str(resolver), "/etc/resolv.conf"),
    ):
        subprocess.run([shutil.which(command[0]) or command[0], *command[1:]], check=True)


def tell(outbound: Outbound) -> str:
    """Ask for the document; return it, or why it was refused."""
    try:
        return outbound.fetch(f"https://{NAME}/jwks.json").decode()
    except OutboundRefused as error:
        return error.reason


def main(folder: Path) -> None:
    prepare(folder)
    # A busy machine is no reason for another look-up, nor to give up
    outbound_module.MAX_SECONDS = 60.0
    names, authority = NameServer(), make_authority()
    authority.write(folder, "authority")
    made = make_certificate(authority, f"CN={NAME}", x509.DNSName(NAME), use=SERVER).write(folder, "server")
    certificate = Path(made[0]), Path(made[1])
    there, here = (Server(folder, certificate, (address, 443)) for address in (PUBLIC, LOOPBACK))
    outbound = Outbound(ca_file=folder / "authority.pem")
    said = [tell(outbound) for _ in ANSWERS[:3]]
    outbound.post(Parcel(f"https://{NAME}/logout", b"logout_token=x"))
    print(json.dumps({
        "said": said, "asked": names.asked, "there": there.connections, "here": here.connections,
    }))  # fmt: skip


if __name__ == "__main__":
    main(Path(sys.argv[1]))
