"""E-mail by SMTP, over TLS; what was refused is told apart from what may have been taken."""

from __future__ import annotations

import smtplib
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP, SMTPUTF8
from email.utils import format_datetime
from pathlib import Path
from urllib.parse import unquote, urlsplit

from tnid.messages.channels import ANSWER_SECONDS, MOST_SECONDS, NotTaken, Rejected, Unsure
from tnid.messages.letters import Letter, render_email

NAME = "Thái Nguyên ID"
DEFAULT_PORTS = {"smtps": 465, "smtp+starttls": 587, "smtp": 25}
TEMPORARY, PERMANENT = range(400, 500), range(500, 600)


class Smtp:
    """Sends e-mail, a connection each. A server that knew our Message-ID may still send it twice."""

    name = "smtp"
    drops_repetitions = False

    def __init__(
        self, url: str, sender: str, clock: Callable[[], int], *, ca_file: Path | None = None
    ) -> None:
        parts = urlsplit(url)
        self._scheme, self._host = parts.scheme, parts.hostname or ""
        self._port = parts.port or DEFAULT_PORTS[parts.scheme]
        self._user, self._password = unquote(parts.username or ""), unquote(parts.password or "")
        self._sender = sender
        self._clock = clock
        self._tls = ssl.create_default_context(cafile=str(ca_file) if ca_file else None)

    def __repr__(self) -> str:
        return f"Smtp({self._scheme}://{self._host}:{self._port})"

    def send(self, letter: Letter) -> None:
        content, options = self._write(letter)
        with self._connected() as server:
            self._name_recipient(server, letter.to, options)
            self._hand_over(server, content)

    def _write(self, letter: Letter) -> tuple[bytes, list[str]]:
        """Return the e-mail and what the envelope must say of it."""
        is_international = not letter.to.isascii()
        mail = EmailMessage(SMTPUTF8 if is_international else SMTP)
        mail["From"] = Address(NAME, addr_spec=self._sender)
        mail["To"] = letter.to
        mail["Subject"] = f"{letter.title} – {NAME}"
        mail["Date"] = format_datetime(datetime.fromtimestamp(self._clock(), UTC))
        # The same at each attempt: what arrives twice is seen as one
        mail["Message-ID"] = f"<{letter.id}@{self._sender.rpartition('@')[2]}>"
        mail["Auto-Submitted"] = "auto-generated"  # RFC 3834 §5: no holiday note answers it
        plain, html = render_email(letter)
        mail.set_content(plain)
        mail.add_alternative(html, subtype="html")
        mail["Content-Language"] = letter.language
        return mail.as_bytes(), ["SMTPUTF8", "BODY=8BITMIME"] if is_international else []

    @contextmanager
    def _connected(self) -> Iterator[smtplib.SMTP]:
        """Yield a session that is encrypted and signed in. Whatever fails here, nothing was sent."""
        try:
            server = self._connect()
        except (OSError, smtplib.SMTPException) as error:
            raise NotTaken(f"The mail server can't be reached: {_reason(error)}.") from None
        # Each answer has a limit of its own; a server that drips meets this one
        overdue = threading.Timer(MOST_SECONDS, _cut, (server,))
        overdue.start()
        try:
            self._introduce(server)
            yield server
        finally:
            overdue.cancel()
            with suppress(OSError, smtplib.SMTPException):
                server.quit()
            server.close()

    def _connect(self) -> smtplib.SMTP:
        if self._scheme == "smtps":
            return smtplib.SMTP_SSL(self._host, self._port, timeout=ANSWER_SECONDS, context=self._tls)
        return smtplib.SMTP(self._host, self._port, timeout=ANSWER_SECONDS)

    def _introduce(self, server: smtplib.SMTP) -> None:
        try:
            server.ehlo_or_helo_if_needed()
            if self._scheme == "smtp+starttls":
                server.starttls(context=self._tls)
                server.ehlo()
            if self._user:
                server.login(self._user, self._password)
        except (OSError, smtplib.SMTPException) as error:
            raise NotTaken(f"The mail server doesn't let us in: {_reason(error)}.") from None

    def _name_recipient(self, server: smtplib.SMTP, to: str, options: list[str]) -> None:
        if options and not server.has_extn("smtputf8"):
            raise Rejected("The mail server doesn't send to such an address.")
        try:
            code, _ = server.mail(self._sender, options)
            if code != 250:
                raise NotTaken(f"The mail server refused the sender: {code}.")
            code, _ = server.rcpt(to)
        except (OSError, smtplib.SMTPException) as error:
            raise NotTaken(f"The mail server broke off: {_reason(error)}.") from None
        if code in PERMANENT:
            raise Rejected(f"The mail server refused the address: {code}.")
        if code not in (250, 251):
            raise NotTaken(f"The mail server put the address off: {code}.")

    def _hand_over(self, server: smtplib.SMTP, content: bytes) -> None:
        """Send the content; from its first byte on, a lost answer leaves it unknown whether it was taken."""
        try:
            code, _ = server.docmd("DATA")
        except (OSError, smtplib.SMTPException) as error:
            raise NotTaken(f"The mail server broke off: {_reason(error)}.") from None
        if code != 354:
            raise NotTaken(f"The mail server refused the content: {code}.")
        try:
            server.send(_quoted(content))
            code, _ = server.getreply()
        except (OSError, smtplib.SMTPException) as error:
            raise Unsure(f"The mail server's answer was lost: {_reason(error)}.") from None
        if code in PERMANENT:
            raise Rejected(f"The mail server rejected the content: {code}.")
        if code in TEMPORARY:
            raise NotTaken(f"The mail server put the content off: {code}.")


def _cut(server: smtplib.SMTP) -> None:
    """End the connection under whoever waits for an answer on it."""
    if server.sock is not None:
        with suppress(OSError):
            server.sock.shutdown(socket.SHUT_RDWR)


def _quoted(content: bytes) -> bytes:
    """Return the content as it goes over the line: dots doubled, CRLF, the final dot (RFC 5321 §4.5.2)."""
    lines = content.replace(b"\r\n", b"\n").replace(b"\r", b"\n").rstrip(b"\n").split(b"\n")
    return b"".join((b"." if line.startswith(b".") else b"") + line + b"\r\n" for line in lines) + b".\r\n"


def _reason(error: Exception) -> str:
    """Return what kind of failure it was: what servers say may repeat an address."""
    if isinstance(error, smtplib.SMTPResponseException):
        return f"{type(error).__name__} {error.smtp_code}"
    return type(error).__name__
