"""Who is asked in writing, reads and answers: the member, the deputy in an empty seat, and only while the term runs."""

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from consortium import clock
from consortium.models import OutgoingEmail
from steering import tasks
from steering.models import Term, WrittenMatter
from steering.pages.written import to_answer
from tests.conftest import Browser
from tests.factories import DAY
from tests.steering_minutes import a_matter, settled
from tests.steering_world import steering_group

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def in_english(settings):
    settings.LANGUAGE_CODE = "en"


@pytest.fixture
def group(db):
    return steering_group(seats=3)


@pytest.fixture
def leaves(group, today_is):
    """End a person's term with today, and let it be tomorrow."""

    def end(user):
        last_day = clock.today()
        Term.objects.get(user=user).resign(by=group.by, last_day=last_day, because="Uusi työ")
        today_is((last_day + DAY).isoformat())

    return end


def status(user, matter, verb=""):
    browser = Browser()
    browser.force_login(user)
    return browser.get(reverse(f"steering:written{verb}", args=[matter.pk])).status_code


def written_to(name):
    return {letter.to for letter in OutgoingEmail.objects.filter(template=f"steering/emails/written_{name}")}


def test_a_deputy_whose_term_has_ended_neither_reads_nor_answers(group, leaves):
    matter, deputy = a_matter(group, restricted_ground="621/1999 24 §"), group.deputies[2]
    matter.step_aside(by=group.members[2], kind="hindered")
    assert (status(deputy, matter), status(deputy, matter, "_answer")) == (200, 200)
    assert to_answer(deputy)
    leaves(deputy)
    assert (status(deputy, matter), status(deputy, matter, "_answer")) == (404, 404)
    assert not to_answer(deputy)
    for facts in ({"by": deputy}, {"by": group.secretary, "user": deputy, "channel": "mail"}):
        with pytest.raises(ValidationError, match="has ended"):
            matter.answer(position="for", **facts)
    with pytest.raises(ValidationError, match="has ended"):
        matter.step_aside(by=deputy, kind="conflict", ground="sukulainen")


def test_a_member_whose_term_has_ended_does_not_answer_either(group, leaves):
    matter = a_matter(group)
    leaves(group.members[2])
    assert status(group.members[2], matter) == 404 and not to_answer(group.members[2])
    with pytest.raises(ValidationError, match="has ended"):
        matter.answer(by=group.members[2], position="for")
    assert not matter.answers.exists()


def test_what_was_answered_while_the_term_ran_stands(group, today_is, leaves):
    matter = a_matter(group)
    for user in group.members:
        matter.answer(by=user, position="for")
    today_is((clock.today() + DAY).isoformat())
    leaves(group.members[2])
    today_is((clock.today() + 5 * DAY).isoformat())
    tasks.close_written()
    matter.refresh_from_db()
    assert (matter.state, matter.result) == ("settled", "for")


def test_a_deputy_whose_term_has_ended_is_not_asked_for_the_member(group, leaves):
    matter = a_matter(group)
    leaves(group.deputies[2])
    matter.step_aside(by=group.members[2], kind="hindered")
    assert matter.asides.get().deputy is None and not written_to("deputy")


def test_who_answered_what_is_for_those_who_sit_in_the_group(group, leaves):
    matter, browser = settled(group), Browser()
    browser.force_login(group.deputies[2])
    assert "have answered" in browser.get(matter.get_absolute_url()).content.decode()
    leaves(group.deputies[2])
    answer = browser.get(matter.get_absolute_url())
    assert answer.status_code == 200 and "have answered" not in answer.content.decode()


def test_in_a_seat_without_a_member_the_deputy_is_asked_answers_and_is_told(group, today_is, leaves):
    leaves(group.members[2])
    matter, deputy = a_matter(group), group.deputies[2]
    asked = {group.members[0], group.members[1], deputy}
    assert written_to("asked") == {user.email for user in asked}
    assert not WrittenMatter.objects.visible_to(group.deputies[0]).exists()
    assert (status(deputy, matter), status(deputy, matter, "_answer")) == (200, 200)
    assert [task.url for task in to_answer(deputy)] == [matter.get_absolute_url()]
    assert not to_answer(group.deputies[0])
    for user in asked:
        matter.answer(by=user, position="for")
    assert not to_answer(deputy)
    today_is((clock.today() + 6 * DAY).isoformat())
    tasks.close_written()
    matter.refresh_from_db()
    assert (matter.state, matter.result) == ("settled", "for")
    assert written_to("ended") == {user.email for user in asked}


def test_the_deputy_in_a_seat_without_a_member_reads_as_long_as_the_term_runs(group, leaves):
    leaves(group.members[2])
    matter, deputy = a_matter(group), group.deputies[2]
    leaves(deputy)
    assert status(deputy, matter) == 404 and not to_answer(deputy)


def test_a_seat_that_loses_its_member_later_does_not_show_earlier_matters_to_the_deputy(
    group, today_is, leaves
):
    matter = a_matter(group)
    today_is((clock.today() + DAY).isoformat())
    leaves(group.members[2])
    assert status(group.deputies[2], matter) == 404
    a_matter(group)
    assert WrittenMatter.objects.visible_to(group.deputies[2]).count() == 1


def test_where_only_deputies_are_left_they_are_asked(group, leaves):
    for user in group.members:
        leaves(user)
    a_matter(group)
    assert written_to("asked") == {user.email for user in group.deputies}
