"""Offers in a procurement whose list is frozen: three suppliers, one with tiers, judged or not, decided or not."""

from dataclasses import dataclass, field
from decimal import Decimal

from consortium import clock
from procurement import award_dates
from procurement.models import Award, Offer, Procurement, Stage, StageKind, Supplier, compare, put_grounds
from procurement.prices import Measure, Price, PriceModel, Tier
from tests.factories import DAY, a_clerk
from tests.procurement_world import World, procurement_world

PER_RESIDENT = PriceModel((Price(Measure.RESIDENTS, Decimal("0.9")),))
TIERED = PriceModel(
    (
        Price(
            Measure.RESIDENTS,
            None,
            (Tier(2, Decimal("1.1")), Tier(50, Decimal("0.8")), Tier(None, Decimal("0.5"))),
            Measure.PARTICIPANTS,
        ),
    )
)
FLAT = PriceModel((Price(Measure.PARTICIPANTS, Decimal(2500)),))
REQUIREMENT = {"text_fi": "Kirjautuminen kirjastokortilla", "text_sv": "Inloggning med bibliotekskort"}
CRITERION = {
    "text_fi": "Suomenkieliset nimikkeet",
    "text_sv": "Finskspråkiga titlar",
    "weight": Decimal(40),
    "best": Decimal(5),
}
DECISION = {
    "decider": "helsinki",
    "body_fi": "Kulttuurijohtaja",
    "body_sv": "Kulturdirektören",
    "section": "12",
    "case_number": "HEL 2027-000112",
    "reason_fi": "Kokonaistaloudellisesti edullisin.",
    "reason_sv": "Totalekonomiskt förmånligast.",
}


@dataclass
class OfferWorld(World):
    """A World with its offers: by resident, tiered (first in the order), flat."""

    by: object = None
    offers: list = field(default_factory=list)
    award: Award | None = None

    @property
    def tiered(self):
        """Return the offer with tiers, which is first in the order."""
        return self.offers[1]


def grounds(procurement, by=None, **more):
    """Say what offers are judged by: 60 points for the price, 40 for titles, one requirement."""
    said = {"price_weight": 60, "basis": "both", "shared_by": "residents"}
    put_grounds(
        procurement,
        by=by or a_clerk(),
        requirements=[dict(REQUIREMENT)],
        criteria=[dict(CRITERION)],
        **(said | more),
    )


def supplier(name="Alfa Oy", by=None, **facts):
    """Return a supplier whose address may be written to."""
    address = f"{name.split()[0].lower()}@toimittaja.example"
    return Supplier.begin(by=by or a_clerk(), name=name, **({"email": address} | facts))


def received(procurement, model=PER_RESIDENT, *, by=None, name="Alfa Oy", lot=None, **facts):
    """Return an offer of a new supplier."""
    by = by or a_clerk()
    seller = facts.pop("supplier", None) or supplier(name, by)
    return Offer.receive(
        procurement, by=by, supplier=seller, received_on=clock.today() - DAY, model=model, lot=lot, **facts
    )


def judged(offer, mark, *, by=None, met=True):
    """Record that an offer meets all, or nothing, and its mark on each criterion."""
    procurement = Procurement.objects.get(pk=offer.procurement_id)
    offer.judge(
        by=by or a_clerk(),
        met={str(row.pk): met for row in procurement.requirements.all()},
        marks={str(row.pk): Decimal(mark) for row in procurement.criteria.all()},
    )
    return offer


def offer_world(state="judged", *, by=None, names=("Alfa Oy", "Beta Ab", "Gamma Ltd"), **facts):
    """Return an OfferWorld: ``received``, ``judged``, ``decided`` (not sent yet), ``sent`` or ``appealed``."""
    by = by or a_clerk()
    world = procurement_world("tendering", by=by, **facts)
    found = OfferWorld(**vars(world), by=by)
    grounds(world.procurement, by)
    offered = (("fi", PER_RESIDENT, 3), ("sv", TIERED, 5), ("en", FLAT, 4))
    for name, (language, model, mark) in zip(names, offered, strict=True):
        seller = supplier(name, by, language=language)
        offer = received(world.procurement, model, by=by, supplier=seller)
        found.offers.append(offer if state == "received" else judged(offer, mark, by=by))
    if state in {"decided", "sent", "appealed"}:
        found.award = decided(found.procurement, first(found.procurement), by=by)
    if state in {"sent", "appealed"}:
        sent(found.award, by=by)
    if state == "appealed":
        found.award.appeal(by=by, kind="market_court", filed_on=clock.today(), known_on=clock.today())
    found.procurement = Procurement.objects.select_related("round").get(pk=found.procurement.pk)
    return found


