"""The decision secretary: no account, a letter with six digits, and what she hands in on the package's page."""

import datetime as dt
import re

import pytest

from tests.consortium.samples import pdf_bytes
from tests.stories.people import Person, file_called
from tests.stories.test_packages import link_of

REGISTRY = "kirjaamo@686.example"
BOARD = {
    "body": "board",
    "meeting_on": "24.11.2026",
    "outcome": "approved",
    "section": "§ 61",
    "case_number": "RauDno-2026-62",
    "published_on": "26.11.2026",
}
SECRETARY = {
    "sender_name": "Sanna Esimerkki",
    "sender_title": "hallintosihteeri",
    "sender_email": "sanna@686.example",
}


@pytest.fixture(autouse=True)
def sent(clerk, municipalities, paper, today_is):
    """The package was sent to Rautalampi on 2.11.2026; it is 2 December. Returns the matter's address."""
    municipalities("686")
    clerk.opens_round("Rautalampi")
    clerk.sends_packages()
    today_is("2026-12-02")
    return clerk.matter_of("Rautalampi").path


def digits_of(letter):
    """Return the six digits that a letter gives."""
    return re.search(r"(?<![-\d])\d{6}(?!\d)", letter.body).group()


@pytest.fixture
def form(visitor, letters):
    """The form of the decision, opened by the letter's link and its digits."""

    def opened(who=visitor):
        letter = letters(REGISTRY)[-1]
        page = who.opens(who.opens(link_of(letter)).link("Toimita päätös ilman käyttäjätiliä"))
        return who.presses(page, digits=digits_of(letter))

    return opened


@pytest.mark.breaks(
    "members.models.hand_in.HandIn.receive",
    "members.emails.handed_in",
    "members.models.handling.Handling._settle_hand_ins",
    "members.pages.hand_in.tasks",
    "members.package.proposal_text",
)
def test_a4_the_decision_secretary_needs_no_account(clerk, visitor, form, sent, letters, run_worker):
    # the letter's link opens that package, to be copied as text and as .docx, and nothing else
    page = visitor.opens(link_of(letters(REGISTRY)[0]))
    assert page.main.xpath("//h1")[0].text_content() == "Rautalampi"
    assert "Kunnanhallitus päättää" in page.main.xpath("//textarea[@id='text-board']")[0].text_content()
    docx = next(
        a.get("href") for a in page.main.iter("a") if "tekstitiedosto" in a.getparent().text_content()
    )
    assert visitor.opens(docx).content == b"PK a stand-in"
    assert visitor.browser.get(sent).status_code == 302  # to signing in

    # an extract with §, dates and outcome is handed in there
    extract = pdf_bytes()
    page = visitor.presses(form(), **BOARD, **SECRETARY, extract=file_called("ote § 61.pdf", extract))
    assert "Vastaanotettu" in page.text
    assert "Kunnanhallitus, ti 24.11.2026, § 61: hyväksytty" in page.text
    receipt = letters("sanna@686.example")[-1]
    assert receipt.subject == "Rautalampi: päätös toimitettu"
    assert "§ 61" in receipt.body

    # it does not count until a person has recorded it
    assert clerk.matter_of("Rautalampi").says.startswith(
        "The package has been sent. The municipality decides"
    )
    assert "Check the decision handed in: Rautalampi" in clerk.opens("/en/home/").text
    page = clerk.matter_of("Rautalampi")
    assert "Board, Tue 24.11.2026, § 61: approved" in page.part("Handed in, to be checked")
    assert clerk.opens(page.link("Extract of the minutes")).content == extract
    page = clerk.opens(page.link("Record the decision for Rautalampi"))
    known = BOARD | {"section": "61", "channel": "link", "received_from": "Sanna Esimerkki, hallintosihteeri"}
    assert {name: page.typed(name) for name in known} == known
    page = clerk.presses(page)
    assert page.says == "Approved. The appeal period is running and ends on Thursday 17.12.2026."
    assert clerk.opens(page.link("Extract of the minutes")).content == extract
    assert "Handed in, to be checked" not in page.text
    assert "Check the decision handed in" not in clerk.opens("/en/home/").text


@pytest.mark.breaks("members.pages.hand_in.to_check", "members.emails._ask_to_record")
def test_a4_the_representative_is_asked_to_check_and_record_it(visitor, form, person, letters):
    director = person("686")
    visitor.presses(form(), **BOARD, **SECRETARY, extract=file_called("ote.pdf", pdf_bytes()))
    told = letters("johtaja@686.example")[-1]
    assert told.subject == "Rautalampi: check the decision that was handed in"
    assert "Check and record the decision that was handed in" in director.opens("/en/home/686/").text
    page = director.opens(link_of(told))
    assert page.typed("section") == "61"
    page = director.presses(page, section="62")  # the secretary had mistyped
    assert [row[:3] for row in page.rows("The chain of decisions")] == [["Board", "Tue 24.11.2026", "§ 62"]]
    assert not director.opens(page.path).text.count("Handed in, to be checked")


