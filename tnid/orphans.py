"""Ends a process whose parent was killed: left behind, it would keep the port and the leases."""

from __future__ import annotations

import os
import signal
import threading

CHECK_SECONDS = 0.5
PATIENCE_SECONDS = 10


def end_with(parent: int) -> None:
    """Watch the process that started this one, in a thread; end as by SIGTERM once it is gone.

    The parent says its own process id: by the time a child could ask, it may be another's child.
    """
    threading.Thread(target=_watch, args=(parent,), daemon=True).start()


def _watch(parent: int) -> None:
    # time.sleep fails where a clock is faked, as tests of clocks do, and would end the thread; a wait doesn't
    pause = threading.Event()
    while os.getppid() == parent:
        pause.wait(CHECK_SECONDS)
    # Again and again: a signal that comes before its handler is set, while a worker starts, is lost
    for _ in range(int(PATIENCE_SECONDS / CHECK_SECONDS)):
        os.kill(os.getpid(), signal.SIGTERM)
        pause.wait(CHECK_SECONDS)
    os.kill(os.getpid(), signal.SIGKILL)
