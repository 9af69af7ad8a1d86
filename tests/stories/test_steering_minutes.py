"""From the meeting to its minutes, and matters settled in writing: A 37 (the paper), A 38, A 49."""

import datetime as dt

import outloud
import pymupdf
import pytest

from consortium import clock
from consortium.models import OutgoingEmail
from steering import tasks
from steering.models import Meeting, WrittenMatter
from tests.minutes_world import held, in_conflict, task
from tests.steering_world import steering_group
from tests.stories.people import Person, file_called

SECRET = "Kuikka"


@pytest.fixture
def group(db):
    """Five seats with deputies, an expert who talks too much, and a secretary."""
    group = steering_group(seats=5)
    group.expert.name = "Erkki Erityinen"
    group.expert.save()
    return group


@pytest.fixture
def meeting(group):
    """The meeting of today, one in conflict, one item not public, one visitor."""
    row = held(group, visitor="Xenia Vieras")
    in_conflict(row, 2, group.members[4])
    task(row, 2, group.secretary)
    return row


@pytest.fixture
def opens(client_of):
    """Return a signed-in person: ``opens(user)``."""
    return lambda user: Person(client_of(user))


def to_checkers(secretary, meeting, group):
    """Name the checkers and send the draft. Returns the page of the minutes."""
    page = secretary.opens(f"/en/steering/minutes/{meeting.pk}/")
    page = secretary.does(page, "Name the checkers", first=group.members[1].pk, second=group.members[2].pk)
    return secretary.does(page, "Send to the checkers")


def signed_by_two(opens, secretary, meeting, group, run_worker):
    """Have the minutes checked by both and the signed file attached. Returns the page of the minutes."""
    to_checkers(secretary, meeting, group)
    run_worker()
    for checker in group.members[1:3]:
        person = opens(checker)
        person.does(person.opens(f"/en/steering/minutes/{meeting.pk}/"), "Approve the minutes")
    page = secretary.opens(f"/en/steering/minutes/{meeting.pk}/")
    file = secretary.opens(page.link("Finnish")).content
    upload = file_called("signed.pdf", file)
    return secretary.does(
        page, "Attach the signed file", file=upload, signed_on=f"{clock.today():%-d.%-m.%Y}"
    )


@pytest.mark.breaks(
    "steering.models.Minutes.send",
    "steering.models.Minutes.approve",
    "steering.models.Minutes.publish",
    "steering.models.Minutes.sign",
)
def test_a37_the_minutes_are_checked_by_two_and_published_without_restricted_items(
    opens, visitor, group, meeting, run_worker
):
    secretary = opens(group.secretary)
    page = secretary.opens(f"/en/steering/minutes/{meeting.pk}/")
    assert "The draft follows what was recorded in the meeting." in page.says
    assert f"Läsnä, puheenjohtaja: {group.chair.get_full_name()}" in page.part("Attendance")
    assert "Päätös, yksimielinen: Hyväksyttiin." in page.part("Items")
    assert visitor.opens(f"/en/steering/minutes/{meeting.pk}/").status == 404
    page = signed_by_two(opens, secretary, meeting, group, run_worker)
    assert "Signed on" in page.says
    letters = OutgoingEmail.objects.filter(template="steering/emails/minutes_check")
    assert {letter.to for letter in letters} == {user.email for user in group.members[1:3]}
    assert visitor.opens(f"/en/steering/minutes/{meeting.pk}/").status == 404
    secretary.does(page, "Publish the minutes")
    run_worker()
    seen = visitor.opens(f"/en/steering/minutes/{meeting.pk}/")
    assert "§ 3 The item is not public." in seen.part("Items")
    for word in (SECRET, "Erkki", "Xenia", "toimittajan hallituksen"):
        assert word not in seen.response.content.decode()
        assert word in secretary.opens(f"/en/steering/minutes/{meeting.pk}/").response.content.decode()
    assert visitor.opens(f"/en/steering/minutes/{meeting.pk}/3/").status == 404
    assert "Hyväksyttiin." in visitor.opens(f"/en/steering/minutes/{meeting.pk}/2/").text
    listed = visitor.opens("/en/steering/minutes/")
    assert [row[0] for row in listed.rows("Minutes")] == [meeting.number]


