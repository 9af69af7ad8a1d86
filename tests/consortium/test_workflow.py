"""Every step of a joining: its right moment, its wrong moments, who may take it, and what a refusal leaves behind."""

import datetime as dt

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import ValidationError
from django.db import DatabaseError, connection
from django.db.models import CheckConstraint
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from consortium import clock
from consortium.models import AuditEvent, OutgoingEmail
from consortium.workflow import WrongState
from members.models import Accession, AccessionState, AgreementVersion, Body, Decision, Outcome
from tests.factories import (
    DAY,
    HELSINKI,
    AccessionFactory,
    AgreementVersionFactory,
    RoleFactory,
    UserFactory,
    handling,
    ready_packages,
)

pytestmark = pytest.mark.django_db
S = AccessionState


def _send(accession, by):
    ready_packages(accession)
    accession.send(by=by)


def _schedule(accession, by):
    accession.schedule(by=by, meeting_on=clock.today() + 14 * DAY, meeting_body=Body.BOARD)


def _correct(accession, by):
    wrong = accession.deciding or accession.standing[0]
    accession.correct(by=by, corrects=wrong, correction_reason="Pykälä oli väärä.", **handling(section="62"))


def _finalise(accession, by):
    day = accession.deciding.final_on
    accession.finalise(by=by, finality_on=day, finality_ground="mail", finality_note="Kirjaamo")


def _confirm(accession, by):
    accession.confirm(
        by=by,
        confirmed_on=clock.today(),
        confirmed_body="Johtaja",
        confirmed_section="4",
        confirmed_case_number="HEL 2026-004117",
        joins_on=accession.offer.joins_on,
    )


def _respond(accession, by):
    accession.respond(by=by, accepted=True, view="Käy.", view_on=clock.today())


def _move(accession, by):
    accession.move(
        by=by, decision=accession.standing[0], to=AccessionFactory(state=S.SENT), reason="Väärä kunta."
    )


def _receive(accession, by):
    wrong = AccessionFactory(state=S.SENT)
    wrong.decide(by=by, **handling(meeting_on=clock.today() - 30 * DAY))
    accession.receive(by=by, decision=wrong.standing[0], reason="Väärä kunta.")


