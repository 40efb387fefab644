"""`tnid application`: applications of teams, each with its clients."""

from __future__ import annotations

import click


@click.group()
def application() -> None:
    """Look at applications of teams."""
