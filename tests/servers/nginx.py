"""Debian's nginx as the proxy at which TLS ends, on free ports, with certificates that the tests made.

One address is for everybody; the other asks for client certificates, and hands them on without judging them.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.servers.certificates import SERVER, Identity, localhost, make_authority, make_certificate
from tests.servers.processes import free_port, is_listening, stop, wait_until
from tests.servers.programs import get_program

HEADER = "X-Client-Cert"
CONFIGURATION = """
{user}
daemon off;
worker_processes 1;
pid {folder}/nginx.pid;
error_log {folder}/error.log;
events {{ worker_connections 256; }}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    ssl_certificate {certificate};
    ssl_certificate_key {key};
    ssl_protocols TLSv1.2 TLSv1.3;
    server {{
        listen 127.0.0.1:{port} ssl;
        location / {{
            proxy_pass http://127.0.0.1:{upstream};
            proxy_set_header Host $http_host;
            proxy_set_header X-Forwarded-For $remote_addr:$remote_port;
            proxy_set_header {header} "";
        }}
    }}
    server {{
        listen 127.0.0.1:{mtls_port} ssl;
        ssl_verify_client optional_no_ca;
        location / {{
            proxy_pass http://127.0.0.1:{upstream};
            proxy_set_header Host $http_host;
            proxy_set_header X-Forwarded-For $remote_addr:$remote_port;
            proxy_set_header {header} $ssl_client_escaped_cert;
        }}
    }}
}}
"""


@dataclass(frozen=True)
class Nginx:
    """Where the proxy is, and the authority behind every certificate."""

    port: int
    mtls_port: int
    upstream: int
    folder: Path
    authority: Identity

    @property
    def url(self) -> str:
        return f"https://localhost:{self.port}"

    @property
    def mtls_url(self) -> str:
        return f"https://localhost:{self.mtls_port}"

    @property
    def ca_file(self) -> str:
        return str(self.folder / "authority.pem")


@contextmanager
def running_nginx(folder: Path, upstream: int) -> Iterator[Nginx]:
    """A proxy before the server on this port."""
    program = get_program("nginx")
    nginx = Nginx(free_port(), free_port(), upstream, folder, make_authority())
    nginx.authority.write(folder, "authority")
    server = make_certificate(nginx.authority, "CN=localhost", *localhost(), use=SERVER)
    certificate, key = server.write(folder, "server")
    configuration = folder / "nginx.conf"
    configuration.write_text(
        CONFIGURATION.format(
            user="user root;" if os.geteuid() == 0 else "",
            folder=folder, certificate=certificate, key=key, header=HEADER,
            port=nginx.port, mtls_port=nginx.mtls_port, upstream=upstream,
        )
    )  # fmt: skip
    with (folder / "nginx.log").open("wb") as log:
        command = [program, "-e", str(folder / "error.log"), "-c", str(configuration), "-p", str(folder)]
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
    try:
        wait_until(lambda: is_listening(nginx.mtls_port), seconds=10, what="answer from nginx")
        yield nginx
    finally:
        stop(process)
