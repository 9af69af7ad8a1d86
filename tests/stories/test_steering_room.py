"""The day of the meeting: A 37 (attendance, quorum, votes), C 47, C 48, C 49, C 50."""

import pytest

from tests.steering.hall import Hall, it_is
from tests.stories.people import Person


@pytest.fixture
def opens(client_of):
    """Return a signed-in person: ``opens(user)``."""
    return lambda user: Person(client_of(user))


class Secretary:
    """The secretary at the record of a meeting."""

    def __init__(self, person, hall):
        self.person, self.hall = person, hall
        self.page = person.opens(f"/en/steering/meetings/{hall.meeting.pk}/record/")

    def presses(self, time, button, **typed):
        """Fill in and press at a time. Returns the page that comes."""
        it_is(time)
        self.page = self.person.presses(self.page, button, **typed)
        return self.page

    def begins(self, time, *people):
        """Open the meeting with those people."""
        return self.presses(time, "Open the meeting", present=[user.pk for user in people])

    def decides(self, time):
        """Record the decision of the item in hand as proposed."""
        self.presses(time, "Fill in: as proposed")
        return self.presses(time, "Record the decision")


@pytest.fixture
def records(opens):
    """Return the secretary of a hall at the record: ``records(hall)``."""
    return lambda hall: Secretary(opens(hall.s), hall)


def minutes_of(opens, hall):
    """Return the draft of the minutes as the secretary reads it."""
    return opens(hall.s).opens(f"/en/steering/minutes/{hall.meeting.pk}/")


@pytest.mark.breaks("steering.models.Meeting.mark", "steering.models.Item.put_off")
def test_a37_one_who_leaves_at_14_20_takes_the_quorum_and_the_next_item_is_not_decided(opens, records):
    hall = Hall(items=["Avaus", "Talousarvio", "Aikakauslehdet"])
    secretary = records(hall)
    page = secretary.begins("13.00", *hall.m[:6], hall.s)
    assert "6 of 11 present, 6 needed: quorum." in page.says
    secretary.presses("13.05", "Take up item 1")
    secretary.decides("13.10")
    secretary.presses("13.15", "Take up item 2")
    secretary.decides("13.20")
    page = secretary.presses("14.23", "They left", people=[hall.m[5].pk], marked_at="14.20")
    assert "5 of 11 present, no quorum from item 3." in page.says
    page = secretary.presses("14.25", "Take up item 3")
    assert not page.offers("Record the decision")
    page = secretary.presses("14.26", "Move it to the next meeting")
    assert "§ 2, decided at 13.20" in page.part("Agenda")
    assert "§ 3, moved to the next meeting at 14.26" in page.part("Agenda")
    page = secretary.presses("14.30", "Close the meeting")
    assert "Closed at 14.30." in page.says
    text = minutes_of(opens, hall).text
    assert "Läsnä 5, paikkoja 11, vaaditaan 6: ei päätösvaltainen." in text
    assert "klo 13.00–14.20." in text


@pytest.mark.breaks("steering.models.Item.cast")
def test_a37_member_and_deputy_cannot_both_vote(opens, records):
    hall = Hall(items=["Talousarvio"])
    secretary = records(hall)
    secretary.begins("13.00", *hall.m, hall.v[3])
    secretary.presses("13.05", "Take up item 1")
    secretary.presses("13.10", "Vote by roll call")
    address = f"/en/steering/meetings/{hall.meeting.pk}/vote/"
    member = opens(hall.m[3])
    page = member.presses(member.opens(address), "Send the vote", choice="for")
    assert "Your vote “for” came at 13.10." in page.says
    deputy = opens(hall.v[3]).opens(address)
    assert "the deputy has none beside the member" in deputy.says
    assert not deputy.offers("Send the vote")
    page = secretary.presses("13.12", "Close the vote and count")
    assert "for 1, against 0, blank 0" in page.part("Voting")


@pytest.mark.breaks("steering.models.Meeting.choose_chair")
def test_c47_without_chair_and_vice_chair_the_meeting_chooses_one_as_its_first_item(opens, records):
    hall = Hall(items=["Talousarvio"])
    secretary = records(hall)
    page = secretary.begins("13.00", *hall.m[2:9])
    assert "Neither chair nor vice-chair takes part" in page.says
    secretary.presses("13.02", "Record the choice of the chair", chair=hall.m[4].pk)
    secretary.presses("13.05", "Take up item 2")
    secretary.decides("13.10")
    secretary.presses("13.15", "Close the meeting")
    text = minutes_of(opens, hall).text
    assert "Puheenjohtaja ja varapuheenjohtaja olivat poissa kokouksen alkaessa." in text
    assert f"Kokouksen puheenjohtajaksi valittiin {hall.m[4].get_full_name()}." in text


