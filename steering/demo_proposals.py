"""The practice copy's proposals and actions: one at each point of its way. Nothing here happened."""

from django.core.files.base import ContentFile

from members.demo_story import on
from members.example import DAY
from members.models import Municipality
from procurement.demo import PAPER
from procurement.models import Procurement
from steering.models import Action, Attachment, Proposal

STAFF, CHAIR = "palvelukeskus@konsortio.example", "ohjausryhma@konsortio.example"
FIRST = 260 * DAY  # how long ago the first proposal was made
PORVOO, RASEBORG = "porvoo@kunta.example", "raseborg@kunta.example"

# dealt with by the meetings that were held (steering.demo_minutes)
WEEK = {
    "title": "Yhteinen e-kirjaviikko",
    "text": "Ehdotamme, että jäsenkunnat esittelevät e-kirjoja samalla viikolla. Yhteinen aineisto säästäisi "
    "kaikkien työtä, ja pienikin kirjasto saisi näkyvyyttä.",
}
CARRIER = {
    "title": "Kuljetusten yhteinen kilpailutus",
    "text": "Ehdotamme, että konsortio kilpailuttaa kirjastojen väliset kuljetukset. "
    "Hinnat ovat nousseet joka kunnassa.",
}


def add(body, people, today):
    """Add the members' proposals, their support, answers and actions, up to today."""
    staff, chair = people[STAFF], people[CHAIR]
    # who proposes and supports was a member already on the first of these days
    places = {place.code: place for place in Municipality.objects.members_on(today - FIRST).members_on(today)}
    porvoo, raseborg = places["638"], places["710"]
    others = [place for code, place in sorted(places.items()) if code not in {"638", "710"}]
    _done(staff, people[PORVOO], porvoo, others, today)
    _for_a_meeting(staff, others[3], others, today - 172 * DAY, WEEK)
    _accepted(staff, chair, people[RASEBORG], raseborg, others, today)
    _rejected(staff, chair, others[0], today)
    _for_a_meeting(staff, others[2], others, today - 40 * DAY, CARRIER)
    _withdrawn(staff, people[PORVOO], porvoo, today)
    _on_a_tender(staff, others[1], today)
    _waiting(staff, people[PORVOO], porvoo, others, today)
    with on(today - 2 * DAY):
        Proposal.make(
            raseborg,
            by=people[RASEBORG],
            language="sv",
            title="Gemensamma sagostunder på nätet",
            text="Vi föreslår att medlemmarna turas om att hålla sagostunder på nätet. Då får alla barn "
            "sagostunder på båda språken, också där biblioteket är litet.",
        )


def _support(proposal, staff, places):
    for place in places:
        proposal.support(by=staff, municipality=place)


def _done(staff, maker, place, others, today):
    """One that went the whole way, with an action."""
    with on(today - FIRST):
        row = Proposal.make(
            place,
            by=maker,
            title="Yhteinen ohje e-kirjojen esittelyyn",
            text="Asiakkaat kysyvät samoja asioita kaikissa kirjastoissa. Ehdotamme lyhyttä yhteistä ohjetta, "
            "jonka voi antaa asiakkaalle mukaan suomeksi ja ruotsiksi.",
        )
        Attachment.add(
            row, by=maker, file=ContentFile(PAPER, "kysymykset.pdf"), title="Asiakkaiden kysymykset"
        )
    with on(today - 255 * DAY):
        row.receive(by=staff)
        _support(row, staff, others[:3])
    with on(today - 240 * DAY):
        row.decide(
            by=staff,
            answer="accepted",
            reason_fi="Ohje säästää kaikkien työtä, ja palvelukeskus voi tehdä sen omana työnään.",
            reason_sv="En anvisning sparar arbete för alla, och servicecentralen kan göra den själv.",
        )
        action = Action.make(
            by=staff,
            text_fi="Tee ohje e-kirjojen esittelyyn suomeksi ja ruotsiksi",
            text_sv="Gör en anvisning för presentation av e-böcker på finska och svenska",
            owner=staff,
            due_on=today - 180 * DAY,
            proposal=row,
        )
    with on(today - 185 * DAY):
        result = {
            "result_fi": "Ohje on valmis ja lähetetty kaikille jäsenille.",
            "result_sv": "Anvisningen är klar och har sänts till alla medlemmar.",
        }
        action.finish(by=staff, **result)
        row.finish(by=staff, **result)