@pytest.mark.breaks("steering.models.MinutesPaper.produce", "steering.models.Minutes.extract")
def test_a37_the_minutes_are_tagged_pdf_in_both_languages(
    opens, visitor, group, meeting, run_worker, tmp_path
):
    secretary = opens(group.secretary)
    page = signed_by_two(opens, secretary, meeting, group, run_worker)
    secretary.does(page, "Publish the minutes")
    secretary.presses(secretary.opens(f"/en/steering/minutes/{meeting.pk}/3/"), "Print an extract")
    run_worker()
    page, public = secretary.opens(page.path), visitor.opens(page.path)
    files = {}
    for link in page.main.iter("a"):
        if "/minutes/papers/" in link.get("href", ""):
            files[link.get("href")] = secretary.opens(link.get("href")).content
    assert len(files) == 4
    extract = secretary.opens(f"/en/steering/minutes/{meeting.pk}/3/").link("Swedish")
    files[extract] = secretary.opens(extract).content
    told = {}
    for number, (address, content) in enumerate(files.items()):
        file = tmp_path / f"{number}.pdf"
        file.write_bytes(content)
        result = outloud.check(str(file))
        assert (result.verdict, result.errors, result.warnings) == ("pass", 0, 0)
        with pymupdf.open(stream=content, filetype="pdf") as document:
            told[address] = document.language, " ".join(" ".join(p.get_text() for p in document).split())
    assert sorted(language for language, _text in told.values()) == ["fi", "fi", "sv", "sv", "sv"]
    for label in ("Finnish", "Swedish"):
        address = public.link(label)
        assert visitor.opens(address).content == files[address]
        language, text = told[address]
        assert SECRET not in text
        assert "Lommen" not in text
        assert {"fi": "Päätös, yksimielinen: Hyväksyttiin.", "sv": "Beslut, enhälligt: Godkändes."}[
            language
        ] in text
    for address in files.keys() - {public.link("Finnish"), public.link("Swedish")}:
        assert visitor.opens(address).status == 404
        assert opens(group.expert).opens(address).status == 404
    assert "Beslut, enhälligt: Lommen valdes." in told[extract][1]
    assert "Verksamhetsplan" not in told[extract][1]


@pytest.mark.breaks(
    "steering.models.Minutes.remark", "steering.models.Minutes.rework", "steering.models.Minutes.word"
)
def test_a37_a_checker_wants_a_correction_before_approving(opens, group, meeting, run_worker):
    secretary, checker = opens(group.secretary), opens(group.members[1])
    to_checkers(secretary, meeting, group)
    page = checker.opens(f"/en/steering/minutes/{meeting.pk}/")
    item = meeting.items.get(number=2)
    checker.does(page, "Say what should be corrected", item=item.pk, text="Päätöksestä puuttuu vuosi.")
    page = secretary.opens(page.path)
    assert "Päätöksestä puuttuu vuosi." in page.part("Checking")
    secretary.does(page, "Take back to the draft", reason="the year")
    page = secretary.opens(f"/en/steering/minutes/{meeting.pk}/2/")
    page = secretary.does(page, "Write it better", decision_fi="Hyväksyttiin vuodelle 2028.")
    secretary.does(page, "Send to the checkers")
    assert "Hyväksyttiin vuodelle 2028." in checker.opens(f"/en/steering/minutes/{meeting.pk}/").part("Items")


@pytest.mark.breaks("steering.models.Minutes.correct")
def test_a37_an_error_found_after_publication_is_corrected_beside_the_old_text(
    opens, visitor, group, meeting, run_worker, today_is
):
    secretary = opens(group.secretary)
    secretary.does(signed_by_two(opens, secretary, meeting, group, run_worker), "Publish the minutes")
    today_is(clock.today() + dt.timedelta(days=3))
    page = secretary.opens(f"/en/steering/minutes/{meeting.pk}/2/")
    said = {
        "was_fi": "Hyväksyttiin.",
        "was_sv": "Godkändes.",
        "right_fi": "Hyväksyttiin muutettuna.",
        "right_sv": "Godkändes med ändringar.",
        "reason_fi": "kirjoitusvirhe",
        "reason_sv": "skrivfel",
    }
    secretary.does(page, "Correct the item", **said)
    seen = visitor.opens(f"/en/steering/minutes/{meeting.pk}/").part("Items")
    assert "Päätös, yksimielinen: Hyväksyttiin." in seen
    assert "”Hyväksyttiin.” pitää olla ”Hyväksyttiin muutettuna.”. Syy: kirjoitusvirhe." in seen


# --- A 38 ------------------------------------------------------------------------------------------------------


