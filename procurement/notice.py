"""The notice's data sheet: what a procurement notice asks for, by eForms business terms, filled from a procurement.

A help for the person who writes the notice in Hilma: values to copy, and the terms that a person must still fill. It
is no notice. Terms and their names in three languages: the Publications Office's eForms SDK (translations of
business terms); terms: Commission Implementing Regulation (EU) 2019/1780 as amended.
"""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from procurement import cpv, law

TERMS = {  # number: (en, fi, sv)
    "BT-01": ("Legal basis", "Oikeusperusta", "Rättslig grund"),
    "BT-05": ("Notice dispatch date", "Ilmoituksen lähetyspäivä", "Avsändningsdatum för meddelandet"),
    "BT-10": (
        "Activity of the contracting authority",
        "Hankintaviranomaisen toiminta",
        "Den upphandlande myndighetens verksamhet",
    ),
    "BT-11": ("Legal type of the buyer", "Ostajan oikeusstatus", "Köparens rättsliga status"),
    "BT-13": (
        "Deadline for requesting additional information",
        "Lisätietojen pyytämisen määräaika",
        "Sista dag för att begära kompletterande information",
    ),
    "BT-15": (
        "Address of the procurement documents",
        "Hankinta-asiakirjojen osoite",
        "Adress till upphandlingsdokumenten",
    ),
    "BT-18": ("Address for submission", "Tarjouksen/hakemuksen toimitusosoite", "Adress för inlämning"),
    "BT-21": ("Title", "Otsikko", "Titel"),
    "BT-22": ("Internal identifier", "Sisäinen tunniste", "Intern identifierare"),
    "BT-23": ("Main nature of the contract", "Sopimuksen kategoria", "Kontraktets art"),
    "BT-24": ("Description", "Kuvaus", "Beskrivning"),
    "BT-27": (
        "Estimated value excluding VAT",
        "Arvioitu arvo ilman arvonlisäveroa",
        "Beräknat värde exklusive moms",
    ),
    "BT-36": ("Duration", "Kesto", "Varaktighet"),
    "BT-53": ("Options", "Optiot", "Optioner"),
    "BT-54": ("Description of the options", "Vaihtoehtojen kuvaus", "Beskrivning av alternativen"),
    "BT-57": (
        "The buyer reserves the right for additional purchases from the contractor, as described here",
        "Ostaja varaa itselleen oikeuden lisähankintoihin toimeksisaajalta tässä kuvatulla tavalla",
        "Köparen förbehåller sig rätten att utlösa optioner enligt beskrivningen här",
    ),
    "BT-58": ("Maximum renewals", "Uusimisten enimmäismäärä", "Högst antal förlängningar"),
    "BT-97": (
        "Languages in which tenders or requests to participate may be submitted",
        "Kielet, joilla tarjoukset tai osallistumishakemukset voidaan toimittaa",
        "De språk som kan användas i anbuden eller anbudsansökningarna",
    ),
    "BT-98": (
        "Deadline until which the tender must remain valid",
        "Määräaika, johon asti tarjouksen on oltava voimassa",
        "Tidsfrist för anbudets giltighet",
    ),
    "BT-99": (
        "Information about review deadlines",
        "Tietoa muutoksenhaun määräajoista",
        "Information om tidsfrist för prövning",
    ),
    "BT-105": ("Type of procedure", "Menettelyn tyyppi", "Typ av förfarande"),
    "BT-130": (
        "Estimated date of dispatch of the invitations to submit tenders",
        "Tarjouksen esittämispyyntöjen arvioitu lähetyspäivä",
        "Beräknat datum för avsändning av inbjudan att lämna anbud",
    ),
    "BT-131": (
        "Deadline for receipt of tenders",
        "Tarjousten vastaanottamisen määräaika",
        "Tidsfrist för mottagande av anbud",
    ),
    "BT-136": (
        "Justification for direct award",
        "Perustelu sopimuksen tekemiselle suorahankintana",
        "Motivering av direkttilldelning",
    ),
    "BT-137": ("Lot", "Erä", "Del (anbudsområde)"),
    "BT-262": ("Main classification", "Pääasiallinen luokitus", "Huvudklassificering"),
    "BT-263": ("Additional classification", "Lisäluokitus", "Ytterligare klassificering"),
    "BT-271": (
        "Maximum value of the framework agreement",
        "Enimmäisarvo puitejärjestelyssä",
        "Högsta värde för ramavtalet",
    ),
    "BT-500": ("Official name", "Virallinen nimi", "Officiellt namn"),
    "BT-501": ("Registration number", "Rekisterinumero", "Registreringsnummer"),
    "BT-506": ("Email", "Sähköposti", "E-postadress"),
    "BT-513": ("Town", "Postitoimipaikka", "Ort"),
    "BT-514": ("Country", "Maa", "Land"),
    "BT-538": ("Other duration", "Muu kesto", "Varaktighet – annat"),
    "BT-539": ("Type", "Tyyppi", "Typ"),
    "BT-540": ("Description", "Kuvaus", "Beskrivning"),
    "BT-541": (
        "Award criterion number",
        "Myöntämisperusteeseen liittyvä luku",
        "Sifferangivelse för tilldelningskriterium",
    ),
    "BT-734": ("Name", "Nimi", "Namn"),
    "BT-765": ("Framework agreement is involved", "Käytetään puitejärjestelyä", "Det gäller ett ramavtal"),
    "BT-766": (
        "Dynamic purchasing system is involved",
        "Käytetään dynaamista hankintajärjestelmää",
        "Det gäller ett dynamiskt inköpssystem",
    ),
    "BT-1311": (
        "Deadline for receipt of requests to participate",
        "Osallistumishakemusten vastaanottamisen määräaika",
        "Tidsfrist för mottagande av anbudsansökningar",
    ),
}
PROCEDURES = {  # the codes of the list procurement-procedure-type
    law.Procedure.OPEN: "open",
    law.Procedure.RESTRICTED: "restricted",
    law.Procedure.NEGOTIATED: "neg-w-call",
    law.Procedure.DIRECT: "neg-wo-call",
}
TWO_STAGES = {law.Procedure.RESTRICTED, law.Procedure.NEGOTIATED}


