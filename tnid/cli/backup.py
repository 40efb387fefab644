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
from tnid.cli.refusals import Command
from tnid.cli.settings import check_usable, get_settings, open_engine
from tnid.monitoring.figures import FOLDER, read_folder
from tnid.revision import newest_revision
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


@click.command(cls=Command)
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--check", is_flag=True, help="Write nothing: say whether the backup in FILE can be restored.")
@with_json
def backup(file: Path, check: bool, as_json: bool) -> None:
    """Back the database up to FILE, while it serves, encrypted under the master key.

    The master key is not in it: keep that elsewhere, for without it the backup can't be read.
    """
    settings = get_settings()
    if check:
        check_backup(file, settings, as_json)
        return
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


def check_backup(file: Path, settings: Settings, as_json: bool) -> None:
    """Open all of the backup, and say what it holds."""
    settings.instance_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        with file.open("rb") as source:
            found = databases.examine(_key(settings), source, settings.instance_dir)
    except BrokenFile as error:
        raise Refusal(f"The backup can't be restored: {error}.") from None
    except (OSError, CopyFailed) as error:
        raise Refusal(f"The backup was not checked: {error}") from None
    if found.revision > newest_revision():
        raise Refusal(f"The backup is at revision {found.revision}: a newer program restores it.")
    text = f"{file} can be restored: {found.kind}, {found.tables} tables at revision {found.revision}."
    answer(as_json, {"file": str(file), **found._asdict()}, text)


@click.command(cls=Command)
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
    check_nobody_serves(settings)
    settings.instance_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    key, work_dir = _key(settings), settings.instance_dir
    try:
        databases.restore(settings.database_url, key, file, work_dir, END_WHAT_MAY_BE_SPENT)
    except BrokenFile as error:
        raise Refusal(f"The backup can't be read: {error}.") from None
    except (OSError, CopyFailed) as error:
        raise Refusal(f"The backup was not restored: {error}") from None
    answer(as_json, {"is_restored": True}, "Restored. Now run `tnid db upgrade` and `tnid db check`.")


def check_nobody_serves(settings: Settings) -> None:
    """Refuse a database that a server uses: of this instance, or from wherever."""
    serving = [one.name for one in read_folder(settings.instance_dir / FOLDER) if one.is_alive]
    if serving:
        raise Refusal(f"`tnid serve` runs here ({', '.join(serving)}): stop it first.")
    others = databases.count_others(settings.database_url)
    if others:
        raise Refusal(f"{others} others are connected to the database: stop every node first.")


def _key(settings: Settings) -> bytes:
    return Sealer(load_master_key(settings.master_key_file, create=False)).derive(PURPOSE)


def _create_private(path: Path) -> IO[bytes]:
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")
