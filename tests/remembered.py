"""What each test's own application would make anew, and is the same for all: made once a process.

Half the time of the small tests went into it. Only what libraries compute is remembered, nothing of ours.
"""

from __future__ import annotations

import copy
import ssl
from functools import cache
from importlib import metadata
from typing import Any, ClassVar

import httpx
from babel.support import Translations
from werkzeug.routing import Map, Rule, RuleFactory

from tnid.app import Application

_load = Translations.load
_create = httpx.create_ssl_context
_trust_everybody = cache(httpx.create_ssl_context)


def remember_what_libraries_make() -> None:
    """Have werkzeug compile the addresses, and Babel read the catalogues, once a process."""
    Application.url_map_class = RememberedMap
    load = cache(lambda folder, locale, domain: _load(folder, [locale], domain))
    Translations.load = staticmethod(  # type: ignore[method-assign,assignment]
        lambda folder, locales, domain: load(folder, str(locales[0]), domain)
    )
    metadata.version = cache(metadata.version)
    httpx._transports.default.create_ssl_context = _trust


def _trust(verify: Any = True, cert: Any = None, trust_env: bool = True) -> ssl.SSLContext:
    """Read the authorities that everybody trusts once: each client would read 140 certificates."""
    return _trust_everybody() if verify is True and cert is None else _create(verify, cert, trust_env)


class RememberedMap(Map):
    """Addresses that are compiled when first looked for, and once for all maps that have the same ones."""

    _compiled: ClassVar[dict[Any, Map]] = {}

    def __init__(self, *arguments: Any, **options: Any) -> None:
        self._given: list[Rule] = []
        super().__init__(*arguments, **options)

    def add(self, rulefactory: RuleFactory) -> None:
        for rule in rulefactory.get_rules(self):
            # As it would be bound now, whatever is set on the map later
            rule.merge_slashes = self.merge_slashes if rule.merge_slashes is None else rule.merge_slashes
            self._given.append(rule)
        self._remap = True

    def update(self) -> None:
        if not self._remap:
            return
        key = (self.merge_slashes, tuple(self.converters.items()), *map(_describe, self._given))
        if key not in self._compiled:
            self._compiled[key] = made = Map(converters=self.converters, merge_slashes=self.merge_slashes)
            for rule in self._given:
                made.add(copy.copy(rule))
            made.update()
        self._matcher = self._compiled[key]._matcher
        self._rules_by_endpoint = self._compiled[key]._rules_by_endpoint
        self._remap = False


def _describe(rule: Rule) -> Any:
    """Return all that is said of a rule before it is bound."""
    return (
        *(rule.rule, rule.endpoint, frozenset(rule.methods or ()), tuple((rule.defaults or {}).items())),
        *(rule.subdomain, rule.host, rule.redirect_to, rule.build_only, rule.alias, rule.websocket),
        *(rule.strict_slashes, rule.merge_slashes, rule.provide_automatic_options),  # the last is Flask's
    )
