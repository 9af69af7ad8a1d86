"""The practice copy's joint procurements: one in use, one with its round open, one just awarded, two that ended.

Nothing here happened. Suppliers, sums and business IDs are invented; every act goes through its own verb.
"""

import datetime as dt
from decimal import Decimal

from django.core.files.base import ContentFile

from consortium import clock
from consortium.deadlines import next_working_day
from members.demo_story import FIRST_MEMBERS, on
from members.example import COMMITTEE, DAY
from members.models import Body, Municipality
from procurement import award_dates
from procurement.demo_books import in_use
from procurement.models import (
    Contract,
    Group,
    GroupCall,
    Holding,
    Offer,
    Paper,
    PaperKind,
    Participation,
    Procurement,
    Question,
    Readers,
    Resource,
    Round,
    Supplier,
    Wish,
    closing_day,
    closing_time,
    put_grounds,
)
from procurement.price_rules import Measure, Price, PriceModel, Tier

QUALITY = {"text_fi": "Laatu ja saavutettavuus", "text_sv": "Kvalitet och tillgänglighet"}
SIGN_IN = {
    "text_fi": "Asiakas kirjautuu kirjastokortilla ja tunnusluvulla",
    "text_sv": "Kunden loggar in med bibliotekskort och pinkod",
}
TIERS = (  # € a resident by how many municipalities take part
    Tier(Decimal(5), Decimal("0.06")),
    Tier(Decimal(15), Decimal("0.049")),
    Tier(None, Decimal("0.04")),
)
PAPER = b"""%PDF-1.4
1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj
2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj
3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>endobj
trailer<</Root 1 0 R>>
"""


def live(people, today):
    """Add the procurements to the story of the members, up to today. Returns nothing to show: they are rows."""
    staff = people["palvelukeskus@konsortio.example"]
    members = list(Municipality.objects.members_on(today).order_by("sort_key_fi"))
    first = [place for place in members if place.code in FIRST_MEMBERS]
    in_use(staff, first, today)
    _ended_without_result(staff, first, today)
    _just_awarded(staff, members, today)
    _round_open(staff, members, people, today)
    _in_preparation(staff, members, people, today)
    _about_to_end(staff, members, today)
    return []


def give(round_, place, staff, kind, yearly=None, **more):
    """Write a municipality's answer as it came by mail: nobody of these municipalities is in the story."""
    said = {
        "kind": kind,
        "channel": "mail",
        "received_from": "Kirjastonjohtaja",
        "received_on": clock.today(),
    }
    if yearly is not None:
        said["yearly"] = Decimal(yearly)
    if kind == "committed":
        said |= {"body": Body.COMMITTEE, "decided_on": clock.today() - 3 * DAY, "section": "§ 61"}
        said |= {"contact_name": "Kirjastonjohtaja", "contact_email": f"kirjasto@{place.code}.example"}
    answer = round_.answers.select_related("municipality").get(municipality=place)
    return answer.give(by=staff, seen=0, **said | more)


def begin(staff, title_fi, title_sv, summary_fi, summary_sv, **facts):
    """Write a procurement and let everyone know of it."""
    texts = {"title_fi": title_fi, "title_sv": title_sv, "summary_fi": summary_fi, "summary_sv": summary_sv}
    procurement = Procurement.begin(by=staff, **texts, **facts)
    procurement.announce(by=staff)
    return procurement


# --- Ended without result -----------------------------------------------------------------------------------------


def _ended_without_result(staff, members, today):
    year = today.year - 1
    with on(dt.date(year, 9, 1)):
        procurement = begin(
            staff,
            "Äänikirjat",
            "Ljudböcker",
            "Suomen- ja ruotsinkielisiä äänikirjoja kuunneltavaksi kirjaston tunnuksilla.",
            "Ljudböcker på finska och svenska att lyssna på med bibliotekets koder.",
            months=24,
            cpv=["22113000-5"],
        )
        round_ = Round.open(
            procurement,
            by=staff,
            municipalities=members,
            closes_at=closing_time(closing_day(dt.date(year, 9, 25))),
            minimum_members=5,
        )
    with on(dt.date(year, 9, 18)):
        for place in members[:4]:
            give(round_, place, staff, "committed", "1800")
        give(round_, members[4], staff, "interested", "900")
    with on(dt.date(year, 10, 12)):
        procurement.tender(by=staff)
    with on(dt.date(year, 11, 23)):
        procurement.void(
            by=staff,
            reason_fi="Määräaikaan mennessä ei saatu yhtään tarjousta.",
            reason_sv="Inom utsatt tid kom inga anbud in.",
        )


# --- Awarded, the standstill runs ---------------------------------------------------------------------------------


