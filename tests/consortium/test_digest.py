"""The service centre's letter of the day: once, only when something waits, never on closed days or in July."""

import datetime as dt
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import IntegrityError, transaction

from consortium import digest, tasks
from consortium.models import Digest, OutgoingEmail
from tests.consortium.mail_server import again
from tests.factories import AccessionFactory, UserFactory

pytestmark = pytest.mark.django_db
MONDAY = dt.date(2026, 11, 23)


@pytest.fixture(autouse=True)
def day(today_is):
    """A working day."""
    today_is(MONDAY)


@pytest.fixture
def waits():
    """Something that waits for the service centre."""
    return AccessionFactory(state="conditional")


def written():
    return list(OutgoingEmail.objects.filter(template="consortium/emails/digest").order_by("pk"))


def test_each_person_gets_one_letter_in_their_language(waits, staff):
    UserFactory(is_staff=True, language="sv", email="anna@konsortio.example")
    UserFactory(email="kunta@kunta.example")
    for wanted, changed in (
        ("no", {"wants_summaries": False}),
        ("left", {"last_day": dt.date(2026, 11, 20)}),
    ):
        UserFactory(is_staff=True, email=f"{wanted}@konsortio.example", **changed)
    expected = {(user, "fi") for user in (staff.email,)} | {("anna@konsortio.example", "sv")}
    tasks.send_digests()
    got = {(row.to, row.language) for row in written()}
    assert expected <= got
    assert not {"no@konsortio.example", "left@konsortio.example", "kunta@kunta.example"} & {
        to for to, _l in got
    }
    row = next(row for row in written() if row.to == staff.email)
    assert waits.municipality.name_fi in row.body
    assert row.body.count("http://") == 1
    tasks.send_digests()
    assert len(written()) == len(got)


def test_nothing_waits_nothing_is_written(staff):
    assert digest.write_all() == 0
    assert written() == []


@pytest.mark.parametrize("day", ["2026-11-22", "2026-12-24", "2027-01-06", "2027-07-01", "2027-07-30"])
def test_not_on_closed_days_and_not_in_july(waits, staff, day):
    assert digest.write_all(dt.date.fromisoformat(day)) == 0


def test_yesterdays_summary_is_not_sent_today(waits, staff, today_is):
    digest.write_all()
    row = written()[0]
    today_is(MONDAY + dt.timedelta(days=1))
    assert tasks.send_one(row.pk) is None
    assert again(row).state == "dropped"


def test_one_who_was_told_meanwhile_gets_no_second_letter(waits, staff, monkeypatch):
    """Two processes at once: the slower one finds out at the row, and its letter is undone."""
    digest.write(staff, MONDAY)
    monkeypatch.setattr(Digest.objects, "filter", lambda **_asked: Digest.objects.none())
    assert digest.write(staff, MONDAY) is False
    monkeypatch.undo()
    assert len(written()) == 1
    with pytest.raises(IntegrityError), transaction.atomic():
        Digest.objects.create(user=staff, on=MONDAY, letter=written()[0])


def test_the_command_says_how_many(waits, staff):
    told = StringIO()
    call_command("digest", stdout=told)
    assert told.getvalue() == f"{len(written())} letters written.\n"
    assert written()
