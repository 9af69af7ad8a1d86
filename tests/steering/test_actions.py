"""Actions: given, changed, done, dropped, taken up again; who reads them; the late ones told."""

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from consortium import clock, gather
from consortium.models import AuditEvent, OutgoingEmail, Post
from consortium.workflow import WrongState
from steering.models import Action, Meeting
from tests.conftest import Browser
from tests.factories import DAY, UserFactory
from tests.procurement_factories import announced, brought_to
from tests.steering_proposals import action, decided, received
from tests.steering_world import meeting, steering_group
from tests.stories.people import Page

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def in_english(settings):
    settings.LANGUAGE_CODE = "en"


def test_the_one_who_is_given_an_action_is_told(staff):
    owner = UserFactory(language="sv")
    row = action(owner, staff, "Selvitä tarve")
    mail = OutgoingEmail.objects.get()
    assert (mail.to, mail.template) == (owner.email, "steering/emails/action_given")
    assert "Selvitä tarve (sv)" in mail.body
    assert AuditEvent.objects.about(row).get().details["owner"] == owner.pk
    action(staff, staff)
    assert OutgoingEmail.objects.count() == 1  # nobody writes to oneself
    row.finish(by=owner, result_fi="Tehty.")
    assert not row.still_tells(mail.template)


def test_an_action_has_a_day_to_come_and_a_text(staff):
    with pytest.raises(ValidationError, match="later day"):
        action(staff, staff, days=-1)
    with pytest.raises(ValidationError, match="cannot be blank"):
        Action.make(by=staff, text_fi="", text_sv="", owner=staff, due_on=clock.today())
    assert not Action.objects.exists()


def test_it_is_changed_by_one_at_a_time_and_a_new_owner_is_told(staff):
    row, other = action(staff, staff), UserFactory()
    row.edit(by=staff, revision=1, owner=other, due_on=clock.today())
    assert [mail.to for mail in OutgoingEmail.objects.all()] == [other.email]
    with pytest.raises(ValidationError, match="A colleague has changed"):
        row.edit(by=staff, revision=1, text_fi="Toinen")
    with pytest.raises(ValidationError, match="later day"):
        row.edit(by=staff, revision=2, due_on=clock.today() - DAY)
    row.refresh_from_db()
    assert (row.owner, row.due_on, row.text_fi) == (other, clock.today(), "Selvitä tarve")
    assert AuditEvent.objects.about(row).first().details["before"]["owner"] == staff.pk


def test_it_ends_with_its_result_and_can_be_taken_up_again(staff):
    row = action(staff, staff)
    with pytest.raises(ValidationError, match="what came of it"):
        row.finish(by=staff, result_fi="")
    row.finish(by=staff, result_fi="Tehty.", result_sv="Gjort.")
    assert (row.state, row.ended_on) == ("done", clock.today())
    for act in (
        lambda: row.finish(by=staff, result_fi="x"),
        lambda: row.drop(by=staff, result_fi="x"),
        lambda: row.edit(by=staff, revision=1),
    ):
        with pytest.raises(WrongState):
            act()
    with pytest.raises(ValidationError, match="later day"):
        row.reopen(by=staff, due_on=clock.today() - DAY)
    row.reopen(by=staff, due_on=clock.today())
    assert (row.state, row.ended_on, row.result_fi) == ("open", None, "Tehty.")
    row.drop(by=staff, result_fi="Ei tarpeen.")
    assert row.state == "dropped"


def test_who_reads_and_who_ends_an_action(staff):
    group = steering_group(seats=3, by=staff)
    secret = received(staff)
    secret.restrict(by=staff, ground="24 §")
    owner, auditor = group.expert, UserFactory()
    Post.give(auditor, "auditor", by=staff)
    of_secret = action(owner, staff, "Salainen", proposal=secret)
    found = meeting(group, items=[{"title_fi": "A", "title_sv": "B", "restricted_ground": "24 §"}])
    of_item = action(staff, staff, "Salainen asia", decided_in=found.items.get())
    public = action(staff, staff, "Julkinen")

    def reads(user):
        return set(Action.objects.visible_to(user))

    everything = {of_secret, of_item, public}
    assert reads(staff) == reads(group.chair) == reads(group.secretary) == everything
    assert reads(group.deputies[1]) == reads(auditor) == {public}
    assert reads(owner) == {of_secret, public}
    assert reads(UserFactory()) == set()
    assert owner.has_perm("steering.finish_action", of_secret)
    assert not owner.has_perm("steering.edit_action", of_secret)
    assert not group.members[2].has_perm("steering.finish_action", of_secret)


