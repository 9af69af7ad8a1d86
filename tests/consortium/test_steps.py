"""The page of one step: shown, checked, carried out once, answered by a receipt; and forms that overwrite nobody."""

import datetime as dt
import re
import uuid

import pytest
from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError

from consortium import clock, steps
from consortium.forms import PortalForm, TypedDateField
from consortium.models import AuditEvent, FormKey, OutgoingEmail
from members.models import Accession, Contact, Municipality
from tests.factories import DAY, AccessionFactory, ContactFactory, RoleFactory, UserFactory, handling

pytestmark = pytest.mark.django_db


@pytest.fixture
def sent():
    accession = AccessionFactory(state="sent")
    Accession.objects.update(sent_at=clock.now() - 60 * DAY)  # before any meeting of these tests
    accession.refresh_from_db()
    return accession


@pytest.fixture
def representative(sent):
    return RoleFactory(municipality=sent.municipality).user


@pytest.fixture
def browser(client_of, representative):
    return client_of(representative)


def page_of(accession, verb):
    return f"/en/accessions/{accession.pk}/{verb}/"


def schedule(day=None, **more):
    day = day or clock.today() + 14 * DAY
    return {"meeting_on": f"{day:%-d.%-m.%Y}", "meeting_body": "board", "form_key": uuid.uuid4()} | more


def decision(**more):
    day = clock.today() - 14 * DAY
    return {
        "body": "board",
        "meeting_on": f"{day:%-d.%-m.%Y}",
        "section": "§ 61",
        "outcome": "approved",
        "minutes_published": "yes",
        "published_on": f"{day + 2 * DAY:%-d.%-m.%Y}",
        "form_key": uuid.uuid4(),
    } | more


def acts(accession, verb):
    return AuditEvent.objects.about(accession).filter(verb=verb).count()


# --- Shown --------------------------------------------------------------------------------------------------------


def test_the_page_of_a_step_changes_nothing_and_carries_a_fresh_key(browser, sent):
    pages = [browser.get(page_of(sent, "schedule")) for _i in range(2)]
    keys = [re.search(r'name="form_key" value="([0-9a-f-]{36})"', p.content.decode())[1] for p in pages]
    assert keys[0] != keys[1]
    assert Accession.objects.get().state == "sent"
    assert not FormKey.objects.exists()


def test_the_button_names_the_municipality(browser, sent):
    assert (
        f"Record the decision for {sent.municipality.name_fi}"
        in browser.get(page_of(sent, "decide")).content.decode()
    )


def test_a_step_that_is_too_late_leads_back_with_a_sentence(browser, sent, staff):
    sent.decide(by=staff, **handling("rejected"))
    answer = browser.get(page_of(sent, "schedule"))
    assert (answer.status_code, answer["Location"]) == (302, f"/en/accessions/{sent.pk}/")
    assert "can no longer be done" in str(browser.get(answer["Location"]).content.decode())


@pytest.mark.parametrize("method", ["get", "post"])
def test_a_step_of_somebody_else_is_refused(client_of, sent, method):
    librarian = RoleFactory(municipality=sent.municipality, kind="librarian").user
    sent.decide(by=UserFactory(is_staff=True), **handling())
    form = {"signed_on": f"{clock.today():%-d.%-m.%Y}", "signatory": "Kunnanjohtaja"}
    answer = getattr(client_of(librarian), method)(page_of(sent, "sign"), form)
    assert answer.status_code == 403
    assert Accession.objects.get().signed_on is None


# --- Checked ------------------------------------------------------------------------------------------------------


def test_a_faulty_form_keeps_what_was_typed_and_changes_nothing(browser, sent):
    typed = decision(
        published_on="31.2.2026", presenter="Sivistysjohtaja Aalto", case_number="KunDno-2026-62"
    )
    answer = browser.post(page_of(sent, "decide"), typed)
    page = answer.content.decode()
    assert answer.status_code == 200
    for value in ("31.2.2026", "Sivistysjohtaja Aalto", "KunDno-2026-62", str(typed["form_key"])):
        assert value in page
    assert not sent.decisions.exists()
    assert not FormKey.objects.exists()


@pytest.mark.parametrize(
    ("field", "days", "sentence"),
    [
        ("meeting_on", 1, "Only what has happened can be recorded."),
        ("published_on", -20, "cannot have been published before the meeting"),
        ("published_on", 1, "Only what has happened can be recorded."),
    ],
)
def test_days_that_cannot_be_are_said_beside_their_fields(browser, sent, field, days, sentence):
    day = clock.today() + days * DAY
    answer = browser.post(page_of(sent, "decide"), decision(**{field: f"{day:%-d.%-m.%Y}"}))
    assert any(sentence in words for words in answer.context["form"].errors[field])
    assert not sent.decisions.exists()


