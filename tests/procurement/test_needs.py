"""Wishes, questions, papers, groups and the law helper: wrong moments, wrong people, the same cost at any length."""

from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from consortium import clock, gather
from consortium.models import AccessLog, AuditEvent, OutgoingEmail, Post
from consortium.workflow import WrongState
from procurement.models import (
    AnswerKind,
    GroupCall,
    GroupSeat,
    Paper,
    Question,
    Readers,
    SeatState,
    Wish,
)
from procurement.pages import law
from tests.factories import DAY, MunicipalityFactory, RoleFactory, UserFactory
from tests.needs_world import PDF, needs_pages
from tests.procurement_factories import announced, answers, begun, brought_to, member, opened
from tests.procurement_world import procurement_world
from tests.stories.people import Page

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def in_english(settings):
    settings.LANGUAGE_CODE = "en"


def a_wish(place=None, what="Äänikirjat", by=None):
    place = place or MunicipalityFactory()
    return Wish.make(place, by=by or UserFactory(), what=what, why="Kysytään.", use="40", language="fi")


def a_paper(procurement, by, title="Muistio", **facts):
    return Paper.add(procurement, by=by, file=ContentFile(PDF, "x.pdf"), title=title, kind="plan", **facts)


# --- Wrong moments ------------------------------------------------------------------------------------------------


def test_a_settled_wish_takes_no_further_step(staff):
    wish, found = a_wish(), announced(staff)
    wish.gather(by=staff, procurement=found)
    for act in (
        lambda: wish.gather(by=staff, procurement=found),
        lambda: wish.decline(by=staff, answer_fi="a", answer_sv="b"),
        lambda: wish.endorse(by=staff, municipality=MunicipalityFactory()),
        lambda: wish.withdraw(by=staff),
    ):
        with pytest.raises(WrongState):
            act()
    assert wish.procurement == found


def test_a_wish_is_gathered_into_what_is_under_way_alone(staff):
    wish, over = a_wish(), brought_to(announced(staff), "contracted")
    with pytest.raises(ValidationError, match="takes nothing in any more"):
        wish.gather(by=staff, procurement=over)
    assert Wish.objects.get().state == "open"
    assert not OutgoingEmail.objects.exists()


def test_no_municipality_endorses_its_own_wish_or_one_twice(staff):
    wish, other = a_wish(), MunicipalityFactory()
    with pytest.raises(ValidationError, match="own wish"):
        wish.endorse(by=staff, municipality=wish.municipality)
    wish.endorse(by=staff, municipality=other, use="10")
    with pytest.raises(ValidationError, match="endorsed the wish already"):
        wish.endorse(by=staff, municipality=other)
    wish.take_back(by=staff, municipality=other)
    with pytest.raises(ValidationError, match="has not endorsed"):
        wish.take_back(by=staff, municipality=other)
    assert AuditEvent.objects.about(wish).filter(verb="take_back").count() == 1  # that it was there stays


def test_nothing_is_asked_about_a_procurement_that_has_ended(staff):
    over = brought_to(announced(staff), "ended")
    with pytest.raises(ValidationError, match="has ended"):
        Question.ask(over, MunicipalityFactory(), by=UserFactory(), text="?", language="fi")


def test_a_group_is_asked_for_once_and_offers_end_with_its_day(staff, today_is):
    today_is("2026-11-02")
    found, home = announced(staff), member()
    said = {"group": "content", "text_fi": "a", "text_sv": "b", "offer_by": clock.today() + DAY}
    with pytest.raises(ValidationError, match="Only for a procurement under way"):
        GroupCall.open(begun(staff), by=staff, **said)
    call = GroupCall.open(found, by=staff, **said)
    with pytest.raises(ValidationError, match="asked for this group already"):
        GroupCall.open(found, by=staff, **said)
    person = RoleFactory(municipality=home).user
    seat = GroupSeat.offer(call, by=person, municipality=home)
    with pytest.raises(ValidationError, match="offered to take part already"):
        GroupSeat.offer(call, by=person, municipality=home)
    with pytest.raises(WrongState):
        seat.leave(by=person)
    seat.take_back(by=person)
    today_is("2026-11-04")
    with pytest.raises(ValidationError, match="time to offer is over"):
        GroupSeat.offer(call, by=person, municipality=home)


def test_who_gets_no_seat_is_told_why(staff):
    found, home = announced(staff), member()
    said = {"group": "content", "text_fi": "a", "text_sv": "b", "offer_by": clock.today() + DAY}
    call = GroupCall.open(found, by=staff, **said)
    person = RoleFactory(municipality=home).user
    seat = GroupSeat.offer(call, by=person, municipality=home)
    seat.decline(by=staff, reason="Ryhmä on täynnä.")
    assert "Ryhmä on täynnä." in OutgoingEmail.objects.filter(to=person.email).latest("pk").body