# verb: how it is taken, {state it starts from: state it leads to}; written by hand, not read from STEPS
TAKEN = {
    "send": (_send, {S.PREPARED: S.SENT}),
    "schedule": (_schedule, {S.SENT: S.IN_PREPARATION, S.IN_PREPARATION: S.IN_PREPARATION}),
    "prepare": (
        lambda a, by: a.prepare(by=by, **handling()),
        {S.SENT: S.SENT, S.IN_PREPARATION: S.IN_PREPARATION},
    ),
    "decide": (
        lambda a, by: a.decide(by=by, **handling(meeting_on=clock.today() - 30 * DAY)),
        dict.fromkeys((S.SENT, S.IN_PREPARATION, S.CONDITIONAL, S.APPROVED, S.FINAL, S.REJECTED), S.APPROVED),
    ),
    "respond": (_respond, {S.CONDITIONAL: S.APPROVED}),
    "sign": (
        lambda a, by: a.sign(by=by, signed_on=clock.today(), signatory="Kunnanjohtaja"),
        {S.APPROVED: S.APPROVED, S.FINAL: S.FINAL},
    ),
    "finalise": (_finalise, {S.APPROVED: S.FINAL}),
    "confirm": (_confirm, {S.FINAL: S.CONFIRMED}),
    "revoke": (lambda a, by: a.revoke(by=by, reason="Väärä kunta."), {S.CONFIRMED: S.FINAL}),
    "correct": (
        _correct,
        {S.CONDITIONAL: S.APPROVED, S.APPROVED: S.APPROVED, S.FINAL: S.APPROVED, S.REJECTED: S.APPROVED},
    ),
    "move": (_move, dict.fromkeys((S.CONDITIONAL, S.APPROVED, S.FINAL, S.REJECTED), S.SENT)),
    "receive": (
        _receive,
        dict.fromkeys((S.SENT, S.IN_PREPARATION, S.CONDITIONAL, S.APPROVED, S.FINAL, S.REJECTED), S.APPROVED),
    ),
    "renew": (
        lambda a, by: a.renew(by=by, hand_in_until=clock.today() + 14 * DAY),
        {s: s for s in (S.SENT, S.IN_PREPARATION, S.CONDITIONAL, S.APPROVED, S.FINAL, S.REJECTED)},
    ),
    "put_aside": (
        lambda a, by: a.put_aside(
            by=by, aside_until=clock.today() + 14 * DAY, aside_reason="Johtaja on lomalla."
        ),
        {s: s for s in (S.PREPARED, S.SENT, S.IN_PREPARATION, S.CONDITIONAL, S.APPROVED, S.FINAL)},
    ),
    "reopen": (
        lambda a, by: a.reopen(by=by, reason="Kunta harkitsee uudelleen."),
        dict.fromkeys((S.CONDITIONAL, S.APPROVED, S.FINAL, S.REJECTED), S.IN_PREPARATION)
        | {S.STOPPED: S.PREPARED},
    ),
    "stop": (
        lambda a, by: a.stop(by=by, reason="Kunta yhdistyy toiseen."),
        dict.fromkeys((S.PREPARED, S.SENT, S.IN_PREPARATION, S.CONDITIONAL, S.APPROVED, S.FINAL), S.STOPPED),
    ),
}
BEFORE_ANY_ENTRY = {
    ("correct", S.SENT),
    ("correct", S.IN_PREPARATION),
    ("move", S.SENT),
    ("move", S.IN_PREPARATION),
}  # allowed, with nothing to correct or move yet
RIGHT = [(verb, before, after) for verb, (_act, ways) in TAKEN.items() for before, after in ways.items()]
WRONG = [
    (verb, state)
    for verb, (_act, ways) in TAKEN.items()
    for state in S
    if state not in ways and (verb, state) not in BEFORE_ANY_ENTRY
]
# who may take it: v nobody else than named; N = another municipality's representative
MAY = {
    "send": {"staff"},
    "schedule": {"staff", "representative", "librarian"},
    "prepare": {"librarian"},
    "decide": {"staff", "representative"},
    "respond": {"staff"},
    "sign": {"staff", "representative"},
    "finalise": {"staff"},
    "confirm": {"staff"},
    "revoke": {"staff"},
    "correct": {"staff", "representative"},
    "reopen": {"staff"},
    "stop": {"staff"},
    "move": {"staff"},
    "receive": set(),  # the other half of moving
    "renew": {"staff"},
    "put_aside": {"staff"},
}


def test_the_table_of_this_file_knows_every_verb():
    assert TAKEN.keys() == MAY.keys() == Accession.STEPS.keys()


@pytest.mark.parametrize(("verb", "before", "after"), RIGHT)
def test_a_step_at_its_right_moment_leads_on_and_is_recorded(staff, verb, before, after):
    accession = AccessionFactory(state=before)
    acts = AuditEvent.objects.about(accession).count()
    TAKEN[verb][0](accession, staff)
    assert accession.state == Accession.objects.get(pk=accession.pk).state == after
    event = AuditEvent.objects.about(accession).first()
    assert (event.verb, event.by) == (verb, staff)
    assert (event.details["from"], event.details["to"]) == (before, after)
    asked = 1 if verb == "send" else 0  # asking for the files is an act of its own
    assert AuditEvent.objects.about(accession).count() == acts + 1 + asked


