"""A Go that is new enough for the quick start: the one that is here, or the Go project's own from its proxy.

Debian's is older than what the libraries need. A toolchain is a module like any other
(https://go.dev/doc/toolchain): one archive, whose bytes are pinned here.
"""

from __future__ import annotations

import fcntl
import hashlib
import platform
import re
import shutil
import subprocess
import zipfile
from pathlib import Path

import httpx

from tests.servers.programs import skip

VERSION = (1, 26)
RELEASE = "v0.0.1-go1.26.8.linux-amd64"
SHA256 = "30c2b1bf7dcc88d3eb0a1364e47ddd9128edb3110a30e8a0ef61cd5856b31de7"
ADDRESS = f"https://proxy.golang.org/golang.org/toolchain/@v/{RELEASE}.zip"
SECONDS = 300


def find_go(folders: tuple[str, ...]) -> str | None:
    """Return the folder of a Go that is new enough, or None."""
    return next((folder for folder in folders if folder and is_new_enough(Path(folder, "go"))), None)


def is_new_enough(go: Path) -> bool:
    if not go.is_file():
        return False
    said = subprocess.run([go, "version"], capture_output=True, text=True, check=False, timeout=60).stdout
    found = re.search(r"go(\d+)\.(\d+)", said)
    return found is not None and (int(found[1]), int(found[2])) >= VERSION


def get_go(folders: tuple[str, ...], cache: Path) -> str:
    """Return the folder of a Go that is new enough; fetched once into the cache where none is here."""
    found = find_go(folders)
    return found if found is not None else fetch(cache)


def fetch(cache: Path) -> str:
    """Return the folder of the pinned toolchain in the cache; several that want it at once fetch it once."""
    if platform.machine() not in ("x86_64", "amd64"):
        skip("no Go that is new enough, and the pinned one is for another machine")
    cache.mkdir(parents=True, exist_ok=True)
    folder = cache / RELEASE
    with (cache / "toolchain.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / ".complete").exists():
            shutil.rmtree(folder, ignore_errors=True)
            unpack(download(cache), folder)
            (folder / ".complete").touch()
    return str(folder / "bin")


def download(cache: Path) -> Path:
    """Return the archive, whose bytes are those that are pinned."""
    path, digest = cache / f"{RELEASE}.zip", hashlib.sha256()
    try:
        with httpx.stream("GET", ADDRESS, timeout=SECONDS, follow_redirects=True) as answer:
            answer.raise_for_status()
            with path.open("wb") as file:
                for piece in answer.iter_bytes():
                    digest.update(piece)
                    file.write(piece)
    except httpx.HTTPError as error:
        skip(f"no Go that is new enough is here, and its proxy can't be reached: {error}")
    if digest.hexdigest() != SHA256:
        path.unlink()
        raise AssertionError("what the proxy has for the Go toolchain is not what is pinned here")
    return path


def unpack(archive: Path, folder: Path) -> None:
    """Lay the toolchain out; programs may be run."""
    prefix = f"golang.org/toolchain@{RELEASE}/"
    with zipfile.ZipFile(archive) as opened:
        for name in opened.namelist():
            if not name.startswith(prefix) or name.endswith("/"):
                continue
            path = folder / name.removeprefix(prefix)
            path.parent.mkdir(parents=True, exist_ok=True)
            with opened.open(name) as source, path.open("wb") as target:
                shutil.copyfileobj(source, target)
            if path.parent.name == "bin" or "tool" in path.parts:
                path.chmod(0o755)
    archive.unlink()
