"""Contracts as records: their verbs, who takes part, what PostgreSQL keeps."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, IntegrityError, transaction

from consortium.models import AuditEvent, OutgoingEmail
from consortium.workflow import WrongState
from procurement.models import (
    Contract,
    ContractState,
    Participation,
    RenewalKind,
    UseStep,
    send_due_exits,
)
from tests.contract_world import drafted, runs_on, signed, told
from tests.factories import DAY, MunicipalityFactory, RoleFactory
from tests.offer_world import offer_world

pytestmark = pytest.mark.django_db

DECIDED = {
    "body_fi": "Kirjastopalvelujen johtaja",
    "body_sv": "Direktören för bibliotekstjänster",
    "section": "§ 12",
}


@pytest.fixture(autouse=True)
def _today(today_is):
    today_is("2027-02-01")


def test_a_contract_is_made_signed_and_told(staff):
    place = MunicipalityFactory()
    RoleFactory(municipality=place)
    contract = drafted(by=staff)
    Participation.begin(contract, place, by=staff, yearly=1200)
    assert not OutgoingEmail.objects.exists()
    contract.sign(by=staff, signed_on=dt.date(2027, 1, 15))
    assert contract.state == ContractState.SIGNED
    assert Contract.objects.in_force(dt.date(2027, 12, 31)).exists()
    assert not Contract.objects.in_force(dt.date(2028, 1, 1)).exists()
    letter = OutgoingEmail.objects.get()
    assert letter.template == "procurement/emails/contract_signed"
    with pytest.raises(WrongState):
        contract.sign(by=staff, signed_on=dt.date(2027, 1, 15))


def test_an_option_moves_the_end_once_and_tells_the_participants(staff):
    contract = signed(2, by=staff, options=[(12, None)])
    OutgoingEmail.objects.all().delete()
    option = contract.options.get()
    decision = contract.decide(
        by=staff, kind=RenewalKind.OPTION, option=option, decided_on=dt.date(2027, 1, 20), **DECIDED
    )
    assert contract.ends_on == dt.date(2028, 12, 31)
    assert decision.settles_on == dt.date(2027, 12, 31)
    assert contract.waits(dt.date(2027, 2, 1))  # the new end is open again
    assert OutgoingEmail.objects.count() == 2
    with pytest.raises(ValidationError):
        contract.decide(
            by=staff, kind=RenewalKind.OPTION, option=option, decided_on=dt.date(2027, 1, 20), **DECIDED
        )
    contract.refresh_from_db()
    assert contract.ends_on == dt.date(2028, 12, 31)


def test_options_are_numbered_after_the_one_that_was_used(staff):
    contract = signed(1, by=staff, options=[(12, None), (6, None)])
    contract.decide(
        by=staff,
        kind=RenewalKind.OPTION,
        option=contract.options.get(number=2),
        decided_on=dt.date(2027, 1, 20),
        **DECIDED,
    )
    contract.put_options([(12, None), (24, None)])
    assert list(contract.options.values_list("number", "months")) == [(2, 6), (3, 12), (4, 24)]


def test_a_decision_settles_its_end_alone(staff):
    contract = signed(1, by=staff, **runs_on())
    assert contract.waits(dt.date(2027, 2, 1))
    contract.decide(by=staff, kind=RenewalKind.RUN_ON, decided_on=dt.date(2027, 1, 20), **DECIDED)
    contract = Contract.objects.get(pk=contract.pk)
    assert not contract.waits(dt.date(2027, 2, 1))
    assert contract.waits(dt.date(2027, 10, 1))  # its last day for notice has passed: the next end is open
    ends = signed(1, by=staff)
    with pytest.raises(ValidationError):
        ends.decide(by=staff, kind=RenewalKind.RUN_ON, decided_on=dt.date(2027, 1, 20), **DECIDED)


def test_notice_fixes_the_end(staff):
    contract = signed(1, by=staff, **runs_on())
    assert Contract.objects.in_force(dt.date(2030, 1, 1)).exists()
    contract.give_notice(by=staff, given_on=dt.date(2027, 1, 31), ends_on=dt.date(2027, 12, 31))
    assert not Contract.objects.in_force(dt.date(2028, 1, 1)).exists()
    assert Contract.objects.in_force(dt.date(2027, 12, 31)).exists()
    assert not contract.exit(dt.date(2027, 2, 1)).is_dated


def test_who_takes_part_when(staff):
    contract = signed(2, by=staff)
    first, second = contract.participations.order_by("pk")
    first.withdraw(
        by=staff,
        withdrawn_on=dt.date(2027, 2, 1),
        last_day=dt.date(2027, 3, 31),
        reason="Kunta lakkauttaa palvelun.",
    )
    assert set(Participation.objects.in_use(dt.date(2027, 3, 31))) == {first, second}
    assert set(Participation.objects.in_use(dt.date(2027, 4, 1))) == {second}
    assert not Participation.objects.in_use(dt.date(2028, 1, 1)).exists()
    with pytest.raises(ValidationError):
        first.withdraw(
            by=staff, withdrawn_on=dt.date(2027, 2, 1), last_day=dt.date(2027, 4, 30), reason="Toinen"
        )
    with pytest.raises(ValidationError):
        Participation.begin(contract, second.municipality, by=staff)
    Participation.begin(contract, first.municipality, by=staff, starts_on=dt.date(2027, 6, 1))


def test_a_correction_keeps_before_and_after(staff):
    contract = signed(1, by=staff)
    contract.edit(by=staff, revision=1, notice_months=6)
    event = AuditEvent.objects.about(contract).filter(verb="edit").get()
    assert event.details["changed"] == {"notice_months": ["3", "6"]}
    with pytest.raises(ValidationError):
        contract.edit(by=staff, revision=1, notice_months=4)


@pytest.mark.parametrize(
    ("change", "name"),
    [
        (lambda c: Contract.objects.filter(pk=c.pk).update(state="draft"), "contract_stays_signed"),
        (lambda c: Participation.objects.filter(contract=c).delete(), "participation_stays"),
        (
            lambda c: Participation.objects.filter(contract=c).update(period=(dt.date(2027, 2, 1), None)),
            "participation_stays",
        ),
        (lambda c: Contract.objects.filter(pk=c.pk).update(signed_on=None), "contract_signed_has_day"),
        (lambda c: Contract.objects.filter(pk=c.pk).update(ends_on=None), "contract_open_ended_runs_on"),
        (
            lambda c: Contract.objects.filter(pk=c.pk).update(ends_on=dt.date(2026, 12, 31)),
            "contract_ends_after_it_begins",
        ),
        (
            lambda c: Contract.objects.filter(pk=c.pk).update(notice_by=dt.date(2028, 1, 1)),
            "contract_notice_before_end",
        ),
        (
            lambda c: Contract.objects.filter(pk=c.pk).update(
                notice_by=dt.date(2027, 9, 1), ours_by=dt.date(2027, 9, 2)
            ),
            "contract_our_day_before_notice",
        ),
        (
            lambda c: Contract.objects.filter(pk=c.pk).update(renewal_months=12),
            "contract_renewal_where_it_runs_on",
        ),
        (lambda c: Contract.objects.filter(pk=c.pk).update(yearly=-1), "contract_price_not_negative"),
        (lambda c: Contract.objects.filter(pk=c.pk).update(given_on=c.begins_on), "contract_notice_has_days"),
        (
            lambda c: Participation.objects.filter(contract=c).update(yearly=-1),
            "participation_volume_not_negative",
        ),
        (
            lambda c: Participation.objects.filter(contract=c).update(withdrawn_on=dt.date(2027, 2, 1)),
            "participation_withdrawn_with_reason",
        ),
        (
            lambda c: Participation.objects.create(
                contract=c,
                municipality=c.participations.get().municipality,
                period=(dt.date(2027, 5, 1), None),
            ),
            "participation_no_overlap",
        ),
    ],
)
def test_what_postgresql_refuses(staff, change, name):
    contract = signed(1, by=staff)
    with pytest.raises(IntegrityError) as refused, transaction.atomic():
        change(contract)
    assert refused.value.__cause__.diag.constraint_name == name


def test_what_stands_for_ever(staff):
    contract = signed(1, by=staff, options=[(12, None)])
    row = contract.participations.get()
    contract.decide(
        by=staff,
        kind=RenewalKind.OPTION,
        option=contract.options.get(),
        decided_on=dt.date(2027, 1, 20),
        **DECIDED,
    )
    row.withdraw(by=staff, withdrawn_on=dt.date(2027, 2, 1), last_day=dt.date(2027, 3, 31), reason="Syy")
    contract.give_notice(by=staff, given_on=dt.date(2027, 1, 31), ends_on=dt.date(2027, 12, 31))
    for change in (
        lambda: contract.options.update(decision=None),
        lambda: Participation.objects.filter(pk=row.pk).update(withdrawn_reason="Muu"),
        lambda: Contract.objects.filter(pk=contract.pk).update(ends_on=dt.date(2028, 12, 31)),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            change()
    for change in (
        lambda: contract.decisions.update(section="§ 13"),
        lambda: contract.decisions.all().delete(),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()


def test_a_draft_can_be_given_up(staff):
    contract = drafted(by=staff)
    Participation.begin(contract, MunicipalityFactory(), by=staff)
    contract.drop(by=staff, reason="Tehtiin kahdesti.")
    assert not Contract.objects.exists()
    assert AuditEvent.objects.filter(verb="drop").get().details["reason"] == "Tehtiin kahdesti."
    kept = signed(1, by=staff)
    with pytest.raises(ValidationError):
        kept.drop(by=staff, reason="Ei käy.")


def test_the_list_of_taking_into_use(staff):
    contract = signed(1, by=staff)
    row = contract.participations.get()
    told(row, "contact", "date", by=staff)
    assert [str(kind) for kind in row.missing()] == ["technical", "material"]
    UseStep.tell(row, "contact", by=staff, name="Toinen", phone="+358 40 1234567")
    assert row.steps.get(kind="contact").name == "Toinen"
    with pytest.raises(ValidationError):
        UseStep.tell(row, "contact", by=staff, name="", phone="", email="")


def test_a_reminder_of_the_list_goes_once_a_day_and_not_when_all_is_told(staff, run_worker, today_is):
    place = MunicipalityFactory()
    RoleFactory(municipality=place, since=dt.date(2027, 1, 1))
    contract = signed([place], by=staff)
    run_worker()
    row = contract.participations.get()
    assert row.remind_use(by=staff)
    assert not row.remind_use(by=staff)
    told(row, by=staff)  # told while the letter waits
    run_worker()
    letter = OutgoingEmail.objects.get(template="procurement/emails/use_asked")
    assert letter.state == "dropped"
    today_is(str(dt.date(2027, 2, 1) + DAY))
    assert not row.remind_use(by=staff)


# --- From an award -----------------------------------------------------------------------------------------------


def _made(world, **facts):
    """Return the contract of a world's award, being made, with those committed."""
    by = world.by
    contract = drafted(
        by=by,
        supplier=world.award.offer.supplier,
        award=world.award,
        procurement=world.procurement,
        begins_on=dt.date(2027, 6, 1),
        **facts,
    )
    Participation.take_committed(contract, by=by)
    return contract


