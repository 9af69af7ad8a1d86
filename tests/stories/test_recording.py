"""A municipality's people, or the service centre for them, record what was decided; what is wrong is said at once."""

import re
from functools import partial
from pathlib import Path

import pikepdf
import pytest
from django.core.files.storage import default_storage

from tests.consortium.samples import HEIC, pdf_bytes
from tests.stories.people import file_called
from tests.test_concurrency import at_once

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


@pytest.mark.breaks("consortium.uploads.DocumentField.to_python", "members.models.handling._extract_of")
def test_c1_a_wrong_file_is_replaced_until_the_joining_is_confirmed(clerk, person, sent):
    director, librarian = person("686"), person("686", email="kirjasto@686.example", kind="librarian")
    neighbours = pdf_bytes(), pdf_bytes()
    page = director.opens(f"{sent}decide/")
    page = director.presses(page, **BOARD, **DAYS, extract=file_called("lasku.pdf", neighbours[0]))
    wrong = page.link("Extract of the minutes")
    assert librarian.opens(wrong).content == neighbours[0]
    page = director.does(
        page,
        "Correct",
        correction_reason="The file was an invoice.",
        extract=file_called("ote.pdf", neighbours[1]),
    )
    right = page.link("Extract of the minutes")
    assert librarian.opens(right).content == neighbours[1]

    # the wrong one stays for staff as "replaced by …", unseen by others
    assert [who.browser.get(wrong).status_code for who in (director, librarian)] == [404, 404]
    assert "lasku" not in director.opens(sent).text
    page = clerk.matter_of("Rautalampi")
    assert "lasku.pdf: replaced by ote.pdf" in page.part("Decisions")
    assert clerk.opens(page.link("lasku.pdf: replaced by")).content == neighbours[0]

    # until Helsinki has confirmed
    assert director.opens(sent).offers("Correct")
    ground = {"finality_ground": "certificate", "finality_note": "registry, 16.12.2026"}
    clerk.does(page, "Record finality", finality_on="16.12.2026", **ground)
    clerk.does(clerk.matter_of("Rautalampi"), "Record the signature", signatory="Municipal Manager")
    helsinki = {"confirmed_body": "Johtaja", "confirmed_section": "44", "confirmed_on": "16.12.2026"}
    clerk.does(clerk.matter_of("Rautalampi"), "Confirm the joining", **helsinki, joins_on="1.1.2028")
    page = director.opens(sent)
    assert page.says.startswith("Joining confirmed.")
    assert not page.offers("Correct")


@pytest.mark.breaks("members.models.decision.Decision.remove_extract", "members.views.extract.extract_remove")
def test_c1_a_file_with_personal_data_is_removed_and_the_log_keeps_that_it_was_there(clerk, person, sent):
    director = person("686")
    page = director.opens(f"{sent}decide/")
    page = director.presses(page, **BOARD, **DAYS, extract=file_called("liite.pdf", pdf_bytes()))
    address = page.link("Extract of the minutes")
    assert director.browser.post(f"{address}remove/").status_code == 403
    page = clerk.does(clerk.matter_of("Rautalampi"), "Remove the file liite.pdf")
    assert not page.offers("Extract of the minutes")
    assert [who.browser.get(address).status_code for who in (director, clerk)] == [404, 404]
    assert list(Path(default_storage.path("extracts")).rglob("*.pdf")) == []
    assert "Extract removed" in clerk.matter_of("Rautalampi").part("History")
    assert page.rows("The chain of decisions")[0][:4] == ["Board", "Tue 24.11.2026", "§ 61", "Approved"]


@pytest.mark.breaks("members.forms.handling.HandlingForm.clean", "members.models.accession.Accession.decide")
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


@pytest.mark.breaks("members.forms.handling.HandlingForm._ask_about_an_early_day")
def test_c3_a_decision_before_the_package_is_asked_about_once(person, sent):
    director = person("686")
    page = director.opens(f"{sent}decide/")
    assert "date_is_right" not in dict(page.form().fields)
    early = BOARD | {"meeting_on": "26.10.2026", "published_on": "2.11.2026"}
    page = director.presses(page, **early)
    assert page.wrong_with("meeting_on") == (
        "Error: The package was sent only on 2.11.2026. Is 26.10.2026 right? If it is, tick the box below."
    )
    assert {field: page.typed(field) for field in early} == early
    page = director.presses(page, date_is_right="on")
    assert page.rows("The chain of decisions")[0][:2] == ["Board", "Mon 26.10.2026"]
    page = director.does(page, "Correct", correction_reason="Wrong section.", section="62")  # not asked again
    assert page.rows("The chain of decisions")[0][:3] == ["Board", "Mon 26.10.2026", "§ 62"]


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


