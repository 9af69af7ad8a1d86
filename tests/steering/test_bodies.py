"""Bodies and seats: appointments, ends of terms, deputies who take over; wrong moments, wrong people, constraints."""

import datetime as dt

import pytest
from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from consortium import clock
from consortium.models import AuditEvent, OutgoingEmail, Post, PostKind
from consortium.workflow import WrongState
from members.models import Membership
from steering.models import Appointment, Body, Candidate, Place, Term
from tests.factories import DAY, HELSINKI, MunicipalityFactory, UserFactory
from tests.procurement_factories import member
from tests.steering_seats import appoint, body, candidate
from tests.steering_world import steering_group

pytestmark = pytest.mark.django_db
END = dt.date(2027, 12, 31)


@pytest.fixture(autouse=True)
def begins(settings, today_is):
    settings.LANGUAGE_CODE = "en"
    today_is("2026-11-24")


@pytest.fixture
def group(staff):
    """An empty steering group of three members' seats, an expert's and a secretary's."""
    return body(staff, kind="steering", experts=1, secretaries=1)


def sits(found, staff, number, name, **more):
    """Appoint one person to a place; returns the term."""
    decision = {name: more.pop(name) for name in ("starts_on", "ends_on") if name in more}
    one = candidate(found, number, name, by=staff, **more)
    appoint(found, one, by=staff, **({"ends_on": END} | decision))
    return Term.objects.get(candidate=one)


def duties(user):
    return [(post.kind, post.since, post.ended_on) for post in user.posts.order_by("since")]


# --- Candidates ---------------------------------------------------------------------------------------------------


def test_a_candidate_has_no_account_and_no_right(staff, group):
    one = candidate(group, 1, "Aino", by=staff, title="Johtaja")
    assert (one.state, one.email) == ("put_forward", "aino@seats.example")
    assert not get_user_model().objects.filter(email=one.email).exists()
    assert not Term.objects.exists() and not OutgoingEmail.objects.exists()
    assert AuditEvent.objects.about(one).get().verb == "put_forward"


@pytest.mark.parametrize(
    ("number", "told", "words"),
    [
        (1, {"place": "deputy", "office": "chair"}, "neither chair nor vice-chair"),
        (4, {"office": "vice"}, "Only a member's seat"),
        (5, {"place": "deputy"}, "Only a member's seat"),
        (1, {"put_forward_on": dt.date(2026, 11, 25)}, "still to come"),
    ],
)
def test_a_candidate_fits_the_seat(staff, group, number, told, words):
    with pytest.raises(ValidationError, match=words):
        candidate(group, number, "Aino", by=staff, **told)
    assert not Candidate.objects.exists()


def test_a_member_represents_a_municipality(staff, group):
    seat = group.seats.get(number=1)
    with pytest.raises(ValidationError, match="whose people"):
        Candidate.put_forward(by=staff, seat=seat, name="Aino", email="a@b.example", put_forward_by="x")
    expert = candidate(group, 4, "Asta", by=staff)
    assert expert.municipality is None


def test_nobody_is_twice_a_candidate_for_one_place(staff, group):
    one = candidate(group, 1, "Aino", by=staff)
    with pytest.raises(ValidationError, match="candidate for this place already"):
        candidate(group, 1, "Aino", by=staff, email="AINO@seats.example")
    candidate(group, 1, "Bertta", by=staff)  # two may stand for one seat
    one.withdraw(by=staff)
    candidate(group, 1, "Aino", by=staff)
    with pytest.raises(WrongState):
        one.withdraw(by=staff)


# --- Appointment --------------------------------------------------------------------------------------------------


