"""Lists handed over to the central purchasing body: frozen, made by the worker, corrected by differences."""

import io
from decimal import Decimal

import pikepdf
import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from openpyxl import load_workbook

from consortium import clock
from consortium.models import OutgoingEmail
from procurement import commitment_list as listed
from procurement.models import CommitmentForm, CommitmentList, FormSent
from procurement.models.handover import rows_of
from tests.factories import DAY, a_clerk
from tests.procurement_factories import answers
from tests.procurement_world import procurement_world

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def in_english(settings):
    settings.LANGUAGE_CODE = "en"


@pytest.fixture
def clerk():
    return a_clerk()


@pytest.fixture
def world():
    return procurement_world("frozen")


def asked(world, clerk, run_worker, language="en"):
    found = CommitmentList.ask(world.round, by=clerk, language=language)
    run_worker()
    return CommitmentList.objects.select_related("round__procurement", "compared_with").get(pk=found.pk)


def sheet_of(found):
    with found.file.open("rb") as file:
        return [
            list(row) for row in load_workbook(io.BytesIO(file.read())).active.iter_rows(values_only=True)
        ]


def withdrawn(world, place, clerk, reason="The council cut the budget."):
    world.answer_of(place).withdraw(by=clerk, on=clock.today(), reason=reason)


def test_only_who_brings_volume_is_on_the_list(world):
    rows = rows_of(world.round)
    assert {row.code for row in rows} == {
        world.committed.code,
        world.committed_too.code,
        world.interested.code,
    }
    found = listed.sums(rows)
    assert (found.committed, found.interested, found.total) == (Decimal(3628), Decimal(833), Decimal(4461))


def test_the_file_holds_rows_sums_and_the_freeze_with_its_date_in_the_name(world, clerk, run_worker):
    found = asked(world, clerk, run_worker)
    frozen = clock.date_of(world.round.closes_at)
    assert found.state == "ready" and found.kind == "full"
    assert found.filename == f"{world.procurement.number}-commitments-1-{frozen:%Y-%m-%d}.xlsx"
    lines = sheet_of(found)
    assert lines[0][:5] == [
        *("Municipality code", "Municipality", "Business ID", "Answer", "Volume a year without VAT, €"),
    ]
    volumes = {line[0]: (line[3], line[4]) for line in lines[1:4]}
    assert volumes == {
        world.committed.code: ("committed", 1211),
        world.committed_too.code: ("committed", 2417),
        world.interested.code: ("interested", 833),
    }
    assert [line[1:5] for line in lines[4:7]] == [
        ["Committed, together", None, 2, 3628],
        ["Interested, together", None, 1, 833],
        ["All together", None, 3, 4461],
    ]
    said = {line[0]: line[1] for line in lines[8:]}
    at = world.round.closes_at.astimezone(clock.HELSINKI)
    assert said["List frozen"] == f"{at:%-d.%-m.%Y} at 16:00"
    assert world.procurement.number in said["Procurement"]


def test_the_list_is_in_the_language_asked_for(world, clerk, run_worker):
    finnish = asked(world, clerk, run_worker, "fi")
    assert "-sitoutumiset-1-" in finnish.filename
    swedish = asked(world, clerk, run_worker, "sv")
    assert "-forbindelser-2-" in swedish.filename
    names = {line[1] for line in sheet_of(swedish)[1:4]}
    assert world.committed.name_sv in names


def test_while_the_round_is_open_there_is_no_list(clerk):
    world = procurement_world("round")
    with pytest.raises(ValidationError, match="still open"):
        CommitmentList.ask(world.round, by=clerk, language="fi")
    with pytest.raises(ValidationError, match="still open"):
        CommitmentForm.ask(world.round, by=clerk, language="fi")


def test_what_is_frozen_on_the_list_stays_when_the_register_changes(world, clerk, run_worker):
    found = asked(world, clerk, run_worker)
    world.committed.business_id = "0201256-6"
    world.committed.save()
    before = {row.code: row.business_id for row in found.rows}
    assert before[world.committed.code] != "0201256-6"
    assert [r.business_id for r in rows_of(world.round) if r.code == world.committed.code] == ["0201256-6"]