@pytest.mark.parametrize(("verb", "state"), WRONG)
def test_a_step_at_a_wrong_moment_changes_nothing(staff, verb, state):
    accession = AccessionFactory(state=state)
    before = Accession.objects.values().get()
    acts, letters = AuditEvent.objects.count(), OutgoingEmail.objects.count()
    step = {
        "schedule": {"meeting_on": clock.today(), "meeting_body": Body.BOARD},
        "prepare": handling(),
        "decide": handling(),
        "respond": {"accepted": True, "view": "Käy.", "view_on": clock.today()},
        "sign": {"signed_on": clock.today(), "signatory": "Kunnanjohtaja"},
        "finalise": {"finality_on": clock.today(), "finality_ground": "mail", "finality_note": "x"},
        "confirm": {
            "confirmed_on": clock.today(),
            "confirmed_body": "J",
            "confirmed_section": "4",
            "confirmed_case_number": "HEL 1",
            "joins_on": accession.offer.joins_on,
        },
        "correct": {"corrects": accession, "correction_reason": "x"} | handling(),
        "revoke": {"reason": "x"},
        "reopen": {"reason": "x"},
        "stop": {"reason": "x"},
        "move": {"decision": accession, "to": accession, "reason": "x"},
        "receive": {"decision": Decision(accession=accession), "reason": "x"},
        "renew": {"hand_in_until": clock.today()},
        "put_aside": {"aside_until": clock.today() + DAY, "aside_reason": "x"},
    }.get(verb, {})
    with pytest.raises(WrongState), translation.override("en"):
        getattr(accession, verb)(by=staff, **step)
    assert Accession.objects.values().get() == before
    assert accession.state == state
    assert (AuditEvent.objects.count(), OutgoingEmail.objects.count()) == (acts, letters)


@pytest.mark.parametrize("verb", MAY)
def test_a_step_belongs_to_its_people(staff, verb):
    accession = AccessionFactory()
    people = {
        "staff": staff,
        "representative": RoleFactory(municipality=accession.municipality).user,
        "librarian": RoleFactory(municipality=accession.municipality, kind="librarian").user,
        "neighbour": RoleFactory().user,
        "former": RoleFactory(municipality=accession.municipality, ended_on=clock.today() - DAY).user,
        "coming": RoleFactory(municipality=accession.municipality, since=clock.today() + DAY).user,
        "nobody": UserFactory(),
        "visitor": AnonymousUser(),
    }
    may = {who for who, user in people.items() if user.has_perm(f"members.{verb}_accession", accession)}
    assert may == MAY[verb]


def test_a_role_lasts_through_its_last_day(staff):
    role = RoleFactory(ended_on=clock.today())
    accession = AccessionFactory(municipality=role.municipality)
    assert role.user.has_perm("members.decide_accession", accession)


def test_the_steps_on_offer_are_those_of_the_moment_and_of_the_person(staff):
    accession = AccessionFactory(state=S.SENT)
    librarian = RoleFactory(municipality=accession.municipality, kind="librarian").user
    representative = RoleFactory(municipality=accession.municipality).user
    assert accession.steps_open_to(librarian) == ["schedule", "prepare"]
    assert accession.steps_open_to(representative) == ["schedule", "decide", "correct"]
    assert accession.steps_open_to(staff) == [
        *("schedule", "decide", "correct", "move", "renew", "stop", "put_aside")
    ]
    assert accession.steps_open_to(RoleFactory().user) == []


def test_the_refusal_says_how_things_now_stand(staff):
    accession = AccessionFactory(state=S.REJECTED)
    with pytest.raises(WrongState) as refusal, translation.override("en"):
        _schedule(accession, staff)
    with translation.override("en"):
        assert refusal.value.messages == [
            "This can no longer be done: the state is now “not joining”. Nothing was changed."
        ]
    assert refusal.value.code == "wrong_state"


def test_a_stale_object_is_judged_by_the_row_and_then_tells_the_truth(staff):
    accession = AccessionFactory(state=S.SENT)
    stale = Accession.objects.get()
    accession.decide(by=staff, **handling(Outcome.REJECTED))
    with pytest.raises(WrongState):
        _schedule(stale, staff)
    assert (stale.state, stale.meeting_on) == (S.REJECTED, None)


def test_after_a_refusal_by_a_rule_the_object_holds_what_the_row_holds(staff):
    accession = AccessionFactory(state=S.APPROVED)
    early = accession.deciding.meeting_on - DAY
    with pytest.raises(ValidationError):
        accession.sign(by=staff, signed_on=early, signatory="Kunnanjohtaja")
    assert (accession.signed_on, accession.signatory) == (None, "")


