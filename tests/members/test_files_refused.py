"""Files that are not what they should be, sent as a browser sends them to each form that takes an extract."""

import io

import pikepdf
import pytest
from lxml import html

from consortium import clock
from members.models import HandIn
from tests.conftest import Browser
from tests.consortium.samples import HEIC, pdf_bytes, picture_bytes
from tests.consortium.test_upload_pdfs import opened
from tests.consortium.test_upload_photos import png_of
from tests.factories import DAY, AccessionFactory, RoleFactory

pytestmark = pytest.mark.django_db
MEGABYTE = 1024 * 1024
HUGE = 200 * MEGABYTE
BOUNDARY = "x-the-form-x"
BAD = {
    "a program": ("ote.pdf", b"MZ\x90\0" + bytes(2000), "The file is neither a PDF nor a photo"),
    "nothing": ("ote.pdf", b"", "The file is empty (0 bytes)."),
    "200 MB": ("skannaus.pdf", b"%PDF-1.7\n", "The file is 200.0 MB; at most 20 MB is accepted."),
    "encrypted": (
        "ote.pdf",
        pdf_bytes(encryption=pikepdf.Encryption(owner="o", user="secret")),
        "The PDF is protected.",
    ),
    "a script": ("ote.pdf", pdf_bytes(opened), "The PDF contains a script or starts a program."),
    "a folder in its name": ("../ote.pdf", pdf_bytes(), "The file's name contains a folder"),
    "50,000 × 50,000 pixels": ("kuva.jpg", png_of(50_000, 50_000), "The photo is 50,000 × 50,000 pixels"),
}
GOOD = {"HEIC": ("IMG_1.HEIC", HEIC), "JPEG": ("IMG_2.jpg", picture_bytes())}


class Sending(io.RawIOBase):
    """A form on its way, made while it is read: the fields, then a file followed by as many zeros as it lacks."""

    def __init__(self, fields, name, content, size):
        parts = [
            f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{n}"\r\n\r\n{v}\r\n' for n, v in fields
        ]
        head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="extract"; filename="{name}"\r\n'
        self.head = (
            "".join(parts) + head + "Content-Type: application/octet-stream\r\n\r\n"
        ).encode() + content
        self.zeros, self.end = size - len(content), f"\r\n--{BOUNDARY}--\r\n".encode()
        self.length = len(self.head) + self.zeros + len(self.end)
        self.at = 0

    def read(self, count=-1):
        """Return the next piece."""
        if self.head:
            piece, self.head = self.head, b""
        elif self.zeros:
            piece = bytes(min(count, self.zeros))
            self.zeros -= len(piece)
        else:
            piece, self.end = self.end, b""
        return piece


class Sender:
    """Somebody with a form open: sends a file with the fields filled in and sees what comes of it."""

    def __init__(self, browser, address, typed, page):
        self.browser, self.address, self.typed = browser, address, typed
        form = html.fromstring(page.content.decode()).xpath("//main//form[.//input[@name='extract']]")[0]
        standing = {n: v for n, v in form.form_values() if n != "extract"}
        self.fields = standing | typed

    def sends(self, name, content, size=None):
        """Send the form with the file; the rest of its ``size`` is zeros."""
        body = Sending(self.fields.items(), name, content, size or len(content))
        return self.browser.request(
            REQUEST_METHOD="POST",
            PATH_INFO=self.address,
            CONTENT_TYPE=f"multipart/form-data; boundary={BOUNDARY}",
            CONTENT_LENGTH=str(body.length),
            **{"wsgi.input": body},
        )


def handling():
    """Return what is typed of a board's meeting a week ago."""
    day = clock.today() - 7 * DAY
    return {
        "body": "board",
        "meeting_on": f"{day:%-d.%-m.%Y}",
        "date_is_right": "on",
        "outcome": "rejected",
        "section": "15 a",
        "case_number": "KunDno-2026-62",
        "published_on": f"{day:%-d.%-m.%Y}",
    }


@pytest.fixture(params=["decide", "correct", "hand-in"])
def sender(request, client):
    """The three forms that take an extract."""
    if request.param == "hand-in":
        record = AccessionFactory(state="sent")
        address = f"/en/p/{record.code}/hand-in/?lang=fi"
        typed = handling() | {
            "sender_name": "Sanna Esimerkki",
            "sender_title": "sihteeri",
            "sender_email": "sanna@kunta.example",
        }
        return Sender(
            client, address.partition("?")[0], typed, client.post(address, {"digits": record.hand_in_code})
        )
    record = AccessionFactory(state="sent" if request.param == "decide" else "approved")
    browser, typed = Browser(), handling()
    browser.force_login(RoleFactory(municipality=record.municipality).user)
    address = f"/en/accessions/{record.pk}/decide/"
    if request.param == "correct":
        address = f"/en/accessions/{record.pk}/correct/{record.deciding_id}/"
        typed |= {"correction_reason": "Wrong minutes"}
    return Sender(browser, address, typed, browser.get(address))


def words_beside(page):
    """Return what is said beside the file's field, and what stands in the others."""
    form = html.fromstring(page.content.decode()).xpath("//main//form[.//input[@name='extract']]")[0]
    [field] = form.xpath(".//div[contains(@class, 'is-wrong')][.//input[@name='extract']]")
    return " ".join(field.xpath(".//*[@class='wrong']")[0].text_content().split()), dict(form.form_values())


SAID = {  # in Finnish, for the page that speaks the municipality's language
    "a program": "Tiedosto ei ole PDF eikä valokuva",
    "nothing": "Tiedosto on tyhjä (0 tavua).",
    "200 MB": "Tiedoston koko on 200,0 Mt; enintään 20 Mt hyväksytään.",
    "encrypted": "PDF on suojattu.",
    "a script": "PDF sisältää komentosarjan",
    "a folder in its name": "Tiedoston nimessä on kansio",
    "50,000 × 50,000 pixels": "Valokuvan koko on 50 000 × 50 000 kuvapistettä",
}


@pytest.mark.parametrize("kind", BAD)
def test_a_bad_file_is_refused_in_words_beside_its_field_and_the_rest_stays(sender, kind):
    name, content, sentence = BAD[kind]
    page = sender.sends(name, content, HUGE if kind == "200 MB" else None)
    assert page.status_code == 200
    said, standing = words_beside(page)
    if sender.address.startswith("/en/p/"):
        sentence = SAID[kind]
    assert sentence in said
    assert {n: standing.get(n) for n in sender.typed} == sender.typed
    assert not HandIn.objects.exists()


@pytest.mark.parametrize("kind", GOOD)
def test_a_photo_of_the_minutes_is_taken(sender, kind):
    page = sender.sends(*GOOD[kind])
    assert page.status_code == 302
