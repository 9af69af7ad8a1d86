"""What a round takes and refuses: versions, lateness, quota, rulings, withdrawals, drafts; two at the same moment."""

import datetime as dt
from decimal import Decimal

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from consortium.models import OutgoingEmail
from procurement.models import Answer, AnswerVersion, Draft, Overtaken, Round, Ruling, RulingKind
from tests.at_once import at_once, kinds
from tests.factories import DAY, RoleFactory, UserFactory
from tests.procurement_factories import announced, answers, brought_to, closing_day, member, opened, said
from tests.procurement_world import procurement_world

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def in_english(settings):
    """Read refusals in the language of their source."""
    settings.LANGUAGE_CODE = "en"


def code_of(refusal):
    return getattr(refusal.value, "code", None)


def round_of(count=2, **terms):
    """Return an open round and its municipalities."""
    places = [member() for _n in range(count)]
    return opened(announced(), places, **terms), places


def moment(text):
    return time_machine.travel(dt.datetime.fromisoformat(f"{text}+02:00"), tick=False)


# --- Versions -------------------------------------------------------------------------------------------------


def test_each_word_is_a_version_and_the_last_one_counts(staff):
    round_, (place, _other) = round_of()
    answer = answers(round_, place, "committed", "1000")
    answers(round_, place, "interested", "700")
    answer.refresh_from_db()
    assert [v.kind for v in answer.versions.all()] == ["committed", "interested"]
    assert (answer.standing.number, answer.counts_as) == (2, "interested")


def test_who_has_not_seen_the_newest_word_is_told_whose_it_is(staff):
    round_, (place, _other) = round_of()
    answer = answers(round_, place, "committed", "1000")
    with pytest.raises(Overtaken) as refusal:
        answer.give(by=staff, seen=0, **said("declined"))
    assert refusal.value.version.number == 1
    assert answer.versions.count() == 1


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"kind": "committed", "yearly": None}, None),
        ({"kind": "committed", "decided_on": None}, None),
        ({"kind": "committed", "decided_on": dt.date(2199, 1, 1)}, "decided_on"),
        ({"kind": "preparing", "until": dt.date(2020, 1, 1)}, "until"),
        ({"kind": "preparing", "until": None}, None),
        ({"kind": "declined", "yearly": Decimal(5)}, None),
        ({"kind": "withdrawn", "until": dt.date(2020, 1, 1), "reason": "x"}, None),
        ({"kind": "committed", "by_lot": {"1": "1199.99"}}, None),
    ],
)
def test_what_contradicts_itself_is_refused_and_nothing_is_kept(staff, fields, field):
    round_, (place, _other) = round_of()
    answer = round_.answers.get(municipality=place)
    kind = fields["kind"]
    whole = said("declined" if kind == "withdrawn" else kind) | fields
    with pytest.raises(ValidationError) as refusal:
        answer.give(by=staff, seen=0, **whole)
    assert field is None or field in refusal.value.message_dict
    assert (
        not answer.versions.exists() and not OutgoingEmail.objects.filter(template__contains="given").exists()
    )


def test_a_shared_mailbox_says_who_answers():
    round_, (place, _other) = round_of()
    answer, box = round_.answers.get(municipality=place), UserFactory(is_shared=True)
    with pytest.raises(ValidationError) as refusal:
        answer.give(by=box, seen=0, **said("declined"))
    assert "answered_name" in refusal.value.message_dict
    version = answer.give(
        by=box, seen=0, answered_name="Maija Meri", answered_title="director", **said("declined")
    )
    assert version.answered_by == "Maija Meri, director"


def test_nothing_that_was_said_or_ruled_is_changed_or_removed():
    world = procurement_world("frozen")
    version = world.answer_of(world.committed).standing
    for act in (
        lambda: AnswerVersion.objects.filter(pk=version.pk).update(yearly=1),
        lambda: AnswerVersion.objects.filter(pk=version.pk).delete(),
    ):
        with pytest.raises((IntegrityError, Exception)), transaction.atomic():  # the trigger's own refusal
            act()
    assert AnswerVersion.objects.get(pk=version.pk).yearly == Decimal("1211.00")


