"""A municipality's people, or the service centre for them, record what was decided; what is wrong is said at once."""

import pikepdf
import pytest

from tests.consortium.test_uploads import HEIC, pdf_bytes
from tests.stories.people import file_called

BOARD = {"body": "board", "outcome": "approved", "section": "61", "case_number": "RauDno-2026-62"}
DAYS = {"meeting_on": "24.11.2026", "published_on": "24.11.2026"}
MEGABYTE = 1024 * 1024


@pytest.fixture(autouse=True)
def sent(clerk, municipalities, paper, today_is):
    """The package was sent to Rautalampi on 2.11.2026; it is the middle of December. Returns the matter's address."""
    municipalities("686")
    clerk.opens_round("Rautalampi")
    clerk.sends_packages()
    today_is("2026-12-16")
    return clerk.matter_of("Rautalampi").path


@pytest.mark.breaks("consortium.uploads.check_document")
@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        (
            "extract.pdf",
            b"MZ\x90\x00" + bytes(2000),
            "The file is neither a PDF nor a photo, whatever its name says.",
        ),
        (
            "extract.pdf",
            pdf_bytes(encryption=pikepdf.Encryption(owner="o", user="secret")),
            "The PDF is protected. Save it without a password or restrictions and choose it again.",
        ),
        (
            "scan.pdf",
            b"%PDF-1.7" + bytes(40 * MEGABYTE - 8),
            "The file is 40.0 MB; at most 20 MB is accepted.",
        ),
    ],
    ids=["a renamed program", "an encrypted PDF", "a scan of 40 MB"],
)
def test_c2_a_file_that_is_not_what_it_says_is_refused_alone(person, sent, name, content, reason):
    director = person("686")
    page = director.opens(f"{sent}decide/")
    page = director.presses(
        page, **BOARD, **DAYS, body_name="Sivistyslautakunta", extract=file_called(name, content)
    )
    assert reason in page.wrong_with("extract")
    assert "PDF or photo (JPEG, PNG, HEIC), at most 20 MB." in page.text
    kept = BOARD | DAYS | {"body_name": "Sivistyslautakunta"}
    assert {field: page.typed(field) for field in kept} == kept
    assert "Not sent: one thing to correct" in page.text
    page = director.presses(page, extract=file_called("IMG_1.HEIC", HEIC, "application/octet-stream"))
    assert page.says == (
        "The appeal period ended on Tuesday 15.12.2026. Time is over, absence of appeal not yet confirmed."
    )
    assert director.opens(page.link("Extract of the minutes")).content.startswith(b"\xff\xd8\xff")


@pytest.mark.breaks("members.forms.accession.DecisionForm.clean", "members.models.accession.Accession.decide")
def test_c3_minutes_are_not_published_before_the_meeting(person, sent):
    director = person("686")
    page = director.opens(f"{sent}decide/")
    typed = BOARD | {"section": "15 a", "meeting_on": "8.12.2026", "published_on": "7.12.2026"}
    page = director.presses(page, **typed)
    assert (
        page.wrong_with("published_on") == "Error: The minutes cannot have been published before the meeting."
    )
    assert {field: page.typed(field) for field in typed} == typed
    page = director.presses(page, published_on="9.12.2026")
    assert page.rows("The chain of decisions")[0][:4] == ["Board", "Tue 8.12.2026", "§ 15 a", "Approved"]


@pytest.mark.breaks("consortium.steps._take_key", "members.models.accession.Accession.decide")
def test_c5_sending_the_same_form_again_is_harmless(person, sent, letters):
    director = person("686")
    page = director.opens(f"{sent}decide/")
    first = director.sends(page, **BOARD, **DAYS, follow=False)
    again = director.sends(page, **BOARD, **DAYS, follow=False)
    assert (first.status_code, again.status_code) == (302, 302)
    assert first["Location"] == again["Location"]
    page = director.opens(again["Location"])
    assert "Received What Decision recorded For whom Rautalampi" in page.text
    assert len(page.rows("The chain of decisions")) == 1
    assert page.part("History").count("Decision recorded") == 1
    receipts = [letter for letter in letters("johtaja@686.example") if "decision received" in letter.subject]
    assert len(receipts) == 1


@pytest.mark.breaks("members.models.accession.Accession.prepare", "members.emails.decision_prepared")
def test_c24_what_a_librarian_fills_in_counts_when_the_representative_records_it(person, sent, letters):
    librarian = person("686", email="kirjasto@686.example", kind="librarian")
    director = person("686")
    page = librarian.opens(sent)
    assert not page.offers("Record the decision")
    page = librarian.does(page, "Prepare the decision for the representative", **BOARD, **DAYS)
    assert page.status == 200
    assert page.says.startswith("The package has been sent. The municipality decides")
    assert "has filled in: board, Tue 24.11.2026, approved. It counts when" in page.part("Ready to record")
    assert "No handling has been recorded yet." in page.part("Decisions")

    told = letters("johtaja@686.example")[-1]
    assert told.subject == "Rautalampi: a decision is ready for you to record"
    address = next(word for word in told.body.split() if word.startswith("http"))
    page = director.opens(director.opens(address).link("Record the decision for Rautalampi"))
    assert {field: page.typed(field) for field in BOARD | DAYS} == BOARD | DAYS
    page = director.presses(page)
    assert page.says.startswith("The appeal period ended on Tuesday 15.12.2026.")
    assert [row[:3] for row in page.rows("The chain of decisions")] == [["Board", "Tue 24.11.2026", "§ 61"]]
    assert not librarian.opens(sent).offers("Prepare")


@pytest.mark.breaks("members.models.accession.Accession.decide", "members.emails.decision_recorded")
def test_c25_without_a_representative_the_service_centre_records_by_telephone(clerk, letters):
    phone = {"channel": "phone", "received_from": "Municipal Secretary", "received_on": "16.12.2026"}
    page = clerk.does(clerk.matter_of("Rautalampi"), "Record the decision for Rautalampi", **BOARD, **DAYS)
    assert (bool(page.wrong_with("channel")), bool(page.wrong_with("received_from"))) == (True, True)
    page = clerk.presses(page, **phone)
    assert "Recorded by the service centre on behalf of the municipality" in page.part("Path of the matter")
    assert "Decision recorded Palvelukeskus" in page.part("History")
    told = letters()[-1]
    assert told.to == "kirjaamo@686.example"
    assert "§ 61" in told.body
    assert "24.11.2026" in told.body
    assert "15.12.2026" in told.body