def sends_matter(secretary):
    """Send a matter to the members. Returns its page."""
    texts = {
        "title_fi": "Lehtisopimus",
        "title_sv": "Tidskriftsavtal",
        "background_fi": "Sopimus päättyy.",
        "background_sv": "Avtalet löper ut.",
        "proposal_fi": "Jatketaan.",
        "proposal_sv": "Vi fortsätter.",
    }
    answer_by = clock.today() + dt.timedelta(days=4)
    page = secretary.opens("/en/steering/written/new/")
    return secretary.presses(page, **texts, answer_by=f"{answer_by:%-d.%-m.%Y}")


@pytest.mark.breaks("steering.models.WrittenMatter.answer", "steering.models.WrittenMatter.standing")
def test_a38_a_matter_is_settled_in_writing_when_all_have_answered(opens, visitor, group, today_is):
    secretary = opens(group.secretary)
    page = sends_matter(secretary)
    letters = OutgoingEmail.objects.filter(template="steering/emails/written_asked")
    assert {letter.to for letter in letters} == {user.email for user in group.members}
    for user in group.members[:4]:
        person = opens(user)
        person.does(person.opens(page.path), "Give the answer", position="for")
    assert "1 seat has not answered." in secretary.opens(page.path).says
    opens(group.members[4]).does(
        opens(group.members[4]).opens(page.path), "Give the answer", position="against"
    )
    assert visitor.opens(page.path).status == 404
    today_is(clock.today() + dt.timedelta(days=5))
    assert "Settled in writing" in secretary.opens(page.path).says  # by the clock alone
    tasks.close_written()
    seen = visitor.opens(page.path)
    assert "accepted" in seen.says
    assert seen.part("Result") == "Result For 4, against 1."
    assert group.chair.get_full_name() not in seen.text


@pytest.mark.breaks("steering.models.WrittenMatter.put_on_agenda", "steering.models.WrittenMatter.standing")
def test_a38_one_silent_seat_or_one_request_sends_it_to_a_meeting(opens, group, today_is):
    secretary = opens(group.secretary)
    silent, asked = sends_matter(secretary), sends_matter(secretary)
    for user in group.members[:4]:
        person = opens(user)
        person.does(person.opens(silent.path), "Give the answer", position="for")
    person = opens(group.members[0])
    page = person.does(person.opens(asked.path), "Give the answer", position="meeting")
    assert "a meeting was asked for" in page.says
    assert not person.opens(asked.path).offers("Give the answer")
    today_is(clock.today() + dt.timedelta(days=5))
    assert "not all had answered in time" in secretary.opens(silent.path).says
    tasks.close_written()
    assert set(WrittenMatter.objects.values_list("state", flat=True)) == {"to_meeting"}
    starts_at = clock.now() + dt.timedelta(days=30)
    ends_at = starts_at + dt.timedelta(hours=2)
    row = Meeting.plan(by=group.secretary, body=group.body, starts_at=starts_at, ends_at=ends_at)
    page = secretary.does(secretary.opens(silent.path), "Put on an agenda", meeting=row.pk)
    assert f"on the agenda of the meeting {row.number}" in page.says
    assert "Lehtisopimus" in [item.title_fi for item in row.items.all()]


# --- A 49 ------------------------------------------------------------------------------------------------------


@pytest.mark.breaks("steering.models.Minutes.shows_names", "steering.minutes.published")
def test_a49_restricted_items_leave_a_number_and_personal_data_goes_when_its_time_is_over(
    opens, visitor, group, meeting, run_worker, today_is
):
    secretary = opens(group.secretary)
    secretary.does(signed_by_two(opens, secretary, meeting, group, run_worker), "Publish the minutes")
    run_worker()
    address, chair = f"/en/steering/minutes/{meeting.pk}/", group.chair.get_full_name()
    assert chair in visitor.opens(address).text
    for page in (address, "/en/steering/minutes/", "/en/steering/", "/en/"):
        assert SECRET not in visitor.opens(page).response.content.decode()
    assert not visitor.opens("/en/search/", q=SECRET).offers("§ 3")
    assert secretary.opens("/en/search/", q=SECRET).offers("§ 3")
    assert visitor.opens("/en/search/", q="Toimintasuunnitelma").offers("§ 2")
    today_is(clock.today() + dt.timedelta(days=22))
    seen = visitor.opens(address)
    assert "People's names have not been shown since" in seen.says
    for user in [*group.members, *group.deputies, group.secretary]:
        assert user.get_full_name() not in seen.text
    assert group.places[0].name_fi in seen.part("Attendance")
    with pymupdf.open(stream=visitor.opens(seen.link("Finnish")).content, filetype="pdf") as document:
        assert chair not in " ".join(page.get_text() for page in document)
