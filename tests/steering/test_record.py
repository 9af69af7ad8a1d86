"""The record's page: every button does its verb, nothing that was typed is lost, and only those who record see it."""

import pytest
from django.urls import reverse

from procurement.models import Award
from steering.models import Item, Meeting, MeetingState, Outcome
from tests.offer_world import received
from tests.procurement_world import procurement_world
from tests.steering.hall import Hall, it_is

pytestmark = pytest.mark.django_db
QUERIES = 34


@pytest.fixture(autouse=True)
def in_english(settings):
    """The sentences compared are the English ones."""
    settings.LANGUAGE_CODE = "en"


def record(hall):
    return reverse("steering:record", args=[hall.meeting.pk])


def act(hall, verb):
    return reverse("steering:record_act", args=[hall.meeting.pk, verb])


def on(item, verb):
    return reverse("steering:item_act", args=[item.pk, verb])


def texts_of(page):
    """Return what the page's form of texts sends as it stands."""
    form = page.context["texts"]
    return {field.html_name: field.value() or "" for field in form} if form else {}


def test_a_whole_meeting_by_plain_posts(client_of):
    hall = Hall(items=["Talousarvio", "Muut asiat"])
    browser = client_of(hall.s)
    page = browser.get(record(hall))
    assert "Open the meeting" in page.content.decode()
    it_is("13.00")
    page = browser.post(
        act(hall, "begin"), {"present": [u.pk for u in (*hall.m, hall.s)], "at": "13.00"}, follow=True
    )
    assert "11 of 11 present, 6 needed: quorum." in page.content.decode()
    page = browser.post(on(hall.item(1), "take_up"), follow=True)
    said = texts_of(page) | {"decision_fi": "Hyväksyttiin.", "decision_sv": "Godkändes."}
    page = browser.post(on(hall.item(1), "decide"), said, follow=True)
    assert hall.item(1).outcome == Outcome.DECIDED
    assert hall.item(1).decision_sv == "Godkändes."
    page = browser.post(on(hall.item(2), "take_up"), follow=True)
    said = texts_of(page) | {"decision_fi": "Merkittiin tiedoksi."}
    page = browser.post(on(hall.item(2), "note"), said, follow=True)
    page = browser.post(act(hall, "close"), follow=True)
    assert Meeting.objects.get().state == MeetingState.CLOSED
    assert "minutes" in page.content.decode()


def test_two_leave_at_14_20_and_the_page_says_from_which_item_on(client_of):
    hall = Hall(items=[f"Asia {n}" for n in range(1, 9)]).begin(present=[*range(7)])
    for place in range(1, 7):
        hall.decide(place, f"13.0{place}")
    browser = client_of(hall.s)
    it_is("14.23")
    browser.get(record(hall))
    leaving = {"people": [hall.m[5].pk, hall.m[6].pk], "marked_at": "14.20", "kind": "left"}
    page = browser.post(act(hall, "mark"), leaving, follow=True)
    assert "5 of 11 present, no quorum from item 7." in page.content.decode()
    assert list(hall.meeting.movements.filter(kind="left").values_list("at__minute", flat=True)) == [20, 20]
    page = browser.post(on(hall.item(7), "take_up"), follow=True)
    said = texts_of(page) | {"decision_fi": "Hyväksyttiin."}
    page = browser.post(on(hall.item(7), "decide"), said)
    assert "The item can only be noted or moved to the next meeting." in page.content.decode()
    assert "Hyväksyttiin." in page.content.decode()
    assert hall.item(7).outcome == ""
    page = browser.post(on(hall.item(7), "put_off"), texts_of(page), follow=True)
    page = browser.post(act(hall, "carry_over"), follow=True)
    assert set(Item.objects.filter(position__gte=7).values_list("outcome", flat=True)) == {"moved"}


def open_item(hall, client_of, place=1):
    """Open the meeting and take an item up. Returns (browser, the record's page)."""
    hall.begin()
    hall.take(place, "13.05")
    browser = client_of(hall.s)
    return browser, browser.get(record(hall))


