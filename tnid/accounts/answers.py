"""How a page with a form answers."""

from __future__ import annotations

from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm

from tnid.accounts.refusal import Refused


def answer_form(page: str, form: FlaskForm, refused: Refused | None = None) -> ResponseReturnValue:
    """Answer with a form: 200 where it is shown, 400 where it was refused, 429 after too many tries."""
    if refused is not None and refused.retry_after_seconds:
        return page, 429, {"Retry-After": str(refused.retry_after_seconds)}
    return page, (400 if form.is_submitted() else 200)
