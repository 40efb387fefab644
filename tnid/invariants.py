"""What must hold in the database at any moment, each stated as a query that counts where it doesn't."""

from __future__ import annotations

from typing import NamedTuple

from sqlalchemy import TextClause, text

from tnid.db import Database
from tnid.purge import KEEP_SECONDS


class Invariant(NamedTuple):
    """`query` returns, as `broken`, how often `sentence` is true. It may use :since."""

    sentence: str
    query: TextClause


INVARIANTS = (
    Invariant(
        "codes were redeemed of which the audit log knows nothing",
        text(
            "SELECT COUNT(*) AS broken FROM grants AS g"
            " WHERE g.code_redeemed_at IS NOT NULL AND g.revoked_at IS NULL AND NOT EXISTS"
            " (SELECT 1 FROM audit_events AS e WHERE e.account_id = g.account_id"
            "  AND e.occurred_at = g.code_redeemed_at AND e.client_id = g.client_id"
            "  AND e.event = 'token.issued' AND e.outcome = 'ok')"
        ),
    ),
    Invariant(
        # A grant is purged later than this, so that each of these events still has its grant
        "times at which more tokens were issued than codes redeemed",
        text(
            "SELECT COUNT(*) AS broken FROM"
            " (SELECT account_id, client_id, occurred_at, COUNT(*) AS times FROM audit_events"
            "  WHERE event = 'token.issued' AND outcome = 'ok' AND occurred_at > :since"
            "  GROUP BY account_id, client_id, occurred_at) AS issued"
            " WHERE issued.times > (SELECT COUNT(*) FROM grants AS g WHERE g.account_id = issued.account_id"
            "  AND g.client_id = issued.client_id AND g.code_redeemed_at = issued.occurred_at)"
        ),
    ),
    Invariant(
        "refresh tokens were rotated of which the audit log knows nothing",
        text(
            "SELECT COUNT(*) AS broken FROM"
            " (SELECT account_id, client_id, SUM(generation) AS times FROM grants WHERE generation > 0"
            "  GROUP BY account_id, client_id) AS rotated"
            " WHERE rotated.times > (SELECT COUNT(*) FROM audit_events AS e"
            "  WHERE e.account_id = rotated.account_id AND e.client_id = rotated.client_id"
            "  AND e.event = 'token.refreshed' AND e.outcome = 'ok')"
        ),
    ),
    Invariant(
        "refresh tokens were rotated whose code was never redeemed",
        text("SELECT COUNT(*) AS broken FROM grants WHERE generation > 0 AND code_redeemed_at IS NULL"),
    ),
    Invariant(
        "codes were redeemed after they had expired",
        text("SELECT COUNT(*) AS broken FROM grants WHERE code_redeemed_at >= code_expires_at"),
    ),
    Invariant(
        "requests were redeemed that nobody had allowed in time",
        text(
            "SELECT COUNT(*) AS broken FROM decoupled_requests WHERE redeemed_at IS NOT NULL"
            " AND (allowed_at IS NULL OR denied_at IS NOT NULL OR redeemed_at >= expires_at)"
        ),
    ),
    Invariant(
        "people whose decisions about consent are not all in the ledger",
        text(
            "SELECT COUNT(*) AS broken FROM consent_heads AS h"
            " WHERE h.length <> (SELECT COUNT(*) FROM consent_ledger AS l WHERE l.subject = h.subject)"
        ),
    ),
    Invariant(
        "grants outlast the consent that they hang on",
        text(
            "SELECT COUNT(*) AS broken FROM grants AS g JOIN consents AS c"
            " ON c.account_id = g.account_id AND c.client_id = g.client_id"
            " WHERE g.revoked_at IS NULL AND c.withdrawn_at IS NOT NULL AND g.created_at < c.withdrawn_at"
            " AND g.mandate_id IS NULL"
        ),
    ),
    Invariant(
        "codes by message were redeemed after they had expired, or tried too often",
        text("SELECT COUNT(*) AS broken FROM message_codes WHERE used_at >= expires_at OR tries > 10"),
    ),
    Invariant(
        "messages to people wait that nobody will send",
        text(
            "SELECT COUNT(*) AS broken FROM messages AS m WHERE m.state IN ('queued', 'sending')"
            " AND NOT EXISTS (SELECT 1 FROM outbox AS o WHERE o.kind = 'message'"
            "  AND o.client_id = m.channel AND o.reference = m.id AND o.due_at IS NOT NULL)"
        ),
    ),
    Invariant(
        "grants join somebody made up with what is live, or somebody who lives with a sandbox",
        text(
            "SELECT COUNT(*) AS broken FROM grants AS g JOIN accounts AS a ON a.id = g.account_id"
            " JOIN clients AS c ON c.client_id = g.client_id WHERE a.is_sandbox <> c.is_sandbox"
        ),
    ),
    Invariant(
        "grants name a client that is not there",
        text(
            "SELECT COUNT(*) AS broken FROM grants AS g"
            " WHERE NOT EXISTS (SELECT 1 FROM clients AS c WHERE c.client_id = g.client_id)"
        ),
    ),
)


def find_broken(database: Database, now: int) -> list[str]:
    """Return a sentence for each invariant that doesn't hold."""
    broken = []
    for sentence, query in INVARIANTS:
        since = {"since": now - KEEP_SECONDS} if ":since" in query.text else {}
        if count := database.fetch_one(query, **since).broken:
            broken.append(f"{count} {sentence}")
    return broken