# --- Nothing typed is lost ------------------------------------------------------------------------------------------


def test_whatever_button_is_pressed_the_texts_go_along(client_of):
    hall = Hall()
    browser, page = open_item(hall, client_of)
    typed = texts_of(page) | {"discussion_fi": "Keskusteltiin pitkään."}
    leaving = {"people": [hall.m[9].pk], "kind": "left"}
    browser.post(act(hall, "mark"), typed | leaving)
    assert hall.item(1).discussion_fi == "Keskusteltiin pitkään."
    assert hall.meeting.movements.filter(kind="left").count() == 1


def test_what_is_refused_keeps_every_field_as_it_was_typed(client_of):
    hall = Hall()
    browser, page = open_item(hall, client_of)
    typed = texts_of(page) | {"discussion_fi": "Keskusteltiin.", "ground": "sukulaisuus"}
    page = browser.post(
        act(hall, "mark"), typed | {"people": [hall.m[9].pk], "marked_at": "25.70", "kind": "left"}
    )
    shown = page.content.decode()
    assert "Write the time as hour.minute" in shown
    for words in ("Keskusteltiin.", "sukulaisuus", "25.70"):
        assert words in shown
    assert f'value="{hall.m[9].pk}" checked' in shown
    assert (
        hall.item(1).discussion_fi == "" and "data-safe" not in shown
    )  # the page says of nothing that it is saved
    assert "data-safe" in browser.get(record(hall)).content.decode()


def test_two_secretaries_in_one_text_the_second_sees_both_and_saves_knowingly(client_of):
    hall = Hall()
    browser, page = open_item(hall, client_of)
    mine = texts_of(page) | {"decision_fi": "Minun."}
    hall.item(1).write(by=hall.group.by, before={"decision_fi": ""}, decision_fi="Heidän.")
    page = browser.post(on(hall.item(1), "write"), mine)
    shown = page.content.decode()
    assert "Somebody else has written here meanwhile" in shown
    assert "Somebody else wrote: Heidän." in shown
    assert ">\nMinun.</textarea>" in shown
    assert hall.item(1).decision_fi == "Heidän."
    browser.post(on(hall.item(1), "write"), texts_of(page))
    assert hall.item(1).decision_fi == "Minun."


def test_the_page_saves_as_it_goes(client_of):
    hall = Hall()
    browser, page = open_item(hall, client_of)
    quietly = {"headers": {"X-Requested-With": "autosave"}}
    said = texts_of(page) | {"decision_fi": "Hyv"}
    first = browser.post(on(hall.item(1), "write"), said, **quietly)
    assert first.status_code == 200
    assert first.json()["words"].startswith("Saved at 13.05")
    said |= {"decision_fi": "Hyväksyttiin.", "began_from": first.json()["began_from"]}
    assert (
        browser.post(on(hall.item(1), "write"), said, **quietly).json()["texts"]["decision_fi"]
        == "Hyväksyttiin."
    )
    stale = browser.post(on(hall.item(1), "write"), said | {"decision_fi": "Toisin."}, **quietly)
    assert stale.status_code == 409
    assert stale.json()["theirs"] == {"decision_fi": "Hyväksyttiin."}
    long = browser.post(on(hall.item(1), "write"), said | {"decision_fi": "x" * 3001}, **quietly)
    assert long.status_code == 422
    hall.item(1).decide(by=hall.s)
    late = browser.post(on(hall.item(1), "write"), said | {"decision_fi": "Myöhässä."}, **quietly)
    assert late.status_code == 410
    assert "was settled at 13.05" in late.json()["words"]


def test_as_proposed_is_one_button(client_of):
    hall = Hall()
    browser, page = open_item(hall, client_of)
    browser.post(on(hall.item(1), "write"), texts_of(page) | {"block": "as_proposed"})
    row = hall.item(1)
    assert row.decision_fi.endswith("Ensimmäinen: hyväksytään.")
    assert row.decision_sv.endswith("Ensimmäinen: godkänns.")