class Criterion(NamedTuple):
    """A ground of the award. ``points``: the most it brings; ``is_price``: it is the price."""

    name: str
    points: Decimal
    is_price: bool = False
    description: str = ""


class Option(NamedTuple):
    """Months that the contract may be continued, € more that may be bought, or both."""

    months: int
    amount: Decimal


@dataclass(frozen=True)
class Facts:
    """What the portal knows of a procurement for its notice; None or empty where nothing is known.

    ``value`` and ``maximum``: € without VAT for the whole duration with options; ``months``: without options, None
    when open-ended; ``lots``: pairs of a number and a title; days are planned ones.
    """

    title: str
    summary: str
    number: str
    cpv: tuple
    procedure: law.Procedure
    setting: law.Setting
    months: int | None
    buyer_name: str = ""
    buyer_id: str = ""
    buyer_email: str = ""
    buyer_town: str = ""
    value: Decimal | None = None
    maximum: Decimal | None = None
    options: tuple = ()
    lots: tuple = ()
    criteria: tuple = ()
    notice_on: dt.date | None = None
    requests_on: dt.date | None = None
    invitation_on: dt.date | None = None
    tenders_on: dt.date | None = None


@dataclass(frozen=True)
class Item:
    """One term of the sheet: its number and name, the value to copy, and a note for the person who copies it."""

    term: str
    name: str
    value: str
    note: str = ""

    @property
    def is_missing(self):
        """Tell whether a person must still fill it."""
        return not self.value


@dataclass(frozen=True)
class Section:
    """Terms that stand together in a notice."""

    key: str
    title: str
    items: tuple


def term_name(term, language):
    """Return a term's standard name in a language; English for one that there is not."""
    en, fi, sv = TERMS[term]
    return {"fi": fi, "sv": sv}.get(language, en)


def sheet(facts, language):
    """Return the Sections of a procurement's data sheet, the terms named in a language; what is not known is empty."""

    def item(term, value, note=""):
        return Item(term, term_name(term, language), "" if value is None else str(value), note)

    sections = [
        Section("buyer", _("Buyer"), tuple(_buyer(facts, item))),
        Section("procedure", _("Procedure"), tuple(_procedure(facts, item, language))),
        Section("subject", _("What is bought"), tuple(_subject(facts, item, language))),
        Section("contract", _("Contract and options"), tuple(_contract(facts, item))),
    ]
    for number, title in facts.lots:
        label = _("Lot %(number)s") % {"number": number}
        items = (item("BT-137", f"LOT-{number:04d}"), item("BT-21", title))
        sections.append(Section(f"lot-{number}", label, items))
    sections.append(Section("criteria", _("Grounds of the award"), tuple(_criteria(facts, item))))
    sections.append(Section("deadlines", _("Deadlines and tenders"), tuple(_deadlines(facts, item))))
    return sections


