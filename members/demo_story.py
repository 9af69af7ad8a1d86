"""The practice copy's story: invented acts of real municipalities, lived through day by day before today.

Nothing here happened. Titles stand where names would.
"""

import datetime as dt
import hashlib
from contextlib import contextmanager
from decimal import Decimal

from consortium import clock
from consortium.deadlines import Remedy, earliest_final_on, is_working_day, previous_working_day
from consortium.models import AuditEvent
from members.example import CASE, COMMITTEE, DAY, example_offer, example_tariff, example_version
from members.models import (
    Accession,
    AccessionState,
    AgreementVersion,
    Body,
    Clause,
    Decision,
    Membership,
    Municipality,
    Offer,
    Outcome,
    PackageFormat,
    ask_for_packages,
)
from members.models.offer import CODE_SIGNS
from members.package import example_clauses

DIRECTOR = "Kirjastopalvelujen johtaja"  # who confirms in Helsinki
# Members since 1.1. of last year, and since 1.1. of this one; Urjala left at the end of last year.
FIRST_MEMBERS = ["091", "049", "092", "837", "564", "179", "638", "710", "887"]
LATER_MEMBERS = ["297", "398", "499", "478", "698", "167", "148", "276", "507"]
LEFT = "887"
TWO_PLACES = {"009", "317"}  # Alavieska and Kärsämäki: one person answers for both
BIG = 100_000  # residents from which a council decides in this story


@contextmanager
def on(day):
    """Move the portal's clock to a working day of the past, so that every row and act of the block carries it."""
    with clock.moved_to(previous_working_day(day)):
        yield clock.today()


def steady_code(code):
    """Return the short address of a municipality's package: the same in every practice copy, as pictures show it."""
    digits = hashlib.sha256(f"practice {code}".encode()).digest()
    return "".join(CODE_SIGNS[digit % len(CODE_SIGNS)] for digit in digits[:8])


def add_version(number, clauses, decided_on, section, case_number, by):
    """Write a version of the agreement and record Helsinki's decision on it."""
    with on(decided_on) as day:
        version = AgreementVersion.objects.create(number=number, is_example=True)
        Clause.objects.bulk_create(
            Clause(version=version, position=at, **c) for at, c in enumerate(clauses, start=1)
        )
        version.approve(by=by, decided_on=day, section=section, case_number=case_number, **COMMITTEE)
    return version


# --- Members of earlier rounds -----------------------------------------------------------------------------------


def load_members(staff, today):
    """Two earlier rounds on version 2, written as rows: their acts, decisions and memberships, without letters."""
    year = today.year
    version = add_version(
        "2", example_clauses()[:-1], dt.date(year - 2, 1, 20), "§ 14", f"HEL {year - 2}-000312", staff
    )
    tariff = example_tariff(year - 2)
    tariff.rate, tariff.section, tariff.case_number = Decimal("0.008"), "§ 158", f"HEL {year - 3}-014872"
    tariff.save()
    for codes, joined in ((FIRST_MEMBERS, year - 1), (LATER_MEMBERS, year)):
        with on(dt.date(joined - 1, 2, 10)):
            offer = Offer.objects.create(
                version=version,
                tariff=tariff,
                decide_by=previous_working_day(dt.date(joined - 1, 11, 30)),
                joins_on=dt.date(joined, 1, 1),
                case_number=f"HEL {joined - 1}-001204",
                opened_by=staff,
            )
        _round(offer, codes, staff)
    membership = Membership.objects.get(municipality__code=LEFT)
    with on(dt.date(year - 1, 6, 12)) as notice_on:
        membership.leave(by=staff, notice_on=notice_on, last_day=dt.date(year - 1, 12, 31))


def _round(offer, codes, staff):
    """Write one round from invitation to membership: act by act for all, each act on its day."""
    year = offer.joins_on.year - 1
    places = Municipality.objects.filter(code__in=codes).with_population()
    with on(dt.date(year, 2, 12)):
        AuditEvent.record_many(
            accessions := _confirmed(offer, places, year, staff), "invite", by=staff, offer=offer.pk
        )
    with on(dt.date(year, 3, 1)):
        AuditEvent.record_many(accessions, "send", by=staff)
    decisions = [_decision(a, index, year, staff) for index, a in enumerate(accessions)]
    Decision.objects.bulk_create(decisions)
    for accession, decision in zip(accessions, decisions, strict=True):
        accession.deciding, accession.finality_on = decision, decision.final_on
        accession.signed_on, accession.signatory = decision.meeting_on + 3 * DAY, "Kunnanjohtaja"
    Accession.objects.bulk_update(accessions, ["deciding", "finality_on", "signed_on", "signatory"])
    for verb, day in (("decide", (10, 6)), ("sign", (10, 8)), ("finalise", (12, 2)), ("confirm", (12, 10))):
        with on(dt.date(year, *day)):
            AuditEvent.record_many(accessions, verb, by=staff)
    period = (offer.joins_on, None)
    Membership.objects.bulk_create(
        Membership(municipality=a.municipality, period=period, accession=a) for a in accessions
    )