def test_a_form_sent_twice_marks_once(client_of):
    hall = Hall()
    hall.begin()
    browser = client_of(hall.s)
    page = browser.get(record(hall))
    key = page.context["mark"]["form_key"].value()
    leaving = {"people": [hall.m[9].pk], "kind": "left", "form_key": key}
    answers = [browser.post(act(hall, "mark"), leaving) for _n in range(2)]
    assert [answer.status_code for answer in answers] == [302, 302]
    assert hall.meeting.movements.filter(kind="left").count() == 1


# --- Buttons --------------------------------------------------------------------------------------------------------


def test_votes_conflicts_dissents_and_actions_by_buttons(client_of):
    hall = Hall()
    hall.begin("13.00", [*range(8), hall.v[7]])
    hall.take(1, "13.05")
    browser, row = client_of(hall.s), hall.item(1)
    conflict = {"in_conflict": hall.m[7].pk, "ground": "hallituksen jäsen", "left_room": "on"}
    page = browser.post(on(row, "conflict"), conflict, follow=True)
    assert "hallituksen jäsen" in page.content.decode()
    page = browser.post(on(row, "unanimous"), {"opposed": [hall.m[2].pk]}, follow=True)
    assert "not unanimous: a vote is to be taken" in page.content.decode()
    page = browser.post(on(row, "roll_call"), follow=True)
    assert "Those who sit can also vote on their own page." in page.content.decode()
    votes = {f"vote_{user.pk}": "for" for user in hall.m[:4]}
    votes |= {f"vote_{user.pk}": "against" for user in (*hall.m[4:7], hall.v[7])}
    browser.post(on(row, "votes"), votes)
    page = browser.post(on(row, "close_vote"), follow=True)
    assert "a tie, settled by the vote of the chair" in page.content.decode()
    dissent = {"dissenter": hall.m[4].pk, "reasons": "Liian kallis."}
    page = browser.post(on(row, "dissent"), dissent, follow=True)
    assert f"Dissent: {hall.m[4].get_full_name()}" in page.content.decode()
    action = {"text_fi": "Selvitetään.", "text_sv": "", "owner": hall.s.pk, "due_on": "30.9.2027"}
    page = browser.post(on(row, "action"), action, follow=True)
    assert "Selvitetään." in page.content.decode()
    browser.post(on(row, "decide"), texts_of(page) | {"decision_fi": "Hyväksyttiin."})
    assert hall.item(1).outcome == Outcome.DECIDED
    assert hall.item(1).conflicts.get().back_at is not None


def test_votes_typed_and_not_recorded_are_heard_when_the_vote_is_closed(client_of):
    hall = Hall()
    hall.begin()
    hall.take(1, "13.05").put(by=hall.s, way="roll_call")
    votes = {f"vote_{user.pk}": "for" for user in hall.m[:7]} | {f"vote_{hall.m[7].pk}": "against"}
    page = client_of(hall.s).post(on(hall.item(1), "close_vote"), votes, follow=True)
    assert "for 7, against 1, blank 0" in page.content.decode()


@pytest.mark.parametrize(
    ("verb", "typed", "part"),
    [
        ("decide", {"text_fi": "Selvitetään."}, "Have something done"),
        ("write", {"ground": "hallituksen jäsen"}, "Record a conflict of interest"),
    ],
)
def test_what_is_typed_beside_another_button_is_neither_lost_nor_passed_over(client_of, verb, typed, part):
    hall = Hall()
    hall.begin()
    hall.take(1, "13.05")
    browser = client_of(hall.s)
    said = texts_of(browser.get(record(hall))) | {"decision_fi": "Hyväksyttiin.", "decision_sv": "Godkändes."}
    page = browser.post(on(hall.item(1), verb), said | typed)
    told = page.content.decode()
    assert f"What you typed under “{part}” has not been recorded." in told
    assert next(iter(typed.values())) in told
    assert hall.item(1).outcome == ""