def missing(sections):
    """Return the items that a person must still fill."""
    return [item for section in sections for item in section.items if item.is_missing]


def table(sections):
    """Return the sheet as a table: section, term, name, value, note."""
    head = [
        pgettext("notice", "Section"),
        pgettext("notice", "Term"),
        _("Name"),
        pgettext("notice", "Value"),
        _("Note"),
    ]
    lines = [[s.title, i.term, i.name, i.value, i.note] for s in sections for i in s.items]
    return [head, *lines]


def _buyer(facts, item):
    yield item("BT-500", facts.buyer_name)
    yield item("BT-501", facts.buyer_id, _("business ID"))
    yield item("BT-513", facts.buyer_town)
    yield item("BT-514", "FIN")
    yield item("BT-506", facts.buyer_email)
    yield item("BT-11", "", _("local authority, when a city buys; the central purchasing body says its own"))
    yield item("BT-10", "")


def _procedure(facts, item, language):
    yield item("BT-21", facts.title)
    yield item("BT-24", facts.summary)
    yield item("BT-22", facts.number)
    yield item("BT-01", "", _("by the value: see the law helper"))
    yield item("BT-105", PROCEDURES[facts.procedure])
    if facts.procedure == law.Procedure.DIRECT:
        yield item("BT-136", "")
    yield item("BT-765", _yes(facts.setting in {law.Setting.FRAMEWORK, law.Setting.INSIDE_FRAMEWORK}))
    yield item("BT-766", _yes(facts.setting in {law.Setting.DPS, law.Setting.INSIDE_DPS}))


def _subject(facts, item, language):
    main, *more = facts.cpv or [""]
    yield item("BT-23", cpv.nature(main) if main else "", _("as the main classification has it"))
    yield item("BT-262", main, cpv.name(main, language))
    for code in more:
        yield item("BT-263", code, cpv.name(code, language))
    note = _("largest total with options and extensions, without VAT")
    yield item("BT-27", _euros(facts.value), note)
    if facts.setting == law.Setting.FRAMEWORK:
        yield item("BT-271", _euros(facts.maximum), _("without VAT"))


def _contract(facts, item):
    if facts.months is None:
        yield item("BT-538", pgettext("duration", "open-ended"))
    else:
        yield item("BT-36", _months(facts.months), _("without options"))
    renewals = [option.months for option in facts.options if option.months]
    if renewals:
        yield item("BT-58", len(renewals))
        yield item("BT-57", "; ".join(_months(months) for months in renewals))
    sums = [option.amount for option in facts.options if option.amount]
    yield item("BT-53", _yes(bool(sums)))
    if sums:
        yield item("BT-54", "; ".join(_euros(amount) for amount in sums), _("without VAT"))


def _criteria(facts, item):
    for criterion in facts.criteria:
        yield item("BT-539", "price" if criterion.is_price else "quality")
        yield item("BT-734", criterion.name)
        yield item("BT-540", criterion.description or criterion.name)
        yield item("BT-541", f"{criterion.points.normalize():f}", _("points at most"))
    if not facts.criteria:
        yield item("BT-539", "")


def _deadlines(facts, item):
    hour = _("a planned day; the hour is for you to give")
    yield item("BT-05", _day(facts.notice_on), _("planned") if facts.notice_on else "")
    yield item("BT-15", "")
    yield item("BT-13", "")
    if facts.procedure in TWO_STAGES:
        yield item("BT-1311", _day(facts.requests_on), hour if facts.requests_on else "")
        yield item("BT-130", _day(facts.invitation_on), _("planned") if facts.invitation_on else "")
    yield item("BT-131", _day(facts.tenders_on), hour if facts.tenders_on else "")
    yield item("BT-18", "")
    yield item("BT-97", "")
    yield item("BT-98", "")
    yield item("BT-99", "", _("see the law helper's timetable"))


def _yes(holds):
    return pgettext("notice", "yes") if holds else pgettext("notice", "no")


def _months(months):
    return ngettext("%(number)s month", "%(number)s months", months) % {"number": months}


def _euros(amount):
    return None if amount is None else f"{amount:.2f} EUR"


def _day(day):
    return f"{day.day}.{day.month}.{day.year}" if day else ""
