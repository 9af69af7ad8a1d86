"""One procurement at a moment, with a planted word in each field that not everybody may read."""

from dataclasses import dataclass, field
from decimal import Decimal

from django.core.files.base import ContentFile

from consortium import clock
from consortium.models import Post
from procurement.models import (
    AnswerExtract,
    CommitmentForm,
    CommitmentList,
    FormSent,
    GroupCall,
    GroupSeat,
    Paper,
    Question,
    RulingKind,
    Wish,
)
from procurement.price_rules import Measure, Price, PriceModel, Tier
from tests.contract_world import a_resource, drafted
from tests.factories import DAY, RoleFactory, UserFactory
from tests.offer_world import decided, grounds, judged, received, sent, supplier
from tests.procurement_factories import announced, answers, brought_to, closing_day, member, opened, said
from tests.use_world import a_sharing, handed_in, sheet

MOMENTS = ["round", "frozen", "tendering", "decided", "sent", "contracted", "void"]


@dataclass
class World:
    """A procurement at a moment, whoever may look, and what its addresses name: {parameter or place: values}."""

    moment: str
    people: dict
    places: list
    procurement: object
    round: object
    at: dict = field(default_factory=dict)


def reached(moment, wanted):
    """Tell whether a moment has come; a procurement is voided out of its tendering. ``over``: decided or voided."""
    if wanted == "over":
        return moment not in MOMENTS[:3]
    order = ["round", "frozen", "tendering", "void"] if moment == "void" else MOMENTS[:-1]
    return wanted in order and order.index(wanted) <= order.index(moment)


def people_of(home, branch, neighbour, third, staff):
    """Return the readers by name."""
    since = {"since": clock.today() - 90 * DAY}
    found = {"staff": staff, "neighbour": RoleFactory(municipality=neighbour, **since).user}
    found["stranger"] = RoleFactory(municipality=third, **since).user
    for name, kind in (("librarian", "librarian"), ("representative", "representative")):
        found[name] = RoleFactory(municipality=home, kind=kind, **since).user
        RoleFactory(user=found[name], municipality=branch, kind=kind, **since)
    for name, kind in (("auditor", "auditor"), ("steering", "member"), ("accountant", "accountant")):
        found[name] = UserFactory(name=name)
        Post.give(found[name], kind, by=staff)
    return found | {"visitor": None}


def world_at(moment):
    """Return the world at a moment, planted words in each restricted field."""
    staff = UserFactory(is_staff=True)
    places = [member() for _n in range(4)]
    people = people_of(*places, staff)
    closes_on = closing_day(clock.today() + 14 * DAY)
    if moment != "round":
        closes_on = closing_day(clock.today() - 12 * DAY, step=-1)
    with clock.moved_to(min(clock.today(), closes_on) - 9 * DAY):
        limits = {"maximum": Decimal("555444.33"), "one_off": Decimal("444333.22")}
        procurement = announced(staff, **limits)
        at = shared(procurement, people, places[0])
        round_ = opened(procurement, places, by=staff, closes_on=closes_on)
        given = answered(round_, people, *places)
    world = World(moment, people, places, procurement, round_, at | given)
    for when, come in {"frozen": frozen, "tendering": tendered, "decided": awarded, "sent": told}.items():
        if reached(moment, when):
            come(world)
    if reached(moment, "contracted"):
        contracted(world)
    procurement.refresh_from_db()
    if moment == "void":
        procurement.void(by=staff, reason_fi="Ei tulosta.", reason_sv="Inget resultat.")
    return world


def shared(found, people, home):
    """Plant papers, a question, a wish and an offer to sit in a group; return what their addresses name."""
    staff, representative = people["staff"], people["representative"]
    papers = []
    for reader in ("staff", "takenback", "participants", "members", "public"):
        content = ContentFile(f"%PDF-1.7 zqpaper{reader}".encode(), f"{reader}.pdf")
        papers.append(Paper.add(found, by=staff, file=content, title=f"zqpaper{reader}", kind="plan"))
        if reader != "staff":
            audience = "public" if reader == "takenback" else reader
            papers[-1].publish(by=staff, audience=audience, contains_volumes=False)
    papers[1].withdraw(by=staff, reason="zqpapertakenback")
    asked = Question.ask(found, home, by=representative, text="zqquestion", language="fi")
    wish = Wish.make(home, by=representative, what="zqwish", why="zqwish", use="zqwish", language="fi")
    words = {"text_fi": "Kuka?", "text_sv": "Vem?", "offer_by": clock.today() + 9 * DAY}
    call = GroupCall.open(found, by=staff, group="content", **words)
    seat = GroupSeat.offer(call, by=representative, municipality=home, about="zqabout")
    return {"papers": papers, "questions": [asked], "wishes": [wish], "seats": [seat]}