@pytest.mark.breaks("members.models.handling.Overtaken.__init__", "members.models.handling.Handling.correct")
def test_c23_two_answer_differently_and_the_second_changes_knowingly(person, sent):
    first, second = (person("686", email=f"{n}@686.example", name=n) for n in ("Aino", "Eino"))
    theirs, mine = first.opens(f"{sent}decide/"), second.opens(f"{sent}decide/")
    first.presses(theirs, **BOARD, **DAYS)
    other = DAYS | BOARD | {"outcome": "rejected", "section": "60", "presenter": "Municipal Manager"}
    page = second.presses(mine, **other, extract=file_called("ote.pdf", pdf_bytes()))

    # the first stands; the second sees whose, when and what, own text kept
    assert re.search(
        r"Aino recorded this on 16\.12\.2026 at \d\d\.\d\d: board 24\.11\.2026, § 61, approved\. That entry stands\.",
        page.text,
    )
    assert {field: page.typed(field) for field in other} == other
    assert first.opens(sent).rows("The chain of decisions")[0][2:4] == ["§ 61", "Approved"]

    # and may submit it as a change, knowingly: why is asked
    unexplained = second.presses(page, "Submit mine as a change")
    assert unexplained.wrong_with("correction_reason") == "Error: This field is required."
    assert {field: unexplained.typed(field) for field in other} == other
    page = second.presses(unexplained, correction_reason="The board rejected it; see the minutes.")
    assert page.rows("The chain of decisions")[0][2:4] == ["§ 60", "Rejected"]
    assert "Corrected: The board rejected it; see the minutes." in page.part("Decisions")


@pytest.mark.breaks("members.models.handling.Handling._refuse_unseen")
def test_c23_nobody_adds_to_a_chain_that_has_grown_unseen(clerk, person, sent):
    director = person("686")
    page = director.opens(f"{sent}decide/")
    clerk.records("Rautalampi", **BOARD | DAYS)
    page = director.presses(page, body="board", outcome="tabled", meeting_on="1.12.2026")
    assert "The service centre recorded this on 16.12.2026" in page.text
    assert "Palvelukeskus" not in page.text  # the staff's own names are not the municipality's matter
    assert len(director.opens(sent).rows("The chain of decisions")) == 1
    page = director.presses(page, "Record the decision")  # seen, and it was another meeting: it is recorded
    assert [row[3] for row in page.rows("The chain of decisions")] == ["Approved", "Tabled"]


@pytest.mark.django_db(transaction=True)
@pytest.mark.breaks("members.models.handling.Overtaken.__init__")
def test_c23_two_representatives_at_the_same_second(person, sent):
    people = [person("686", email=f"{n}@686.example", name=n) for n in ("Aino", "Eino")]
    pages = [who.opens(f"{sent}decide/") for who in people]
    outcomes = ["approved", "rejected"]
    answers = at_once(
        *(
            partial(who.presses, page, **DAYS | BOARD | {"outcome": outcome})
            for who, page, outcome in zip(people, pages, outcomes, strict=True)
        )
    )
    late = [a for a in answers if "That entry stands." in a.text]
    assert len(late) == 1
    [row] = people[0].opens(sent).rows("The chain of decisions")
    winner = 1 - answers.index(late[0])
    assert row[3] == outcomes[winner].capitalize()
    assert f"{('Aino', 'Eino')[winner]} recorded this on 16.12.2026" in late[0].text


@pytest.mark.breaks("members.models.accession.Accession.prepare", "members.emails.decision_prepared")
def test_c24_what_a_librarian_fills_in_counts_when_the_representative_records_it(person, sent, letters):
    librarian = person("686", email="kirjasto@686.example", kind="librarian")
    director = person("686")
    page = librarian.opens(sent)
    assert not page.offers("Record the decision")
    page = librarian.opens(f"{sent}decide/")  # tries to give the official answer
    assert (page.status, page.path) == (200, f"{sent}prepare/")
    page = librarian.presses(page, **BOARD, **DAYS)
    assert page.status == 200
    assert "What Ready for the representative to submit For whom Rautalampi" in page.text
    assert page.says.startswith("The package has been sent. The municipality decides")
    ready = page.part("Ready for the representative to submit")
    assert "has filled in: board, Tue 24.11.2026, approved. It counts when" in ready
    assert "No handling has been recorded yet." in page.part("Decisions")

    [told] = letters("johtaja@686.example")
    assert told.subject == "Rautalampi: a decision is ready for you to record"
    page = director.opens(next(word for word in told.body.split() if word.startswith("http")))
    assert {field: page.typed(field) for field in BOARD | DAYS} == BOARD | DAYS
    page = director.presses(page)
    assert page.says.startswith("The appeal period ended on Tuesday 15.12.2026.")
    assert [row[:3] for row in page.rows("The chain of decisions")] == [["Board", "Tue 24.11.2026", "§ 61"]]
    assert not librarian.opens(sent).offers("Prepare")


@pytest.mark.breaks("members.models.accession.Accession.prepare", "members.emails.decision_prepared")
def test_c24_even_a_form_sent_straight_to_the_answer_is_kept_for_the_representative(person, sent, letters):
    librarian = person("686", email="kirjasto@686.example", kind="librarian")
    person("686")
    answer = BOARD | DAYS | {"minutes_published": "yes"}
    sending = librarian.browser.post(f"{sent}decide/", answer, follow=True)
    page = librarian.opens(sent)
    assert sending.status_code == 200
    assert "board, Tue 24.11.2026, approved" in page.part("Ready for the representative to submit")
    assert "No handling has been recorded yet." in page.part("Decisions")
    [told] = letters("johtaja@686.example")
    assert told.subject == "Rautalampi: a decision is ready for you to record"


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