# --- Time -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("at", "outcome"),
    [
        ("2026-11-16 16:00:00", "counts"),
        ("2026-11-16 16:00:01", "late"),
        ("2026-11-16 17:00:00", "late"),
        ("2026-11-16 17:00:01", "refused"),
        ("2026-11-17 09:00:00", "refused"),
    ],
)
def test_the_minute_of_the_deadline_and_the_hour_after_it(at, outcome):
    with moment("2026-11-02 09:00"):
        round_, (place, _other) = round_of(closes_on=dt.date(2026, 11, 16))
        person = RoleFactory(municipality=place).user
    answer = round_.answers.get(municipality=place)
    with moment(at):
        if outcome == "refused":
            with pytest.raises(ValidationError) as refusal:
                answer.give(by=person, seen=0, **said("declined"))
            assert code_of(refusal) == "closed"
            assert not answer.versions.exists()
        else:
            version = answer.give(by=person, seen=0, **said("declined"))
            answer.refresh_from_db()
            assert version.late == (outcome == "late")
            assert (answer.standing == version) == (outcome == "counts")


def test_staff_record_what_came_afterwards_it_is_late_and_counts_when_accepted_with_a_reason(staff):
    world = procurement_world("frozen")
    answer = world.answer_of(world.silent)
    how = {"channel": "phone", "received_from": "director", "received_on": dt.date(2026, 1, 2)}
    version = answer.give(by=staff, seen=0, **said("committed", "500"), **how)
    assert version.late and answer.standing is None
    with pytest.raises(ValidationError):  # a reason is asked for
        answer.rule(version, RulingKind.LATE_ACCEPTED, by=staff, reason="")
    answer.rule(version, RulingKind.LATE_ACCEPTED, by=staff, reason="The board decided in time.")
    assert answer.standing == version
    with pytest.raises(ValidationError, match="colleague has ruled"):
        answer.rule(version, RulingKind.LATE_REFUSED, by=staff, reason="No.")


def test_once_the_tendering_has_begun_nobody_is_added(staff):
    world = procurement_world("frozen")
    answer = world.answer_of(world.silent)
    how = {"channel": "phone", "received_from": "director", "received_on": dt.date(2026, 1, 2)}
    version = answer.give(by=staff, seen=0, **said("committed", "500"), **how)
    brought_to(world.procurement, "tendering")
    with pytest.raises(ValidationError) as refusal:
        answer.rule(version, RulingKind.LATE_ACCEPTED, by=staff, reason="Please.")
    assert code_of(refusal) == "tendering"
    answer.rule(version, RulingKind.LATE_REFUSED, by=staff, reason="The notice names the users.")
    assert answer.standing is None


@pytest.mark.parametrize("verb", ["late", "condition"])
def test_a_ruling_is_about_what_is_there(staff, verb):
    world = procurement_world("frozen")
    answer = world.answer_of(world.committed)
    with pytest.raises(ValidationError):
        answer.rule(answer.standing, f"{verb}_accepted", by=staff, reason="x")
    assert not Ruling.objects.exists()


def test_a_withdrawal_waits_for_the_freeze_and_needs_a_place_on_the_list(staff):
    world = procurement_world()
    answer, on = world.answer_of(world.committed), world.round.opened_at.date()
    with pytest.raises(ValidationError, match="The round is open"):
        answer.withdraw(by=staff, on=on, reason="x")
    frozen = procurement_world("frozen")
    with pytest.raises(ValidationError, match="not on the list"):
        frozen.answer_of(frozen.declined).withdraw(by=staff, on=frozen.round.closes_on, reason="x")
    answer = frozen.answer_of(frozen.committed)
    with pytest.raises(ValidationError, match="before the list was frozen"):
        answer.withdraw(by=staff, on=frozen.round.closes_on - DAY, reason="x")
    answer.withdraw(by=staff, on=frozen.round.closes_on + DAY, reason="The board reversed it.")
    assert answer.counts_as == "withdrawn"
    assert [v.kind for v in answer.versions.all()] == ["committed", "withdrawn"]


# --- Opening and extending ------------------------------------------------------------------------------------


