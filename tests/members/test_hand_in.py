"""What is handed in without an account: its file, its digits, and what becomes of a page that was lost."""

import datetime as dt
import re

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from consortium import clock, keeping
from consortium.models import AuditEvent, Post
from members.forms.accession import CorrectForm, DecisionForm
from members.forms.hand_in import HandInForm
from members.models import HandIn
from members.models.handling import Overtaken
from tests.conftest import Browser
from tests.consortium.samples import pdf_bytes
from tests.factories import AccessionFactory, RoleFactory, UserFactory, handling

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)
WAIT = "Odota 15 minuuttia"
NO_MORE = "Tänään täältä ei voi enää yrittää: lähetä ote sähköpostilla osoitteeseen"


@pytest.fixture(autouse=True)
def in_english(settings):
    """Read the pages in the language of their source."""
    settings.LANGUAGE_CODE = "en"


@pytest.fixture
def sent(rautalampi):
    """Rautalampi's matter, its package sent."""
    return AccessionFactory(municipality=rautalampi, state="sent")


@pytest.fixture
def director(sent):
    """Its representative."""
    return RoleFactory(municipality=sent.municipality).user


@pytest.fixture
def handed(sent):
    """A decision handed in, with its file."""
    row = HandIn(accession=sent, body="board", meeting_on=clock.today() - 10 * DAY, outcome="approved")
    row.sender_name, row.sender_title, row.sender_email = "Sini Salainen", "sihteeri", "sini@686.example"
    row.extract.save("ote.pdf", ContentFile(b"%PDF-1.7"), save=False)
    row.save()
    return row


def recorded_elsewhere(handed, director):
    """Record another meeting by an entry that a librarian began from what was handed in; returns the entry."""
    librarian = RoleFactory(municipality=handed.accession.municipality, kind="librarian").user
    told = handling(meeting_on=handed.meeting_on - DAY)
    handed.accession.prepare(by=librarian, hand_in=handed, **told)
    handed.accession.decide(by=director, **told)
    [decision] = handed.accession.standing
    assert decision.extract.name == handed.extract.name
    return decision


# --- The file ----------------------------------------------------------------------------------------------------


def test_only_the_service_centre_removes_the_file(handed, director, client_of, staff):
    address = reverse("members:hand_in_aside", args=[handed.pk])
    assert 'name="remove_file"' in client_of(staff).get(address).content.decode()
    page = client_of(director).get(address).content.decode()
    assert 'name="remove_file"' not in page and "write to the service centre" in page
    with pytest.raises(PermissionDenied):
        handed.set_aside(by=director, reason="Väärä.", remove_file=True)
    client_of(director).post(address, {"reason": "Väärä.", "remove_file": "on"})
    handed.refresh_from_db()
    assert handed.settled_by == director
    assert handed.extract.storage.exists(handed.extract.name)


def test_what_a_recorded_decision_carries_stays(handed, director, client_of, staff):
    decision = recorded_elsewhere(handed, director)
    page = client_of(staff).get(reverse("members:hand_in_aside", args=[handed.pk])).content.decode()
    assert 'name="remove_file"' not in page
    with pytest.raises(ValidationError, match="A recorded decision carries this file"):
        handed.set_aside(by=staff, reason="Väärä.", remove_file=True)
    assert HandIn.objects.waiting().get() == handed
    client_of(staff).post(
        reverse("members:hand_in_aside", args=[handed.pk]), {"reason": "Väärä.", "remove_file": "on"}
    )
    decision.refresh_from_db()
    assert not HandIn.objects.waiting().exists()
    assert decision.extract.read() == b"%PDF-1.7"


def test_the_file_also_leaves_what_a_librarian_has_prepared(
    handed, staff, rautalampi, django_capture_on_commit_callbacks
):
    librarian = RoleFactory(municipality=rautalampi, kind="librarian").user
    handed.accession.prepare(by=librarian, hand_in=handed, **handling())
    storage, name = handed.extract.storage, handed.extract.name
    with django_capture_on_commit_callbacks(execute=True):
        handed.set_aside(by=staff, reason="Henkilötietoja.", remove_file=True)
    assert not handed.accession.decisions.prepared().get().extract
    assert not handed.extract and not storage.exists(name)


# --- The digits --------------------------------------------------------------------------------------------------


def try_digits(accession, digits, address):
    """Send digits from an address; returns the answer."""
    return Browser(REMOTE_ADDR=address).post(
        reverse("members:hand_in", args=[accession.code]), {"digits": digits}
    )


@pytest.fixture
def wrong(sent):
    """Six digits that are not those of the letter."""
    return "000000" if sent.hand_in_code != "000000" else "111111"


