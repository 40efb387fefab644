"""`tnid backup` and `tnid restore`."""

from __future__ import annotations

import os
from pathlib import Path
from typing import IO

import click

from tnid.backup import databases
from tnid.backup.databases import CopyFailed
from tnid.backup.sealed_file import BrokenFile
from tnid.cli.answers import Refusal, answer, with_json
from tnid.cli.settings import check_usable, get_settings, open_engine
from tnid.sealing import Sealer, load_master_key
from tnid.settings import Settings

PURPOSE = "backup"

# What was spent, or ended, after the backup was made is unspent and alive in it: all of its kind has to end.
# People sign in again, and applications ask for new tokens; consents, factors and accounts are as they were.
END_WHAT_MAY_BE_SPENT = {
    "grants": "UPDATE grants SET revoked_at = created_at WHERE revoked_at IS NULL",
    "sessions": "UPDATE sessions SET ended_at = created_at WHERE ended_at IS NULL",
    "sign_ins": "UPDATE sign_ins SET ended_at = created_at WHERE ended_at IS NULL",
    "interactions": "UPDATE interactions SET completed_at = created_at WHERE completed_at IS NULL",
    "pushed_requests": "UPDATE pushed_requests SET consumed_at = created_at WHERE consumed_at IS NULL",
    "message_codes": "DELETE FROM message_codes",
    # What waited may have been sent since, and is never sent twice
    "messages": "UPDATE messages SET state = 'perhaps', ended_at = created_at"
    " WHERE state IN ('queued', 'sending', 'failed')",
    "decoupled_requests": "UPDATE decoupled_requests SET denied_at = created_at"
    " WHERE denied_at IS NULL AND redeemed_at IS NULL",
    "recoveries": "UPDATE recoveries SET completed_at = created_at WHERE completed_at IS NULL",
    "recovery_waits": "UPDATE recovery_waits SET stopped_at = created_at, next_warning_at = NULL"
    " WHERE stopped_at IS NULL AND completed_at IS NULL",
}


@click.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@with_json
def backup(file: Path, as_json: bool) -> None:
    """Back the database up to FILE, while it serves, encrypted under the master key.

    The master key is not in it: keep that elsewhere, for without it the backup can't be read.
    """
    settings = get_settings()
    with open_engine(settings) as engine:
        check_usable(settings, engine)
    draft = file.with_name(f".{file.name}.new")
    try:
        with _create_private(draft) as target:
            databases.back_up(settings.database_url, _key(settings), target, settings.instance_dir)
            target.flush()
            os.fsync(target.fileno())
        draft.replace(file)
    except (OSError, CopyFailed) as error:
        raise Refusal(f"The backup was not made: {error}") from None
    finally:
        draft.unlink(missing_ok=True)
    size = file.stat().st_size
    answer(as_json, {"file": str(file), "bytes": size}, f"{file} holds the backup ({size} bytes).")


@click.command()
@click.argument("file", type=click.File("rb"))
@with_json
def restore(file: IO[bytes], as_json: bool) -> None:
    """Fill an empty database from the backup in FILE.

    Codes, tokens and sessions of the backup are ended, since some were spent after it was made. Follow it by
    `tnid db upgrade` and `tnid db check`.
    """
    settings = get_settings()
    if not databases.is_empty(settings.database_url):
        raise Refusal("The database is not empty: a backup is restored into an empty one only.")
    settings.instance_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    key, work_dir = _key(settings), settings.instance_dir
    try:
        databases.restore(settings.database_url, key, file, work_dir, END_WHAT_MAY_BE_SPENT)
    except BrokenFile as error:
        raise Refusal(f"The backup can't be read: {error}.") from None
    except (OSError, CopyFailed) as error:
        raise Refusal(f"The backup was not restored: {error}") from None
    answer(as_json, {"is_restored": True}, "Restored. Now run `tnid db upgrade` and `tnid db check`.")


def _key(settings: Settings) -> bytes:
    return Sealer(load_master_key(settings.master_key_file, create=False)).derive(PURPOSE)


def _create_private(path: Path) -> IO[bytes]:
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")
