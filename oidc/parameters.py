"""Request parameters: RFC 6749 §3.1 and §3.2 (each at most once) and Appendix B (their encoding)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple
from urllib.parse import parse_qsl

from oidc.errors import InvalidRequest
from oidc.http import Request

MAX_BYTES = 128 * 1024
MAX_FIELDS = 100
FORM = "application/x-www-form-urlencoded"

# RFC 8707 §2 and RFC 8693 §2.1: the two that may come several times
REPEATABLE = frozenset({"resource", "audience"})


class Parameters(NamedTuple):
    """Parameters by name, the first value of each; and the names that came more than once.

    Of those that may come several times every value is there, joined by spaces, as those of scope are.
    """

    values: Mapping[str, str]
    repeated: frozenset[str]


def parse(encoded: str | bytes) -> Parameters:
    """Parse a query or a form body; raise InvalidRequest where it can't be one.

    RFC 6749 §3.1: a parameter without a value is treated as if it were omitted.
    """
    if len(encoded) > MAX_BYTES:
        raise InvalidRequest(f"The request is longer than {MAX_BYTES} bytes.")
    try:
        text = encoded.decode("ascii") if isinstance(encoded, bytes) else encoded
        pairs = parse_qsl(text, keep_blank_values=True, errors="strict", max_num_fields=MAX_FIELDS)
    except ValueError as error:
        raise InvalidRequest("The parameters are not UTF-8 in form encoding, or too many.") from error
    values: dict[str, str] = {}
    repeated = set()
    for name, value in pairs:
        if "\x00" in name or "\x00" in value:
            raise InvalidRequest("A parameter holds a NUL character.")
        if name in REPEATABLE:
            values[name] = join([*values.get(name, "").split(), value])
            continue
        if name in values:
            repeated.add(name)
        values.setdefault(name, value)
    return Parameters({n: v for n, v in values.items() if v}, frozenset(repeated))


def join(values: Iterable[str]) -> str:
    """Return the values of a parameter that came several times as one text, apart by spaces.

    RFC 3986 §2: no URI holds a space; one that came stays escaped, so that it can't pass for two values.
    """
    return " ".join(value.replace(" ", "%20") for value in values).strip()


def scopes_in(text: str) -> list[str]:
    """Return the names of a scope parameter (RFC 6749 §3.3), each once however often it is said."""
    return list(dict.fromkeys(text.split()))


def read_form(request: Request) -> Mapping[str, str]:
    """Return the parameters of a POST whose body alone may carry them; raise InvalidRequest otherwise."""
    if request.method != "POST":
        raise InvalidRequest("This endpoint takes POST only.")
    if request.query:
        # RFC 6749 §2.3.1 and §3.2: parameters, and credentials above all, never in the address
        raise InvalidRequest("Parameters belong in the request body, not in the query.")
    if request.content_type.partition(";")[0].strip().lower() != FORM:
        raise InvalidRequest(f"The body must be {FORM}.")
    parameters = parse(request.body)
    if parameters.repeated:
        raise InvalidRequest(f"Sent more than once: {', '.join(sorted(parameters.repeated))}.")
    return parameters.values