def answered(round_, people, home, branch, neighbour, third):
    """Let the municipalities answer, one of them twice and with a reservation; one has only a draft."""
    own = {"by": people["representative"], "contact_name": "zqcontact", "reservation": "zqproviso"}
    answers(round_, home, "committed", "817263.54", by=people["representative"])
    by_lot = {"1": "600000.41", "2": "318273.04"}
    answer = answers(
        round_, home, "committed", "918273.45", ceiling=Decimal("928374.56"), by_lot=by_lot, **own
    )
    answer.rule(answer.newest, RulingKind.CONDITION_ACCEPTED, by=people["staff"], reason="zqruling")
    theirs = {"by": people["neighbour"], "contact_name": "zqneighbourly", "ceiling": Decimal("738291.47")}
    rows = [answer, answers(round_, neighbour, "committed", "728190.36", **theirs)]
    rows.append(answers(round_, third, "declined", by=people["stranger"], reason="zqdeclining"))
    draft = round_.answers.select_related("municipality").get(municipality=branch)
    words = said("interested", "645372.81", note="zqdraftnote")
    draft.prepare(by=people["librarian"], hand_over=False, **words)
    extract = AnswerExtract(answer=answer, given_by=people["representative"])
    extract.extract.save("ote.pdf", ContentFile(b"%PDF-1.7 zqminutes"))
    return {"answers": [*rows, draft], "extracts": [extract]}


def frozen(world):
    """Make the list and a form of the frozen round."""
    staff = world.people["staff"]
    made = CommitmentList.ask(world.round, by=staff, language="fi")
    form = CommitmentForm.ask(world.round, by=staff, language="fi", municipality=world.places[0])
    for document in (made, form):
        document.make()
    FormSent.mark(world.round, [world.places[0]], by=staff, on=clock.today())
    world.at |= {"number": [made.number], "key": [form.key]}


def tendered(world):
    """Write three offers down: the winner's with tiers, the loser's, one taken back."""
    staff, found = world.people["staff"], world.procurement
    grounds(found, staff)
    found.tender(by=staff)
    told = {"contact_name": "zqseller", "phone": "zqphone"}
    names = ("zqwinner", "zqloser", "zqgone")
    sellers = [supplier(name, staff, **told) for name in names]
    tiers = (Tier(2, Decimal("2345.67")), Tier(None, Decimal("2345.61")))
    winning = PriceModel((Price(Measure.PARTICIPANTS, None, tiers, Measure.PARTICIPANTS),))
    losing = PriceModel((Price(Measure.PARTICIPANTS, Decimal("3456.78")),))
    models = (winning, losing, losing)
    offers = [
        received(found, model, by=staff, supplier=seller, note="" if model is winning else "zqoffernote")
        for seller, model in zip(sellers, models, strict=True)
    ]
    for offer, mark in zip(offers[:2], ("5", "4.37"), strict=True):
        judged(offer, mark, by=staff)
    offers[2].withdraw(by=staff, on=clock.today(), reason="zqtakenback")
    world.at |= {"suppliers": sellers, "tenders": offers}


def awarded(world):
    """Record the award; the tenderers are not told yet."""
    award = decided(world.procurement, world.at["tenders"][0], by=world.people["staff"])
    world.at |= {"awards": [award]}


def told(world):
    """Send the award; it is challenged."""
    (award,), staff = world.at["awards"], world.people["staff"]
    sent(award, by=staff)
    days = {"filed_on": clock.today(), "known_on": clock.today()}
    row = award.appeal(by=staff, kind="market_court", filed_by="zqappellant", note="zqappealnote", **days)
    world.at |= {"appeals": [row]}


def contracted(world):
    """Make the contract with its participants, a draft of shared costs and a file of use."""
    staff, (home, *_rest) = world.people["staff"], world.places
    world.at["appeals"][0].settle(by=staff, outcome="rejected", settled_on=clock.today(), note="zqappealnote")
    brought_to(world.procurement, "contracted")
    seller = world.at["suppliers"][0]
    contract = drafted(by=staff, supplier=seller, procurement=world.procurement)
    contract.participations.model.take_committed(contract, by=staff)
    contract.sign(by=staff, signed_on=clock.today())
    share = a_sharing(contract, by=staff, ground="zqground")
    file = handed_in(contract, sheet([(home.name_fi, "1/2026", 3)]), by=staff)
    world.at |= {
        "contracts": [contract],
        "share": [share.pk],
        "file": [file.pk],
        "resources": [a_resource(contract)],
        "row": [contract.participations.get(municipality=home).pk],
    }
