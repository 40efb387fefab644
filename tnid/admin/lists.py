"""Lists that operators narrow by a choice and by words, and read a page at a time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import request

from tnid.accounts.passwords import squash
from tnid.admin.forms import SearchForm

ON_A_PAGE = 50


def read_choice(filters: Sequence[str]) -> str:
    """Return which of these the page is narrowed to, the first unless the address says another."""
    asked = request.args.get("show", "")
    return asked if asked in filters else filters[0]


def read_query(form: SearchForm) -> str:
    """Return what is looked for, "" for nothing."""
    return squash(form.query.data or "") if form.validate_on_submit() else ""


def cut_page(found: Sequence[Any]) -> tuple[Sequence[Any], dict[str, int]]:
    """Return the rows of the page that the address names, the last where there are fewer, and what a template
    needs to lead to the others."""
    pages = -(-len(found) // ON_A_PAGE)
    page = min(max(1, request.args.get("page", 1, type=int)), max(1, pages))
    shown = found[(page - 1) * ON_A_PAGE : page * ON_A_PAGE]
    return shown, {"total": len(found), "page": page, "pages": pages}
