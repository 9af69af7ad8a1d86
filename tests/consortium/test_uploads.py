"""What people hand in: real files of each kind, and what is said to those that are not what they seem."""

import base64
import io
import json
import os
import resource
import struct
import subprocess
import sys
import tempfile
import tracemalloc
import unicodedata
import zlib

import pikepdf
import pytest
from django import forms
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile, File
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import RequestFactory, override_settings
from django.utils import translation
from pikepdf import Array, Dictionary, Name, String
from PIL import Image, PngImagePlugin

from consortium import uploads
from consortium.uploads import LIMIT, DocumentField, check_document

RED, BLUE = (200, 0, 0), (0, 0, 160)
CAMERA, ORIENTATION, GPS = 0x010F, 0x0112, 0x8825

# 96 × 64 pixels, white with a red corner above left and a blue one below right; camera and place in its EXIF.
HEIC = base64.b64decode("""
AAAAHGZ0eXBoZWljAAAAAG1pZjFoZWljbWlhZgAAAYBtZXRhAAAAAAAAACFoZGxyAAAAAAAAAABwaWN0AAAAAAAAAAAAAAAAAAAAAA5waXRt
AAAAAAABAAAANGlsb2MAAAAAREAAAgABAAAAAAGkAAEAAAAAAAAAgQACAAAAAAIlAAEAAAAAAAAAmAAAADhpaW5mAAAAAAACAAAAFWluZmUC
AAAAAAEAAGh2YzEAAAAAFWluZmUCAAABAAIAAEV4aWYAAAAAv2lwcnAAAAChaXBjbwAAAHVodmNDAQNwAAAAAAAAAAAAHvAA/P34+AAADwMg
AAEAGEABDAH//wNwAAADAJAAAAMAAAMAHroCQCEAAQAoQgEBA3AAAAMAkAAAAwAAAwAeoDCBBZbqSSmubAgAAAMACAAAAwAIQCIAAQAHRAHB
crAiQAAAABRpc3BlAAAAAAAAAGAAAABAAAAAEHBpeGkAAAAAAwgICAAAABZpcG1hAAAAAAAAAAEAAQOBAoMAAAAaaXJlZgAAAAAAAAAOY2Rz
YwACAAEAAQAAASFtZGF0AAAAfSgBrxOAeOaeV/XQ4af//QMo//h3zw/Ld2VEHjeP3ednVD0cpbblcOy3gR9jS8d6nR8irlUrpHby+8/F+I+J
4Us3PaeDtlU//CZU4/VZstbTamoiI/ZCM0OcmTCcA6//tUOaJ+CF2THrC/aYo0x5D/fX8RK6DWcYRvLLS4F4AAAAAE1NACoAAAAIAAIBDwAC
AAAABwAAACaIJQAEAAAAAQAAAC4AAAAAS2FtZXJhAAAABAABAAIAAAACTgAAAAACAAUAAAADAAAAZAADAAIAAAACRQAAAAAEAAUAAAADAAAA
fAAAAAAAAAA8AAAAAQAAAAoAAAABAAAADwAAAAEAAAAYAAAAAQAAADgAAAABAAAADwAAAAE=
""")


@pytest.fixture(autouse=True)
def _in_english():
    with translation.override("en"):
        yield


def pdf_bytes(change=None, **options):
    """Return a PDF of one page, after ``change(pdf)``."""
    pdf = pikepdf.new()
    pdf.add_blank_page()
    if change:
        change(pdf)
    out = io.BytesIO()
    pdf.save(out, **options)
    return out.getvalue()


def picture_bytes(format="JPEG", mode="RGB", size=(96, 64), **options):
    """Return the drawing of the HEIC sample in another format."""
    picture = Image.new("RGB", size, "white")
    width, height = size[0] // 2, size[1] // 2
    picture.paste(RED, (0, 0, width, height))
    picture.paste(BLUE, (width, height, size[0], size[1]))
    out = io.BytesIO()
    picture.convert(mode).save(out, format, **options)
    return out.getvalue()


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


