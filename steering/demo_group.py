"""The practice copy's steering group: eleven seats, whom Helsinki appointed to them, whom others put forward."""

import datetime as dt

from consortium import clock
from members.demo_story import on
from members.example import DAY
from members.models import Municipality
from steering.models import Appointment, Body, Candidate, Office, Place, SeatKind

CHAIR, SECRETARY = "ohjausryhma@konsortio.example", "sihteeri@konsortio.example"
MEMBER, DEPUTY = "jasen@konsortio.example", "varajasen@konsortio.example"
SEATS = [SeatKind.MEMBER] * 11 + [SeatKind.EXPERT, SeatKind.SECRETARY]
DIRECTOR = {
    "body_fi": "Kirjastopalvelujen johtaja",
    "body_sv": "Direktören för bibliotekstjänster",
}  # who appoints
DIRECTOR_FI, DIRECTOR_SV = "Kirjastotoimenjohtaja", "Biblioteksdirektör"
# seat: (municipality, member's name and address, deputy's name or none); the same person's accounts elsewhere are used
FIRST = {
    1: ("091", "Sirkka Esimerkki", CHAIR, "Arto Esimerkki"),
    2: ("837", "Veikko Esimerkki", "", "Pirjo Esimerkki"),
    3: ("564", "Kaarina Esimerkki", MEMBER, "Juhani Esimerkki"),
    4: ("049", "Marja Esimerkki", "", ""),
    5: ("179", "Tapio Esimerkki", "", "Leena Esimerkki"),
    6: ("710", "Greta Exempel", "raseborg@kunta.example", "Sven Exempel"),
    7: ("638", "Hilkka Esimerkki", "", "Paavo Esimerkki"),
    8: ("092", "Antero Esimerkki", "", "Sisko Esimerkki"),
}
LATER = {
    9: ("698", "Raili Esimerkki", "", "Aslak Esimerkki"),
    10: ("167", "Urho Esimerkki", "", ""),
    11: ("499", "Ingrid Exempel", "", "Nils Exempel"),
}
OWN = {3: DEPUTY}  # a deputy who has an account of the practice copy
ELSEWHERE = {5: "837", 8: "049"}  # a deputy need not come from the member's own municipality


def seat(staff, today):
    """Write the group, its two appointments, a deputy who took a seat, and a candidate. Returns the body."""
    year = today.year
    with on(dt.date(year - 2, 12, 2)) as day:
        body = Body.found(by=staff, name_fi="Ohjausryhmä", name_sv="Styrgruppen", founded_on=day, seats=SEATS)
    begins, ends = dt.date(year - 1, 2, 1), dt.date(year + 1, 1, 31)
    with on(dt.date(year - 1, 1, 14)) as day:
        _appoint(staff, body, _forward(staff, body, FIRST) + _others(staff, body), day, begins, ends, "§ 4")
    with on(dt.date(year - 1, 12, 16)) as day:
        begins = dt.date(year, 1, 1)
        _appoint(staff, body, _forward(staff, body, LATER), day, begins, ends, "§ 121")
    with on(min(max(today - 60 * DAY, begins + DAY), today)) as day:
        leaver = body.terms.get(seat__number=7, place=Place.MEMBER)
        leaver.resign(by=staff, last_day=day, because="Siirtynyt toisiin tehtäviin", deputy_takes_over=True)
    with on(today - 7 * DAY) as day:
        Candidate.put_forward(
            by=staff,
            seat=body.seats.get(number=10),
            place=Place.DEPUTY,
            name="Helmi Esimerkki",
            title="Kirjastonjohtaja",
            email="helmi@kontiolahti.example",
            municipality=Municipality.objects.get(code="276"),
            put_forward_by="Vaara-kirjastot",
            put_forward_on=day,
        )
    return body


def _forward(staff, body, people):
    """Put the people forward for the seats, members before their deputies. Returns the candidates."""
    places = Municipality.objects.in_bulk(field_name="code")
    rows = {row.number: row for row in body.seats.all()}
    found = []
    for number, (code, name, address, deputy) in people.items():
        office = {1: Office.CHAIR, 2: Office.VICE}.get(number, "")
        told = [(Place.MEMBER, office, name, address, code)]
        if deputy:
            told.append((Place.DEPUTY, "", deputy, OWN.get(number, ""), ELSEWHERE.get(number, code)))
        for place, holds, who, email, own in told:
            swedish = places[own].languages[0] == "sv"
            candidate = Candidate.put_forward(
                by=staff,
                seat=rows[number],
                place=place,
                office=holds,
                name=who,
                title=DIRECTOR_SV if swedish else DIRECTOR_FI,
                email=email or f"{place}{number}@ohjausryhma.example",
                municipality=places[own],
                put_forward_by=places[own].name_sv if swedish else places[own].name_fi,
                put_forward_on=clock.today(),
            )
            found.append(candidate)
    return found


def _others(staff, body):
    """Put forward the expert, who has no vote, and the secretary from the service centre."""
    told = [
        (12, "Ilmari Esimerkki", "Erityisasiantuntija", "asiantuntija@kirjastot.example"),
        (13, "Saara Esimerkki", "Suunnittelija", SECRETARY),
    ]
    return [
        Candidate.put_forward(
            by=staff,
            seat=body.seats.get(number=number),
            name=name,
            title=title,
            email=email,
            put_forward_by="Palvelukeskus",
            put_forward_on=clock.today(),
        )
        for number, name, title, email in told
    ]


def _appoint(staff, body, candidates, day, begins, ends, section):
    Appointment.record(
        by=staff,
        body=body,
        candidates=candidates,
        starts_on=begins,
        ends_on=ends,
        decided_on=day,
        section=section,
        case_number=f"HEL {day.year}-000774",
        **DIRECTOR,
    )
