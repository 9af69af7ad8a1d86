"""The way into the consortium by literal days: appeal periods, changes of mind, signatures, membership."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from django.utils import translation

from consortium.models import OutgoingEmail
from consortium.workflow import WrongState
from members import path
from members.models import (
    Accession,
    AccessionState,
    AppealState,
    Body,
    Membership,
    Municipality,
    Outcome,
)
from members.models.accession import Hindrance
from tests.factories import (
    AccessionFactory,
    MunicipalityFactory,
    OfferFactory,
    RoleFactory,
    TariffFactory,
    handling,
)

pytestmark = pytest.mark.django_db

OFFER = {"decide_by": dt.date(2027, 5, 21), "joins_on": dt.date(2028, 1, 1)}


def day(text):
    return dt.date.fromisoformat(text)


@pytest.fixture
def sent(today_is, rautalampi, staff):
    """Rautalampi's joining, package sent on 3.11.2026; today is 1.12."""
    today_is("2026-11-03")
    offer = OfferFactory(tariff=TariffFactory(valid_from=day("2026-01-01")), **OFFER)
    accession = AccessionFactory(municipality=rautalampi, offer=offer, state=AccessionState.SENT)
    today_is("2026-12-01")
    return accession


def board(outcome=Outcome.APPROVED, meeting="2026-11-23", published="2026-11-24", **fields):
    """What the board's minutes tell: on Monday 23.11.2026, online the next day."""
    published = day(published) if published else None
    return handling(outcome, meeting_on=day(meeting), published_on=published, **fields)


def approved(accession, staff, today_is, published="2026-11-24", **fields):
    today_is(published or "2026-12-03")
    accession.decide(by=staff, **board(published=published, **fields))
    return accession.deciding


def finalise(accession, staff, on):
    accession.finalise(
        by=staff, finality_on=day(on), finality_ground="certificate", finality_note="Kirjaamo 4.1.2027"
    )


def confirm(accession, staff, joins_on="2028-01-01", confirmed_on="2027-01-12"):
    accession.confirm(
        by=staff,
        confirmed_on=day(confirmed_on),
        confirmed_body="Kirjastopalvelujen johtaja",
        confirmed_section="4",
        confirmed_case_number="HEL 2026-004117",
        joins_on=day(joins_on),
    )


# --- Until when one can appeal, and what the portal says then ---------------------------------------------------


def test_published_on_3_december_the_boards_last_day_is_28_december(sent, staff, today_is):
    decision = approved(sent, staff, today_is, published="2026-12-03")
    assert decision.known_on == day("2026-12-10")
    assert decision.last_appeal_day == day("2026-12-28")  # 24.-27.12. are closed days
    assert decision.final_on == day("2026-12-29")


@pytest.mark.parametrize(
    ("today", "state"),
    [
        ("2026-12-03", AppealState.RUNNING),
        ("2026-12-28", AppealState.RUNNING),
        ("2026-12-29", AppealState.OVER),
        ("2027-06-01", AppealState.OVER),
    ],
)
def test_time_alone_never_makes_a_decision_final(sent, staff, today_is, today, state):
    decision = approved(sent, staff, today_is, published="2026-12-03")
    assert decision.appeal_state(day(today)) == state
    today_is(today)
    assert Accession.objects.get().state == AccessionState.APPROVED


def test_the_page_says_that_time_is_over_but_finality_not_confirmed(sent, staff, today_is):
    approved(sent, staff, today_is, published="2026-12-03")
    with translation.override("en"):
        assert "appeal period is running" in path.says(sent, day("2026-12-28"))
        assert "28.12.2026" in path.says(sent, day("2026-12-28"))
        assert "absence of appeal not yet confirmed" in path.says(sent, day("2026-12-29"))


def test_a_councils_decision_has_thirty_days(sent, staff, today_is):
    decision = approved(sent, staff, today_is, body=Body.COUNCIL)
    assert (decision.last_appeal_day, decision.final_on) == (day("2026-12-31"), day("2027-01-01"))


def test_a_decision_whose_minutes_are_not_yet_out_waits_for_them(sent, staff, today_is):
    decision = approved(sent, staff, today_is, published=None)
    assert decision.appeal_state() == AppealState.NOT_PUBLISHED
    assert decision.final_on is None
    assert sent.hindrance("finalise") == Hindrance.NO_DATE


def test_an_office_holders_unpublished_decision_is_asked_for(sent, staff, today_is):
    decision = approved(
        sent, staff, today_is, published=None, body=Body.OFFICE_HOLDER, minutes_published=False
    )
    assert decision.appeal_state() == AppealState.ASK
    assert decision.final_on is None
    assert sent.hindrance("finalise") is None, "the municipality's word is enough"