@pytest.fixture
def guessed(sent, wrong):
    """Fifty wrong digits of today, from many addresses."""
    for number in range(50):
        assert try_digits(sent, wrong, f"10.0.0.{number}").status_code == 200


def test_guessing_from_everywhere_shuts_out_nobody_who_has_the_letter(sent, wrong, guessed, settings):
    for _mistyped in range(2):
        assert (
            "Nämä eivät ole tämän kunnan kirjeen numerot"
            in try_digits(sent, wrong, "192.0.2.9").content.decode()
        )
    assert 'name="sender_name"' in try_digits(sent, sent.hand_in_code, "192.0.2.9").content.decode()


def test_while_somebody_guesses_each_address_has_few_tries_a_day(sent, wrong, guessed, settings, today_is):
    settings.CONTACT_EMAIL = "palvelukeskus@konsortio.example"
    for _try in range(3):
        assert try_digits(sent, wrong, "192.0.2.9").status_code == 200
    late = try_digits(sent, sent.hand_in_code, "192.0.2.9")
    assert late.status_code == 429
    assert f"{NO_MORE} palvelukeskus@konsortio.example." in late.content.decode()
    assert WAIT not in late.content.decode()
    today_is(str(clock.today() + DAY))
    assert 'name="sender_name"' in try_digits(sent, sent.hand_in_code, "192.0.2.9").content.decode()


def test_too_many_from_one_address_wait_and_count_against_nobody_else(sent, wrong):
    for _try in range(5):
        try_digits(sent, wrong, "192.0.2.9")
    for _more in range(60):
        late = try_digits(sent, wrong, "192.0.2.9")
    assert late.status_code == 429
    assert WAIT in late.content.decode() and NO_MORE not in late.content.decode()
    for _try in range(4):
        assert try_digits(sent, wrong, "192.0.2.10").status_code == 200


def test_one_ipv6_network_is_one_address(sent, wrong):
    for number in range(5):
        assert try_digits(sent, wrong, f"2001:db8::{number}").status_code == 200
    assert try_digits(sent, wrong, "2001:db8::ffff").status_code == 429
    assert try_digits(sent, wrong, "2001:db8:0:1::1").status_code == 200


# --- A page that was lost ------------------------------------------------------------------------------------------


WRITTEN = {"section": "77", "sender_name": "Sini", "outcome": "approved_changed", "condition": "Vain jos."}


def test_an_old_page_or_a_lost_cookie_loses_nothing(sent):
    browser = Browser(enforce_csrf_checks=True)
    address = reverse("members:hand_in", args=[sent.code])
    sending = WRITTEN | {"digits": sent.hand_in_code, "form_key": "11111111-1111-1111-1111-111111111111"}
    told = {"body": "board", "meeting_on": f"{clock.today():%d.%m.%Y}", "date_is_right": "on"}
    sender = {"sender_title": "sihteeri", "sender_email": "sini@686.example"}
    form = browser.post(address, sending).context["form"]  # the file is missing
    assert {name: form[name].value() for name in WRITTEN} == WRITTEN
    file = SimpleUploadedFile("ote.pdf", pdf_bytes(), "application/pdf")
    answer = browser.post(address, sending | told | sender | {"extract": file})
    assert address in answer.url and answer.url.endswith("/")
    assert HandIn.objects.waiting().get().condition == "Vain jos."
    assert keeping.KEPT not in browser.session


def test_digits_renewed_meanwhile_are_asked_for_and_all_else_stays(sent, wrong):
    sending = WRITTEN | {"digits": wrong, "form_key": "11111111-1111-1111-1111-111111111111"}
    form = Browser().post(reverse("members:hand_in", args=[sent.code]), sending).context["form"]
    assert not form["digits"].is_hidden
    assert {name: form[name].value() for name in WRITTEN} == WRITTEN


def test_nobody_guesses_through_the_browsers_of_others(sent):
    address = reverse("members:hand_in", args=[sent.code])
    foreign = {"Sec-Fetch-Site": "cross-site"}
    assert Browser().post(address, {"digits": sent.hand_in_code}, headers=foreign).status_code == 403
    assert Browser().get(address, headers=foreign).status_code == 200  # a link in a letter


# --- Who sees it, and what is written ------------------------------------------------------------------------------


def test_an_auditor_does_not_read_who_sent_what_was_set_aside(handed, director, client_of, staff):
    handed.set_aside(by=staff, reason="Kuuluu Kuopiolle.")
    auditor = UserFactory()
    Post.give(auditor, "auditor", by=staff)
    address = handed.accession.get_absolute_url()
    assert "Sini Salainen" not in client_of(auditor).get(address).content.decode()
    for reader in (staff, director):
        assert "Sini Salainen" in client_of(reader).get(address).content.decode()


