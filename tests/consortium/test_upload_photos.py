"""Photos that people hand in: turned upright, made into JPEG without place and camera, or refused."""

import io
import struct
import zlib

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import translation
from PIL import Image, PngImagePlugin

from consortium.uploads import check_document
from tests.consortium.samples import BLUE, HEIC, RED, picture_bytes, refusal

CAMERA, ORIENTATION, GPS = 0x010F, 0x0112, 0x8825


@pytest.fixture(autouse=True)
def _in_english():
    with translation.override("en"):
        yield


def pixel_near(picture, point, colour):
    return all(abs(a - b) < 40 for a, b in zip(picture.getpixel(point), colour, strict=True))


# Accepted


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("photo.jpg", picture_bytes("JPEG", quality=95)),
        ("photo.png", picture_bytes("PNG")),
        ("photo.png", picture_bytes("PNG", "P")),
        ("photo.png", picture_bytes("PNG", "RGBA")),
        ("photo.jpg", picture_bytes("JPEG", "CMYK", quality=95)),
        ("photo.HEIC", HEIC),
        ("photo.pdf", HEIC),  # by content, not by name
    ],
)
def test_photos_become_jpeg(name, content):
    checked = check_document(SimpleUploadedFile(name, content))
    assert (checked.name, checked.kind, checked.content_type) == ("photo.jpg", "photo", "image/jpeg")
    assert checked.size == len(checked.content.read())
    checked.content.seek(0)
    picture = Image.open(checked.content)
    assert (picture.format, picture.mode, picture.size) == ("JPEG", "RGB", (96, 64))
    assert pixel_near(picture, (20, 15), RED)
    assert pixel_near(picture, (75, 50), BLUE)
    assert pixel_near(picture, (75, 15), (255, 255, 255))


def test_greys_of_a_scanner_keep_their_brightness():
    scan = Image.new("I;16", (40, 40), 128 * 256)
    out = io.BytesIO()
    scan.save(out, "PNG")
    picture = Image.open(check_document(SimpleUploadedFile("scan.png", out.getvalue())).content)
    assert (picture.mode, abs(picture.getpixel((20, 20)) - 128) < 3) == ("L", True)


def test_what_is_transparent_becomes_white():
    out = io.BytesIO()
    Image.new("RGBA", (40, 40), (0, 0, 0, 0)).save(out, "PNG")
    picture = Image.open(check_document(SimpleUploadedFile("a.png", out.getvalue())).content)
    assert picture.getpixel((20, 20)) == (255, 255, 255)


def test_the_place_and_the_camera_are_removed_and_the_photo_is_upright():
    exif = Image.Exif()
    exif[CAMERA], exif[ORIENTATION] = "Kamera", 6  # to be turned a quarter to the right
    exif.get_ifd(GPS).update({1: "N", 2: (60.0, 10.0, 15.0)})
    content = picture_bytes("JPEG", quality=95, exif=exif, comment=b"Kamera of Aino", dpi=(72, 72))
    assert Image.open(io.BytesIO(content)).getexif().get_ifd(GPS)  # the sample has what must go
    kept = check_document(SimpleUploadedFile("a.jpg", content)).content.read()
    picture = Image.open(io.BytesIO(kept))
    assert not picture.getexif()
    assert b"Kamera" not in kept
    assert picture.size == (64, 96)
    assert pixel_near(picture, (50, 20), RED)  # above right after the turn
    assert pixel_near(picture, (15, 75), BLUE)


def test_the_place_in_a_heic_is_removed():
    assert b"Kamera" in HEIC
    kept = check_document(SimpleUploadedFile("a.heic", HEIC)).content.read()
    assert b"Kamera" not in kept
    assert not Image.open(io.BytesIO(kept)).getexif()


def test_words_hidden_in_a_png_are_removed():
    words = PngImagePlugin.PngInfo()
    words.add_text("Author", "Kamera of Aino")
    kept = check_document(SimpleUploadedFile("a.png", picture_bytes("PNG", pnginfo=words))).content.read()
    assert b"Kamera" not in kept


def test_a_large_photo_is_made_smaller():
    content = picture_bytes(size=(8000, 1000))
    picture = Image.open(check_document(SimpleUploadedFile("a.jpg", content)).content)
    assert picture.size == (3000, 375)


# Refused


def chunk(kind, content):
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def png_of(width, height):
    """Return a PNG that says this size and holds next to nothing."""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    body = zlib.compress(bytes(1000))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


def jpeg_of(width, height):
    """Return a JPEG whose header says this size."""
    jpeg = picture_bytes()
    start = jpeg.index(b"\xff\xc0") + 5
    return jpeg[:start] + struct.pack(">HH", height, width) + jpeg[start + 4 :]


def heic_of(width, height):
    start = HEIC.index(b"ispe") + 8
    return HEIC[:start] + struct.pack(">II", width, height) + HEIC[start + 8 :]


@pytest.mark.parametrize("picture", [png_of, jpeg_of, heic_of])
def test_a_picture_of_fifty_thousand_by_fifty_thousand(picture):
    code, sentence = refusal(picture(50_000, 50_000), "extract.jpg")
    assert code == "pixels"
    assert sentence.startswith("The photo is 50,000 × 50,000 pixels; at most 64 million pixels are accepted.")


@pytest.mark.parametrize(
    "content", [picture_bytes("JPEG")[:400], picture_bytes("PNG")[:120], HEIC[:600], png_of(90, 90)]
)
def test_a_photo_that_cannot_be_opened(content):
    code, sentence = refusal(content, "photo.jpg")
    assert code == "unreadable"
    assert "The photo is damaged" in sentence
