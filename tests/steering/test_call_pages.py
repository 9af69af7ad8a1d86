"""The pages of meetings before they begin: what each reads, what each may do, and what stays when a form is refused."""

import html

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from consortium import clock, gather
from consortium.models import AccessLog, AuditEvent, Post
from steering import agenda_sheet
from steering.models import AgendaPaper, DatePoll, Item, ItemPaper, Meeting
from tests import steering_world as world
from tests.conftest import Browser
from tests.consortium.samples import pdf_bytes
from tests.factories import UserFactory
from tests.procurement_factories import announced, brought_to
from tests.steering_calls import called, letters, paper, planned, soon

pytestmark = pytest.mark.django_db
NO, GROUND = "no", "zqsalassaground"
CLOSED = "zqsalassa"  # what all planted words begin with: longer than what chance puts into a token


@pytest.fixture(autouse=True)
def in_english(settings, monkeypatch):
    """Compare English sentences; the layout of the agenda is not what these tests are about."""
    settings.LANGUAGE_CODE = "en"
    monkeypatch.setattr(agenda_sheet, "agenda", lambda figures, language: b"%PDF-1.7 agenda")


@pytest.fixture
def group(db):
    """A steering group of three seats."""
    return world.steering_group(seats=3)


def browser(user):
    """Return a browser in which a person, or nobody, has signed in."""
    found = Browser()
    if user:
        found.force_login(user)
    return found


def page(user, name, *args, query="", status=200):
    """Return the text of a page in English as a person, or a visitor, reads it."""
    answer = browser(user).get(reverse(f"steering:{name}", args=args) + query)
    assert answer.status_code == status
    return html.unescape(answer.content.decode()) if status == 200 and not answer.streaming else ""


def send(person, name, *args, **fields):
    return browser(person).post(reverse(f"steering:{name}", args=args), fields)


# --- The meeting ----------------------------------------------------------------------------------------------


def test_a_planned_meeting_says_when_its_agenda_is_due_and_is_for_those_who_sit(group):
    meeting = planned(group, "zqitem")
    page(None, "meeting", meeting.pk, status=404)
    page(UserFactory(), "meeting", meeting.pk, status=404)
    text = page(group.members[2], "meeting", meeting.pk)
    assert "Not yet published; due" in text and "zqitem" not in text
    assert "zqitem" in page(group.secretary, "meeting", meeting.pk)
    assert "zqitem" in page(group.chair, "meeting", meeting.pk)


def test_the_main_act_changes_with_time_and_person(group):
    meeting = planned(group)

    def main(user):
        text = page(user, "meeting", meeting.pk)
        return text.partition('btn btn-primary btn-main" href="')[2].partition("</a>")[0].rpartition(">")[2]

    assert main(group.secretary) == "Put an item on the agenda"
    meeting.add(by=group.secretary, title_fi="A", title_sv="B")
    assert main(group.secretary) == "Call the meeting"
    assert main(group.chair) == ""
    meeting.call(by=group.secretary)
    assert main(group.chair) == main(group.secretary) == "Say whether you come"
    meeting.answer(by=group.chair, coming="yes")
    assert main(group.chair) == ""
    assert "You have said that you come." in page(group.chair, "meeting", meeting.pk)


def test_the_public_reads_agenda_and_place_but_neither_link_nor_who_comes(group):
    meeting = called(group, "Talousarvio", link="https://kokous.example/zqlink")
    text = page(None, "meeting", meeting.pk)
    assert "Talousarvio" in text and "Oodi" in text
    assert "zqlink" not in text and group.chair.get_full_name() not in text and "Who comes" not in text
    text = page(group.expert, "meeting", meeting.pk)
    assert "zqlink" in text and group.chair.get_full_name() in text


