"""A municipality's people, or the service centre for them, record what was decided; what goes wrong is said."""

import io

import pytest
from PIL import Image
from pypdf import PdfWriter

from tests.stories.people import file_called

BOARD = {"body": "board", "outcome": "approved", "section": "61", "case_number": "RauDno-2026-62"}


@pytest.fixture(autouse=True)
def sent(clerk, municipalities, paper, today_is):
    """The package was sent to Rautalampi on 2.11.2026; it is the middle of December."""
    municipalities("686")
    clerk.opens_round("Rautalampi")
    clerk.sends_packages()
    today_is("2026-12-16")
    return clerk.matter_of("Rautalampi").path


def photo(kind="JPEG"):
    """Return a small photo's bytes."""
    stream = io.BytesIO()
    Image.new("RGB", (60, 40), "white").save(stream, kind)
    return stream.getvalue()


@pytest.mark.breaks("consortium.steps._take_key", "members.models.accession.Accession.decide")
def test_c5_sending_the_same_form_again_is_harmless(person, sent, letters):
    director = person("686")
    page = director.opens(f"{sent}decide/")
    typed = BOARD | {"meeting_on": "24.11.2026", "published_on": "24.11.2026"}
    first = director.sends(page, **typed, follow=False)
    again = director.sends(page, **typed, follow=False)
    assert (first.status_code, again.status_code) == (302, 302)
    assert first["Location"] == again["Location"]
    page = director.opens(again["Location"])
    assert "Received What Decision recorded For whom Rautalampi" in page.text
    assert len(page.rows("The chain of decisions")) == 1
    assert page.part("History").count("Decision recorded") == 1
    receipts = [letter for letter in letters("johtaja@686.example") if "decision received" in letter.subject]
    assert len(receipts) == 1
