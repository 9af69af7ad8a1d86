"""What PostgreSQL itself refuses, asked in SQL by hand as the role that the portal works in."""

import datetime as dt

import psycopg
import pytest
from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from django.db import IntegrityError, transaction
from django.db.models import F
from psycopg import sql

from consortium.models import AuditEvent, Digest, Feedback, OutgoingEmail, Post
from members.models import Clause, Invitation, Membership, Municipality, Reminder, ReminderRule
from tests.by_hand import forbidden, refused, run, updating
from tests.factories import (
    AccessionFactory,
    AgreementVersionFactory,
    ContactFactory,
    DecisionFactory,
    HandInFactory,
    MunicipalityFactory,
    OfferFactory,
    RoleFactory,
    UserFactory,
    ready_packages,
)
from tests.test_money_refused import ACTS as MONEY_ACTS

pytestmark = pytest.mark.django_db
TODAY = dt.date(2026, 11, 24)
YESTERDAY = TODAY - dt.timedelta(days=1)
NOON = dt.datetime.combine(TODAY, dt.time(12), tzinfo=dt.UTC)


# --- The role ----------------------------------------------------------------------------------------------------


def test_the_tests_work_as_the_portals_own_role():
    assert run("SELECT current_user, session_user") == [("consortium_portal", "consortium_portal")]


def test_the_role_owns_nothing_and_is_nobody_else():
    assert run("SELECT relname FROM pg_class WHERE pg_get_userbyid(relowner) = current_user") == []
    assert run("SELECT proname FROM pg_proc WHERE pg_get_userbyid(proowner) = current_user") == []
    rights = "rolsuper, rolcreaterole, rolcreatedb, rolbypassrls, rolreplication"
    assert run(f"SELECT {rights} FROM pg_roles WHERE rolname = current_user") == [(False,) * 5]
    member = "SELECT rolname FROM pg_roles WHERE rolname <> current_user AND pg_has_role(rolname, 'member')"
    assert run(member) == []
    assert forbidden("SET ROLE consortium_owner")


def test_every_table_is_the_owners():
    owners = run("SELECT DISTINCT tableowner FROM pg_tables WHERE schemaname = current_schema()")
    assert owners == [("consortium_owner",)]


@pytest.mark.parametrize(
    "statement",
    [
        "CREATE TABLE mine (id int)",
        "CREATE TEMPORARY TABLE members_feelimits (valid_from date, per_municipality numeric, per_year numeric)",
        "CREATE TEMPORARY SEQUENCE mine",
        "CREATE SCHEMA mine",
        "DROP TABLE members_accession",
        "ALTER TABLE members_accession DROP CONSTRAINT accession_confirmed_when_final_and_signed",
        "DROP INDEX accession_one_open",
        "DROP TRIGGER members_scheme_limits ON members_scheme",
        "ALTER TABLE members_annualbudget DISABLE TRIGGER members_annualbudget_guard",
        "ALTER TABLE members_annualbudget DROP CONSTRAINT annualbudget_fees_within_ceiling",
        "TRUNCATE members_membership",
        "INSERT INTO django_migrations (app, name, applied) VALUES ('x', 'x', now())",
    ],
)
def test_the_role_cannot_loosen_what_binds_it(statement):
    assert forbidden(statement)