@pytest.mark.breaks("members.models.hand_in.HandIn.set_aside", "members.emails.hand_in_set_aside")
def test_a4_what_does_not_belong_here_is_set_aside_with_a_reason(clerk, visitor, form, letters, sent):
    visitor.presses(form(), **BOARD, **SECRETARY, extract=file_called("lasku.pdf", pdf_bytes()))
    page = clerk.does(
        clerk.matter_of("Rautalampi"), "Set aside", reason="The file is an invoice.", remove_file="on"
    )
    assert "What was handed in was set aside" in page.text
    page = clerk.matter_of("Rautalampi")
    assert "and set aside: The file is an invoice." in page.text
    assert "No handling has been recorded yet." in page.part("Decisions")
    assert "The file is an invoice." in letters("sanna@686.example")[-1].body
    assert not page.offers("Extract of the minutes")


@pytest.mark.breaks("consortium.steps._take_key")
def test_a4_handing_in_twice_is_harmless(clerk, visitor, form, letters):
    page = form()
    given = BOARD | SECRETARY
    first = visitor.sends(page, **given, extract=file_called("ote.pdf", pdf_bytes()), follow=False)
    again = visitor.sends(page, **given, extract=file_called("ote.pdf", pdf_bytes()), follow=False)
    assert first["Location"] == again["Location"]
    assert clerk.matter_of("Rautalampi").part("Handed in, to be checked").count("Board,") == 1
    assert len(letters("sanna@686.example")) == 1


@pytest.mark.breaks("members.views.hand_in._refusal", "members.models.handling.Handling.renew")
def test_c28_a_forwarded_link_is_harmless(clerk, visitor, form, letters, sent, person, today_is, run_worker):
    # public preparation material only: nothing of where the matter stands, of people or of other municipalities
    director = person("686")
    director.does(director.opens(sent), "Record the day of the meeting", meeting_on="7.12.2026")
    letter = letters(REGISTRY)[0]
    page = visitor.opens(link_of(letter))
    digits = digits_of(letter)
    shown = (
        page.response.content.decode() + visitor.opens(page.link("Toimita päätös")).response.content.decode()
    )
    assert not re.search(f"7.12.2026|{digits}|johtaja@|Director of|kirjaamo@", shown)

    # handing in needs the code in the letter
    asks = visitor.opens(page.link("Toimita päätös ilman käyttäjätiliä"))
    wrong = "000000" if digits != "000000" else "111111"
    refused = visitor.presses(asks, digits=wrong)
    assert refused.wrong_with("digits").startswith("Virhe: Nämä eivät ole tämän kunnan kirjeen numerot.")
    assert refused.typed("digits") == wrong
    for _try in range(5):
        refused = visitor.presses(asks, digits=wrong)
    assert refused.status == 429
    assert "Liian monta väärää numerosarjaa. Odota 15 minuuttia" in refused.wrong_with("digits")
    assert "Liian monta" in visitor.presses(asks, digits=digits).wrong_with(
        "digits"
    )  # the right ones, too late
    elsewhere = Person(type(visitor.browser)(REMOTE_ADDR="192.0.2.7"))
    page = form(elsewhere)
    assert page.typed("body") == ""
    typed = BOARD | SECRETARY

    # it ends with the round
    today_is("2027-05-22")
    late = elsewhere.presses(page, **typed, extract=file_called("ote.pdf", pdf_bytes()))
    assert "Päätöstä ei voi enää toimittaa täällä." in late.text
    assert {name: late.typed(name) for name in typed} == typed | {"section": "§ 61"}
    page = elsewhere.opens(link_of(letter))
    assert page.status == 200
    assert "Kierros on päättynyt" in page.text
    pdf = next(a.get("href") for a in page.main.iter("a") if "PDF" in a.text_content())
    assert elsewhere.opens(pdf).content.startswith(b"%PDF")  # the files stay at their addresses
    closed = elsewhere.opens(f"{page.path}hand-in/")
    assert closed.says == "Kierros on päättynyt, eikä täällä voi enää toimittaa päätöstä."
    assert closed.offers("palvelukeskus@konsortio.example")

    # and can be renewed: new digits to the registry, the earlier ones are dead
    until = dt.date(2027, 6, 18)
    clerk.does(clerk.matter_of("Rautalampi"), "Open the handing in again", hand_in_until=f"{until:%d.%m.%Y}")
    run_worker()
    renewed = letters(REGISTRY)[-1]
    assert renewed.subject == "Rautalampi: uudet numerot päätöksen toimittamiseen"
    assert [file["name"] for file in renewed.attachments] == ["686-fi.pdf"]
    fresh = digits_of(renewed)
    assert fresh != digits
    page = elsewhere.opens(f"{page.path}hand-in/")
    assert elsewhere.presses(page, digits=digits).wrong_with("digits").startswith("Virhe: Nämä eivät ole")
    page = elsewhere.presses(page, digits=f"{fresh[:3]} {fresh[3:]}")
    page = elsewhere.presses(page, **typed, extract=file_called("ote.pdf", pdf_bytes()))
    assert "Päätös toimitettu" in page.text
