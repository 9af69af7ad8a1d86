"""People come, change and leave; who answers is always a person, and for the municipality it was meant for."""

import datetime as dt
import io
import re

import pytest
from django.core.management import call_command

from consortium.models import OutgoingEmail
from members.models import Municipality
from tests.conftest import Browser
from tests.factories import RoleFactory, UserFactory
from tests.stories.people import Person

BOARD = {"body": "board", "outcome": "approved", "section": "61"}
DAYS = {"meeting_on": "24.11.2026", "published_on": "24.11.2026"}


def link_in(letter):
    """Return the one link of a letter."""
    links = [word for word in letter.body.split() if word.startswith("http")]
    assert len(links) == 1, letter.body
    return links[0]


def signs_in_by(newcomer, page):
    """Type the code that the page asks for, as the last letter has it."""
    letter = OutgoingEmail.objects.order_by("-pk").filter(template="consortium/emails/login_code").first()
    button = "Kirjaudu sisään" if page.path.startswith("/account/") else "Sign in"
    return newcomer.presses(page, button, code=re.search(r"\b\d{6}\b", letter.body)[0])


@pytest.fixture
def two_places(clerk, municipalities, paper):
    """Alavieska and Kärsämäki have their packages; it is the middle of December."""
    municipalities("009", "317")
    clerk.opens_round("Alavieska", "Kärsämäki")
    clerk.sends_packages()


@pytest.mark.breaks("members.models.leaving.leave", "consortium.models.user.User.may_enter")
def test_a53_who_leaves_is_out_after_the_last_day_and_the_successor_sees_what_waits(
    clerk, municipalities, paper, person, letters, today_is
):
    municipalities("686")
    clerk.opens_round("Rautalampi")
    clerk.sends_packages()
    director = person("686")
    page = director.opens("/en/account/")
    assert "Representative: you give the municipality's official answers." in page.part("My municipalities")
    page = director.does(
        page,
        "I am leaving Rautalampi",
        last_day="31.12.2026",
        next_one="named",
        successor="uusi@686.example",
    )
    assert "Your last day for Rautalampi is 31.12.2026. uusi@686.example is invited" in page.text
    assert "until 31.12.2026" in page.part("My municipalities")

    (invitation,) = letters("uusi@686.example")
    successor = Person(Browser())
    page = successor.opens(link_in(invitation))
    page = signs_in_by(successor, successor.presses(page, "Lähetä minulle koodi"))
    page = successor.presses(page, name="Uuno Uusi", title="Kirjastonjohtaja", language="en")
    assert "You now act for Rautalampi: representative." in page.text

    today_is("2026-12-31")
    assert "1 thing waits for Rautalampi." in director.opens("/en/home/686/").text
    today_is("2027-01-01")
    assert director.opens("/en/home/686/").path == "/en/account/login/code/"
    address = {"email": "johtaja@686.example"}
    again = Person(Browser())
    page = again.presses(again.opens("/en/account/login/code/"), "Send the code", **address)
    codes = [x for x in letters("johtaja@686.example") if x.template == "consortium/emails/login_code"]
    assert codes == [] or "closed" in signs_in_by(again, page).text

    page = successor.opens("/en/home/686/")
    assert "Record the decision on joining" in page.part("Waits for us")
    assert "Who decided?" in successor.opens(page.link("Record the decision on joining")).text


@pytest.mark.breaks("members.emails.left_without_successor", "members.models.leaving.leave")
def test_a53_with_nobody_named_the_registry_is_asked_and_the_service_centre_sees_it(
    clerk, municipalities, paper, person, letters, today_is
):
    municipalities("686")
    clerk.opens_round("Rautalampi")
    clerk.sends_packages()
    director = person("686")
    page = director.opens("/en/account/")
    director.does(page, "I am leaving Rautalampi", last_day="4.11.2026", next_one="nobody")
    asked = letters("kirjaamo@686.example")[-1]
    assert asked.subject == "Rautalampi: kuka vastaa kunnan puolesta?"
    assert "4.11.2026" in asked.body
    assert any("Rautalampi" in x.subject and "4.11.2026" in x.body for x in letters("palvelukeskus@"))
    assert "Ask for a representative: Rautalampi" not in clerk.opens("/en/home/").text
    today_is("2026-11-05")
    assert "Ask for a representative: Rautalampi" in clerk.opens("/en/home/").part("Waits for us")