# --- The history -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE consortium_auditevent SET verb = 'stop'",
        "UPDATE consortium_auditevent SET at = now() WHERE false",
        "DELETE FROM consortium_auditevent",
        "TRUNCATE consortium_auditevent",
        "TRUNCATE consortium_user CASCADE",
        "ALTER TABLE consortium_auditevent DISABLE TRIGGER consortium_auditevent_append_only",
        "ALTER TABLE consortium_auditevent DISABLE TRIGGER ALL",
        "ALTER TABLE consortium_auditevent ADD COLUMN note text",
        "ALTER TABLE consortium_auditevent RENAME TO other",
        "DROP TRIGGER consortium_auditevent_append_only ON consortium_auditevent",
        "DROP TABLE consortium_auditevent",
        "CREATE TRIGGER t BEFORE INSERT ON consortium_auditevent EXECUTE FUNCTION suppress_redundant_updates_trigger()",
        "CREATE RULE r AS ON INSERT TO consortium_auditevent DO INSTEAD NOTHING",
        "SET session_replication_role = replica",
        "DROP FUNCTION consortium_auditevent_is_append_only()",
        "GRANT UPDATE ON consortium_auditevent TO PUBLIC",
    ],
)
def test_the_portal_cannot_touch_what_has_been_recorded(staff, statement):
    AuditEvent.record(staff, "invite", by=staff)
    before = list(AuditEvent.objects.values())
    try:
        assert forbidden(statement)
    except pytest.fail.Exception:
        # PostgreSQL answers a GRANT without the right with a warning only: then the right must still be missing
        assert not run("SELECT has_table_privilege('consortium_auditevent', 'UPDATE')")[0][0]
    assert list(AuditEvent.objects.values()) == before
    assert run("SELECT tgenabled FROM pg_trigger WHERE tgname = 'consortium_auditevent_append_only'") == [
        ("O",)
    ]


@pytest.mark.parametrize("right", ["UPDATE", "DELETE", "TRUNCATE", "TRIGGER", "REFERENCES"])
def test_the_portal_has_no_right_to_the_history_but_to_read_and_add(right):
    assert run("SELECT has_table_privilege('consortium_auditevent', %s)", right) == [(False,)]


def test_a_person_who_has_acted_cannot_be_removed(staff):
    AuditEvent.record(staff, "invite", by=staff)
    run("SET CONSTRAINTS ALL IMMEDIATE")
    assert "by_id" in refused("DELETE FROM consortium_user WHERE id = %s", staff.pk)


@pytest.mark.parametrize("statement", ["UPDATE {} SET verb = 'stop'", "DELETE FROM {}"])
def test_even_the_owner_is_refused_by_the_trigger(owner, statement):
    kind = ContentType.objects.get_for_model(Municipality).pk
    assert owner.execute("SELECT current_user").fetchone() == ("consortium_owner",)
    owner.execute(
        "INSERT INTO consortium_auditevent (at, verb, record_type_id, record_id, details)"
        " VALUES (now(), 'invite', %s, 1, '{}')",
        [kind],
    )
    with pytest.raises(psycopg.errors.RestrictViolation, match="never changed or removed"):
        owner.execute(sql.SQL(statement).format(sql.Identifier("consortium_auditevent")))


# --- The four of the field, in SQL by hand ------------------------------------------------------------------------


def test_two_open_accessions_of_one_municipality():
    one = AccessionFactory()
    columns = "municipality_id, offer_id, state, code, sent_at"
    again = (
        f"INSERT INTO members_accession ({columns}, meeting_body, view, signatory, finality_ground, finality_note,"
        " confirmed_body, confirmed_section, confirmed_case_number, closing_reason, aside_reason, hand_in_code)"
        " VALUES (%s, %s, %s, %s, now(), '', '', '', '', '', '', '', '', '', '', '')"
    )
    for state in ("prepared", "sent", "in_preparation", "conditional", "approved", "final"):
        values = (one.municipality_id, one.offer_id, state, "ZZZZZZZZ")
        assert refused(again, *values) == "accession_one_open"
    assert run(again, one.municipality_id, one.offer_id, "stopped", "ZZZZZZZZ") == 1
    reopen = "UPDATE members_accession SET state = 'in_preparation' WHERE code = 'ZZZZZZZZ'"
    assert refused(reopen) == "accession_one_open"


