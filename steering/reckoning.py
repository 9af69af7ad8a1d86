"""How each subject's totals are reckoned from the tables, for a year, as they stood on a day."""

import datetime as dt

from django.db.models import Count, Max, Q, Sum

from consortium.charts import Dot, circles, names
from consortium.templatetags.portal import LANGUAGES, place_name
from members.models import Invoice, Membership
from members.pages.front import NAMED_ON_MAP
from members.year_end import open_items
from procurement.models import Contract
from procurement.pages.calendar import rows as exits
from steering import sources
from steering.models import Place, Reckoned, Subject, Term
from steering.sources import by_use

EDITION = 1  # raise it whenever a number is reckoned otherwise: what is stored is then reckoned anew
AHEAD = dt.timedelta(days=180)
SHOWN = 12  # of what comes, on the page


def money(year, on, today):
    """Budget, costs, fees and the largest fee of the year; what is open on the day, of every year's invoices."""
    numbers = {}
    if budget := sources.budget_of(year):
        costs = budget.lines.aggregate(total=Sum("actual"))["total"]
        fees = sources.fees_of(budget, on).aggregate(total=Sum("amount"))["total"]
        largest = sources.standing_fees(budget, on).aggregate(most=Max("amount"))["most"]
        numbers |= {"budget": (budget.total, budget.ceiling), "costs": (costs, budget.total)}
        numbers |= {"fees": (fees, None), "largest_fee": (largest, budget.fee_cap)}
    if Invoice.objects.filter(issued_on__lte=on).exists():
        numbers["open"] = (sum((item.open for item in open_items(on)), 0), None)
    return Reckoned(numbers)


def _covered(on):
    """Return (municipalities, members, residents of all, residents of members) on a day."""
    everyone = sources.places_on(on).aggregate(n=Count("pk"), sum=Sum("residents"))
    theirs = sources.members_on(on).aggregate(n=Count("pk"), sum=Sum("residents"))
    return everyone["n"], theirs["n"], everyone["sum"], theirs["sum"]


def members(year, on, today):
    """Members of all municipalities, and residents covered of all, on the day."""
    places, belong, everyone, covered = _covered(on)
    if not belong:
        return Reckoned()
    return Reckoned({"members": (belong, places), "residents": (covered, everyone)})


def growth(year, on, today):
    """Members and residents at each year's end from the first members on; of the present year on the day."""
    first = Membership.objects.order_by("period").values_list("period__startswith", flat=True).first()
    rows = []
    for earlier in range(min(first.year, year) if first else year, year + 1):
        day = on if earlier == year else dt.date(earlier, 12, 31)
        _places, belong, _everyone, covered = _covered(day)
        rows.append([earlier, belong, covered])
    return Reckoned(details=rows if first and first <= on else [])


def map_of(year, on, today):
    """The dots of the map, drawn, and the members by region."""
    belong = set(sources.members_on(on).values_list("pk", flat=True))
    places = list(sources.places_on(on))
    regions = {}
    for place in places:
        row = regions.setdefault(place.region_code, [place.region_fi, place.region_sv, 0, 0, 0, 0])
        inside = place.pk in belong
        row[2] += inside
        row[3] += 1
        row[4] += (place.residents or 0) if inside else 0
        row[5] += place.residents or 0
    drawn = {
        "circles": circles(_dots(places, belong)),
        "regions": [regions[code] for code in sorted(regions)],
    }
    named = [place for place in places if place.code in NAMED_ON_MAP]
    return Reckoned(details=drawn | {lang: names(_dots(named, belong, lang)) for lang in LANGUAGES})


def _dots(places, belong, language=""):
    """Return municipalities as dots of the map, named where a language is given."""
    return [
        Dot(
            place.longitude,
            place.latitude,
            place.residents or 0,
            place.pk in belong,
            place_name(place, language) if language else "",
        )
        for place in places
    ]


def procurements(year, on, today):
    """Award decisions of the year beside those that were planned for it."""
    begins = dt.date(year, 1, 1)
    made = Count("pk", filter=Q(done_on__range=(begins, on)))
    planned = Count("pk", filter=Q(planned_on__range=(begins, dt.date(year, 12, 31))))
    found = sources.award_stages(year, on).aggregate(made=made, planned=planned)
    return Reckoned({"procurements": (found["made"], found["planned"])} if any(found.values()) else {})


def rounds(year, on, today):
    """Answers that take part, of all that were asked for, in the rounds that closed in the year."""
    taking = Count("pk", filter=Q(standing__kind__in=sources.TAKING_PART))
    answers = sources.answers_of(sources.closed_rounds(year, today))
    found = answers.aggregate(asked=Count("pk"), taking=taking)
    return Reckoned({"participation": (found["taking"], found["asked"])} if found["asked"] else {})


def use(year, on, today):
    """Uses of all services of which there are figures, and the cost of one where bill and figures are whole."""
    rows = sources.used_in(year, on)
    numbers = {"use": (sum(row.count for row in rows), None)} if rows else {}
    if whole := [row for row in rows if row.is_whole]:
        cost = by_use(sum(row.cost for row in whole), sum(row.count for row in whole))
        numbers["cost_per_use"] = (cost, None)
    return Reckoned(numbers)


