"""Phones: an HTTP gateway that sends SMS, or by Zalo: docs/operations/people.md says what is posted to it."""

from __future__ import annotations

import ssl
import threading
from collections.abc import Mapping
from email.utils import parsedate_to_datetime
from pathlib import Path

import orjson

from tnid.messages.channels import ANSWER_SECONDS, MOST_SECONDS, NotTaken, Rejected, Unsure
from tnid.messages.letters import Letter

TAKEN = range(200, 300)
ALREADY_TAKEN = 409
# What it says about the message itself, and will say again
REFUSED = frozenset({400, 404, 406, 410, 413, 415, 422})
# RFC 9110 §15.6.4, RFC 6585 §4, RFC 8470 §5.2: not processed
LATER = frozenset({401, 403, 405, 407, 425, 429, 503})
MOST_DIGITS = 9


class Gateway:
    """Posts letters as JSON with a bearer secret; it drops an id that it has taken before."""

    drops_repetitions = True

    def __init__(self, name: str, url: str, secret_file: Path, *, ca_file: Path | None = None) -> None:
        self.name = name
        self._url = url
        self._secret = secret_file.read_text("ascii").strip()
        self._tls = ssl.create_default_context(cafile=str(ca_file) if ca_file else None)

    def __repr__(self) -> str:
        return f"Gateway({self.name})"

    def send(self, letter: Letter) -> None:
        status, retry_after = self._post(letter)
        if status in TAKEN or status == ALREADY_TAKEN:
            return
        if status in REFUSED:
            raise Rejected(f"The {self.name} gateway refused the message: {status}.")
        if status in LATER or status in range(300, 400):
            text = f"The {self.name} gateway answered {status}."
            raise NotTaken(text, retry_after_seconds=retry_after)
        raise Unsure(f"The {self.name} gateway answered {status}.")

    def _post(self, letter: Letter) -> tuple[int, int]:
        """Return the answer's status and the seconds of its Retry-After; its body is not looked at."""
        # Here, so that a worker that sends nothing doesn't carry it
        import httpx  # noqa: PLC0415  as above

        headers = {
            "Authorization": f"Bearer {self._secret}",
            "Content-Type": "application/json",
            "Idempotency-Key": letter.id,
            "Accept-Encoding": "identity",
        }
        with httpx.Client(verify=self._tls, trust_env=False, timeout=ANSWER_SECONDS) as client:
            overdue = threading.Timer(MOST_SECONDS, client.close)
            overdue.start()
            try:
                with client.stream("POST", self._url, content=write_body(letter), headers=headers) as answer:
                    return answer.status_code, read_retry_after(answer.headers)
            except (httpx.ConnectError, httpx.ConnectTimeout, httpx.InvalidURL) as error:
                raise NotTaken(f"The {self.name} gateway can't be reached: {type(error).__name__}.") from None
            except (httpx.HTTPError, RuntimeError, OSError) as error:
                raise Unsure(f"The {self.name} gateway's answer was lost: {type(error).__name__}.") from None
            finally:
                overdue.cancel()


def read_retry_after(headers: Mapping[str, str]) -> int:
    """Return for how many seconds the gateway asks to be left alone: RFC 9110 §10.2.3; 0 for not at all.

    A date is measured by the gateway's own clock, which its answer shows.
    """
    asked = headers.get("Retry-After", "").strip()
    if asked.isascii() and asked.isdigit():
        return int(asked[:MOST_DIGITS])
    try:
        until, at = (parsedate_to_datetime(text) for text in (asked, headers.get("Date", "")))
        return max(0, int((until - at).total_seconds()))
    except (TypeError, ValueError):
        return 0


def write_body(letter: Letter) -> bytes:
    """Return the JSON that a gateway gets: the finished text, and what a template of its own would need."""
    return orjson.dumps(
        {
            "id": letter.id,
            "to": letter.to,
            "language": letter.language,
            "text": letter.short,
            "template": letter.name,
            "values": dict(letter.values),
        }
    )
