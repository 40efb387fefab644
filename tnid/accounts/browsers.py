"""A browser in words that its owner recognises, from what it says of itself."""

from __future__ import annotations

from flask_babel import gettext

from tnid.signin.terminals import MARK

# The first that fits: most browsers claim to be others too
BROWSERS = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("coc_coc", "Cốc Cốc"),
    ("SamsungBrowser", "Samsung Internet"),
    ("Zalo", "Zalo"),
    ("Firefox", "Firefox"),
    ("FxiOS", "Firefox"),
    ("CriOS", "Chrome"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
SYSTEMS = (
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS", "macOS"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
)


def describe_browser(user_agent: str) -> str:
    """Return "Chrome on Android", as much of it as can be told, or a terminal's registered name."""
    if user_agent.startswith(MARK):
        return user_agent.removeprefix(MARK)
    browser, system = _parts(user_agent)
    if browser and system:
        return str(gettext("%(browser)s on %(system)s", browser=browser, system=system))
    return browser or system or str(gettext("Unknown browser"))


def name_browser(user_agent: str) -> str:
    """Return "Chrome, Android" or a terminal's name, the same in every language; "" where unknown."""
    if user_agent.startswith(MARK):
        return user_agent.removeprefix(MARK)
    return ", ".join(filter(None, _parts(user_agent)))


def _parts(user_agent: str) -> tuple[str | None, str | None]:
    browser = next((name for sign, name in BROWSERS if sign in user_agent), None)
    system = next((name for sign, name in SYSTEMS if sign in user_agent), None)
    return browser, system
