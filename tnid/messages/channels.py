"""What a way of sending is: it takes a letter, or says what is known of why it didn't."""

from __future__ import annotations

from typing import Protocol

from tnid.messages.letters import Letter

# One attempt; the outbox's lease is longer
MOST_SECONDS = 40.0
# One answer within an attempt
ANSWER_SECONDS = 10.0


class NotTaken(Exception):
    """Certainly not sent, for a reason that may pass. The text holds neither address nor content.

    `retry_after_seconds`: for how long the other end asks to be left alone, 0 where it doesn't say.
    """

    def __init__(self, text: str, *, retry_after_seconds: int = 0) -> None:
        super().__init__(text)
        self.retry_after_seconds = retry_after_seconds


class Rejected(Exception):
    """Certainly not sent, and never will be this way."""


class Unsure(Exception):
    """It may have been sent: the answer was lost."""


class Channel(Protocol):
    """One way of sending. `drops_repetitions` says whether the other end sends one id once, however often it
    gets it: only then is a letter tried again whose answer was lost."""

    name: str
    drops_repetitions: bool

    def send(self, letter: Letter) -> None:
        """Send once; raise NotTaken, Rejected or Unsure."""
