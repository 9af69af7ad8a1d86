"""Written procedures over the database: settled only if all have answered and nobody asks for a meeting (A 38)."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, ProgrammingError, transaction

from consortium import clock
from consortium.models import OutgoingEmail
from consortium.workflow import WrongState
from steering import tasks
from steering.models import Aside, Meeting, WrittenAnswer, WrittenMatter
from steering.written import State
from tests.factories import UserFactory
from tests.steering_world import steering_group

pytestmark = pytest.mark.django_db
TEXTS = {
    "title_fi": "Kuikan jatkosopimus",
    "title_sv": "Fortsatt avtal om lommen",
    "background_fi": "Sopimus päättyy.",
    "background_sv": "Avtalet löper ut.",
    "proposal_fi": "Jatketaan.",
    "proposal_sv": "Vi fortsätter.",
}


@pytest.fixture(autouse=True)
def in_english(settings):
    """Refusals are read in English."""
    settings.LANGUAGE_CODE = "en"


@pytest.fixture
def group(db):
    """Three seats: chair, vice-chair and a member, each with a deputy."""
    return steering_group(seats=3)


@pytest.fixture
def matter(group):
    """A matter that is answered within three days."""
    return begin(group)


def begin(group, **facts):
    deadline = clock.now() + dt.timedelta(days=3)
    return WrittenMatter.begin(by=group.secretary, body=group.body, **{"deadline": deadline} | TEXTS | facts)


def test_a_matter_is_sent_to_each_member_and_says_what_silence_does(group, matter):
    letters = OutgoingEmail.objects.filter(template="steering/emails/written_asked")
    assert {letter.to for letter in letters} == {user.email for user in group.members}
    assert matter.number == f"1/{clock.today().year}"
    assert begin(group).number == f"2/{clock.today().year}"
    assert matter.standing().state == State.OPEN
    assert set(matter.standing().missing) == {user.pk for user in group.members}


def test_a_matter_has_its_time_ahead_and_somebody_to_answer(group):
    with pytest.raises(ValidationError) as refusal:
        begin(group, deadline=clock.now() - dt.timedelta(minutes=1))
    assert "deadline" in refusal.value.message_dict
    group.body.terms.all()._raw_delete("default")
    with pytest.raises(ValidationError, match="Nobody sits"):
        begin(group)


def test_a38_settled_when_all_have_answered_and_the_time_is_over(group, matter, today_is):
    for user, position in zip(group.members, ["for", "for", "against"], strict=True):
        matter.answer(by=user, position=position)
    assert matter.standing().state == State.OPEN
    with pytest.raises(ValidationError, match="still running"):
        matter.settle()
    today_is(clock.today() + dt.timedelta(days=4))
    assert matter.standing().state == State.SETTLED
    assert WrittenMatter.objects.get().state == "open"  # nobody has closed it, and it is settled all the same
    tasks.close_written()
    tasks.close_written()
    matter.refresh_from_db()
    assert (matter.state, matter.result, matter.ended_at) == ("settled", "for", matter.deadline)
    letters = OutgoingEmail.objects.filter(template="steering/emails/written_ended")
    assert sorted(letter.to for letter in letters) == sorted(user.email for user in group.members)


def test_a38_one_who_is_silent_sends_it_to_the_meeting(group, matter, today_is):
    for user in group.members[:2]:
        matter.answer(by=user, position="for")
    today_is(clock.today() + dt.timedelta(days=4))
    assert matter.standing().state == State.TO_MEETING
    tasks.close_written()
    matter.refresh_from_db()
    assert (matter.state, matter.result, matter.reasons) == ("to_meeting", "", ["not_all_answered"])


def test_a38_one_who_asks_for_a_meeting_ends_it_at_once(group, matter):
    matter.answer(by=group.members[2], position="meeting")
    assert (matter.state, matter.reasons, matter.asked_by) == ("to_meeting", ["asked"], group.members[2])
    with pytest.raises(WrongState):
        matter.answer(by=group.members[0], position="for")


def test_an_answer_after_the_time_is_refused_with_the_reason(group, matter, today_is):
    today_is(clock.today() + dt.timedelta(days=4))
    with pytest.raises(ValidationError, match="over"):
        matter.answer(by=group.members[0], position="for")
    with pytest.raises(ValidationError, match="over"):
        matter.step_aside(by=group.members[0], kind="hindered")
    assert not WrittenAnswer.objects.exists()


def test_the_last_answer_of_a_person_stands_and_the_first_stays_on_record(group, matter):
    matter.answer(by=group.members[0], position="for")
    matter.answer(by=group.members[0], position="against")
    assert [answer.position for answer in matter.standing().answers.values()] == ["against"]
    assert WrittenAnswer.objects.count() == 2
    with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
        WrittenAnswer.objects.update(position="for")


def test_a_deputy_answers_only_when_the_member_says_so(group, matter):
    deputy = group.deputies[2]
    assert not WrittenMatter.objects.visible_to(deputy).exists()
    with pytest.raises(ValidationError, match="one seat, one answer"):
        matter.answer(by=deputy, position="for")
    matter.step_aside(by=group.members[2], kind="hindered")
    letter = OutgoingEmail.objects.get(template="steering/emails/written_deputy")
    assert letter.to == deputy.email
    assert group.members[2].get_full_name() in letter.subject
    assert WrittenMatter.objects.visible_to(deputy).exists()
    matter.answer(by=deputy, position="for")
    assert matter.standing().answers[3].person == deputy.pk


def test_a_member_who_answers_after_all_answers_for_the_seat(group, matter):
    matter.step_aside(by=group.members[2], kind="hindered")
    matter.answer(by=group.deputies[2], position="for")
    matter.answer(by=group.members[2], position="against")
    assert matter.standing().answers[3].person == group.members[2].pk
    assert not WrittenMatter.objects.visible_to(group.deputies[2]).exists()


def test_one_in_conflict_does_not_answer_and_the_deputy_does(group, matter):
    with pytest.raises(ValidationError, match="conflict"):
        matter.step_aside(by=group.members[2], kind="conflict")
    matter.step_aside(by=group.members[2], kind="conflict", ground="toimittajan neuvonantaja")
    with pytest.raises(ValidationError, match="conflict"):
        matter.answer(by=group.members[2], position="for")
    matter.answer(by=group.deputies[2], position="for")
    assert set(matter.standing().missing) == {group.members[0].pk, group.members[1].pk}


def test_only_a_member_is_hindered_and_nobody_else_steps_aside(group, matter):
    for user in (group.deputies[0], group.expert, UserFactory()):
        with pytest.raises(ValidationError):
            matter.step_aside(by=user, kind="hindered")
    assert not Aside.objects.exists()


def test_an_answer_that_came_by_mail_is_recorded_with_how_it_came(group, matter):
    matter.answer(by=group.secretary, user=group.members[0], position="for", channel="mail")
    answer = WrittenAnswer.objects.get()
    assert (answer.user, answer.sent_by, answer.channel) == (group.members[0], group.secretary, "mail")
    with pytest.raises(ValidationError):
        matter.answer(by=group.secretary, user=group.members[1], position="for")
    with pytest.raises(ValidationError, match="Only members"):
        matter.answer(by=group.secretary, position="for")


def test_what_was_not_settled_goes_onto_an_agenda_with_its_texts_and_restriction(group, matter, today_is):
    starts_at = clock.now() + dt.timedelta(days=30)
    meeting = Meeting.plan(
        by=group.secretary, body=group.body, starts_at=starts_at, ends_at=starts_at + dt.timedelta(hours=2)
    )
    with pytest.raises(ValidationError, match="still running"):
        matter.put_on_agenda(by=group.secretary, meeting=meeting)
    WrittenMatter.objects.update(restricted_ground="621/1999 24 §")
    today_is(clock.today() + dt.timedelta(days=4))
    matter.put_on_agenda(by=group.secretary, meeting=meeting)
    item = meeting.items.get()
    assert (item.title_sv, item.proposal_fi, item.restricted_ground) == (
        "Fortsatt avtal om lommen",
        "Jatketaan.",
        "621/1999 24 §",
    )
    assert (matter.state, matter.item, matter.reasons) == ("to_meeting", item, ["not_all_answered"])
    with pytest.raises(ValidationError, match="already"):
        matter.put_on_agenda(by=group.secretary, meeting=meeting)
    with pytest.raises(ValidationError, match="stands there by itself"):
        matter.item.remove(by=group.secretary)


def test_a_restricted_matter_is_named_by_its_number_alone(group):
    matter = begin(group, restricted_ground="621/1999 24 §")
    matter.step_aside(by=group.members[0], kind="hindered")
    matter.answer(by=group.members[1], position="meeting")
    letters = OutgoingEmail.objects.all()
    assert letters.count() >= 5
    for letter in letters:
        assert "Kuikan" not in letter.subject + letter.body
        assert "Jatketaan" not in letter.body
    for user in (group.expert, group.deputies[2], UserFactory()):
        assert not WrittenMatter.objects.visible_to(user).exists()
    assert WrittenMatter.objects.visible_to(group.members[2]).exists()


def test_what_was_settled_is_public_unless_restricted(group, today_is):
    public, kept = begin(group), begin(group, restricted_ground="621/1999 24 §")
    for matter in (public, kept):
        for user in group.members:
            matter.answer(by=user, position="for")
    stranger = UserFactory()
    assert not WrittenMatter.objects.visible_to(stranger).exists()
    today_is(clock.today() + dt.timedelta(days=4))
    tasks.close_written()
    assert list(WrittenMatter.objects.visible_to(stranger)) == [public]
    assert list(WrittenMatter.objects.visible_to(group.expert)) == [public]


@pytest.mark.parametrize(
    ("values", "name"),
    [
        ({"result": "for"}, "writtenmatter_ended_whole"),
        ({"state": "settled"}, "writtenmatter_ended_whole"),
        ({"restricted_until": dt.date(2030, 1, 1)}, "writtenmatter_restricted_with_ground"),
        ({"deadline": dt.datetime(2020, 1, 1, tzinfo=dt.UTC)}, "writtenmatter_deadline_after_opening"),
    ],
)
def test_each_fact_is_kept_by_the_database(group, matter, values, name):
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        WrittenMatter.objects.update(**values)


def test_the_rest_is_kept_too(group, matter):
    matter.step_aside(by=group.members[2], kind="hindered")
    with pytest.raises(IntegrityError, match="aside_conflict_says_ground"), transaction.atomic():
        Aside.objects.update(kind="conflict")
    with pytest.raises(ValidationError):
        matter.step_aside(by=group.members[2], kind="hindered")
    with pytest.raises(IntegrityError, match="writtenanswer_on_behalf"), transaction.atomic():
        WrittenAnswer.objects.create(matter=matter, user=group.members[0], position="for", sent_by=group.by)
    with pytest.raises(IntegrityError, match="writtenmatter_number"), transaction.atomic():
        WrittenMatter.objects.filter(pk=begin(group).pk).update(serial=1)
