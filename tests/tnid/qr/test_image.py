"""The picture of a QR: read back by a decoder, small, and made by the compiled encoder."""

from __future__ import annotations

import base64
import io
import re

import pytest
import zxingcpp
from lxml import etree
from PIL import Image, ImageDraw

from tnid.qr import image

ADDRESS = "HTTPS://ID.THAINGUYEN.GOV.VN/QR/" + "A2" * 17


def read(png: bytes, side: int) -> zxingcpp.Barcode:
    """Read a picture as a camera would see it, enlarged without smoothing."""
    picture = Image.open(io.BytesIO(png)).convert("L").resize((side, side), Image.Resampling.NEAREST)
    (found,) = zxingcpp.read_barcodes(picture)
    return found


@pytest.mark.parametrize("side", [123, 240, 287, 1000])
@pytest.mark.parametrize(
    "address", [ADDRESS, "HTTP://LOCALHOST:8000/QR/" + "Z7" * 17, "HTTPS://ID.EXAMPLE/so/QR/" + "B3" * 17]
)
def test_a_decoder_reads_the_address_back(address: str, side: int) -> None:
    assert read(image.png(address), side).text == address


def test_it_corrects_errors_of_one_module_in_seven() -> None:
    assert read(image.png(ADDRESS), 240).ec_level == "M"


def test_the_picture_is_a_coarse_one_with_its_quiet_zone() -> None:
    picture = Image.open(io.BytesIO(image.png(ADDRESS)))
    assert (picture.mode, picture.size) == ("1", (41, 41))
    margin = [
        picture.getpixel((x, y)) for x in range(41) for y in range(41) if min(x, y) < 4 or max(x, y) > 36
    ]
    assert all(margin)
    assert picture.getpixel((4, 4)) == 0


def test_it_is_part_of_the_page_and_small() -> None:
    uri = image.data_uri(ADDRESS)
    assert len(uri) < 1000
    assert read(base64.b64decode(uri.removeprefix("data:image/png;base64,")), 240).text == ADDRESS


@pytest.mark.parametrize(("level", "content"), [("L", "otpauth://totp/x?secret=A"), ("Q", "TNT2" + "B" * 28)])
def test_a_still_is_a_drawing_of_any_size(level: str, content: str) -> None:
    drawn = etree.fromstring(image.svg(content, level))
    side = int(drawn.get("viewBox").split()[2])
    assert drawn.get("viewBox") == f"0 0 {side} {side}"
    pixels = Image.new("L", (side, side), 255)
    # Its path is rectangles, a run of dark modules each
    for x, y, width, height in re.findall(r"M(\d+) (\d+)h(\d+)v(\d+)h-\d+Z", drawn[1].get("d")):
        box = (int(x), int(y), int(x) + int(width) - 1, int(y) + int(height) - 1)
        ImageDraw.Draw(pixels).rectangle(box, fill=0)
    (found,) = zxingcpp.read_barcodes(pixels.resize((side * 5, side * 5), Image.Resampling.NEAREST))
    assert (found.text, found.ec_level) == (content, level)


def test_a_still_holds_nothing_of_what_somebody_wrote() -> None:
    assert "<script" not in image.svg('"><script>alert(1)</script>', "M")
