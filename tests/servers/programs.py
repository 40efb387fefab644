"""Finds the programs that tests start: what can't be had is skipped by name, and fails where CI=true."""

from __future__ import annotations

import os
import pwd
import shutil
from pathlib import Path
from typing import NoReturn

import pytest

DEBIAN_FOLDERS = ("/usr/local/sbin", "/usr/sbin", "/sbin")


def find_program(name: str) -> str | None:
    """Return the path of a program on the PATH or where Debian hides it, or None."""
    postgresql = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    folders = [os.environ.get("PATH", ""), *DEBIAN_FOLDERS, *map(str, postgresql)]
    return shutil.which(name, path=os.pathsep.join(folders))


def get_program(name: str) -> str:
    """Return the path of a program, or skip the test that needs it (with CI=true: fail it)."""
    return find_program(name) or skip(f"{name} is not installed (bin/test-services install)")


def skip(reason: str) -> NoReturn:
    """Skip for something that can't be had; with CI=true nothing may be skipped."""
    if os.environ.get("CI") == "true":
        pytest.fail(reason, pytrace=False)
    pytest.skip(reason)


def other_user() -> str | None:
    """Return whom to become for servers that refuse to run as root, or None where we aren't root."""
    if os.geteuid() != 0:
        return None
    known = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in known else "nobody"
