"""The practice copy's e-books: from a round in the spring before last to use, costs shared and a page a year."""

import datetime as dt
import hashlib
from decimal import Decimal

from django.core.files.base import ContentFile

from consortium import clock
from members.demo_story import on
from members.example import COMMITTEE, DAY
from members.models import Body
from procurement import award_dates
from procurement.models import (
    Contract,
    CostMethod,
    CostShare,
    Offer,
    Participation,
    Procurement,
    Resource,
    Round,
    Supplier,
    UsageFile,
    UseStep,
    closing_day,
    closing_time,
    put_grounds,
)
from procurement.price_rules import Measure, Price, PriceModel
from procurement.usage_reading import read

SINCE_JUNE = 7  # months of its first year


def in_use(staff, members, today):
    """E-books: asked, tendered, awarded and in use since June of last year; costs shared, use read every month."""
    year = today.year - 1
    procurement, award = _awarded(staff, members, year)
    contract = _contracted(staff, members, procurement, award, year)
    _taken_into_use(contract, staff, today)
    _use_read(contract, members, staff, today)
    _costs_shared(contract, staff, today)


def _awarded(staff, members, year):
    with on(dt.date(year, 1, 20)):
        procurement = Procurement.begin(
            by=staff,
            title_fi="E-kirjat",
            title_sv="E-böcker",
            summary_fi="Suomen- ja ruotsinkielisiä e-kirjoja luettavaksi omalla laitteella kirjaston tunnuksilla.",
            summary_sv="E-böcker på finska och svenska att läsa på egen enhet med bibliotekets koder.",
            months=36,
            options=[(12, Decimal(0))],
            cpv=["22113000-5"],
            case_number=f"HEL {year}-001533",
        )
        put_grounds(
            procurement,
            by=staff,
            price_weight=70,
            basis="both",
            shared_by="residents",
            requirements=[],
            criteria=[
                {
                    "text_fi": "Valikoiman laajuus",
                    "text_sv": "Utbudets bredd",
                    "weight": Decimal(30),
                    "best": Decimal(5),
                }
            ],
        )
        round_ = Round.open(
            procurement,
            by=staff,
            municipalities=members,
            closes_at=closing_time(closing_day(dt.date(year, 2, 27), step=-1)),
            cost_rule="per_resident",
            cost_rate=Decimal("0.12"),
        )
    with on(dt.date(year, 2, 12)) as day:
        for answer in round_.answers.select_related("municipality"):
            answer.give(
                by=staff,
                seen=0,
                kind="committed",
                yearly=Decimal("0.12") * answer.municipality.population_on(day).count // 100 * 100 + 200,
                body=Body.BOARD,
                decided_on=day - 4 * DAY,
                section="§ 18",
                channel="letter",
                received_from="Kirjaamo",
                received_on=day,
            )
    with on(dt.date(year, 3, 3)):
        procurement.tender(by=staff)
    with on(dt.date(year, 4, 9)) as day:
        criterion = procurement.criteria.get()
        offers = []
        for name, rate, mark in (("Kirjavirta Esimerkki Oy", "0.11", 4), ("E-bokexempel Ab", "0.14", 5)):
            supplier = Supplier.begin(by=staff, name=name, email=f"myynti{len(offers)}@kirjat.example")
            model = PriceModel((Price(Measure.RESIDENTS, Decimal(rate)),))
            offer = Offer.receive(procurement, by=staff, supplier=supplier, received_on=day, model=model)
            offer.judge(by=staff, met={}, marks={str(criterion.pk): Decimal(mark)})
            offers.append(offer)
    with on(dt.date(year, 4, 24)) as day:
        award = procurement.award(
            by=staff,
            offer=offers[0],
            decider="helsinki",
            decided_on=day,
            section="§ 61",
            case_number=procurement.case_number,
            reason_fi="Tarjous oli edullisin ja sai vertailussa eniten pisteitä.",
            reason_sv="Anbudet var förmånligast och fick flest poäng i jämförelsen.",
            **COMMITTEE,
        )
        _advice, table = award_dates.after(award, sent_on=day, sending="email")
        award.send(by=staff, sent_on=day, sending="email", timetable=table)
    return procurement, award