def test_the_municipalitys_own_date_stands_where_nothing_is_reckoned(sent, staff, today_is):
    decision = approved(
        sent, staff, today_is, None, minutes_published=False, stated_final_on=day("2026-12-18")
    )
    assert decision.final_on == day("2026-12-18")
    assert sent.hindrance("finalise", day("2026-12-17")) == Hindrance.PERIOD_RUNNING
    assert sent.hindrance("finalise", day("2026-12-18")) is None


def test_nothing_is_reckoned_on_aland(today_is, staff):
    today_is("2026-11-03")
    mariehamn = MunicipalityFactory(code="478", name_fi="Maarianhamina", language="sv", region_code="21")
    accession = AccessionFactory(municipality=mariehamn, offer=OfferFactory(**OFFER), state="sent")
    decision = approved(accession, staff, today_is)
    assert decision.appeal_state(day("2027-01-31")) == AppealState.ASK
    assert (decision.known_on, decision.last_appeal_day, decision.final_on) == (None, None, None)


# --- The chain ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("outcome", "state"),
    [
        (Outcome.PROPOSED, AccessionState.IN_PREPARATION),
        (Outcome.APPROVED, AccessionState.APPROVED),
        (Outcome.APPROVED_CHANGED, AccessionState.CONDITIONAL),
        (Outcome.REJECTED, AccessionState.REJECTED),
        (Outcome.RETURNED, AccessionState.IN_PREPARATION),
        (Outcome.TABLED, AccessionState.IN_PREPARATION),
        (Outcome.WITHDRAWN, AccessionState.IN_PREPARATION),
        (Outcome.TAKEN_OVER, AccessionState.IN_PREPARATION),
    ],
)
def test_each_outcome_leaves_the_matter_where_it_belongs(sent, staff, outcome, state):
    sent.decide(by=staff, **board(outcome))
    assert Accession.objects.get().state == state
    assert (sent.deciding is not None) == (state != AccessionState.IN_PREPARATION)


def test_a_tabled_matter_goes_on_at_the_next_meeting(sent, staff):
    sent.decide(by=staff, **board(Outcome.TABLED, next_meeting_on=day("2026-12-07")))
    assert (sent.meeting_on, sent.meeting_body) == (day("2026-12-07"), Body.BOARD)
    sent.decide(by=staff, **board(meeting="2026-12-07", published="2026-12-08"))
    assert sent.state == AccessionState.APPROVED
    assert [d.outcome for d in sent.standing] == [Outcome.TABLED, Outcome.APPROVED]
    assert sent.meeting_on is None


def test_the_board_takes_a_committees_matter_over(sent, staff, today_is):
    sent.decide(by=staff, **board(body=Body.COMMITTEE, meeting="2026-11-18"))
    sent.sign(by=staff, signed_on=day("2026-11-19"), signatory="Sivistysjohtaja")
    sent.reopen(by=staff, reason="Kunnanhallitus otti asian käsiteltäväkseen (92 §).")
    assert (sent.state, sent.deciding, sent.signed_on) == (AccessionState.IN_PREPARATION, None, None)
    sent.decide(by=staff, **board(Outcome.TAKEN_OVER, meeting="2026-11-30", published="2026-12-01"))
    sent.decide(by=staff, **board(Outcome.REJECTED, meeting="2026-12-14", published="2026-12-15"))
    assert sent.state == AccessionState.REJECTED
    assert [d.outcome for d in sent.standing] == [Outcome.APPROVED, Outcome.TAKEN_OVER, Outcome.REJECTED]


def test_the_municipality_may_change_its_answer_until_it_is_confirmed(sent, staff, today_is):
    approved(sent, staff, today_is)
    sent.sign(by=staff, signed_on=day("2026-11-24"), signatory="Kunnanjohtaja")
    sent.decide(by=staff, **board(Outcome.REJECTED, meeting="2026-12-07", published="2026-12-08"))
    assert (sent.state, sent.signed_on, sent.signatory) == (AccessionState.REJECTED, None, "")


def test_what_one_meeting_decided_is_recorded_once(sent, staff):
    committee = {"body": Body.COMMITTEE, "outcome": Outcome.PROPOSED}
    sent.decide(by=staff, **board(**committee, body_name="Sivistyslautakunta"))
    for name in ("Sivistyslautakunta", ""):
        with pytest.raises(ValidationError) as refusal:
            sent.decide(by=staff, **board(**committee, body_name=name))
        assert refusal.value.code == "recorded"
    sent.decide(by=staff, **board(**committee, body_name="Tekninen lautakunta"))
    sent.decide(by=staff, **board())
    assert len(sent.standing) == 3


