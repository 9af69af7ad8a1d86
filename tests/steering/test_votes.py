"""Votes over the database: by consensus or by name, who has one, ties, dissent, and votes that do not count."""

import pytest
from django.core.exceptions import ValidationError

from consortium import clock
from steering.models import Ballot, Cast, Dissent, Minutes
from steering.models.facts import facts_of
from steering.voting import Ground
from tests.steering.hall import DECIDED, Hall, it_is
from tests.steering.test_room import refused

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def in_english(settings):
    """The sentences compared are the English ones."""
    settings.LANGUAGE_CODE = "en"


def voting(present=range(10), *, extra=(), conflict=None, **facts):
    """Return a hall in which the roll call on the first item has been open since 13.10."""
    hall = Hall(**facts)
    hall.begin("13.00", [*present, *(person(hall) for person in extra)])
    row = hall.take(1, "13.05")
    if conflict is not None:
        row.conflict(by=hall.s, user=hall.m[conflict], ground="toimittajan hallituksessa")
    it_is("13.10")
    row.put(by=hall.s, way="roll_call")
    return hall, row


def give(hall, row, ayes=(), noes=(), blanks=()):
    """Give votes by members' numbers, as the secretary hears them."""
    choices = {}
    for choice, numbers in (("for", ayes), ("against", noes), ("blank", blanks)):
        choices |= {hall.m[n].pk: choice for n in numbers}
    row.cast_for(by=hall.s, choices=choices)


# who votes what → result and what it rests on; ten are present, the chair is number 0
CASES = {
    "all for": ((range(10), (), ()), "for", Ground.MAJORITY),
    "majority against": (((0, 1), range(2, 10), ()), "against", Ground.MAJORITY),
    "blanks apart": (((0,), (), range(1, 10)), "for", Ground.MAJORITY),
    "tie, the chair for": ((range(5), range(5, 10), ()), "for", Ground.CHAIR),
    "tie, the chair against": ((range(5, 10), range(5), ()), "against", Ground.CHAIR),
    "tie, the chair blank": (((1, 2), (3, 4), (0,)), "", Ground.TIE),
    "tie, the chair silent": (((1, 2), (3, 4), ()), "", Ground.TIE),
    "all blank": (((), (), range(10)), "", Ground.NO_VOTES),
    "nobody votes": (((), (), ()), "", Ground.NO_VOTES),
    "one vote": (((7,), (), ()), "for", Ground.MAJORITY),
}


@pytest.mark.parametrize("case", CASES)
def test_the_result_of_a_roll_call(case):
    (ayes, noes, blanks), result, ground = CASES[case]
    hall, row = voting()
    give(hall, row, ayes, noes, blanks)
    it_is("13.15")
    vote = row.close_vote(by=hall.s)
    ballot = Ballot.objects.get()
    assert (ballot.result, ballot.ground) == (result, ground)
    assert vote.counts["for"] == len(ayes)
    if result:
        row.decide(by=hall.s, **DECIDED)
    else:
        refused("not_settled", row.decide, by=hall.s, **DECIDED)


def test_where_the_rules_say_so_a_tie_settles_nothing():
    hall, row = voting()
    hall.group.body.chair_settles = False
    hall.group.body.save()
    give(hall, row, range(5), range(5, 10))
    row.close_vote(by=hall.s)
    assert Ballot.objects.get().ground == Ground.TIE


def test_a_tie_with_the_vice_chair_presiding_goes_by_the_vice_chairs_vote():
    hall, row = voting(range(1, 11))
    give(hall, row, range(1, 6), range(6, 11))
    row.close_vote(by=hall.s)
    assert (Ballot.objects.get().result, Ballot.objects.get().ground) == ("for", Ground.CHAIR)


# --- Who has a vote -------------------------------------------------------------------------------------


def test_a_deputy_beside_the_member_has_no_vote():
    hall, row = voting(extra=[lambda h: h.v[3]])
    refused("beside_member", row.cast, by=hall.v[3], choice="for")
    row.cast(by=hall.m[3], choice="for")
    assert Cast.objects.get().user == hall.m[3]


def test_a_deputy_in_the_members_place_votes():
    hall, row = voting([0, 1, 2, 4, 5, 6], extra=[lambda h: h.v[3]])
    row.cast(by=hall.v[3], choice="against")
    vote = row.close_vote(by=hall.s)
    assert vote.voices[0].deputy_for == hall.m[3].pk