def refusal(content, name="extract.pdf"):
    """Return code and sentence of the refusal."""
    upload = content if isinstance(content, File) else SimpleUploadedFile(name, content)
    with pytest.raises(ValidationError) as caught:
        check_document(upload)
    [sentence] = caught.value.messages
    return caught.value.code, sentence


def pixel_near(picture, point, colour):
    return all(abs(a - b) < 40 for a, b in zip(picture.getpixel(point), colour, strict=True))


# Accepted


def test_a_pdf_is_kept_byte_for_byte():
    content = pdf_bytes()
    checked = check_document(SimpleUploadedFile("Ote § 15.pdf", content))
    assert (checked.name, checked.kind, checked.content_type) == ("Ote § 15.pdf", "pdf", "application/pdf")
    assert checked.content.read() == content
    assert checked.size == len(content)


def test_a_pdf_waiting_on_disk_is_kept_too():
    content = pdf_bytes()
    with tempfile.NamedTemporaryFile(suffix=".pdf") as stored:
        stored.write(content)
        stored.flush()
        with open(stored.name, "rb") as stream:
            upload = File(stream, name="extract.pdf")
            upload.temporary_file_path = lambda: stored.name
            assert check_document(upload).content.read() == content


def goto(pdf):
    page = pdf.pages[0].obj
    pdf.Root.OpenAction = Dictionary(S=Name.GoTo, D=Array([page, Name.Fit]))
    link = Dictionary(Subtype=Name.Link, A=Dictionary(S=Name.URI, URI=String("https://kunta.example")))
    page.Annots = Array([pdf.make_indirect(link)])
    pdf.docinfo.Title = String("Minutes about /JavaScript and /S /Launch")


def metadata(pdf):
    data = pdf.make_stream(b"<?xml version='1.0'?><asia/>", Type=Name.EmbeddedFile)
    pdf.Root.AF = Array(
        [pdf.make_indirect(Dictionary(Type=Name.Filespec, F=String("a.xml"), EF=Dictionary(F=data)))]
    )


@pytest.mark.parametrize("change", [goto, metadata])
def test_links_first_pages_words_and_metadata_are_harmless(change):
    assert check_document(SimpleUploadedFile("a.pdf", pdf_bytes(change))).kind == "pdf"


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


@pytest.mark.parametrize(
    "content",
    [
        b"MZ\x90\0" + b"This program cannot be run" * 50,
        b"\x7fELF" + bytes(200),
        b"PK\x03\x04" + bytes(200),
        b"<html>%PDF-1.7",
    ],
)
def test_a_program_named_pdf(content):
    code, sentence = refusal(content, "extract.pdf")
    assert code == "kind"
    assert sentence == (
        "The file is neither a PDF nor a photo, whatever its name says. Accepted: PDF, JPEG, PNG and HEIC."
    )


def test_nothing_in_it():
    assert refusal(b"") == ("empty", "The file is empty (0 bytes). Save it again and choose the new file.")


class Unread(File):
    """A file nobody may look into."""

    read = property(lambda self: pytest.fail("was read"))


def test_two_hundred_megabytes_are_refused_before_a_byte_is_read():
    with tempfile.TemporaryFile() as sparse:
        sparse.truncate(200 * 1024 * 1024)
        code, sentence = refusal(Unread(sparse, name="scan.pdf"))
    assert code == "too_large"
    assert sentence == "The file is 200.0 MB; at most 20 MB is accepted. Make it smaller and choose it again."


def test_one_byte_too_many_never_reads_as_the_limit_itself():
    with tempfile.TemporaryFile() as sparse:
        sparse.truncate(LIMIT + 1)
        assert "20.1 MB; at most 20 MB" in refusal(File(sparse, name="a.pdf"))[1]


