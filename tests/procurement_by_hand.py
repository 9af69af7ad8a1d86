"""Records of joint procurement for SQL by hand: from the offers on, each made by its own verbs."""

import datetime as dt
from decimal import Decimal

from django.core.files.base import ContentFile

from consortium import clock
from procurement import award_dates
from procurement.models import (
    CostShare,
    ExitReminder,
    Offer,
    UsageFigure,
    UsageFile,
    UsageMapping,
    UsagePlace,
    put_grounds,
)
from procurement.prices import Measure, Price, PriceModel
from tests.contract_world import a_supplier, signed
from tests.factories import DAY, a_clerk
from tests.procurement_factories import announced, answers, brought_to, member, opened, said

TEXTS = {"text_fi": "Kirjautuminen kortilla", "text_sv": "Inloggning med kort"}
REASONS = {"reason_fi": "Halvin.", "reason_sv": "Billigast."}
STANDSTILL = {"standstill_source": "1397/2016, 129 §"}


def a_round(**terms):
    """Return an open round to one municipality."""
    return opened(announced(), [member()], **terms)


def given(kind="committed", **more):
    """Return the version of a new answer."""
    return a_round().answers.get().give(by=a_clerk(), seen=0, **said(kind, **more))


def a_file(name="a.pdf"):
    """Return a small file as it is handed in."""
    return ContentFile(b"%PDF-1.7", name)


def tendered():
    """Return a procurement in its tendering, with one committed municipality and what offers are judged by."""
    round_ = a_round()
    answers(round_, round_.answers.get().municipality, "committed")
    found = brought_to(round_.procurement, "tendering")
    criterion = {"text_fi": "Sisältö", "text_sv": "Innehåll", "weight": Decimal(40), "best": Decimal(5)}
    put_grounds(
        found,
        by=a_clerk(),
        price_weight=60,
        basis="both",
        shared_by="residents",
        requirements=[TEXTS],
        criteria=[criterion],
    )
    return found


def an_offer():
    """Return the one offer of a procurement, judged."""
    procurement, by = tendered(), a_clerk()
    model = PriceModel((Price(Measure.RESIDENTS, Decimal("0.9")),))
    found = Offer.receive(procurement, by=by, supplier=a_supplier(), received_on=clock.today(), model=model)
    met = {str(procurement.requirements.get().pk): True}
    found.judge(by=by, met=met, marks={str(procurement.criteria.get().pk): Decimal(5)})
    return found


def an_award():
    """Return the decision on the one offer, not sent yet."""
    offer = an_offer()
    decision = {"body_fi": "Kulttuurijohtaja", "body_sv": "Kulturdirektören", "section": "12"}
    return offer.procurement.award(
        by=a_clerk(),
        offer=offer,
        decided_on=clock.today(),
        case_number="HEL 2027-000001",
        **decision | REASONS,
    )


def sent_award():
    """Return the decision, sent to the tenderers, with its standstill."""
    award, today = an_award(), clock.today()
    _advice, table = award_dates.after(award, sent_on=today, sending="email")
    standstill = STANDSTILL | {"standstill_until": today + 30 * DAY}
    award.send(by=a_clerk(), sent_on=today, sending="email", timetable=table, **standstill)
    return award


def an_appeal():
    """Return a pending appeal against the award."""
    day = clock.today()
    return sent_award().appeal(by=a_clerk(), kind="market_court", filed_on=day, known_on=day)


def a_settled_appeal():
    """Return an appeal that was rejected."""
    appeal = an_appeal()
    appeal.settle(by=a_clerk(), outcome="rejected", settled_on=clock.today())
    return appeal


def a_participation():
    """Return the one participation in a signed contract."""
    return signed(1).participations.get()


def withdrawn_participation():
    """Return a participation that has ended before its contract."""
    found = a_participation()
    days = {"withdrawn_on": clock.today(), "last_day": clock.today() + 30 * DAY}
    found.withdraw(by=a_clerk(), reason="Palvelu lakkautetaan.", **days)
    return found


def a_reminder():
    """Return the reminder of a contract's end to its one participant."""
    return ExitReminder.objects.create(participation=a_participation(), occasion=clock.today())


def with_notice():
    """Return a contract on which notice has been given."""
    found = signed(1)
    found.give_notice(by=a_clerk(), given_on=clock.today(), ends_on=clock.today() + 90 * DAY)
    return found


def used_option():
    """Return a contract's option that a decision has used."""
    contract = signed(1, options=[(12, None)])
    a_decision(contract, kind="option", option=contract.options.get())
    return contract.options.get()


def a_decision(contract=None, kind="end", **facts):
    """Return what was decided on going on with a contract."""
    body = {"body_fi": "Kirjastojohtaja", "body_sv": "Biblioteksdirektören"}
    contract = contract or signed(1)
    return contract.decide(by=a_clerk(), kind=kind, decided_on=clock.today(), **body | facts)


def a_cost_share(**terms):
    """Return a year's sharing of a contract with one participant, being prepared: 1 200 € equally."""
    facts = {"method": "equal", "amount": Decimal(1200), "population_on": clock.today(), "ground": "Sopimus"}
    return CostShare.begin(by=a_clerk(), contract=signed(1), year=clock.today().year, **facts | terms)


def frozen_shares():
    """Return the sharing, frozen."""
    found = a_cost_share()
    found.freeze(by=a_clerk(), seen=found.reckon()[0].fingerprint)
    return found


def charged_shares():
    """Return the sharing, its one line in a file to the ledger."""
    found = frozen_shares()
    found.charge(by=a_clerk(), rows=[(found.lines.get(), {"municipality": "1"})])
    return found


def a_usage_file():
    """Return a supplier's file of use as it came."""
    facts = {"name": "use.csv", "sha256": "0" * 64, "upload": a_file("use.csv")}
    file, _is_new = UsageFile.receive(signed(1), by=a_clerk(), **facts)
    return file


def a_figure(**facts):
    """Return a figure read from a file, of all participants together."""
    file = a_usage_file()
    said_of = {"scope": "all", "metric": "Total_Item_Requests", "month": dt.date(2027, 1, 1), "count": 3}
    return UsageFigure.objects.create(file=file, contract=file.contract, **said_of | facts)


def a_place(**facts):
    """Return whose figures a name in a contract's files stands for: a network's."""
    named = {"scope": "network", "network": "Kirkes", "key": "kirkes", "name": "Kirkes"}
    return UsagePlace.objects.create(contract=signed(1), confirmed_by=a_clerk(), **named | facts)


def a_mapping():
    """Return what the columns of a contract's sheets mean."""
    return UsageMapping.objects.create(
        contract=signed(1), columns={"count": "Lainat"}, confirmed_by=a_clerk()
    )