def test_of_a_restricted_item_outsiders_see_only_the_number(group):
    meeting = called(group, "Talousarvio", "zqsalassatitle")
    item = meeting.items.get(position=2)
    item.edit(
        by=group.by, revision=item.revision, background_fi="zqsalassaback", proposal_fi="zqsalassaproposed"
    )
    item.restrict(by=group.by, ground=GROUND)
    row = paper(item, by=group.by, title="zqsalassapaper")
    meeting.print_agenda(by=group.by)
    for each in AgendaPaper.objects.unfinished():
        each.make()
    auditor = UserFactory()
    Post.give(auditor, "auditor", by=group.by)
    for person in [None, group.expert, group.deputies[0], UserFactory(), auditor]:
        text = page(person, "meeting", meeting.pk)
        assert CLOSED not in text and "Not public" in text and "2 items on the agenda" in text
        page(person, "item", item.pk, status=404)
        page(person, "paper_file", row.pk, status=404)
        assert CLOSED not in page(person, "meeting_list")
        hits = gather.collect(gather.SEARCH, person or UserFactory(), CLOSED)
        assert not [hit for hit in hits if CLOSED in f"{hit.title}{hit.why}"]
    for name in ("zqsalassatitle", "zqsalassapaper", GROUND):
        assert name in page(group.members[2], "meeting", meeting.pk)
    assert "zqsalassaback" in page(group.members[2], "item", item.pk)
    assert [hit.title for hit in gather.collect(gather.SEARCH, group.members[2], "zqsalassaback")] == [
        "zqsalassatitle"
    ]
    for letter in [each for user in [group.expert, *group.members] for each in letters(user)]:
        assert CLOSED not in f"{letter.subject}{letter.body}"


def test_readings_of_what_is_restricted_are_kept_in_the_log(group):
    meeting = called(group, "Talousarvio")
    item = meeting.items.get()
    page(group.chair, "item", item.pk)
    assert not AccessLog.objects.filter(what=item.log_name).exists()
    item.restrict(by=group.by, ground=GROUND)
    page(group.chair, "item", item.pk)
    assert AccessLog.objects.get(what=item.log_name).user == group.chair
    row = paper(item, by=group.by)
    page(group.chair, "paper_file", row.pk)
    assert AccessLog.objects.get(what=row.log_name).user == group.chair
    whole = AgendaPaper.objects.filter(read_by="seated", language="fi").first()
    page(group.chair, "agenda_file", whole.pk)
    assert AccessLog.objects.get(what=f"steering.agendapaper {whole.pk}").user == group.chair
    text = page(group.by, "item", item.pk)
    assert "Opened 1 time" in text


def test_a_seat_without_anybody_shows_on_the_page(group):
    meeting = called(group)
    meeting.answer(by=group.members[2], coming=NO)
    assert "Empty seat" not in page(group.chair, "meeting", meeting.pk)
    meeting.answer(by=group.deputies[2], coming=NO)
    text = page(group.chair, "meeting", meeting.pk)
    assert "Empty seat" in text and f"Seat 3: {group.members[2].get_full_name()} does not come" in text


# --- Acts -----------------------------------------------------------------------------------------------------


def test_a_meeting_is_planned_and_called_on_its_pages(group):
    day = f"{soon():%-d.%-m.%Y}"
    facts = {"body": group.body.pk, "on": day, "starts": "13.00", "ends": "15.00", "place": "Oodi"}
    answer = send(group.secretary, "meeting_new", **facts)
    meeting = Meeting.objects.get()
    assert answer.status_code == 302 and answer["Location"].startswith(meeting.get_absolute_url())
    assert meeting.starts_at == soon()
    send(group.secretary, "item_new", meeting.pk, title_fi="Talousarvio", title_sv="Budget")
    answer = send(group.secretary, "meeting_call", meeting.pk)
    meeting.refresh_from_db()
    assert meeting.state == "called"
    assert "Called" in browser(group.secretary).get(answer["Location"]).content.decode()
    send(group.secretary, "meeting_answer", meeting.pk, user=group.secretary.pk, coming="yes")
    send(group.members[2], "meeting_answer", meeting.pk, coming=NO)
    assert {call.user for call in meeting.standing_calls()} >= {group.deputies[2]}


def test_day_and_hours_go_together_and_july_is_asked_about(group):
    facts = {"body": group.body.pk, "on": f"{soon():%-d.%-m.%Y}"}
    assert "Give day, beginning and end" in send(group.secretary, "meeting_new", **facts).content.decode()
    facts = {"body": group.body.pk, "on": f"5.7.{clock.today().year + 1}", "starts": "13.00", "ends": "15.00"}
    assert "in July" in send(group.secretary, "meeting_new", **facts).content.decode()
    assert not Meeting.objects.exists()
    assert send(group.secretary, "meeting_new", **facts, in_july="on").status_code == 302


