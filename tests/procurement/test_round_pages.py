"""Pages of a round: what each costs at any length, lots, drafts for several municipalities, form sent twice, logs."""

import datetime as dt
import uuid

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from consortium import clock
from consortium.models import AccessLog, OutgoingEmail
from procurement.models import Draft, Ruling
from procurement.pages import round_home
from procurement.pages.gauge import gauge
from tests.factories import DAY, RoleFactory, UserFactory
from tests.offer_world import TIERED, grounds, received, supplier
from tests.procurement_factories import announced, answers, closing_day, member, opened, said
from tests.procurement_world import procurement_world
from tests.stories.people import Page, Person

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def in_english(settings):
    """Read the pages in the language of their source."""
    settings.LANGUAGE_CODE = "en"


@pytest.fixture
def world(staff):
    return procurement_world(by=staff)


def url(name, *args):
    return reverse(f"procurement:{name}", args=args)


def coordinator_of(places):
    """Return a person who prepares for all these municipalities."""
    user = UserFactory(name="Helle")
    for place in places:
        RoleFactory(user=user, municipality=place, kind="librarian")
    return user


# --- What pages cost ------------------------------------------------------------------------------------------


def of_length(count, staff):
    """Return a round with so many municipalities of each kind, which differ in all that a row shows."""
    places = [member(language="sv", name_sv=f"Ort {n}", library_network=f"N{n}") for n in range(5 * count)]
    round_ = opened(announced(staff), places, by=staff)
    for n in range(count):
        a, b, c, d, _silent = places[5 * n : 5 * n + 5]
        answers(round_, a, "committed", f"{1000 + n}", reservation="Svenska titlar." if n else "")
        answers(round_, b, "interested", f"{10 + n}", by=RoleFactory(municipality=b).user)
        answers(round_, c, "preparing")
        answers(round_, d, "declined")
    return round_, places


@pytest.fixture
def counted(client_of):
    """Return how many questions a page costs: ``counted(user, address)``."""

    def count(user, address):
        browser = client_of(user)
        browser.get(address)
        with CaptureQueriesContext(connection) as captured:
            assert browser.get(address).status_code == 200
        return len(captured)

    return count


def test_a_list_three_times_as_long_asks_no_more_questions(counted, staff):
    short, places = of_length(1, staff)
    long, more = of_length(3, staff)
    for name in ("answer_list", "round_remind", "procurement"):
        assert counted(staff, url(name, short.procurement_id)) == counted(
            staff, url(name, long.procurement_id)
        )
    few, many = coordinator_of(places), coordinator_of(more)
    assert counted(few, url("drafts", short.procurement_id)) == counted(
        many, url("drafts", long.procurement_id)
    )


def test_the_pages_that_gather_cost_the_same_for_any_number_of_rounds(counted, staff):
    one, three = member(), member()
    for place, count in ((one, 1), (three, 3)):
        for n in range(count):
            round_ = opened(announced(staff), [place], by=staff)
            if n:
                answers(round_, place, "preparing", until=dt.date(2199, 1, 1))
    homes = [
        counted(RoleFactory(municipality=place).user, reverse("member_home", args=[place.code]))
        for place in (one, three)
    ]
    assert homes[0] == homes[1]


def test_the_service_centres_home_asks_of_all_open_rounds_at_once(staff):
    def asked():
        with CaptureQueriesContext(connection) as captured:
            told = round_home.deadlines(staff, clock.today())
        return len(captured), [task.note for task in told]

    opened(announced(staff), [member()], by=staff)
    one, _notes = asked()
    places = [member(), member(), member()]
    round_ = opened(announced(staff), places, by=staff, closes_on=closing_day(clock.today() + 30 * DAY))
    answers(round_, places[0], "preparing")
    opened(announced(staff), places, by=staff, closes_on=closing_day(clock.today() + 40 * DAY))
    said_of_each = ["1 has not answered.", "2 have not answered.", "3 have not answered."]
    assert asked() == (one, said_of_each)


def test_the_gauge_gathers_the_buyers_once_for_all_offers(staff):
    def asked(offers):
        world = procurement_world("tendering", by=staff)
        grounds(world.procurement, staff)
        for n in range(offers):
            received(world.procurement, TIERED, by=staff, supplier=supplier(f"Seller {n}", staff))
        with CaptureQueriesContext(connection) as captured:
            part = gauge(staff, world.round)[0]
        assert len(part.context["tiers"]) == offers
        return len(captured)

    assert asked(1) == asked(3)


# --- The municipality's page ----------------------------------------------------------------------------------


def test_a_form_sent_twice_is_one_answer_and_one_receipt(client_of, world):
    user = RoleFactory(municipality=world.silent).user
    browser, address = client_of(user), url("ours", world.procurement.pk, world.silent.code)
    typed = {"kind": "declined", "seen": 0, "form_key": str(uuid.uuid4())}
    first, second = browser.post(address, typed), browser.post(address, typed)
    assert (first.status_code, first.url) == (302, second.url)
    assert world.answer_of(world.silent).versions.count() == 1
    given = OutgoingEmail.objects.filter(
        template="procurement/emails/answer_given", about_id=world.answer_of(world.silent).pk
    )
    assert given.filter(to=user.email).count() == 1


