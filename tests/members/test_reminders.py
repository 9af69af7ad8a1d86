"""The ladder of reminders by literal days: what is due when, to whom it goes, and what keeps it from going."""

import datetime as dt
import io

import pytest
from django.core.management import CommandError, call_command

from consortium import clock, mailbox
from consortium.models import AuditEvent, OutgoingEmail
from members import ladder, reminder_emails, tasks
from members.ladder import Rung
from members.models import Body, Municipality, Outcome, Planned, Reminder, ReminderRule, send_due
from members.pages import staff as queue
from tests.factories import (
    DAY,
    AccessionFactory,
    ContactFactory,
    MunicipalityFactory,
    OfferFactory,
    RoleFactory,
    TariffFactory,
    handling,
)

pytestmark = pytest.mark.django_db
SENT = dt.date(2027, 1, 11)  # a Monday
TERMS = {"decide_by": dt.date(2027, 6, 15), "joins_on": dt.date(2028, 1, 1)}
REMIND = "members/emails/remind_"


def day(text):
    return dt.date.fromisoformat(text)


@pytest.fixture
def offer(today_is):
    """The round of spring 2027; today is the day on which its packages leave."""
    today_is(SENT)
    tariff = TariffFactory(valid_from=day("2027-01-01"), decided_on=day("2026-09-15"))
    return OfferFactory(tariff=tariff, **TERMS)


@pytest.fixture
def sent(offer, rautalampi, staff):
    """Rautalampi's package, sent on Monday 11.1.2027; its representative reads English."""
    RoleFactory(municipality=rautalampi, user__email="edustaja@kunta.example", user__language="en")
    Municipality.objects.filter(pk=rautalampi.pk).update(people_confirmed_on=SENT)
    return AccessionFactory(municipality=rautalampi, offer=offer, state="sent")


def due_on(text):
    """Return (rung, occasion) of what would go on the day."""
    found = Reminder.objects.plan(day(text), day(text))
    return [(p.ask.rung.value, p.ask.occasion) for p in found]


def remind(*words):
    """Run the command; return what it says."""
    out = io.StringIO()
    call_command("remind", *words, stdout=out)
    return out.getvalue()


def letters(rung=""):
    """Return the reminders' letters as written."""
    return OutgoingEmail.objects.filter(template__startswith=REMIND + rung).order_by("pk")


# --- When each is due ---------------------------------------------------------------------------------------------


def test_an_unopened_package_is_asked_about_after_two_weeks(sent):
    assert due_on("2027-01-22") == []
    assert due_on("2027-01-25") == [("open", "2027-01-11")]
    assert due_on("2027-02-09") == [("open", "2027-01-11")]
    assert due_on("2027-02-10") == [("meeting", "2027-01-11")]
    sent.note_opened()
    assert due_on("2027-01-25") == []
    assert due_on("2027-02-10") == [("meeting", "2027-01-11")]


def test_nothing_leaves_on_closed_days_or_in_july(sent):
    assert due_on("2027-02-13") == []  # Saturday
    assert due_on("2027-03-26") == []  # Good Friday
    assert due_on("2027-02-12") == [("meeting", "2027-01-11")]
    assert due_on("2027-06-30") == []
    sent.schedule(by=sent.offer.opened_by, meeting_on=day("2027-06-30"), meeting_body=Body.BOARD)
    assert [due_on(f"2027-07-{d:02d}") for d in range(1, 32)] == [[]] * 31
    assert due_on("2027-08-02") == [("result", "2027-06-30")]


def test_in_preparation_until_the_meeting_and_asked_the_day_after(sent, staff):
    sent.schedule(by=staff, meeting_on=day("2027-05-12"), meeting_body=Body.BOARD)
    assert Reminder.objects.plan(day("2027-01-12"), day("2027-05-12")) == []
    assert due_on("2027-05-13") == [("result", "2027-05-12")]


def test_a_tabled_matter_is_asked_the_day_after_the_next_meeting(sent, staff, today_is):
    today_is("2027-01-13")
    sent.decide(
        by=staff, **handling(Outcome.TABLED, meeting_on=day("2027-01-13"), next_meeting_on=day("2027-02-03"))
    )
    assert Reminder.objects.plan(day("2027-01-14"), day("2027-02-03")) == []
    assert due_on("2027-02-04") == [("result", "2027-02-03")]