def first(procurement):
    """Return the offer that is first in the order: the one with tiers among small municipalities."""
    procurement = Procurement.objects.select_related("round").get(pk=procurement.pk)
    return Offer.objects.get(pk=compare(procurement).places[0].key)


def decided(procurement, offer, *, by=None, **facts):
    """Return the award to an offer, decided today."""
    procurement = Procurement.objects.select_related("round").get(pk=procurement.pk)
    decision = DECISION | {"decided_on": clock.today()} | facts
    return procurement.award(by=by or a_clerk(), offer=offer, **decision)


def sent(award, *, by=None, sending="email", **facts):
    """Send an award today, with what the Act counts from it. Returns the award."""
    _advice, table = award_dates.after(award, sent_on=clock.today(), sending=sending)
    award.send(by=by or a_clerk(), sent_on=clock.today(), sending=sending, timetable=table, **facts)
    return award


def at_level(procurement, level):
    """Let the procurement reach a level of the Act: its ceiling decides, with the notice on a day. Returns it."""
    maximum = {"below": None, "national": Decimal(100_000), "eu": Decimal(900_000)}[level]
    Procurement.objects.filter(pk=procurement.pk).update(maximum=maximum)
    Stage.done(procurement, StageKind.NOTICE, by=a_clerk(), on=clock.today() - 9 * DAY)
    return Procurement.objects.select_related("round").get(pk=procurement.pk)


def offers_pages(world, people):
    """Return {URL name: arguments} of suppliers, offers and awards, with planted words.

    ``world``: its round is open; its municipalities take part here, too, the first one the people's own.
    """
    by, facts = people["staff"], {"by": people["staff"], "places": world.places}
    own = {"title_fi": "Verkkolehdet", "title_sv": "Nättidskrifter"}
    compared = offer_world("judged", **facts, **own, names=("Alfa Oy", "Beta Ab", "zqloser"))
    compared.offers[2].edit(by=by, model=FLAT, note="zqoffernote")
    waiting = offer_world("decided", **facts, names=("Delta Oy", "Epsilon Ab", "zqrival"))
    challenged = offer_world("appealed", **facts, names=("Zeta Oy", "Eta Ab", "zqthird"))
    appeal = challenged.award.appeals.get()
    type(appeal).objects.filter(pk=appeal.pk).update(filed_by="zqappellant", note="zqappealnote")
    frozen = procurement_world("frozen", **facts)
    ended = offer_world("judged", **facts, names=("Theta Oy", "Iota Ab", "zqfourth"))
    ended.procurement.void(by=by, reason_fi="Tarjoukset hylättiin.", reason_sv="Anbuden förkastades.")
    bought = supplier("Kappa Oy", by, contact_name="zqseller", phone="zqsellerphone")
    at = {
        name: {"pk": compared.procurement.pk}
        for name in ("offer_list", "offer_new", "comparison", "user_counts")
    }
    at |= {name: {"pk": compared.procurement.pk} for name in ("award_decide", "procurement_void")}
    at |= {"grounds": {"pk": frozen.procurement.pk}}
    at |= {
        "procurement_tender": {"pk": frozen.procurement.pk},
        "procurement_again": {"pk": ended.procurement.pk},
    }
    at |= {
        name: {"pk": compared.tiered.pk} for name in ("offer", "offer_edit", "offer_judge", "offer_withdraw")
    }
    at |= {
        name: {"pk": bought.pk}
        for name in ("supplier", "supplier_edit", "supplier_withdraw", "supplier_merge")
    }
    at |= {"award_send": {"pk": waiting.award.pk}, "procurement_contract": {"pk": challenged.procurement.pk}}
    steps = ("award", "award_retime", "award_appeal", "award_annul", "award_contract")
    at |= {name: {"pk": challenged.award.pk} for name in steps}
    at |= {f"appeal_{verb}": {"pk": appeal.pk} for verb in ("arrange", "settle")}
    return {f"procurement:{name}": kwargs for name, kwargs in at.items()}