def _confirmed(offer, places, year, staff):
    sent_at = dt.datetime(year, 3, 1, 10, 0, tzinfo=clock.HELSINKI)
    return Accession.objects.bulk_create(
        Accession(
            municipality=municipality,
            offer=offer,
            code=steady_code(municipality.code),
            state=AccessionState.CONFIRMED,
            sent_at=sent_at,
            signed_on=sent_at.date(),  # both set anew from the decision, which needs this row first
            signatory="Kunnanjohtaja",
            finality_on=sent_at.date(),
            finality_ground="certificate",
            finality_note="Kirjaamo",
            finality_by=staff,
            confirmed_on=previous_working_day(dt.date(year, 12, 10)),
            confirmed_body=DIRECTOR,
            confirmed_section="44",
            confirmed_case_number=f"HEL {year}-011873",
        )
        for municipality in places
    )


def _decision(accession, index, year, staff):
    """Return the deciding row: in a large city the council, elsewhere the board, in late September."""
    aland, council = accession.municipality.is_aland, accession.municipality.residents >= BIG
    meeting_on = previous_working_day(dt.date(year, 9, 28) - index * DAY)
    published_on = None if aland else meeting_on + 7 * DAY
    return Decision(
        accession=accession,
        body=Body.COUNCIL if council else Body.BOARD,
        meeting_on=meeting_on,
        section=str(61 + 7 * index),
        case_number=f"Dno-{year}-{140 + 13 * index}",
        outcome=Outcome.APPROVED,
        published_on=published_on,
        stated_final_on=meeting_on + 40 * DAY if aland else None,
        recorded_by=staff,
        recorded_at=dt.datetime(year, 10, 6, 9, 30, tzinfo=clock.HELSINKI),
        **_on_behalf(meeting_on + 7 * DAY),
    )


def _on_behalf(day):
    return {"channel": "mail", "received_from": "Kirjaamo", "received_on": day}


# --- The round under way -----------------------------------------------------------------------------------------


def open_offer(staff, today):
    """Open the round on version 3 a hundred days ago."""
    example, tariff = example_version(), example_tariff(today.year)
    tariff.save()
    version = add_version("3", example_clauses(), example.decided_on, example.section, CASE, staff)
    with on(today - 100 * DAY):
        offer = example_offer(today)
        offer.version, offer.tariff, offer.opened_by = version, tariff, staff
        offer.full_clean()
        offer.save()
    return offer


def live(offer, staff, lempi, today):
    """Take some municipalities through the path by its own verbs, on days before today; one stands in each state."""
    waiting = ["304", "318", "322"]  # invited, package not yet sent
    codes = [*waiting, *STORY]
    with on(today - 95 * DAY):
        opened = offer.invite(Municipality.objects.filter(code__in=codes), by=staff)
        for accession in opened:
            accession.code = steady_code(accession.municipality.code)
        Accession.objects.bulk_update(opened, ["code"])
    ask_for_packages(offer.accessions.filter(municipality__code__in=waiting), by=staff)
    with on(today - 92 * DAY):
        asked = offer.accessions.filter(municipality__code__in=STORY)
        for row in ask_for_packages(asked, by=staff):
            if row.format == PackageFormat.PDF:  # a letter carries it; the worker makes the .docx
                row.make()
    by_code = {a.municipality.code: a for a in asked.select_related("municipality", "offer__version")}
    with on(today - 90 * DAY):
        for code in STORY:
            by_code[code].send(by=staff)
    for code, story in STORY.items():
        story(by_code[code], lempi if code in TWO_PLACES else staff, staff, today)


def decide(accession, by, meeting_on, outcome=Outcome.APPROVED, *, after=8, published=True, **fields):
    """Record a handling some days after its meeting; the service centre says how it heard of it."""
    meeting_on = previous_working_day(meeting_on)
    aland = accession.municipality.is_aland
    fields = {"body": Body.BOARD, "section": "61", "case_number": f"Dno-{meeting_on.year}-62"} | fields
    published_on = meeting_on + 7 * DAY if published and not aland else None
    with on(meeting_on + after * DAY) as day:
        behalf = _on_behalf(day) if by.is_staff else {}
        accession.decide(
            by=by, meeting_on=meeting_on, outcome=outcome, published_on=published_on, **fields, **behalf
        )


def becomes_final(accession, staff, *, signed=True):
    """The municipality signs, and the service centre records the certificate on the first day it can be final."""
    if signed:
        with on(accession.deciding.meeting_on + 10 * DAY) as day:
            accession.sign(by=staff, signed_on=day, signatory="Kunnanjohtaja")
    final_on = earliest_final_on(accession.deciding.published_on, Remedy.RECTIFICATION)
    with on(final_on + 4 * DAY):
        accession.finalise(
            by=staff, finality_on=final_on, finality_ground="certificate", finality_note="Kirjaamo, todistus"
        )