def test_a_closed_account_leaves_its_groups(staff):
    found, home = announced(staff), member()
    person = RoleFactory(municipality=home).user
    seat = GroupSeat.name(found, by=staff, group="project", user=person, municipality=home)
    gather.collect(gather.CLOSING, person, staff)
    seat.refresh_from_db()
    assert (seat.state, seat.left_on) == (SeatState.LEFT, clock.today())
    kept = dict(gather.collect(gather.MY_DATA, person))
    assert kept["group_seats"][0]["procurement"] == found.number
    assert kept["wishes"] == kept["questions"] == []


# --- Who reads a paper -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("audience", "readers"),
    [
        (Readers.PARTICIPANTS, {"taking part", "auditor"}),
        (Readers.MEMBERS, {"taking part", "declined", "elsewhere", "steering", "auditor"}),
        (
            Readers.PUBLIC,
            {"taking part", "declined", "elsewhere", "steering", "auditor", "accountant", "visitor"},
        ),
    ],
)
def test_each_audience_of_a_paper_is_exactly_its_own(audience, readers, client, client_of, staff):
    world = procurement_world("round", by=staff)
    people = {
        "taking part": RoleFactory(municipality=world.committed).user,
        "declined": RoleFactory(municipality=world.declined).user,
        "elsewhere": RoleFactory().user,
        **{name: UserFactory() for name in ("steering", "auditor", "accountant")},
    }
    for name, kind in (("steering", "member"), ("auditor", "auditor"), ("accountant", "accountant")):
        Post.give(people[name], kind, by=staff)
    paper = a_paper(world.procurement, staff)
    paper.publish(by=staff, audience=audience, contains_volumes=False)
    address = reverse("procurement:paper_file", args=[paper.pk])
    browsers = {name: client_of(person) for name, person in people.items()} | {"visitor": client}
    assert {name for name, browser in browsers.items() if browser.get(address).status_code == 200} == readers
    page = world.procurement.get_absolute_url()
    assert {
        name for name, browser in browsers.items() if "Muistio" in Page(browser.get(page)).text
    } == readers


def test_the_auditor_reads_the_service_centres_own_papers_once_the_matter_is_decided(client_of, staff):
    world, auditor = procurement_world("frozen", by=staff), UserFactory()
    Post.give(auditor, "auditor", by=staff)
    paper = a_paper(world.procurement, staff)
    address = reverse("procurement:paper_file", args=[paper.pk])
    assert client_of(auditor).get(address).status_code == 404
    brought_to(world.procurement, "awarded")
    assert client_of(auditor).get(address).status_code == 200


def test_a_paper_published_again_is_counted_anew(client, staff):
    found = announced(staff)
    paper = a_paper(found, staff)
    address = reverse("procurement:paper_file", args=[paper.pk])
    for times in (2, 1):
        paper.publish(by=staff, audience=Readers.PUBLIC, contains_volumes=False)
        for _time in range(times):
            client.get(address)
        paper.withdraw(by=staff, reason="Väärä.")
        assert paper.openings == times


# --- The law helper -----------------------------------------------------------------------------------------------


def test_the_estimate_is_reckoned_from_the_answers_with_all_options(staff):
    world = procurement_world("frozen", by=staff, months=36, options=[(12, Decimal(0)), (0, Decimal(500))])
    found = law.reckon(world.procurement, starts_on=clock.today()).estimate
    yearly = Decimal(1211) + 2417 + 833
    assert found.value == yearly * 4 + 500
    assert found.committed_value == (Decimal(1211) + 2417) * 4 + 500


def test_a_reservation_counts_in_the_value_whatever_is_ruled(staff):
    found = announced(staff, months=12)
    place = member()
    round_ = opened(found, [place], by=staff)
    answers(round_, place, AnswerKind.COMMITTED, "1000", by=staff, reservation="Jos ruotsiksi.")
    assert law.reckon(found, starts_on=clock.today()).estimate.value == 1000


def test_each_reading_of_the_volumes_is_kept_in_the_log(client_of, staff):
    world = procurement_world("frozen", by=staff)
    client_of(staff).get(reverse("procurement:procurement_law", args=[world.procurement.pk]))
    rows = AccessLog.objects.filter(user=staff, what=f"procurement.volumes {world.procurement.pk}")
    assert rows.count() == 1