def test_a_new_meeting_is_a_new_occasion(sent, staff, today_is):
    sent.schedule(by=staff, meeting_on=day("2027-02-03"), meeting_body=Body.BOARD)
    today_is("2027-02-04")
    assert len(send_due()[0]) == 1
    sent.schedule(by=staff, meeting_on=day("2027-02-08"), meeting_body=Body.BOARD)
    today_is("2027-02-09")
    assert len(send_due()[0]) == 1  # although the last letter was five days ago
    assert list(Reminder.objects.values_list("rung", "occasion")) == [
        ("result", "2027-02-08"),
        ("result", "2027-02-03"),
    ]


def test_the_deadline_is_told_of_six_weeks_before_and_never_after(sent):
    assert due_on("2027-05-03") == [("meeting", "2027-01-11")]
    assert due_on("2027-05-04") == [("deadline", "2027-06-15")]
    assert due_on("2027-06-15") == [("deadline", "2027-06-15")]
    assert due_on("2027-06-16") == []


@pytest.fixture
def approved(sent, staff, today_is):
    """The board approved on Tuesday 2.2.2027; nobody has said when the minutes came out."""
    today_is("2027-02-03")
    sent.decide(by=staff, **handling(meeting_on=day("2027-02-02"), published_on=None))
    return sent


def published(accession, staff, text):
    accession.correct(
        by=staff,
        corrects=accession.deciding,
        correction_reason="Julkaisupäivä",
        **handling(meeting_on=accession.deciding.meeting_on, published_on=day(text)),
    )


def test_the_day_of_publication_then_finality_each_in_its_time(approved, staff, today_is):
    assert due_on("2027-02-11") == []
    assert due_on("2027-02-12") == [("published", "2027-02-02")]
    today_is("2027-02-12")
    published(approved, staff, "2027-02-08")
    # known on 15.2., the last day is Monday 1.3., final from 2.3., asked the day after
    assert due_on("2027-03-02") == []
    assert due_on("2027-03-03") == [("finality", "2027-03-02")]
    published(approved, staff, "2027-02-09")
    assert due_on("2027-03-03") == []
    assert due_on("2027-03-04") == [("finality", "2027-03-03")]


def test_the_signature_is_asked_for_until_it_is_there(approved, staff, today_is):
    published(approved, staff, "2027-02-03")
    today_is("2027-02-26")
    approved.finalise(by=staff, finality_on=day("2027-02-25"), finality_ground="phone", finality_note="x")
    assert due_on("2027-03-03") == []
    assert due_on("2027-03-04") == [("signature", "2027-02-02")]
    approved.sign(by=staff, signed_on=day("2027-02-25"), signatory="Kunnanjohtaja")
    assert due_on("2027-03-04") == []


@pytest.mark.parametrize("state", ["prepared", "conditional", "confirmed", "rejected", "stopped"])
def test_nothing_is_asked_of_those_who_have_nothing_to_do(today_is, state):
    today_is("2026-09-01")
    AccessionFactory(state=state)
    days = dict.fromkeys(set(Rung) - {Rung.CONTACTS}, 0)
    today = day("2026-09-01")
    assert Reminder.objects.plan(today, today + 700 * DAY, days=days) == []


def test_a_merged_municipality_is_asked_nothing_from_its_last_day_on(sent):
    other = MunicipalityFactory()
    Municipality.objects.filter(pk=sent.municipality.pk).update(ended_on=day("2027-01-26"), successor=other)
    assert due_on("2027-01-25") == [("open", "2027-01-11")]
    assert due_on("2027-01-26") == []


def test_put_aside_until_a_day_and_no_longer_when_something_comes(sent, staff, today_is):
    sent.put_aside(by=staff, aside_until=day("2027-02-01"), aside_reason="Johtaja lomalla")
    assert due_on("2027-01-29") == []
    assert due_on("2027-02-01") == [("open", "2027-01-11")]
    today_is("2027-01-20")
    sent.decide(by=staff, **handling(Outcome.RETURNED, meeting_on=day("2027-01-20")))
    assert (sent.aside_until, sent.aside_reason) == (None, "")


def test_contacts_are_asked_about_once_each_january(sent, today_is, run_worker):
    municipality = sent.municipality
    sent.note_opened()
    Municipality.objects.filter(pk=municipality.pk).update(people_confirmed_on=day("2026-03-01"))
    assert due_on("2027-01-07") == []
    assert due_on("2027-01-08") == [("contacts", "2027")]
    assert due_on("2027-02-01") == []
    assert due_on("2028-01-10") == [("contacts", "2028")]
    today_is("2027-01-15")
    send_due()
    assert due_on("2027-01-18") == []
    Municipality.objects.filter(pk=municipality.pk).update(people_confirmed_on=day("2027-01-15"))
    run_worker()
    assert [letter.state for letter in letters("contacts")] == ["dropped"]
    assert due_on("2028-01-10") == [("contacts", "2028")]


