"""Every page of printed cards, but for the counter's, which prints them."""

from __future__ import annotations

from tnid.badges import account_pages, terminal_pages

BLUEPRINTS = (terminal_pages.blueprint, account_pages.blueprint, account_pages.lost)
