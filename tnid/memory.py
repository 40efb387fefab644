"""glibc's malloc, told to keep less: what a process needed for a moment it would keep for good.

Argon2 takes 19 MiB for each hash. While one is free, smaller things are put into it, and the next hash takes
another 19 MiB: both would stay.
"""

from __future__ import annotations

import ctypes
from contextlib import suppress

M_ARENA_MAX = -8  # malloc.h


def bound() -> None:
    """Let threads share two of malloc's arenas: each of its own would keep the most that it ever needed."""
    with suppress(OSError, AttributeError):  # another C library has neither
        ctypes.CDLL(None).mallopt(M_ARENA_MAX, 2)


def give_back() -> None:
    """Give the system free pages of malloc's back; glibc leaves out those at the end of an arena."""
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).malloc_trim(0)