@pytest.mark.parametrize(
    "encryption", [pikepdf.Encryption(owner="o", user="secret"), pikepdf.Encryption(owner="o", user="")]
)
def test_an_encrypted_pdf(encryption):
    code, sentence = refusal(pdf_bytes(encryption=encryption))
    assert code == "encrypted"
    assert sentence == "The PDF is protected. Save it without a password or restrictions and choose it again."


def javascript(pdf):
    return pdf.make_indirect(Dictionary(S=Name.JavaScript, JS=String("app.alert(1)")))


def opened(pdf):
    pdf.Root.OpenAction = javascript(pdf)


def named(pdf):
    pdf.Root.Names = Dictionary(JavaScript=Dictionary(Names=Array([String("a"), javascript(pdf)])))


def closing_page(pdf):
    pdf.pages[0].obj.AA = Dictionary(C=Dictionary(S=Name.JavaScript, JS=pdf.make_stream(b"x")))


def button(pdf):
    field = Dictionary(
        FT=Name.Btn, Subtype=Name.Widget, AA=Dictionary(D=Dictionary(S=Name.Launch, F=String("a.exe")))
    )
    pdf.pages[0].obj.Annots = Array([pdf.make_indirect(field)])


def chained(pdf):
    following = Array(
        [Dictionary(S=Name.Named, N=Name.NextPage), Dictionary(S=Name.JavaScript, JS=String("x"))]
    )
    pdf.Root.OpenAction = Dictionary(S=Name.GoTo, D=Array([pdf.pages[0].obj, Name.Fit]), Next=following)


def disguised(pdf):  # the word itself is an object of its own
    pdf.Root.OpenAction = Dictionary(S=pdf.make_indirect(Name.JavaScript), JS=String("x"))


def dynamic_form(pdf):
    pdf.Root.AcroForm = Dictionary(Fields=Array([]), XFA=pdf.make_stream(b"<xdp/>"))


def film(pdf):
    pdf.pages[0].obj.Annots = Array([pdf.make_indirect(Dictionary(Subtype=Name.RichMedia))])


@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize(
    "change",
    [opened, named, closing_page, button, chained, disguised, dynamic_form, film],
    ids=lambda f: f.__name__,
)
def test_a_pdf_with_a_script_or_a_program_to_start(change, packed):
    mode = pikepdf.ObjectStreamMode.generate if packed else pikepdf.ObjectStreamMode.disable
    code, sentence = refusal(pdf_bytes(change, object_stream_mode=mode))
    assert code == "script"
    assert (
        sentence
        == "The PDF contains a script or starts a program. Print it to a new PDF and choose that one."
    )


def test_a_script_behind_an_escaped_name():
    content = pdf_bytes(opened, object_stream_mode=pikepdf.ObjectStreamMode.disable)
    assert content.count(b"/S /JavaScript") == 1
    assert refusal(content.replace(b"/S /JavaScript", b"/S /#4a#61vaScript"))[0] == "script"


def test_a_pdf_with_a_program_inside():
    def attach(pdf):
        pdf.attachments["tool.exe"] = b"MZ\x90\0" + bytes(100)

    code, sentence = refusal(pdf_bytes(attach))
    assert code == "attachment"
    assert sentence == "The PDF has another file inside it. Print it to a new PDF and choose that one."


@pytest.mark.parametrize(
    "content",
    [
        b"%PDF-1.7\n" + b"nothing of the kind " * 100,
        b"%PDF-1.7\n%%EOF",
        pdf_bytes()[:-60],
        pdf_bytes(lambda pdf: pdf.pages.__delitem__(0)),
    ],
    ids=["words", "no body", "cut short", "no page"],
)
def test_a_pdf_that_cannot_be_opened(content):
    code, sentence = refusal(content)
    assert code == "damaged"
    assert "damaged or incomplete" in sentence


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


# Files made to wear the machine out


