"""Two at the same moment: what the locks and the database make of it, and what would come without them."""

from contextlib import contextmanager
from functools import partial

import psycopg
import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connections

from consortium import clock, mailbox, outgoing, steps, tasks
from consortium.deadlines import next_working_day
from consortium.models import AuditEvent, Document, FormKey, OutgoingEmail
from consortium.workflow import WrongState
from members import emails, reminder_emails
from members.models import (
    Accession,
    Decision,
    JoiningPackage,
    Membership,
    Municipality,
    Reminder,
    ask_for_packages,
    send_due,
)
from members.models import package as packages
from members.models.reminder import ReminderQuerySet
from tests.at_once import at_once, kinds
from tests.conftest import Browser
from tests.factories import DAY, AccessionFactory, MunicipalityFactory, RoleFactory, UserFactory, handling

pytestmark = pytest.mark.django_db(transaction=True)
KEY = "6f9c2f0e-5a8e-4a2e-9a65-0d1e0f1a2b3c"


# --- Two representatives decide -----------------------------------------------------------------------------------


def two_decide(accession):
    people = [RoleFactory(municipality=accession.municipality).user for _i in range(2)]
    return at_once(*(partial(Accession.objects.get().decide, by=p, **handling()) for p in people))


def test_two_representatives_decide_and_one_decision_stands(meet):
    accession = AccessionFactory(state="sent")
    meet(emails, "decision_recorded")
    results = two_decide(accession)
    assert kinds(results) == ["Overtaken", "done"]
    assert Decision.objects.count() == 1
    assert AuditEvent.objects.about(accession).filter(verb="decide").count() == 1
    assert (
        OutgoingEmail.objects.filter(template="members/emails/decide").count() == 2
    )  # one act, two recipients


def test_without_the_lock_both_decisions_stand(meet, no_row_locks):
    accession = AccessionFactory(state="sent")
    meet(emails, "decision_recorded")
    assert kinds(two_decide(accession)) == ["done", "done"]
    assert Decision.objects.standing().count() == 2


# --- The same form twice -------------------------------------------------------------------------------------------


def press_twice(accession):
    user = RoleFactory(municipality=accession.municipality).user
    day = clock.today() + 14 * DAY
    form = {"meeting_on": f"{day:%d.%m.%Y}", "meeting_body": "board", "form_key": KEY}
    browsers = [Browser(), Browser()]
    for browser in browsers:
        browser.force_login(user)
    address = f"/accessions/{accession.pk}/schedule/"
    return [r.headers["Location"] for r in at_once(*(partial(b.post, address, form) for b in browsers))]


def test_a_form_sent_twice_at_once_is_one_act_with_one_answer(meet):
    accession = AccessionFactory(state="sent")
    callers = meet(Accession, "schedule")
    answers = press_twice(accession)
    event = AuditEvent.objects.about(accession).get(verb="schedule")
    assert answers == [f"/accessions/{accession.pk}/?receipt={event.pk}"] * 2
    assert len(callers) == 1
    assert FormKey.objects.get().answer == answers[0]


def test_without_the_key_a_form_sent_twice_is_two_acts(meet, monkeypatch):
    accession = AccessionFactory(state="sent")
    meet(Accession, "schedule")
    monkeypatch.setattr(steps, "_take_key", lambda key, by: None)
    assert len(set(press_twice(accession))) == 2
    assert AuditEvent.objects.about(accession).filter(verb="schedule").count() == 2


# --- Two of the service centre confirm -----------------------------------------------------------------------------


def two_confirm(accession):
    decision = {
        "confirmed_on": clock.today(),
        "confirmed_body": "Johtaja",
        "confirmed_section": "4",
        "confirmed_case_number": "HEL 2026-004117",
        "joins_on": accession.offer.joins_on,
    }
    people = [UserFactory(is_staff=True) for _i in range(2)]
    return at_once(*(partial(Accession.objects.get().confirm, by=p, **decision) for p in people))


