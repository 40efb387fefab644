"""Every setting as it is, for people: where it came from, and what is wrong with it; of secrets no more."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy.engine import make_url

from tnid import settings
from tnid.settings import Examined, Settings, SettingsError, variable_of


def describe_all(environ: Mapping[str, str]) -> list[dict[str, Any]]:
    """Return each setting: variable, value as text, unit, source, doc and problem."""
    return [_describe(examined) for examined in settings.examine(environ)]


def describe_running(running: Settings) -> list[dict[str, Any]]:
    """Return each setting of the running process in the same way, with its default; a secret's is None.

    What it was started with may not be in its environment any more, nor be what the next start will find.
    """
    folder = {variable_of("instance_dir"): str(running.instance_dir)}
    defaults = {one.field.name: one for one in settings.examine(folder)}
    found = []
    for field in settings.FIELDS:
        value, default = getattr(running, field.name), defaults[field.name]
        if field.name == "instance_dir":
            default = next(one for one in settings.examine({}) if one.field.name == field.name)
        is_set = value != default.value
        row = _describe(Examined(field, is_set, value, None))
        is_secret = bool(field.metadata["secret"])
        found.append({**row, "is_secret": is_secret, "default": None if is_secret else _show(default)})
    return found


def find_problem(environ: Mapping[str, str]) -> str | None:
    """Return the first thing that is wrong with the settings, None where they are right."""
    try:
        settings.load(environ)
    except SettingsError as error:
        return str(error)
    return None


def _describe(examined: Examined) -> dict[str, Any]:
    metadata = examined.field.metadata
    return {
        "variable": examined.variable,
        "value": _show(examined),
        "unit": metadata["unit"],
        "source": "environment" if examined.is_set else "default",
        "doc": metadata["doc"],
        "problem": examined.problem,
    }


def _show(examined: Examined) -> str | None:
    if examined.problem or examined.value is None:
        return None
    if examined.field.metadata["secret"]:
        return make_url(examined.value).render_as_string(hide_password=True)
    if isinstance(examined.value, tuple):
        return ",".join(map(str, examined.value))
    return str(examined.value).lower() if isinstance(examined.value, bool) else str(examined.value)