def _contracted(staff, members, procurement, award, year):
    with on(dt.date(year, 5, 20)) as day:
        contract = Contract.make(
            by=staff,
            supplier=award.offer.supplier,
            procurement=procurement,
            award=award,
            title_fi="E-kirjat",
            title_sv="E-böcker",
            number=procurement.case_number,
            begins_on=dt.date(year, 6, 1),
            ends_on=dt.date(year + 3, 5, 31),
            notice_months=6,
            yearly=Decimal("0.11") * sum(place.population_on(day).count for place in members),
            options=[(12, None)],
        )
        Participation.take_committed(contract, by=staff)
        contract.sign(by=staff, signed_on=day)
    Resource.objects.create(
        title="Esimerkkikirjasto",
        material="ebooks",
        languages=["fi", "sv", "en"],
        about_fi="E-kirjoja aikuisille ja lapsille, luettavissa puhelimella ja tabletilla.",
        about_sv="E-böcker för vuxna och barn, att läsa på telefon och pekplatta.",
        url="https://kirjat.example/",
        help_fi="Oma kirjastosi, digitukipiste",
        help_sv="Ditt eget bibliotek, digistödet",
        contract=contract,
    )
    return contract


def _taken_into_use(contract, staff, today):
    """All but the last two have told everything; one has told nothing."""
    parts = list(contract.participations.select_related("municipality").order_by("municipality__sort_key_fi"))
    with on(contract.begins_on):
        for part in parts[:-1]:
            mail = f"kirjasto@{part.municipality.code}.example"
            UseStep.tell(part, "contact", by=staff, name="Kirjastonjohtaja", email=mail)
            UseStep.tell(part, "technical", by=staff, method="card")
            if part != parts[-2]:
                UseStep.tell(part, "material", by=staff)
                UseStep.tell(part, "date", by=staff, on=contract.begins_on)


def _use_read(contract, members, staff, today):
    """The supplier's sheet of each quarter, read as the worker reads it; the newest lacks one month."""
    months = list(_months(contract.begins_on, today))
    for start in range(0, len(months), 3):
        quarter = months[start : start + 3]
        sheet = _sheet(members, quarter, last=start + 3 >= len(months))
        with on(min(quarter[-1] + 40 * DAY, today)):
            row, _new = UsageFile.receive(
                contract,
                by=staff,
                name=f"kaytto-{quarter[-1]:%Y-%m}.csv",
                sha256=hashlib.sha256(sheet).hexdigest(),
                upload=ContentFile(sheet, "kaytto.csv"),
            )
            _read(row, members, staff)


def _read(row, members, staff):
    row.take_up()
    read(row)
    if row.state == "columns":
        columns = {"month": "Kuukausi", "place": "Kirjasto", "service": "Palvelu", "count": "Lainat"}
        row.map_columns(by=staff, columns=columns, fixed={"metric": "Loans"})
        row.take_up()
        read(row)
    if row.state == "places":
        whose = {place.name_fi: ("municipality", place, "") for place in members}
        row.map_places(by=staff, places=whose)
        row.take_up()
        read(row)


def _months(first, today):
    """Yield the first day of each whole month from the contract's first to the one before today's."""
    day = first
    while (day + 32 * DAY).replace(day=1) <= today:
        yield day
        day = (day + 32 * DAY).replace(day=1)


def _sheet(members, months, *, last):
    """Return a supplier's sheet: a line a month and library, the counts invented from the name and the month."""
    lines = ["Kuukausi;Kirjasto;Palvelu;Lainat"]
    for month in months:
        for number, place in enumerate(members):
            uses = place.population_on(month).count // 90 + (month.month * 37 + number * 11) % 60
            lines.append(f"{month.month}/{month.year};{place.name_fi};Esimerkkikirjasto;{uses}")
    if last:
        lines.append(f"{months[-1].month}/{months[-1].year};Yhteensä;Esimerkkikirjasto;ei tiedossa")
    return "\n".join(lines).encode()


def _costs_shared(contract, staff, today):
    for year in range(contract.begins_on.year, today.year + 1):
        with on(max(dt.date(year, 1, 12), contract.begins_on + 8 * DAY)):
            if clock.today() > today:
                return
            share = CostShare.begin(
                by=staff,
                contract=contract,
                year=year,
                method=CostMethod.RESIDENTS,
                amount=contract.yearly,
                months=SINCE_JUNE if year == contract.begins_on.year else 12,
                population_on=dt.date(year - 1, 12, 31),
                ground="Hankintasopimus, liite 2",
            )
            reckoned, _found = share.reckon()
            share.freeze(by=staff, seen=reckoned.fingerprint)
