"""Mailings and what the clock starts: who sends, how fast, in which order, and what a dead relay or task leaves."""

import datetime as dt

import pytest
from django.conf import settings as portal
from django.core.mail import get_connection
from django.db import connections, transaction
from django.utils import timezone

from consortium import clock, emails, outgoing, tasks
from consortium.celery import app
from consortium.models import AccessLog, FormKey, OutgoingEmail
from consortium.models.mail import Priority
from members.models import JoiningPackage
from tests.conftest import commit
from tests.consortium.mail_server import again, letter
from tests.factories import AccessionFactory

pytestmark = pytest.mark.django_db
HOUR = dt.timedelta(hours=1)


def test_one_failing_address_does_not_stop_a_mailing(server):
    rows = [letter(f"kirjaamo@kunta{n}.example") for n in range(7)]
    server.answers = {rows[1].to: "550 unknown", rows[4].to: "451 later"}
    server.after_data = ["250 OK", "drop"]
    assert tasks.send_batch([row.pk for row in rows]) == 4
    states = [again(row).state for row in rows]
    assert states == ["sent", "refused", "queued", "sent", "queued", "sent", "sent"]
    assert len(set(server.ids)) == 4


def test_a_mailing_keeps_its_connection(server):
    rows = [letter(f"kirjaamo@kunta{n}.example") for n in range(5)]
    assert tasks.send_batch([row.pk for row in rows]) == 5
    assert len(server.sessions) == 1


def test_codes_go_before_letters_and_letters_before_mailings():
    rows = {p: letter(priority=p) for p in (Priority.MAILING, Priority.LETTER, Priority.CODE)}
    assert [row.priority for row in OutgoingEmail.objects.due()] == sorted(rows)


def test_the_sweeper_sends_what_is_due_and_running_twice_adds_nothing(server):
    due, waiting = letter(), letter(next_try_at=timezone.now() + HOUR)
    for _i in range(2):
        tasks.sweep()
    assert (again(due).state, again(waiting).state) == ("sent", "queued")
    assert (due.tries, waiting.tries, len(server.taken)) == (1, 0, 1)


def test_a_dead_mail_server_leaves_the_sweepers_other_work_undone_by_nothing(settings, monkeypatch):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9
    row, accession = letter(), AccessionFactory()
    package = JoiningPackage.objects.create(
        accession=accession, language="fi", format="pdf", version=1, asked_at=timezone.now() - HOUR
    )
    monkeypatch.setattr(JoiningPackage, "produce", lambda row: ("x.pdf", b"%PDF-1.7"))
    tasks.sweep()
    assert (again(row).state, row.tries) == ("queued", 1)
    assert again(package).state == "ready"


def test_a_mailing_keeps_its_pace_and_nothing_else_waits_for_it(settings, monkeypatch):
    waits = []
    settings.MAIL_PER_MINUTE = 120
    monkeypatch.setattr("consortium.tasks.time.sleep", waits.append)
    for priority in (Priority.MAILING, Priority.MAILING, Priority.LETTER, Priority.CODE):
        letter(priority=priority)
    tasks.mailing()
    assert waits == [0.5, 0.5]
    assert not OutgoingEmail.objects.due().exists()


def test_one_process_at_a_time_sends_mailings(server):
    """Whoever else asks for it meanwhile goes away, and codes are sent all the same."""
    row, code = letter(priority=Priority.MAILING), letter(priority=Priority.CODE)
    other = connections["default"].copy("other")
    try:
        with other.cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", outgoing.MAILING)
            assert tasks.send_mailings() is None
            tasks.deliver([code.pk])
            assert (again(row).state, again(code).state) == ("queued", "sent")
            cursor.execute("SELECT pg_advisory_unlock(%s, %s)", outgoing.MAILING)
    finally:
        other.close()
    assert tasks.send_mailings() is False
    assert again(row).state == "sent"


def test_a_long_mailing_stands_at_the_end_of_the_line_again(server, worker, monkeypatch):
    monkeypatch.setattr(tasks, "SLICE_SECONDS", 5)
    monkeypatch.setattr(tasks, "send_mailings", lambda: True)
    tasks.mailing()
    commit()
    assert worker.tasks == [("consortium.tasks.mailing", ())]