def content(year, on, today):
    """Services in use and languages of the material on the day."""
    services, languages = sources.services_on(on).count(), len(sources.languages_on(on))
    numbers = {"services": (services, None)} if services else {}
    return Reckoned(numbers | ({"languages": (languages, None)} if languages else {}))


def work(year, on, today):
    """Proposals received and actions done in the year, those of restricted matter left out while they are."""
    proposals = sources.proposals_of(year, on, today).count()
    actions = sources.actions_done(year, on, today).count()
    numbers = {"proposals": (proposals, None)} if proposals else {}
    numbers |= {"actions": (actions, None)} if actions else {}
    return Reckoned(numbers, holds_through=sources.next_opening(today))


def seats(year, on, today):
    """Members' seats that somebody sits in, of all, on the day; and how many lack a deputy."""
    body = sources.group_on(on)
    rows = sources.seats_on(body, on) if body else []
    if not rows:
        return Reckoned()
    filled = sum(member is not None for _seat, member, _deputy in rows)
    return Reckoned(
        {"seats": (filled, len(rows))},
        {"body": body.pk, "without_deputy": sum(deputy is None for _seat, _member, deputy in rows)},
    )


def ahead(year, on, today):
    """What comes within half a year: ways out of contracts, terms that end; and actions whose day has passed."""
    near = [
        row for row in exits(today) if row.is_within(today, AHEAD) and row.way.is_dated and not row.settled
    ]
    titles = Contract.objects.in_bulk([row.pk for row in near])  # in both languages, whoever reads them
    found = []
    for row in near:
        names = (titles[row.pk].title_fi, titles[row.pk].title_sv)
        found.append(["exit", _iso(row.way.ours_on), row.pk, *names, _iso(row.notice_by)])
    terms = Term.objects.filter(
        body_of=sources.group_on(today), place=Place.MEMBER, period__endswith__range=(today, today + AHEAD)
    )
    ending = {}
    for body, last in terms.order_by().values_list("body_of", "period__endswith"):
        ending[body, last] = ending.get((body, last), 0) + 1
    for (body, end), count in ending.items():
        found.append(["terms", _iso(end - dt.timedelta(days=1)), body, count])
    for action in sources.open_actions(today).overdue(today):
        found.append(
            ["action", _iso(action.due_on), action.pk, action.text_fi, action.text_sv or action.text_fi]
        )
    found.sort(key=lambda row: (row[1], row[0], row[2]))
    return Reckoned(details={"count": len(found), "rows": found[:SHOWN]})


def _iso(day):
    return day.isoformat() if day else None


RECKONERS = {
    Subject.MONEY: money,
    Subject.MEMBERS: members,
    Subject.GROWTH: growth,
    Subject.MAP: map_of,
    Subject.PROCUREMENTS: procurements,
    Subject.ROUNDS: rounds,
    Subject.USE: use,
    Subject.CONTENT: content,
    Subject.WORK: work,
    Subject.SEATS: seats,
    Subject.AHEAD: ahead,
}
# The tables from which each subject is reckoned: a change in one of them marks it (migrations/0002_guards.py).
TABLES = {
    "members_municipality": [Subject.MEMBERS, Subject.GROWTH, Subject.MAP],
    "members_population": [Subject.MEMBERS, Subject.GROWTH, Subject.MAP],
    "members_membership": [Subject.MEMBERS, Subject.GROWTH, Subject.MAP],
    "members_annualbudget": [Subject.MONEY],
    "members_costline": [Subject.MONEY],
    "members_assessment": [Subject.MONEY],
    "members_invoice": [Subject.MONEY],
    "members_ledgerreturn": [Subject.MONEY],
    "members_ledgerentry": [Subject.MONEY],
    "procurement_procurement": [Subject.PROCUREMENTS, Subject.WORK, Subject.AHEAD],
    "procurement_stage": [Subject.PROCUREMENTS],
    "procurement_round": [Subject.ROUNDS],
    "procurement_answer": [Subject.ROUNDS],
    "procurement_contract": [Subject.USE, Subject.CONTENT, Subject.AHEAD],
    "procurement_contractdecision": [Subject.AHEAD],
    "procurement_participation": [Subject.CONTENT],
    "procurement_resource": [Subject.CONTENT],
    "procurement_holding": [Subject.CONTENT],
    "procurement_usagefile": [Subject.USE],
    "procurement_usagefigure": [Subject.USE],
    "procurement_costshare": [Subject.USE],
    "steering_body": [Subject.SEATS, Subject.AHEAD],
    "steering_seat": [Subject.SEATS],
    "steering_term": [Subject.SEATS, Subject.AHEAD],
    "steering_proposal": [Subject.WORK, Subject.AHEAD],
    "steering_action": [Subject.WORK, Subject.AHEAD],
    "steering_item": [Subject.WORK, Subject.AHEAD],
    "steering_writtenmatter": [Subject.WORK, Subject.AHEAD],
}
