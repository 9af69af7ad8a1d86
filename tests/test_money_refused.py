"""What PostgreSQL refuses of budgets, fees and invoices, asked in SQL by hand: no client passes a limit."""

import datetime as dt
import uuid
from decimal import Decimal

import psycopg
import pytest
from django.apps import apps
from django.conf import settings
from django.db import IntegrityError, transaction

from consortium import clock
from members.models import (
    Assessment,
    CostLine,
    FeePaper,
    LedgerEntry,
    LedgerFile,
    LedgerReturn,
)
from tests.by_hand import again, forbidden, refused, run, updating
from tests.factories import (
    BillingTermsFactory,
    BudgetFactory,
    FeeLimitsFactory,
    MunicipalityFactory,
    TariffFactory,
    a_clerk,
    payer,
    tariff_terms,
)
from tests.money_by_hand import (
    ADD_FEE,
    CONFLICTING,
    FEE,
    NOON,
    credit,
    decided_budget_of_2028,
    fee,
    invoice,
    invoiced,
    one_payer,
    unbilled,
)

pytestmark = pytest.mark.django_db


# --- The seven of the field ---------------------------------------------------------------------------------------


def test_a_fee_of_7500_euros_and_one_cent():
    one_payer()
    assert refused(**fee(amount=Decimal("7500.01"))) == "assessment_within_limit"
    assert run(**fee(amount=Decimal("7500.00"))) == 1


def test_a_sum_of_75000_euros_and_one_cent():
    budget = one_payer().budget
    places = MunicipalityFactory.create_batch(9)
    assert run(**fee(places, amount=Decimal(7500))) == 9
    assert refused(**fee(amount=Decimal("7400.01"))) == "annualbudget_fees_within_ceiling"
    assert run(**fee(amount=Decimal("7400.00"))) == 1
    assert refused(**fee(amount=Decimal("0.01"))) == "annualbudget_fees_within_ceiling"
    budget.refresh_from_db()
    assert budget.assessed == 75_000


def test_a_sum_too_large_of_several_rows_in_one_statement():
    budget = one_payer().budget
    places = MunicipalityFactory.create_batch(10)
    assert refused(**fee(places, amount=Decimal(7500))) == "annualbudget_fees_within_ceiling"
    budget.refresh_from_db()
    assert (budget.assessed, budget.assessments.count()) == (FEE, 1)


def test_a_negative_fee():
    one_payer()
    assert refused(**fee(amount=Decimal("-0.01"))) == "assessment_only_credits_below_zero"
    assert run(**fee(amount=Decimal("0.00"))) == 1


def test_a_row_that_conflicts_moves_no_counter():
    """Else credits that are left out would make room for fees above the limit, and numbers would be lost."""
    original, budget = one_payer(), decided_budget_of_2028()
    unless_there = " ON CONFLICT DO NOTHING"
    again_the_fee = fee([original.municipality], original)
    assert run(**again_the_fee | {"text": ADD_FEE + unless_there}) == 0
    assert run(**credit(original)) == 1
    assert run(**credit(original) | {"text": ADD_FEE + unless_there}) == 0
    budget.refresh_from_db()
    assert budget.assessed == 0
    assert refused(**credit(original)) == "members_assessment_credits_id_key"


@pytest.mark.parametrize(
    "change", ["amount = 0.01", "months = 1", "residents = 1", "reason = 'x'", "id = id"]
)
def test_a_frozen_fee_is_not_changed(change):
    one_payer()
    assert forbidden(f"UPDATE members_assessment SET {change}")


@pytest.mark.parametrize(
    "table", [name for name in settings.APPEND_ONLY_TABLES if name.startswith("members")]
)
def test_what_is_written_once_can_only_be_read_and_added_to(table):
    rights = ["SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE", "TRIGGER"]
    has = [right for right in rights if run("SELECT has_table_privilege(%s, %s)", table, right)[0][0]]
    assert has == ["SELECT", "INSERT"]
    for statement in ("UPDATE {} SET id = id", "DELETE FROM {}", "TRUNCATE {} CASCADE"):
        assert forbidden(statement.format(table))