def test_a_withdrawal_after_the_freeze_is_told_as_a_difference(world, clerk, run_worker):
    first = asked(world, clerk, run_worker)
    first.hand_over(by=clerk, on=clock.today(), to="Category manager")
    withdrawn(world, world.committed, clerk)
    second = asked(world, clerk, run_worker)
    assert (second.kind, second.compared_with, second.number) == ("differences", first, 2)
    (change,) = second.changes()
    assert change.kind == listed.ChangeKind.CHANGED
    assert (change.before.answer, change.before.yearly) == ("committed", Decimal("1211.00"))
    assert (change.after.answer, change.after.yearly) == ("withdrawn", None)
    lines = sheet_of(second)
    assert [line[0] for line in lines[1:3]] == ["as it was", "as it is"]
    assert lines[2][1:6] == [world.committed.code, *lines[1][2:4], "withdrawn", None]
    assert "The council cut the budget." in lines[2][-2]
    assert [line[2:6] for line in lines[3:6]] == [
        ["Committed, together", None, 1, 2417],
        ["Interested, together", None, 1, 833],
        ["All together", None, 2, 3250],
    ]
    assert [row.answer for row in first.rows if row.code == world.committed.code] == ["committed"]


def test_a_late_answer_accepted_is_added(world, clerk, run_worker):
    first = asked(world, clerk, run_worker)
    first.hand_over(by=clerk, on=clock.today(), to="KL")
    answer = answers(
        *(world.round, world.silent, "committed", "700"),
        by=clerk,
        channel="phone",
        received_from="Maija Meri",
        received_on=clock.today(),
    )
    assert len(rows_of(world.round)) == 3  # late: not counted before the ruling
    answer = world.answer_of(world.silent)
    answer.rule(answer.newest, "late_accepted", by=clerk, reason="The board had decided in time.")
    second = asked(world, clerk, run_worker)
    (change,) = second.changes()
    assert (change.kind.value, change.row.code, change.row.late) == ("added", world.silent.code, True)


def test_without_a_change_there_is_no_list_of_differences(world, clerk, run_worker):
    first = asked(world, clerk, run_worker)
    first.hand_over(by=clerk, on=clock.today(), to="KL")
    with pytest.raises(ValidationError, match="Nothing has changed since list 1"):
        CommitmentList.ask(world.round, by=clerk, language="en")
    assert CommitmentList.objects.count() == 1


def test_a_list_that_was_not_handed_over_is_nothing_to_compare_with(world, clerk, run_worker):
    asked(world, clerk, run_worker)
    withdrawn(world, world.committed, clerk)
    second = asked(world, clerk, run_worker)
    assert second.kind == "full" and len(second.rows) == 3


def test_a_list_is_handed_over_once(world, clerk, run_worker):
    found = asked(world, clerk, run_worker)
    found.hand_over(by=clerk, on=clock.today(), to="KL")
    with pytest.raises(ValidationError, match="already been handed over"):
        found.hand_over(by=clerk, on=clock.today(), to="KL")


def test_a_list_is_not_handed_over_before_it_is_made_or_on_a_day_to_come(world, clerk):
    found = CommitmentList.ask(world.round, by=clerk, language="en")
    with pytest.raises(ValidationError, match="still being made"):
        found.hand_over(by=clerk, on=clock.today(), to="KL")
    with pytest.raises(ValidationError, match="still to come"):
        found.hand_over(by=clerk, on=clock.today() + DAY, to="KL")
    with pytest.raises(ValidationError, match="after that day"):
        found.hand_over(by=clerk, on=clock.today() - 3 * DAY, to="KL")


def test_an_older_list_is_not_handed_over_after_a_newer_one(world, clerk, run_worker):
    first, second = asked(world, clerk, run_worker), asked(world, clerk, run_worker)
    second.hand_over(by=clerk, on=clock.today(), to="KL")
    with pytest.raises(ValidationError, match="List 2 has been handed over"):
        first.hand_over(by=clerk, on=clock.today(), to="KL")


def test_differences_overtaken_by_others_are_made_anew(world, clerk, run_worker):
    asked(world, clerk, run_worker).hand_over(by=clerk, on=clock.today(), to="KL")
    withdrawn(world, world.committed, clerk)
    second = asked(world, clerk, run_worker)
    withdrawn(world, world.interested, clerk)
    third = asked(world, clerk, run_worker)
    third.hand_over(by=clerk, on=clock.today(), to="KL")
    with pytest.raises(ValidationError, match="List 3 has been handed over"):
        second.hand_over(by=clerk, on=clock.today(), to="KL")


