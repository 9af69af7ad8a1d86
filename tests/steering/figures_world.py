"""Three years of the consortium from a fixed seed: no number of the dashboard is 0 or what it was a year before."""

import datetime as dt
import hashlib
import random
from decimal import Decimal

from django.core.files.base import ContentFile

from consortium import clock
from members.ledger_return import read_return
from members.models import CostLine, Municipality, Population
from procurement.models import Holding, Procurement, Stage, UsageFigure, UsageFile
from steering.models import Action, Appointment, Body, Proposal, SeatKind, Term
from tests.contract_world import a_resource, drafted, signed
from tests.factories import HELSINKI, UserFactory, decided_budget, payer, tariff_terms
from tests.procurement_factories import announced, answers, begun, opened
from tests.use_world import frozen

SEED = 20280515
TODAY = dt.date(2028, 5, 15)
YEARS = (2026, 2027, 2028)
NOBODY = "Kukaan ei ole vielä mukana"
OWN_WORDS = "E-äänikirjat"  # a service whose supplier counts loans in its own words
BY_KIND = ["committed", "committed", "interested", "declined", "preparing", ""]


def on_of(year):
    """Return the day for which a year's figures hold, seen from TODAY."""
    return min(TODAY, dt.date(year, 12, 31))


def build():
    """Write it all down. Returns the group's chair."""
    rng, by = random.Random(SEED), UserFactory(is_staff=True)
    places = _members(rng)
    _money(rng, by)
    _procurements(by)
    _rounds(rng, places, by)
    _use(rng, places, by)
    return _own_work(rng, places, by)


def _members(rng):
    """Fourteen municipalities that join from 2025 on, one of which leaves; two outside, one that has ended."""
    starts = [dt.date(2025, 1, 1)] * 5 + [dt.date(2026, 1, 1)] * 3 + [dt.date(2027, 1, 1)] * 4
    places = []
    for start in [*starts, dt.date(2028, 2, 1), dt.date(2028, 4, 1)]:
        place = payer(residents=rng.randint(900, 60_000), since=start)
        places.append(place)
    gone = places[3].memberships.get()
    gone.leave(by=UserFactory(is_staff=True), notice_on=dt.date(2026, 6, 1), last_day=dt.date(2026, 12, 31))
    outside = [payer(residents=rng.randint(900, 60_000), since=dt.date(2031, 1, 1)) for _n in range(2)]
    ended = payer(residents=1_234, since=dt.date(2031, 1, 1))
    Municipality.objects.filter(pk=ended.pk).update(ended_on=dt.date(2027, 1, 1), successor=places[0])
    rows = [
        Population(municipality=place, on=dt.date(year, 12, 31), count=rng.randint(900, 60_000), source="-")
        for place in [*places, *outside]
        for year in (2024, 2026, 2027)
    ]
    Population.objects.bulk_create(rows)
    return places


def _money(rng, by):
    """Three decided budgets with costs and bills; lists of the ledger; a fee that was credited and written anew."""
    for year in YEARS:
        terms = tariff_terms(rate=f"0.0{rng.randint(11, 39)}", floor=str(100 + year % 10), cap="7500")
        budget = decided_budget(
            year,
            by=by,
            terms=terms,
            total=Decimal(rng.randint(30_000, 74_000)),
            project_funding=Decimal(rng.randint(1_000, 9_000)),
            project_decision="OKM/1/2025",
        )
        for position in (1, 2, 3):
            cost = Decimal(rng.randint(100_000, 900_000)) / 100
            CostLine.objects.create(
                budget=budget,
                position=position,
                name_fi=f"Kulu {position}",
                name_sv=f"Kostnad {position}",
                planned=cost + 100,
                actual=cost if position < 3 else None,
            )
        with clock.moved_to(dt.date(year, 2, 2)):
            budget.bill(by=by)
        invoices = list(budget.invoices.order_by("pk"))
        # paid in the year, half of it, in the year after, not at all
        paid = [
            (invoice, part, day)
            for invoice, part, day in zip(
                invoices,
                [1, Decimal("0.5"), 1, 1],
                [dt.date(year, 3, 1), dt.date(year, 3, 9), dt.date(year + 1, 1, 20), dt.date(year, 4, 4)],
                strict=False,
            )
            if day <= TODAY
        ]
        lines = "".join(
            f"{i.number};{i.gross};{(i.gross * part).quantize(Decimal('0.01'))};{day:%d.%m.%Y}\n".replace(
                ".", ",", 0
            )
            for i, part, day in paid
        )
        content = f"Laskunumero;Laskutettu;Maksettu;Maksupäivä\n{lines}".encode()
        with clock.moved_to(min(dt.date(year + 1, 2, 1), TODAY)):
            budget.read_list(read_return(content), by=by, name=f"{year}.csv", file=ContentFile(content))
        fee = budget.assessments.order_by("-amount").first()
        with clock.moved_to(dt.date(year, 5, 5)):
            fee.correct(by=by, reason="Väärä asukasluku", population=fee.population, months=11)
        late = budget.assessments.order_by("amount").filter(credits__isnull=True).first()
        if year < TODAY.year:
            with clock.moved_to(dt.date(year + 1, 1, 10)):  # known after the year's end
                late.credit(by=by, reason="Liittyi vasta myöhemmin")