def test_what_stands_in_the_fields_of_another_answer_is_neither_read_nor_refused(client_of, world):
    user = RoleFactory(municipality=world.silent).user
    address = url("ours", world.procurement.pk, world.silent.code)
    typed = {"kind": "declined", "committed_yearly": "1,200", "decided_on": "x", "until": "y", "seen": 0}
    assert client_of(user).post(address, typed).status_code == 302
    version = world.answer_of(world.silent).standing
    assert (version.kind, version.yearly, version.body) == ("declined", None, "")


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({}, "kind"),
        ({"kind": "committed"}, "committed_yearly"),
        ({"kind": "committed", "committed_yearly": "0"}, "committed_yearly"),
        ({"kind": "committed", "committed_yearly": "12"}, "body"),
        (
            {"kind": "committed", "committed_yearly": "12", "body": "board", "decided_on": "1.1.2199"},
            "decided_on",
        ),
        ({"kind": "interested"}, "interested_yearly"),
        ({"kind": "preparing"}, "until"),
        ({"kind": "preparing", "until": "2.1.2020"}, "until"),
    ],
)
def test_what_is_missing_is_said_beside_its_field(client_of, world, typed, field):
    user = RoleFactory(municipality=world.silent).user
    page = Page(
        client_of(user).post(url("ours", world.procurement.pk, world.silent.code), typed | {"seen": 0})
    )
    assert page.status == 200
    assert page.response.context["form"].errors[field]
    assert "Not sent: " in page.text
    assert not world.answer_of(world.silent).versions.exists()


def test_lots_are_asked_one_by_one_and_their_sum_is_read_back(client_of, staff):
    place = member()
    user = RoleFactory(municipality=place).user
    bought = announced(staff, lots=[("Suomeksi", "På finska"), ("Ruotsiksi", "På svenska")])
    round_ = opened(bought, [place], by=staff)
    director = Person(client_of(user))
    page = director.opens(url("ours", bought.pk, place.code))
    page = director.presses(page, kind="interested", interested_lot_1="700", interested_lot_2="300,50")
    assert page.says.endswith("Estimate: 1 000,50 euros a year, without VAT.")
    page = director.presses(page, "Answer for")
    assert "Suomeksi 700,00 €" in page.part("Our answer")
    assert round_.answers.get().standing.by_lot == {"1": "700.00", "2": "300.50"}


def test_a_neighbour_and_a_stranger_find_no_page_and_the_readings_of_staff_are_kept(client_of, world, staff):
    address = url("ours", world.procurement.pk, world.committed.code)
    neighbour = RoleFactory(municipality=world.silent).user
    assert client_of(neighbour).get(address).status_code == 404
    assert client_of(staff).get(address).status_code == 200
    assert AccessLog.objects.filter(user=staff, what__startswith="procurement.answer ").count() == 1


def test_after_an_end_without_result_nothing_can_be_answered(client_of, world, staff):
    type(world.procurement).objects.filter(pk=world.procurement.pk).update(
        state="void", void_reason_fi="Syy.", void_reason_sv="Orsak."
    )
    user = RoleFactory(municipality=world.silent).user
    address = url("ours", world.procurement.pk, world.silent.code)
    page = Page(client_of(user).get(address))
    assert page.says == "The procurement ended without result. Syy." and not page.offers("Answer for")
    page = Page(client_of(user).post(address, {"kind": "declined", "seen": 0}))
    assert "Your answer was not sent." in page.text


def gives(who, page, **typed):
    """Fill in the table of drafts and press the button that gives them to the representatives. Returns what comes."""
    values = dict(page.form("Give").form_values()) | typed | {"hand_over": "1"}
    return Page(who.browser.post(page.path, values, follow=True))


# --- Twelve at once -------------------------------------------------------------------------------------------


def test_a_coordinator_drafts_for_all_and_each_representative_gets_only_their_own(client_of, world):
    people = {p: RoleFactory(municipality=p).user for p in (world.silent, world.preparing)}
    helle = coordinator_of(world.places)
    browser = Person(client_of(helle))
    page = browser.opens(url("drafts", world.procurement.pk))
    silent, _preparing = (world.answer_of(place) for place in people)
    assert f"kind_{silent.pk}" in page.form("Give").fields and len(page.rows("Our municipalities")) == 6
    assert dict(page.form("Give").form_values())[f"yearly_{silent.pk}"] == "1\u202f223,50"  # rate × residents
    typed = {f"kind_{silent.pk}": "committed", f"yearly_{silent.pk}": "1300", "everyone": "interested"}
    page = gives(browser, page, **typed)
    assert "2 answers were given to their representatives." in page.text
    assert {d.answer.municipality: (d.kind, d.yearly) for d in Draft.objects.all()} == {
        world.silent: ("committed", 1300),
        world.preparing: ("interested", silent.round.cost_for(world.preparing.populations.first()).yearly),
    }
    for place, user in people.items():
        letters = OutgoingEmail.objects.filter(to=user.email, template="procurement/emails/answer_prepared")
        assert [letter.about.municipality for letter in letters] == [place]
    assert silent.standing is None
    # she never sends it for anyone, and her access ends with her role at once
    address = url("ours", world.procurement.pk, world.silent.code)
    assert Page(browser.browser.get(address)).offers("Prepare the answer for the representative")
    for role in helle.roles.all():
        role.delete()
    assert browser.browser.get(address).status_code == 404
    assert Draft.objects.count() == 2  # the drafts stay with the municipalities


