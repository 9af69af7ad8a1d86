"""The rows from which the dashboard's numbers are reckoned: the same for a number and for the list behind it."""

import datetime as dt
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from django.db.models import Count, OuterRef, Q, Subquery, Sum

from consortium import clock
from members.models import AnnualBudget, Municipality, Population
from procurement.models import (
    Answer,
    AnswerKind,
    Contract,
    CostShare,
    MaterialLanguage,
    Resource,
    Round,
    Scope,
    Stage,
    StageKind,
    UsageFigure,
)
from steering.models import Action, ActionState, Body, BodyKind, Item, Place, Proposal, Seat, SeatKind, Term

TAKING_PART = [AnswerKind.COMMITTED, AnswerKind.INTERESTED]
DENIED = ["No_License", "Limit_Exceeded"]  # COUNTER's turnaways: counted, but no use
# What counts as one use of a service, the first that its files tell; else whatever its supplier counts most of.
MEASURES = ["Total_Item_Requests", "Unique_Item_Requests", "Unique_Title_Requests"]
CENT, FINE = Decimal("0.01"), Decimal("0.0001")


def moment_after(on):
    """Return the moment at which a day has ended in Helsinki."""
    return dt.datetime.combine(on + dt.timedelta(days=1), dt.time(), tzinfo=clock.HELSINKI)


# --- Members -------------------------------------------------------------------------------------------------


def places_on(on):
    """Return the municipalities of a day, each with the newest figure of residents known of that day or earlier."""
    newest = Population.objects.filter(municipality=OuterRef("pk"), on__lte=on).order_by("-on")
    rows = Municipality.objects.current(on)
    return rows.annotate(residents=Subquery(newest.values("count")[:1]))


def members_on(on):
    """Return those of them that belonged to the consortium on the day."""
    return places_on(on).filter(memberships__period__contains=on)


# --- Money ---------------------------------------------------------------------------------------------------


def budget_of(year):
    """Return a year's decided budget, or None."""
    return AnnualBudget.objects.decided().filter(year=year).first()


def fees_of(budget, on):
    """Return the rows of a year's fees, credits among them, that had been written by the end of a day."""
    return budget.assessments.filter(made_at__lt=moment_after(on))


def standing_fees(budget, on):
    """Return the fees that nothing had taken back by the end of a day."""
    rows = fees_of(budget, on).filter(credits__isnull=True)
    return rows.exclude(credited_by__made_at__lt=moment_after(on))


# --- Procurements --------------------------------------------------------------------------------------------


def award_stages(year, on):
    """Return the stages of award decisions planned for a year, or made in it by a day, that everybody may know of."""
    begins, ends = clock.first_day(year), clock.last_day(year)
    planned = Q(planned_on__range=(begins, ends))
    made = Q(done_on__range=(begins, on))
    rows = Stage.objects.filter(planned | made, kind=StageKind.DECISION)
    return rows.filter(procurement__announced_on__lte=on).select_related("procurement")


def closed_rounds(year, today):
    """Return the rounds that closed in a year and before today: how many were asked, how many take part."""
    begins, ends = moment_after(clock.last_day(year - 1)), moment_after(clock.last_day(year))
    midnight = moment_after(today - dt.timedelta(days=1))
    return Round.objects.filter(closes_at__gte=begins, closes_at__lt=min(ends, midnight))


def with_answers(rounds):
    """Add to rounds how many were asked, take part, declined, prepare or say nothing."""

    def count(*kinds):
        return Count("answers", filter=Q(answers__standing__kind__in=kinds))

    return rounds.select_related("procurement").annotate(
        asked=Count("answers"),
        taking=count(*TAKING_PART),
        declined=count(AnswerKind.DECLINED, AnswerKind.WITHDRAWN),
        silent=Count("answers") - count(*TAKING_PART, AnswerKind.DECLINED, AnswerKind.WITHDRAWN),
    )


def answers_of(rounds):
    """Return the answers of rounds."""
    return Answer.objects.filter(round__in=rounds)


# --- Use -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Used:
    """What one contract's material was used in a year, by the one measure that counts, and what it cost."""

    contract: Contract
    report: str
    metric: str
    count: int
    months: int  # of which there are figures
    cost: Decimal | None  # € without VAT, None while the year's bill is not known
    billed_months: int = 0

    @property
    def is_whole(self):
        """Tell whether the bill is known, and figures of every month that it covers."""
        return self.cost is not None and bool(self.count) and self.months >= self.billed_months

    @property
    def per_use(self):
        """Return the cost of one use (€), None where a part of either is not known."""
        return by_use(self.cost, self.count) if self.is_whole else None


