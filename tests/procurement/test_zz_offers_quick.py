import pytest
from decimal import Decimal
from django.core.exceptions import ValidationError
from consortium import clock
from consortium.models import OutgoingEmail
from procurement.models import *
from procurement import award_dates
from procurement.prices import *
from tests.procurement_world import procurement_world
from tests.factories import a_clerk, DAY

pytestmark = pytest.mark.django_db

def test_all(today_is):
    today_is("2027-03-10")
    w = procurement_world("tendering")
    p, by = w.procurement, a_clerk()
    put_grounds(p, by=by, price_weight=60, basis="both", shared_by="residents",
        requirements=[{"text_fi":"SAML","text_sv":"SAML"}], criteria=[{"text_fi":"Laatu","text_sv":"Kvalitet","weight":Decimal(40),"best":Decimal(5)}])
    s1 = Supplier.begin(by=by, name="Alpha", email="alpha@x.example", language="fi")
    s2 = Supplier.begin(by=by, name="Beta", email="beta@x.example", language="sv")
    m1 = PriceModel((Price(Measure.RESIDENTS, Decimal("0.9")),))
    m2 = PriceModel((Price(Measure.RESIDENTS, None, (Tier(Decimal(2), Decimal("1.0")), Tier(Decimal(50), Decimal("0.8")), Tier(None, Decimal("0.5"))), Measure.PARTICIPANTS),))
    o1 = Offer.receive(p, by=by, supplier=s1, received_on=clock.today(), model=m1)
    o2 = Offer.receive(p, by=by, supplier=s2, received_on=clock.today(), model=m2)
    r, c = p.requirements.get(), p.criteria.get()
    found = compare(p)
    print(found.unranked, found.costs[o1.pk].total)
    for o, k in ((o1, 5), (o2, 4)):
        o.judge(by=by, met={str(r.pk): True}, marks={str(c.pk): Decimal(k)})
    p = Procurement.objects.get(pk=p.pk)
    found = compare(p)
    for place in found.places: print(place.arithmetic())
    print(found.next_tiers(o2))
    winner = {o1.pk: o1, o2.pk: o2}[found.places[0].key]
    a = p.award(by=by, offer=winner, decider="helsinki", body_fi="x", body_sv="y", decided_on=clock.today(), section="12", case_number="HEL 1", reason_fi="r", reason_sv="r")
    assert p.state == "awarded"
    print(a.bars(), p.bars())
    advice, table = award_dates.after(a, sent_on=clock.today(), sending="email")
    print(advice.level, advice.codes)
    a.send(by=by, sent_on=clock.today(), sending="email", timetable=table, standstill_until=clock.today()+14*DAY, standstill_source="1397/2016, 129 §")
    print(a.bars(), p.bars())
    for e in OutgoingEmail.objects.all(): print(e.to, e.language, e.subject)
