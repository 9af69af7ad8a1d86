"""What a municipality paid and used in a year: only what is known, from the rows that say so, and what is missing."""

from collections import defaultdict
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal

from django.db.models import Q

from consortium import clock
from members.models import Assessment, settlements
from procurement.models import CostShareLine, Participation, Resource, Scope, UsageFigure
from procurement.models.cost_share import STANDING

CENT, FINE = Decimal("0.01"), Decimal("0.0001")
DENIED = frozenset({"No_License", "Limit_Exceeded"})  # COUNTER's turnaways: counted, but no use


@dataclass
class Use:
    """One metric of one service by one file's kind: whose it is, the months known, and what they come to."""

    scope: str
    network: str
    service: str
    metric: str
    report: str
    months: set = field(default_factory=set)
    count: int = 0
    files: dict = field(default_factory=dict)  # id → UsageFile

    @property
    def is_use(self):
        """Tell whether it counts use and not what was denied."""
        return self.metric not in DENIED


@dataclass
class Bought:
    """One contract in which the municipality took part in the year."""

    contract: object
    months: tuple  # of the year in which it took part
    line: object = None  # CostShareLine, or None while its share is not known
    own: list = field(default_factory=list)  # Use of the municipality itself
    joint: list = field(default_factory=list)  # Use known for its network or for all only

    def missing(self, use):
        """Return the months of taking part for which a use has no figure."""
        return tuple(month for month in self.months if month not in use.months)

    def is_whole(self, use):
        """Tell whether the figures cover every month of taking part: only then is anything divided."""
        return bool(self.months) and not self.missing(use)

    def per_use(self, use):
        """Return the share of the costs by one use (€), or None where a part of either is not known."""
        if self.line is None or not use.is_use or not use.count or not self.is_whole(use):
            return None
        return _divided(self.line.amount, use.count)


@dataclass
class Value:
    """A municipality's year."""

    municipality: object
    year: int
    population: object  # Population row, or None
    fee: object  # Assessment, or None
    settlement: object  # of the fee's invoice, or None
    bought: list
    alone: list  # Resources that the municipality bought itself

    @property
    def known_cost(self):
        """Return the fee and the shares that are known, added (€); None where none is."""
        sums = [row.line.amount for row in self.bought if row.line]
        sums += [self.fee.amount] if self.fee else []
        return sum(sums, Decimal(0)) if sums else None

    @property
    def without_cost(self):
        """Return what was bought whose cost to the municipality is not known."""
        return [row for row in self.bought if row.line is None]

    def per_resident(self, amount):
        """Return an amount or a count by resident, or None where the residents are not known."""
        if amount is None or not self.population or not self.population.count:
            return None
        return _divided(Decimal(amount), self.population.count)


def _divided(amount, by):
    """Return a quotient to the cent, half up; below a cent to four decimals."""
    exact = amount / by
    return exact.quantize(CENT if exact >= CENT else FINE, ROUND_HALF_UP)


def value_of(municipality, year):
    """Return what is known of a municipality's year as Value. The same questions for any number of services."""
    begins, ends = clock.first_day(year), clock.first_day(year + 1)
    bought = _bought(municipality, year, begins, ends)
    by_contract = {row.contract.pk: row for row in bought}
    lines = CostShareLine.objects.filter(
        municipality=municipality,
        cost_share__year=year,
        cost_share__state__in=STANDING,
        cost_share__contract__in=by_contract,
    )
    for line in lines.select_related("cost_share", "batch"):
        line.municipality = municipality
        by_contract[line.cost_share.contract_id].line = line
    _add_use(municipality, by_contract, begins, ends)
    fee = Assessment.objects.standing().filter(municipality=municipality, budget__year=year)
    fee = fee.select_related("budget", "invoice").first()
    settlement = None
    if fee:
        fee.municipality = municipality
        if invoice := getattr(fee, "invoice", None):
            invoice.assessment = fee
            settlement = settlements([invoice])[invoice.pk]
    alone = Resource.objects.filter(
        holdings__municipality=municipality, holdings__period__overlap=(begins, ends)
    )
    return Value(
        municipality,
        year,
        municipality.population_on(clock.last_day(year)),
        fee,
        settlement,
        bought,
        list(alone.distinct().order_by("title")),
    )


def _bought(municipality, year, begins, ends):
    rows = Participation.objects.filter(
        municipality=municipality, period__overlap=(begins, ends), contract__begins_on__lt=ends
    )
    rows = rows.exclude(contract__state="draft").select_related("contract__supplier")
    months = defaultdict(set)
    contracts = {}
    for row in rows.prefetch_related("contract__resources").order_by(
        "contract__begins_on", "contract__number"
    ):
        contract = contracts.setdefault(row.contract_id, row.contract)
        months[contract.pk] |= row.months_between(begins, clock.last_day(year))
    return [Bought(contracts[pk], tuple(sorted(found))) for pk, found in months.items() if found]


def _add_use(municipality, by_contract, begins, ends):
    whose = Q(scope=Scope.MUNICIPALITY, municipality=municipality) | Q(scope=Scope.ALL)
    if municipality.library_network:
        whose |= Q(scope=Scope.NETWORK, network=municipality.library_network)
    rows = UsageFigure.objects.filter(
        whose, contract__in=by_contract, month__gte=begins, month__lt=ends
    ).standing()
    found = {}
    for row in rows.select_related("file").order_by("report", "service", "metric", "month"):
        key = (row.contract_id, row.scope, row.network, row.report, row.service, row.metric)
        if key not in found:
            found[key] = Use(row.scope, row.network, row.service, row.metric, row.report)
            bought = by_contract[row.contract_id]
            (bought.own if row.scope == Scope.MUNICIPALITY else bought.joint).append(found[key])
        use = found[key]
        use.count += row.count
        use.months.add(row.month)
        use.files[row.file_id] = row.file
