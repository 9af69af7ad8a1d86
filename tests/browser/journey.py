"""Three municipalities on their way: who acts, what is decided, and the literal dates that are shown."""

import io
from dataclasses import dataclass, field

import pikepdf
from PIL import Image, ImageDraw

from tests.browser.watch import DESKTOP, PHONE


@dataclass
class Journey:
    """One municipality on its way: who acts, what her body decides, and the literal dates she is shown."""

    code: str
    name: str  # in the municipality's own language
    in_finnish: str
    person: str
    registry: str
    language: str
    viewport: dict
    decisions: list  # what is typed at each handling
    last_day: str
    last_day_in_words: str
    files: list
    extract: object
    page: object = field(default=None)
    address: str = ""  # of its accession

    @property
    def prefix(self):
        """Return how its pages' addresses begin."""
        return "" if self.language == "fi" else f"/{self.language}"


def pdf_extract():
    """Return a small real PDF, as a registry's scanner makes it."""
    with pikepdf.new() as made:
        made.add_blank_page(page_size=(595, 842))
        made.save(stream := io.BytesIO())
    return {"name": "ote.pdf", "mimeType": "application/pdf", "buffer": stream.getvalue()}


def photo_extract():
    """Return a photo of a paper, as a phone takes it."""
    photo = Image.new("RGB", (1200, 1600), "white")
    ImageDraw.Draw(photo).text((100, 100), "Protokollsutdrag § 131", fill="black")
    photo.save(stream := io.BytesIO(), "JPEG")
    return {"name": "IMG_2041.jpg", "mimeType": "image/jpeg", "buffer": stream.getvalue()}


def journeys():
    """Return the three municipalities."""
    proposed = {"body": "committee", "outcome": "proposed", "meeting_on": "17.11.2026", "section": "§ 54"}
    return [
        Journey(
            code="686",
            name="Rautalampi",
            in_finnish="Rautalampi",
            person="rautalampi@kunta.example",
            registry="kirjaamo@rautalampi.example",
            language="fi",
            viewport=DESKTOP,
            decisions=[
                proposed | {"body_name": "Sivistyslautakunta", "published_on": "18.11.2026"},
                {
                    "body": "board",
                    "outcome": "approved",
                    "meeting_on": "23.11.2026",
                    "section": "212",
                    "case_number": "RauDno-2026-62",
                    "published_on": "24.11.2026",
                },
            ],
            last_day="ti 15.12.2026",
            last_day_in_words="tiistaina 15.12.2026",
            files=["686-fi.pdf"],
            extract=pdf_extract(),
        ),
        Journey(
            code="545",
            name="Närpes",
            in_finnish="Närpiö",
            person="narpes@kunta.example",
            registry="kirjaamo@narpio.example",
            language="sv",
            viewport=PHONE,
            decisions=[
                {
                    "body": "board",
                    "outcome": "approved",
                    "meeting_on": "30.11.2026",
                    "section": "131",
                    "published_on": "3.12.2026",
                }
            ],
            last_day="mån 28.12.2026",
            last_day_in_words="måndag 28.12.2026",
            files=["545-sv.pdf", "545-fi.pdf"],
            extract=photo_extract(),
        ),
        Journey(
            code="905",
            name="Vaasa",
            in_finnish="Vaasa",
            person="vaasa@kunta.example",
            registry="kirjaamo@vaasa.example",
            language="fi",
            viewport=DESKTOP,
            decisions=[
                {
                    "body": "council",
                    "outcome": "approved",
                    "meeting_on": "16.11.2026",
                    "section": "120",
                    "published_on": "24.11.2026",
                }
            ],
            last_day="to 31.12.2026",
            last_day_in_words="torstaina 31.12.2026",
            files=["905-fi.pdf", "905-sv.pdf"],
            extract=pdf_extract(),
        ),
    ]
