"""`python -m tnid.migrations "Add passkeys"`: writes the revision that brings a database up to the code.

It compares the tables in the code with a fresh database at the newest revision. Read what it wrote before
committing it: a renamed column looks like one removed and one added.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path

from alembic import command
from alembic.script import Script
from sqlalchemy import create_engine

from tnid.migrations import alembic_config, upgrade
from tnid.revision import VERSIONS

RUFF = Path(sys.executable).with_name("ruff")


def main(message: str) -> None:
    """Write the revision, numbered after the last one and formatted."""
    revision = f"{len(list(VERSIONS.glob('[0-9]*.py'))) + 1:04d}"
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/fresh.db"
        upgrade(url)
        engine = create_engine(url)
        with engine.connect() as connection:
            config = alembic_config(connection)
            written = command.revision(config, message, autogenerate=True, rev_id=revision)
        engine.dispose()
    assert isinstance(written, Script)  # noqa: S101  for the type checker: one revision was asked for
    tidy(Path(written.path))


def tidy(path: Path) -> None:
    """Take Alembic's own remarks out and format the rest as everything is."""
    lines = [line for line in path.read_text().splitlines() if "# ### " not in line]
    path.write_text("\n".join(lines) + "\n")
    ruff = [str(RUFF), "--config", "extend-exclude=[]"]
    subprocess.run([*ruff[:1], "format", "--quiet", *ruff[1:], str(path)], check=True)  # noqa: S603  our own tool
    print(path)


def read_message() -> str:
    """Return what the command line says that the revision does; exit before anything is written otherwise."""
    parser = argparse.ArgumentParser("python -m tnid.migrations", description="Write a revision.")
    parser.add_argument("message", help='what it does, such as "Add passkeys"')
    message: str = parser.parse_args().message
    if not RUFF.exists():
        parser.error("ruff, which formats the revision, is not here: run `make lint` once")
    return message


if __name__ == "__main__":
    main(read_message())
