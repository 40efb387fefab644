"""Reviews: what a team wants to go live with, what was said of it, and what was agreed."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, ForeignKey, Index, Integer, String, Text

from tnid.db import db

reviews = db.Table(
    "reviews",
    Column("id", String(22), primary_key=True),
    Column("application_id", String(22), ForeignKey("applications.id", ondelete="CASCADE"), nullable=False),
    # submitted, changes_asked, approved, refused, withdrawn
    Column("state", String(16), nullable=False),
    # JSON: everything that is reviewed, as it was submitted
    Column("document", Text, nullable=False),
    Column("submitted_by", String(22), ForeignKey("accounts.id", ondelete="SET NULL")),
    Column("submitted_at", BigInteger, nullable=False),
    Column("decided_by", String(22), ForeignKey("accounts.id", ondelete="SET NULL")),
    Column("decided_at", BigInteger),
    # How often it was submitted: who decides says which one they looked at, and the one before is kept
    Column("revision", Integer, nullable=False, server_default="1"),
    Column("previous", Text),
    # What the team was told with the decision
    Column("reason", Text, nullable=False, server_default=""),
    # Where two must agree: who did first. No foreign key: the second is another one, whatever became of them
    Column("first_by", String(22)),
    Column("first_at", BigInteger),
)
_IS_OPEN = reviews.c.state.in_(("submitted", "changes_asked"))
Index(
    "uq_reviews_application_id_open",
    reviews.c.application_id,
    unique=True,
    sqlite_where=_IS_OPEN,
    postgresql_where=_IS_OPEN,
)
Index("ix_reviews_application_id", reviews.c.application_id)
Index("ix_reviews_state", reviews.c.state, reviews.c.submitted_at)
Index("ix_reviews_submitted_by", reviews.c.submitted_by)
Index("ix_reviews_decided_by", reviews.c.decided_by)

review_comments = db.Table(
    "review_comments",
    Column("id", String(22), primary_key=True),
    Column("review_id", String(22), ForeignKey("reviews.id", ondelete="CASCADE"), nullable=False),
    Column("account_id", String(22), ForeignKey("accounts.id", ondelete="SET NULL")),
    # Whether it was written for the province, or for the team
    Column("by_reviewer", Integer, nullable=False),
    # What it is about, "" for the whole
    Column("field", String(128), nullable=False),
    Column("text", Text, nullable=False),
    Column("created_at", BigInteger, nullable=False),
)
Index("ix_review_comments_review_id", review_comments.c.review_id)
Index("ix_review_comments_account_id", review_comments.c.account_id)

agreements = db.Table(
    "agreements",
    Column("id", String(22), primary_key=True),
    Column("application_id", String(22), ForeignKey("applications.id", ondelete="CASCADE"), nullable=False),
    Column("review_id", String(22), ForeignKey("reviews.id", ondelete="SET NULL")),
    # As people name it: 2026-000123
    Column("number", String(16), nullable=False, unique=True),
    # JSON: what was agreed, and our signature over it
    Column("document", Text, nullable=False),
    Column("signed", Text, nullable=False),
    Column("issued_at", BigInteger, nullable=False),
    Column("ended_at", BigInteger),
)
Index("ix_agreements_application_id", agreements.c.application_id)
Index("ix_agreements_review_id", agreements.c.review_id)