def test_the_list_is_sent_as_a_letter_with_the_file_and_marked(world, clerk, run_worker):
    found = asked(world, clerk, run_worker)
    found.send(by=clerk, to="sitoumukset@kuntahankinnat.example")
    found.refresh_from_db()
    assert (found.handed_over_how, found.handed_over_on) == ("mail", clock.today())
    assert found.handed_over_by == clerk
    letter = OutgoingEmail.objects.get(to="sitoumukset@kuntahankinnat.example")
    assert letter.about == found and letter.language == "en"
    assert letter.attachments == [found.as_attachment()]
    assert found.filename in letter.body and "do not pass them on" in letter.body
    assert letter.subject.startswith("Commitments of the municipalities: ")


def test_an_address_that_is_none_is_refused_and_nothing_is_marked(world, clerk, run_worker):
    found = asked(world, clerk, run_worker)
    with pytest.raises(ValidationError):
        found.send(by=clerk, to="KL-Kuntahankinnat")
    found.refresh_from_db()
    assert found.handed_over_on is None and not OutgoingEmail.objects.filter(about_id=found.pk).exists()


@pytest.mark.parametrize("field", ["figures", "number"])
def test_the_database_keeps_a_list_as_it_was(world, clerk, run_worker, field):
    found = asked(world, clerk, run_worker)
    with pytest.raises(IntegrityError, match="not changed"), transaction.atomic():
        CommitmentList.objects.filter(pk=found.pk).update(**{field: {"figures": {}, "number": 9}[field]})
    with pytest.raises(IntegrityError), transaction.atomic():
        found.delete()


def test_the_database_keeps_that_a_list_was_handed_over(world, clerk, run_worker):
    found = asked(world, clerk, run_worker)
    found.hand_over(by=clerk, on=clock.today(), to="KL")
    with pytest.raises(IntegrityError, match="not changed"), transaction.atomic():
        CommitmentList.objects.update(handed_over_to="Somebody else")


# --- The form -----------------------------------------------------------------------------------------------------


def text_of(document):
    with document.file.open("rb") as file, pikepdf.Pdf.open(io.BytesIO(file.read())) as pdf:
        return len(pdf.pages), str(pdf.docinfo["/Title"])


def test_the_form_is_printed_for_one_or_for_all(world, clerk, run_worker):
    one = CommitmentForm.ask(world.round, by=clerk, language="fi", municipality=world.committed)
    everyone = CommitmentForm.ask(world.round, by=clerk, language="sv")
    run_worker()
    one.refresh_from_db()
    everyone.refresh_from_db()
    assert one.state == everyone.state == "ready"
    assert one.filename == f"{world.procurement.number}-form-{world.committed.code}-fi.pdf"
    assert everyone.filename == f"{world.procurement.number}-form-all-sv.pdf"
    assert text_of(one)[0] == 1 and text_of(everyone)[0] == 3
    assert world.procurement.title_sv in text_of(everyone)[1]


def test_who_is_not_on_the_list_gets_no_form(world, clerk):
    with pytest.raises(ValidationError, match="not on the list"):
        CommitmentForm.ask(world.round, by=clerk, language="fi", municipality=world.declined)
    withdrawn(world, world.committed, clerk)
    with pytest.raises(ValidationError, match="not on the list"):
        CommitmentForm.ask(world.round, by=clerk, language="fi", municipality=world.committed)


def test_forms_are_marked_sent_moved_and_taken_back(world, clerk):
    places = [world.committed, world.interested]
    assert FormSent.mark(world.round, places, by=clerk, on=clock.today() - DAY) == 2
    FormSent.mark(world.round, [world.committed], by=clerk, on=clock.today())
    days = dict(FormSent.objects.values_list("municipality", "sent_on"))
    assert days == {world.committed.pk: clock.today(), world.interested.pk: clock.today() - DAY}
    FormSent.mark(world.round, [world.interested], by=clerk, on=None)
    assert FormSent.objects.get().municipality == world.committed
    with pytest.raises(ValidationError, match="still to come"):
        FormSent.mark(world.round, places, by=clerk, on=clock.today() + DAY)