def _just_awarded(staff, members, today):
    with on(today - 150 * DAY):
        procurement = begin(
            staff,
            "Elokuvat verkossa",
            "Filmer på nätet",
            "Koti- ja ulkomaisia elokuvia katsottavaksi kotona kirjastokortilla.",
            "Inhemska och utländska filmer att se hemma med bibliotekskort.",
            months=36,
            options=[(12, Decimal(0))],
            cpv=["92225100-7"],
            case_number=f"HEL {today.year}-006120",
        )
        put_grounds(
            procurement,
            by=staff,
            price_weight=60,
            basis="both",
            shared_by="residents",
            requirements=[SIGN_IN],
            criteria=[QUALITY | {"weight": Decimal(40), "best": Decimal(5)}],
        )
        round_ = Round.open(
            procurement,
            by=staff,
            municipalities=members,
            closes_at=closing_time(closing_day(today - 120 * DAY)),
            quota_share=Decimal(1),
        )
    with on(today - 130 * DAY):
        for number, place in enumerate(members[:9]):
            give(round_, place, staff, "committed", 6000 + 700 * number)
        give(round_, members[9], staff, "interested", "2600")
        give(round_, members[10], staff, "declined")
    with on(today - 75 * DAY):
        procurement.tender(by=staff)
    suppliers = [
        ("Elokuvapalvelu Esimerkki Oy", "2345678-7", "fi"),
        ("Filmexempel Ab", "3456789-0", "sv"),
        ("Kuvavirta Esimerkki Oy", "4567891-5", "fi"),
    ]
    models = [
        PriceModel((Price(Measure.RESIDENTS, Decimal("0.052")),)),
        PriceModel(
            (
                Price(
                    Measure.RESIDENTS,
                    None,
                    (
                        Tier(Decimal(5), Decimal("0.06")),
                        Tier(Decimal(15), Decimal("0.049")),
                        Tier(None, Decimal("0.04")),
                    ),
                    Measure.PARTICIPANTS,
                ),
            )
        ),
        PriceModel((Price(Measure.PARTICIPANTS, Decimal(7400)),)),
    ]
    marks = [Decimal("3.5"), Decimal("4.5"), Decimal(4)]
    with on(today - 30 * DAY):
        requirement, criterion = procurement.requirements.get(), procurement.criteria.get()
        offers = []
        for (name, _business_id, language), model, mark in zip(suppliers, models, marks, strict=True):
            contact = {
                "email": f"tarjoukset@{language}{len(offers)}.example",
                "contact_name": "Myyntipäällikkö",
            }
            supplier = Supplier.begin(by=staff, name=name, language=language, **contact)
            offer = Offer.receive(
                procurement, by=staff, supplier=supplier, received_on=clock.today(), model=model
            )
            offer.judge(by=staff, met={str(requirement.pk): True}, marks={str(criterion.pk): mark})
            offers.append(offer)
    with on(today - 5 * DAY) as day:
        award = procurement.award(
            by=staff,
            offer=offers[1],
            decider="helsinki",
            decided_on=day,
            section="§ 97",
            case_number=procurement.case_number,
            reason_fi="Tarjous sai vertailussa eniten pisteitä.",
            reason_sv="Anbudet fick flest poäng i jämförelsen.",
            **COMMITTEE,
        )
        _advice, table = award_dates.after(award, sent_on=day, sending="email")
        award.send(by=staff, sent_on=day, sending="email", timetable=table)


# --- The round is open --------------------------------------------------------------------------------------------


def _round_open(staff, members, people, today):
    with on(today - 12 * DAY):
        procurement = begin(
            staff,
            "Sähköiset aikakauslehdet",
            "Elektroniska tidskrifter",
            "Kotimaisia ja ulkomaisia aikakauslehtiä luettavaksi kirjastossa ja kotona kirjaston tunnuksilla.",
            "Inhemska och utländska tidskrifter att läsa på biblioteket och hemma med bibliotekets koder.",
            months=36,
            options=[(12, Decimal(0))],
            cpv=["22213000-6", "79980000-7"],
            maximum=Decimal(480_000),
        )
        round_ = Round.open(
            procurement,
            by=staff,
            municipalities=members,
            closes_at=closing_time(closing_day(today + 18 * DAY)),
            cost_rule="per_resident",
            cost_rate=Decimal("0.05"),
            cost_floor=Decimal(300),
            minimum_volume=Decimal(60_000),
            minimum_members=10,
            quota_share=Decimal("0.5"),
        )
        Paper.add(
            procurement,
            by=staff,
            file=ContentFile(PAPER, "sisalto.pdf"),
            title="Sisältöryhmän lehtiluettelo",
            language="fi",
            kind=PaperKind.MATERIAL,
            contains_volumes=False,
        ).publish(by=staff, audience=Readers.MEMBERS, contains_volumes=False)
    places = {place.code: place for place in members}
    said = [
        ("091", "committed", "33000", {}),
        ("049", "committed", "15000", {}),
        (
            "837",
            "committed",
            "12800",
            {"reservation": "Sitoudumme, jos ruotsinkielisiä lehtiä on vähintään 10 %."},
        ),
        ("398", "interested", "6000", {}),
        ("167", "declined", None, {}),
        ("297", "preparing", None, {"until": closing_day(today + 6 * DAY)}),
        ("564", "committed", "10700", {}),
    ]
    with on(today - 6 * DAY):
        for code, kind, yearly, more in said:
            give(round_, places[code], staff, kind, yearly, **more)
    with on(today - 4 * DAY):
        Question.ask(
            procurement,
            places["710"],
            by=people["raseborg@kunta.example"],
            text="Kan en kommun delta bara med de svenska tidskrifterna?",
            language="sv",
        )


