"""Minutes over the database: drafted from the record, worded, checked by two, signed, published, corrected."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.db import IntegrityError, ProgrammingError, transaction

from consortium import clock
from consortium.models import AuditEvent, OutgoingEmail
from consortium.workflow import WrongState
from steering import minutes as composed
from steering.minutes_words import words
from steering.models import Correction, Item, Minutes, MinutesPaper, NamesPeriod
from tests.factories import UserFactory
from tests.minutes_world import RESTRICTED, checked, drafted, held, in_conflict, published, sent, signed, task
from tests.steering_world import meeting as called
from tests.steering_world import steering_group

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def in_english(settings):
    """Refusals are read in English."""
    settings.LANGUAGE_CODE = "en"


@pytest.fixture
def group(db):
    """Five seats with their deputies, an expert and a secretary."""
    return steering_group(seats=5)


@pytest.fixture
def meeting(group):
    """A meeting that was held today."""
    return held(group)


def said(text):
    lines = [*text.head, *(x for e in text.entries for x in e.lines), *text.tail]
    return "\n".join(words(line, "fi") for line in lines)


def test_the_draft_says_what_was_recorded_in_both_languages(group, meeting):
    in_conflict(meeting, 2, group.members[4])
    task(meeting, 2, group.secretary)
    minutes = Minutes.of(meeting)
    assert minutes.pk is None
    finnish, swedish = minutes.whole("fi"), minutes.whole("sv")
    assert [entry.title for entry in swedish.entries][1] == "Verksamhetsplan"
    told = said(finnish)
    assert "Päätös, yksimielinen: Hyväksyttiin." in told
    assert f"Esteellinen: {group.members[4].get_full_name()}. Peruste: toimittajan hallituksen jäsen." in told
    assert "Tehtävä: Valmistellaan musiikkipalvelu." in told
    assert not Minutes.objects.exists()


def test_minutes_begin_once_and_only_when_the_meeting_has_ended(group, meeting):
    first, second = Minutes.of(meeting).begin(), Minutes.of(meeting).begin()
    assert first == second
    with pytest.raises(ValidationError, match="ended"):
        Minutes.of(called(group)).begin()


def test_checkers_are_two_of_those_who_sat(group, meeting):
    minutes = drafted(meeting)
    for first, second in [
        (group.members[0], group.members[0]),
        (group.members[0], group.expert),
        (group.members[0], UserFactory()),
        (group.members[0], group.deputies[1]),
    ]:
        with pytest.raises(ValidationError, match=r"checkers|different"):
            minutes.name_checkers(by=group.secretary, first=first, second=second)
    assert Minutes.objects.get().first_checker is None
    minutes.name_checkers(by=group.secretary, first=group.members[0], second=group.members[3])
    assert [row.pk for row, _at in Minutes.objects.get().checkers] == [
        group.members[0].pk,
        group.members[3].pk,
    ]


def test_a_draft_that_lacks_something_is_not_sent(group):
    meeting = held(
        group, items=[{"title_fi": "A", "title_sv": "A", "outcome": "decided", "decision_fi": "Kyllä."}]
    )
    minutes = drafted(meeting)
    with pytest.raises(ValidationError) as refusal:
        minutes.send(by=group.secretary)
    assert set(refusal.value.messages) == {
        "Name two checkers who sat in the meeting.",
        "§ 1: the decision has no Swedish text.",
    }
    assert Minutes.objects.get().state == "draft"


def test_the_wording_is_changed_in_the_draft_and_overwrites_nobody(group, meeting):
    minutes, item = drafted(meeting), meeting.items.get(number=2)
    minutes.word(
        by=group.secretary, item=item, revision=item.revision, decision_fi="Hyväksyttiin esityksen mukaan."
    )
    assert "Hyväksyttiin esityksen mukaan." in said(minutes.whole("fi"))
    with pytest.raises(ValidationError, match="meanwhile"):
        minutes.word(by=group.secretary, item=item, revision=item.revision, decision_fi="Toisin.")
    item.refresh_from_db()
    assert item.decision_fi == "Hyväksyttiin esityksen mukaan."
    with pytest.raises(ValidationError):
        minutes.word(by=group.secretary, item=item, revision=item.revision, decision_fi="")


def test_sent_they_are_frozen_printed_and_both_checkers_asked(
    group, meeting, django_capture_on_commit_callbacks
):
    minutes = sent(meeting, group)
    assert set(minutes.full) == {"fi", "sv"}
    letters = OutgoingEmail.objects.filter(template="steering/emails/minutes_check")
    assert {letter.to for letter in letters} == {group.members[1].email, group.members[2].email}
    assert {(paper.form, paper.language) for paper in MinutesPaper.objects.all()} == {
        ("full", "fi"),
        ("full", "sv"),
    }
    group.members[0].name = "Toinen Nimi"
    group.members[0].save()
    assert "Toinen Nimi" not in said(Minutes.objects.get().whole("fi"))
    item = meeting.items.get(number=2)
    with pytest.raises(WrongState):
        minutes.word(by=group.secretary, item=item, revision=item.revision, decision_fi="Toisin.")
    assert AuditEvent.objects.about(minutes).first().verb == "send"


def test_what_was_sent_the_database_keeps(group, meeting):
    minutes = sent(meeting, group)
    with pytest.raises(IntegrityError, match="sent to be checked"), transaction.atomic():
        Item.objects.filter(meeting=meeting, number=2).update(decision_fi="Toisin.")
    with pytest.raises(IntegrityError, match="sent to be checked"), transaction.atomic():
        Minutes.objects.update(full={"fi": {}, "sv": {}})
    Item.objects.filter(meeting=meeting, number=2).update(restricted_ground="621/1999")
    minutes.rework(by=group.secretary, reason="kirjoitusvirhe")
    Item.objects.filter(meeting=meeting, number=2).update(decision_fi="Toisin.")


def test_a37_two_checkers_approve_each_for_oneself(group, meeting):
    minutes = sent(meeting, group)
    minutes.approve(by=group.members[1])
    assert minutes.state == "checking"
    with pytest.raises(ValidationError, match="already"):
        minutes.approve(by=group.members[1])
    minutes.approve(by=group.members[2])
    assert minutes.state == "checked"
    for user in (group.chair, group.secretary, group.by):
        assert not user.has_perm("steering.approve_minutes", minutes)


def test_a_remark_goes_back_and_both_are_asked_anew(group, meeting):
    minutes = sent(meeting, group)
    minutes.approve(by=group.members[1])
    item = meeting.items.get(number=2)
    minutes.remark(by=group.members[2], item=item, text="Kellonaika on väärä.")
    letter = OutgoingEmail.objects.get(template="steering/emails/minutes_remark")
    assert letter.to == group.secretary.email
    assert "Kellonaika" not in letter.body
    minutes.rework(by=group.secretary, reason="kellonaika")
    assert (minutes.state, minutes.full, minutes.first_approved_at) == ("draft", {}, None)
    assert minutes.remarks.get().answered_at is not None
    minutes.send(by=group.secretary)
    assert minutes.awaits(group.members[1])


def test_the_signed_file_comes_after_the_checking(group, meeting):
    minutes = sent(meeting, group)
    file = ContentFile(b"%PDF-1.7", "signed.pdf")
    with pytest.raises(WrongState):
        minutes.sign(by=group.secretary, file=file, signed_on=clock.today())
    minutes.approve(by=group.members[1])
    minutes.approve(by=group.members[2])
    for wrong in (clock.today() + dt.timedelta(days=1), clock.today() - dt.timedelta(days=1)):
        with pytest.raises(ValidationError):
            minutes.sign(by=group.secretary, file=file, signed_on=wrong)
    minutes.sign(by=group.secretary, file=file, signed_on=clock.today())
    assert minutes.state == "signed"


def test_a37_published_without_restricted_items_and_names_that_need_not_be_there(group):
    meeting = held(group, visitor="Xenia Vieras")
    in_conflict(meeting, 2, group.members[4])
    minutes = published(meeting, group)
    text = minutes.shown("fi")
    assert [bool(entry.lines) for entry in text.entries] == [True, True, False]
    told = said(text)
    for word in ("Kuikka", "Xenia", "toimittajan", group.expert.get_full_name()):
        assert word not in told
        assert word in said(minutes.whole("fi"))
    papers = MinutesPaper.objects.filter(form__in=["published", "nameless"])
    assert papers.count() == 4
    for paper in papers:
        assert paper.hides == [3]
        assert "Kuikka" not in str(paper.figures)


def test_names_in_free_texts_are_asked_about_before_the_publication(group):
    group.expert.name = "Erkki Erityinen"
    group.expert.save()
    items = [
        {
            "title_fi": "Kuultiin Erityistä",
            "title_sv": "Hörande",
            "outcome": "noted",
            "decision_fi": "Kuultiin.",
            "decision_sv": "Hördes.",
        }
    ]
    minutes = signed(held(group, items=items), group)
    assert minutes.names_found() == [(1, "Erkki Erityinen")]
    with pytest.raises(ValidationError) as refusal:
        minutes.publish(by=group.secretary)
    assert "names_checked" in refusal.value.message_dict
    assert minutes.state == "signed"
    minutes.publish(by=group.secretary, names_checked=True)
    assert AuditEvent.objects.about(minutes).first().details["names"] == 1


# --- A 49: time ------------------------------------------------------------------------------------------------


def test_a49_names_go_when_their_time_is_over(group, meeting, today_is):
    minutes = published(meeting, group)
    last = minutes.names_until
    assert last == clock.today() + dt.timedelta(days=21)
    chair = group.chair.get_full_name()
    assert chair in said(minutes.shown("fi", last))
    assert minutes.paper_for_all("fi", last).form == "published"
    after = last + dt.timedelta(days=1)
    told = said(minutes.shown("fi", after))
    for user in [*group.members, *group.deputies, group.secretary]:
        assert user.get_full_name() not in told
    assert group.places[0].name_fi in told
    assert minutes.paper_for_all("fi", after).form == "nameless"


def test_the_period_is_a_dated_setting(group, meeting):
    today = clock.today()
    with pytest.raises(ValidationError):
        NamesPeriod.settle(by=group.by, valid_from=today - dt.timedelta(days=1), days=30, decision="§ 1")
    NamesPeriod.settle(by=group.by, valid_from=today, days=30, decision="§ 1")
    NamesPeriod.settle(by=group.by, valid_from=today + dt.timedelta(days=1), days=60, decision="§ 2")
    assert published(meeting, group).names_until == today + dt.timedelta(days=30)


def test_a_restriction_that_ends_or_comes_later_is_seen_at_once(group, meeting):
    minutes = published(meeting, group)
    assert not minutes.is_outdated()
    assert minutes.paper_for_all("fi") is not None
    meeting.items.filter(number=2).update(restricted_ground=RESTRICTED)
    assert not minutes.shown("fi").entry(2).lines
    assert minutes.paper_for_all("fi") is None
    assert minutes.is_outdated()
    meeting.items.update(restricted_ground="")
    assert minutes.shown("fi").entry(3).lines
    assert minutes.paper_for_all("fi") is not None  # it hides more than is restricted
    assert minutes.is_outdated()
    minutes.publish(by=group.secretary, names_checked=True)
    assert not minutes.is_outdated()
    assert "Kuikka" in str(minutes.paper_for_all("fi").figures)


# --- Corrections, extracts -------------------------------------------------------------------------------------

RIGHT = {
    "was_fi": "Hyväksyttiin.",
    "was_sv": "Godkändes.",
    "right_fi": "Hyväksyttiin muutettuna.",
    "right_sv": "Godkändes med ändringar.",
    "reason_fi": "kirjoitusvirhe",
    "reason_sv": "skrivfel",
}


def test_a_correction_stands_beside_the_old_text_and_they_are_published_anew(group, meeting, today_is):
    minutes = published(meeting, group)
    first_on, papers = minutes.first_published_on, MinutesPaper.objects.count()
    today_is(clock.today() + dt.timedelta(days=2))
    minutes.correct(by=group.secretary, item=meeting.items.get(number=2), **RIGHT)
    entry = minutes.shown("sv").entry(2)
    assert [each.right for each in entry.corrections] == ["Godkändes med ändringar."]
    assert "Godkändes." in [line.figures.get("text") for line in entry.lines]
    assert MinutesPaper.objects.count() == papers + 4
    assert (minutes.first_published_on, clock.date_of(minutes.published_at)) == (first_on, clock.today())
    assert "Godkändes med ändringar" in str(minutes.paper_for_all("sv").figures)
    with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
        Correction.objects.update(right_fi="Toisin.")


def test_a_correction_needs_both_languages_and_signed_minutes(group, meeting):
    minutes = checked(meeting, group)
    item = meeting.items.get(number=2)
    with pytest.raises(WrongState):
        minutes.correct(by=group.secretary, item=item, **RIGHT)
    minutes.sign(by=group.secretary, file=ContentFile(b"%PDF", "a.pdf"), signed_on=clock.today())
    with pytest.raises(ValidationError):
        minutes.correct(by=group.secretary, item=item, **RIGHT | {"right_sv": ""})
    minutes.correct(by=group.secretary, item=item, **RIGHT)
    assert minutes.state == "signed"


def test_an_extract_is_printed_in_both_languages(group, meeting):
    minutes = checked(meeting, group)
    minutes.extract(by=group.secretary, item=meeting.items.get(number=3))
    papers = MinutesPaper.objects.filter(form="extract")
    assert {(paper.language, paper.section) for paper in papers} == {("fi", 3), ("sv", 3)}
    assert "Toimintasuunnitelma" not in str(papers.get(language="fi").figures)


def test_facts_that_contradict_each_other_are_not_composed(group, meeting):
    meeting.items.filter(number=2).update(opened_at=meeting.opened_at - dt.timedelta(minutes=1))
    minutes = drafted(meeting)
    with pytest.raises(composed.Untrue):
        minutes.whole("fi")
    assert "The times of the items do not follow one another." in [str(each) for each in minutes.hindrances()]


@pytest.mark.parametrize(
    ("values", "name"),
    [
        ({"second_checker": None}, "minutes_two_checkers"),
        ({"sent_at": None}, "minutes_frozen_when_sent"),
        ({"first_approved_at": None}, "minutes_checked_by_both"),
        ({"signed_on": None}, "minutes_signed_has_file"),
        ({"published_at": None}, "minutes_published_has_time"),
    ],
)
def test_each_fact_is_kept_by_the_database(group, meeting, values, name):
    published(meeting, group)
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        Minutes.objects.update(**values)


def test_papers_and_periods_are_kept_whole(group, meeting):
    sent(meeting, group)
    with pytest.raises(IntegrityError, match="minutespaper_extract_of_one_item"), transaction.atomic():
        MinutesPaper.objects.update(section=2)
    NamesPeriod.settle(by=group.by, valid_from=clock.today(), days=30, decision="§ 1")
    with pytest.raises(IntegrityError, match="namesperiod_days"), transaction.atomic():
        NamesPeriod.objects.update(days=1)


# --- Who reads -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("make", "readers"),
    [
        (drafted, {"staff", "secretary", "chair"}),
        (sent, {"staff", "secretary", "chair", "member", "expert"}),
        (checked, {"staff", "secretary", "chair", "member", "expert", "auditor"}),
        (published, {"staff", "secretary", "chair", "member", "expert", "auditor", "deputy", "stranger"}),
    ],
)
def test_who_reads_minutes_at_which_state(group, meeting, make, readers):
    make(meeting) if make is drafted else make(meeting, group)
    people = {
        "staff": group.by,
        "secretary": group.secretary,
        "chair": group.chair,
        "member": group.members[4],
        "expert": group.expert,
        "deputy": group.deputies[0],
        "stranger": UserFactory(),
        "auditor": _auditor(group),
    }
    assert {name for name, user in people.items() if Minutes.objects.visible_to(user).exists()} == readers


def _auditor(group):
    from_now = UserFactory()
    from_now.posts.create(kind="auditor", since=clock.today(), given_by=group.by)
    return from_now


def test_an_expert_and_an_uncalled_deputy_see_the_number_of_a_restricted_item(group, meeting):
    minutes = published(meeting, group)
    for user in (group.expert, group.deputies[0]):
        assert "Kuikka" not in repr(minutes.seen_by(user, "fi"))
    for user in (group.members[4], group.secretary, group.by):
        assert "Kuikka" in repr(minutes.seen_by(user, "fi"))
