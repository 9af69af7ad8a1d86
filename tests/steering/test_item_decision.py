"""The decision on the page of its item: before the publication for those who sit, after it for everybody."""

import html

import pytest
from django.core.files.base import ContentFile

from steering.models import Minutes
from tests.conftest import Browser
from tests.factories import UserFactory
from tests.minutes_world import published as publish
from tests.procurement_factories import announced, brought_to
from tests.steering.hall import Hall, it_is

pytestmark = pytest.mark.django_db
TEXT = {"decision_fi": "Zqpaatos tehtiin.", "decision_sv": "Zqbeslutet fattades."}
ENDED, VOTED = "Ended: decided.", "puolesta 3, vastaan 1, tyhjiä 1."


@pytest.fixture(autouse=True)
def in_english(settings, today_is):
    settings.LANGUAGE_CODE = "en"
    today_is("2027-06-09")


def voted(**told):
    """Return (hall, item) of a meeting of five whose only item was decided by a roll call, 3-1-1."""
    hall = Hall(seats=5, items=[{"title_fi": "Aineistot", "title_sv": "Material", **told}])
    hall.begin()
    item = hall.take(1, "13.05")
    item.put(by=hall.s, way="roll_call")
    choices = ["for", "for", "for", "against", "blank"]
    item.cast_for(by=hall.s, choices={user.pk: said for user, said in zip(hall.m, choices, strict=True)})
    it_is("13.10")
    item.close_vote(by=hall.s)
    item.decide(by=hall.s, **TEXT)
    return hall, item


def page(user, record):
    browser = Browser()
    if user:
        browser.force_login(user)
    answer = browser.get(record.get_absolute_url())
    return html.unescape(answer.content.decode()) if answer.status_code == 200 else str(answer.status_code)


def closed(hall):
    it_is("14.00")
    hall.meeting.refresh_from_db()
    hall.meeting.close(by=hall.s)


def test_those_who_sit_read_the_decision_at_once_with_section_and_vote():
    hall, item = voted()
    for step in (lambda: None, lambda: closed(hall)):
        step()
        for reader in (hall.m[3], hall.v[0], hall.group.expert, hall.s, UserFactory(is_staff=True)):
            text = page(reader, item)
            assert ENDED in text and VOTED in text and f"§ {item.number}/2027" in text
            assert TEXT["decision_fi"] in text


def test_others_are_told_with_the_minutes_and_not_before():
    hall, item = voted()
    closed(hall)
    others = [None, UserFactory()]
    for state in ("draft", "checking", "checked"):
        for reader in others:
            text = page(reader, item)
            assert "What was decided is told here with the minutes." in text, state
            assert TEXT["decision_fi"] not in text and ENDED not in text and "puolesta 3" not in text
            assert "<p>Decided</p>" not in page(reader, hall.meeting), state
        minutes = Minutes.of(hall.meeting).begin()
        if state == "draft":
            minutes.name_checkers(by=hall.s, first=hall.m[1], second=hall.m[2])
            minutes.send(by=hall.s)
        elif state == "checking":
            minutes.approve(by=hall.m[1])
            minutes.approve(by=hall.m[2])
    from_here(hall)
    for reader in others:
        text = page(reader, item)
        assert ENDED in text and VOTED in text and TEXT["decision_fi"] in text
        assert "<p>Decided</p>" in page(reader, hall.meeting)
        assert f"/minutes/{hall.meeting.pk}/{item.number}/" in text


def from_here(hall):
    """Sign and publish the checked minutes."""
    minutes = Minutes.of(hall.meeting)
    minutes.sign(by=hall.s, file=ContentFile(b"%PDF-1.7", "a.pdf"), signed_on=minutes.meeting.on)
    minutes.publish(by=hall.s, names_checked=True)


def test_a_restricted_decision_is_on_no_page_of_others():
    hall, item = voted(restricted_ground="621/1999, 24 §")
    closed(hall)
    publish(hall.meeting, hall.group)
    assert page(None, item) == page(UserFactory(), item) == "404"
    assert page(hall.group.expert, item) == "404"
    assert TEXT["decision_fi"] in page(hall.m[0], item)


def test_a_correction_stands_below_the_decision():
    hall, item = voted()
    closed(hall)
    minutes = publish(hall.meeting, hall.group)
    said = {
        f"{name}_{language}": "Zqoikein." for name in ("was", "right", "reason") for language in ("fi", "sv")
    }
    minutes.correct(by=hall.s, item=item, names_checked=True, **said)
    assert "Korjaus 9.6.2027" in page(None, item)


def test_an_item_closed_only_by_its_tender_is_told_with_that_ground():
    hall = Hall(
        seats=3,
        items=[
            {"title_fi": "Tarjoukset", "title_sv": "Anbud", "procurement": brought_to(announced(), "round")}
        ],
    )
    row = hall.item(1)
    type(row).objects.filter(pk=row.pk).update(concerns=row.procurement)
    hall.begin()
    item = hall.take(1, "13.05")
    item.note(by=hall.s, **TEXT)
    assert TEXT["decision_fi"] in page(hall.m[0], item)
    assert page(None, item) == "404"
