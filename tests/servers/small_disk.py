"""A disk of a few megabytes, which a test may fill."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.servers.programs import get_program, skip


@contextmanager
def small_disk(path: Path, megabytes: int) -> Iterator[Path]:
    """Mount an empty disk of this size at a new folder; unmount it at the end."""
    if os.geteuid() != 0:
        skip("only root may mount a disk")
    path.mkdir()
    options = ["-t", "tmpfs", "-o", f"size={megabytes}m,mode=700", "tmpfs", str(path)]
    subprocess.run([get_program("mount"), *options], check=True)
    try:
        yield path
    finally:
        subprocess.run([get_program("umount"), "--lazy", str(path)], check=True)


@contextmanager
def filled(path: Path) -> Iterator[None]:
    """Have no byte left on the disk while the block lasts."""
    ballast = path / "ballast"
    with ballast.open("wb") as file:
        piece = bytes(1024 * 1024)
        while piece:
            try:
                os.write(file.fileno(), piece)
            except OSError:
                # Ever smaller, down to the last page
                piece = piece[: len(piece) // 2]
    try:
        yield
    finally:
        ballast.unlink()
