"""`bin/make-venv`: what it says where it can make no virtual environment."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.servers.provider import ROOT

NOBODY = 65534


@pytest.fixture
def checkout() -> Iterator[Path]:
    """A checkout with an environment that somebody else made; whoever runs this can write nothing in it."""
    folder = Path(tempfile.mkdtemp(prefix="tnid-read-only-"))
    shutil.copy(ROOT / "bin" / "make-venv", folder)
    (folder / "python").write_text("#!/bin/sh\nexit 0\n")
    (folder / "python").chmod(0o755)
    (folder / ".venv").mkdir()
    (folder / ".venv" / "kept").touch()
    folder.chmod(0o555)
    yield folder
    folder.chmod(0o755)
    shutil.rmtree(folder)


def test_a_folder_that_is_read_only_is_said_in_one_sentence(checkout: Path) -> None:
    done = subprocess.run(
        ["bash", "make-venv", "./python", ".venv"],
        cwd=checkout,
        user=NOBODY if os.geteuid() == 0 else None,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert done.stderr.startswith(f"Nothing can be written to {checkout}") and done.stderr.count("\n") == 1
    assert (checkout / ".venv" / "kept").exists()