def test_one_letter_at_a_time_and_a_week_between(approved, today_is):
    """Publication and signature are both missing: first the one that holds everything up."""
    assert due_on("2027-03-08") == [("published", "2027-02-02")]
    today_is("2027-03-08")
    assert len(send_due()[0]) == 1
    assert Reminder.objects.plan(day("2027-03-08"), day("2027-03-14")) == []
    assert due_on("2027-03-15") == [("signature", "2027-02-02")]


def test_a_rule_can_be_changed_and_taken_out_of_use(sent):
    ReminderRule.objects.create(rung=Rung.OPEN, days=7)
    assert due_on("2027-01-18") == [("open", "2027-01-11")]
    ReminderRule.objects.create(rung=Rung.MEETING, days=30, in_use=False)
    assert due_on("2027-02-10") == [("open", "2027-01-11")]  # nothing takes its place
    ReminderRule.objects.update(in_use=False)
    assert due_on("2027-02-10") == []


# --- To whom, and what it says --------------------------------------------------------------------------------------


def test_it_goes_to_the_representative_in_her_language_with_her_link(sent, today_is):
    today_is("2027-01-25")
    remind()
    letter = letters().get()
    assert (letter.to, letter.language, letter.priority) == ("edustaja@kunta.example", "en", 9)
    assert letter.subject == "Rautalampi: has the joining package reached you?"
    assert f"/en/p/{sent.code}/?for=" in letter.body
    assert letter.body.count("http") == 1
    event = AuditEvent.objects.about(sent).first()
    assert (event.verb, event.by, event.details["rung"]) == ("remind", None, "open")


def test_without_a_representative_to_director_and_registry_in_both_languages(offer, today_is):
    vaasa = MunicipalityFactory(name_fi="Vaasa", name_sv="Vasa", language="fi-sv")
    ContactFactory(municipality=vaasa, email="kirjasto@vaasa.example")
    AccessionFactory(municipality=vaasa, offer=offer, state="sent").note_opened()
    Municipality.objects.filter(pk=vaasa.pk).update(people_confirmed_on=SENT)
    today_is("2027-02-10")
    remind()
    assert [(r.to, r.language, r.reader) for r in letters()] == [
        ("kirjasto@vaasa.example", "fi", "person"),
        (vaasa.registry_email, "fi", "registry"),
        (vaasa.registry_email, "sv", "registry"),
    ]
    assert letters()[2].subject == "Vasa: när fattas beslut om anslutning?"


def test_who_has_no_address_is_left_out_and_said(offer, today_is):
    nobody = MunicipalityFactory(name_fi="Ei kukaan")
    AccessionFactory(municipality=nobody, offer=offer, state="sent")
    Municipality.objects.filter(pk=nobody.pk).update(people_confirmed_on=SENT, registry_email="")
    today_is("2027-01-25")
    assert "left out: " in (said := remind())
    assert "to nobody: no address" in said
    assert not Reminder.objects.exists()


@pytest.mark.parametrize("rung", list(Rung))
@pytest.mark.parametrize("language", ["fi", "sv", "en"])
def test_each_letter_says_one_thing_with_one_link(approved, staff, rung, language):
    if rung in {Rung.FINALITY, Rung.SIGNATURE}:
        published(approved, staff, "2027-02-03")
    accession = None if rung == Rung.CONTACTS else approved
    ask = ladder.Ask(rung, "x", SENT, SENT)
    approved.meeting_on = SENT if rung == Rung.RESULT else None
    subject, text = reminder_emails.letter(Planned(SENT, approved.municipality, accession, ask), language)
    assert subject.startswith("Rautalampi: ")
    assert text.count("http") == 1
    assert "None" not in subject + text


# --- Once, and only while it is true ---------------------------------------------------------------------------------


def test_a_missed_morning_is_caught_up_and_a_second_run_finds_nothing(sent, today_is):
    today_is("2027-01-27")
    assert "1 reminder written, 0 left out, 0 failed." in remind()
    assert "0 reminders written, 0 left out, 0 failed." in remind()
    tasks.remind()
    assert letters().count() == 1


