"""What may be in the way of any command, and the one sentence that says so."""

from __future__ import annotations

import errno
import io
import re
import sys
from typing import Any

import click
from sqlalchemy.exc import SQLAlchemyError

from keys.envelope import KeyUnreadable
from tnid.cli.answers import Refusal
from tnid.db import DatabaseUnavailable
from tnid.sealing import MasterKeyError
from tnid.settings import SettingsError

# An id that we made up, in base64url; no option's name is as long
ID = re.compile(r"-[A-Za-z0-9_-]{19,}")
# What a database could compare a row's number with
ROW_NUMBER = click.IntRange(0, 2**63 - 1)


class Command(click.Command):
    """A command that takes an id for what it is where it begins with a dash, as one of 64 does."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        ctx.ignore_unknown_options = any(ID.fullmatch(one) for one in args)
        return super().parse_args(ctx, args)


class Commands(click.Group):
    """A group whose commands are refused, not broken off, where the settings, database or key are wrong."""

    command_class = Command
    group_class = type

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        # What a terminal of another encoding sends: no name here is written so, and no database keeps it
        if any("\ud800" <= letter <= "\udfff" for one in args for letter in one):
            raise click.UsageError("An argument is not UTF-8.")
        # Said once here: as an option of one letter it would be looked for in ids, too
        return super().parse_args(ctx, ["--help" if one == "-h" else one for one in args])

    def invoke(self, ctx: click.Context) -> Any:
        if sys.stdin is None:  # closed by whoever called: nothing is read from it
            sys.stdin = io.TextIOWrapper(io.BytesIO())
        try:
            return super().invoke(ctx)
        except SettingsError as error:
            raise Refusal(str(error)) from error
        except MasterKeyError as error:
            raise Refusal(sentence(str(error))) from error
        except KeyUnreadable as error:
            raise Refusal(
                f"The master key is not the one that the signing keys were sealed with: {error}"
            ) from error
        except (SQLAlchemyError, DatabaseUnavailable) as error:
            raise Refusal(f"The database can't be used: {first_line(error)}") from error
        except OSError as error:
            if error.errno == errno.EPIPE:
                raise  # whoever reads has read enough, as click knows
            raise Refusal(f"What is read or written breaks off: {error}.") from error


def sentence(reason: str) -> str:
    return f"{reason[:1].upper()}{reason[1:]}."


def first_line(error: BaseException) -> str:
    """Return what the driver said, without SQLAlchemy's statement and link below it."""
    said = str(error.__cause__ or error).strip()
    return said.splitlines()[0] if said else type(error).__name__