def test_the_decision_begins_terms_duties_accounts_and_letters(staff, group):
    known = UserFactory(email="tuttu@seats.example", language="sv", name="Svea")
    people = [
        candidate(group, 1, "Aino", by=staff, office="chair", title="Johtaja"),
        candidate(group, 1, "Bertta", by=staff, place=Place.DEPUTY),
        candidate(group, 2, "Svea", by=staff, email="Tuttu@seats.example"),
        candidate(group, 4, "Asta", by=staff),
        candidate(group, 5, "Sihti", by=staff),
    ]
    starts_on = dt.date(2027, 1, 1)
    decision = appoint(group, *people, by=staff, starts_on=starts_on, ends_on=END)
    terms = {term.user.email: term for term in Term.objects.all()}
    assert {(t.starts_on, t.ends_on, t.appointment) for t in terms.values()} == {(starts_on, END, decision)}
    assert terms["tuttu@seats.example"].user == known
    aino = terms["aino@seats.example"].user
    assert (aino.name, aino.title, aino.has_usable_password()) == ("Aino", "Johtaja", False)
    kinds = {email: duties(term.user) for email, term in terms.items()}
    assert kinds == {
        "aino@seats.example": [("chair", starts_on, END)],
        "bertta@seats.example": [("deputy", starts_on, END)],
        "tuttu@seats.example": [("member", starts_on, END)],
        "asta@seats.example": [("expert", starts_on, END)],
        "sihti@seats.example": [("secretary", starts_on, END)],
    }
    assert {one.state for one in Candidate.objects.all()} == {"appointed"}
    assert AuditEvent.objects.about(decision).get().verb == "appoint"
    letters = {letter.to: letter for letter in OutgoingEmail.objects.all()}
    assert letters.keys() == terms.keys()
    told = {
        to: "tunnus portaaliin" in letter.body for to, letter in letters.items() if letter.language == "fi"
    }
    assert told == dict.fromkeys(kinds.keys() - {"tuttu@seats.example"}, True)  # whose account is new
    assert "HEL 2026-004117" in letters["tuttu@seats.example"].body
    assert letters["tuttu@seats.example"].language == "sv"
    with pytest.raises(WrongState):
        people[0].withdraw(by=staff)


def test_a_working_group_brings_no_duty_in_the_consortium(staff):
    term = sits(body(staff), staff, 1, "Aino")
    assert duties(term.user) == []


def test_a_duty_without_an_end_ends_with_the_term_and_goes_on_with_the_next(staff, group):
    user = UserFactory(email="aino@seats.example")
    Post.give(user, PostKind.MEMBER, by=staff, since=dt.date(2026, 1, 1))
    sits(group, staff, 1, "Aino", ends_on=dt.date(2026, 12, 31))
    sits(group, staff, 1, "Aino", starts_on=dt.date(2027, 1, 1))
    assert duties(user) == [
        ("member", dt.date(2026, 1, 1), dt.date(2026, 12, 31)),
        ("member", dt.date(2027, 1, 1), END),
    ]


def test_a_duty_between_two_terms_does_not_wait_for_the_later_one(staff, group):
    later = sits(group, staff, 1, "Aino", starts_on=dt.date(2027, 6, 1), ends_on=END)
    sits(group, staff, 2, "Aino", starts_on=dt.date(2026, 11, 1), ends_on=dt.date(2027, 5, 31))
    assert [since for _kind, since, _end in duties(later.user)] == [dt.date(2026, 11, 1), dt.date(2027, 6, 1)]


@pytest.mark.parametrize(
    ("second", "words"),
    [
        ({"number": 1, "name": "Bertta"}, "same place of seat 1"),
        ({"number": 2, "name": "Aino"}, "two places"),
        ({"number": 2, "name": "Bertta", "office": "chair"}, "same office"),
    ],
)
def test_two_cannot_hold_what_one_holds(staff, group, second, words):
    sits(group, staff, 1, "Aino", office="chair")
    other = candidate(group, by=staff, **second)
    with pytest.raises(ValidationError, match=words):
        appoint(group, other, by=staff, starts_on=END, ends_on=END + 30 * DAY)
    assert (Term.objects.count(), Appointment.objects.count()) == (1, 1)
    assert Candidate.objects.get(pk=other.pk).state == "put_forward"
    assert not get_user_model().objects.filter(email="bertta@seats.example").exists()
    appoint(group, other, by=staff, starts_on=END + DAY, ends_on=END + 30 * DAY)  # from the next day on


