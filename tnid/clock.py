"""The one place that reads the wall clock: everything else takes `now` as an argument."""

from __future__ import annotations

import time


def now() -> int:
    """Return UTC epoch seconds."""
    return int(time.time())
