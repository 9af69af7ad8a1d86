"""Seats of the steering group: candidates, Helsinki's appointment and terms, and whom the seats represent."""

import datetime as dt

import pytest

from consortium.models import Post
from members.models import Municipality
from steering.models import Appointment, Candidate, Term
from tests.stories.people import Person, words

DECISION = {
    "starts_on": "1.1.2027",
    "ends_on": "31.12.2028",
    "body_fi": "Kirjastopalvelujen johtaja",
    "body_sv": "Direktören för bibliotekstjänster",
    "decided_on": "30.10.2026",
    "section": "§ 88",
    "case_number": "HEL 2026-002774",
}


@pytest.fixture
def places(municipalities):
    """Four members: two of Uusimaa, one small one on Åland, one of northern Finland."""
    municipalities("091", "710", "736", "009")
    for place in Municipality.objects.all():
        place.join(dt.date(2026, 1, 1))
    return Municipality.objects.in_bulk(field_name="code")


@pytest.fixture
def clerk(client_of, staff, places):
    """A person of the service centre who has written the steering group down, with three members' seats."""
    found = Person(client_of(staff))
    page = found.does(
        found.opens("/en/steering/bodies/"),
        "Write down a new body",
        kind="steering",
        name_fi="Ohjausryhmä",
        name_sv="Styrgruppen",
        founded_on="1.10.2026",
        members="3",
        experts="1",
        secretaries="1",
    )
    found.group = page.path
    return found


def puts_forward(clerk, places, seat, name, code="", **more):
    """Put somebody forward; returns the body's page."""
    page = clerk.opens(clerk.opens(clerk.group).link("Put a candidate forward"))
    numbers = {
        words(o).split(",")[0]: o.get("value") for o in page.main.xpath("//select[@name='seat']/option")
    }
    typed = {
        "seat": numbers[str(seat)],
        "name": name,
        "email": f"{name.lower()}@ehdokas.example",
        "municipality": str(places[code].pk) if code else "",
        "put_forward_by": "Kirjastokimppa",
    }
    return clerk.presses(page, "Put the candidate forward", **(typed | more))


def appoints(clerk, *names, **decision):
    """Record Helsinki's decision on the candidates of those names. Returns what comes next."""
    page = clerk.opens(clerk.opens(clerk.group).link("Record Helsinki's appointment"))
    chosen = [str(one.pk) for one in Candidate.objects.filter(name__in=names, state="put_forward")]
    return clerk.presses(page, "Record the appointment", candidates=chosen, **(DECISION | decision))


@pytest.mark.breaks(
    "steering.models.appointment.Candidate.put_forward", "steering.models.appointment.Appointment.record"
)
def test_a40_candidates_appointment_and_terms_are_three_records(clerk, places, letters, today_is):
    puts_forward(clerk, places, 1, "Aino", "091", office="chair")
    page = puts_forward(clerk, places, 1, "Bertta", "710", place="deputy")
    assert "Aino" in page.part("Candidates") and "0 of 3 seats are filled" in page.says
    assert not Term.objects.exists() and letters("ehdokas.example") == []

    page = appoints(clerk, "Aino", "Bertta")
    assert "Appointment recorded" in page.text and "HEL 2026-002774" in page.part("Appointments")
    assert "Nobody is put forward" in page.part("Candidates")
    coming = page.part("Coming terms")
    assert "Aino" in coming and "until 31.12.2028" in coming and "0 of 3 seats are filled" in page.says
    assert [letter.to for letter in letters("ehdokas.example")] == [
        "aino@ehdokas.example",
        "bertta@ehdokas.example",
    ]
    assert (Candidate.objects.count(), Appointment.objects.count(), Term.objects.count()) == (2, 1, 2)

    today_is("2027-01-01")  # the term begins by its day, and the duty with it
    page = clerk.opens(clerk.group)
    assert page.says.startswith("1 of 3 seats is filled. Chair: Aino (Helsinki)")
    member_of, deputy_of = page.rows("Who sits")[0][1:4], page.rows("Who sits")[0][4:]
    assert member_of == ["Aino, chair", "Helsinki", "31.12.2028 End: Aino"]
    assert deputy_of == ["Bertta Raseborg", "31.12.2028 End: Bertta"]
    assert sorted(post.kind for post in Post.objects.active()) == ["chair", "deputy"]
    today_is("2029-01-01")
    assert not Post.objects.active().exists() and "0 of 3 seats are filled" in clerk.opens(clerk.group).says