def by_use(cost, count):
    """Return a cost by use (€) to the cent, half up; below a cent to four decimals."""
    exact = cost / count
    return exact.quantize(CENT if exact >= CENT else FINE, ROUND_HALF_UP)


def used_in(year, on):
    """Return a Used for each contract of whose use in a year's months, begun by a day, there are figures.

    Of one contract one measure of one kind of report counts, so that nothing is counted twice: the first of MEASURES,
    else the one with the most uses. Figures of all together stand for a month only where they exceed the sum of those
    of municipalities and networks: they are the total of the same use.
    """
    rows = UsageFigure.objects.filter(month__range=(clock.first_day(year), on)).exclude(metric__in=DENIED)
    rows = rows.standing().order_by().values_list("contract_id", "report", "metric", "month")
    alone, together = Sum("count", filter=~Q(scope=Scope.ALL)), Sum("count", filter=Q(scope=Scope.ALL))
    sums = {}
    for contract, report, metric, month, apart, total in rows.annotate(apart=alone, total=together):
        months = sums.setdefault(contract, {}).setdefault((report, metric), {})
        months[month] = int(max(apart or 0, total or 0))
    costs = {share.contract_id: share for share in CostShare.objects.standing().filter(year=year)}
    contracts = Contract.objects.in_bulk(sums)
    found = [_used(contracts[pk], measured, costs.get(pk)) for pk, measured in sums.items()]
    return sorted(found, key=lambda row: (row.contract.begins_on, row.contract.number))


def _used(contract, measured, share):
    totals = {key: sum(months.values()) for key, months in measured.items()}

    def rank(key):
        report, metric = key
        return (MEASURES.index(metric) if metric in MEASURES else len(MEASURES), -totals[key], report, metric)

    key = min(totals, key=rank)
    cost, months = (share.billed, share.months) if share else (None, 0)
    return Used(contract, *key, totals[key], len(measured[key]), cost, months)


# --- Content -------------------------------------------------------------------------------------------------


def services_on(on):
    """Return the contracts in use on a day, each with how many municipalities take part."""
    taking = Q(participations__period__contains=on)
    rows = Contract.objects.in_force(on).annotate(
        places=Count("participations", filter=taking, distinct=True)
    )
    return rows.filter(places__gt=0).order_by("begins_on", "number")


def languages_on(on):
    """Return (language, resources in use on the day with material in it) of each language that there is."""
    resources = list(Resource.objects.known().in_use(on).order_by("title"))
    pairs = [(lang, [r for r in resources if lang in r.languages]) for lang in MaterialLanguage]
    return [(lang, found) for lang, found in pairs if found]


# --- The group's own work ------------------------------------------------------------------------------------


def proposals_of(year, on, today):
    """Return the proposals received in a year by a day that anybody may follow today."""
    rows = Proposal.objects.public(today).filter(received_on__range=(clock.first_day(year), on))
    return rows.select_related("municipality")


def open_actions(today):
    """Return the actions of which everybody who steers may know: nothing of restricted matter."""
    rows = Action.objects.exclude(pk__in=Action.objects.restricted(today).values("pk"))
    return rows.exclude(decided_in__in=Item.objects.restricted(today))


def actions_done(year, on, today):
    """Return those of them that were done in a year by a day."""
    return open_actions(today).filter(state=ActionState.DONE, ended_on__range=(clock.first_day(year), on))


def next_opening(today):
    """Return the last day on which a restriction that has an end keeps something back, the nearest one; or None."""
    days = [
        model.objects.filter(restricted_until__gte=today)
        .order_by("restricted_until")
        .values_list("restricted_until", flat=True)
        .first()
        for model in (Proposal, Item)
    ]
    return min(filter(None, days), default=None)


def group_on(on):
    """Return the steering group of a day, or None."""
    return Body.objects.current(on).filter(kind=BodyKind.STEERING, founded_on__lte=on).first()


def seats_on(body, on):
    """Return the members' seats of a body on a day, each with who sits in it and who is the deputy, or None."""
    seats = Seat.objects.filter(body=body, kind=SeatKind.MEMBER)
    seats = seats.filter(Q(ended_on__isnull=True) | Q(ended_on__gte=on)).order_by("number")
    terms = Term.objects.on(on).filter(body_of=body).select_related("user", "municipality")
    held = {(term.seat_id, term.place): term for term in terms}
    return [(seat, held.get((seat.pk, Place.MEMBER)), held.get((seat.pk, Place.DEPUTY))) for seat in seats]