def numbered(*objects):
    """Return a PDF of these objects, numbered from 1, with a table of contents; the first is the root."""
    parts, places, size = [b"%PDF-1.7\n"], [], 9
    for number, content in enumerate(objects, 1):
        parts.append(b"%d 0 obj\n%s\nendobj\n" % (number, content))
        places.append(size)
        size += len(parts[-1])
    parts.append(b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1))
    parts += [b"%010d 00000 n \n" % place for place in places]
    parts.append(b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, size))
    return b"".join(parts)


def zeros(megabytes):
    """Return so many megabytes of zeros, compressed a thousandfold (one block again and again, with a wrong sum)."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    block = packer.compress(bytes(1024 * 1024)) + packer.flush(zlib.Z_FULL_FLUSH)
    return b"\x78\xda" + block * megabytes + b"\x03\0" + bytes(4)


def unfolding_table():
    packed = zeros(3000)
    head = b"%PDF-1.5\n1 0 obj\n<< /Type /Catalog /Pages 2 0 R >>\nendobj\n"
    table = (
        b"3 0 obj\n<< /Type /XRef /Size 9 /W [1 4 2] /Root 1 0 R /Filter /FlateDecode /Length %d >>\nstream\n"
    )
    start = b"\nendstream\nendobj\nstartxref\n%d\n%%%%EOF\n"
    return head + table % len(packed) + packed + start % len(head)


def unfolding_attachment():
    packed = zeros(3000)
    pdf = pdf_bytes(metadata, object_stream_mode=pikepdf.ObjectStreamMode.disable)
    opened = pikepdf.open(io.BytesIO(pdf))
    opened.Root.AF[0].EF.F.write(packed, filter=Name.FlateDecode)
    out = io.BytesIO()
    opened.save(out)
    return out.getvalue()


def many_objects():
    page = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] >>"
    return numbered(
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        page,
        *[b"1"] * 300_000,
    )


def nested():
    page = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] /Deep %s >>" % (b"[" * 400_000 + b"]" * 400_000)
    return numbered(b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>", page)


def going_round():
    return numbered(
        b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Kids [2 0 R 2 0 R] /Count 2 /Parent 2 0 R >>"
    )


WEARING = [unfolding_table, unfolding_attachment, many_objects, nested, going_round]


def inspector(content, kind):
    """Run the inspector alone. Returns its exit code, its finding, its memory's peak (MB) and processor time (s)."""
    with tempfile.TemporaryFile() as stream, tempfile.TemporaryFile() as said:
        stream.write(content)
        stream.seek(0)
        run = subprocess.Popen([sys.executable, "-I", uploads.INSPECTOR, kind], stdin=stream, stdout=said)
        _, status, used = os.wait4(run.pid, 0)
        run.returncode = os.waitstatus_to_exitcode(status)
        said.seek(0)
        return run.returncode, said.read(), used.ru_maxrss / 1024, used.ru_utime + used.ru_stime


@pytest.mark.parametrize(
    "build",
    [unfolding_table, unfolding_attachment, many_objects, nested, going_round],
    ids=lambda f: f.__name__,
)
def test_a_pdf_made_to_wear_the_machine_out(build):
    code, said, memory, seconds = inspector(build(), "pdf")
    assert (code, json.loads(said)["finding"]) in [(3, "damaged"), (3, "heavy"), (3, "attachment")]
    own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024  # a child's peak begins with its parent's
    assert memory < own + 200
    assert seconds < 10


def test_a_pdf_of_many_numbers_is_no_trouble():  # lengths are often objects of their own
    page = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] >>"
    pages = b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>"
    content = numbered(
        b"<< /Type /Catalog /Pages 2 0 R >>", pages, page, b"17", b"(text)", b"true", b"null", b"1.5"
    )
    assert check_document(SimpleUploadedFile("a.pdf", content)).kind == "pdf"


def test_an_inspector_that_dies_costs_one_refusal(monkeypatch, tmp_path, caplog):
    dying = tmp_path / "dying.py"
    dying.write_text("import os; os.abort()")
    monkeypatch.setattr(uploads, "INSPECTOR", dying)
    assert refusal(pdf_bytes())[0] == "heavy"
    assert "-6" in caplog.text


