"""A 29 and A 33: when each contract can be left, and how each municipality takes one into use."""

import datetime as dt

import pytest
from icalendar import Calendar

from consortium.models import OutgoingEmail
from members.models import Municipality
from procurement.models import Contract, Supplier, send_due_exits
from tests.stories.conftest import ServiceCentre

CONTRACT = {
    "number": "HEL 2026-011111",
    "title_fi": "E-lehdet",
    "title_sv": "E-tidskrifter",
    "begins_on": "1.1.2027",
    "ends_on": "31.12.2027",
    "silence": "runs_on",
    "renewal_months": "12",
    "notice_months": "3",
    "our_days": "60",
}
DIRECTOR = {"body_fi": "Kirjastopalvelujen johtaja", "body_sv": "Direktören för bibliotekstjänster"}


@pytest.fixture
def desk(client_of, staff, run_worker):
    """The service centre."""
    return ServiceCentre(client_of(staff), run_worker)


@pytest.fixture
def magazines(desk, municipalities, staff, today_is):
    """A contract of Rautalampi and Konnevesi on e-magazines, in force since 1.1.2027. Returns its address."""
    municipalities("686", "275", "005")
    Supplier.begin(by=staff, name="Lehtitalo Oy")
    page = desk.opens("/en/contracts/new/")
    supplier = page.main.xpath("//select[@name='supplier']/option[last()]/@value")[0]
    page = desk.presses(page, "Enter the contract", supplier=supplier, **CONTRACT)
    for code in ("686", "275"):
        place = Municipality.objects.get(code=code)
        page = desk.does(page, "Add a participant", municipality=str(place.pk), yearly="1 200")
    page = desk.does(page, "Record the signatures", signed_on="2.11.2026")
    today_is("2027-04-12")
    return page.path


@pytest.mark.breaks(
    "procurement.exits.next_exit", "procurement.exits.our_day", "procurement.pages.contract.way_out"
)
def test_a29_each_contract_shows_end_notice_our_day_and_what_silence_does(desk, magazines):
    page = desk.opens(magazines)
    said = page.part("Way out")
    # 31.12. three months before is 30.9.; sixty days before that is 1.8., a Sunday in a year when July is free
    assert "Our own deadline Wed 30.6.2027" in said
    assert "Last day for notice or option Thu 30.9.2027" in said
    assert "End Fri 31.12.2027" in said
    assert "If nothing is said it runs on until 31.12.2028" in said
    assert "Decided not yet" in said


@pytest.mark.breaks("procurement.pages.calendar.rows", "procurement.pages.calendar.Row.is_within")
def test_a29_the_next_180_days_are_a_list(desk, magazines, today_is, staff):
    [row] = desk.opens("/en/contracts/calendar/").rows("The next 180 days")
    assert row == [
        "E-lehdet",
        "Lehtitalo Oy",
        "Wed 30.6.2027",
        "Thu 30.9.2027",
        "Fri 31.12.2027",
        "it runs on until 31.12.2028",
        "not yet",
    ]
    today_is("2027-01-01")  # our day is 180 days ahead
    assert desk.opens("/en/contracts/calendar/").rows("The next 180 days")
    today_is("2026-12-31")  # and now 181
    page = desk.opens("/en/contracts/calendar/")
    assert not page.offers("E-lehdet")
    assert page.offers("All 1 contract that has not ended")


@pytest.mark.breaks("procurement.pages.calendar.occasions")
def test_a29_the_days_are_a_calendar_feed_that_a_calendar_program_reads(desk, magazines, person, staff):
    def feed_of(someone, user):
        someone.presses(someone.opens("/en/account/"), "Make the address")
        user.refresh_from_db()
        calendar = Calendar.from_ical(someone.opens(f"/calendar/{user.feed_key}.ics").content)
        return {
            str(e["summary"]): e["dtstart"].dt for e in calendar.walk("VEVENT") if "E-lehdet" in e["summary"]
        }

    staff.language = "en"
    staff.save()
    assert feed_of(desk, staff) == {
        "E-lehdet: the service centre decides on going on": dt.date(2027, 6, 30),
        "E-lehdet: last day for notice": dt.date(2027, 9, 30),
    }
    inside, outside = person("686"), person("005")
    assert feed_of(inside, _user(inside))
    assert feed_of(outside, _user(outside)) == {}


def _user(someone):
    return someone.opens("/en/account/").response.wsgi_request.user


@pytest.mark.breaks("procurement.pages.calendar.deadlines")
def test_a29_the_service_centre_is_reminded_on_its_own_page(desk, magazines, today_is):
    assert "Decide on going on: E-lehdet" not in desk.opens("/en/home/").text
    today_is("2027-05-03")
    assert "Decide on going on: E-lehdet" in desk.opens("/en/home/").text
    today_is("2027-08-02")
    assert "Give notice or decide: E-lehdet" in desk.opens("/en/home/").text