def _accepted(staff, chair, maker, place, others, today):
    """One that was accepted, became a procurement in preparation, and has an action that is late."""
    with on(today - 120 * DAY):
        row = Proposal.make(
            place,
            by=maker,
            language="sv",
            title="Språkkurser på nätet",
            text="Kunderna frågar efter språkkurser som de kan gå hemma. Vi föreslår att konsortiet utreder en "
            "gemensam upphandling, där också kurser med svenska som utgångsspråk ingår.",
        )
    with on(today - 117 * DAY):
        row.receive(by=staff)
        _support(row, staff, others[1:4])
    with on(today - 100 * DAY):
        row.decide(
            by=chair,
            answer="accepted",
            reason_fi="Tarve on kaikkien kaksikielisten kuntien yhteinen.",
            reason_sv="Behovet är gemensamt för alla tvåspråkiga kommuner.",
        )
        if procurement := Procurement.objects.filter(state="prepared").order_by("pk").first():
            row.become(by=staff, procurement=procurement)
        late = today - 12 * DAY
        Action.make(
            by=staff,
            text_fi="Selvitä jäseniltä, mitä kieliä tarvitaan",
            text_sv="Utred vilka språk medlemmarna behöver",
            owner=chair,
            due_on=late,
            proposal=row,
        )
    with on(today - 20 * DAY):
        Action.make(
            by=staff,
            text_fi="Kutsu sisältöryhmä koolle",
            text_sv="Kalla innehållsgruppen till möte",
            owner=staff,
            due_on=today + 21 * DAY,
            proposal=row,
        )


def _rejected(staff, chair, place, today):
    with on(today - 75 * DAY) as day:
        row = Proposal.make(
            place,
            by=staff,
            channel="mail",
            received_from="Kirjastonjohtaja",
            came_on=day,
            title="Yhteinen kirjastokortti",
            text="Ehdotamme yhtä kirjastokorttia kaikkiin jäsenkuntiin. Asiakas voisi lainata missä tahansa.",
        )
        row.receive(by=staff)
    with on(today - 60 * DAY):
        row.decide(
            by=chair,
            answer="rejected",
            reason_fi="Kortit kuuluvat kirjastojärjestelmiin, joista kimpat päättävät itse.",
            reason_sv="Korten hör till bibliotekssystemen, som biblioteksgrupperna själva beslutar om.",
        )


def _for_a_meeting(staff, place, others, day, told):
    """One that came by mail, was supported, and waits for the next meeting."""
    with on(day) as came_on:
        row = Proposal.make(
            place, by=staff, channel="mail", received_from="Kirjastonjohtaja", came_on=came_on, **told
        )
        row.receive(by=staff)
        _support(row, staff, [other for other in others if other != place][:3])


def _withdrawn(staff, maker, place, today):
    with on(today - 30 * DAY):
        row = Proposal.make(
            place,
            by=maker,
            title="Lainauspäätteiden yhteishankinta",
            text="Ehdotamme yhteistä hankintaa. Päätteet vanhenevat samaan aikaan monessa kunnassa.",
        )
        row.receive(by=staff)
    with on(today - 26 * DAY):
        row.withdraw(by=maker)


def _on_a_tender(staff, place, today):
    """One that is not public while the tender it concerns is running."""
    running = Procurement.objects.filter(state__in=["round", "tendering"]).order_by("pk").first()
    with on(today - 15 * DAY) as day:
        row = Proposal.make(
            place,
            by=staff,
            procurement=running,
            channel="phone",
            received_from="Kirjastonjohtaja",
            came_on=day,
            title="Käyttörajat sopimukseen",
            text="Ehdotamme, että sopimukseen kirjataan yläraja kuukausittaisille lainoille. Muuten kulut "
            "eivät pysy arviossa.",
        )
        row.receive(by=staff)


def _waiting(staff, maker, place, others, today):
    with on(today - 9 * DAY):
        row = Proposal.make(
            place,
            by=maker,
            title="Kirjavinkkarien yhteinen kalenteri",
            text="Kouluvierailut sovitaan nyt joka kunnassa erikseen. Yhteinen kalenteri auttaisi pieniä kuntia "
            "saamaan vinkkarin samalla matkalla.",
        )
    with on(today - 6 * DAY):
        row.receive(by=staff)
        _support(row, staff, others[4:6])
