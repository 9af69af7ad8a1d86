"""A meeting's records tell the facts of which the minutes are composed."""

import pytest

from consortium.models import AuditEvent
from steering.meeting import Outcome, faults
from steering.minutes import compose
from steering.minutes_words import words
from steering.models import Choice
from steering.models.facts import facts_of
from steering.quorum import Role
from steering.voting import Ground
from tests.steering.hall import DAY, DECIDED, NOTED, Hall, at, it_is

pytestmark = pytest.mark.django_db


def afternoon():
    """Hold the afternoon of tests.steering.afternoon over the database: deputy, conflict, tie, dissent, 14.20."""
    hall = Hall(items=["Avaus", "Toimintasuunnitelma", "Aikakauslehdet", "Tarjouskilpailu", "Muut asiat"])
    m, v, s = hall.m, hall.v, hall.s
    hall.begin("13.00", [*m[:8], v[7], v[8], v[9], s, hall.group.expert], visitors=["Xenia Vieras"])
    hall.take(1, "13.01").note(by=s, **NOTED)
    row = hall.take(2, "13.05")
    hall.arrive("13.10", m[9])
    hall.leave("13.20", v[9])
    it_is("13.24")
    row.decide(by=s, **DECIDED)
    row = hall.take(3, "13.45")
    row.conflict(by=s, user=m[7], ground="toimittajan hallituksen jäsen", left_at=at("13.45"))
    it_is("13.55")
    row.put(by=s, way="roll_call")
    it_is("13.56")
    row.cast_for(by=s, choices={user.pk: "for" for user in m[:5]})
    row.cast_for(by=s, choices={user.pk: "against" for user in (m[5], m[6], v[7], v[8], m[9])})
    it_is("13.58")
    vote = row.close_vote(by=s)
    assert (vote.result, vote.ground) == (Choice.FOR, Ground.CHAIR)
    it_is("13.59")
    row.dissent(by=s, user=v[8], text="Liian kallis.")
    it_is("14.00")
    row.decide(by=s, **DECIDED)
    hall.decide(4, "14.05")
    hall.leave("14.20", m[5], m[6], m[7], v[7], v[8], m[9])
    hall.take(5, "14.21").put_off(by=s)
    it_is("14.30")
    hall.meeting.close(by=s)
    return hall


def test_the_whole_afternoon_composes_itself():
    hall = afternoon()
    facts = facts_of(hall.meeting, "fi", checkers=(hall.m[2].pk, hall.m[3].pk))
    assert not faults(facts)
    third = facts.items[2]
    assert third.votes[0].counts == {"for": 5, "against": 5, "blank": 0}
    assert third.conflicts[0].back_at == third.closed_at
    assert facts.quorums[third.number].present == 10
    assert [item.outcome for item in facts.items[3:]] == [Outcome.DECIDED, Outcome.MOVED]
    assert facts.quorums[5].present == 5
    keys = {line.key for entry in compose(facts).entries for line in entry.lines}
    assert {
        "conflict",
        "deputy_for_conflict",
        "chair_settled_for",
        "dissent",
        "no_quorum_too_few",
        "moved",
    } <= keys
    assert facts.group.role_of(hall.group.expert.pk) is Role.EXPERT
    assert facts.people["Xenia Vieras"].name == "Xenia Vieras"


def test_texts_and_names_are_in_the_language_asked_for():
    hall = afternoon()
    facts = facts_of(hall.meeting, "sv")
    assert facts.items[1].title == "Toimintasuunnitelma (sv)"
    assert facts.items[1].decision == "Godkändes."
    assert facts.body == "Styrgruppen"


def busy(items):
    """Hold a meeting in which each item has a conflict, a vote, a dissent and an action. Returns it."""
    hall = Hall(items=[f"Asia {n}" for n in range(items)]).begin("13.00", [*range(9)])
    for place in range(1, items + 1):
        row = hall.take(place, f"13.{place}0")
        row.conflict(by=hall.s, user=hall.m[place], ground="sukulaisuus")
        row.put(by=hall.s, way="roll_call")
        row.cast_for(by=hall.s, choices={hall.m[0].pk: "for", hall.m[5 + place].pk: "against"})
        row.close_vote(by=hall.s)
        row.dissent(by=hall.s, user=hall.m[5 + place])
        row.add_action(by=hall.s, owner=hall.m[place + 1], text_fi="Tehdään.", text_sv="", due_on=DAY)
        row.decide(by=hall.s, **DECIDED)
    return hall.meeting


@pytest.mark.parametrize("items", [1, 3])
def test_the_facts_cost_the_same_for_any_number_of_items(items, django_assert_num_queries):
    meeting = busy(items)
    with django_assert_num_queries(14):
        assert len(facts_of(meeting, "fi").items) == items


def test_one_who_may_not_read_an_item_is_told_its_number_alone():
    hall = afternoon()
    item = hall.item(4)
    item.restricted_ground = "621/1999 24 § 1 mom. 17 k"
    item.save()
    shown = facts_of(hall.meeting, "fi", reader=hall.group.expert).items[3]
    assert (shown.number, shown.title, shown.decision, shown.votes) == (4, "", "", ())
    assert facts_of(hall.meeting, "fi", reader=hall.m[4]).items[3].title == "Tarjouskilpailu"


def test_a_break_stands_in_the_minutes():
    hall = Hall(items=["Yksi"]).begin()
    it_is("13.20")
    hall.meeting.adjourn(by=hall.s)
    it_is("13.35")
    hall.meeting.resume(by=hall.s)
    hall.decide(1, "13.40")
    hall.meeting.close(by=hall.s)
    line = compose(facts_of(hall.meeting, "fi")).tail[0]
    assert words(line, "fi") == "Kokous oli keskeytettynä klo 13.20–13.35."


def test_every_act_is_in_the_history():
    hall = afternoon()
    verbs = list(AuditEvent.objects.about(hall.item(3)).order_by("pk").values_list("verb", flat=True))
    assert verbs == [
        *("take_up", "conflict", "put", "cast", "cast", "close_vote", "dissent"),
        "decide",
    ]
    about = AuditEvent.objects.about(hall.meeting).order_by("pk").values_list("verb", flat=True)
    assert list(about) == ["begin", "mark", "mark", "mark", "close"]