def test_votes_typed_are_not_lost_when_attendance_is_marked_meanwhile(client_of):
    hall = Hall()
    hall.begin()
    hall.take(1, "13.05").put(by=hall.s, way="roll_call")
    typed = {"people": [hall.m[3].pk], "kind": "left", f"vote_{hall.m[0].pk}": "for"}
    page = client_of(hall.s).post(act(hall, "mark"), typed)
    assert "What you typed under “Votes by name” has not been recorded." in page.content.decode()
    checked = f'name="vote_{hall.m[0].pk}" value="for" checked'
    assert checked in page.content.decode()
    assert hall.meeting.movements.filter(kind="left").count() == 0


def test_reasons_of_a_dissent_are_written_afterwards(client_of):
    hall = Hall()
    hall.begin()
    row = hall.take(1, "13.05")
    row.put(by=hall.s, way="roll_call")
    row.cast_for(by=hall.s, choices={hall.m[0].pk: "for", hall.m[1].pk: "for", hall.m[2].pk: "against"})
    row.close_vote(by=hall.s)
    dissent = row.dissent(by=hall.s, user=hall.m[2])
    row.decide(by=hall.s, decision_fi="Hyväksyttiin.")
    browser = client_of(hall.s)
    assert "Dissents without reasons" in browser.get(record(hall)).content.decode()
    said = {"dissent": dissent.pk, "late_reasons": "Liian kallis."}
    page = browser.post(act(hall, "reasons"), said, follow=True).content.decode()
    assert "The reasons are recorded." in page
    assert "Dissents without reasons" not in page
    dissent.refresh_from_db()
    assert dissent.text == "Liian kallis."


def test_breaks_another_day_and_what_comes_of_them(client_of):
    hall = Hall()
    hall.begin()
    browser = client_of(hall.s)
    page = browser.post(act(hall, "adjourn"), {"broken_at": ""}, follow=True)
    assert "Adjourned at 13.00" in page.content.decode()
    browser.post(act(hall, "resume"))
    wrong = {"day": "11.6.2027", "begins": "15.00", "ends": "13.00"}
    page = browser.post(act(hall, "continue_on"), wrong)
    assert "A meeting ends after it begins." in page.content.decode()
    browser.post(act(hall, "continue_on"), wrong | {"ends": "16.00"})
    assert Meeting.objects.get(continues=hall.meeting).starts_at.astimezone().day == 11


def test_the_page_of_a_meeting_adjourned_in_the_midst_of_an_item_offers_what_is_possible(client_of, settings):
    hall = Hall(items=("Ainoa",))
    hall.begin()
    hall.take(1, "13.20")
    browser = client_of(hall.s)
    offer = "Go on another day with what is left"
    assert offer not in browser.get(record(hall)).content.decode()
    browser.post(act(hall, "adjourn"), {"broken_at": ""})
    settings.MOVED_TODAY = "2027-06-10T09:00:00"
    page = browser.get(record(hall)).content.decode()
    assert offer in page and "On Wed 9.6.2027, for example 14.20." in page and "Empty: now." not in page
    page = browser.post(act(hall, "resume"), {"broken_at": ""}).content.decode()
    assert "as a meeting of its own" in page
    browser.post(act(hall, "resume"), {"broken_at": "14.00"})
    hall.meeting.refresh_from_db()
    assert hall.meeting.state == MeetingState.OPEN


def test_a_mark_is_taken_back_by_its_button_and_a_visitor_leaves_by_the_own(client_of):
    hall = Hall()
    hall.begin("13.00", visitors=["Xenia Vieras"])
    browser = client_of(hall.s)
    browser.post(act(hall, "visitor"), {"visitor": "Xenia Vieras"})
    mark = hall.meeting.movements.get(kind="left")
    page = browser.post(act(hall, "undo"), {"movement": mark.pk}, follow=True)
    assert "taken back" in page.content.decode()


