"""What a script asks while it sends a file in pieces, and while it waits for the end: answers in JSON.

A form as everywhere, with its token. The same file begun again goes on where it was broken off: the digest
says that it is the same.
"""

from __future__ import annotations

from flask import Blueprint, request, url_for
from flask.typing import ResponseReturnValue

from tnid import services
from tnid.access import Guard, declare
from tnid.accounts.refusal import Refused
from tnid.employers.desk import find_obstacle, get_representative
from tnid.employers.roles import Permission
from tnid.employment.attestations import LIST, By
from tnid.imports.forms import BeginForm, PieceForm
from tnid.imports.service import PIECE_BYTES, Import
from tnid.imports.views import get_import
from tnid.imports.words import LISTS, OTHERWISE
from tnid.web import MAX_FORM_BYTES

blueprint = declare(
    Blueprint("list_pieces", __name__, url_prefix="/employers/<employer_id>/lists"),
    Guard.REPRESENTATIVE,
    most_bytes=PIECE_BYTES + MAX_FORM_BYTES,
    files=("piece",),
)


@blueprint.post("/begin")
def begin(employer_id: str) -> ResponseReturnValue:
    """Say which import a file is, by its SHA-256 and size, and how much of it is here."""
    representative = get_representative(employer_id, Permission.ATTEST)
    if (obstacle := find_obstacle(employer_id)) is not None:
        return obstacle
    form = BeginForm()
    if not form.validate_on_submit():
        return {"message": str(OTHERWISE)}, 400
    by = By(representative.account_id, LIST)
    found = services.current().lists.begin(
        representative.employer.id, by, form.digest.data, form.size.data, services.now()
    )
    if isinstance(found, Refused):
        return {"message": str(LISTS.get(found.reason, OTHERWISE))}, 400
    return _tell(found, employer_id)


@blueprint.post("/<import_id>/pieces")
def receive(employer_id: str, import_id: str) -> ResponseReturnValue:
    """Take the piece that comes next; 409 and how much is here for any other."""
    representative = get_representative(employer_id, Permission.ATTEST)
    found = get_import(representative, import_id)
    form = PieceForm()
    if not form.validate_on_submit() or "piece" not in request.files:
        return {"message": str(OTHERWISE)}, 400
    piece = request.files["piece"].read()
    taken = services.current().lists.receive(found, form.position.data, piece, services.now())
    if isinstance(taken, Refused):
        return _tell(get_import(representative, import_id), employer_id), 409
    return _tell(taken, employer_id)


@blueprint.get("/<import_id>/progress")
def progress(employer_id: str, import_id: str) -> ResponseReturnValue:
    """Say how far it is."""
    representative = get_representative(employer_id, Permission.LOOK)
    return _tell(get_import(representative, import_id), employer_id)


def _tell(found: Import, employer_id: str) -> dict[str, object]:
    row = found.row
    return {
        "import": found.id,
        "page": url_for("lists.show", employer_id=employer_id, import_id=found.id),
        "state": row.state,
        "size": row.size_bytes,
        "received": row.received_bytes,
        "rows_read": row.rows_read,
        "rows_applied": row.rows_applied,
        "percent": found.percent,
    }