def test_an_approval_with_a_change_needs_helsinkis_view(sent, staff):
    sent.decide(by=staff, **board(Outcome.APPROVED_CHANGED))
    for verb in ("sign", "finalise", "confirm"):
        assert not sent.allows(verb)
    sent.respond(by=staff, accepted=True, view="Muutos ei vaikuta muihin.", view_on=day("2026-12-01"))
    assert (sent.state, sent.view_by) == (AccessionState.APPROVED, staff)
    assert OutgoingEmail.objects.filter(template="members/emails/respond").exists()


def test_a_change_that_helsinki_does_not_accept_is_no_joining(sent, staff):
    sent.decide(by=staff, **board(Outcome.APPROVED_CHANGED))
    sent.respond(by=staff, accepted=False, view="Ehto ei käy.", view_on=day("2026-12-01"))
    assert sent.state == AccessionState.REJECTED


def test_an_approval_with_a_change_says_the_change(sent, staff):
    with pytest.raises(ValidationError):
        sent.decide(by=staff, **board(Outcome.APPROVED_CHANGED, condition=""))
    assert not sent.decisions.exists()


def test_a_librarians_entry_counts_only_when_it_is_recorded(sent, staff):
    librarian = RoleFactory(municipality=sent.municipality, kind="librarian").user
    RoleFactory(municipality=sent.municipality, user__email="johtaja@rautalampi.example")
    sent.prepare(by=librarian, **board(presenter="Sivistysjohtaja"))
    assert (sent.state, sent.standing) == (AccessionState.SENT, [])
    assert (
        OutgoingEmail.objects.filter(template="members/emails/prepare").get().to
        == "johtaja@rautalampi.example"
    )
    sent.decide(by=staff, **board())
    assert [d.prepared_by for d in sent.standing] == [librarian]
    assert not sent.decisions.prepared().exists()


# --- Corrections -------------------------------------------------------------------------------------------------


def correction(accession, staff, wrong=None, **fields):
    wrong = wrong or accession.deciding
    accession.correct(
        by=staff, corrects=wrong, correction_reason="Julkaisupäivä oli väärä.", **board(**fields)
    )


def test_correcting_the_publication_moves_the_last_day(sent, staff, today_is):
    wrong = approved(sent, staff, today_is, published="2026-11-24")
    assert wrong.last_appeal_day == day("2026-12-15")
    correction(sent, staff, published="2026-11-27")
    assert sent.deciding.last_appeal_day == day("2026-12-18")
    assert (sent.decisions.count(), sent.standing) == (2, [sent.deciding]), "struck, not removed"


def test_correcting_the_deciding_entry_opens_finality_again(sent, staff, today_is):
    approved(sent, staff, today_is, published="2026-11-24")
    today_is("2026-12-16")
    finalise(sent, staff, "2026-12-16")
    correction(sent, staff, published="2026-11-27")
    sent = Accession.objects.get()
    assert sent.state == AccessionState.APPROVED
    assert (sent.finality_on, sent.finality_by, sent.finality_ground, sent.finality_note) == (
        None,
        None,
        "",
        "",
    )
    assert sent.deciding.appeal_state() == AppealState.RUNNING


def test_correcting_an_earlier_link_leaves_finality_alone(sent, staff, today_is):
    sent.decide(
        by=staff, **board(Outcome.PROPOSED, meeting="2026-11-10", published=None, body=Body.COMMITTEE)
    )
    proposed = sent.standing[0]
    approved(sent, staff, today_is, published="2026-11-24")
    today_is("2026-12-16")
    finalise(sent, staff, "2026-12-16")
    correction(sent, staff, proposed, outcome=Outcome.PROPOSED, meeting="2026-11-11", published=None)
    assert (sent.state, sent.finality_on) == (AccessionState.FINAL, day("2026-12-16"))


def test_correcting_an_earlier_link_leaves_helsinkis_view_alone(sent, staff):
    sent.decide(
        by=staff, **board(Outcome.PROPOSED, meeting="2026-11-10", published=None, body=Body.COMMITTEE)
    )
    proposed = sent.standing[0]
    sent.decide(by=staff, **board(Outcome.APPROVED_CHANGED))
    sent.respond(by=staff, accepted=True, view="Käy.", view_on=day("2026-12-01"))
    correction(sent, staff, proposed, outcome=Outcome.PROPOSED, meeting="2026-11-11", published=None)
    assert sent.state == AccessionState.APPROVED