def test_a_refusal_of_the_record_stands_beside_its_field(browser, client_of, sent, staff):
    sent.decide(by=staff, **handling())
    early = sent.deciding.meeting_on - DAY
    form = {"signed_on": f"{early:%-d.%-m.%Y}", "signatory": "Kunnanjohtaja", "form_key": uuid.uuid4()}
    answer = browser.post(page_of(sent, "sign"), form)
    assert answer.status_code == 200
    assert list(answer.context["form"].errors) == ["signed_on"]
    assert "Kunnanjohtaja" in answer.content.decode()
    assert Accession.objects.get().signed_on is None
    assert not FormKey.objects.exists(), "the same form, mended, must still be accepted"
    mended = form | {"signed_on": f"{clock.today():%-d.%-m.%Y}"}
    assert browser.post(page_of(sent, "sign"), mended).status_code == 302


def test_too_late_to_send_keeps_the_form_and_says_how_things_stand(browser, sent, staff):
    sent.decide(by=staff, **handling("rejected"))
    answer = browser.post(page_of(sent, "schedule"), schedule())
    assert answer.status_code == 200
    assert "the state is now “not joining”" in answer.content.decode()
    assert Accession.objects.get().state == "rejected"
    assert acts(sent, "schedule") == 0


def test_a_file_that_is_no_document_is_refused_by_its_content(browser, sent):
    program = SimpleUploadedFile("ote.pdf", b"MZ\x90\x00 not a document", content_type="application/pdf")
    answer = browser.post(page_of(sent, "decide"), decision(extract=program))
    assert answer.status_code == 200
    assert "extract" in answer.context["form"].errors


def test_staff_say_how_it_came(client_of, sent, staff):
    browser = client_of(staff)
    answer = browser.post(page_of(sent, "decide"), decision())
    assert {"channel", "received_from", "received_on"} & set(answer.context["form"].errors) == {
        "channel",
        "received_from",
        "received_on",
    }
    on_behalf = {
        "channel": "phone",
        "received_from": "Kirjaamo",
        "received_on": f"{clock.today():%-d.%-m.%Y}",
    }
    assert browser.post(page_of(sent, "decide"), decision(**on_behalf)).status_code == 302
    assert sent.decisions.get().on_behalf


# --- Carried out, once --------------------------------------------------------------------------------------------


def test_a_step_goes_to_the_records_page_with_its_receipt(browser, sent):
    answer = browser.post(page_of(sent, "decide"), decision())
    event = AuditEvent.objects.about(sent).get(verb="decide")
    assert answer["Location"] == f"/en/accessions/{sent.pk}/?receipt={event.pk}"
    page = browser.get(answer["Location"]).content.decode()
    assert event.number in page
    assert sent.decisions.get().section == "61"


def test_sending_twice_gives_the_same_answer_and_one_act(browser, sent):
    form = decision()
    answers = [browser.post(page_of(sent, "decide"), form)["Location"] for _i in range(3)]
    assert len(set(answers)) == 1
    assert (acts(sent, "decide"), sent.decisions.count()) == (1, 1)
    assert OutgoingEmail.objects.filter(template="members/emails/decide").count() == 1


def test_a_correction_sent_twice_gives_the_same_answer(browser, sent, staff):
    sent.decide(by=staff, **handling())
    form = decision(correction_reason="Pykälä oli väärä.")
    address = f"{page_of(sent, 'correct')}{sent.deciding.pk}/"
    answers = [browser.post(address, form) for _i in range(2)]
    assert [a.status_code for a in answers] == [302, 302]
    assert answers[0]["Location"] == answers[1]["Location"]
    assert acts(sent, "correct") == 1