@pytest.mark.breaks("steering.models.seating.hindrances")
def test_a40_two_people_cannot_hold_one_seat_at_once(clerk, places):
    puts_forward(clerk, places, 1, "Aino", "091")
    appoints(clerk, "Aino")
    puts_forward(clerk, places, 1, "Cecilia", "736")
    page = appoints(clerk, "Cecilia", starts_on="31.12.2028", ends_on="31.12.2030")
    assert "Aino, Cecilia would hold the same place of seat 1 at the same time" in page.text
    assert page.typed("case_number") == "HEL 2026-002774"  # nothing typed is lost
    assert Term.objects.count() == 1
    appoints(clerk, "Cecilia", starts_on="1.1.2029", ends_on="31.12.2030")
    assert Term.objects.count() == 2


@pytest.mark.breaks("steering.seats.representation")
def test_a40_region_size_language_and_empty_deputies_are_one_table(clerk, places, today_is):
    puts_forward(clerk, places, 1, "Aino", "091")
    appoints(clerk, "Aino", starts_on="1.11.2026")
    puts_forward(clerk, places, 2, "Sven", "736")
    page = clerk.opens(clerk.opens(clerk.group).link("Whom the seats represent"))
    (table,) = page.main.iter("table")
    rows = {words(row[0]): [words(cell) for cell in row[1:]] for row in table.iter("tr")}
    assert {"Region", "Residents of the municipality", "Language", "Library network", "Places"} <= rows.keys()
    assert rows["Uusimaa"][0] == "2" and rows["Uusimaa"][2:4] == ["1", "1"]
    assert rows["Ahvenanmaa"][2:4] == [
        "0",
        "1",
    ]  # the candidate would bring Åland in
    assert rows["Pohjois-Pohjanmaa nobody"][2:4] == ["0", "0"]
    assert rows["below 5 000"][2:4] == ["0", "1"]
    assert rows["Swedish"][2:4] == ["0", "1"]
    assert "1 of 3 seats is filled. 3 seats lack a deputy. With these candidates 2 of 3" in page.says
    assert any(
        name.startswith("Seats without a deputy") and cells[:2] == ["3", "3"] for name, cells in rows.items()
    )


@pytest.mark.breaks("steering.models.term.Term.resign")
def test_a40_a_leaving_municipality_is_asked_about_and_the_deputy_takes_the_seat(
    clerk, places, letters, today_is
):
    puts_forward(clerk, places, 1, "Aino", "009")
    puts_forward(clerk, places, 1, "Bertta", "710", place="deputy")
    appoints(clerk, "Aino", "Bertta", starts_on="1.11.2026")
    home = clerk.opens("/en/home/")
    assert "Alavieska leaves" not in home.text
    leaves = places["009"].memberships.get()
    leaves.leave(by=None, notice_on=dt.date(2026, 10, 1), last_day=dt.date(2026, 12, 31))
    home = clerk.opens("/en/home/")
    assert "Decide on the seat of Aino: Alavieska leaves" in home.text
    page = clerk.opens(home.link("Decide on the seat of Aino"))
    assert page.typed("last_day") == "31.12.2026"
    page = clerk.presses(page, "Record the end of the term", deputy_takes_over="yes")
    assert "Who takes the seat Bertta, from Fri 1.1.2027" in page.text and "Bertta" in page.part(
        "Coming terms"
    )
    assert "Alavieska leaves" not in clerk.opens("/en/home/").text
    today_is("2027-01-01")
    assert clerk.opens(clerk.group).rows("Who sits")[0][1:3] == ["Bertta", "Raseborg"]
    assert [letter.template.rpartition("/")[2] for letter in letters("aino@")] == ["term_begins", "term_ends"]
    assert len(letters("bertta@")) == 2