def test_only_those_who_prepare_a_body_plan_for_it(group):
    page(group.chair, "meeting_new", status=403)
    other = world.Body.found(
        by=group.by, kind="expert", name_fi="Asiantuntijat", name_sv="Experter", founded_on=clock.today()
    )
    answer = send(group.secretary, "meeting_new", body=other.pk)
    assert answer.status_code == 200 and not Meeting.objects.exists()
    assert send(group.by, "meeting_new", body=other.pk).status_code == 302


def test_the_losers_text_stands_in_the_form_and_is_saved_when_sent_again(group):
    meeting = called(group, "Talousarvio")
    item = meeting.items.get()
    texts = {"title_fi": "Talousarvio", "title_sv": "Budget", "revision": item.revision}
    item.edit(by=group.by, revision=item.revision, background_fi="Heidän taustansa")
    answer = send(group.secretary, "item_edit", item.pk, **texts, background_fi="Minun taustani")
    text = answer.content.decode()
    assert answer.status_code == 200 and "Minun taustani" in text and "Heidän taustansa" in text
    assert "Somebody else has changed this item meanwhile" in text
    item.refresh_from_db()
    assert item.background_fi == "Heidän taustansa"
    assert f'name="revision" value="{item.revision}"' in text
    texts["revision"] = item.revision
    assert (
        send(group.secretary, "item_edit", item.pk, **texts, background_fi="Minun taustani").status_code
        == 302
    )
    item.refresh_from_db()
    assert item.background_fi == "Minun taustani"


def test_the_losers_plan_stays_in_the_form_too(group):
    meeting = planned(group)
    meeting.edit(by=group.by, revision=1, place="Kallio")
    day = f"{soon():%-d.%-m.%Y}"
    facts = {"revision": 1, "on": day, "starts": "14.00", "ends": "16.00", "place": "Pasila"}
    text = send(group.secretary, "meeting_edit", meeting.pk, **facts).content.decode()
    assert "Kallio" in text and "Pasila" in text and "14.00" in text
    meeting.refresh_from_db()
    assert meeting.place == "Kallio"


def test_items_come_from_their_matters(group):
    procurement = announced()
    meeting = planned(group)
    page(group.secretary, "item_new", meeting.pk, query=f"?from=procurement-{procurement.pk}")
    send(group.secretary, "item_new", meeting.pk, source=f"procurement-{procurement.pk}")
    assert Item.objects.get().procurement == procurement
    assert "Write the title." in send(group.secretary, "item_new", meeting.pk, title_fi="").content.decode()
    brought_to(procurement, "round")
    text = page(group.secretary, "item", Item.objects.get().pk)
    assert "Not public: a tender is running" in text


def test_a_paper_is_added_closed_opened_and_taken_back_on_its_pages(group):
    item = called(group, "Talousarvio").items.get()
    from_file = {
        "title": "Laskelma",
        "language": "fi",
        "file": SimpleUploadedFile("laskelma.pdf", pdf_bytes(), "application/pdf"),
    }
    send(group.secretary, "paper_new", item.pk, **from_file, contains_volumes="yes")
    row = ItemPaper.objects.get()
    page(None, "paper_file", row.pk, status=404)
    text = send(group.secretary, "paper_open", row.pk, contains_volumes="yes").content.decode()
    assert "everybody is meant to see" in text
    send(group.secretary, "paper_open", row.pk, contains_volumes="yes", meant="on")
    answer = browser(None).get(reverse("steering:paper_file", args=[row.pk]))
    assert b"".join(answer.streaming_content).startswith(b"%PDF")
    send(group.by, "paper_withdraw", row.pk, reason="Määrät näkyivät.")
    page(None, "paper_file", row.pk, status=404)
    text = page(group.by, "item", item.pk)
    assert "Taken back" in text and "Opened 1 time: 1 time by a visitor." in text
    page(group.secretary, "paper_file", row.pk, status=404)