def test_those_committed_on_the_frozen_list_take_part_and_only_those_on_it_can_be_added(staff):
    world = offer_world("sent", by=staff)
    contract = _made(world)
    volumes = {row.municipality: row.yearly for row in contract.participations.select_related("municipality")}
    assert volumes == {world.committed: 1211, world.committed_too: 2417}
    Participation.begin(contract, world.interested, by=staff, yearly=833)
    for place in (world.declined, world.silent, MunicipalityFactory()):
        with pytest.raises(ValidationError, match="42 §"):
            Participation.begin(contract, place, by=staff)
    assert contract.participations.count() == 3


def test_the_contract_is_barred_as_its_award_is(staff, today_is):
    world = offer_world("appealed", by=staff)
    contract = _made(world)
    with pytest.raises(ValidationError):
        contract.sign(by=staff, signed_on=dt.date(2027, 2, 1))
    contract.refresh_from_db()
    assert contract.state == ContractState.DRAFT
    world.award.appeals.get().settle(by=staff, outcome="rejected", settled_on=dt.date(2027, 2, 1))
    day = (world.award.standstill_until or dt.date(2027, 2, 1)) + DAY
    today_is(day)
    contract = Contract.objects.get(pk=contract.pk)
    contract.sign(by=staff, signed_on=day)
    world.award.refresh_from_db()
    assert world.award.state == "contracted" and world.award.contracted_on == day
    world.procurement.refresh_from_db()
    assert world.procurement.state == "contracted"