@contextmanager
def loosened(table):
    """Take a table's exclusion and uniqueness away for a while, as its owner."""
    parameters = connections["owner"].get_connection_params()
    wanted = ("dbname", "user", "password", "host", "port")
    with psycopg.connect(**{k: parameters[k] for k in wanted if k in parameters}, autocommit=True) as owner:
        found = owner.execute(
            "SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint"
            " WHERE conrelid = %s::regclass AND contype IN ('u', 'x')",
            [table],
        ).fetchall()
        for name, _rule in found:
            owner.execute(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
        try:
            yield
        finally:
            owner.execute(f"TRUNCATE {table}")
            for name, rule in found:
                owner.execute(f"ALTER TABLE {table} ADD CONSTRAINT {name} {rule}")


def test_two_confirm_and_one_membership_begins(meet):
    accession = AccessionFactory(state="final")
    meet(Accession, "_unhindered")
    results = two_confirm(accession)
    assert kinds(results) == ["WrongState", "done"]
    assert any(isinstance(r, WrongState) and "confirmed" in str(r.record.state) for r in results)
    assert Membership.objects.count() == 1
    assert OutgoingEmail.objects.filter(template="members/emails/confirm").count() == 1


def test_without_the_lock_the_database_still_refuses_the_second_membership(meet, no_row_locks):
    accession = AccessionFactory(state="final")
    meet(Accession, "_unhindered")
    results = two_confirm(accession)
    assert [type(r) for r in results if r is not None] in ([IntegrityError], [ValidationError])
    assert not any(isinstance(r, WrongState) for r in results)
    assert Membership.objects.count() == 1


def test_without_the_lock_and_the_constraints_there_are_two_memberships(meet, no_row_locks):
    accession = AccessionFactory(state="final")
    meet(emails, "accession_confirmed")
    with loosened("members_membership"):
        assert kinds(two_confirm(accession)) == ["done", "done"]
        assert Membership.objects.count() == 2


# --- Two workers: a document, a letter ------------------------------------------------------------------------------


@pytest.fixture
def queued(settings, monkeypatch):
    """A package that waits to be made; its making costs nothing here."""
    rows = ask_for_packages(Accession.objects.filter(pk=AccessionFactory().pk), by=UserFactory())
    monkeypatch.setattr(JoiningPackage, "produce", lambda row: (row.filename, b"%PDF-1.7 once"))
    return rows[0]


def two_make(row):
    return at_once(*(partial(JoiningPackage.objects.get(pk=row.pk).make) for _i in range(2)))


def files_of(row, settings):
    return list((settings.MEDIA_ROOT / "documents" / "joiningpackage" / str(row.key)).iterdir())


def taken_by_anyone(document):
    document.refresh_from_db()
    return True


def kept_by_anyone(document, **fields):
    return bool(type(document).objects.filter(pk=document.pk).update(**fields))


def test_two_workers_make_a_document_once(meet, queued, settings):
    callers = meet(JoiningPackage, "produce")
    assert sorted(two_make(queued)) == [False, True]
    assert len(callers) == 1
    queued.refresh_from_db()
    assert [f.name for f in files_of(queued, settings)] == [queued.filename]
    assert queued.state == "ready"


def test_without_taking_the_row_first_both_make_it(meet, queued, monkeypatch):
    callers = meet(JoiningPackage, "produce")
    monkeypatch.setattr(Document, "_begin", taken_by_anyone)
    two_make(queued)
    assert len(callers) == 2


def test_a_worker_thought_dead_that_comes_back_leaves_no_second_file(meet, queued, settings, monkeypatch):
    """Both have made it: only the one whose row it still is keeps its file."""
    real, started = Document._begin, []

    def begun(document):
        if started:  # the first has been silent for too long
            JoiningPackage.objects.filter(pk=document.pk).update(state="queued")
        started.append(real(document))
        return started[-1]

    monkeypatch.setattr(Document, "_begin", begun)
    meet(JoiningPackage, "produce")
    assert sorted(two_make(queued)) == [False, True]
    queued.refresh_from_db()
    assert [str(f) for f in files_of(queued, settings)] == [queued.file.path]


def test_without_looking_whose_row_it_is_two_files_stay(meet, queued, settings, monkeypatch):
    monkeypatch.setattr(Document, "_begin", taken_by_anyone)
    monkeypatch.setattr(Document, "_finish", kept_by_anyone)
    meet(JoiningPackage, "produce")
    assert two_make(queued) == [True, True]
    assert len(files_of(queued, settings)) == 2


@pytest.fixture
def letter():
    return OutgoingEmail.objects.create(
        to="kirjaamo@rautalampi.example", subject="Hei", body="Hei\n", language="fi", template="x"
    )


def test_two_workers_send_a_letter_once(meet, letter):
    meet(OutgoingEmail, "send")
    assert sorted(at_once(*[partial(tasks.send_one, letter.pk)] * 2), key=str) == [None, True]
    assert len(mailbox.letters()) == 1
    letter.refresh_from_db()
    assert (letter.state, letter.tries) == ("sent", 1)


def test_without_the_claim_a_letter_leaves_twice(meet, letter, monkeypatch):
    monkeypatch.setattr(outgoing, "_asked", lambda _question, letters, *_number: letters)
    meet(OutgoingEmail, "send")
    assert at_once(*[partial(tasks.send_one, letter.pk)] * 2) == [True, True]
    assert len(mailbox.letters()) == 2


# --- Two ask for packages, two edit ---------------------------------------------------------------------------------


def two_ask(accession):
    return at_once(*[partial(ask_for_packages, Accession.objects.filter(pk=accession.pk), by=None)] * 2)


def test_two_ask_for_packages_and_get_two_versions(meet):
    accession = AccessionFactory()
    meet(packages, "figures_of")
    assert {row.version for rows in two_ask(accession) for row in rows} == {1, 2}


def test_without_the_lock_the_second_asking_breaks(meet, no_row_locks):
    accession = AccessionFactory()
    meet(packages, "figures_of")
    assert kinds(two_ask(accession)) == ["IntegrityError", "done"]


def two_edit(municipality):
    address, sendings = f"/municipality/{municipality.code}/edit/", []
    for name in ("yksi", "kaksi"):
        browser = Browser()
        browser.force_login(RoleFactory(municipality=municipality).user)
        form = {field.html_name: field.value() or "" for field in browser.get(address).context["form"]}
        sendings.append(partial(browser.post, address, form | {"registry_email": f"{name}@kunta.example"}))
    return at_once(*sendings)


def test_two_edit_and_the_second_sees_both_values(meet):
    municipality = MunicipalityFactory()
    meet(Municipality, "save")
    results = two_edit(municipality)
    assert sorted(r.status_code for r in results) == [200, 302]
    kept = Municipality.objects.get().registry_email
    shown = next(r for r in results if r.status_code == 200).content.decode()
    assert kept in {"yksi@kunta.example", "kaksi@kunta.example"}
    assert "yksi@kunta.example" in shown
    assert "kaksi@kunta.example" in shown


def test_without_the_lock_the_second_overwrites_unseen(meet, no_row_locks):
    municipality = MunicipalityFactory()
    meet(Municipality, "save")
    assert [r.status_code for r in two_edit(municipality)] == [302, 302]


# --- Two runs remind -------------------------------------------------------------------------------------------------


@pytest.fixture
def silent():
    """A municipality whose package has lain unopened for a working day more than two weeks."""
    accession = AccessionFactory(state="sent")
    day = next_working_day(clock.date_of(accession.sent_at) + 14 * DAY)
    with clock.moved_to(day):
        Municipality.objects.update(people_confirmed_on=day)
        yield accession


def two_remind():
    """Let two processes do the morning's work at once. Returns how many letters there are."""
    at_once(*[send_due] * 2)
    return OutgoingEmail.objects.filter(template__startswith=reminder_emails.REMIND).count()


def test_two_runs_remind_once(meet, silent):
    meet(ReminderQuerySet, "still")
    assert two_remind() == 1
    assert Reminder.objects.count() == 1


def test_without_the_lock_the_database_still_refuses_the_second_reminder(meet, silent, no_row_locks):
    meet(ReminderQuerySet, "_gone")
    assert two_remind() == 1
    assert Reminder.objects.count() == 1


def test_without_the_lock_and_the_constraint_a_municipality_is_reminded_twice(meet, silent, no_row_locks):
    meet(reminder_emails, "remind")
    with loosened("members_reminder"):
        assert two_remind() == 2
        assert Reminder.objects.count() == 2
