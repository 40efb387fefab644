"""The forms in which a team says what its application asks people for."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import BooleanField, SubmitField
from wtforms.fields.choices import SelectChoice

from oidc.models import LOA1, LOA2
from tnid.accounts.choices import Radios, Ticks
from tnid.accounts.forms import CHOOSE_ONE, text_field
from tnid.consent.items import label_of
from tnid.developers.disclosure import ITEMS, Wish
from tnid.developers.disclosure_words import ASKING_LABELS, BASES, KEPT, KEPT_OTHER, words_of_kept
from tnid.web import current_locale

MOST_TEXT = 300
LOCALES = ("vi", "en", "ko")
YES, NO = "yes", "no"


def name_of_item(name: str) -> str:
    """Return what an item is called, whatever value it will be asked about."""
    return str(ASKING_LABELS[name]) if name in ASKING_LABELS else label_of(name, None)


def name_of_kept(kept: str) -> str:
    """Return a usual time in the page's language."""
    words = words_of_kept(kept)
    return words.get(current_locale()) or words.get("vi") or str(_("Something else, in own words"))


class ChooseForm(FlaskForm):  # type: ignore[misc]  # flask_wtf has no types
    """Which items."""

    items = Ticks(choices=list(ITEMS))
    submit = SubmitField()


class ItemForm(FlaskForm):  # type: ignore[misc]  # flask_wtf has no types
    """What one item is for."""

    purpose_vi = text_field(required=True)
    purpose_en = text_field()
    purpose_ko = text_field()
    required = Radios(
        choices=[
            SelectChoice(YES, _("Required: the service can't be given without it")),
            SelectChoice(NO, _("Optional: people tick it, or leave it out")),
        ],
        validators=[CHOOSE_ONE],
    )
    basis = Radios(choices=[SelectChoice(key, text) for key, text in BASES.items()], validators=[CHOOSE_ONE])
    law = text_field()
    kept = Radios(validators=[CHOOSE_ONE])
    kept_vi = text_field()
    kept_en = text_field()
    kept_ko = text_field()
    reason = text_field()
    submit = SubmitField()

    def __init__(self, wish: Wish, **given: Any) -> None:
        """Show an item as it was described before."""
        is_described = bool(wish.purpose)
        super().__init__(
            **{f"purpose_{locale}": wish.purpose.get(locale, "") for locale in LOCALES},
            **{f"kept_{locale}": wish.kept_words.get(locale, "") for locale in LOCALES},
            required=(YES if wish.required else NO) if is_described else None,
            basis=wish.basis or None,
            law=wish.law,
            kept=wish.kept or None,
            reason=wish.reason,
            **given,
        )
        self.kept.choices = [SelectChoice(one, name_of_kept(one)) for one in KEPT]

    def wish(self) -> Wish:
        """Return what was typed."""
        is_other = self.kept.data == KEPT_OTHER
        return Wish(
            purpose=self._texts("purpose"),
            required=self.required.data == YES,
            basis=self.basis.data or "",
            law=self.law.data or "",
            kept=self.kept.data or "",
            kept_words=self._texts("kept") if is_other else {},
            reason=self.reason.data or "",
        )

    def _texts(self, member: str) -> dict[str, str]:
        typed = {locale: self[f"{member}_{locale}"].data for locale in LOCALES}
        return {locale: text for locale, text in typed.items() if text}


class DemandsForm(FlaskForm):  # type: ignore[misc]  # flask_wtf has no types
    """What is asked beside items."""

    least_acr = Radios(
        choices=[
            SelectChoice(LOA1, _("One factor will do, such as a password")),
            SelectChoice(LOA2, _("Two factors, always")),
        ],
        validators=[CHOOSE_ONE],
    )
    least_identity_level = Radios(
        choices=[
            SelectChoice("0", _("Anybody with an account")),
            SelectChoice("1", _("Whose phone and identity card's text were checked")),
            SelectChoice("2", _("Who was seen in person by an official")),
        ],
        validators=[CHOOSE_ONE],
    )
    level_reason = text_field()
    accepts_mandates = BooleanField()
    mandates_reason = text_field()
    offline = BooleanField()
    resources = Ticks()
    resources_reason = text_field()
    submit = SubmitField()
