"""Who pays a year's fee, by which population figure, for how many months; and the fees that come of it."""

from dataclasses import dataclass

from django.db.models import OuterRef, Subquery

from consortium import clock
from consortium.fees import Fees, Payer, full_months, reckon
from members.models.billing import BillingTerms
from members.models.membership import Membership
from members.models.municipality import Municipality, Population
from members.package import HELSINKI


@dataclass(frozen=True)
class Payee:
    """One municipality that pays: its membership (None: reckoned with as if it joined) and its population row."""

    municipality: Municipality
    membership: Membership | None
    population: Population | None
    months: int
    first_year: bool

    @property
    def payer(self):
        """Return it as the arithmetic takes it."""
        residents = self.population.count if self.population else None
        return Payer(self.municipality.code, residents, self.months, self.first_year)


@dataclass(frozen=True)
class Reckoned:
    """A year's fees with those who pay them, in the order of their names."""

    payees: list
    fees: Fees

    @property
    def by_code(self):
        """Code -> amount (€)."""
        return self.fees.amounts


def population_day(terms, year):
    """Return the day whose population counts: the end of the year so many before as the terms say."""
    return clock.last_day(year - terms.population_back)


def population_rows(municipalities, day):
    """Return municipality's id -> its newest population row on or before the day; ``municipalities``: their ids."""
    newest = Population.objects.filter(municipality=OuterRef("municipality"), on__lte=day).order_by("-on")
    rows = Population.objects.filter(municipality__in=municipalities, pk=Subquery(newest.values("pk")[:1]))
    return {row.municipality_id: row for row in rows}


def payees(budget, terms, billing, *, expected=()):
    """Return those who pay the budget's year: members as of its day, and the expected ones, as if from 1 January.

    A membership that has no full month in the year pays nothing and is left out, as is Helsinki where it does not pay.
    """
    year = budget.year
    memberships = Membership.objects.on(budget.members_on).select_related("municipality")
    found = {m.municipality_id: m for m in memberships}
    places = {m.municipality_id: m.municipality for m in memberships}
    places |= {m.pk: m for m in Municipality.objects.filter(code__in=expected)}
    if billing and not billing.helsinki_pays:
        places = {pk: place for pk, place in places.items() if place.code != HELSINKI}
    rows = population_rows(places, population_day(terms, year))
    listed = []
    for pk, place in sorted(places.items(), key=lambda pair: pair[1].sort_key_fi):
        membership = found.get(pk)
        months, first = 12, membership is None
        if membership:
            months = full_months(membership.starts_on, year, membership.last_day)
            first = membership.starts_on.year == year
        if months:
            listed.append(Payee(place, membership, rows.get(pk), months, first))
    return listed


def reckon_year(budget, terms, *, expected=()):
    """Return the fees of the budget's year by the terms, as Reckoned. Raises Refused with the reasons."""
    billing = BillingTerms.objects.on(clock.first_day(budget.year))
    found = payees(budget, terms, billing, expected=expected)
    fees = reckon(terms.rule(billing), [p.payer for p in found], amount=budget.to_share, year=budget.year)
    return Reckoned(found, fees)