def test_inside_a_framework_nothing_is_reckoned_before_its_ceiling_is_known(client_of, staff):
    world = procurement_world("frozen", by=staff, setting="inside_framework")
    browser, address = client_of(staff), reverse("procurement:procurement_law", args=[world.procurement.pk])
    page = Page(browser.get(address))
    assert "give its ceiling and the day of its notice first" in page.text
    said = {"frame_maximum": "300 000", "frame_noticed_on": "1.3.2026", "starts_on": "3.8.2026"}
    form = {name: value for name, value in page.form("Reckon").form_values() if name not in said}
    page = Page(browser.post(address, form | said))
    assert "No new notice: it was given for the whole." in page.text
    assert "No standstill is needed here; 10 days if one is chosen." in page.text
    said["frame_maximum"] = "100"
    page = Page(browser.post(address, form | said))
    assert "Of the ceiling 100,00 € is left" in page.text.replace("\u00a0", " ").replace("\u202f", " ")


def test_a_typed_day_without_its_source_is_refused_beside_it(client_of, staff):
    found = announced(staff)
    browser, address = client_of(staff), reverse("procurement:law_write", args=[found.pk])
    page = Page(browser.post(address, {"starts_on": "1.3.2027", "yearly": "100 000", "sending": "email",
                                       "on_decision": "1.6.2027"}))  # fmt: skip
    assert "Say where the day comes from." in page.text
    assert not found.stages.exists()


# --- The same cost at any length -----------------------------------------------------------------------------------


def _shared(found, staff, number):
    """Give a procurement so many questions, papers, seats and wishes, each by somebody else."""
    for n in range(number):
        place = member()
        person = RoleFactory(municipality=place).user
        asked = Question.ask(found, place, by=person, text=f"Kysymys {n}", language="fi")
        asked.answer(by=staff, question_fi="a", question_sv="b", answer_fi="c", answer_sv="d")
        a_paper(found, staff, f"Muistio {n}").publish(by=staff, audience="public", contains_volumes=False)
        GroupSeat.name(found, by=staff, group="project", user=person, municipality=place)
        a_wish(place, f"Toive {n}", person).gather(by=staff, procurement=found)


def _cost(browser, address):
    browser.get(address)
    with CaptureQueriesContext(connection) as asked:
        assert browser.get(address).status_code == 200
    return len(asked)


@pytest.mark.parametrize("who", ["visitor", "member", "staff"])
def test_the_page_costs_the_same_for_any_number_of_what_is_shared(who, client, client_of, staff):
    browser = {"visitor": client, "member": client_of(RoleFactory().user), "staff": client_of(staff)}[who]
    costs = []
    for number in (1, 3):
        found = announced(staff)
        _shared(found, staff, number)
        costs.append(_cost(browser, found.get_absolute_url()))
    assert costs[0] == costs[1]


@pytest.mark.parametrize("who", ["member", "staff"])
def test_the_wishes_cost_the_same_for_any_length(who, client_of, staff):
    browser = client_of(RoleFactory().user) if who == "member" else client_of(staff)
    lists, pages = [], []
    for number in (1, 2, 3):
        wish = a_wish(what=f"Toive {number}")
        for _n in range(number):
            wish.endorse(by=RoleFactory().user, municipality=MunicipalityFactory())
        lists.append(_cost(browser, reverse("procurement:wish_list")))
        pages.append(_cost(browser, wish.get_absolute_url()))
    assert lists[0] == lists[2]
    assert pages[0] == pages[2]


def test_the_stages_cost_the_same_for_any_number(client_of, staff):
    browser, costs = client_of(staff), []
    for kinds in (["notice"], ["notice", "tenders", "decision"]):
        found = announced(staff)
        for kind in kinds:
            found.stages.create(kind=kind, planned_on=clock.today() + DAY)
        costs.append(_cost(browser, reverse("procurement:stages", args=[found.pk])))
    assert costs[0] == costs[1]


# --- Search, and the whole of it ------------------------------------------------------------------------------------


def test_a_procurement_is_found_by_title_and_number_and_a_draft_by_the_service_centre_alone(
    client, client_of, staff
):
    known, draft = announced(staff, title_fi="Äänikirjat", title_sv="Ljudböcker"), begun(staff)
    found = {who: browser.get(reverse("search"), {"q": "ljudböcker"}).content.decode()
             for who, browser in (("visitor", client), ("staff", client_of(staff)))}  # fmt: skip
    assert all(known.get_absolute_url() in page for page in found.values())
    by_number = {"q": draft.number}
    assert draft.get_absolute_url() not in client.get(reverse("search"), by_number).content.decode()
    assert draft.get_absolute_url() in client_of(staff).get(reverse("search"), by_number).content.decode()


def test_every_address_of_preparing_has_a_record(staff):
    world = procurement_world("round", by=staff)
    people = {"staff": staff, "representative": RoleFactory(municipality=world.committed).user}
    for name, arguments in needs_pages(world, people).items():
        assert reverse(name, kwargs=arguments)
