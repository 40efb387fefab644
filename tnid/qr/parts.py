"""How sign-in by QR is made of the parts above it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tnid.qr.frames import Frames
from tnid.qr.look import Look
from tnid.qr.polls import Polls
from tnid.qr.service import QrSignIns
from tnid.qr.state import SCREEN_COOKIE
from tnid.qr.tickets import Tickets
from tnid.stores.qr_sign_ins import QrSignInStore
from tnid.web import cookie_name

if TYPE_CHECKING:
    from tnid.services import Services


def build_qr_sign_ins(parts: Services) -> QrSignIns:
    frames = Frames(parts.sealer.derive("qr.frame"), parts.settings.issuer)
    codes_key = parts.sealer.derive("qr.codes")
    return QrSignIns(QrSignInStore(parts.database), frames, parts.sealer, codes_key, parts.audit)


def build_polls(parts: Services) -> Polls:
    """Return what answers the screens that wait in this process."""
    look = Look(QrSignInStore(parts.database))
    return Polls(look, parts.qr_sign_ins.frames, cookie_name(parts.settings, SCREEN_COOKIE))


def build_qr_tickets(parts: Services) -> Tickets:
    return Tickets(parts.sealer.derive("qr.ticket"))
