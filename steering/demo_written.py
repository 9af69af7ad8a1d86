"""The practice copy's matters between meetings: one settled in writing, and one that is answered now."""

from members.example import DAY
from procurement.models import closing_day, closing_time
from steering.demo_days import at, held_on
from steering.models import Place, SeatKind, WrittenMatter
from steering.models.written import AsideKind

BROCHURE = {
    "title_fi": "Esitteen uusi painos",
    "title_sv": "Ny upplaga av broschyren",
    "background_fi": "Esite on loppunut, ja kirjastomessut ovat ennen seuraavaa kokousta.",
    "background_sv": "Broschyren har tagit slut och biblioteksmässan hålls före nästa möte.",
    "proposal_fi": "Esitteestä otetaan 2 000 kappaleen painos suomeksi ja 500 kappaleen painos ruotsiksi.",
    "proposal_sv": "Av broschyren tas en upplaga på 2 000 exemplar på finska och 500 på svenska.",
}
MATTER = {
    "title_fi": "Hankintapäivän siirto",
    "title_sv": "Inköpsdagen flyttas",
    "background_fi": "Varattu tila on remontissa. Uusi tila on vapaa viikkoa myöhemmin.",
    "background_sv": "Den bokade lokalen renoveras. En ny lokal är ledig en vecka senare.",
    "proposal_fi": "Hankintapäivä pidetään viikkoa myöhemmin.",
    "proposal_sv": "Inköpsdagen hålls en vecka senare.",
}


def add(body, people, today):
    """Settle a matter in writing about three months ago, and have another one answered now."""
    secretary = body.terms.on(today).get(seat__kind=SeatKind.SECRETARY).user
    _settled(body, secretary, held_on(today - 98 * DAY))
    _running(body, secretary, today)


def _seated(body, day):
    """Return {seat's number: member} of those who answer."""
    rows = body.terms.on(day).filter(place=Place.MEMBER, seat__kind=SeatKind.MEMBER)
    return {term.seat.number: term.user for term in rows.select_related("seat", "user")}


def _settled(body, secretary, began):
    """All answer, the deputy for one who is hindered; one is against it. It ends when its time is over."""
    ends = closing_day(began + 5 * DAY)
    members = _seated(body, began)
    with at(began, 9):
        matter = WrittenMatter.begin(by=secretary, body=body, deadline=closing_time(ends), **BROCHURE)
    with at(began, 12, 30):
        matter.step_aside(by=members[3], kind=AsideKind.HINDERED)
        deputy = matter.asides.get().deputy
        for number, user in members.items():
            if number != 3:
                matter.answer(by=user, position="against" if number == 5 else "for")
    with at(began + DAY, 10):
        matter.answer(by=deputy, position="for")
    with at(ends + DAY, 6):
        matter.settle()


def _running(body, secretary, today):
    began, ends = held_on(today - 3 * DAY), closing_day(today + 5 * DAY)
    members = _seated(body, began)
    with at(began, 9):
        matter = WrittenMatter.begin(by=secretary, body=body, deadline=closing_time(ends), **MATTER)
    with at(held_on(today - DAY), 11):
        for number in (4, 5, 6, 7):
            matter.answer(by=members[number], position="for")
