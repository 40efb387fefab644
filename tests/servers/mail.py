"""A real mail server with STARTTLS and AUTH, that can be made to fail at each step."""

from __future__ import annotations

import asyncio
import ssl
import threading
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any
from urllib.parse import quote

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from tests.servers.processes import PATIENCE_SECONDS, free_port

USER, PASSWORD = "tnid@example.vn", "mat-khau:/@ cua may thu%"
SECONDS = 30


class MailServer:
    """Keeps the mail that it took in `mails`; `answer` is what it says to the content, or one of the faults.

    `rcpt` is what it says to a recipient. Faults: "cut" takes the mail and hangs up before it says so,
    "hold" takes it and says nothing until `release` is set.
    """

    def __init__(self, certificate: tuple[Path, Path], *, scheme: str = "smtp+starttls") -> None:
        self.mails: list[EmailMessage] = []
        self.recipients: list[str] = []
        self.sessions = 0
        self._is_closed = False
        self.rcpt = self.answer = "250 OK"
        self.release = threading.Event()
        self.has_taken = threading.Event()
        self._scheme = scheme
        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        tls.load_cert_chain(*certificate)
        self.port = free_port()
        self._controller = _controller(self, tls)
        self._controller.start()

    @property
    def url(self) -> str:
        return self.url_of()

    def url_of(self, password: str = PASSWORD) -> str:
        return f"{self._scheme}://{quote(USER, safe='')}:{quote(password, safe='')}@localhost:{self.port}"

    def close(self) -> None:
        """Stop listening; a second time does nothing."""
        self.release.set()
        if not self._is_closed:
            self._is_closed = True
            self._controller.stop()

    def authenticate(self, _server: SMTP, session: Session, *rest: Any) -> AuthResult:
        data = rest[-1]
        is_right = isinstance(data, LoginPassword) and (data.login, data.password) == (
            USER.encode(),
            PASSWORD.encode(),
        )
        assert session.ssl is not None or self._scheme == "smtps", "a password in clear"
        return AuthResult(success=is_right, handled=False)

    async def handle_EHLO(  # noqa: N802  aiosmtpd names its hooks after the commands
        self, _server: SMTP, session: Session, _envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        self.sessions += 1
        session.host_name = hostname
        return responses

    async def handle_RCPT(  # noqa: N802  as above
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        if self.rcpt.startswith("2"):
            envelope.rcpt_tos.append(address)
        return self.rcpt

    async def handle_DATA(  # noqa: N802  as above
        self, server: SMTP, _session: Session, envelope: Envelope
    ) -> str:
        fault = self.answer in ("cut", "hold")
        if fault or self.answer.startswith("2"):
            assert isinstance(envelope.content, bytes)
            self.mails.append(message_from_bytes(envelope.content, policy=default))  # type: ignore[arg-type]
            self.recipients += envelope.rcpt_tos
            self.has_taken.set()
        if self.answer == "cut":
            assert server.transport is not None
            server.transport.abort()
        if self.answer == "hold":
            loop = asyncio.get_running_loop()
            await loop.run_in_executor(None, self.release.wait, SECONDS)
        return "250 OK" if fault else self.answer


def _controller(server: MailServer, tls: ssl.SSLContext) -> Controller:
    shared = {
        "hostname": "localhost", "port": server.port, "authenticator": server.authenticate,
        "enable_SMTPUTF8": True, "decode_data": False, "ready_timeout": PATIENCE_SECONDS,
    }  # fmt: skip
    if server._scheme == "smtps":
        return Controller(server, ssl_context=tls, auth_require_tls=False, auth_required=True, **shared)
    return Controller(server, tls_context=tls, require_starttls=True, auth_required=True, **shared)


def words_of(mail: EmailMessage, kind: str = "plain") -> str:
    """Return the text of a mail, or its HTML."""
    part = mail.get_body((kind,))
    assert part is not None
    return str(part.get_content())