@pytest.mark.breaks("steering.models.Meeting.begin")
def test_c47_the_vice_chair_opens_where_the_chair_is_absent(opens, records):
    hall = Hall(items=["Talousarvio"])
    secretary = records(hall)
    secretary.begins("13.00", *hall.m[1:9])
    secretary.presses("13.05", "Take up item 1")
    secretary.decides("13.10")
    secretary.presses("13.15", "Close the meeting")
    words = "Puheenjohtajan poissa ollessa kokouksen avasi varapuheenjohtaja"
    assert f"{words} {hall.m[1].get_full_name()}." in minutes_of(opens, hall).text


@pytest.mark.breaks("steering.models.Meeting.mark")
def test_c48_deputy_and_member_have_one_vote_the_members_and_the_minutes_tell_both_times(opens, records):
    hall = Hall(items=["Talousarvio"])
    secretary = records(hall)
    page = secretary.begins("13.00", *hall.m[:3], *hall.m[4:9], hall.v[3])
    assert "9 of 11 present" in page.says
    page = secretary.presses("13.30", "They arrived", people=[hall.m[3].pk])
    assert "9 of 11 present" in page.says
    rows = {row[0]: row for row in page.rows("Who is here")}
    assert rows[hall.m[3].get_full_name()][3] == "has a vote"
    assert rows[hall.v[3].get_full_name()][3] == "no vote beside the member"
    secretary.presses("13.35", "Take up item 1")
    secretary.decides("13.40")
    secretary.presses("14.00", "Close the meeting")
    text, name = minutes_of(opens, hall).text, hall.v[3].get_full_name()
    member = hall.m[3].get_full_name()
    assert f"Läsnä, varajäsen: {name}" in text
    assert "klo 13.00–13.30." in text
    assert f"Läsnä ilman äänioikeutta, varajäsen: {name}" in text
    assert f"Läsnä, jäsen: {member}" in text
    assert "klo 13.30–14.00." in text


@pytest.mark.breaks("steering.models.Item.conflict")
def test_c49_a_conflict_of_interest_takes_the_quorum_of_one_item_alone(opens, records):
    hall = Hall(items=["Talousarvio", "Aikakauslehdet", "Muut asiat"])
    secretary = records(hall)
    secretary.begins("13.00", *hall.m[:6])
    secretary.presses("13.05", "Take up item 1")
    secretary.decides("13.10")
    secretary.presses("13.15", "Take up item 2")
    page = secretary.presses(
        "13.16", "Record a conflict of interest", in_conflict=hall.m[5].pk, ground="sukulainen"
    )
    assert "5 of 11 present, 6 needed: no quorum." in page.says
    assert not page.offers("Record the decision")
    secretary.presses("13.20", "Note it", decision_fi="Merkittiin.", decision_sv="Antecknades.")
    page = secretary.presses("13.25", "Take up item 3")
    assert "6 of 11 present, 6 needed: quorum." in page.says
    page = secretary.decides("13.30")
    for words in ("§ 1, decided", "§ 2, noted", "§ 3, decided"):
        assert words in page.part("Agenda")
    secretary.presses("13.35", "Close the meeting")
    text = minutes_of(opens, hall).text
    assert "Peruste: sukulainen" in text
    assert "Läsnä 5, paikkoja 11, vaaditaan 6: ei päätösvaltainen." in text


@pytest.mark.breaks("steering.models.Item.close_vote", "steering.models.Meeting.mark")
def test_c50_one_who_drops_out_during_the_vote_is_not_counted_and_the_chair_takes_it_again(opens, records):
    hall = Hall(items=["Talousarvio"])
    secretary = records(hall)
    secretary.begins("13.00", *hall.m[:7])
    secretary.presses("13.05", "Take up item 1")
    secretary.presses("13.10", "Vote by roll call")
    votes = {f"vote_{user.pk}": "for" for user in hall.m[:4]}
    votes |= {f"vote_{user.pk}": "against" for user in hall.m[4:7]}
    secretary.presses("13.11", "Record these votes", **votes)
    secretary.presses("13.12", "Their connection broke", people=[hall.m[3].pk])
    page = secretary.presses("13.13", "Close the vote and count")
    assert "for 3, against 3, blank 0" in page.part("Voting")
    secretary.presses("13.14", "They arrived", people=[hall.m[3].pk])
    secretary.presses("13.15", "Take the vote again")
    secretary.presses("13.16", "Record these votes", **votes)
    page = secretary.presses("13.17", "Close the vote and count")
    assert "for 4, against 3, blank 0" in page.part("Voting")
    secretary.decides("13.20")
    secretary.presses("13.25", "Close the meeting")
    text = minutes_of(opens, hall).text
    assert f"Etäyhteys katkesi ennen äänestyksen päättymistä, klo 13.12: {hall.m[3].get_full_name()}." in text
    assert "Äänestys toimitettiin uudelleen." in text
