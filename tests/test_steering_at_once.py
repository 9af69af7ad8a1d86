"""Two at the same moment in a meeting: one outcome, nothing typed lost, all told; and what came without the lock."""

from functools import partial

import pytest

from consortium.models import AuditEvent
from steering.models import AnnualReport, Ballot, Cast, Edition, Item, Meeting, Movement, Outcome
from steering.models import dealing as dealings
from steering.models import report as reports
from steering.models import sitting as sittings
from steering.report_content import contents
from steering.report_paper import digest
from tests.at_once import at_once, kinds
from tests.factories import UserFactory
from tests.steering.hall import DECIDED, Hall, it_is
from tests.steering_plan import a_report

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def hall():
    """A meeting that meets, its first item in hand."""
    hall = Hall(seats=4, items=["Talousarvio"]).begin()
    hall.take(1, "13.05")
    return hall


def item():
    return Item.objects.get(position=1)


# --- Two secretaries in one item ---------------------------------------------------------------------------


def two_decide(hall):
    people = [hall.s, hall.group.by]
    said = [DECIDED, {"decision_fi": "Toisin.", "decision_sv": "Annat."}]
    return at_once(*(partial(item().decide, by=by, **texts) for by, texts in zip(people, said, strict=True)))


def test_two_settle_an_item_and_one_outcome_stands(hall, meet):
    meet(dealings.consequence, "carry_out")
    results = two_decide(hall)
    assert kinds(results) == ["Settled", "done"]
    assert Ballot.objects.count() == 1
    assert AuditEvent.objects.about(item()).filter(verb="decide").count() == 1
    told = next(r for r in results if r is not None)
    assert "13.05" in str(told)


def test_without_the_lock_the_second_outcome_overwrites_the_first(hall, meet, no_row_locks):
    meet(dealings.Dealing, "_put_texts")
    results = two_decide(hall)
    assert "Settled" not in kinds(results)


def two_write(hall):
    before = {"decision_fi": ""}
    return at_once(
        partial(item().write, by=hall.s, before=before, decision_fi="Yksi."),
        partial(item().write, by=hall.group.by, before=before, decision_fi="Kaksi."),
    )


def test_two_write_in_one_place_and_the_second_is_shown_the_first_ones_words(hall, meet):
    meet(dealings.Dealing, "_put_texts")
    results = two_write(hall)
    assert kinds(results) == ["Overwritten", "done"]
    theirs = next(r.theirs for r in results if r is not None)
    assert theirs == {"decision_fi": item().decision_fi}


def test_without_the_lock_one_text_is_lost_unseen(hall, meet, no_row_locks):
    meet(dealings.Dealing, "_put_texts")
    assert kinds(two_write(hall)) == ["done", "done"]


# --- Votes ------------------------------------------------------------------------------------------------------


def test_a_vote_sent_twice_at_once_counts_once(hall, meet):
    item().put(by=hall.s, way="roll_call")
    meet(dealings.Dealing, "_reckoned")
    results = at_once(*[partial(item().cast, by=hall.m[1], choice="for")] * 2)
    assert kinds(results) == ["ValidationError", "done"]
    assert Cast.objects.count() == 1


def test_a_vote_and_the_close_at_once_leave_one_count(hall, meet):
    item().put(by=hall.s, way="roll_call")
    item().cast(by=hall.m[0], choice="against")
    meet(dealings.Dealing, "_reckoned")
    vote, close = at_once(
        partial(item().cast, by=hall.m[1], choice="for"), partial(item().close_vote, by=hall.s)
    )
    assert not isinstance(close, Exception)
    counted = sum(close.counts.values())
    assert counted == (1 if vote is not None else 2)
    assert Cast.objects.count() == counted


# --- The meeting ---------------------------------------------------------------------------------------------------


def test_two_chairs_close_and_the_second_is_told(hall, meet):
    item().decide(by=hall.s, **DECIDED)
    it_is("14.00")
    meet(sittings, "refuse_untrue")
    chairs = [hall.m[0], hall.m[1]]
    results = at_once(*(partial(Meeting.objects.get().close, by=by) for by in chairs))
    assert kinds(results) == ["WrongState", "done"]
    assert AuditEvent.objects.about(Meeting.objects.get()).filter(verb="close").count() == 1


def test_two_open_the_meeting_once(meet):
    hall = Hall(seats=4)
    it_is("13.00")
    meet(sittings, "refuse_untrue")
    present = [user.pk for user in hall.m]
    results = at_once(
        *(partial(Meeting.objects.get().begin, by=by, present=present) for by in (hall.s, hall.group.by))
    )
    assert kinds(results) == ["WrongState", "done"]
    assert Movement.objects.count() == 4


def test_one_leaves_while_the_item_is_decided_and_both_are_true(hall, meet):
    hall.meeting.refresh_from_db()
    it_is("13.10")
    meet(dealings, "refuse_untrue")
    leave = partial(Meeting.objects.get().mark, by=hall.s, kind="left", people=[hall.m[2].pk, hall.m[3].pk])
    decided, left = at_once(partial(item().decide, by=hall.group.by, **DECIDED), leave)
    if decided is None:
        assert item().outcome == Outcome.DECIDED
        assert left is None
    else:
        assert decided.code == "no_quorum"
        assert item().outcome == ""


# --- The annual report ---------------------------------------------------------------------------------------------


def two_publish():
    by = UserFactory(is_staff=True)
    told = contents(a_report(by))
    publish = partial(AnnualReport.publish, by=by, contents=told, seen=digest(told))
    return at_once(*(partial(publish, AnnualReport.objects.get()) for _turn in range(2)))


def test_two_publish_a_report_and_one_edition_comes(meet, today_is):
    today_is("2028-02-07")
    meet(reports, "request_document")
    assert kinds(two_publish()) == ["WrongState", "done"]
    assert Edition.objects.count() == 1