def test_the_member_who_comes_during_the_vote_takes_the_seat_and_the_deputys_vote_falls():
    hall, row = voting([0, 1, 2, 4, 5, 6], extra=[lambda h: h.v[3]])
    row.cast(by=hall.v[3], choice="against")
    hall.arrive("13.12", hall.m[3])
    row.cast(by=hall.m[3], choice="for")
    vote = row.close_vote(by=hall.s)
    assert [str(each.why) for each in vote.refused] == ["beside_member"]
    assert vote.counts == {"for": 1, "against": 0, "blank": 0}


def test_one_in_conflict_has_no_vote_and_the_deputy_has_it():
    hall, row = voting(range(8), extra=[lambda h: h.v[5]], conflict=5)
    refused("conflict", row.cast, by=hall.m[5], choice="for")
    row.cast(by=hall.v[5], choice="for")
    assert row.close_vote(by=hall.s).voices[0].deputy_for == hall.m[5].pk


def test_where_the_rules_say_so_no_deputy_sits_for_one_in_conflict():
    hall, row = voting(range(8), extra=[lambda h: h.v[5]], conflict=5)
    hall.group.body.deputy_for_conflict = False
    hall.group.body.save()
    row.meeting.body.refresh_from_db()
    refused("conflict", row.cast, by=hall.v[5], choice="for")


@pytest.mark.parametrize("who", ["expert", "secretary"])
def test_experts_and_the_secretary_have_no_vote(who):
    hall, row = voting(extra=[lambda h: getattr(h.group, who)])
    refused("no_seat", row.cast, by=getattr(hall.group, who), choice="for")


def test_one_who_is_not_there_has_no_vote():
    hall, row = voting()
    refused("not_present", row.cast, by=hall.m[10], choice="for")


def test_one_who_drops_out_before_the_close_is_not_counted_and_the_vote_can_be_taken_again():
    hall, row = voting(range(7))
    give(hall, row, range(4), (4, 5, 6))
    hall.drop("13.12", hall.m[3])
    it_is("13.13")
    vote = row.close_vote(by=hall.s)
    assert vote.counts == {"for": 3, "against": 3, "blank": 0}
    assert (vote.result, vote.ground) == ("for", Ground.CHAIR)
    hall.arrive("13.14", hall.m[3])
    it_is("13.15")
    row.put(by=hall.s, way="roll_call")
    give(hall, row, range(4), (4, 5, 6))
    vote = row.close_vote(by=hall.s)
    assert (vote.counts["for"], vote.ground) == (4, Ground.MAJORITY)
    assert [ballot.number for ballot in row.ballots.all()] == [1, 2]
    assert len(facts_of(hall.meeting, "fi").items[0].votes) == 2


def test_a_quorum_lost_during_the_vote_leaves_nothing_decided():
    hall, row = voting(range(6))
    give(hall, row, range(6))
    hall.leave("13.12", hall.m[5])
    it_is("13.13")
    vote = row.close_vote(by=hall.s)
    assert (vote.result, vote.ground) == (None, Ground.NO_QUORUM)
    refused("not_settled", row.decide, by=hall.s, **DECIDED)
    row.put_off(by=hall.s)


# --- Votes that do not count ----------------------------------------------------------------------------


def test_the_same_vote_sent_twice_counts_once():
    hall, row = voting()
    row.cast(by=hall.m[3], choice="for")
    refused("sent_twice", row.cast, by=hall.m[3], choice="for")
    assert Cast.objects.count() == 1


def test_another_vote_stands_only_when_it_is_meant():
    hall, row = voting()
    row.cast(by=hall.m[3], choice="for")
    refused("another_choice", row.cast, by=hall.m[3], choice="against")
    row.cast(by=hall.m[3], choice="against", changes=True)
    assert row.close_vote(by=hall.s).counts["against"] == 1
    assert Cast.objects.count() == 2


def test_a_vote_after_the_close_does_not_count_and_is_told_so():
    hall, row = voting()
    give(hall, row, range(6))
    row.close_vote(by=hall.s)
    found = refused("late", row.cast, by=hall.m[7], choice="against")
    assert "has been closed" in str(found)
    assert Ballot.objects.get().result == "for"


def test_a_vote_before_the_opening_is_told_so():
    hall = Hall().begin()
    row = hall.take(1, "13.05")
    refused("early", row.cast, by=hall.m[3], choice="for")