def test_two_candidates_of_one_decision_cannot_share_a_seat(staff, group):
    both = [candidate(group, 1, name, by=staff) for name in ("Aino", "Bertta")]
    with pytest.raises(ValidationError, match="Aino, Bertta"):
        appoint(group, *both, by=staff)


def test_a_municipality_must_belong_to_the_consortium_on_the_first_day(staff, group):
    place = member()
    Membership.objects.filter(municipality=place).update(period=(dt.date(2020, 1, 1), dt.date(2027, 1, 1)))
    one = candidate(group, 1, "Aino", by=staff, municipality=place)
    with pytest.raises(ValidationError, match="Aino does not belong"):
        appoint(group, one, by=staff, starts_on=dt.date(2027, 1, 1))
    appoint(group, one, by=staff, starts_on=dt.date(2026, 12, 31))


def test_an_appointment_rests_on_helsinkis_decision_of_the_past(staff, group):
    one = candidate(group, 1, "Aino", by=staff)
    with pytest.raises(ValidationError, match="needs Helsinki's decision"):
        appoint(group, one, by=staff, case_number="")
    with pytest.raises(ValidationError, match="still to come"):
        appoint(group, one, by=staff, decided_on=clock.today() + DAY)
    with pytest.raises(ValidationError, match="cannot come before its first"):
        appoint(group, one, by=staff, starts_on=END, ends_on=END - DAY)
    with pytest.raises(ValidationError, match="at least one candidate"):
        appoint(group, by=staff)
    assert not Appointment.objects.exists()


def test_a_closed_account_is_named(staff, group):
    UserFactory(email="aino@seats.example").close(by=staff)
    one = candidate(group, 1, "Aino", by=staff)
    with pytest.raises(ValidationError, match="account of Aino has been closed"):
        appoint(group, one, by=staff)
    assert not Term.objects.exists()


def test_a_candidate_of_another_body_is_not_appointed(staff, group):
    stranger = candidate(body(staff), 1, "Aino", by=staff)
    with pytest.raises(ValidationError, match="at least one candidate"):
        appoint(group, stranger, by=staff)


# --- The end of a term --------------------------------------------------------------------------------------------


def test_a_term_ends_early_with_its_duty_and_a_letter(staff, group):
    term = sits(group, staff, 1, "Aino")
    term.resign(by=staff, last_day=dt.date(2026, 11, 30), because="Uusi työ")
    term.refresh_from_db()
    assert (term.ends_on, term.ended_because) == (dt.date(2026, 11, 30), "Uusi työ")
    assert duties(term.user) == [("member", dt.date(2026, 11, 14), dt.date(2026, 11, 30))]
    assert "Uusi työ" in OutgoingEmail.objects.latest("pk").body
    assert AuditEvent.objects.about(term).get().details == {"last_day": "2026-11-30"}
    sits(group, staff, 1, "Seuraaja", starts_on=dt.date(2026, 12, 1))


@pytest.mark.parametrize("last_day", [dt.date(2026, 11, 13), END, END + DAY])
def test_the_last_day_is_one_of_the_term(staff, group, last_day):
    term = sits(group, staff, 1, "Aino")
    with pytest.raises(ValidationError, match="one of the term's"):
        term.resign(by=staff, last_day=last_day, because="x")
    assert Term.objects.get().ends_on == END