@pytest.mark.breaks("members.pages.people.without_representative")
def test_a53_a_member_without_a_representative_is_on_the_service_centres_page(
    clerk, municipalities, person, today_is
):
    municipalities("686")
    Municipality.objects.get(code="686").join(dt.date(2026, 1, 1))
    home = clerk.opens("/en/home/")
    assert "Ask for a representative: Rautalampi" in home.part("Waits for us")
    person("686")
    assert "Ask for a representative" not in clerk.opens("/en/home/").text


@pytest.mark.breaks(
    "members.models.municipality.Municipality.confirm_people", "members.pages.people.home_parts"
)
def test_a53_each_january_contacts_are_asked_once_and_one_press_confirms_them(
    municipalities, person, letters, run_worker, today_is
):
    municipalities("686")
    Municipality.objects.get(code="686").join(dt.date(2026, 1, 1))
    director = person("686")
    assert "Are these right?" not in director.opens("/en/home/686/").text
    for day in range(1, 32):
        today_is(f"2027-01-{day:02}")
        call_command("remind", stdout=io.StringIO())
        run_worker()
    (asked,) = [x for x in letters("johtaja@686.example") if "/people/confirm/" in x.body]
    page = director.opens("/en/home/686/")
    shown = page.part("Are these right?")
    for fact in ("kirjaamo@686.example", "Director of 686", "johtaja@686.example"):
        assert fact in shown
    page = director.presses(director.opens(link_in(asked)), "Yes, these are right")
    assert page.path == "/en/home/686/"
    assert "the people and addresses of Rautalampi are confirmed" in page.text
    assert "Are these right?" not in page.text
    today_is("2028-01-03")
    page = director.presses(director.opens("/en/home/686/"), "Yes, these are right")
    assert "Are these right?" not in page.text


@pytest.mark.breaks("consortium.models.user.User.close", "members.pages.people.closing")
def test_c22_a_person_closes_the_account_and_the_tasks_stay_the_municipalitys(
    clerk, municipalities, paper, person
):
    municipalities("686")
    clerk.opens_round("Rautalampi")
    clerk.sends_packages()
    gone = person("686")
    colleague = person("686", email="sijainen@686.example")
    assert "1 thing waits for Rautalampi." in gone.opens("/en/home/686/").text

    page = clerk.opens("/en/municipality/686/people/")
    page = clerk.opens(page.link("Director of 686"))
    page = clerk.does(page, "Close the account of Director of 686")
    assert "The account has been closed." in page.says
    assert gone.opens("/en/home/686/").path == "/en/account/login/code/"
    assert "1 thing waits for Rautalampi." in colleague.opens("/en/home/686/").text
    assert "Record the decision on joining" in colleague.opens("/en/home/686/").part("Waits for us")
    rows = clerk.opens("/en/municipality/686/people/").part("People today")
    assert "until 2.11.2026" in rows and "The account has been closed" in rows


