"""The pages of proposals: the list, one's page, two who edit at once, what the gathered pages and the search tell."""

import pytest
from django.core.files.base import ContentFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from consortium import clock, gather
from consortium.models import AccessLog, OutgoingEmail
from steering.models import Attachment, Proposal
from tests.conftest import Browser
from tests.factories import RoleFactory, UserFactory
from tests.procurement_factories import announced, member
from tests.steering_proposals import PDF, decided, on_agenda, proposal, received
from tests.steering_world import meeting, steering_group
from tests.stories.people import Page

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def in_english(settings):
    settings.LANGUAGE_CODE = "en"


def test_the_second_of_two_who_edit_sees_the_other_text_and_keeps_the_own(client_of):
    row = proposal(member())
    url = reverse("steering:proposal_edit", args=[row.pk])
    RoleFactory(user=row.made_by, municipality=row.municipality)
    first, second = client_of(row.made_by), client_of(row.made_by)
    page = Page(second.get(url))
    first.post(url, {"title": "Ensimmäinen", "text": "Yksi.", "revision": "1"})
    typed = {"title": "Toinen", "text": "Kaksi.", "revision": page.typed("revision")}
    page = Page(second.post(url, typed))
    assert "Ensimmäinen" in page.wrong_with("title")
    assert page.typed("title") == "Toinen"
    second.post(url, typed | {"revision": page.typed("revision")})
    row.refresh_from_db()
    assert (row.title, row.revision) == ("Toinen", 3)


def test_the_reasons_of_a_restricted_item_are_for_its_readers_and_the_proposer(staff, client_of):
    group = steering_group(seats=3, by=staff)
    row, other = received(staff), member()
    director, neighbour = (
        RoleFactory(municipality=row.municipality).user,
        RoleFactory(municipality=other).user,
    )
    row.support(by=staff, municipality=other)
    item = on_agenda(row, meeting(group, state="planned"), staff)
    item.restricted_ground = "621/1999, 24 §"
    item.save()
    row.decide(by=staff, answer="accepted", reason_fi="zqreasons", reason_sv="zqreasons", item=item)
    assert not OutgoingEmail.objects.filter(to=neighbour.email).exists()
    url = row.get_absolute_url()
    assert "zqreasons" in Page(client_of(director).get(url)).text
    assert "zqreasons" in Page(client_of(group.chair).get(url)).text
    for browser in (client_of(neighbour), client_of(group.expert), Browser()):
        page = Page(browser.get(url))
        assert "zqreasons" not in page.text
        assert "The reasons are not public" in page.text


def test_the_list_costs_the_same_for_any_length_and_each_page_for_any_support(staff, client_of):
    browser, costs, own = client_of(staff), {}, []
    group = steering_group(seats=3, by=staff)
    url = reverse("steering:proposal_list")
    browser.get(reverse("home"))  # what is kept of the person's frame
    for count in (1, 3):
        while len(own) < count:
            row = received(staff)
            own.append(row)
        first = own[0]
        while first.supports.count() < count:
            first.support(by=staff, municipality=member())
        while first.attachments.count() < count:
            Attachment.add(first, by=staff, file=ContentFile(PDF, "a.pdf"), title="Liite")
        for address in (url, first.get_absolute_url(), reverse("home")):
            browser.get(address)
            with CaptureQueriesContext(
                connection,
            ) as queries:
                assert browser.get(address).status_code == 200
            costs.setdefault(address, []).append(len(queries))
    assert group.body.pk
    assert all(few == many for few, many in costs.values()), costs


def test_the_list_is_never_ordered_by_support(staff, client_of):
    popular, newest = received(staff), received(staff)
    popular.support(by=staff, municipality=member())
    page = Page(client_of(staff).get(reverse("steering:proposal_list") + "?sort=-supported"))
    assert [row[0].split()[0] for row in page.rows("Proposals")] == [newest.number, popular.number]


def test_search_finds_by_word_and_number_what_the_person_may_read(staff):
    row = received(staff, title="Äänikirjat kaikille")
    nobody = UserFactory()

    def found(user, words):
        hits = gather.collect(gather.SEARCH, user, words)
        return [hit.url for hit in hits if hit.group == "Proposals"]

    assert found(nobody, "äänikirjat") == [row.get_absolute_url()]
    assert found(nobody, row.number) == [row.get_absolute_url()]
    row.restrict(by=staff, ground="24 §")
    assert found(nobody, "äänikirjat") == found(nobody, row.number) == []
    assert found(staff, "äänikirjat") == [row.get_absolute_url()]