def test_an_act_that_breaks_leaves_its_form_usable(browser, sent, monkeypatch):
    form = schedule()
    with monkeypatch.context() as broken:
        broken.setattr(AuditEvent, "record", lambda *args, **kwargs: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            browser.post(page_of(sent, "schedule"), form)
    assert not FormKey.objects.exists()
    assert browser.post(page_of(sent, "schedule"), form).status_code == 302
    assert acts(sent, "schedule") == 1


@pytest.mark.parametrize("key", ["", "not-a-key"])
def test_a_form_without_a_sound_key_does_no_harm(browser, sent, key):
    answer = browser.post(page_of(sent, "schedule"), schedule(form_key=key))
    assert answer.status_code in {200, 302}
    assert acts(sent, "schedule") == (answer.status_code == 302)


def test_a_receipt_belongs_to_its_record_alone(browser, client_of, sent):
    other = AccessionFactory(state="sent", offer=sent.offer)
    event = AuditEvent.objects.about(other).first()
    for wanted in (event.pk, "x", "²", "", "99999999999999999999"):
        answer = browser.get(f"/en/accessions/{sent.pk}/", {"receipt": wanted})
        assert answer.status_code == 200
        assert answer.context["receipt"] is None


# --- carry_out and refusals by themselves --------------------------------------------------------------------------


class Plain(PortalForm):
    """Nothing but the key."""


def plain(key):
    form = Plain({"form_key": key})
    assert form.is_valid()
    return form


def test_without_a_key_every_sending_is_an_act(staff):
    done = []

    def act():
        done.append(1)
        return f"/{len(done)}/"

    assert [steps.carry_out(plain(""), act, by=staff) for _i in range(2)] == ["/1/", "/2/"]


def test_a_used_key_keeps_who_used_it_and_the_answer(staff):
    key = uuid.uuid4()
    assert steps.carry_out(plain(key), lambda: "/a/", by=staff) == "/a/"
    assert steps.carry_out(plain(key), lambda: "/b/", by=staff) == "/a/"
    assert FormKey.objects.values_list("user", "answer").get() == (staff.pk, "/a/")


@pytest.mark.parametrize(
    ("error", "fields"),
    [
        (ValidationError("no"), [None]),
        (ValidationError({"signed_on": "no"}), ["signed_on"]),
        (IntegrityError("duplicate key value violates unique constraint"), [None]),
    ],
)
def test_every_refusal_has_words(error, fields):
    found = steps.refusals(error)
    assert list(found) == fields
    assert not any("constraint" in str(word) for words in found.values() for word in words)


# --- Typed days ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("typed", ["21.5.2027", "21.05.2027", "2027-05-21", "21.5.27"])
def test_a_day_is_understood_as_it_is_typed(typed):
    assert TypedDateField().clean(typed) == dt.date(2027, 5, 21)


@pytest.mark.parametrize("typed", ["31.2.2027", "5/21/2027", "tomorrow", "21.5."])
def test_a_day_that_is_none_is_asked_again(typed):
    with pytest.raises(forms.ValidationError):
        TypedDateField().clean(typed)


# --- Editing -------------------------------------------------------------------------------------------------------


def opened(browser, municipality):
    """Open the form: return its fields as a browser would send them back."""
    form = browser.get(f"/en/municipality/{municipality.code}/edit/").context["form"]
    return {field.html_name: field.value() or "" for field in form}


def edit(browser, municipality, form, **fields):
    return browser.post(f"/en/municipality/{municipality.code}/edit/", form | fields)


def kept(municipality):
    row = Municipality.objects.get(pk=municipality.pk)
    return row.registry_email, row.library_network


def test_a_stale_form_shows_both_values_and_overwrites_nothing(browser, sent):
    home = sent.municipality
    first, second = opened(browser, home), opened(browser, home)
    assert edit(browser, home, first, registry_email="a@kunta.example").status_code == 302
    answer = edit(browser, home, second, registry_email="b@kunta.example")
    page, form = answer.content.decode(), answer.context["form"]
    assert answer.status_code == 200
    assert list(form.errors) == ["registry_email"]
    assert "Somebody else saved “a@kunta.example” here" in page
    assert 'value="b@kunta.example"' in page
    assert kept(home)[0] == "a@kunta.example"
    seen = {field.html_name: field.value() or "" for field in form}
    assert edit(browser, home, seen).status_code == 302, "the writer has now seen both"
    assert kept(home)[0] == "b@kunta.example"


def test_two_who_change_different_fields_do_not_disturb_each_other(browser, sent):
    home = sent.municipality
    first, second = opened(browser, home), opened(browser, home)
    assert edit(browser, home, first, registry_email="a@kunta.example").status_code == 302
    assert edit(browser, home, second, library_network="Rutakko").status_code == 302
    assert kept(home) == ("a@kunta.example", "Rutakko")


@pytest.mark.parametrize("token", ["", "forged"])
def test_a_form_that_cannot_say_what_it_showed_is_stale(browser, sent, token):
    before = kept(sent.municipality)
    form = opened(browser, sent.municipality) | {"edited_at": token}
    assert edit(browser, sent.municipality, form, registry_email="b@kunta.example").status_code == 200
    assert kept(sent.municipality) == before


def test_what_was_edited_is_recorded_by_field_names_alone(browser, sent, representative):
    edit(browser, sent.municipality, opened(browser, sent.municipality), registry_email="a@kunta.example")
    event = AuditEvent.objects.about(sent.municipality).get()
    assert (event.verb, event.by, event.details) == ("edit", representative, {"fields": ["registry_email"]})


def test_a_contact_is_added_once_however_often_it_is_sent(browser, sent):
    address = f"/en/municipality/{sent.municipality.code}/contacts/new/"
    page = browser.get(address).content.decode()
    form = dict(re.findall(r'name="(form_key|edited_at)" value="([^"]+)"', page))
    form |= {"kind": "secretary", "name": "Sihteeri", "email": "sihteeri@kunta.example"}
    assert [browser.post(address, form).status_code for _i in range(2)] == [302, 302]
    assert Contact.objects.get().name == "Sihteeri"


def test_a_contact_of_another_municipality_is_not_found(browser, sent):
    other = ContactFactory()
    address = f"/en/municipality/{sent.municipality.code}/contacts/{other.pk}/"
    assert browser.get(address).status_code == 404