def test_the_secretary_hears_what_came_by_phone_and_disturbs_nothing():
    hall, row = voting()
    row.cast(by=hall.m[3], choice="against")
    row.cast_for(by=hall.s, choices={hall.m[3].pk: "against", hall.m[4].pk: "for"})
    assert Cast.objects.count() == 2
    found = refused(
        "another_choice", row.cast_for, by=hall.s, choices={hall.m[3].pk: "for", hall.m[5].pk: "for"}
    )
    assert hall.m[3].get_full_name() in str(found)
    assert Cast.objects.count() == 2


def test_a_vote_is_closed_once_and_not_opened_twice():
    hall, row = voting()
    refused("vote", row.put, by=hall.s, way="roll_call")
    refused("vote", row.decide, by=hall.s, **DECIDED)
    row.close_vote(by=hall.s)
    refused("closed", row.close_vote, by=hall.s)


# --- Consensus and dissent ------------------------------------------------------------------------------


def test_one_who_opposes_breaks_the_consensus_and_a_vote_follows():
    hall = Hall().begin("13.00", [*range(8)])
    row = hall.take(1, "13.05")
    ballot = row.put(by=hall.s, way="consensus", opposed=[hall.m[4].pk])
    assert (ballot.result, ballot.ground) == ("", Ground.OPPOSED)
    refused("not_settled", row.decide, by=hall.s, **DECIDED)
    with pytest.raises(ValidationError):
        row.put(by=hall.s, way="consensus", opposed=[hall.group.expert.pk])
    row.put(by=hall.s, way="roll_call")
    give(hall, row, range(4), (4,))
    row.close_vote(by=hall.s)
    row.decide(by=hall.s, **DECIDED)
    assert len(facts_of(hall.meeting, "fi").items[0].votes) == 2


def test_what_nobody_opposes_needs_no_more_than_the_decision():
    hall = Hall().begin()
    row = hall.decide(1, "13.05")
    ballot = row.ballots.get()
    assert (ballot.way, ballot.result, ballot.ground) == ("consensus", "for", Ground.UNOPPOSED)


def test_one_who_voted_against_the_decision_dissents_once():
    hall, row = voting()
    refused("before_decision", row.dissent, by=hall.s, user=hall.m[9])
    give(hall, row, range(6), (9,))
    row.close_vote(by=hall.s)
    refused("did_not_oppose", row.dissent, by=hall.s, user=hall.m[2])
    refused("took_no_part", row.dissent, by=hall.s, user=hall.m[10])
    row.dissent(by=hall.s, user=hall.m[9], text="Liian kallis.")
    with pytest.raises(ValidationError) as told:
        row.dissent(by=hall.s, user=hall.m[9])
    assert "recorded already" in str(told.value)
    row.dissent(by=hall.s, user=hall.m[2], proposed_otherwise=True)
    row.decide(by=hall.s, **DECIDED)
    assert Dissent.objects.count() == 2
    assert facts_of(hall.meeting, "fi").items[0].dissents[0].text == "Liian kallis."


def test_the_reasons_of_a_dissent_may_follow_until_the_minutes_are_sent():
    hall, row = voting()
    give(hall, row, range(6), (9,))
    row.close_vote(by=hall.s)
    announced = row.dissent(by=hall.s, user=hall.m[9])
    row.decide(by=hall.s, **DECIDED)
    hall.meeting.give_reasons(by=hall.s, dissent=announced.pk, text="Liian kallis.")
    assert facts_of(hall.meeting, "fi").items[0].dissents[0].text == "Liian kallis."
    refused("gone", hall.meeting.give_reasons, by=hall.s, dissent=0, text="x")
    sent = {"sent_at": clock.now(), "first_checker": hall.m[0], "second_checker": hall.m[1]}
    Minutes.objects.create(meeting=hall.meeting, state="checking", full={"held_on": ""}, **sent)
    refused("text_too_late", hall.meeting.give_reasons, by=hall.s, dissent=announced.pk, text="Toisin.")


def test_nobody_dissents_from_an_item_that_is_settled():
    hall, row = voting()
    give(hall, row, range(6), (9,))
    row.close_vote(by=hall.s)
    row.decide(by=hall.s, **DECIDED)
    refused("settled", row.dissent, by=hall.s, user=hall.m[9])