def test_a_number_reused_skipped_or_deleted():
    unbilled()
    assert refused(**invoice(serial=1, number="202899999")) == "invoice_serial_once"
    assert "number" in refused(**invoice(number="202800001"))
    assert refused(**invoice(serial=3, number="202800003")) == "invoice_number_follows"
    assert refused(**invoice(serial=0, number="202800000")) == "invoice_number_follows"
    assert forbidden("DELETE FROM members_invoice")
    assert forbidden("UPDATE members_invoice SET serial = 2, number = '202800002'")
    assert run(**invoice() | {"text": CONFLICTING}) == 1
    run(**fee())
    assert run(**invoice(serial=3, number="202800002") | {"text": CONFLICTING}) == 0
    budget = decided_budget_of_2028()
    assert (budget.last_serial, list(budget.invoices.values_list("serial", flat=True))) == (2, [1, 2])


@pytest.mark.parametrize(
    "change",
    ["assessed = 0", "assessed = assessed + 0.01", "last_serial = 0", "last_serial = last_serial + 1"],
)
def test_the_counters_are_not_moved_by_hand(change):
    budget = invoiced()
    assert refused(f"UPDATE members_annualbudget SET {change}") == "annualbudget_counters"
    before = (budget.assessed, budget.last_serial)
    budget.refresh_from_db()
    assert (budget.assessed, budget.last_serial) == before == (FEE, 1)


def test_a_budget_begins_with_nothing_counted_and_no_limits_of_its_own():
    budget = BudgetFactory.create()
    raised = "fee_cap = 9000, ceiling = 90000"
    assert run(f"UPDATE members_annualbudget SET {raised}") == 1
    budget.refresh_from_db()
    assert (budget.fee_cap, budget.ceiling) == (7500, 75_000)
    row = again(budget, year=2030, assessed=Decimal(5), last_serial=7, fee_cap=Decimal(9000))
    row.refresh_from_db()
    assert (row.assessed, row.last_serial, row.fee_cap) == (0, 0, 7500)


@pytest.mark.parametrize(
    "change",
    [
        *(
            "year = 2029",
            "total = 70000",
            "project_funding = 1, project_decision = 'x'",
            "members_on = '2028-06-01'",
        ),
        *(
            "fee_cap = 9000",
            "ceiling = 90000",
            "frozen = '{}'::jsonb || '{\"rate\": \"9\"}'",
            "section = '§ 1'",
        ),
        *("decided_on = '2027-01-01'", "case_number = 'x'", "body_fi = 'x'", "proposed_on = '2027-01-01'"),
        *("state = 'draft'", "state = 'proposed'", "revision = 9", "project_decision = 'x'"),
    ],
)
def test_a_decided_budget_is_not_changed(change):
    one_payer()
    assert refused(f"UPDATE members_annualbudget SET {change}") == "annualbudget_frozen"


def test_no_budget_is_deleted_and_no_closed_year_opened():
    budget = invoiced()
    with pytest.raises(IntegrityError, match="never changed or removed"):
        run("DELETE FROM members_annualbudget")
    budget.close(by=a_clerk())
    for state in ("draft", "proposed", "decided", "invoiced"):
        assert refused("UPDATE members_annualbudget SET state = %s", state) == "annualbudget_frozen"


def test_a_credit_of_another_sum_of_another_or_a_second_one():
    original = one_payer()
    run(**fee())
    for wrong in (
        {"amount": Decimal("-99.99")},
        {"amount": Decimal("-100.01")},
        {"amount": Decimal("0.00")},
        {"of": [MunicipalityFactory().pk]},
    ):
        assert refused(**credit(original) | wrong) == "assessment_credits_the_whole"
    assert run(**credit(original)) == 1
    assert refused(**credit(original)) == "members_assessment_credits_id_key"
    taken_back = Assessment.objects.get(credits=original)
    assert refused(**credit(taken_back, amount=Decimal(0))) == "assessment_credits_the_whole"


def test_a_new_fee_comes_after_the_credit_and_once():
    original = one_payer()
    instead = {"version": 2, "instead_of": original.pk, "reason": "Virhe", "amount": Decimal(50)}
    instead = fee([original.municipality], original, **instead)
    assert refused(**instead) == "assessment_after_a_credit"
    assert refused(**instead | {"version": 1, "instead_of": None}) == "assessment_once"
    run(**credit(original))
    assert refused(**instead | {"version": 3}) == "assessment_after_a_credit"
    assert run(**instead) == 1
    assert "instead_of" in refused(**instead | {"version": 3})
    assert decided_budget_of_2028().assessed == 50


