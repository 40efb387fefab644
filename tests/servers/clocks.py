"""Clocks that go wrong: the environment in which a program believes another time (libfaketime)."""

from __future__ import annotations

from pathlib import Path

from tests.servers.programs import skip

FOLDERS = ("/usr/lib", "/usr/lib64", "/usr/local/lib")


def environ_of_clock(offset_seconds: int) -> dict[str, str]:
    """Return the variables of a program whose clock is so many seconds ahead of ours."""
    libraries = (found for folder in FOLDERS for found in Path(folder).glob("**/faketime/libfaketimeMT.so.1"))
    library = next(libraries, None)
    if library is None:
        skip("libfaketime is not installed (bin/test-services install)")
    return {
        "LD_PRELOAD": str(library),
        "FAKETIME": f"{offset_seconds:+d}s",
        # What measures how long something takes goes on as ever
        "FAKETIME_DONT_FAKE_MONOTONIC": "1",
    }
