"""A page of the quick starts, taken at its word: its files are laid out and its commands run.

What a page installs is kept from run to run below .test-services, in a folder for exactly these files; npm,
Go, Maven and pip keep what they fetched beside it.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from tests.clients.quick_starts.go_toolchain import get_go
from tests.servers.processes import is_listening, stop, wait_until
from tests.servers.programs import DEBIAN_FOLDERS, get_program, skip
from tests.servers.provider import ROOT

PAGES = ROOT / "docs" / "developers" / "quick-starts"
CACHE = ROOT / ".test-services" / "quick-starts"
BLOCK = re.compile(r"^```\{code-block\} \w+\n:caption: (\S+)\n\n(.*?)^```$", re.DOTALL | re.MULTILINE)
ADDRESS = re.compile(r"`(http://localhost:5000/[^`]*)`")
COMMANDS = ("install", "run")
INSTALL_SECONDS = 300
START_SECONDS = 60
# Where a Go that isn't Debian's is found
GO_FOLDERS = ("/usr/local/go/bin",)


@dataclass(frozen=True)
class QuickStart:
    """What a page prints: files by their names, and commands."""

    name: str
    text: str

    @property
    def blocks(self) -> dict[str, str]:
        return dict(BLOCK.findall(self.text))

    @property
    def files(self) -> dict[str, str]:
        return {name: text for name, text in self.blocks.items() if name not in COMMANDS}

    def addresses(self, port: int) -> list[str]:
        """Return the addresses that it says to register, in their order, at another port."""
        return [address.replace(":5000/", f":{port}/") for address in ADDRESS.findall(self.text)]

    def lay_out(self, folder: Path) -> Path:
        for name, text in self.files.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        return folder

    def install(self, folder: Path, told: Mapping[str, str]) -> None:
        """Run what the page says to run once; skip where that can't be had."""
        done = subprocess.run(
            ["sh", "-ec", self.blocks.get("install", "")],
            cwd=folder, env=environ(self.name, told), stdin=subprocess.DEVNULL, capture_output=True,
            check=False, timeout=INSTALL_SECONDS,
        )  # fmt: skip
        if done.returncode:
            said = (done.stdout + done.stderr).decode(errors="replace")
            skip(f"{self.name} can't be installed: {said[-800:]}")

    def get_installed(self) -> Path:
        """Return the folder where these very files are installed; kept, and made where it isn't there."""
        mark = hashlib.sha256(repr(sorted(self.blocks.items())).encode()).hexdigest()[:16]
        folder = CACHE / f"{self.name}-{mark}"
        CACHE.mkdir(parents=True, exist_ok=True)
        with (CACHE / f"{self.name}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not (folder / ".installed").exists():
                shutil.rmtree(folder, ignore_errors=True)
                self.install(self.lay_out(folder), {})
                (folder / ".installed").touch()
        return folder

    @contextmanager
    def running(self, folder: Path, told: Mapping[str, str]) -> Iterator[subprocess.Popen[bytes]]:
        """Run the page's last command, until the end of this; yields it, its output a pipe."""
        command = ["sh", "-ec", "exec " + self.blocks["run"]]
        process = subprocess.Popen(
            command,
            cwd=folder,
            env=environ(self.name, told),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
        )
        try:
            if "PORT" in told:
                port = int(told["PORT"])
                wait_until(
                    lambda: process.poll() is not None or is_listening(port),
                    seconds=START_SECONDS, what=f"answer from {self.name}",
                )  # fmt: skip
                assert process.poll() is None, f"{self.name} ended at its start"
            yield process
        finally:
            stop(process)
            assert process.stdout
            process.stdout.close()


def get_quick_start(name: str, *programs: str) -> QuickStart:
    """Return a page's quick start; skip where a program is missing that it can't do without."""
    for program in programs:
        if program != "go":
            get_program(program)
    return QuickStart(name, (PAGES / f"{name}.md").read_text())


@cache
def go_folder() -> str:
    """Return the folder of a Go that the libraries of its quick start take: Debian's may be too old."""
    on_path = os.environ.get("PATH", "").split(os.pathsep)
    return get_go((*on_path, *GO_FOLDERS), CACHE / "go" / "toolchains")


def environ(name: str, told: Mapping[str, str]) -> dict[str, str]:
    """Return what a developer's shell has, with what the page asks to be set, and our caches."""
    folders = (os.environ.get("PATH", ""), *DEBIAN_FOLDERS)
    if name == "go":
        folders = (go_folder(), *folders)
    return {
        **os.environ,
        "PATH": os.pathsep.join(folders),
        "GOMODCACHE": str(CACHE / "go" / "modules"),
        "GOCACHE": str(CACHE / "go" / "build"),
        # Quickly rather than well: the standard library is compiled, too, where the cache is empty
        "GOFLAGS": "-modcacherw -gcflags=all=-N -ldflags=-w",
        "CGO_ENABLED": "0",
        "MAVEN_OPTS": f"-Dmaven.repo.local={CACHE / 'maven'}",
        "npm_config_cache": str(CACHE / "npm"),
        "PIP_CACHE_DIR": str(CACHE / "pip"),
        # As in anybody's shell: no module of this checkout is found
        "PYTHONPATH": "",
        **told,
    }