def test_late_ones_and_those_without_owner_are_told_to_the_service_centre(staff, today_is):
    today_is("2026-11-02")
    gone = UserFactory()
    action(staff, staff, "Oma", days=3)
    action(gone, staff, "Jäänyt", days=1)
    gone.is_active = False
    gone.save()
    today_is("2026-11-05")

    def titles():
        tasks = gather.collect(gather.STAFF_HOME, staff, clock.today())
        return sorted(task.title for task in tasks if task.kind == "action")

    assert titles() == ["1 action is late", "Find somebody for 1 action: its owner has left", "Oma"]
    today_is("2026-11-06")
    assert titles() == ["2 actions are late", "Find somebody for 1 action: its owner has left"]
    assert [row.text_fi for row in Action.objects.overdue()] == ["Jäänyt", "Oma"]


def test_ones_own_actions_stand_on_ones_own_page_and_in_the_calendar(staff, client_of):
    group = steering_group(seats=3, by=staff)
    row = action(group.members[2], staff, "Kysy muilta")
    page = Page(client_of(group.members[2]).get(reverse("duties")))
    assert "Kysy muilta" in page.part("Waits for you")
    [occasion] = [
        o for o in gather.collect(gather.FEED, group.members[2], clock.today()) if "Kysy" in o.title
    ]
    assert occasion.on == row.due_on
    assert dict(gather.collect(gather.MY_DATA, group.members[2]))["actions"][0]["text"] == "Kysy muilta"


def test_the_list_counts_what_the_task_counts_and_costs_the_same_at_any_length(staff, client_of, today_is):
    today_is("2026-11-02")
    browser, costs = client_of(staff), []
    address = reverse("steering:action_list") + "?state=late"
    for count in (1, 3):
        today_is("2026-11-02")
        while Action.objects.count() < count:
            number = Action.objects.count()
            action(
                UserFactory(), staff, f"Tehtävä {number}", days=1, proposal=decided(received(staff), staff)
            )
        today_is("2026-11-05")
        browser.get(address)
        with CaptureQueriesContext(connection) as queries:
            page = Page(browser.get(address))
        costs.append(len(queries))
        assert len(page.rows("Actions")) == count
    assert costs[0] == costs[1]


def test_the_public_reads_an_action_on_its_proposal_without_the_name(staff):
    row = decided(received(staff), staff)
    action(UserFactory(name="Nimi Salainen"), staff, "Selvitä tarve", proposal=row)
    text = Page(Browser().get(row.get_absolute_url())).text
    assert "Selvitä tarve" in text
    assert "Nimi Salainen" not in text
    assert Browser().get(reverse("steering:action", args=[Action.objects.get().pk])).status_code == 302


def test_a_late_action_of_a_restricted_matter_is_restricted_on_the_agenda_too(staff, today_is):
    today_is("2026-11-02")
    group = steering_group(seats=3, by=staff)
    secret, tendered = received(staff), received(staff)
    secret.restrict(by=staff, ground="24 §")
    tendered.restrict(by=staff, procurement=brought_to(announced(staff), "round"))
    closed = {"title_fi": "A", "title_sv": "B", "restricted_ground": "23 §"}
    item = meeting(group, items=[closed]).items.get()
    action(staff, staff, "Esitys", days=1, proposal=secret)
    action(staff, staff, "Hankinta", days=1, proposal=tendered)
    action(staff, staff, "Asia", days=1, decided_in=item)
    action(staff, staff, "Julkinen", days=1)
    today_is("2026-11-05")
    found = Meeting.plan(by=staff, body=group.body)
    shown = {row.action.text_fi: row.is_restricted() for row in found.items.all()}
    assert shown == {"Esitys": True, "Hankinta": True, "Asia": True, "Julkinen": False}