def test_a_poll_is_asked_answered_and_chosen_on_its_pages(group):
    meeting = planned(group, starts_at=None, ends_at=None)
    lines = f"{soon(30):%-d.%-m.%Y} 13.00–15.00\n{soon(31):%-d.%-m.%Y} 9.30-11.00"
    text = send(group.secretary, "poll_new", meeting.pk, days="ensi viikolla", answer_by="x").content.decode()
    assert "Line 1: write day and hours" in text
    send(group.secretary, "poll_new", meeting.pk, days=lines, answer_by=f"{soon(5):%-d.%-m.%Y}")
    poll = DatePoll.objects.get()
    first, second = poll.days.all()
    fits = {f"day_{first.pk}": "no", f"day_{second.pk}": "yes"}
    assert send(group.chair, "poll", meeting.pk, **fits).status_code == 302
    assert send(group.deputies[0], "poll", meeting.pk, **fits).status_code == 403
    text = page(group.chair, "poll", meeting.pk)
    assert "1 of 5 have answered" in text or "1 of 5 has answered" in text
    page(None, "poll", meeting.pk, status=302)
    page(group.chair, "poll_choose", meeting.pk, status=403)
    assert send(group.secretary, "poll_choose", meeting.pk, day=second.pk).status_code == 302
    meeting.refresh_from_db()
    assert meeting.starts_at == second.starts_at


def test_one_takes_the_meeting_into_ones_own_calendar(group):
    meeting = called(group)
    answer = browser(group.chair).get(reverse("steering:meeting_calendar", args=[meeting.pk]))
    assert answer["Content-Type"] == "text/calendar; method=REQUEST; charset=utf-8"
    assert group.chair.email in answer.content.decode().replace("\r\n ", "")
    page(group.deputies[0], "meeting_calendar", meeting.pk, status=404)


def test_sending_the_same_form_twice_calls_once(group):
    meeting = planned(group, "Talousarvio")
    key = "5b0c3c8e-4c43-4c3a-9a53-3f3a0d9a0001"
    first = send(group.secretary, "meeting_call", meeting.pk, form_key=key)
    second = send(group.secretary, "meeting_call", meeting.pk, form_key=key)
    assert first["Location"] == second["Location"]
    assert AuditEvent.objects.about(meeting).filter(verb="call").count() == 1


# --- Costs ----------------------------------------------------------------------------------------------------


def count(user, name, *args):
    client, url = browser(user), reverse(f"steering:{name}", args=args)
    client.get(url)
    with CaptureQueriesContext(
        connection,
    ) as queries:
        assert client.get(url).status_code == 200
    return len(queries)


def test_pages_cost_the_same_for_any_length(group):
    procurement = announced()
    meeting = called(group, "Yksi")
    paper(meeting.items.get(), by=group.by)
    people = [group.by, group.chair, None]
    once = [count(user, "meeting", meeting.pk) for user in people]
    lists = [count(user, "meeting_list") for user in people]
    item = [count(user, "item", meeting.items.first().pk) for user in people]
    other = meeting.add(by=group.by, procurement=procurement)
    third = meeting.add(by=group.by, title_fi="Kolme", title_sv="Tre")
    third.restrict(by=group.by, ground=GROUND)
    for row in (other, third, meeting.items.first()):
        paper(row, by=group.by)
        paper(row, by=group.secretary, restricted_ground=GROUND)
    meeting.answer(by=group.members[2], coming=NO)
    called(group, "Muu")
    planned(group)
    assert [count(user, "meeting", meeting.pk) for user in people] == once
    assert [count(user, "meeting_list") for user in people] == lists
    assert [count(user, "item", meeting.items.first().pk) for user in people] == item


def test_gathered_pages_cost_the_same_for_any_number_of_meetings(group):
    today, staff = clock.today(), group.by

    def costs():
        found = []
        for kind, user in [
            (gather.STAFF_HOME, staff),
            (gather.DUTY_TASKS, group.secretary),
            (gather.DUTIES, group.secretary),
            (gather.FEED, group.chair),
        ]:
            user = type(user).objects.get(pk=user.pk)  # what it remembers of its duties is forgotten
            with CaptureQueriesContext(connection) as queries:
                gather.collect(kind, user, today)
            found.append(len(queries))
        return found

    called(group)
    first = costs()
    called(group, "Muu")
    other = called(group, "Kolmas")
    other.answer(by=group.members[2], coming=NO)
    assert costs() == first