@pytest.mark.parametrize(
    ("period", "fits"),
    [
        ("[2027-12-31,2029-01-01)", False),
        ("[2026-01-01,2027-01-02)", False),
        ("(,)", False),
        ("[2028-01-01,)", True),
        ("[2026-01-01,2027-01-01)", True),
    ],
)
def test_overlapping_memberships(rautalampi, period, fits):
    add = "INSERT INTO members_membership (municipality_id, period) VALUES (%s, %s::daterange)"
    run(add, rautalampi.pk, "[2027-01-01,2028-01-01)")
    run(add, MunicipalityFactory().pk, "[2027-01-01,2028-01-01)")  # another municipality's is no matter
    if fits:
        assert run(add, rautalampi.pk, period) == 1
    else:
        assert refused(add, rautalampi.pk, period) in {"membership_no_overlap", "membership_has_first_day"}


def test_minutes_published_before_the_meeting():
    decision = DecisionFactory(meeting_on=TODAY, published_on=None)
    publish = "UPDATE members_decision SET published_on = %s WHERE id = %s"
    assert refused(publish, YESTERDAY, decision.pk) == "decision_published_after_meeting"
    assert run(publish, TODAY, decision.pk) == 1


@pytest.mark.parametrize(
    "change",
    [
        "finality_on = NULL, finality_by_id = NULL, finality_ground = ''",
        "signed_on = NULL, signatory = ''",
        "confirmed_on = NULL",
        "confirmed_case_number = ''",
    ],
)
def test_confirmed_without_what_confirming_rests_on(change):
    accession = AccessionFactory(state="confirmed")
    statement = f"UPDATE members_accession SET {change} WHERE id = %s"
    assert refused(statement, accession.pk) == "accession_confirmed_when_final_and_signed"


def test_one_step_straight_to_confirmed():
    accession = AccessionFactory(state="approved")
    statement = "UPDATE members_accession SET state = 'confirmed' WHERE id = %s"
    assert refused(statement, accession.pk) == "accession_confirmed_when_final_and_signed"


# --- Every constraint, violated once -----------------------------------------------------------------------------


def _clause_twice():
    version = AgreementVersionFactory()
    Clause.objects.create(version=version, number="1", position=9, title_fi="x", title_sv="x", text_fi="x")


def _package():
    accession = AccessionFactory()
    ready_packages(accession)
    return accession.packages.first()


def _version_twice():
    row = _package()
    row.pk, row.key, row._state.adding = None, "00000000-0000-4000-8000-000000000001", True
    row.save()


def _population_twice():
    row = MunicipalityFactory().populations.get()
    row.pk, row._state.adding = None, True
    row.save()


def _role_twice():
    role = RoleFactory()
    RoleFactory(user=role.user, municipality=role.municipality)


def _merged_into_itself():
    row = MunicipalityFactory()
    Municipality.objects.filter(pk=row.pk).update(ended_on=TODAY, successor=row.pk)


def _membership():
    return Membership.objects.create(municipality=MunicipalityFactory(), period=(TODAY, None))


def _letter():
    return OutgoingEmail.objects.create(to="x@kunta.example", language="fi", template="x")


def _feedback():
    return Feedback.objects.create(text="x")


def _approved():
    return AccessionFactory(state="approved")


def _reminded_twice():
    place = MunicipalityFactory()
    for _n in range(2):  # of no matter in particular: two without one are alike, too
        Reminder.objects.create(municipality=place, rung="contacts", occasion="2027")


def _invitation(**fields):
    told = {"email": "uusi@kunta.example", "kind": "librarian", "language": "fi"} | fields
    return Invitation.objects.create(municipality=MunicipalityFactory(), invited_by=UserFactory(), **told)


def _invited_twice():
    row = _invitation()
    again = {"municipality": row.municipality, "email": row.email.upper(), "kind": row.kind}
    Invitation.objects.create(invited_by=row.invited_by, language="sv", **again)


def _revoked_after_acceptance():
    row = _invitation()
    rows = Invitation.objects.filter(pk=row.pk)
    rows.update(accepted_at=NOON, accepted_by=row.invited_by, revoked_at=NOON, revoked_by=row.invited_by)


def _duty(**fields):
    return Post.objects.create(user=UserFactory(), kind="auditor", **fields)