def _procurements(by):
    """Award decisions planned and made, one of them in the year after, one that nobody has been told of."""
    days = {  # planned, made
        2026: [(dt.date(2026, 5, 4), dt.date(2026, 6, 1)), (dt.date(2026, 11, 2), dt.date(2027, 1, 11))],
        2027: [(dt.date(2027, 3, 1), dt.date(2027, 3, 3)), (dt.date(2027, 9, 1), dt.date(2027, 9, 8))],
        2028: [(dt.date(2028, 3, 1), day) for day in (dt.date(2028, 3, 1), dt.date(2028, 4, 3))],
    }
    days[2027].append((dt.date(2027, 12, 1), None))
    days[2028] += [(dt.date(2028, 1, 31), dt.date(2028, 2, month)) for month in (1, 2)]
    days[2028].append((dt.date(2028, 11, 1), None))
    for year, pairs in days.items():
        for planned, made in pairs:
            with clock.moved_to(dt.date(year, 1, 8)):
                found = announced(by)
            Stage.objects.create(procurement=found, kind="decision", planned_on=planned, done_on=made)
            Stage.objects.create(procurement=found, kind="contract", planned_on=planned, done_on=made)
    with clock.moved_to(dt.date(2028, 1, 8)):
        Stage.objects.create(procurement=begun(by), kind="decision", planned_on=dt.date(2028, 5, 2))


def _rounds(rng, places, by):
    """Rounds that closed in each year, the last day of one among them, and one that is still open."""
    closings = [dt.date(2026, 4, 15), dt.date(2027, 4, 15), dt.date(2027, 12, 31), dt.date(2028, 2, 15)]
    closings += [dt.date(2028, 3, 15), dt.date(2028, 5, 12), dt.date(2028, 6, 2)]
    for number, closes_on in enumerate(closings):
        with clock.moved_to(closes_on - dt.timedelta(days=21)):
            round_ = opened(announced(by), places[: 6 + number], by=by, closes_on=closes_on)
            for place in places[: 6 + number]:
                if kind := rng.choice(BY_KIND):
                    answers(round_, place, kind, by=by)


def _use(rng, places, by):
    """One, two, three services in use, in one, two, three languages; their files of use and their bills."""
    contracts = []
    for year, ends, languages in [
        (2026, dt.date(2028, 4, 30), ["fi"]),
        (2027, dt.date(2029, 12, 31), ["fi", "sv"]),
        (2028, dt.date(2029, 12, 31), ["en", "fi"]),
        (2028, dt.date(2030, 12, 31), ["fi", "se"]),
    ]:
        with clock.moved_to(dt.date(year, 1, 5)):
            begins = dt.date(year, 1, 1)
            terms = {"begins_on": begins, "ends_on": ends, "signed_on": begins}
            title = {"title_fi": OWN_WORDS} if year == 2027 else {}
            contract = signed(places[:3], by=by, **terms, **title)
            a_resource(contract, languages=languages)
            contracts.append(contract)
    with clock.moved_to(dt.date(2028, 1, 5)):
        a_resource(drafted(by=by), languages=["other"])
        signed([], by=by, begins_on=dt.date(2028, 1, 1), title_fi=NOBODY)
    Holding.objects.create(
        resource=a_resource(languages=["sv", "other"]),
        municipality=places[5],
        period=(dt.date(2028, 3, 1), None),
    )
    for contract in contracts[:3]:
        for year in range(contract.begins_on.year, 2029):
            last = 12 if year < 2028 else 4
            first = _file(contract, f"{year}", by)
            figures = _figures(rng, first, contract, places[:3], year, last)
            newer = _file(contract, f"{year} uusi", by)  # tells some of the same anew
            figures += _figures(rng, newer, contract, places[:1], year, 2, metrics=("Total_Item_Requests",))
            aside = _file(contract, f"{year} pois", by, state="aside", aside_reason="Väärä tiedosto")
            figures += _figures(rng, aside, contract, places[:2], year, 2)
            UsageFigure.objects.bulk_create(figures)
    first, second, third = contracts[:3]
    bills = [(first, 2026, 12), (first, 2027, 12), (second, 2027, 12), (first, 2028, 4), (third, 2028, 12)]
    for contract, year, months in bills:
        with clock.moved_to(min(dt.date(year, 12, 28), TODAY)):
            amount = Decimal(rng.randint(200_000, 900_000)) / 100
            frozen(contract, by=by, year=year, amount=amount, months=months)


