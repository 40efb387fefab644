"""The forms of reviews: what a team submits and answers, what a reviewer writes and decides."""

from __future__ import annotations

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import BooleanField, HiddenField, SubmitField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length

from tnid.accounts.choices import DropDown
from tnid.accounts.forms import REQUIRED, strip, text_field
from tnid.accounts.messages import MESSAGES
from tnid.developers.disclosure_forms import name_of_item
from tnid.reviews.document import Document
from tnid.reviews.service import MOST_COMMENT

_SHORT = Length(max=MOST_COMMENT, message=MESSAGES["review_text"])

FIELDS = {
    "": _("The whole"),
    "name": _("Name of the application"),
    "organisation": _("Organisation"),
    "purpose": _("Purpose of the application"),
    "redirect_uris": _("Addresses"),
    "levels": _("How sure it has to be of the person"),
    "logout": _("Sign-outs"),
}


REASONS = {
    "mandates": _("Helpers"),
    "level": _("How sure it has to be of the person"),
    "resources": _("Interfaces of other programs"),
    "logout": _("Sign-outs"),
}


def name_of_field(field: str) -> str:
    """Return what a comment is about, in words."""
    if field.startswith("items/"):
        return name_of_item(field.removeprefix("items/"))
    return str(FIELDS.get(field, field))


class SubmitForm(FlaskForm):  # type: ignore[misc]  # flask_wtf has no types
    """Who stands for what is submitted."""

    responsible = text_field(required=True)
    position = text_field(required=True)
    stands = BooleanField(validators=[InputRequired(MESSAGES["review_sign"])])
    submit = SubmitField()


class LogoutForm(FlaskForm):  # type: ignore[misc]  # flask_wtf has no types
    reason = text_field(required=True)
    submit = SubmitField()


class CommentForm(FlaskForm):  # type: ignore[misc]  # flask_wtf has no types
    """What is said, and about what of the document."""

    field = DropDown()
    text = TextAreaField(filters=[strip], validators=[REQUIRED, _SHORT])
    submit = SubmitField()

    def about(self, document: Document) -> CommentForm:
        """Let it be about any field of this document."""
        fields = [*FIELDS, *(f"items/{name}" for name in document["items"])]
        self.field.choices = [SelectChoice(one, name_of_field(one)) for one in fields]
        return self


class DecisionForm(FlaskForm):  # type: ignore[misc]  # flask_wtf has no types
    """The decision is the button's; `revision` is what was looked at."""

    revision = HiddenField()
    reason = TextAreaField(filters=[strip], validators=[_SHORT])


class StopForm(FlaskForm):  # type: ignore[misc]  # flask_wtf has no types
    reason = TextAreaField(filters=[strip], validators=[_SHORT])
    submit = SubmitField()


class EndForm(FlaskForm):  # type: ignore[misc]  # flask_wtf has no types
    """An end can't be taken back: it is asked about twice."""

    sure = BooleanField(validators=[InputRequired(MESSAGES["review_end_sure"])])
    submit = SubmitField()
