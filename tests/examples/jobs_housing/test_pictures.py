"""Uploaded pictures: read within limits, encoded anew without what a phone writes into them."""

from __future__ import annotations

import struct
import zlib
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image as Pillow

from examples.jobs_housing import uploads
from examples.jobs_housing.database import Database
from examples.jobs_housing.illustrations import SCENES, draw
from examples.jobs_housing.pictures import MOST_PICTURES, Image, PictureStore
from examples.jobs_housing.uploads import MOST_BYTES, read_picture
from tests.examples.jobs_housing.listing_making import NOW, make_open

ORIENTATION, MAKE, GPS = 0x0112, 0x010F, 0x8825


def encode(kind: str, size: tuple[int, int] = (800, 600), mode: str = "RGB", **options: object) -> bytes:
    written = BytesIO()
    Pillow.new(mode, size, "#c04030").save(written, kind, **options)
    return written.getvalue()


def read(data: bytes) -> Image:
    image = read_picture(data)
    assert isinstance(image, Image), image
    return image


def open_again(image: Image) -> Pillow.Image:
    return Pillow.open(BytesIO(image.image))


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_picture_becomes_a_jpeg_with_a_thumbnail(kind: str) -> None:
    image = read(encode(kind, (3000, 2000)))
    assert (image.media_type, image.width, image.height) == ("image/jpeg", 1600, 1067)
    small = Pillow.open(BytesIO(image.thumbnail))
    assert (small.format, small.size) == ("JPEG", (480, 360))
    assert len(image.thumbnail) < 40_000


def test_nothing_of_where_or_with_what_it_was_taken_is_left() -> None:
    exif = Pillow.Exif()
    exif[MAKE] = "Điện thoại của Hiền".encode()
    exif[ORIENTATION] = 6
    exif.get_ifd(GPS)[1] = "N"
    exif.get_ifd(GPS)[2] = (21.0, 28.0, 12.0)
    xmp = b"<x:xmpmeta>21.47N</x:xmpmeta>"
    taken = encode("JPEG", (800, 600), exif=exif, comment=b"nha co Hien", xmp=xmp, icc_profile=b"profile")
    assert b"Hi\xe1\xbb\x81n" in taken and b"21.47N" in taken
    image = read(taken)
    for written in (image.image, image.thumbnail):
        again = Pillow.open(BytesIO(written))
        assert not again.getexif() and not {"exif", "comment", "icc_profile", "xmp"} & again.info.keys()
        assert b"Hien" not in written and b"21.47" not in written
    assert (image.width, image.height) == (600, 800), "turned as it was held"


def test_what_was_transparent_is_white() -> None:
    for mode in ("RGBA", "LA", "P"):
        written = BytesIO()
        blank = Pillow.new("RGBA", (300, 300), (0, 0, 0, 0)).convert(mode)
        blank.save(written, "PNG", **({"transparency": 0} if mode == "P" else {}))
        assert open_again(read(written.getvalue())).getpixel((10, 10)) == (255, 255, 255), mode


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "none"),
        (b"GIF89a" + b"\0" * 100, "wrong_kind"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "wrong_kind"),
        (b"%PDF-1.7", "wrong_kind"),
        (b"MZ\x90\0", "wrong_kind"),
        (b"\xff\xd8\xff" + b"\0" * 500, "unreadable"),
        (b"\x89PNG\r\n\x1a\n" + b"<script>alert(1)</script>", "unreadable"),
        (b"RIFF\0\0\0\0WEBP" + b"x" * 50, "unreadable"),
        (encode("JPEG")[:2000], "unreadable"),
        (encode("PNG", (239, 600)), "small"),
        (encode("PNG", (2000, 300)), "small"),
        (b"\xff\xd8\xff" + b"\0" * MOST_BYTES, "many_bytes"),
    ],
)
def test_what_cannot_be_shown_says_why(data: bytes, why: str) -> None:
    assert read_picture(data) == why


def test_a_gif_that_says_it_is_a_jpeg_is_none() -> None:
    assert read_picture(b"\xff\xd8\xff" + encode("GIF")) == "unreadable"


def bomb(width: int, height: int) -> bytes:
    """Return a small PNG that claims to be huge, with all its pixels in it."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    row = zlib.compressobj(9)
    line = b"\0" * (width // 8 + 1)
    packed = b"".join(row.compress(line) for _ in range(height)) + row.flush()
    header = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", packed) + chunk(b"IEND", b"")


def test_a_bomb_is_not_unpacked() -> None:
    data = bomb(20_000, 20_000)
    assert len(data) < 200_000
    assert read_picture(data) == "many_pixels"


def test_a_reader_that_hangs_or_dies_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    reader = tmp_path / "reader.py"
    monkeypatch.setattr(uploads, "READER", reader)
    reader.write_text("import os, signal\nos.kill(os.getpid(), signal.SIGSEGV)\n")
    assert read_picture(encode("PNG")) == "unreadable"
    reader.write_text("import time\ntime.sleep(60)\n")
    monkeypatch.setattr(uploads, "SECONDS", 0.3)
    assert read_picture(encode("PNG")) == "unreadable"


def test_the_reader_has_its_limits(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a decoder is made to do can't fill the disk nor the memory."""
    reader = tmp_path / "reader.py"
    ours = uploads.READER
    reader.write_text(
        f"import sys; sys.path.insert(0, {str(ours.parent)!r})\n"
        "import picture_reader\npicture_reader.limit()\n"
        f"try: open({str(tmp_path / 'written')!r}, 'wb', 0).write(b'x'); sys.exit(1)\n"
        "except OSError: pass\n"
        "try: bytearray(2 * 1024 ** 3); sys.exit(1)\n"
        'except MemoryError: print(\'{"refused": "limited"}\')\n'
    )
    monkeypatch.setattr(uploads, "READER", reader)
    assert read_picture(encode("PNG")) == "limited"
    assert (tmp_path / "written").read_bytes() == b""


def test_pictures_are_kept_in_order_and_bounded(jobs_database: Database) -> None:
    store, listing = PictureStore(jobs_database), make_open(jobs_database)
    drawn = draw("room", "x")
    added = [store.add(listing.id, drawn, f"Ảnh số {number}", NOW) for number in range(MOST_PICTURES + 1)]
    assert added == [True] * MOST_PICTURES + [False]
    pictures = store.list_of(listing.id)
    assert store.put_first(listing.id, pictures[3].id)
    assert store.list_first([listing.id])[listing.id].description == "Ảnh số 3"
    assert store.describe(listing.id, pictures[3].id, "Phòng nhìn ra sân")
    assert store.list_of(listing.id)[0].description == "Phòng nhìn ra sân"
    found = store.find_bytes(pictures[0].id, is_small=False)
    assert found == (listing.id, "image/svg+xml", drawn.image)
    other = make_open(jobs_database, sub="another")
    assert not store.remove(other.id, pictures[0].id), "by way of another listing"
    assert store.remove(listing.id, pictures[0].id)
    store.remove_all(listing.id)
    assert store.list_of(listing.id) == []


@pytest.mark.parametrize("scene", SCENES)
def test_drawings_carry_nothing_that_runs(scene: str) -> None:
    written = draw(scene, "phong-tro").image
    assert written.startswith(b"<svg") and not any(
        word in written for word in (b"script", b"href", b"style", b" on")
    )
    assert len(written) < 8_000