def test_after_a_refusal_by_a_constraint_the_object_holds_what_the_row_holds(staff):
    accession = AccessionFactory(state=S.STOPPED)
    AccessionFactory(municipality=accession.municipality, offer=accession.offer)
    with pytest.raises(ValidationError) as refusal:
        accession.reopen(by=staff, reason="Sittenkin.")
    assert refusal.value.messages
    assert (accession.state, accession.closing_reason) == (S.STOPPED, "Kunta yhdistyy toiseen.")


def test_checks_are_asked_about_together_and_each_that_is_broken_is_told():
    accession = AccessionFactory(state=S.SENT)
    checks = [each for each in Accession._meta.constraints if isinstance(each, CheckConstraint)]
    others = len(Accession._meta.constraints) - len(checks)
    assert len(checks) > 1
    with CaptureQueriesContext(connection) as asked:
        accession.validate_constraints()
    questions = [query["sql"] for query in asked if query["sql"].startswith("SELECT")]
    assert len(questions) <= 1 + others
    accession.aside_until, accession.signed_on = clock.today(), clock.today()
    for exclude in (None, {"aside_by"}, {"state"}):
        with pytest.raises(ValidationError) as refusal:
            accession.validate_constraints(exclude)
        assert "Kerro lyhyesti, miksi asia siirretään syrjään." in refusal.value.messages
        assert len(refusal.value.messages) == 2
    accession.aside_reason, accession.signatory = "Odotetaan.", "Kunnanjohtaja"
    accession.validate_constraints({"state"})


def test_when_the_act_breaks_halfway_nothing_of_it_stays(staff, monkeypatch):
    accession = AccessionFactory(state=S.SENT)
    letters = OutgoingEmail.objects.count()

    def broken(*args, **kwargs):
        OutgoingEmail.objects.create(to="x@kunta.example", subject="x", body="x", template="x", language="fi")
        raise DatabaseError("the cable was pulled")

    monkeypatch.setattr("members.emails.decision_recorded", broken)
    with pytest.raises(DatabaseError):
        accession.decide(by=staff, **handling())
    assert accession.state == Accession.objects.get().state == S.SENT
    assert accession.deciding is None
    assert not accession.decisions.exists()
    assert OutgoingEmail.objects.count() == letters


def test_the_history_holds_ids_and_days_but_no_names_nor_words(staff):
    AccessionFactory(state=S.CONFIRMED).revoke(by=staff, reason="Maija Meikäläinen kirjoitti.")
    AccessionFactory(state=S.STOPPED).reopen(by=staff, reason="Maija Meikäläinen soitti.")
    told = " ".join(str(e.details) for e in AuditEvent.objects.all())
    words = ["Kunnanjohtaja", "Kirjaamo", "Kirjastopalvelujen johtaja", "yhdistyy", "Maija"]
    for word in [*words, staff.name, staff.email]:
        assert word not in told


def test_a_version_is_approved_once_with_helsinkis_decision(staff):
    version = AgreementVersionFactory(approved=False)
    decision = HELSINKI | {"decided_on": dt.date(2026, 8, 25)}
    with pytest.raises(ValidationError):
        version.approve(by=staff, **decision | {"case_number": ""})
    assert version.state == AgreementVersion.objects.get().state == "draft"
    version.approve(by=staff, **decision)
    assert AgreementVersion.objects.get().state == "approved"
    with pytest.raises(WrongState):
        version.approve(by=staff, **decision)


@pytest.mark.parametrize("verb", ["approve_agreementversion", "manage_offer"])
def test_helsinkis_acts_are_the_service_centres(staff, verb):
    role = RoleFactory()
    assert staff.has_perm(f"members.{verb}", role.municipality)
    for user in (role.user, UserFactory(), AnonymousUser()):
        assert not user.has_perm(f"members.{verb}", role.municipality)
