"""Belonging by literal days: a stretch of time that ends with its last day; coming back is a new row."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError

from consortium import clock
from consortium.models import AuditEvent
from members.models import Accession, AccessionState, Membership, Municipality
from members.models.accession import confirm_together
from tests.factories import AccessionFactory, OfferFactory, TariffFactory, walk

pytestmark = pytest.mark.django_db
FIRST, LAST = dt.date(2027, 2, 1), dt.date(2027, 12, 31)
NOTICE, AFTER = dt.date(2027, 5, 12), dt.date(2028, 1, 1)


@pytest.fixture
def member(rautalampi, today_is):
    """Rautalampi's membership from 1.2.2027; today is 12.5.2027."""
    today_is(NOTICE)
    return rautalampi.join(FIRST)


def leave(membership, staff, notice_on=NOTICE, last_day=LAST):
    membership.leave(by=staff, notice_on=notice_on, last_day=last_day)


def test_it_covers_its_days_and_no_others(member):
    on = Membership.objects.on
    assert [on(FIRST - dt.timedelta(days=1)).count(), on(FIRST).count(), on(dt.date(2099, 1, 1)).count()] == [
        0,
        1,
        1,
    ]
    assert member.last_day is None


def test_leaving_on_31_december_ends_the_range_on_1_january(member, staff):
    leave(member, staff)
    assert (member.period.upper, member.last_day, member.notice_on) == (AFTER, LAST, NOTICE)
    assert Municipality.objects.members_on(LAST).exists()
    assert not Municipality.objects.members_on(AFTER).exists()
    event = AuditEvent.objects.about(member).get()
    assert (event.verb, event.by, event.details) == (
        "leave",
        staff,
        {"notice_on": "2027-05-12", "last_day": "2027-12-31"},
    )


@pytest.mark.parametrize(
    ("notice_on", "last_day"),
    [(NOTICE, NOTICE - dt.timedelta(days=1)), (dt.date(2027, 1, 1), FIRST - dt.timedelta(days=1))],
)
def test_the_last_day_comes_after_the_notice_and_the_first_day(member, staff, notice_on, last_day):
    with pytest.raises(ValidationError) as refusal:
        leave(member, staff, notice_on, last_day)
    assert list(refusal.value.message_dict) == ["last_day"]
    assert Membership.objects.get().notice_on is None
    assert not AuditEvent.objects.about(member).exists()


def test_the_last_day_may_be_moved_until_it_has_passed(member, staff, today_is):
    leave(member, staff)
    leave(member, staff, last_day=dt.date(2028, 12, 31))
    today_is("2029-01-01")
    with pytest.raises(ValidationError) as refusal:
        leave(member, staff, dt.date(2029, 1, 1), dt.date(2029, 12, 31))
    assert refusal.value.code == "ended"
    assert member.last_day == dt.date(2028, 12, 31)


def test_coming_back_is_a_new_row(member, staff, today_is):
    leave(member, staff)
    today_is("2028-01-10")
    tariff = TariffFactory(valid_from=dt.date(2026, 1, 1))
    offer = OfferFactory(decide_by=dt.date(2028, 5, 19), joins_on=dt.date(2029, 1, 1), tariff=tariff)
    again = walk(offer.invite(Municipality.objects.all(), by=staff)[0], AccessionState.CONFIRMED)
    rows = Membership.objects.filter(municipality=member.municipality).order_by("period")
    assert list(rows) == [member, again.membership]
    assert [row.starts_on for row in rows] == [FIRST, dt.date(2029, 1, 1)]


@pytest.mark.parametrize("starts_on", [dt.date(2026, 1, 1), FIRST, LAST])
def test_a_second_one_cannot_begin_inside_the_first(member, staff, starts_on):
    leave(member, staff)
    with pytest.raises(ValidationError) as refusal:
        member.municipality.join(starts_on)
    assert len(refusal.value.messages) == 1
    member.municipality.join(AFTER)


def test_a_last_day_cannot_reach_into_the_next_membership(member, staff):
    leave(member, staff)
    member.municipality.join(AFTER)
    with pytest.raises(ValidationError):
        leave(member, staff, last_day=AFTER)
    assert member.last_day == LAST


def test_a_member_is_not_invited_again(member, staff):
    offer = OfferFactory(joins_on=dt.date(2028, 1, 1), decide_by=dt.date(2027, 11, 19))
    assert offer.invite(Municipality.objects.all(), by=staff) == []
    leave(member, staff)
    assert [a.municipality for a in offer.invite(Municipality.objects.all(), by=staff)] == [
        member.municipality
    ]


def test_a_signing_list_is_confirmed_whole_or_not_at_all(staff):
    ready, unsigned = (AccessionFactory(state=AccessionState.FINAL) for _i in range(2))
    Accession.objects.filter(pk=unsigned.pk).update(signed_on=None, signatory="")
    decision = {
        "confirmed_on": clock.today(),
        "confirmed_body": "Johtaja",
        "confirmed_section": "4",
        "confirmed_case_number": "HEL 2026-004117",
        "joins_on": ready.offer.joins_on,
    }
    with pytest.raises(ValidationError):
        confirm_together([ready, unsigned], by=staff, **decision)
    assert not Membership.objects.exists()
    assert Accession.objects.get(pk=ready.pk).state == AccessionState.FINAL
    confirm_together([ready], by=staff, **decision)
    assert Membership.objects.get().municipality == ready.municipality


def test_a_wrong_confirmation_is_taken_back_before_the_membership_begins(staff):
    accession = AccessionFactory(state=AccessionState.CONFIRMED)
    accession.revoke(by=staff, reason="Väärä kunta.")
    assert not Membership.objects.exists()
    accession = Accession.objects.get()
    assert (accession.state, accession.confirmed_on, accession.confirmed_case_number) == ("final", None, "")
    assert accession.finality_on is not None
    assert [e.verb for e in AuditEvent.objects.about(accession)][:2] == ["revoke", "confirm"]
    walked = {
        "confirmed_body": "Johtaja",
        "confirmed_section": "5",
        "confirmed_case_number": "HEL 2026-004118",
    }
    accession.confirm(by=staff, confirmed_on=clock.today(), joins_on=accession.offer.joins_on, **walked)
    assert Membership.objects.get().accession == accession


def test_a_membership_that_has_begun_is_ended_not_taken_back(staff, today_is):
    accession = AccessionFactory(state=AccessionState.CONFIRMED)
    today_is(accession.membership.starts_on)
    with pytest.raises(ValidationError) as refusal:
        accession.revoke(by=staff, reason="Väärä kunta.")
    assert refusal.value.code == "begun"
    assert Membership.objects.exists()