def test_the_limits_are_not_changed_and_a_later_decision_does_not_reach_back():
    budget = one_payer().budget
    assert forbidden("UPDATE members_feelimits SET per_municipality = 9000, per_year = 90000")
    assert forbidden("DELETE FROM members_feelimits")
    higher = {"per_municipality": Decimal(9000), "per_year": Decimal(90_000)}
    FeeLimitsFactory(valid_from=dt.date(2020, 1, 1), **higher)
    assert run("UPDATE members_annualbudget SET told_on = '2027-09-01'") == 1
    assert refused(**fee(amount=Decimal("7500.01"))) == "assessment_within_limit"
    budget.refresh_from_db()
    assert (budget.fee_cap, budget.ceiling) == (7500, 75_000)


@pytest.mark.parametrize("state", ["draft", "proposed", "closed"])
def test_a_fee_on_a_budget_that_is_not_decided_or_is_closed(state):
    like, budget = one_payer(), BudgetFactory(year=2029)
    if state == "proposed":
        chosen = budget.save_alternative(tariff_terms(), by=a_clerk())
        budget.propose(by=a_clerk(), alternative=chosen, proposed_on=clock.today())
    if state == "closed":
        budget = like.budget
        budget.close(by=a_clerk())
    text = ADD_FEE.replace("SELECT budget_id", f"SELECT {budget.pk}")
    assert refused(**fee(like=like) | {"text": text}) == "assessment_of_decided_budget"


@pytest.mark.django_db(transaction=True)
def test_the_owner_of_the_tables_meets_the_same_triggers(owner):
    original = unbilled()
    tables = [name for name in settings.APPEND_ONLY_TABLES if name.startswith("members")]

    def no(text, values=None):
        with pytest.raises(psycopg.errors.IntegrityError) as refusal, owner.transaction():
            owner.execute(text, values)
        return refusal.value.diag.constraint_name or type(refusal.value).__name__

    filled = {name for name in tables if owner.execute(f"SELECT 1 FROM {name}").fetchone()}
    assert filled == set(tables) - {"members_ledgerentry"}
    for table in filled:
        assert no(f"UPDATE {table} SET id = id") == "RestrictViolation"
        assert no(f"DELETE FROM {table}") == "RestrictViolation"
    assert no("DELETE FROM members_annualbudget") == "RestrictViolation"
    assert no("UPDATE members_annualbudget SET assessed = 0") == "annualbudget_counters"
    assert no("UPDATE members_annualbudget SET last_serial = 0") == "annualbudget_counters"
    assert no("UPDATE members_annualbudget SET total = 0") == "annualbudget_frozen"
    many = fee(MunicipalityFactory.create_batch(10), amount=Decimal(7500))
    assert no(many.pop("text"), many) == "annualbudget_fees_within_ceiling"
    large = fee(amount=Decimal("7500.01"))
    assert no(large.pop("text"), large) == "assessment_within_limit"
    half = credit(original, amount=Decimal(-50))
    assert no(half.pop("text"), half) == "assessment_credits_the_whole"
    skipped = invoice(serial=3)
    assert no(skipped.pop("text"), skipped) == "invoice_number_follows"


# --- Every constraint and trigger, violated once -----------------------------------------------------------------


def _past_the_model(factory, **fields):
    row = factory.build(**fields)
    return lambda: type(row)._base_manager.bulk_create([row])


def _alternative():
    payer()
    return BudgetFactory.create().save_alternative(tariff_terms(), by=a_clerk())


def _proposed():
    chosen = _alternative()
    chosen.budget.propose(by=a_clerk(), alternative=chosen, proposed_on=clock.today())
    return chosen.budget


def _cost(**fields):
    budget, figures = BudgetFactory.create(), {"name_fi": "x", "name_sv": "x", "planned": 1} | fields
    return CostLine.objects.create(budget=budget, position=1, **figures)


def _fee(**values):
    one_payer()
    run(**fee(**values))


def _invoice(**values):
    unbilled()
    run(**invoice(**values))


def _file():
    invoiced()
    return LedgerFile.objects.first()


def _list(**fields):
    budget = invoiced()
    return LedgerReturn.objects.create(budget=budget, name="x", sha256="x", read_by=a_clerk(), **fields)


def _entry(**fields):
    return LedgerEntry.objects.bulk_create([LedgerEntry(**{"returned": _list(), "line": 1} | fields)])[0]


def _paper(**fields):
    return FeePaper.objects.create(budget=BudgetFactory.create(), language="fi", **fields)


def _too_much():
    one_payer()
    run(**fee(MunicipalityFactory.create_batch(10), amount=Decimal(7500)))


def _on_a_closed_year():
    unbilled().budget.close(by=a_clerk())
    run(**invoice())