def test_an_inspector_that_hangs_is_ended(monkeypatch, tmp_path):
    hanging = tmp_path / "hanging.py"
    hanging.write_text("import time; time.sleep(60)")
    monkeypatch.setattr(uploads, "INSPECTOR", hanging)
    monkeypatch.setattr(uploads, "SECONDS", 0.5)
    code, sentence = refusal(pdf_bytes())
    assert (code, sentence) == (
        "heavy",
        "The file is too complicated to be checked. Print it to a new PDF and choose that one.",
    )


def test_the_inspector_sees_none_of_the_portals_secrets(monkeypatch, tmp_path):
    telling = tmp_path / "telling.py"
    telling.write_text("import os, sys; sys.stdout.write(' '.join(os.environ))")
    monkeypatch.setattr(uploads, "INSPECTOR", telling)
    monkeypatch.setenv("SECRET_KEY", "x")
    kept = check_document(SimpleUploadedFile("a.jpg", picture_bytes())).content.read().split()
    assert b"LANG" in kept
    assert b"SECRET_KEY" not in kept


# Names


class Sent(ContentFile):
    """A file with the name exactly as it was sent."""


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("Ote 12.5.2027.pdf", "Ote 12.5.2027.pdf"),
        ("Pöytäkirja § 15.PDF", "Pöytäkirja § 15.pdf"),
        (unicodedata.normalize("NFD", "päätös.pdf"), "päätös.pdf"),
        ("ote.exe", "ote.exe.pdf"),
        ("photo.jpg", "photo.pdf"),
        ("Minutes 15.1.2024", "Minutes 15.1.2024.pdf"),
        ('a<b>&"c".pdf', "a b c.pdf"),
        ("ote\u202efdp.exe.pdf", "otefdp.exe.pdf"),
        ("..pdf", "document.pdf"),
        (".pdf", "document.pdf"),
        ("", "document.pdf"),
        ("x" * 300 + ".pdf", "x" * 96 + ".pdf"),
    ],
)
def test_a_name_is_made_plain(sent, kept):
    assert check_document(Sent(pdf_bytes(), name=sent)).name == kept


@pytest.mark.parametrize(
    "sent", ["../extract.pdf", "..\\extract.pdf", "/etc/extract.pdf", "a\0.pdf", "a\r\nb.pdf"]
)
def test_a_name_with_a_folder_is_refused(sent):
    assert refusal(Sent(pdf_bytes(), name=sent)) == (
        "name",
        "The file's name contains a folder or hidden characters. Rename the file and choose it again.",
    )


# In a form


class ExtractForm(forms.Form):
    section = forms.CharField()
    extract = DocumentField()
    annex = DocumentField(required=False)


def submitted(**files):
    return ExtractForm({"section": "§ 15"}, files)


def test_the_field_gives_what_may_be_kept():
    form = submitted(extract=SimpleUploadedFile("IMG_1.heic", HEIC, "application/octet-stream"))
    assert form.is_valid(), form.errors
    kept = form.cleaned_data["extract"]
    assert (kept.name, kept.content_type, kept.size) == ("IMG_1.jpg", "image/jpeg", kept.checked.size)
    assert Image.open(kept).format == "JPEG"
    assert b"".join(kept.chunks()).startswith(b"\xff\xd8\xff")
    assert form.cleaned_data["annex"] is None


def test_the_field_gives_a_pdf_as_it_came():
    content = pdf_bytes()
    form = submitted(extract=SimpleUploadedFile("a.pdf", content))
    assert form.is_valid()
    assert form.cleaned_data["extract"].read() == content


def test_a_refusal_stands_beside_the_field_and_the_form_keeps_its_values():
    form = submitted(extract=SimpleUploadedFile("extract.pdf", b"MZ" + bytes(100)))
    assert not form.is_valid()
    assert list(form.errors) == ["extract"]
    assert "neither a PDF nor a photo" in form.errors["extract"][0]
    assert 'value="§ 15"' in str(form["section"])


