"""Budgets, fees, invoices and what the ledger says of them, with planted words: what could leak of money."""

import datetime as dt
from decimal import Decimal

from django.core.files.base import ContentFile

from consortium import clock
from members.ledger_return import read_return
from members.models import AnnualBudget, Population
from tests.factories import HELSINKI, BillingTermsFactory, BudgetFactory, FeeLimitsFactory, tariff_terms


def year_of_fees():
    """Return the year of the decided budget: the one after this."""
    return clock.today().year + 1


def money_of(home, by):
    """Give a member a decided, billed, returned, credited and corrected fee, and leave a later year in draft.

    Returns {URL name: the arguments of an address that could leak}.
    """
    year = year_of_fees()
    budget = decided(year, home, by)
    [fee] = budget.assessments.filter(municipality=home)
    budget.bill(by=by)
    returned(budget, fee, by)
    population = Population.objects.filter(municipality=home).order_by("on").first()
    fee.correct(by=by, reason="zqcredit", population=population, months=6)
    draft(year + 1, by)
    return {"members:budget": {"year": year}, "members:assessment": {"pk": fee.pk}}


def decided(year, home, by):
    """Return the budget of a year with the fees of those who are members, one with a name of its own."""
    FeeLimitsFactory()
    BillingTermsFactory()
    Population.objects.get_or_create(
        municipality=home,
        on=dt.date(year - 2, 12, 31),
        defaults={"count": 2447, "source": "Statistics Finland"},
    )
    budget = BudgetFactory(year=year, members_on=clock.today())
    alternative = budget.save_alternative(tariff_terms(), by=by)
    budget.propose(by=by, alternative=alternative, proposed_on=clock.today())
    budget.decide(by=by, alternative=alternative, decided_on=clock.today(), **HELSINKI)
    return budget


def returned(budget, fee, by):
    """Read a list of the ledger in which the fee's invoice came back."""
    told = f"Laskunumero;Viitenumero;Laskutettu;Maksettu;Tila;Palautuksen syy\n{fee.invoice.number};;"
    content = f"{told}{fee.amount};0,00;Palautettu;zqledger\n".encode()
    return budget.read_list(read_return(content), by=by, name="zqlist.csv", file=ContentFile(content))


def draft(year, by):
    """Leave a year's budget in draft, with words that nobody outside the preparation reads."""
    FeeLimitsFactory()
    BillingTermsFactory()
    budget = AnnualBudget.begin(
        by=by,
        year=year,
        total=Decimal(60000),
        project_funding=Decimal(5000),
        project_decision="zqdraft",
        members_on=clock.today(),
        lines=[{"name_fi": "zqcost", "name_sv": "zqcost", "planned": Decimal(60000)}],
    )
    budget.save_alternative(tariff_terms(), by=by, title="zqalternative")
    return budget
