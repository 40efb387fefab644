"""The form that asks whether to sign out; it carries what the application asked for to the next request."""

from __future__ import annotations

from flask_wtf import FlaskForm
from wtforms import HiddenField

from oidc.logout.end_session import LogoutRequest


class SignOutForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no types
    client_id = HiddenField()
    post_logout_redirect_uri = HiddenField()
    state = HiddenField()

    @classmethod
    def of(cls, asked: LogoutRequest) -> SignOutForm:
        """Return the form for a checked request."""
        form: SignOutForm = cls(
            formdata=None,
            client_id=asked.client.client_id if asked.client else "",
            post_logout_redirect_uri=asked.redirect_uri or "",
            state=asked.state or "",
        )
        return form