def test_whom_to_tell_when_a_supplier_is_bought(staff):
    contract, ended = signed(2, by=staff), None
    supplier = contract.supplier
    ended = signed(
        1, by=staff, supplier=supplier, begins_on=dt.date(2026, 1, 1), ends_on=dt.date(2026, 12, 31)
    )
    coming = signed(1, by=staff, supplier=supplier, begins_on=dt.date(2027, 6, 1))
    drafted(by=staff, supplier=supplier)
    told_ones = set(supplier.concerned(dt.date(2027, 2, 1)))
    expected = {row.municipality for c in (contract, coming) for row in c.participations.all()}
    assert told_ones == expected
    assert ended.participations.get().municipality not in told_ones


# --- Reminders of ends -------------------------------------------------------------------------------------------


def test_no_reminder_of_an_end_is_written_in_july_and_none_leaves_in_it(staff, today_is, run_worker):
    contract = signed(1, by=staff, ends_on=dt.date(2028, 1, 31), our_days=60)  # notice 31.10., ours 1.9.
    assert contract.exit(dt.date(2027, 2, 1)).ours_on == dt.date(2027, 9, 1)
    run_worker()
    for day in ("2027-07-05", "2027-07-30"):
        today_is(day)
        assert send_due_exits() == ([], [], [])
    today_is("2027-08-02")
    written, _left, _failed = send_due_exits()
    assert len(written) == 1
    letter = OutgoingEmail.objects.get(template="procurement/emails/exit_ahead")
    today_is("2028-07-03")
    run_worker()
    letter.refresh_from_db()
    assert letter.state != "sent"


def test_a_second_run_of_the_day_finds_nothing_and_nobody_without_address_stops_the_rest(staff, today_is):
    unreachable, reachable = MunicipalityFactory(registry_email=""), MunicipalityFactory()
    signed([unreachable, reachable], by=staff, ends_on=dt.date(2027, 6, 30), notice_months=1, our_days=30)
    written, left, failed = send_due_exits()
    assert (
        [row.municipality for row in written] == [] and not left and not failed
    )  # ours 30.4.: sixty days before 1.3.
    today_is("2027-03-01")
    written, left, failed = send_due_exits()
    assert [row.municipality for row in written] == [reachable]
    assert [row.municipality for row in left] == [unreachable]
    assert not failed
    assert send_due_exits()[0] == []