def test_the_meeting_chooses_a_chair_on_the_page(client_of):
    hall = Hall()
    hall.begin("13.00", [*range(2, 9)])
    browser = client_of(hall.s)
    assert "the meeting chooses a chair first" in browser.get(record(hall)).content.decode()
    browser.post(act(hall, "choose_chair"), {"chair": hall.m[3].pk, "for_item": ""})
    assert hall.item(1).outcome == Outcome.CHAIR_CHOSEN


# --- Who sees it ------------------------------------------------------------------------------------------------------


def test_only_those_who_record_do_anything_and_the_chair_closes(client_of, client):
    hall = Hall()
    hall.begin()
    assert client.get(record(hall)).status_code == 302
    for user in (hall.m[5], hall.v[1], hall.group.expert):
        assert client_of(user).get(record(hall)).status_code == 403
        assert client_of(user).post(act(hall, "mark")).status_code == 403
        assert client_of(user).post(on(hall.item(1), "take_up")).status_code == 403
    chair = client_of(hall.m[0])
    assert chair.get(record(hall)).status_code == 200
    assert chair.post(act(hall, "mark")).status_code == 403
    assert client_of(hall.s).post(act(hall, "nothing")).status_code == 404
    assert client_of(hall.s).post(on(hall.item(1), "nothing")).status_code == 404
    hall.meeting.carry_over(by=hall.s)
    chair.post(act(hall, "close"))
    assert Meeting.objects.get().state == MeetingState.CLOSED


@pytest.mark.parametrize("items", [1, 3])
def test_the_record_costs_the_same_for_any_number_of_items(items, client_of, django_assert_num_queries):
    hall = Hall(items=[f"Asia {n}" for n in range(items + 1)])
    hall.begin("13.00", [*range(7 + items)])
    for place in range(1, items + 1):
        row = hall.take(place, f"13.{place}0")
        row.conflict(by=hall.s, user=hall.m[place], ground="sukulaisuus")
        row.add_action(by=hall.s, owner=hall.m[place], text_fi="Tehdään.", text_sv="", due_on=hall.meeting.on)
        row.decide(by=hall.s, decision_fi="Hyväksyttiin.")
    browser = client_of(hall.s)
    browser.get(record(hall))
    with django_assert_num_queries(QUERIES):
        browser.get(record(hall))


def test_one_of_several_lots_is_chosen_and_awarded_with_the_decision(client_of):
    world = procurement_world("tendering", lots=[("Lehdet", "Tidskrifter"), ("Kirjat", "Böcker")])
    lots = list(world.procurement.lots.all())
    offers = [received(world.procurement, lot=lot, name=f"{lot.title_fi} Oy") for lot in lots]
    hall = Hall(items=["Hankintapäätös"])
    Item.objects.update(procurement=world.procurement)
    hall.begin()
    item = hall.take(1, "13.05")
    browser = client_of(hall.s)
    page = browser.get(record(hall))
    assert "Which lot is awarded?" in page.content.decode()
    assert page.context["award"] is None
    said = texts_of(page) | {"decision_fi": "Valitaan.", "decision_sv": "Väljs."}
    page = browser.post(on(item, "write"), said | {"lot": lots[1].pk, "choose_lot": "1"}, follow=True)
    assert item.__class__.objects.get().decision_fi == "Valitaan."
    form = page.context["award"]
    assert form.lot == lots[1] and list(form.fields["offer"].queryset) == [offers[1]]
    award = {"record_award": "1", "award_lot": lots[1].pk, "lot": lots[0].pk, "offer": offers[1].pk}
    award |= {"decider": "helsinki", "body_fi": "O", "body_sv": "S", "decided_on": "9.6.2027"}
    award |= {"section": "§ 1/2027", "case_number": "HEL 1", "reason_fi": "R", "reason_sv": "R"}
    browser.post(on(item, "decide"), texts_of(page) | award, follow=True)
    assert Item.objects.get().outcome == Outcome.DECIDED
    row = Award.objects.get()
    assert (row.lot, row.offer, row.section) == (lots[1], offers[1], "§ 1/2027")
    assert world.procurement.undecided_lots() == [lots[0]]
