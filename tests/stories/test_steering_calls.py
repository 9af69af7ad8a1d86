"""The call to a meeting: the right deputy is asked, calendars agree, empty seats show (A 36; C 45 on an agenda)."""

import datetime as dt

import outloud
import pymupdf
import pytest
from django.contrib.auth import get_user_model

from consortium import clock
from steering import invitation
from tests.consortium.samples import pdf_bytes
from tests.steering_calls import letters, soon
from tests.steering_world import steering_group
from tests.stories.people import Person, file_called

SECRET = "Kuikka"


@pytest.fixture
def group(db):
    """Three seats with deputies, written to in English; the third member's deputy has left."""
    group = steering_group(seats=3)
    get_user_model().objects.update(language="en")
    group.deputies[2].terms.update(period=(dt.date(2026, 1, 1), dt.date(2026, 10, 1)))
    return group


@pytest.fixture
def opens(client_of):
    """Return a signed-in person: ``opens(user)``."""
    return lambda user: Person(client_of(user))


@pytest.fixture
def secretary(opens, group):
    return opens(group.secretary)


def calls(secretary, run_worker, *titles):
    """Plan a meeting twenty days ahead with items, and call it. Returns the meeting's page."""
    page = secretary.does(
        secretary.opens("/en/steering/meetings/"),
        "Plan a meeting",
        on=f"{soon():%-d.%-m.%Y}",
        starts="13.00",
        ends="15.00",
        place="Oodi",
    )
    for title in titles:
        page = secretary.does(page, "Put an item on the agenda", title_fi=title, title_sv=f"{title} (sv)")
    page = secretary.does(page, "Call the meeting")
    run_worker()
    return secretary.opens(page.path)


def calendar(letter):
    """Return what a calendar program reads from the letter."""
    (part,) = [p for p in letter.message().message().walk() if p.get_content_type() == "text/calendar"]
    reading, faults = invitation.read(part.get_payload(decode=True))
    assert faults == ()
    return reading


@pytest.mark.breaks("steering.models.Meeting.call", "steering.models.AgendaPaper.make")
def test_a36_the_call_goes_to_all_who_sit_as_pdf_and_icalendar(secretary, group, run_worker, tmp_path):
    page = calls(secretary, run_worker, "Talousarvio", "Muut asiat")
    assert page.says.startswith("Called for Sunday 22.11.2026 at 13:00–15:00.")
    for user in [*group.members, group.expert, group.secretary]:
        (letter,) = letters(user, "meeting_called")
        parts = list(letter.message().message().walk())
        (pdf,) = [
            part.get_payload(decode=True) for part in parts if part.get_content_type() == "application/pdf"
        ]
        with pymupdf.open(stream=pdf) as document:
            text = "".join(sheet.get_text() for sheet in document)
        assert "Esityslista" in text and "Talousarvio" in text and "Muut asiat" in text
        file = tmp_path / "agenda.pdf"
        file.write_bytes(pdf)
        result = outloud.check(str(file))
        assert (result.verdict, result.errors, result.warnings) == ("pass", 0, 0)
        assert calendar(letter).starts_at == soon()
    assert not any(letters(deputy) for deputy in group.deputies)


@pytest.mark.breaks("steering.models.Meeting.answer", "steering.models.Call.tell")
def test_a36_not_coming_asks_the_members_own_deputy_and_opens_the_papers_to_them(
    opens, secretary, group, run_worker
):
    page = calls(secretary, run_worker, "Talousarvio", SECRET)
    item = secretary.opens(page.link(SECRET))
    secretary.does(item, "Keep it from the public", ground="621/1999, 24 §")
    deputy, other = opens(group.deputies[1]), opens(group.deputies[0])
    assert SECRET not in deputy.opens(page.path).text
    member = opens(group.members[1])
    receipt = member.does(member.opens(page.path), "Say whether you come", coming="no")
    assert "Your deputy, if you have one, has been asked." in receipt.text
    (letter,) = letters(group.deputies[1])
    assert f"You attend for {group.members[1].get_full_name()}. You have a vote." in letter.body
    assert calendar(letter).method == "REQUEST"
    assert SECRET in deputy.opens(page.path).text and SECRET not in other.opens(page.path).text
    assert not letters(group.deputies[0]) and not letters(group.deputies[2])
    # The member comes after all: the seat is the member's again, and the papers close.
    member.does(member.opens(page.path), "Change your answer", coming="yes")
    assert calendar(letters(group.deputies[1])[-1]).method == "CANCEL"
    assert SECRET not in deputy.opens(page.path).text


@pytest.mark.breaks("steering.models.Meeting.empty_seats")
def test_a36_an_empty_seat_shows_to_chair_and_staff_before_the_meeting(
    opens, secretary, group, staff, run_worker
):
    page = calls(secretary, run_worker, "Talousarvio")
    member = opens(group.members[2])
    member.does(member.opens(page.path), "Say whether you come", coming="no")
    told = f"Seat 3: {group.members[2].get_full_name()} does not come, and no deputy comes in the place."
    assert told in opens(group.chair).opens(page.path).part("Who comes")
    number = page.path.strip("/").rpartition("/")[2]
    home = opens(staff).opens("/en/home/")
    assert "1 empty seat in meeting 1/2026" in home.text and number in home.link("1 empty seat")


@pytest.mark.breaks("steering.models.Meeting.change", "steering.models.Meeting.cancel")
def test_a36_calendars_follow_when_the_meeting_moves_and_is_cancelled(secretary, group, run_worker):
    page = calls(secretary, run_worker, "Talousarvio")
    page = secretary.does(page, "Change time or place", on=f"{soon(22):%-d.%-m.%Y}")
    page = secretary.does(page, "Cancel the meeting", cancelled_fi="Sairaus.", cancelled_sv="Sjukdom.")
    assert page.says == "Cancelled. It is not held."
    first, moved, cancelled = [calendar(letter) for letter in letters(group.chair)]
    assert first.uid == moved.uid == cancelled.uid
    assert [each.sequence for each in (first, moved, cancelled)] == [0, 1, 2]
    assert [each.method for each in (first, moved, cancelled)] == ["REQUEST", "REQUEST", "CANCEL"]
    assert moved.starts_at == soon(22)


@pytest.mark.breaks("steering.models.item_paper.readings_of", "steering.models.ItemPaper.withdraw")
def test_c45_a_steering_paper_that_was_public_by_mistake_is_taken_back_with_its_trace(
    opens, visitor, secretary, group, staff, run_worker
):
    page = calls(secretary, run_worker, "Talousarvio")
    item = page.link("Talousarvio")
    file = file_called("maarat.pdf", pdf_bytes())
    clerk = opens(staff)
    told = {"title": "Määrät", "language": "fi", "file": file}
    item = clerk.does(clerk.opens(item), "Add a paper", **told, contains_volumes="no")
    paper = item.link("Määrät")
    assert visitor.opens(paper).content == visitor.opens(paper).content  # opened twice by mistake
    page = clerk.does(clerk.opens(item.path), "Take it back", reason="Kuntien määrät näkyivät")
    assert "Opened 2 times: 2 times by visitors." in page.part("Papers")
    assert f"Taken back {clock.today():%-d.%-m.%Y}" in page.part("Papers")
    assert visitor.opens(paper).status == 404
    again = {"title": "Määrät", "language": "fi", "file": file_called("maarat.pdf", pdf_bytes())}
    page = clerk.does(clerk.opens(item.path), "Add a paper", **again, contains_volumes="yes")
    assert "Not public: it contains volumes" in page.part("Papers")
