"""What people hand in: kinds, sizes and names, in a form, and as a browser sends it."""

import io
import tempfile
import tracemalloc
import unicodedata

import pytest
from django import forms
from django.core.files.base import ContentFile, File
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import RequestFactory, override_settings
from django.utils import translation
from PIL import Image

from consortium import uploads
from consortium.uploads import LIMIT, DocumentField, check_document
from tests.consortium.samples import HEIC, pdf_bytes, refusal


@pytest.fixture(autouse=True)
def _in_english():
    with translation.override("en"):
        yield


# Kinds and sizes


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
