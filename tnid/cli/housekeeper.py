"""The housekeeper as a process beside the server's workers: started, restarted and stopped with them."""

from __future__ import annotations

import logging
import multiprocessing
import os
import threading
from multiprocessing.process import BaseProcess

from tnid.housekeeping import keep_house
from tnid.settings import Settings

RESTART_SECONDS = 1
STOP_SECONDS = 10

logger = logging.getLogger(__name__)


class HousekeeperProcess:
    """Runs `keep_house` in a process of its own until stopped, and again where it ended by itself."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._stopping = threading.Event()
        self._process: BaseProcess | None = None
        self._keeper = threading.Thread(target=self._keep, daemon=True)

    def start(self) -> None:
        self._process = self._spawn()
        self._keeper.start()

    def stop(self) -> None:
        """End the process; return when it is gone."""
        self._stopping.set()
        if self._process is None:
            return
        self._process.terminate()
        self._process.join(STOP_SECONDS)
        if self._process.is_alive():
            self._process.kill()
            self._process.join()

    def _spawn(self) -> BaseProcess:
        process = multiprocessing.Process(
            target=keep_house, args=(self._settings, os.getpid()), name="housekeeper", daemon=True
        )
        process.start()
        return process

    def _keep(self) -> None:
        while self._process is not None:
            self._process.join()
            if self._stopping.wait(RESTART_SECONDS):
                return
            logger.error("The housekeeper ended with status %s; starting it again", self._process.exitcode)
            self._process = self._spawn()