def _file(contract, name, by, state="read", **facts):
    sha256 = hashlib.sha256(f"{contract.pk} {name}".encode()).hexdigest()
    return UsageFile.objects.create(
        contract=contract,
        name=name,
        sha256=sha256,
        size=1,
        file=f"usage/{sha256}",
        state=state,
        read_at=clock.now(),
        uploaded_by=by,
        **facts,
    )


def _figures(rng, file, contract, places, year, last, metrics=None):
    """Figures of places by month, by two metrics and one that is no use, and the total of all of two months."""
    metrics = metrics or ("Total_Item_Requests", "Total_Item_Investigations", "No_License")
    if contract.title_fi == OWN_WORDS:
        metrics = tuple(metric.replace("Total_Item_Requests", "lainat") for metric in metrics)
    facts = {"file": file, "contract": contract, "report": "", "service": "Palvelu"}
    rows = [
        UsageFigure(
            scope="municipality",
            municipality=place,
            place=place.code,
            metric=metric,
            month=dt.date(year, month, 1),
            count=rng.randint(20, 900),
            **facts,
        )
        for place in places
        for metric in metrics
        for month in range(1, last + 1)
    ]
    if len(places) == 3:
        rows += [
            UsageFigure(
                scope="all", place="", metric=metrics[0], month=dt.date(year, month, 1), count=total, **facts
            )
            for month, total in [(1, 1), (2, 8_888)]
        ]
    return rows


def _own_work(rng, places, by):
    """A group of five seats filled little by little; proposals and actions, some of which are not for everyone."""
    body = Body.found(
        by=by,
        name_fi="Ohjausryhmä",
        name_sv="Styrgruppen",
        founded_on=dt.date(2025, 1, 1),
        seats=[*([SeatKind.MEMBER] * 5), SeatKind.EXPERT, SeatKind.SECRETARY],
    )
    decision = Appointment.objects.create(
        body_of=body,
        starts_on=dt.date(2025, 1, 1),
        ends_on=dt.date(2028, 12, 31),
        decided_on=dt.date(2024, 12, 2),
        recorded_by=by,
        **HELSINKI,
    )
    since = [2025, 2025, 2027, 2028, 2025]
    people = [UserFactory() for _seat in body.seats.all()]
    for seat, user, year in zip(body.seats.all(), people, [*since, 2025], strict=False):
        end = dt.date(2026, 7, 1) if seat.number == 5 else dt.date(2029, 1, 1)
        facts = {"body_of": body, "seat": seat, "place": "member", "user": user, "appointment": decision}
        Term.objects.create(period=(dt.date(year, 1, 1), end), municipality=places[0], **facts)
    _proposals(rng, places, by)
    return people[0]


def _proposals(rng, places, by):
    tender = Procurement.objects.filter(state="round").first()
    kept = {"restricted_ground": "621/1999, 24 §"}
    told = [(2026, {}), (2026, {}), (2027, {}), (2027, {}), (2027, {}), (2028, {}), (2028, kept), (2027, {})]
    told += [(2027, kept), (2026, kept | {"restricted_until": dt.date(2027, 2, 1)})]
    told += [(2028, {"procurement": tender}), (2028, {"state": "withdrawn"})]
    rows = []
    for serial, (year, facts) in enumerate(told, start=1):
        received = dt.date(year, rng.randint(1, 5), rng.randint(1, 14))
        facts = {"state": "received", "received_on": received} | facts
        rows.append(
            Proposal.objects.create(
                year=year,
                serial=serial,
                municipality=rng.choice(places),
                title=f"Esitys {serial}",
                text="Hankitaan yhdessä. Se on edullisempaa.",
                made_by=by,
                **facts,
            )
        )
    done = [(2026, rows[0]), (2027, rows[2]), (2027, None), (2028, None), (2028, rows[5]), (2028, rows[3])]
    done += [(2028, rows[6]), (2027, rows[8])]  # of what is not public
    for year, proposal in done:
        on = dt.date(year, rng.randint(1, 5), rng.randint(1, 14))
        ended = {"state": "done", "ended_on": on, "result_fi": "Tehty."}
        Action.objects.create(
            text_fi="Selvitetään", owner=by, due_on=on, made_by=by, proposal=proposal, **ended
        )
    Action.objects.create(text_fi="Kesken", owner=by, due_on=dt.date(2028, 4, 1), made_by=by)
    Action.objects.create(
        text_fi="Luopuminen",
        owner=by,
        due_on=dt.date(2028, 4, 1),
        made_by=by,
        state="dropped",
        ended_on=dt.date(2028, 4, 2),
        result_fi="Ei tarvita.",
    )