ACTS = {
    "scheme_well_formed": _past_the_model(TariffFactory, rate=None),
    "scheme_floor_below_cap": _past_the_model(TariffFactory, floor=Decimal("7500.01")),
    "scheme_by_decision": _past_the_model(TariffFactory, section=""),
    "scheme_decided_once": lambda: again(TariffFactory()),
    "feelimits_above_zero": _past_the_model(FeeLimitsFactory, per_year=0),
    "feelimits_by_decision": _past_the_model(FeeLimitsFactory, case_number=""),
    "billingterms_vat_fits": _past_the_model(BillingTermsFactory, vat_rate=Decimal("25.5")),
    "billingterms_reason_of_no_vat": _past_the_model(BillingTermsFactory, vat_reason_sv=""),
    "annualbudget_year": updating(BudgetFactory.create, year=2100),
    "annualbudget_nothing_negative": updating(BudgetFactory.create, total=-1),
    "annualbudget_total_within_ceiling": updating(BudgetFactory.create, total=Decimal("75000.01")),
    "annualbudget_fees_within_ceiling": _too_much,
    "annualbudget_proposed_by_meeting": updating(BudgetFactory.create, state="proposed"),
    "annualbudget_decided_by_helsinki": updating(_proposed, state="decided"),
    "annualbudget_project_money_by_decision": updating(BudgetFactory.create, project_funding=1),
    "costline_position_once": lambda: again(_cost()),
    "costline_not_negative": lambda: _cost(planned=-1),
    "alternative_number_once": lambda: again(_alternative()),
    "alternative_well_formed": lambda: again(_alternative(), number=2, floor=-1),
    "assessment_once": lambda: again(one_payer()),
    "assessment_only_credits_below_zero": lambda: _fee(amount=-1),
    "assessment_months": lambda: again(one_payer(), municipality_id=MunicipalityFactory().pk, months=13),
    "assessment_correction_has_reason": lambda: run(**credit(one_payer(), reason="")),
    "assessment_first_or_instead": lambda: _fee(version=2),
    "invoice_serial_once": lambda: _invoice(serial=1),
    "invoice_number_with_serial": lambda: _invoice(serial=None),
    "invoice_sums_up": lambda: again(invoiced().invoices.get(), gross=1),
    "invoicebatch_number_once": lambda: again(invoiced().batches.get()),
    "ledgerline_once_a_batch": lambda: again(invoiced().batches.get().lines.get()),
    "ledgerfile_ready_has_file": updating(_file, state="ready"),
    "ledgerfile_format_once": lambda: again(_file(), key=uuid.uuid4()),
    "ledgerreturn_once": lambda: again(_list()),
    "ledgerreturn_set_aside_by_whom": lambda: _list(set_aside_at=NOON),
    "ledgerentry_known_or_doubted": _entry,
    "ledgerentry_line_once": lambda: again(_entry(doubt="unknown")),
    "feepaper_ready_has_file": updating(lambda: _paper(kind="proposal"), state="ready"),
    "feepaper_statement_of_a_municipality": lambda: _paper(kind="statement"),
}
GUARDS = {
    "scheme_cap_within_limits": _past_the_model(TariffFactory, cap=Decimal("7500.01")),
    "annualbudget_limits_known": updating(BudgetFactory.create, year=2013),
    "annualbudget_frozen": lambda: updating(lambda: one_payer().budget, total=1)(),
    "annualbudget_counters": updating(BudgetFactory.create, assessed=1),
    "assessment_within_limit": lambda: _fee(amount=Decimal("7500.01")),
    "assessment_of_decided_budget": lambda: again(one_payer(), budget_id=BudgetFactory(year=2029).pk),
    "assessment_credits_the_whole": lambda: run(**credit(one_payer(), amount=Decimal("-99.99"))),
    "assessment_after_a_credit": lambda: again(
        (first := one_payer()), version=2, instead_of=first, reason="Virhe"
    ),
    "invoice_number_follows": lambda: _invoice(serial=3),
    "invoice_of_open_year": _on_a_closed_year,
    "invoice_of_its_fee": lambda: _invoice(net=Decimal("99.99")),
}


def test_each_trigger_that_speaks_to_people_is_met_here():
    models = apps.get_app_config("members").get_models()
    assert {name for model in models for name in getattr(model, "TRIGGERS", ())} == GUARDS.keys()


@pytest.mark.parametrize("name", [*ACTS, *GUARDS])
def test_a_constraint_holds(name):
    with pytest.raises(IntegrityError) as refusal, transaction.atomic():
        (ACTS | GUARDS)[name]()
    assert refusal.value.__cause__.diag.constraint_name == name
