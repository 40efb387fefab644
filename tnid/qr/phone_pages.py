"""The phone's side of a sign-in by QR: a code is scanned or typed, looked at, and answered.

An address from a QR claims and approves nothing by being opened: a camera, a link in a chat and a page that
loads links ahead all open addresses. What changes anything is a form of the page, or its script in its name.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from oidc.authorization.interaction import hash_browser
from oidc.models import EndUser
from tnid import services, web
from tnid.access import Guard, declare, send_to_sign_in
from tnid.accounts.answers import answer_form
from tnid.accounts.messages import show_refusal
from tnid.accounts.refusal import Refused
from tnid.consent.question import describe_question, put_question, take_answer
from tnid.consent.service import Question
from tnid.qr import approval, endings
from tnid.qr.approval import SIGN_IN, Asked, Case
from tnid.qr.endings import tell
from tnid.qr.forms import TypedCodeForm
from tnid.qr.frames import split_code
from tnid.qr.state import APPROVED, CLAIMED, EXPIRED, LIVE, OTHER_PERSON, TYPED, WAITING, state_of
from tnid.qr.tickets import AGREED, SHOWN, Ticket
from tnid.qr.typed_codes import count_strange_code, find_by_code
from tnid.signin import session
from tnid.signin.assurance import is_remote
from tnid.signin.forms import ContinueForm
from tnid.signin.limits import QR_OF_ACCOUNT, Bucket

blueprint = declare(Blueprint("qr_phone", __name__), Guard.PUBLIC)


class Visit(NamedTuple):
    """A phone at its ticket: which sign-in, in which state, and who is signed in here, if anybody."""

    ticket: Ticket
    row: Any
    state: str
    end_user: EndUser | None

    @property
    def is_own(self) -> bool:
        """Say whether this phone claimed it, for whomever."""
        return bool(self.row.phone_hash == hash_browser(web.browser_id()))

    def address(self, kind: str | None = None) -> str:
        return address_of(self.row.id, kind or self.ticket.kind)


def address_of(qr_id: str, kind: str = SHOWN) -> str:
    """Return where this browser looks at a sign-in by QR, and answers it."""
    text = services.current().qr_tickets.make(Ticket(qr_id, kind), web.browser_id())
    return url_for("qr_phone.look", ticket=text)


# On the way in


@blueprint.get("/QR/<code>")
@blueprint.get("/qr/<code>")
def arrive(code: str) -> ResponseReturnValue:
    """Read what a QR holds, while it is fresh, and go where it can be looked at in peace."""
    parts, now = services.current(), services.now()
    found = parts.qr_sign_ins.find_shown(code, now)
    if not isinstance(found, Refused):
        return redirect(address_of(found.id), 303)
    reason = found.reason.removeprefix("qr_")
    if reason == "taken" and (own := find_own(code)):
        return redirect(address_of(own), 303)
    refuse("qr.look", reason)
    if reason == endings.UNKNOWN and (seconds := count_strange_code()):
        return tell(endings.TOO_MANY_STRANGE, seconds)
    return tell(endings.SECOND_PHONE if reason == "taken" else reason)


def find_own(code: str) -> str | None:
    """Return the id of what this very phone has claimed: its camera read the same code once more."""
    parts = split_code(code)
    row = services.current().qr_sign_ins.find(parts[0]) if parts else None
    if row is None or row.phone_hash != hash_browser(web.browser_id()):
        return None
    return str(row.id)


@blueprint.route("/qr", methods=["GET", "POST"])
def enter() -> ResponseReturnValue:
    """Take the letters that stand beside a QR, for phones that can't scan."""
    form = TypedCodeForm()
    refused = None
    if form.validate_on_submit():
        found = find_by_code(form.typed_code.data)
        if not isinstance(found, Refused):
            return redirect(address_of(found.id), 303)
        refused = found
        show_refusal(form, refused)
    return answer_form(render_template("qr/phone_code.html", form=form), form, refused)


# At the ticket


@blueprint.get("/qr/at/<ticket>")
def look(ticket: str) -> ResponseReturnValue:
    """Show who asks, and afterwards what became of it; changes nothing."""
    visit = find_visit(ticket)
    return visit if not isinstance(visit, Visit) else show(visit)


@blueprint.post("/qr/at/<ticket>")
def answer(ticket: str) -> ResponseReturnValue:
    """Take the yes or the no; neither silence nor a link is an answer."""
    visit = find_visit(ticket)
    if not isinstance(visit, Visit):
        return visit
    decision = request.form.get("decision")
    is_answer = decision in ("approve", "deny") and ContinueForm().validate_on_submit()
    if visit.end_user is None or not is_answer:
        return show(visit)
    return approve(visit, visit.end_user) if decision == "approve" else deny(visit, visit.end_user)


