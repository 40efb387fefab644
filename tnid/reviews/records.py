"""The records of reviews: one review, what was said of it, what became of a yes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from tnid.reviews.document import Document, read
from tnid.stores.reviews import OPEN


class Review(NamedTuple):
    """A review; `document` is what is reviewed, `previous` what was submitted before, None at first.

    `live_client_id` and the team's are the application's as they are now; `first_by` is nobody whose role
    ended since.
    """

    id: str
    application_id: str
    state: str
    document: Document
    previous: Document | None
    revision: int
    submitted_at: int
    decided_at: int | None
    reason: str
    first_by: str | None
    first_at: int | None
    team_id: str = ""
    team_name: str = ""
    live_client_id: str | None = None

    @property
    def is_open(self) -> bool:
        return self.state in OPEN

    @property
    def name(self) -> str:
        """Return the application's name as it was submitted."""
        metadata = self.document["metadata"]
        return str(metadata.get("client_name#vi") or metadata.get("client_name") or "")


class Comment(NamedTuple):
    """What was said, about a field of the document or "" for the whole; `by` is an account, None if gone."""

    field: str
    text: str
    by_reviewer: bool
    by: str | None
    created_at: int


class Approval(NamedTuple):
    """What became of a yes: `is_whole` is False where a second reviewer is needed."""

    is_whole: bool
    client_id: str = ""
    number: str = ""


def review_of(row: Any) -> Review:
    more: Mapping[str, Any] = row._asdict()
    return Review(
        id=row.id,
        application_id=row.application_id,
        state=row.state,
        document=read(row.document),
        previous=read(row.previous) if row.previous else None,
        revision=row.revision,
        submitted_at=row.submitted_at,
        decided_at=row.decided_at,
        reason=row.reason,
        first_by=row.first_by if more.get("has_first", True) else None,
        first_at=row.first_at,
        team_id=more.get("team_id", ""),
        team_name=more.get("team_name", ""),
        live_client_id=more.get("live_client_id"),
    )