def test_what_waits_is_told_to_the_service_centre_and_what_was_done_to_the_municipality(staff):
    place = member()
    director = RoleFactory(municipality=place).user
    row = proposal(place, by=director)
    today = clock.today()

    def titles():
        return [
            task.title for task in gather.collect(gather.STAFF_HOME, staff, today) if task.kind == "proposal"
        ]

    assert titles() == ["Receive 1 proposal"]
    row.receive(by=staff)
    assert titles() == ["Put 1 proposal on an agenda, or answer it"]
    done = gather.collect(gather.MEMBER_DONE, director, place, today)
    assert [task.since for task in done] == [today]
    parts = gather.collect(gather.MEMBER_PARTS, director, place, today)
    assert next(part for part in parts if part.heading == "Our proposals").note == "1 proposal"
    assert dict(gather.collect(gather.MY_DATA, director))["proposals"][0]["number"] == row.number
    decided(row, staff, answer="returned")
    assert titles() == []
    waits = [task.title for task in gather.collect(gather.MEMBER_HOME, director, place, today)]
    assert waits == [f"Prepare the proposal further: {row.title}"]
    Proposal.make(place, by=director, title="Uudelleen", text="a", follows=row)
    assert gather.collect(gather.MEMBER_HOME, director, place, today) == []


def test_a_procurement_and_the_proposal_it_came_of_lead_to_each_other(staff, client_of):
    row, found = received(staff), announced(staff)
    row.become(by=staff, procurement=found)
    browser = client_of(staff)
    assert Page(browser.get(row.get_absolute_url())).link(found.number) == found.get_absolute_url()
    page = Page(browser.get(found.get_absolute_url()))
    assert row.title in page.part("Proposals behind it")
    row.restrict(by=staff, ground="24 §")
    assert row.title not in Page(Browser().get(found.get_absolute_url())).text


def test_a_file_that_is_no_paper_is_refused_and_what_was_typed_stays(client_of):
    director = RoleFactory(municipality=member()).user
    browser, url = client_of(director), reverse("steering:proposal_new")
    file = ContentFile(b"MZ a program", "liite.pdf")
    typed = {"title": "Otsikko", "text": "Teksti.", "municipality": director.roles.get().municipality_id}
    page = Page(browser.post(url, typed | {"file": file, "file_title": "Liite"}))
    assert "neither a PDF nor a photo" in page.wrong_with("file")
    assert page.typed("text").strip() == "Teksti."
    assert not Proposal.objects.exists()


def test_who_acts_for_no_member_is_not_asked_to_make_one(client_of):
    person = RoleFactory().user
    browser = client_of(person)
    assert not Page(browser.get(reverse("steering:proposal_list"))).offers("Make a proposal")
    assert browser.get(reverse("steering:proposal_new")).status_code == 403


def test_a_returned_one_is_made_again_from_its_page(staff, client_of):
    director = RoleFactory(municipality=member()).user
    row = decided(proposal(director.roles.get().municipality, by=director), staff, answer="returned")
    browser = client_of(director)
    page = Page(browser.get(row.get_absolute_url()))
    form = Page(browser.get(page.link("Make it again, prepared further")))
    assert form.typed("title") == row.title
    typed = {"title": row.title, "text": "Valmisteltu.", "municipality": row.municipality_id}
    browser.post(f"{reverse('steering:proposal_new')}?follows={row.pk}", typed)
    assert Proposal.objects.latest("pk").follows == row
    assert "Made again as" in Page(browser.get(row.get_absolute_url())).text


def test_who_has_read_a_restricted_one_stands_in_the_log(staff, client_of):
    row = received(staff)
    client_of(staff).get(row.get_absolute_url())
    assert not AccessLog.objects.filter(what__startswith="steering.proposal").exists()
    row.restrict(by=staff, ground="24 §")
    client_of(staff).get(row.get_absolute_url())
    Browser().get(row.get_absolute_url())
    assert [log.user for log in AccessLog.objects.filter(what=f"steering.proposal {row.pk}")] == [staff]


def test_what_waits_for_an_answer_is_told_to_the_chair_and_not_to_members(staff, client_of):
    group = steering_group(seats=3, by=staff)
    row = received(staff)
    page = Page(client_of(group.chair).get(reverse("duties")))
    assert "1 thing waits for you." in page.text and page.link("Open the first") == row.get_absolute_url()
    assert row.title in page.part("Waits for you")
    page = Page(client_of(group.members[2]).get(reverse("duties")))
    assert "Nothing waits for you." in page.text and row.title not in page.text