@blueprint.post("/qr/at/<ticket>/claim")
def claim_by_script(ticket: str) -> ResponseReturnValue:
    """Claim it for the page that shows it: the screen hears of it, and the picture there dies.

    Where this is refused the script loads its page again, which says why.
    """
    visit = find_visit(ticket)
    if not isinstance(visit, Visit) or visit.end_user is None or visit.state not in LIVE:
        return {"state": "over"}, 409
    claimed = claim(visit, visit.end_user)
    if isinstance(claimed, Refused):
        return {"state": claimed.reason.removeprefix("qr_")}, 409
    return {"state": state_of(claimed, services.now())}


@blueprint.get("/qr/at/<ticket>/state")
def state(ticket: str) -> ResponseReturnValue:
    """Say to the page's script in which state it is."""
    visit = find_visit(ticket)
    is_known = isinstance(visit, Visit) and (visit.is_own or visit.state == WAITING)
    return {"state": visit.state if is_known and isinstance(visit, Visit) else "over"}


def find_visit(text: str) -> Visit | ResponseReturnValue:
    """Return the visit that a ticket allows, or the page that says why there is none."""
    parts, now = services.current(), services.now()
    ticket = parts.qr_tickets.read(text, web.browser_id())
    if ticket is None:
        refuse("qr.look", endings.FOREIGN)
        return tell(endings.FOREIGN)
    row = parts.qr_sign_ins.find(ticket.qr_id)
    if row is None:  # purged, seconds after its end
        return tell(EXPIRED)
    end_user = session.find_end_user()
    if session.find_leaving() is not None:
        return redirect(url_for("leaving.stay"), 303)
    if end_user is not None and session.find_applications_user() is None:
        refuse("qr.look", endings.SHUT, end_user.account_id)
        return tell(endings.SHUT)
    return Visit(ticket, row, state_of(row, now), end_user)


def show(visit: Visit) -> ResponseReturnValue:
    """Answer with the page of this moment."""
    if visit.state == WAITING or (visit.state in LIVE and visit.is_own):
        return show_live(visit)
    if visit.state in endings.ENDINGS and (visit.is_own or visit.row.phone_hash is None):
        return tell(visit.state)
    return tell(endings.SECOND_PHONE)


def show_live(visit: Visit) -> ResponseReturnValue:
    asked = approval.find_asked(visit.row, services.now())
    if asked is None:
        return tell(endings.GONE)
    if visit.end_user is None:
        return send_to_sign_in(least_acr=approval.least_acr_of(asked), return_to=visit.address())
    if visit.row.account_id not in (None, visit.end_user.account_id):
        return tell(OTHER_PERSON)
    if visit.state in (WAITING, CLAIMED, TYPED):
        return show_question(visit, asked, visit.end_user)
    return show_digits(visit, asked) if visit.state == APPROVED else tell(visit.state)


def show_question(
    visit: Visit, asked: Asked, end_user: EndUser, *, has_changed: bool = False
) -> ResponseReturnValue:
    """Show who asks, from where, for what, before anything else is asked for."""
    parts, now, ip = services.current(), services.now(), request.remote_addr or ""
    person = parts.accounts.get(end_user.account_id)
    question = approval.find_question(asked, end_user, now) if visit.ticket.kind == SHOWN else None
    described = describe_question(question, question.client, person) if question is not None else {}
    obstacle = approval.find_obstacle(approval.case_of(asked, end_user, ip, now))
    page = render_template(
        "qr/phone_confirm.html" if visit.ticket.kind == SHOWN else "qr/phone_finish.html",
        app=asked.app,
        state=visit.state,
        address=visit.address(),
        digits=parts.qr_sign_ins.digits_on(visit.row, web.browser_id()),
        screen=approval.describe_screen(asked, ip),
        person=person,
        has_changed=has_changed,
        obstacle=obstacle,
        is_own_pages=asked.client is None,
        asks=question is not None,
        is_known=question is not None and is_settled(end_user.account_id, question),
        **described,
        form=ContinueForm(),
    )
    status = 409 if has_changed else 200
    return page, (403 if request.method == "POST" and obstacle not in (None, SIGN_IN) else status)


def is_settled(account_id: str, question: Question) -> bool:
    """Say whether all of it was agreed to before: it is there to be looked at, and folded away."""
    asked, client = question.request, question.client
    return question.revision > 0 and not put_question(account_id, asked, client).items


def show_digits(visit: Visit, asked: Asked) -> ResponseReturnValue:
    """Show what is to be typed on the screen."""
    digits = services.current().qr_sign_ins.digits_of(visit.row)
    return render_template(
        "qr/phone_digits.html",
        app=asked.app,
        state=visit.state,
        digits=digits,
        host=approval.own_pages().host,
        screen=approval.describe_screen(asked, request.remote_addr or ""),
        address=visit.address(),
        form=ContinueForm(),
    )


