"""The forms by which a list of workers comes in."""

from __future__ import annotations

from flask_wtf import FlaskForm
from wtforms import FileField, IntegerField, StringField, SubmitField
from wtforms.validators import InputRequired, NumberRange

MOST_DIGITS = 15


class UploadForm(FlaskForm):  # type: ignore[misc]  # flask_wtf has no types
    """A file as a whole: what a browser without scripts sends."""

    file = FileField()
    submit = SubmitField()


class Count(IntegerField):  # type: ignore[misc]  # wtforms has no types
    """A number of bytes. One of thousands of digits is no number of ours, and no float can be made of it."""

    def process_formdata(self, valuelist: list[str]) -> None:
        super().process_formdata([text if len(text) <= MOST_DIGITS else "" for text in valuelist])


class BeginForm(FlaskForm):  # type: ignore[misc]  # flask_wtf has no types
    """What the script says of a file before it sends it in pieces."""

    digest = StringField(validators=[InputRequired()])
    size = Count(validators=[InputRequired(), NumberRange(min=0)])


class PieceForm(FlaskForm):  # type: ignore[misc]  # flask_wtf has no types
    """A piece of a file, and where in the file it begins."""

    position = Count(validators=[InputRequired(), NumberRange(min=0)])
    piece = FileField()