def sent(accession, by, staff, today):
    """The package lies in the registry; nothing has been heard."""


def opened(accession, by, staff, today):
    """Somebody has followed the link."""
    with on(today - 70 * DAY):
        accession.note_opened()


def meets_soon(accession, by, staff, today):
    """The board meets in three weeks."""
    with on(today - 12 * DAY):
        accession.schedule(by=by, meeting_on=_ahead(today, 21), meeting_body=Body.BOARD)


def met(accession, by, staff, today):
    """The board met five days ago; what it decided has not been recorded."""
    with on(today - 40 * DAY):
        accession.schedule(by=by, meeting_on=previous_working_day(today - 5 * DAY), meeting_body=Body.BOARD)


def proposed(accession, by, staff, today):
    """The committee proposes; the board decides in ten days."""
    committee = {"body": Body.COMMITTEE, "body_name": "Sivistyslautakunta", "section": "34"}
    decide(accession, by, today - 14 * DAY, Outcome.PROPOSED, **committee)
    with on(today - 4 * DAY):
        accession.schedule(by=by, meeting_on=_ahead(today, 10), meeting_body=Body.BOARD)


def tabled(accession, by, staff, today):
    """The board left the matter on the table for three weeks."""
    decide(
        accession, by, today - 10 * DAY, Outcome.TABLED, published=False, next_meeting_on=_ahead(today, 11)
    )


def conditional(accession, by, staff, today):
    """The board approved with a condition; Helsinki's lawyer considers it."""
    decide(
        accession,
        by,
        today - 16 * DAY,
        Outcome.APPROVED_CHANGED,
        condition="… edellyttäen, että vuosimaksu on alle 200 €.",
    )


def unpublished(accession, by, staff, today):
    """Approved six days ago; nobody knows yet when the minutes were published."""
    decide(accession, by, today - 6 * DAY, published=False, after=1)


def running(accession, by, staff, today):
    """Approved; the appeal period runs."""
    decide(accession, by, today - 17 * DAY)


def over(accession, by, staff, today):
    """The appeal period is over; nobody has confirmed finality yet."""
    decide(accession, by, today - 45 * DAY, section="138", case_number=f"AlaDno-{today.year}-97")
    with on(today - 30 * DAY) as day:
        accession.sign(by=by, signed_on=day, signatory="Kunnanjohtaja")


def aland(accession, by, staff, today):
    """Åland: the date of finality is asked for, not reckoned."""
    decide(accession, by, today - 20 * DAY)


def final_signed(accession, by, staff, today):
    """Final and signed: on the signing list."""
    decide(accession, by, today - 60 * DAY)
    becomes_final(accession, staff)


def final_unsigned(accession, by, staff, today):
    """Final, but the agreement has not been signed."""
    decide(accession, by, today - 58 * DAY)
    becomes_final(accession, staff, signed=False)


def confirmed(accession, by, staff, today):
    """Confirmed by Helsinki; the membership begins by itself on its day."""
    final_signed(accession, by, staff, today)
    with on(today - 8 * DAY) as day:
        accession.confirm(
            by=staff,
            confirmed_on=day,
            confirmed_body=DIRECTOR,
            confirmed_section="61",
            confirmed_case_number=f"HEL {day.year}-012044",
            joins_on=accession.offer.joins_on,
        )


def rejected(accession, by, staff, today):
    """The board decided not to join."""
    decide(accession, by, today - 25 * DAY, Outcome.REJECTED)


def stopped(accession, by, staff, today):
    """The municipality asked to end the matter."""
    with on(today - 50 * DAY):
        accession.stop(by=by, reason="Kunta palaa asiaan kimpan yhteisen selvityksen jälkeen.")


def _ahead(today, days):
    day = today + days * DAY
    while not is_working_day(day):
        day += DAY
    return day


STORY = {
    "981": sent,  # Ypäjä
    "620": sent,  # Puolanka
    "445": opened,  # Parainen
    "853": meets_soon,  # Turku
    "614": met,  # Posio
    "753": proposed,  # Sipoo
    "105": tabled,  # Hyrynsalmi
    "236": conditional,  # Kaustinen
    "317": unpublished,  # Kärsämäki
    "407": running,  # Lapinjärvi
    "009": over,  # Alavieska
    "170": aland,  # Jomala
    "232": final_signed,  # Kauhajoki
    "761": final_signed,  # Somero
    "217": final_unsigned,  # Kannus
    "616": confirmed,  # Pukkila
    "213": rejected,  # Kangasniemi
    "889": stopped,  # Utajärvi
}