ACTS = {
    "invitation_one_open": _invited_twice,
    "invitation_accepted_by_someone": updating(_invitation, accepted_at=NOON),
    "invitation_revoked_by_someone": updating(_invitation, revoked_at=NOON),
    "invitation_not_both": _revoked_after_acceptance,
    "post_once_a_person": lambda: Post.objects.create(user=_duty().user, kind="auditor"),
    "post_ends_after_it_begins": updating(_duty, ended_on=dt.date(1917, 12, 6)),
    "accession_one_open": lambda: AccessionFactory(municipality=AccessionFactory().municipality),
    "accession_signed_by_someone": updating(_approved, signed_on=TODAY),
    "accession_final_on_a_ground": updating(_approved, finality_on=TODAY),
    "accession_confirmed_when_final_and_signed": updating(_approved, state="confirmed"),
    "accession_aside_with_reason": updating(AccessionFactory, aside_until=TODAY),
    "accession_sent_has_time": updating(AccessionFactory, state="sent"),
    "agreementversion_approved_by_decision": updating(
        lambda: AgreementVersionFactory(approved=False), state="approved"
    ),
    "clause_number_once": _clause_twice,
    "decision_published_after_meeting": updating(DecisionFactory, published_on=dt.date(1917, 12, 6)),
    "decision_stated_final_after_meeting": updating(DecisionFactory, stated_final_on=dt.date(1917, 12, 6)),
    "decision_recorded_by_someone": updating(DecisionFactory, recorded_by=None),
    "decision_condition_said": updating(DecisionFactory, outcome="approved_changed"),
    "decision_answered_by_name_and_title": updating(DecisionFactory, answered_name="x"),
    "handin_published_after_meeting": updating(HandInFactory, published_on=dt.date(1917, 12, 6)),
    "handin_settled_by_someone": updating(HandInFactory, settled_at=NOON),
    "decision_on_behalf_whole": updating(DecisionFactory, channel="phone"),
    "decision_correction_has_reason": updating(
        lambda: DecisionFactory(corrects=DecisionFactory(), correction_reason="x"), correction_reason=""
    ),
    "membership_no_overlap": lambda: Membership.objects.create(
        municipality=_membership().municipality, period=(TODAY, None)
    ),
    "membership_has_first_day": updating(_membership, period=(None, TODAY)),
    "municipality_ended_with_successor": updating(MunicipalityFactory, ended_on=TODAY),
    "municipality_not_its_own_successor": _merged_into_itself,
    "reminder_once_an_occasion": _reminded_twice,
    "reminderrule_within_a_year": lambda: ReminderRule.objects.create(rung="open", days=366),
    "population_once_a_day": _population_twice,
    "offer_final_before_membership": updating(OfferFactory, joins_on=F("decide_by")),
    "role_once_a_person": _role_twice,
    "role_ends_after_it_begins": updating(RoleFactory, ended_on=dt.date(1917, 12, 6)),
    "contact_can_be_reached": updating(ContactFactory, email=""),
    "joiningpackage_version_once": _version_twice,
    "joiningpackage_ready_has_file": updating(_package, sha256=""),
    "outgoingemail_sent_has_time": updating(_letter, state="sent"),
    "outgoingemail_returned_has_time": updating(_letter, returned_at=NOON),
    "digest_once_a_day": lambda: Digest.objects.bulk_create(
        Digest(user=user, on=TODAY, letter=_letter()) for user in [UserFactory()] * 2
    ),
    "feedback_answered_whole": updating(_feedback, answer="Korjattu."),
    "user_email_any_case": lambda: UserFactory(email=UserFactory().email.upper()),
}


def test_each_constraint_of_the_models_is_violated_here():
    models = [m for app in ("consortium", "members") for m in apps.get_app_config(app).get_models()]
    assert {c.name for model in models for c in model._meta.constraints} == ACTS.keys() | MONEY_ACTS.keys()


@pytest.mark.parametrize("name", ACTS)
def test_a_constraint_holds(name):
    with pytest.raises(IntegrityError) as refusal, transaction.atomic():
        ACTS[name]()
    assert refusal.value.__cause__.diag.constraint_name == name