# --- In preparation -----------------------------------------------------------------------------------------------


def _in_preparation(staff, members, people, today):
    places = {place.code: place for place in members}
    wisher = people["raseborg@kunta.example"]
    with on(today - 40 * DAY):
        wish = Wish.make(
            places["710"],
            by=wisher,
            what="Språkkurser på nätet",
            why="Inflyttade frågar varje vecka efter kurser i svenska och finska.",
            use="Uppskattningsvis 300 användare om året",
            language="sv",
        )
    with on(today - 20 * DAY):
        procurement = begin(
            staff,
            "Kielikurssit verkossa",
            "Språkkurser på nätet",
            "Suomen, ruotsin ja muiden kielten kursseja kirjaston asiakkaille.",
            "Kurser i svenska, finska och andra språk för bibliotekets kunder.",
            months=24,
            cpv=["48000000-8"],
        )
        wish.gather(by=staff, procurement=procurement)
        GroupCall.open(
            procurement,
            by=staff,
            group=Group.CONTENT,
            text_fi="Ryhmä valitsee kielet ja tasot ja kokeilee palveluja. Kaksi kokousta etänä.",
            text_sv="Gruppen väljer språk och nivåer och prövar tjänsterna. Två möten på distans.",
            offer_by=closing_day(today + 15 * DAY),
        )
    with on(today - 8 * DAY):
        Wish.make(
            places["710"],
            by=wisher,
            what="Lokaltidningar i digital form",
            why="Läsesalen är öppen tre dagar i veckan, tidningarna kommer ut sex.",
            use="Dagligen, 20–30 läsare",
            language="sv",
        )


# --- A contract about to end --------------------------------------------------------------------------------------


def _about_to_end(staff, members, today):
    """A contract from before the portal: its last day for notice comes in three weeks."""
    with on(dt.date(today.year - 1, 1, 15)) as day:
        supplier = Supplier.begin(
            by=staff, name="Tietokanta Esimerkki Oy", email="asiakaspalvelu@tietokanta.example"
        )
        contract = Contract.make(
            by=staff,
            supplier=supplier,
            title_fi="Hakuteokset ja tietokannat",
            title_sv="Uppslagsverk och databaser",
            number=f"HEL {today.year - 3}-010204",
            begins_on=dt.date(today.year - 2, 1, 1),
            ends_on=next_working_day(today + 110 * DAY),
            silence="runs_on",
            renewal_months=12,
            notice_by=next_working_day(today + 21 * DAY),
            our_days=14,
            yearly=Decimal(18_600),
        )
        for place in members[:6]:
            Participation.begin(contract, place, by=staff, yearly=Decimal(3_100))
        contract.sign(by=staff, signed_on=day)
    Resource.objects.create(
        title="Esimerkkitieto",
        material="databases",
        languages=["fi", "sv", "en"],
        about_fi="Hakuteos ja kartat luettavaksi kirjastossa ja kotona.",
        about_sv="Uppslagsverk och kartor att läsa på biblioteket och hemma.",
        url="https://tieto.example/",
        help_fi="Oma kirjastosi, asiakaspalvelu",
        help_sv="Ditt eget bibliotek, kundtjänsten",
        contract=contract,
    )
    alone = Resource.objects.create(
        title="Musiikkikirjasto Esimerkki",
        material="music",
        languages=["fi"],
        about_fi="Kotimaista musiikkia kuunneltavaksi.",
        about_sv="Inhemsk musik att lyssna på.",
        help_fi="Oma kirjastosi, musiikkiosasto",
        help_sv="Ditt eget bibliotek, musikavdelningen",
    )
    Holding.begin(alone, members[0], by=staff, starts_on=dt.date(today.year - 1, 1, 1))
