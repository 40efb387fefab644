"""The `tnid` command: one file a noun.

Exit status: 0 done, 1 refused with the reason on standard error, 2 wrong usage. Every command takes `--json`.
"""

from __future__ import annotations

import os

import click

from tnid.cli.account import account
from tnid.cli.alarm import alarm
from tnid.cli.application import application
from tnid.cli.application_lives import adopt, end, resume, suspend
from tnid.cli.application_log import log
from tnid.cli.audit import audit
from tnid.cli.backup import backup, restore
from tnid.cli.client import client
from tnid.cli.config import config
from tnid.cli.db import db
from tnid.cli.demo import demo
from tnid.cli.employer import employer
from tnid.cli.employer_token import token
from tnid.cli.keys import keys
from tnid.cli.list_import import import_list
from tnid.cli.official import official
from tnid.cli.operator import operator
from tnid.cli.outbox import outbox
from tnid.cli.qr import qr
from tnid.cli.refusals import Commands
from tnid.cli.request import request
from tnid.cli.resource import resource
from tnid.cli.review import review
from tnid.cli.sandbox import sandbox
from tnid.cli.serve import serve
from tnid.cli.session import session
from tnid.cli.switch import switch
from tnid.cli.team import team


@click.group(cls=Commands)
@click.version_option(package_name="thai-nguyen-id")
def main() -> None:
    """Thai Nguyen ID: the province's OpenID Connect provider."""
    # Whatever a command writes is for its owner alone, in a folder that others may look into too
    before = os.umask(0o077)
    click.get_current_context().call_on_close(lambda: os.umask(before))


for command in (
    serve,
    db,
    keys,
    client,
    team,
    application,
    resource,
    review,
    account,
    request,
    official,
    operator,
    employer,
    demo,
    sandbox,
    outbox,
    session,
    switch,
    audit,
    qr,
    alarm,
    backup,
    restore,
    config,
):
    main.add_command(command)
application.add_command(log)
for life in (adopt, suspend, resume, end):
    application.add_command(life)
employer.add_command(token)
employer.add_command(import_list)