# The answer


def approve(visit: Visit, end_user: EndUser) -> ResponseReturnValue:
    """Judge who says it, where there is still something to say yes to, and claim it for them."""
    if visit.state not in (WAITING, CLAIMED, TYPED):
        refuse("qr.approve", visit.state, end_user.account_id, visit.row)
        return conflict(visit)
    asked = approval.find_asked(visit.row, services.now())
    if asked is None:
        refuse("qr.approve", endings.GONE, end_user.account_id, visit.row)
        return tell(endings.GONE)
    case = approval.case_of(asked, end_user, request.remote_addr or "", services.now())
    obstacle = approval.find_obstacle(case)
    if obstacle not in (None, SIGN_IN):
        refuse("qr.approve", str(obstacle), end_user.account_id, visit.row)
        return show_question(visit, asked, end_user)
    claimed = claim(visit, end_user)
    if isinstance(claimed, Refused):
        return tell(claimed.reason.removeprefix("qr_"), claimed.retry_after_seconds)
    visit = visit._replace(row=claimed, state=state_of(claimed, services.now()))
    return decide(visit, asked, case if obstacle == SIGN_IN else None, end_user)


def decide(visit: Visit, asked: Asked, unproved: Case | None, end_user: EndUser) -> ResponseReturnValue:
    """Note the consent first and then the yes; in between `unproved` is proved, where it is not None.

    A session that another phone opened agrees to nothing: who proves themselves is asked then.
    """
    if unproved is not None and is_remote(end_user.amr):
        return approval.send_to_prove(unproved, visit.address(SHOWN))
    if visit.ticket.kind == SHOWN and not take_consent(asked, end_user):
        return show_question(visit, asked, end_user, has_changed=True)
    if unproved is not None:
        return approval.send_to_prove(unproved, visit.address(AGREED))
    return note_yes(visit, end_user)


def note_yes(visit: Visit, end_user: EndUser) -> ResponseReturnValue:
    """Note the yes and go on to the digits; somebody who changes their mind at that moment is first."""
    parts, now = services.current(), services.now()
    shown = approval.as_shown_now(end_user, now)
    if not parts.qr_sign_ins.approve(visit.row, shown, web.browser_id(), now):
        row = parts.qr_sign_ins.find(visit.row.id)
        return conflict(visit._replace(row=row, state=state_of(row, now)))
    return redirect(visit.address(SHOWN), 303)


def conflict(visit: Visit) -> ResponseReturnValue:
    """Show what there is instead of what was asked for: said twice, it is no second yes."""
    page = show(visit)
    return (page, 409) if isinstance(page, str) else page


def take_consent(asked: Asked, end_user: EndUser) -> bool:
    """Record the consent that the yes is, so that the screen asks for none; False where it changed."""
    question = approval.find_question(asked, end_user, services.now())
    if question is None:
        return True
    if not take_answer(end_user.account_id, question):
        return False
    services.current().interactions.mark_consented(asked.interaction.uid, end_user.account_id)
    return True


def deny(visit: Visit, end_user: EndUser) -> ResponseReturnValue:
    """Note the no; who says it first has claimed it by that."""
    parts, now = services.current(), services.now()
    if visit.state not in LIVE:
        refuse("qr.deny", visit.state, end_user.account_id, visit.row)
        return show(visit)
    claimed = parts.qr_sign_ins.claim(visit.row, end_user.account_id, web.browser_id(), now)
    if isinstance(claimed, Refused):
        return tell(claimed.reason.removeprefix("qr_"))
    parts.qr_sign_ins.deny(claimed, end_user, web.browser_id(), now)
    return redirect(visit.address(SHOWN), 303)


def claim(visit: Visit, end_user: EndUser) -> Any | Refused:
    """Claim it for this phone and person, unless they are pressed to scan again and again."""
    parts, now = services.current(), services.now()
    bucket = Bucket(QR_OF_ACCOUNT, end_user.account_id)
    if visit.row.claimed_at is None and not parts.limits.take(bucket, now):
        refuse("qr.claim", endings.TOO_MANY, end_user.account_id, visit.row)
        return Refused("", f"qr_{endings.TOO_MANY}", parts.limits.seconds_shut((bucket,), now))
    return parts.qr_sign_ins.claim(visit.row, end_user.account_id, web.browser_id(), now)


def refuse(event: str, reason: str, account_id: str | None = None, row: Any = None) -> None:
    """Note in the log that something was not done."""
    services.current().audit.record(
        event,
        outcome="refused",
        reason=reason,
        account_id=account_id,
        client_id=row.client_id if row is not None else None,
        now=services.now(),
    )
