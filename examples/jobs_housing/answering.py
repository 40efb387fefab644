"""Telling the provider what was done about an event, again and again until it was taken."""

from __future__ import annotations

import logging
import threading
import time

from sqlalchemy.exc import SQLAlchemyError

from examples.jobs_housing import heard
from examples.jobs_housing.database import Database
from examples.relying_party.configuration import NotRegistered
from examples.relying_party.security_events import Receiver

CLIENT_ID = "jobs-housing"
FIRST_WAIT_SECONDS, MOST_WAIT_SECONDS = 1, 60

logger = logging.getLogger(__name__)


class Answering:
    """Answers in a thread of its own, which ends when nothing waits."""

    def __init__(self, database: Database, receiver: Receiver) -> None:
        self._database = database
        self._receiver = receiver
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._called = threading.Event()
        self._has_closed = threading.Event()

    def wake(self) -> None:
        """Have what waits be answered."""
        with self._lock:
            self._called.set()
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(target=self._run, daemon=True, name="answers")
                self._thread.start()

    def wait(self) -> None:
        """Return once nothing is being answered any more, for whoever closes the database."""
        self._has_closed.set()
        self._called.set()
        thread = self._thread
        if thread is not None:
            thread.join()

    def _run(self) -> None:
        wait = FIRST_WAIT_SECONDS
        while True:
            self._called.clear()
            if self._has_closed.is_set() or self._answer_all():
                with self._lock:
                    if self._has_closed.is_set() or not self._called.is_set():
                        self._thread = None
                        return
                continue
            self._called.wait(wait)
            wait = min(wait * 2, MOST_WAIT_SECONDS)

    def _answer_all(self) -> bool:
        """Say whether nothing waits any more."""
        try:
            while waiting := self._list_unanswered():
                taken = [row.jti for row in waiting if self._receiver.answer(CLIENT_ID, *row)]
                with self._database.writing() as connection:
                    for jti in taken:
                        heard.mark_answered(connection, jti, int(time.time()))
                if len(taken) < len(waiting):
                    return False
        except (SQLAlchemyError, NotRegistered, OSError) as error:
            logger.warning("answers to security events wait: %s", error)
            return False
        return True

    def _list_unanswered(self) -> list[heard.Row[object]]:
        with self._database.reading() as connection:
            return heard.list_unanswered(connection)