LINES = "A\r\n\r\nhttps://evil.example\u2028 B"


@pytest.mark.parametrize("name", ["sender_name", "sender_title"])
def test_the_senders_words_stay_in_one_line(sent, name):
    form = HandInForm({name: LINES}, {}, record=sent, by=None)
    form.is_valid()
    assert form.cleaned_data[name] == "A https://evil.example B"


@pytest.mark.parametrize(
    "name", ["body_name", "presenter", "answered_name", "answered_title", "received_from"]
)
def test_the_recorders_words_stay_in_one_line(sent, staff, name):
    shared = RoleFactory(municipality=sent.municipality, user=UserFactory(is_shared=True)).user
    by = staff if name == "received_from" else shared
    form = DecisionForm({name: LINES}, {}, record=sent, by=by)
    form.is_valid()
    assert form.cleaned_data[name] == "A https://evil.example B"


# --- The chain -----------------------------------------------------------------------------------------------------


@pytest.fixture
def two_meetings(sent, director):
    """Two entries of the chain, of two meetings."""
    days = [clock.today() - 20 * DAY, clock.today() - 10 * DAY]
    for outcome, met in zip(["proposed", "approved"], days, strict=True):
        sent.decide(by=director, **handling(outcome, meeting_on=met))
    return sent.standing


def test_no_entry_is_corrected_onto_the_meeting_of_another(sent, director, two_meetings):
    first, second = two_meetings
    told = {"by": director, "corrects": first, "correction_reason": "Päivä oli väärä."}
    with pytest.raises(ValidationError, match="This meeting has its own entry") as refused:
        sent.correct(**told, **handling("proposed", meeting_on=second.meeting_on))
    assert "meeting_on" in refused.value.error_dict and not isinstance(refused.value, Overtaken)
    assert sent.standing == [first, second]
    sent.correct(**told, **handling("proposed", meeting_on=first.meeting_on))
    assert [row.corrects for row in sent.standing] == [first, None]


def test_the_refused_correction_says_so_at_the_day_and_keeps_what_was_typed(
    sent, director, two_meetings, client_of
):
    first, second = two_meetings
    address = reverse("members:accession_correct", args=[sent.pk, first.pk])
    told = {
        "body": second.body,
        "outcome": "proposed",
        "minutes_published": "no",
        "section": "99",
        "date_is_right": "on",
    }
    told |= {"meeting_on": f"{second.meeting_on:%d.%m.%Y}", "correction_reason": "Päivä oli väärä."}
    form = client_of(director).post(address, told).context["form"]
    assert [error[:31] for error in form.errors["meeting_on"]] == ["This meeting has its own entry:"]
    assert form["section"].value() == "99"


@pytest.mark.parametrize("days", [0, 5], ids=["the same meeting", "another one"])
def test_who_came_second_is_first_offered_what_can_be_done(sent, director, client_of, days):
    sent.decide(by=director, **handling(meeting_on=clock.today() - 20 * DAY))
    told = {"body": sent.deciding.body, "outcome": "rejected", "minutes_published": "no", "seen": "0"}
    told |= {"meeting_on": f"{sent.deciding.meeting_on + days * DAY:%d.%m.%Y}", "date_is_right": "on"}
    page = client_of(director).post(reverse("members:accession_decide", args=[sent.pk]), told)
    buttons = [b.strip() for b in re.findall(r'<button class="btn btn-[^>]*>([^<]*)', page.content.decode())]
    change, record = "Submit mine as a change", "Record the decision for Rautalampi"
    assert [b for b in buttons if b in (change, record)] == [[record, change], [change, record]][days == 0]


def test_a_step_takes_no_word_it_does_not_use(sent, director, two_meetings):
    form = CorrectForm(record=sent, by=director, corrects=two_meetings[0])
    assert "seen" not in form.fields
    with pytest.raises(TypeError):
        sent.correct(by=director, corrects=two_meetings[0], correction_reason="x", seen=1, **handling())


def test_the_log_of_a_move_holds_ids_and_no_words(sent, director, staff):
    sent.decide(by=director, **handling(meeting_on=clock.today() - 20 * DAY))
    to = AccessionFactory(state="sent")
    sent.move(by=staff, decision=sent.standing[0], to=to, reason="Kirjattu väärälle kunnalle.")
    details = AuditEvent.objects.filter(verb__in=["move", "receive"]).values_list("details", flat=True)
    assert len(details) == 2
    assert not any("reason" in row or "väärälle" in str(row) for row in details)
    assert to.standing[0].correction_reason == "Kirjattu väärälle kunnalle."