def test_a_row_without_a_representative_says_so_and_the_registry_can_be_asked(client_of, world):
    browser = Person(client_of(coordinator_of([world.silent])))
    page = browser.opens(url("network"))
    assert page.path == url("drafts", world.procurement.pk)  # the only open round opens at once
    assert "Nobody" in page.rows("Our municipalities")[0][1]
    answer = world.answer_of(world.silent)
    page = gives(browser, page, **{f"kind_{answer.pk}": "interested"})
    assert "Nobody answers for" in page.text and Draft.objects.get().given_at is None
    page = Page(browser.browser.post(url("answer_ask", answer.pk), follow=True))
    assert "has been asked." in page.text
    assert OutgoingEmail.objects.latest("pk").to == world.silent.registry_email


def test_a_draft_keeps_what_else_was_prepared_for_the_same_answer(client_of, world):
    RoleFactory(municipality=world.silent)
    answer, helle = world.answer_of(world.silent), coordinator_of([world.silent])
    answer.prepare(by=helle, hand_over=False, **said("committed", "800"))
    browser = Person(client_of(helle))
    page = browser.opens(url("drafts", world.procurement.pk))
    browser.presses(page, "Save the drafts", **{f"yearly_{answer.pk}": "900"})
    draft = Draft.objects.get()
    assert (draft.yearly, draft.section, draft.given_at) == (900, "61", None)


def test_giving_again_writes_only_about_what_changed(client_of, world):
    people = [RoleFactory(municipality=place).user for place in (world.silent, world.preparing)]
    first, second = (world.answer_of(place) for place in (world.silent, world.preparing))
    helle, other = coordinator_of(world.places), coordinator_of(world.places)
    lots = {"1": "700.00", "2": "100.00"}
    first.prepare(by=helle, hand_over=False, **said("interested", "800", by_lot=lots))
    second.prepare(by=helle, hand_over=False, **said("interested", "500", by_lot={"1": "500.00"}))
    address, browser = url("drafts", world.procurement.pk), Person(client_of(other))

    def letters():
        rows = OutgoingEmail.objects.filter(template="procurement/emails/answer_prepared")
        return [rows.filter(to=user.email).count() for user in people]

    def drafted():
        found = {draft.answer_id: draft for draft in Draft.objects.all()}
        return [(found[a.pk].yearly, found[a.pk].by_lot, found[a.pk].prepared_by) for a in (first, second)]

    gives(browser, browser.opens(address))
    assert letters() == [1, 1]
    assert drafted() == [(800, lots, helle), (500, {"1": "500.00"}, helle)]
    page = gives(browser, browser.opens(address))
    assert "Nothing has changed" in page.text and letters() == [1, 1]
    page = gives(
        browser, browser.opens(address), **{f"note_{first.pk}": "Ring mig", f"yearly_{second.pk}": "600"}
    )
    assert "2 answers were given" in page.text and letters() == [2, 2]
    assert drafted() == [(800, lots, other), (600, {}, other)]
    browser.presses(browser.opens(address), "Save the drafts", **{f"yearly_{second.pk}": "650"})
    assert letters() == [2, 2]
    gives(browser, browser.opens(address))  # what was only saved is told when it is given
    assert letters() == [2, 3]


# --- Decisions of the service centre --------------------------------------------------------------------------


@pytest.mark.parametrize("newer", ["committed", "declined"])
def test_a_reservation_that_nobody_has_read_is_not_accepted(client_of, world, staff, newer):
    answer = answers(world.round, world.silent, "committed", "800", reservation="Om det finns på svenska.")
    clerk = Person(client_of(staff))
    page = clerk.opens(url("answer_rule", answer.pk, "condition"))
    more = {"reservation": "Bara om priset sjunker."} if newer == "committed" else {}
    answers(world.round, world.silent, newer, *(["800"] if more else []), **more)
    typed = {"accepted": "yes", "reason": "Det gör det."}
    page = clerk.presses(page, "Decide", **typed)
    assert not Ruling.objects.exists()
    if not more:
        assert (
            page.path == answer.get_absolute_url()
            and "can no longer be done" in page.response.content.decode()
        )
        return
    assert "nothing was decided" in page.response.content.decode() and "Bara om priset sjunker." in page.says
    clerk.presses(page, "Decide", **typed)
    assert Ruling.objects.get().version == answer.newest
