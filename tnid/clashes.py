"""Two who write the same at once: the second one's request is done again. Where it clashes once more, a view
that explains it shows its page with all that was typed, and does nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from flask import current_app, g, request

View = TypeVar("View", bound=Callable[..., Any])
EXPLAINS = "explains_clashes"


def explains_clashes(view: View) -> View:
    """Mark a view that asks `has_clashed` before it does anything."""
    setattr(view, EXPLAINS, True)
    return view


def note_clash() -> bool:
    """Note a second clash; False where the view of this request wouldn't say so."""
    g.has_clashed = True
    return hasattr(current_app.view_functions.get(request.endpoint or ""), EXPLAINS)


def has_clashed() -> bool:
    """Say whether what is asked clashed twice: then it is said, and not tried again."""
    return bool(g.get("has_clashed", False))