def test_what_is_done_before_the_letter_leaves_drops_it(sent, today_is, run_worker):
    today_is("2027-01-25")
    send_due()
    sent.note_opened()
    run_worker()
    assert [(letter.state, letter.tries) for letter in letters()] == [("dropped", 0)]
    assert not [told for told in mailbox.letters("edustaja@") if "package reached" in told.subject]


def test_a_letter_left_over_from_june_waits_for_august(sent, staff, today_is, run_worker):
    sent.schedule(by=staff, meeting_on=day("2027-06-29"), meeting_body=Body.BOARD)
    today_is("2027-06-30")
    send_due()
    today_is("2027-07-01")
    run_worker()
    letter = letters().get()
    assert (letter.state, letter.tries) == ("queued", 0)
    assert letter.next_try_at is not None
    OutgoingEmail.objects.update(next_try_at=None)
    today_is("2027-08-02")
    letter.refresh_from_db()
    assert letter.send() is True


def test_a_letter_left_over_from_june_is_dropped_when_it_is_done_in_july(sent, staff, today_is, run_worker):
    sent.schedule(by=staff, meeting_on=day("2027-06-29"), meeting_body=Body.BOARD)
    today_is("2027-06-30")
    send_due()
    today_is("2027-07-01")
    sent.decide(by=staff, **handling(meeting_on=day("2027-06-29"), published_on=None))
    run_worker()
    assert letters().get().state == "dropped"


def test_a_new_reminder_takes_the_place_of_one_that_has_not_left(sent, staff, today_is):
    sent.schedule(by=staff, meeting_on=day("2027-02-03"), meeting_body=Body.BOARD)
    today_is("2027-02-04")
    send_due()
    sent.schedule(by=staff, meeting_on=day("2027-02-08"), meeting_body=Body.BOARD)
    today_is("2027-02-09")
    send_due()
    assert [letter.state for letter in letters()] == ["dropped", "queued"]


def test_one_that_cannot_be_written_does_not_stop_the_others(offer, today_is, monkeypatch):
    for _n in range(3):
        AccessionFactory(offer=offer, state="sent")
    Municipality.objects.update(people_confirmed_on=SENT)
    today_is("2027-01-25")
    real, seen = reminder_emails.remind, []

    def remind_all_but_the_first(planned, recipients):
        seen.append(planned)
        if len(seen) == 1:
            raise RuntimeError("no such letter")
        real(planned, recipients)

    monkeypatch.setattr(reminder_emails, "remind", remind_all_but_the_first)
    with pytest.raises(CommandError, match="1 could not be written") as failure:
        remind()
    assert failure.value.returncode == 1
    assert (Reminder.objects.count(), letters().count()) == (2, 2)
    monkeypatch.undo()
    assert len(send_due()[0]) == 1


# --- What is put aside, stopped, taken up again ---------------------------------------------------------------------


def test_the_queue_leaves_out_what_is_put_aside(sent, staff, today_is):
    sent.schedule(by=staff, meeting_on=day("2027-02-03"), meeting_body=Body.BOARD)
    today_is("2027-02-10")
    assert len(queue.tasks(staff, clock.today())) == 1
    sent.put_aside(by=staff, aside_until=day("2027-02-15"), aside_reason="Soitettu")
    assert queue.tasks(staff, clock.today()) == []
    assert len(queue.tasks(staff, day("2027-02-15"))) == 1
    sent.put_aside(by=staff, aside_until=None, aside_reason="")
    assert len(queue.tasks(staff, clock.today())) == 1


def test_stopping_and_reopening_are_told_to_the_municipality(sent, staff, run_worker):
    run_worker()
    sent.stop(by=staff, reason="Kunta yhdistyy.")
    sent.reopen(by=staff, reason="Ei yhdistykään.")
    told = OutgoingEmail.objects.filter(template__in=["members/emails/stop", "members/emails/reopen"])
    assert {(r.to, r.template.rpartition("/")[2]) for r in told} == {
        (to, verb)
        for to in (sent.municipality.registry_email, "edustaja@kunta.example")
        for verb in ("stop", "reopen")
    }
    run_worker()
    assert {r.template.rpartition("/")[2]: r.state for r in told.all()} == {
        "stop": "dropped",
        "reopen": "sent",
    }


def test_who_never_got_the_package_hears_nothing_of_its_end(offer, staff):
    AccessionFactory(offer=offer).stop(by=staff, reason="Ei kutsuta.")
    assert not OutgoingEmail.objects.exists()