def test_the_deputy_takes_the_seat_from_the_next_day_until_its_own_end(staff, group):
    term = sits(group, staff, 1, "Aino", office="chair")
    deputy = sits(group, staff, 1, "Bertta", place=Place.DEPUTY, ends_on=dt.date(2027, 6, 30))
    term.resign(by=staff, last_day=dt.date(2026, 11, 30), because="x", deputy_takes_over=True)
    seat = Term.objects.get(user=deputy.user, place=Place.MEMBER)
    assert (seat.starts_on, seat.ends_on, seat.office) == (dt.date(2026, 12, 1), dt.date(2027, 6, 30), "")
    assert (seat.municipality, seat.appointment) == (deputy.municipality, deputy.appointment)
    deputy.refresh_from_db()
    assert deputy.ends_on == dt.date(2026, 11, 30)
    assert duties(deputy.user) == [
        ("deputy", dt.date(2026, 11, 14), dt.date(2026, 11, 30)),
        ("member", dt.date(2026, 12, 1), dt.date(2027, 6, 30)),
    ]
    assert {(letter.to, letter.template.rpartition("/")[2]) for letter in OutgoingEmail.objects.all()} == {
        ("aino@seats.example", "term_begins"),
        ("bertta@seats.example", "term_begins"),
        ("aino@seats.example", "term_ends"),
    }
    assert "1.12.2026" in OutgoingEmail.objects.filter(to="bertta@seats.example").latest("pk").body


def test_a_deputy_takes_an_empty_seat_later_but_never_in_the_past(staff, group, today_is):
    term = sits(group, staff, 1, "Aino")
    deputy = sits(group, staff, 1, "Bertta", place=Place.DEPUTY)
    term.resign(by=staff, last_day=dt.date(2026, 11, 25), because="x")
    today_is("2026-12-10")
    assert term.is_free() and term.successor() == deputy
    seat = term.take_over(by=staff)
    assert seat.starts_on == dt.date(2026, 12, 10)
    with pytest.raises(ValidationError, match="no deputy"):
        term.take_over(by=staff)
    assert Term.objects.filter(place=Place.MEMBER, period__contains=dt.date(2026, 12, 12)).count() == 1


def test_a_deputy_whose_own_term_begins_then_becomes_the_member(staff, group):
    term = sits(group, staff, 1, "Aino")
    deputy = sits(group, staff, 1, "Bertta", place=Place.DEPUTY, starts_on=dt.date(2026, 12, 1))
    term.resign(by=staff, last_day=dt.date(2026, 11, 30), because="x", deputy_takes_over=True)
    deputy.refresh_from_db()
    assert (deputy.place, deputy.starts_on, deputy.ends_on) == (Place.MEMBER, dt.date(2026, 12, 1), END)
    assert duties(deputy.user) == [("member", dt.date(2026, 12, 1), END)]


def test_without_a_deputy_nothing_of_the_end_is_kept(staff, group):
    term = sits(group, staff, 1, "Aino")
    with pytest.raises(ValidationError, match="no deputy"):
        term.resign(by=staff, last_day=dt.date(2026, 11, 30), because="x", deputy_takes_over=True)
    row = Term.objects.get()
    assert (row.ends_on, row.ended_because, row.user.posts.get().ended_on) == (END, "", END)


def test_a_deputy_of_a_municipality_that_leaves_too_does_not_take_over(staff, group):
    place = member()
    term = sits(group, staff, 1, "Aino", municipality=place)
    deputy = sits(group, staff, 1, "Bertta", place=Place.DEPUTY, municipality=place)
    place.memberships.get().leave(by=staff, notice_on=dt.date(2026, 6, 1), last_day=dt.date(2026, 12, 31))
    with pytest.raises(ValidationError, match="no deputy"):
        term.resign(by=staff, last_day=dt.date(2026, 12, 31), because="x", deputy_takes_over=True)
    assert Term.objects.get(pk=deputy.pk).ends_on == END


