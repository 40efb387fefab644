"""The housekeeper as a process beside the server's workers: started, restarted and stopped with them."""

from __future__ import annotations

import logging
import os
import subprocess
import sys
import threading

RESTART_SECONDS = 1
STOP_SECONDS = 10

logger = logging.getLogger(__name__)


class HousekeeperProcess:
    """Runs `python -m tnid.housekeeping PARENT` until stopped, and again where it ended by itself."""

    def __init__(self) -> None:
        # The environment holds the settings, as for any other command
        self._environ = dict(os.environ)
        self._stopping = threading.Event()
        self._process: subprocess.Popen[bytes] | None = None
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
        try:
            self._process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def _spawn(self) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "tnid.housekeeping", str(os.getpid())]
        # A session of its own: Ctrl-C is for the server, which then ends the housekeeper
        return subprocess.Popen(  # noqa: S603  our own interpreter and module
            command, env=self._environ, stdin=subprocess.DEVNULL, start_new_session=True
        )

    def _keep(self) -> None:
        while self._process is not None:
            status = self._process.wait()
            if self._stopping.wait(RESTART_SECONDS):
                return
            logger.error("The housekeeper ended with status %s; starting it again", status)
            self._process = self._spawn()
