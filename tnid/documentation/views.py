"""The site of the documentation at /docs: files that `make setup` built, sent as they are to anybody."""

from __future__ import annotations

import re

from flask import Blueprint, abort, redirect, render_template, request, send_from_directory
from flask.typing import ResponseReturnValue

from tnid import services
from tnid.access import Guard, declare

blueprint = declare(Blueprint("documentation", __name__, url_prefix="/docs"), Guard.PUBLIC)

INDEX = "index.html"
# Every name that the site has; none of them leads out of it, is hidden or too long for a file system
NAME = re.compile(r"(?:[\w-][\w.-]{0,99}/){0,8}(?:[\w-][\w.-]{0,99})?", re.ASCII)
# What these hold changes with the next version of the site: it is looked at again hourly
PARTS = ("_static/", "_images/", "_downloads/")
PART_SECONDS = 3600


@blueprint.get("")
@blueprint.get("/")
@blueprint.get("/<path:name>")
def show(name: str = "") -> ResponseReturnValue:
    """Send a page or a part of one; a page's address ends with a slash, for its links are relative."""
    if NAME.fullmatch(name) is None:
        abort(404)
    folder = services.current().settings.docs_dir
    if not (folder / INDEX).is_file():
        return render_template("documentation/not_built.html"), 404
    if not request.path.endswith("/") and (folder / name).is_dir():
        return redirect(f"/docs/{name}/" if name else "/docs/", 308)
    page = name + INDEX if name.endswith("/") or not name else name
    response = send_from_directory(folder, page, max_age=PART_SECONDS if name.startswith(PARTS) else 0)
    # The same for everybody, whoever is signed in
    response.headers["Vary"] = "Accept-Encoding"
    return response
