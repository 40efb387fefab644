"""What waits for an operator: one line a kind, counted for whose role may look after it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple

from flask_babel import lazy_gettext as _

from tnid.admin.desk import Operator
from tnid.admin.roles import Permission
from tnid.admin.sections import SECTIONS

if TYPE_CHECKING:
    from tnid.services import Services


class Kind(NamedTuple):
    """A kind of thing that may wait: who looks after it, where, what it is called, how many there are.

    Without an `endpoint` it is looked after by a command.
    """

    permission: Permission
    endpoint: str
    label: Any
    find_number: Callable[[Services, Operator, int], int]
    # Which part of that page, where it has several
    show: str | None = None


class Waiting(NamedTuple):
    """So many of a kind wait."""

    number: int
    label: Any
    endpoint: str
    show: str | None


def _count_requests(parts: Services, operator: Operator, now: int) -> int:
    return sum(
        operator.may(one.act.permission)
        and operator.account_id not in (one.row.asked_by, one.act.concerns(one.arguments))
        for one in parts.admin.requests.list_open(now)
    )


def _count_reviews(parts: Services, _operator: Operator, _now: int) -> int:
    return parts.admin.clients.count_reviews()


def _count_abandoned(parts: Services, _operator: Operator, _now: int) -> int:
    return len(parts.admin.clients.list_abandoned())


def _count_employers(parts: Services, _operator: Operator, _now: int) -> int:
    return sum(row.approved_at is None for row in parts.employers.organisations.list_all())


def _count_dead(parts: Services, _operator: Operator, _now: int) -> int:
    return int(parts.admin.outbox.count().dead)


def _count_next_keys(parts: Services, _operator: Operator, now: int) -> int:
    return sum(key.status == "next" for key in parts.keyring.list_keys(now))


def _count_late(parts: Services, _operator: Operator, now: int) -> int:
    return sum(one.is_late(now) for one in parts.data_requests.list_all(only_open=True))


def _count_off(parts: Services, _operator: Operator, _now: int) -> int:
    return sum(not state.is_on for state in parts.switches.list_all())


def _count_problems(parts: Services, _operator: Operator, _now: int) -> int:
    return sum(row.problems for row in parts.admin.audit.list_checks(most=1))


KINDS = (
    Kind(Permission.ENTER, "admin_requests.index", _("second pair of eyes asked for"), _count_requests),
    Kind(Permission.REVIEW, "admin_reviews.index", _("applications to be reviewed"), _count_reviews),
    Kind(
        Permission.STOP_CLIENTS,
        "admin_clients.index",
        _("live applications that nobody looks after"),
        _count_abandoned,
        "abandoned",
    ),
    Kind(
        Permission.EMPLOYERS, "admin_employers.index", _("organisations to be decided on"), _count_employers
    ),
    Kind(Permission.PEOPLE, "", _("requests under the law that are late"), _count_late),
    Kind(Permission.OUTBOX, "admin_outbox.list_messages", _("messages that were given up"), _count_dead),
    Kind(Permission.SWITCHES, "admin_switches.index", _("features that are off"), _count_off),
    Kind(Permission.KEYS, "admin_keys.list_keys", _("new keys that wait to sign"), _count_next_keys),
    Kind(Permission.AUDIT, "admin_audit.index", _("problems with the seals of the log"), _count_problems),
)


def list_waiting(parts: Services, operator: Operator, now: int) -> list[Waiting]:
    """Return what there is of each kind that this operator may look after; nothing of what there is none."""
    there = {section.endpoint for section in SECTIONS}
    found = [
        Waiting(kind.find_number(parts, operator, now), kind.label, kind.endpoint, kind.show)
        for kind in KINDS
        if operator.may(kind.permission) and (not kind.endpoint or kind.endpoint in there)
    ]
    return [one for one in found if one.number]