@pytest.mark.breaks(
    "procurement.models.exit_reminder.send_due_exits",
    "procurement.models.exit_reminder.ExitReminder.send",
    "procurement.models.exit_reminder.ExitReminder.still_tells",
)
def test_a29_participants_are_told_once_before_our_day_and_not_after_it_is_decided(
    desk, magazines, person, letters, today_is, run_worker
):
    person("686")

    def told():
        return [letter for letter in letters() if letter.template.endswith("exit_ahead")]

    for day in ("2027-04-30", "2027-05-03", "2027-05-04"):  # 30.6. less sixty days is 1.5., a Saturday
        today_is(day)
        send_due_exits()
        run_worker()
    assert {(letter.to, letter.queued_at.date().isoformat(), letter.state) for letter in told()} == {
        ("johtaja@686.example", "2027-05-03", "sent"),
        ("kirjaamo@275.example", "2027-05-03", "sent"),
    }
    joins = Municipality.objects.get(code="005")
    desk.does(desk.opens(magazines), "Add a participant", municipality=str(joins.pk))
    send_due_exits()
    decides(desk, magazines, kind="run_on")  # while the letter to Alajärvi waits
    run_worker()
    assert [letter.state for letter in told() if letter.to == "kirjaamo@005.example"] == ["dropped"]


def decides(desk, address, **said):
    """Record what was decided on a contract. Returns its page."""
    fields = {"decided_on": "3.5.2027", "section": "§ 12", "case_number": "HEL 2027-000001"} | DIRECTOR | said
    return desk.does(desk.opens(address), "Record what is decided", **fields)


@pytest.mark.breaks("procurement.models.contract.Contract.decide", "procurement.contract_emails.tell")
def test_a29_what_was_decided_by_whom_is_on_the_page_and_told_to_the_participants(
    desk, magazines, person, letters, today_is
):
    person("686")
    today_is("2027-05-04")
    page = decides(desk, magazines, kind="renew", ends_on="31.12.2029")
    said = page.part("Decisions")
    assert "Kirjastopalvelujen johtaja, § 12, HEL 2027-000001" in said
    assert "New last day: 31.12.2029." in said
    assert "End Mon 31.12.2029" in page.part("Way out")
    [letter] = [n for n in letters("johtaja@686.example") if n.template.endswith("contract_decided")]
    assert "31.12.2029" in letter.body and "§ 12" in letter.body


@pytest.mark.breaks("procurement.models.contract.Contract.give_notice")
def test_a29_after_notice_the_contract_has_its_last_day(desk, magazines, today_is):
    today_is("2027-05-04")
    page = desk.does(desk.opens(magazines), "Record that notice", given_on="4.5.2027", ends_on="31.12.2027")
    assert "notice given, ends on 31.12.2027" in page.part("Contract")
    assert "Last day for notice" not in page.part("Way out")
    assert not Contract.objects.in_force(dt.date(2028, 1, 1)).exists()


@pytest.mark.breaks("procurement.models.taking_use.UseStep.tell", "procurement.pages.in_use.use_tasks")
def test_a33_a_municipality_tells_four_things_and_is_then_left_in_peace(desk, magazines, person):
    director = person("686")
    home = director.opens("/en/home/")
    assert (
        "Missing: contact person, technical data, material for customers and staff, day of taking into use."
        in (home.text)
    )
    page = director.opens(home.link("Tell what E-lehdet needs"))
    for act, said in (
        ("Tell whom", {"name": "Kirsi Kirjasto", "phone": "+358 40 1234567"}),
        ("Tell how customers", {"method": "sip2", "text": "Portti 6001"}),
        ("Tell about the material", {"text": "Juliste ja linkki valmiina"}),
        ("Tell from which day", {"on": "3.5.2027"}),
    ):
        page = director.does(page, act, **said)
    assert "Everything that E-lehdet needs has been told" in page.says
    assert "Kirsi Kirjasto, +358 40 1234567" in page.text
    assert "E-lehdet needs" not in director.opens("/en/home/").text


@pytest.mark.breaks(
    "procurement.models.participation.Participation.remind_use", "procurement.pages.in_use.stuck"
)
def test_a33_the_service_centre_sees_who_is_stuck_and_reminds_them(desk, magazines, person, run_worker):
    person("686")
    quick = person("275")
    quick_list = quick.opens(quick.opens("/en/home/").link("Tell what E-lehdet needs"))
    page = quick_list
    for act, said in (
        ("Tell whom", {"name": "Anna", "email": "anna@275.example"}),
        ("Tell how customers", {"method": "card"}),
        ("Tell about the material", {"text": "Valmis"}),
        ("Tell from which day", {"on": "3.5.2027"}),
    ):
        page = quick.does(page, act, **said)
    home = desk.opens("/en/home/")
    page = desk.opens(home.link("1 municipality is stuck in taking E-lehdet"))
    [row] = page.rows("Something is missing")
    assert row[:4] == [
        "Rautalampi",
        "contact person, technical data, material for customers and staff, day of taking into use",
        "101",  # since 1.1.2027
        "not yet",
    ]
    page = desk.presses(page, "Remind 1 municipality")
    assert "1 municipality was asked." in page.text
    asked = OutgoingEmail.objects.filter(template="procurement/emails/use_asked")
    assert [letter.to for letter in asked] == ["johtaja@686.example"]
    desk.presses(page, "Remind 1 municipality")
    assert asked.count() == 1


@pytest.mark.breaks("procurement.views.taking_use._participation")
def test_a33_a_neighbour_sees_nothing_of_the_list(magazines, person):
    address = f"{magazines}taking-use/686/"
    assert person("686").opens(address).status == 200
    assert person("005").opens(address).status == 404
