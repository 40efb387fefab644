"""The colours of the design system: readable in light and in dark (WCAG 2.2 AA, 1.4.3 and 1.4.11)."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

CSS = (Path(__file__).resolve().parents[2] / "tnid" / "static" / "css" / "tnid.css").read_text()
SCHEMES = ("light", "dark")

WORDS = ("text", "quiet", "tea", "wrong", "care")
TEXT_ON = [(text, ground) for text in WORDS for ground in ("sheet", "ground", "soft")]
TEXT_ON += [("text", tint) for tint in ("tint", "care-tint", "wrong-tint")]
TEXT_ON += [("tea", "tint"), ("care", "care-tint"), ("wrong", "wrong-tint"), ("tea-deep", "tint")]
TEXT_ON += [("on-tea", "tea"), ("on-tea", "tea-deep")]
SHAPES_ON = [("edge", "sheet"), ("tea", "sheet"), ("wrong", "sheet"), ("ring", "sheet"), ("ring", "ground")]


def colours(scheme: str) -> dict[str, str]:
    """Return the variables of a scheme; the dark one overrides the light one."""
    first, dark = re.findall(r":root \{(.*?)\}", CSS, re.DOTALL)[:2]
    named = dict(re.findall(r"--([a-z-]+): (#[0-9a-f]+);", first))
    if scheme == "dark":
        named |= dict(re.findall(r"--([a-z-]+): (#[0-9a-f]+);", dark))
    return named


def linear(part: float) -> float:
    return part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4


def luminance(colour: str) -> float:
    digits = colour[1:] if len(colour) == 7 else "".join(digit * 2 for digit in colour[1:])
    parts = (int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4))
    red, green, blue = map(linear, parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(scheme: str, one: str, other: str) -> float:
    named = colours(scheme)
    dark, light = sorted((luminance(named[one]), luminance(named[other])))
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize(("text", "ground"), TEXT_ON)
def test_words_stand_out_from_their_ground(scheme: str, text: str, ground: str) -> None:
    assert contrast(scheme, text, ground) >= 4.5


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize(("shape", "ground"), SHAPES_ON)
def test_edges_and_focus_stand_out(scheme: str, shape: str, ground: str) -> None:
    assert contrast(scheme, shape, ground) >= 3
