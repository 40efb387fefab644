"""Reviews: submitted by a team, talked about, decided by reviewers. Each method runs in the caller's unit of
work, records what it did, and tells whom it concerns."""

from __future__ import annotations

from oidc.errors import InvalidClientMetadata, InvalidRedirectUri
from oidc.interfaces import Events
from oidc.models import Client
from oidc.token.handles import new_identifier
from tnid.accounts.refusal import Refused, refuse
from tnid.db import Conflict
from tnid.interfaces import Announcer
from tnid.reviews.agreements import Agreements
from tnid.reviews.document import Document, client_of, is_same, must_be_two, write
from tnid.reviews.needs import Acts, Changes, Clients
from tnid.reviews.records import Approval, Comment, Review, review_of
from tnid.stores.applications import ApplicationStore
from tnid.stores.logos import LogoStore
from tnid.stores.reviews import APPROVED, CHANGES_ASKED, REFUSED, SUBMITTED, ReviewStore

MOST_WAITING = 200
MOST_COMMENT = 1000
MOST_COMMENTS = 200
MOST_FIELD = 128


class Reviews:
    """What teams and reviewers do with reviews."""

    def __init__(
        self,
        store: ReviewStore,
        applications: ApplicationStore,
        clients: Clients,
        agreements: Agreements,
        changes: Changes,
        acts: Acts,
        events: Events,
        messages: Announcer,
        logos: LogoStore,
    ) -> None:
        self._store = store
        self._logos = logos
        self._applications = applications
        self._clients = clients
        self._agreements = agreements
        self._acts = acts
        self._events = events
        self._messages = messages
        self._changes = changes

    # Looking

    def find(self, review_id: str) -> Review | None:
        row = self._store.find(review_id)
        return None if row is None else review_of(row)

    def list_waiting(self) -> list[Review]:
        """Return the reviews that wait for a decision, those that wait longest first."""
        return [review_of(row) for row in self._store.list_in_state(SUBMITTED, MOST_WAITING)]

    def list_in_state(self, state: str) -> list[Review]:
        return [review_of(row) for row in self._store.list_in_state(state, MOST_WAITING)]

    def list_of_application(self, application_id: str) -> list[Review]:
        """Return an application's reviews, the latest first."""
        return [review_of(row) for row in self._store.list_of_application(application_id)]

    def find_open(self, application_id: str) -> Review | None:
        row = self._store.find_open(application_id)
        return None if row is None else review_of(row)

    def list_comments(self, review_id: str) -> list[Comment]:
        return [
            Comment(row.field, row.text, bool(row.by_reviewer), row.account_id, row.created_at)
            for row in self._store.list_comments(review_id)
        ]

    def is_own(self, review: Review, account_id: str) -> bool:
        """Say whether somebody belongs to the team that asks, or ever did."""
        return self._store.has_belonged(review.team_id, account_id)

    def has_signed_in(self, client_id: str) -> bool:
        """Say whether a sign-in to a client went through to its end; seen a moment later."""
        return self._store.has_signed_in(client_id)

    # By the team

    def submit(self, document: Document, by: str, now: int) -> str | Refused:
        """Submit an application as it is at this moment; return the review's id.

        Refused with `review_open_already` where it waits, `review_unchanged` where nothing differs from what
        was agreed, `team_changes_no_more` for who no longer may.
        """
        application_id = document["application"]
        if (refused := self._find_obstacle(document)) is not None:
            return self._refuse("review.submit", refused, by, now, application=application_id)
        review_id = self._store.resubmit(application_id, write(document), by, now)
        if review_id is None:
            review_id = new_identifier()
            try:
                is_made = self._store.submit(
                    id=review_id, application_id=application_id, document=write(document),
                    submitted_by=by, submitted_at=now,
                )  # fmt: skip
            except Conflict:
                return Refused("", "review_open_already")
            if not is_made:
                return self._refuse(
                    "review.submit", "team_changes_no_more", by, now, application=application_id
                )
        team_id = document["team"]["id"]
        self._acts.record("review.submit", team_id, by, now, application_id=application_id, review=review_id)
        return review_id

    def _find_obstacle(self, document: Document) -> str | None:
        application_id = document["application"]
        open_one = self.find_open(application_id)
        if open_one is not None and open_one.state == SUBMITTED:
            return "review_open_already"
        row = self._applications.find(application_id)
        if row is None or row.ended_at is not None:
            return "application_ended"
        current = self._agreements.find_current(application_id)
        if current is not None:
            return "review_unchanged" if is_same(current.document, document) else None
        return None

    def withdraw(self, application_id: str, by: str, now: int) -> bool:
        """Take the open review back; False where there is none."""
        review_id = self._store.withdraw(application_id, by, now)
        if review_id is None:
            self._refuse("review.withdraw", "not_found", by, now, application=application_id)
            return False
        team_id = self._applications.find(application_id).team_id
        self._acts.record(
            "review.withdraw", team_id, by, now, application_id=application_id, review=review_id
        )
        return True

    def comment(
        self, review: Review, field: str, text: str, by: str | None, now: int, *, by_reviewer: bool
    ) -> Refused | None:
        """Say something about a review that is open."""
        if not 0 < len(text.strip()) <= MOST_COMMENT or len(field) > MOST_FIELD:
            return Refused("text", "review_text")
        if not review.is_open or len(self._store.list_comments(review.id)) >= MOST_COMMENTS:
            return Refused("text", "review_decided")
        self._store.comment(
            id=new_identifier(), review_id=review.id, account_id=by, by_reviewer=int(by_reviewer),
            field=field, text=text.strip(), created_at=now,
        )  # fmt: skip
        self._record("review.comment", by, now, review=review.id, field=field)
        if by_reviewer:
            self._tell_team(review, "review_commented", now)
        return None

    # By reviewers

    def approve(self, review_id: str, seen: int, by: str, now: int) -> Approval | Refused:
        """Agree to the revision that was seen; the live client is made or changed by the last who has to.

        Refused with `review_outdated`, `review_decided`, `review_own_team`, `review_second_eyes`, or
        `review_metadata` where the client can't be had like this. Raises Conflict in a race.
        """
        review = self.find(review_id)
        live = self._find_live(review)
        if review is None or not self._may_go_on(review, seen):
            return self._refuse_decision(review, seen, by, now)
        try:
            client = client_of(review.document, live, now)
        except (InvalidClientMetadata, InvalidRedirectUri):
            return self._refuse("review.approve", "review_metadata", by, now, review=review_id)
        is_second = must_be_two(review.document)
        if is_second and review.first_by is None:
            if not self._store.agree_first(review_id, seen, by, now):
                return self._refuse_decision(review, seen, by, now)
            self._record("review.agree_first", by, now, review=review_id)
            return Approval(is_whole=False)
        if not self._store.decide(review_id, seen, APPROVED, "", by, now, is_second=is_second):
            return self._refuse_decision(review, seen, by, now)
        return self._go_live(review, live, client, by, now)

    def _go_live(
        self, review: Review, live: Client | None, client: Client, by: str, now: int
    ) -> Approval | Refused:
        if live is None:
            self._clients.add(client)
            if not self._applications.set_live(review.application_id, client.client_id, now):
                # Made live, or ended, at this very moment: nothing of this counts
                raise Conflict
        else:
            if self._changes.apply(review.application_id, live, review.document["changes"], now):
                # Its team changed something at this very moment
                raise Conflict
            self._clients.set_agreed(client, now)
        # The reviewer has looked at it: from now on people do too
        self._logos.approve(str(review.document["texts"].get("logo", "")), review.application_id, now)
        document = {**review.document, "metadata": dict(client.metadata)}
        agreement = self._agreements.issue(review.application_id, review.id, client, document, now)
        self._decided("review.approve", review, by, now, number=agreement.number)
        self._tell_team(review, "review_approved", now)
        return Approval(is_whole=True, client_id=client.client_id, number=agreement.number)

    def ask_changes(self, review_id: str, seen: int, reason: str, by: str, now: int) -> Refused | None:
        """Give a revision back to the team, to be changed and submitted again."""
        return self._turn(review_id, seen, CHANGES_ASKED, reason, by, now)

    def refuse(self, review_id: str, seen: int, reason: str, by: str, now: int) -> Refused | None:
        """Turn a revision down for good; the team may submit another."""
        return self._turn(review_id, seen, REFUSED, reason, by, now)

    def _turn(self, review_id: str, seen: int, state: str, reason: str, by: str, now: int) -> Refused | None:
        if not reason.strip():
            return Refused("reason", "review_say_why")
        if len(reason) > MOST_COMMENT:
            return Refused("reason", "review_text")
        review = self.find(review_id)
        if review is None or not self._store.decide(
            review_id, seen, state, reason.strip(), by, now, is_second=False
        ):
            return self._refuse_decision(review, seen, by, now)
        event, text = {
            CHANGES_ASKED: ("review.ask_changes", "review_changes"),
            REFUSED: ("review.refuse", "review_refused"),
        }[state]
        self._decided(event, review, by, now)
        self._tell_team(review, text, now)
        return None

    # What they have in common

    def _decided(self, event: str, review: Review, by: str, now: int, **details: str) -> None:
        """Note a decision in the log by whom, and on the team's page as the province's."""
        details = {"review": review.id, **details}
        self._events.record(event, account_id=by, now=now, details=details)
        self._acts.tell(event, review.team_id, None, now, application_id=review.application_id, **details)

    def _find_live(self, review: Review | None) -> Client | None:
        return self._clients.find_now(review.live_client_id) if review and review.live_client_id else None

    def _may_go_on(self, review: Review, seen: int) -> bool:
        return review.state == SUBMITTED and review.revision == seen and not self._find_end(review)

    def _find_end(self, review: Review) -> str:
        """Return why nothing of this application goes live any more; "" where it may."""
        row = self._applications.find(review.application_id)
        if row.ended_at is not None:
            return "application_ended"
        return "application_archived" if row.archived_at is not None else ""

    def _refuse_decision(self, review: Review | None, seen: int, by: str, now: int) -> Refused:
        """Say why a decision wasn't taken, by how the review is now."""
        found = self.find(review.id) if review is not None else None
        if found is None or found.state != SUBMITTED:
            reason = "review_decided"
        elif found.revision != seen:
            reason = "review_outdated"
        elif end := self._find_end(found):
            reason = end
        elif self.is_own(found, by):
            reason = "review_own_team"
        else:
            reason = "review_second_eyes" if found.first_by == by else "review_decided"
        return self._refuse("review.decide", reason, by, now, review=found.id if found else "")

    def _tell_team(self, review: Review, text: str, now: int) -> None:
        for account_id in self._store.list_team(review.team_id):
            self._messages.announce(account_id, text, now, app=review.name, application=review.application_id)

    def _record(
        self, event: str, by: str | None, now: int, *, client_id: str | None = None, **details: str
    ) -> None:
        self._events.record(event, account_id=by, client_id=client_id, now=now, details=details)

    def _refuse(self, event: str, reason: str, by: str | None, now: int, **details: str) -> Refused:
        return refuse(self._events, event, Refused("", reason), by, now, details=details)