def test_a_code_goes_before_the_batch_that_a_worker_has_just_taken_up(server):
    batch = [letter(f"x{n}@kunta.example") for n in range(3)]
    code = letter("johtaja@kunta.example", priority=Priority.CODE)
    tasks.deliver([row.pk for row in batch])
    assert server.ids == [code.message_id, *(row.message_id for row in batch)]


def test_what_a_server_answered_stays_on_the_row_even_if_the_task_then_dies(server, monkeypatch):
    first, second = letter("vaara@kunta.example"), letter()
    server.answers[first.to] = "550 5.1.1 No such mailbox"
    real = OutgoingEmail.send

    def dies_at_the_second(row, *args):
        if row.pk == second.pk:
            raise SystemExit
        return real(row, *args)

    monkeypatch.setattr(OutgoingEmail, "send", dies_at_the_second)
    with pytest.raises(SystemExit):
        tasks.send_batch([first.pk, second.pk])
    assert (again(first).state, first.reason) == ("refused", "550 5.1.1 No such mailbox")
    assert (again(second).state, second.tries) == ("queued", 0)
    monkeypatch.undo()


def test_refused_recipients_are_no_sign_that_the_relay_is_away(server):
    rows = [letter(f"vaara{n}@kunta.example") for n in range(5)] + [letter()]
    server.answers = {row.to: "550 unknown" if n % 2 else "451 later" for n, row in enumerate(rows[:5])}
    assert tasks.send_batch([row.pk for row in rows]) == 1
    assert [again(row).tries for row in rows] == [1] * 6


def test_a_relay_that_hangs_up_on_everybody_is_asked_three_times(server):
    rows = [letter() for _n in range(6)]
    server.after_data = ["421 4.3.2 Shutting down"] * 6
    assert tasks.send_batch([row.pk for row in rows]) == 0
    assert [again(row).tries for row in rows] == [1, 1, 1, 0, 0, 0]


def test_a_letter_that_cannot_be_noted_stops_nobody(server, monkeypatch):
    broken, good = letter("x1@kunta.example"), letter("x2@kunta.example")
    real = OutgoingEmail._close
    monkeypatch.setattr(OutgoingEmail, "_close", lambda row: 1 / 0 if row.pk == broken.pk else real(row))
    assert tasks.send_batch([broken.pk, good.pk]) == 1
    assert (again(broken).state, again(good).state) == ("queued", "sent")


def test_letters_of_one_act_leave_by_few_tasks(worker):
    with transaction.atomic():
        for n in range(30):
            with transaction.atomic():
                emails.queue("consortium/emails/plain", f"x{n}@kunta.example", "fi", subject="x", body="x")
        emails.queue(
            "consortium/emails/plain",
            "x@kunta.example",
            "fi",
            priority=Priority.MAILING,
            subject="x",
            body="x",
        )
        with pytest.raises(ZeroDivisionError), transaction.atomic():
            emails.queue("consortium/emails/plain", "undone@kunta.example", "fi", subject="x", body="x")
            raise ZeroDivisionError
    commit()
    asked = [(name, len(args[0]) if args else 0) for name, args in worker.tasks]
    assert asked == [
        ("consortium.tasks.deliver", 25),
        ("consortium.tasks.deliver", 6),
        ("consortium.tasks.mailing", 0),
    ]
    assert worker.run() == 3
    assert OutgoingEmail.objects.filter(state="sent").count() == 31


def test_forgetting_removes_what_has_outlived_its_time_and_nothing_else():
    now = clock.now()
    for days in (364, 366):
        AccessLog.objects.create(kind="sign_in", at=now - dt.timedelta(days=days))
    for days in (1, 3):
        FormKey.objects.create(answer="/x/", used_at=now - dt.timedelta(days=days))
    first, second = tasks.forget(), tasks.forget()
    assert (first["accesses"], first["form keys"]) == (1, 1)
    assert (second["accesses"], second["form keys"]) == (0, 0)
    assert (AccessLog.objects.count(), FormKey.objects.count()) == (1, 1)


def test_the_schedule_names_tasks_that_there_are():
    app.loader.import_default_modules()
    assert {line["task"] for line in app.conf.beat_schedule.values()} <= set(app.tasks)
    assert portal.CELERY_TASK_IGNORE_RESULT
    assert get_connection() is not None
