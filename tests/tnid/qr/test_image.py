"""The picture of a QR: read back by a decoder, small, and made by the compiled encoder."""

from __future__ import annotations

import base64
import io

import pytest
import zxingcpp
from PIL import Image

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


def test_no_encoder_written_in_python_draws_it(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise AssertionError("drawn by qrcode, which takes 45 ms")

    monkeypatch.setattr("qrcode.QRCode.__init__", fail)
    monkeypatch.setattr("qrcode.main.make", fail)
    assert image.png(ADDRESS)