@pytest.mark.breaks("members.models.handling.Handling.move", "members.emails.decision_moved")
def test_c29_answered_for_the_wrong_one_is_seen_moved_and_told_to_both(
    clerk, two_places, person, letters, today_is, client_of
):
    director = person("009")
    user = director.browser.session["_auth_user_id"]
    RoleFactory(user_id=user, municipality=Municipality.objects.get(code="317"))
    today_is("2026-12-16")
    matter = clerk.matter_of("Alavieska").path
    page = director.opens(director.opens(matter).link("Record the decision for Alavieska"))
    assert page.offers("Record the decision for Alavieska")  # the button itself
    page = director.presses(page, **BOARD, **DAYS)
    assert "For whom Alavieska" in page.text
    assert page.says.startswith("The appeal period ended")

    page = clerk.opens(clerk.opens(matter).link("Move"))
    right = next(o.get("value") for o in page.main.iter("option") if o.text_content().strip() == "Kärsämäki")
    page = clerk.presses(page, to=right, reason="The answer was meant for Kärsämäki.")
    assert "Moved to Kärsämäki: The answer was meant for Kärsämäki." in page.part("Decisions")
    assert page.says.startswith("The package has been sent.")
    assert "Decision moved to another municipality" in page.part("History")
    other = clerk.matter_of("Kärsämäki")
    assert [row[:3] for row in other.rows("The chain of decisions")] == [["Board", "Tue 24.11.2026", "§ 61"]]
    assert other.says.startswith("The appeal period ended")
    assert "Moved here from Alavieska: The answer was meant for Kärsämäki." in other.part(
        "Path of the matter"
    )
    assert "Decision received, moved from another municipality" in other.part("History")
    told = {letter.to: letter for letter in letters() if "siirrettiin" in letter.subject}
    assert {"kirjaamo@009.example"} <= told.keys()
    assert "Kärsämäki" in told["kirjaamo@009.example"].body
    assert any("siirretty" in x.subject for x in letters("kirjaamo@317.example"))


@pytest.mark.breaks("members.forms.answering.ask_who_answers", "members.models.decision.Decision.answered_by")
def test_c30_a_shared_mailbox_receives_but_an_answer_asks_for_name_and_title(
    clerk, two_places, client_of, letters, today_is
):
    library = UserFactory(
        email="kirjasto@009.example", name="Alavieskan kirjasto", is_shared=True, language="en"
    )
    RoleFactory(user=library, municipality=Municipality.objects.get(code="009"))
    mailbox = Person(client_of(library))
    today_is("2026-12-16")
    page = mailbox.opens(f"{clerk.matter_of('Alavieska').path}decide/")
    page = mailbox.presses(page, **BOARD, **DAYS)
    assert page.wrong_with("answered_name") and page.wrong_with("answered_title")
    page = mailbox.presses(page, answered_name="Aino Esimerkki", answered_title="Library Director")
    assert "Who Aino Esimerkki, Library Director (kirjasto@009.example)" in page.text
    assert "Answered by Aino Esimerkki, Library Director" in page.part("Path of the matter")
    receipt = letters("kirjasto@009.example")[-1]
    assert "Answered by Aino Esimerkki, Library Director." in receipt.body
    page = mailbox.opens(page.link("Record the signature for Alavieska"))
    page = mailbox.presses(page, signed_on="15.12.2026", signatory="Maija Esimerkki")
    assert page.wrong_with("signatory_title")
    page = mailbox.presses(page, signatory_title="Municipal Manager")
    assert "15.12.2026, Maija Esimerkki, Municipal Manager" in page.part("Agreement")


@pytest.mark.breaks("members.forms.answering.ask_who_answers")
def test_c30_a_person_whose_name_is_not_known_is_asked_as_well(clerk, two_places, client_of, today_is):
    nameless = UserFactory(email="uusi@009.example", name="", language="en")
    RoleFactory(user=nameless, municipality=Municipality.objects.get(code="009"))
    today_is("2026-12-16")
    page = Person(client_of(nameless)).opens(f"{clerk.matter_of('Alavieska').path}decide/")
    assert "Who answers for the municipality?" in page.text
    named = UserFactory(email="toinen@009.example", name="Toini Esimerkki", language="en")
    RoleFactory(user=named, municipality=Municipality.objects.get(code="009"))
    page = Person(client_of(named)).opens(f"{clerk.matter_of('Alavieska').path}decide/")
    assert "Who answers for the municipality?" not in page.text
