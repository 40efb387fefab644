"""What an erasure does: applications are told, everything ends, and the person's data is gone."""

from __future__ import annotations

from tnid.admin.notices import tell_of_abandoned
from tnid.services import Services


def erase(services: Services, account_id: str, now: int) -> bool:
    """Erase an account in the caller's unit of work; False where there is none.

    Every application that the person ever shared something with is told. What stays is the audit log and the
    ledger of consents, under the account's number alone, and what is queued for applications.
    """
    services.consents.tell_deleted(account_id, now)
    services.employments.release(account_id, now)
    if services.developers.release(account_id, now):
        tell_of_abandoned(services, now)
    return services.accounts.delete(account_id, now)


def erase_due(services: Services, now: int, *, most: int) -> int:
    """Erase up to `most` accounts whose waiting time is over, each in a unit of its own; return how many."""
    due = services.closures.list_due(now, most=most)
    for account_id in due:
        with services.database.unit():
            if services.closures.is_due(account_id, now):
                erase(services, account_id, now)
    return len(due)
