"""What malloc keeps of memory that nobody needs any more."""

import ctypes

from tnid import memory
from tnid.monitoring.processes import resident_bytes

LIBC = ctypes.CDLL(None)
LIBC.malloc.restype = ctypes.c_void_p
LIBC.free.argtypes = [ctypes.c_void_p]
PIECE = 64 * 1024
PIECES = 256


def take_piece() -> int:
    address = LIBC.malloc(PIECE)
    ctypes.memset(address, 1, PIECE)
    return int(address)


def test_free_memory_below_what_is_used_is_given_back() -> None:
    pieces = [take_piece() for _ in range(PIECES)]
    last = take_piece()
    for piece in pieces:
        LIBC.free(piece)
    kept = resident_bytes()
    memory.give_back()
    assert kept - resident_bytes() > PIECE * PIECES // 2
    LIBC.free(last)