@pytest.mark.parametrize("day", ["2026-12-06", "2027-07-01", "2020-01-02"])
def test_no_round_closes_on_a_closed_day_in_july_or_in_the_past(day):
    with moment("2026-11-02 09:00"), pytest.raises(ValidationError) as refusal:
        round_of(closes_on=dt.date.fromisoformat(day))
    assert "closes_at" in refusal.value.message_dict
    assert not Round.objects.exists()


def test_the_deadline_is_moved_while_it_is_open_and_never_backwards(staff):
    world = procurement_world()
    before = world.round.closes_at
    with pytest.raises(ValidationError):
        world.round.extend(by=staff, closes_at=before - DAY)
    later = closing_day(world.round.closes_on + 7 * DAY)
    world.round.extend(by=staff, closes_at=before.replace(year=later.year, month=later.month, day=later.day))
    told = OutgoingEmail.objects.filter(template="procurement/emails/round_extended")
    assert {letter.about.municipality for letter in told} == set(world.places)
    frozen = procurement_world("frozen")
    with pytest.raises(ValidationError, match="frozen"):
        frozen.round.extend(by=staff, closes_at=before + 30 * DAY)


def test_a_member_that_joined_later_is_asked_once(staff):
    world, later = procurement_world(), member()
    answer = world.round.ask(later, by=staff)
    assert answer.is_asked(dt.date(2026, 1, 1))
    with pytest.raises(ValidationError):
        world.round.ask(later, by=staff)


# --- The quota ------------------------------------------------------------------------------------------------


def test_interest_that_stands_is_not_turned_away_for_being_said_again(staff):
    round_, (a, b) = round_of(quota_share=Decimal(1), quota_most=1)
    answers(round_, a, "committed", "1000")
    answers(round_, b, "interested", "1000")
    answers(round_, a, "committed", "400")  # the limit is now below what stands
    answers(round_, b, "interested", "900", contact_name="Maija Meri")
    with pytest.raises(ValidationError) as refusal:
        answers(round_, b, "interested", "950")
    assert code_of(refusal) == "volume"


def test_a_late_interest_is_accepted_only_where_there_is_room(staff):
    with moment("2026-11-02 09:00"):
        round_, (a, b) = round_of(closes_on=dt.date(2026, 11, 16), quota_most=1)
        answers(round_, a, "interested", "10")
    with moment("2026-11-16 16:30"):
        answer = answers(round_, b, "interested", "10")
        with pytest.raises(ValidationError) as refusal:
            answer.rule(answer.newest, RulingKind.LATE_ACCEPTED, by=staff, reason="x")
        assert code_of(refusal) == "full"
        assert not Ruling.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_two_interests_at_once_for_the_last_place(meet):
    round_, places = round_of(3, quota_most=1)
    found = [round_.answers.get(municipality=place) for place in places[:2]]
    meet(Answer, "_add")
    results = at_once(*[lambda a=a: answers(round_, a.municipality, "interested", "10") for a in found])
    assert kinds(results) == ["ValidationError", "done"]
    assert round_.answers.standing().count() == 1


# --- Drafts ---------------------------------------------------------------------------------------------------


def test_a_draft_counts_for_nothing_until_the_representative_sends_it(staff):
    world = procurement_world()
    answer, librarian = world.answer_of(world.silent), UserFactory()
    person = RoleFactory(municipality=world.silent).user
    answer.prepare(by=librarian, **said("committed", "800"))
    assert answer.standing is None and world.round.room().committed == Decimal("3628.00")
    letter = OutgoingEmail.objects.latest("pk")
    assert (letter.to, letter.is_true()) == (person.email, True)
    version = answer.give(by=person, seen=0, **said("committed", "900"))
    assert version.prepared_by == librarian
    assert not Draft.objects.exists() and not letter.is_true()


def test_without_a_representative_nothing_is_handed_over(staff):
    world = procurement_world()
    answer = world.answer_of(world.silent)
    answer.prepare(by=UserFactory(), hand_over=False, **said("committed", "800"))
    with pytest.raises(ValidationError) as refusal:
        answer.hand_over(by=staff)
    assert code_of(refusal) == "nobody"
    assert Draft.objects.get().given_at is None
    answer.ask_for_representative(by=staff)
    assert OutgoingEmail.objects.latest("pk").to == world.silent.registry_email
    with pytest.raises(ValidationError, match="asked today"):
        answer.ask_for_representative(by=staff)