def test_a_coming_term_is_removed_and_leaves_a_trace(staff, group):
    term = sits(group, staff, 1, "Aino", starts_on=dt.date(2027, 1, 1))
    user, decision = term.user, term.appointment
    other = Term.objects.get(pk=term.pk)
    term.step_down(by=staff, because="Ei ehdi")
    assert not Term.objects.exists() and duties(user) == []
    event = AuditEvent.objects.about(decision).first()
    assert (event.verb, event.details["because"]) == ("step_down", "Ei ehdi")
    with pytest.raises(ValidationError, match="removed meanwhile"):
        other.step_down(by=staff, because="x")


def test_a_term_that_has_begun_is_not_removed(staff, group):
    term = sits(group, staff, 1, "Aino")
    with pytest.raises(ValidationError, match="has begun"):
        term.step_down(by=staff, because="x")
    assert Term.objects.exists()


def test_closing_an_account_ends_the_terms(staff, group):
    term = sits(group, staff, 1, "Aino", ends_on=dt.date(2026, 12, 31))
    sits(group, staff, 1, "Aino", starts_on=dt.date(2027, 1, 1))
    term.user.close(by=staff)
    row = Term.objects.get()
    assert (row.ends_on, row.ended_because) == (clock.today(), "The account was closed")
    assert not Post.objects.active(dt.date(2026, 11, 25)).filter(user=term.user).exists()


# --- What the database refuses ------------------------------------------------------------------------------------


def refused(rows, **changes):
    with pytest.raises(IntegrityError) as refusal, transaction.atomic():
        rows.update(**changes)
    return refusal.value.__cause__.diag.constraint_name


def test_the_database_refuses_what_the_verbs_refuse():
    group = steering_group(seats=3)
    terms = Term.objects.order_by("seat__number", "-place")
    chair, chairs_deputy, vice = terms[0], terms[1], terms[2]
    one = Term.objects.filter(pk=chair.pk)
    deputy = Term.objects.filter(pk=chairs_deputy.pk)
    assert refused(one, seat=vice.seat) == "term_one_member_a_seat"
    assert refused(deputy, seat=vice.seat) == "term_one_deputy_a_seat"
    assert refused(deputy, user=vice.user) == "term_one_place_a_person"
    assert refused(Term.objects.filter(pk=vice.pk), office="chair") == "term_one_chair"
    assert refused(one, office="vice") == "term_one_vice"
    assert refused(deputy, office="chair") == "term_deputy_without_office"
    assert refused(one, period=(None, dt.date(2027, 1, 1))) == "term_has_days"
    decision = Appointment.objects.filter(body_of=group.body)
    assert refused(decision, case_number="") == "appointment_by_decision"
    assert refused(decision, ends_on=dt.date(2020, 1, 1)) == "appointment_days"
    found = Body.objects.filter(pk=group.body.pk)
    assert refused(found, ended_on=dt.date(2020, 1, 1)) == "body_ends_after_founded"
    other = body(group.by)
    assert refused(Body.objects.filter(pk=other.pk), kind="steering") == "body_one_steering_group"
    assert refused(other.seats.filter(number=1), number=2) == "seat_number"
    assert refused(one, body_of=other) == "term_of_its_own_body"
    assert refused(one, seat=other.seats.get(number=1)) == "term_of_its_own_body"
    expert = Term.objects.filter(user=group.expert)
    assert refused(expert, office="vice") == refused(expert, place="deputy") == "term_fits_its_seat"
    for name in ("Aino", "Bertta"):
        candidate(other, 1, name, by=group.by)
    rows = Candidate.objects.filter(seat__body=other)
    assert refused(rows, email="x@y.example") == "candidate_once"
    assert (
        refused(rows.filter(name="Aino"), place="deputy", office="vice") == "candidate_deputy_without_office"
    )


def test_a_place_of_another_register_is_no_member(staff, group):
    one = candidate(group, 1, "Aino", by=staff, municipality=MunicipalityFactory())
    with pytest.raises(ValidationError, match="does not belong"):
        appoint(group, one, by=staff, **HELSINKI)