def test_an_entry_is_struck_once(sent, staff, today_is):
    wrong = approved(sent, staff, today_is)
    correction(sent, staff, published="2026-11-27")
    with pytest.raises(ValidationError, match=r"That entry stands|kirjaus on voimassa"):
        correction(sent, staff, wrong, published="2026-11-28")
    assert sent.deciding.published_on == day("2026-11-27")


def test_an_entry_of_another_municipality_is_not_struck(sent, staff, today_is):
    other = AccessionFactory(offer=sent.offer, state=AccessionState.APPROVED)
    approved(sent, staff, today_is)
    with pytest.raises(WrongState):
        correction(sent, staff, other.deciding)
    assert other.standing == [other.deciding]


# --- Signing, finality, confirmation -----------------------------------------------------------------------------


def test_the_municipality_may_sign_before_finality_but_helsinki_not_confirm(sent, staff, today_is):
    approved(sent, staff, today_is)
    sent.sign(by=staff, signed_on=day("2026-11-24"), signatory="Kunnanjohtaja")
    assert (sent.state, sent.signed_on) == (AccessionState.APPROVED, day("2026-11-24"))
    with pytest.raises(WrongState):
        confirm(sent, staff)


def test_a_signature_comes_after_the_decision(sent, staff, today_is):
    approved(sent, staff, today_is)
    with pytest.raises(ValidationError) as refusal:
        sent.sign(by=staff, signed_on=day("2026-11-22"), signatory="Kunnanjohtaja")
    assert list(refusal.value.message_dict) == ["signed_on"]
    assert sent.signed_on is None


def test_finality_is_not_recorded_while_the_period_runs(sent, staff, today_is):
    approved(sent, staff, today_is, published="2026-12-03")
    today_is("2026-12-28")
    with pytest.raises(ValidationError) as refusal:
        finalise(sent, staff, "2026-12-29")
    assert refusal.value.code == Hindrance.PERIOD_RUNNING
    today_is("2026-12-29")
    finalise(sent, staff, "2026-12-29")
    assert (sent.state, sent.finality_by) == (AccessionState.FINAL, staff)


@pytest.mark.parametrize("wrong", ["2026-12-28", "2027-01-05"])
def test_finality_is_neither_before_its_reckoning_nor_still_to_come(sent, staff, today_is, wrong):
    approved(sent, staff, today_is, published="2026-12-03")
    today_is("2027-01-04")
    with pytest.raises(ValidationError) as refusal:
        finalise(sent, staff, wrong)
    assert list(refusal.value.message_dict) == ["finality_on"]
    assert sent.finality_on is None


def test_helsinki_confirms_only_what_is_signed(sent, staff, today_is):
    approved(sent, staff, today_is)
    today_is("2027-01-12")
    finalise(sent, staff, "2026-12-16")
    with pytest.raises(ValidationError) as refusal:
        confirm(sent, staff)
    assert refusal.value.code == Hindrance.NOT_SIGNED
    assert not Membership.objects.exists()


def confirmed(sent, staff, today_is, joins_on="2028-01-01"):
    approved(sent, staff, today_is)
    today_is("2027-01-12")
    sent.sign(by=staff, signed_on=day("2026-12-01"), signatory="Kunnanjohtaja")
    finalise(sent, staff, "2026-12-16")
    confirm(sent, staff, joins_on)
    return sent.municipality.memberships.get()


def test_membership_begins_on_its_day_by_itself(sent, staff, today_is):
    confirmed(sent, staff, today_is)
    members = Municipality.objects.members_on
    assert not members(day("2027-12-31")).exists()
    assert members(day("2028-01-01")).get() == sent.municipality


def test_membership_does_not_begin_before_helsinkis_decision(sent, staff, today_is):
    approved(sent, staff, today_is)
    today_is("2027-01-12")
    sent.sign(by=staff, signed_on=day("2026-12-01"), signatory="Kunnanjohtaja")
    finalise(sent, staff, "2026-12-16")
    with pytest.raises(ValidationError) as refusal:
        confirm(sent, staff, joins_on="2027-01-11")
    assert list(refusal.value.message_dict) == ["joins_on"]


def test_a_matter_stopped_before_sending_is_taken_up_where_it_was(staff):
    accession = AccessionFactory(state=AccessionState.STOPPED)
    accession.reopen(by=staff, reason="Kunta haluaa sittenkin.")
    assert (accession.state, accession.closing_reason) == (AccessionState.PREPARED, "Kunta haluaa sittenkin.")
