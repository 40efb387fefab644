"""An application's picture: taken from a file, drawn anew by us, and served from our own origin.

What was uploaded is never passed on: a PNG of our own making is, so that nothing hides in it, and so that no
other server learns who signs in where.
"""

from __future__ import annotations

import io
from typing import Any

from oidc.token.handles import new_identifier
from tnid.accounts.refusal import Refused
from tnid.developers.records import Standing
from tnid.developers.texts import ApplicationTexts
from tnid.stores.logos import LogoStore

MOST_BYTES = 512 * 1024
MOST_SIDE = 2048
LEAST_SIDE = 64
# As large as it is ever shown, twice for fine screens
SIDE = 256
FORMATS = ("PNG", "JPEG", "WEBP")
# What waits for a review is among those that are kept, so that the reviewer sees what people will
KEPT_SECONDS = 60 * 86400
MOST_KEPT = 30


class Logos:
    """Each method runs in the caller's unit of work."""

    def __init__(self, store: LogoStore, texts: ApplicationTexts) -> None:
        self._store = store
        self._texts = texts

    def find(self, logo_id: str) -> bytes | None:
        """Return a picture as a PNG."""
        row = self._store.find(logo_id)
        return None if row is None else bytes(row.image)

    def is_of(self, logo_id: str, client_id: str) -> bool:
        """Say whether people who sign in to this client may be shown the picture."""
        return self._store.is_of(logo_id, client_id)

    def upload(self, standing: Standing, content: bytes, now: int) -> Refused | None:
        """Give an application the picture of this file."""
        image = draw_anew(content)
        if isinstance(image, Refused):
            return image
        logo_id, application_id = new_identifier(), standing.application.id
        by = standing.member.account_id
        self._store.forget(
            application_id, now - KEPT_SECONDS, str(standing.application.texts.get("logo", ""))
        )
        if self._store.count(application_id) >= MOST_KEPT:
            return Refused("logo", "logos_too_many")
        if not self._store.add(
            id=logo_id, application_id=application_id, image=image, made_by=by, created_at=now
        ):
            return Refused("", "team_changes_no_more")
        return self._texts.set_logo(standing, logo_id, now)

    def remove(self, standing: Standing, now: int) -> Refused | None:
        """Take an application's picture away."""
        return self._texts.set_logo(standing, None, now)

    def approve(self, logo_id: str, application_id: str, now: int) -> bool:
        """Let people see an application's picture on its live client: somebody of the province looked at
        it."""
        return self._store.approve(logo_id, application_id, now)


def draw_anew(content: bytes) -> bytes | Refused:
    """Return the picture as a square PNG of our own making, or why it can't be one."""
    if not content:
        return Refused("logo", "required")
    if len(content) > MOST_BYTES:
        return Refused("logo", "logo_too_large")
    # It takes eight megabytes of every process that loads it, and few ever upload a picture
    from PIL import Image, UnidentifiedImageError  # noqa: PLC0415  as above

    try:
        with Image.open(io.BytesIO(content), formats=FORMATS) as found:
            if max(found.size) > MOST_SIDE or min(found.size) < LEAST_SIDE:
                return Refused("logo", "logo_size")
            found.load()
            return _square(Image, found)
    except (UnidentifiedImageError, Image.DecompressionBombError, OSError, ValueError, SyntaxError):
        return Refused("logo", "logo_format")


def _square(pillow: Any, found: Any) -> bytes:
    """Draw the picture in the middle of a square, which is seen through around it."""
    drawn = found.convert("RGBA")
    drawn.thumbnail((SIDE, SIDE))
    square = pillow.new("RGBA", (SIDE, SIDE), (0, 0, 0, 0))
    square.paste(drawn, ((SIDE - drawn.width) // 2, (SIDE - drawn.height) // 2))
    kept = io.BytesIO()
    square.save(kept, "PNG", optimize=True)
    return kept.getvalue()