@pytest.mark.parametrize(
    ("files", "sentence"),
    [({}, "This field is required."), ({"extract": SimpleUploadedFile("a.pdf", b"")}, "is empty (0")],
)
def test_no_file_and_an_empty_file_are_told_apart(files, sentence):
    assert sentence in submitted(**files).errors["extract"][0]


def test_the_field_says_what_it_takes():
    field = ExtractForm()["extract"]
    assert field.help_text == "PDF or photo (JPEG, PNG, HEIC), at most 20 MB."
    assert LIMIT == 20 * 1024 * 1024
    for suffix in (".pdf", ".jpg", ".png", ".heic"):
        assert suffix in field.as_widget()


# As a browser sends it


class Body(io.RawIOBase):
    """A request's body that is made while it is read: a form with a file of this size, and a field after it."""

    def __init__(self, name, size, content=b""):
        head = f'--x\r\nContent-Disposition: form-data; name="extract"; filename="{name}"\r\n'
        self.parts = [
            head.encode() + b"Content-Type: application/pdf\r\n\r\n" + content,
            None,
            b'\r\n--x\r\nContent-Disposition: form-data; name="section"\r\n\r\n\xc2\xa7 15\r\n--x--\r\n',
        ]
        self.zeros = size - len(content)
        self.length = len(self.parts[0]) + self.zeros + len(self.parts[2])

    def read(self, count=-1):
        if self.parts and self.parts[0] is None:
            piece = bytes(min(count, self.zeros))
            self.zeros -= len(piece)
            if not self.zeros:
                self.parts.pop(0)
            return piece or self.read(count)
        return self.parts.pop(0) if self.parts else b""


def form_from(body):
    environ = {"REQUEST_METHOD": "POST", "CONTENT_TYPE": "multipart/form-data; boundary=x"}
    request = RequestFactory().request(**environ, CONTENT_LENGTH=str(body.length), **{"wsgi.input": body})
    with override_settings(FILE_UPLOAD_HANDLERS=["consortium.uploads.BoundedUploadHandler"]):
        return ExtractForm(request.POST, request.FILES)


def test_an_extract_from_a_browser():
    content = pdf_bytes()
    form = form_from(Body("Ote § 15.pdf", len(content), content))
    assert form.is_valid(), form.errors
    assert form.cleaned_data["extract"].name == "Ote § 15.pdf"
    assert form.cleaned_data["extract"].read() == content
    assert form.cleaned_data["section"] == "§ 15"


@pytest.mark.parametrize("name", ["../extract.pdf", "../", "C:\\\\temp\\\\extract.pdf"])
def test_a_name_with_a_folder_from_a_browser(name):
    content = pdf_bytes()
    form = form_from(Body(name, len(content), content))
    assert "contains a folder" in form.errors["extract"][0]
    assert form.data["section"] == "§ 15"


def test_two_hundred_megabytes_from_a_browser_fill_neither_memory_nor_disk():
    body = Body("scan.pdf", 200 * 1024 * 1024, b"%PDF-1.7\n")
    tracemalloc.start()
    form = form_from(body)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert "The file is 200.0 MB" in form.errors["extract"][0]
    assert form.data["section"] == "§ 15"
    assert peak < 10 * 1024 * 1024
    with pytest.raises(ValueError, match="closed file"):
        form.files["extract"].read()


def test_what_is_too_large_is_not_written_to_the_disk(monkeypatch):
    written = []
    monkeypatch.setattr(
        uploads.TemporaryFileUploadHandler,
        "receive_data_chunk",
        lambda self, data, start: written.append(len(data)),
    )
    form_from(Body("scan.pdf", 50 * 1024 * 1024)).is_valid()
    assert LIMIT < sum(written) < LIMIT + 200_000
