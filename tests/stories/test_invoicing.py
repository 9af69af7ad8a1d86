"""A 19, 20 and 24, C 41 and 42: the fees go to the city's ledger as one file, and come back as its lists."""

import csv
import datetime as dt
import io
import zipfile
from decimal import Decimal
from importlib.metadata import files

import pytest
from lxml import etree
from openpyxl import load_workbook
from stdnum import iban
from stdnum.fi import ytunnus

from consortium.models import AuditEvent, OutgoingEmail, Post
from members import finvoice
from members.bill import is_address, is_reference
from members.models import Assessment, Invoice, LedgerReturn, Municipality, Population
from tests.factories import RoleFactory, UserFactory, decided_budget, payer
from tests.stories.people import Person, file_called

INVOICES = "/en/fees/2028/invoices/"
HEAD = "Laskunumero;Viitenumero;Y-tunnus;Asiakas;Laskutettu;Maksettu;Maksupäivä;Tila;Palautuksen syy"


@pytest.fixture
def members(today_is):
    """Four members and Helsinki, their fees for 2028 decided; Ypäjä has given no buyer's reference."""
    payer("009", name_fi="Alavieska", residents=2447, business_id="0184278-7")
    payer(
        "686", name_fi="Rautalampi", residents=10000, business_id="0172718-0", buyer_reference="Kirjasto 4410"
    )
    payer("981", name_fi="Ypäjä", residents=20000, business_id="0207862-9", buyer_reference="")
    payer(
        "545", name_fi="Närpiö", name_sv="Närpes", language="sv-fi", residents=30000, business_id="0182000-0"
    )
    payer("091", name_fi="Helsinki", residents=664028, business_id="0201256-6")
    decided_budget(2028)
    today_is("2028-03-06")
    return {place.code: place for place in Municipality.objects.all()}


@pytest.fixture
def accountant(client_of, members, staff):
    """The city's accountant."""
    user = UserFactory(name="Kirsi Kirjanpitäjä", email="kirsi@hel.example", language="en")
    Post.give(user, "accountant", by=staff, since=dt.date(2028, 1, 1))
    return Person(client_of(user))


def invoice(code):
    """Return the newest invoice of a municipality."""
    return Invoice.objects.filter(assessment__municipality__code=code).latest("pk")


def line(code, *, paid="", status="avoin", invoiced=None, reason="", paid_on="20.3.2028", of=None):
    """Return a line of the ledger's list on a municipality's invoice; ``of``: whose reference the payment carried."""
    own, carried = invoice(code), invoice(of or code)
    place = own.assessment.municipality
    amount = f"{own.gross if invoiced is None else invoiced}".replace(".", ",")
    cells = [
        "" if of else own.number or "",
        carried.reference,
        place.business_id,
        place.name_fi,
        amount,
        paid,
    ]
    return ";".join([*cells, paid_on if paid else "", status, reason])


def listed(*lines, name="reskontra.csv"):
    """Return the ledger's list as a file."""
    return file_called(name, "\n".join([HEAD, *lines]).encode("cp1252"), "text/csv")


def reads(person, *lines, **named):
    """Upload a list of the ledger. Returns the page of what it says."""
    page = person.opens(person.opens(INVOICES).link("Read the ledger's list"))
    return person.presses(page, "Read the list", file=listed(*lines, **named))


def makes_the_file(person, run_worker):
    """Press the button, let the worker make the files. Returns the page with the receipt."""
    page = person.presses(person.opens(INVOICES), "Make the file for the ledger")
    run_worker()
    return page


def states(person):
    """Return {municipality: (state, paid, open)} as the year's table says."""
    rows = person.opens(INVOICES).rows("Invoices 2028")
    return {row[0]: tuple(row[i] for i in (6, 8, 9)) for row in rows}


def table_of(page):
    """Return a CSV file as its rows by column."""
    return list(csv.DictReader(io.StringIO(page.content.decode("utf-8-sig")), delimiter=";"))


@pytest.mark.breaks(
    "members.models.invoicing.Invoicing.bill",
    "members.models.invoicing.Invoicing.waiting",
    "members.models.municipality.Municipality.ask_invoicing_details",
    "members.ledger.csv_file",
)
def test_a19_one_file_holds_what_the_ledger_needs_and_rows_with_gaps_are_apart(
    accountant, run_worker, members
):
    director = RoleFactory(municipality=members["981"], user__language="fi").user
    page = accountant.opens(accountant.opens("/en/home/").link("Invoices 2028"))
    assert (
        page.says == "No invoice has been made for the year. 4 can go into the next file. 1 lacks a detail."
    )
    assert "Decided, without VAT 8 860,00 €" in page.part("Sums")
    assert "420,00 € Ypäjä the buyer's reference is missing Nobody has been asked yet." in page.part(
        "Details missing"
    )

    page = accountant.presses(page, "Ask Ypäjä by letter")
    assert "Asked on Mon 6.3.2028: the registry and 1 representative." in page.part("Details missing")
    assert not page.offers("Ask Ypäjä")
    written = OutgoingEmail.objects.filter(template="members/emails/invoicing_details")
    assert {letter.to for letter in written} == {director.email, "kirjaamo@kunta981.example"}
    assert all("ostajan viite puuttuu" in letter.body for letter in written)
    event = AuditEvent.objects.about(members["981"]).get(verb="ask_invoicing")
    assert event.details["missing"] == ["buyer_reference"]

    page = makes_the_file(accountant, run_worker)
    assert "File 1 for the ledger" in page.part("Done")
    assert "Invoices 4 Left out, a detail is missing 1" in page.part("Done")
    page = accountant.opens(INVOICES)
    rows = {row["Asiakas"]: row for row in table_of(accountant.opens(page.link("CSV")))}
    assert rows.keys() == {"Alavieska", "Rautalampi", "Närpes", "Helsinki"}
    found = rows["Rautalampi"]
    assert found["Y-tunnus"] == "0172718-0"
    assert found["Verkkolaskuosoite"] == "003702012566"
    assert found["Verkkolaskuoperaattori"] == "BASW"
    assert found["Ostajan viite"] == "Kirjasto 4410"
    assert found["Määrä, €"] == "210,00"
    assert "Ei arvonlisäverollista myyntiä" in found["ALV-käsittely"]
    assert found["Teksti"].startswith("Yleisten kirjastojen konsortio: ")
    assert "2028" in found["Teksti"]
    assert rows["Närpes"]["Teksti"] == "De allmänna bibliotekens konsortium: Årsavgift 2028"
    assert (found["Tili"], found["Kustannuspaikka"]) == ("3590", "4512")

    book = load_workbook(io.BytesIO(accountant.opens(page.link("XLSX")).content))
    table = list(book.active.values)
    at = {name: place for place, name in enumerate(table[0])}
    sums = {row[at["Asiakas"]]: row[at["Määrä, €"]] for row in table[1:]}
    assert {name: Decimal(str(total)) for name, total in sums.items()} == {
        "Alavieska": 100, "Rautalampi": 210, "Närpes": 630, "Helsinki": 7500,
    }  # fmt: skip
    assert sum(Decimal(str(total)) for total in sums.values()) == 8860 - 420  # Ypäjä's waits


@pytest.mark.breaks(
    "members.models.invoicing.Invoicing.read_list",
    "members.models.ledger_list.LedgerReturn.keep",
    "members.ledger_return.read_return",
    "members.reports.doubts_of",
)
def test_a19_the_ledgers_list_marks_paid_part_paid_twice_paid_and_unknown_to_the_cent(
    accountant, run_worker, members
):
    Municipality.objects.filter(code="981").update(buyer_reference="LIB-9")
    makes_the_file(accountant, run_worker)
    page = accountant.opens(INVOICES)
    assert "No list of the ledger has been read yet" in page.part("Sums")
    page = reads(
        accountant,
        line("009", paid="100,00", status="maksettu"),
        line("686", paid="150,00"),
        line("981", paid="840,00", status="maksettu"),
        "999;;;Tuntematon;75,05;75,05;1.3.2028;maksettu;",
    )
    assert page.says == "3 lines belong to invoices. 1 line belongs to none."
    assert page.rows("Lines of the list")[3][1] == "none: no claim has this number or reference"
    assert states(accountant) == {
        "Alavieska": ("paid", "100,00 €", "0,00 €"),
        "Helsinki": ("internal entry", "0,00 €", "0,00 €"),
        "Närpes": ("not in the ledger's list", "0,00 €", "630,00 €"),
        "Rautalampi": ("part-paid", "150,00 €", "60,00 €"),
        "Ypäjä": ("paid twice", "840,00 €", "−420,00 €"),
    }
    sums = accountant.opens("/en/fees/2028/invoices/").part("Sums")
    assert "Open 270,00 € 420,00 € has been paid too much; it is taken off what is open." in sums
    page = accountant.opens("/en/fees/2028/reconciliation/")
    assert page.part("The difference") == (
        "The difference Invoiced here 1 360,00 € Not in the ledger's list (1) −630,00 € "
        "Lines that belong to no invoice (1) 75,05 € Invoiced in the ledger 805,05 € "
        "Besides, Helsinki's internal entry of 7 500,00 €: it is no invoice, and no list has said anything of it."
    )
    assert "differ by −554,95 €" in page.text
    assert "420,00 € Ypäjä 202800004 Paid twice. Paid 840,00 €, open −420,00 €." in page.part("To look at")
    assert "No claim has this number or reference. Paid 75,05 €." in page.part("Unknown lines")

    full = [line("545"), line("009", paid="100,00"), line("686", paid="210,00"), line("981", paid="420,00")]
    reads(accountant, *full, line("545", paid="630,00"), name="huhtikuu.csv")
    page = accountant.opens(INVOICES)
    assert "The ledger and the portal agree to the cent. Both have invoiced 1 360,00 €" in page.part("Sums")
    assert "Paid 1 360,00 € Open 0,00 €" in page.part("Sums")


@pytest.mark.breaks("members.models.ledger_list.LedgerReturn.set_aside")
def test_a19_the_same_list_twice_changes_nothing_and_a_wrong_one_is_set_aside(accountant, run_worker):
    makes_the_file(accountant, run_worker)
    paid = line("686", paid="210,00", status="maksettu")
    first = reads(accountant, paid)
    again = reads(accountant, paid, name="sama.csv")
    assert "This very list has already been read. Nothing was changed." in again.text
    assert LedgerReturn.objects.count() == 1

    page = accountant.opens(first.link("Set the list aside"))
    assert accountant.presses(page, reason="").wrong_with("reason")
    page = accountant.presses(page, reason="Viime vuoden lista.")
    assert "Viime vuoden lista. It does not count." in page.says
    assert states(accountant)["Rautalampi"] == ("not in the ledger's list", "0,00 €", "210,00 €")
    reads(accountant, paid)
    assert states(accountant)["Rautalampi"][0] == "paid"


@pytest.mark.breaks(
    "members.models.assessment.Assessment.correct", "members.models.assessment.Assessment.credit"
)
def test_a20_a_wrong_fee_is_credited_in_full_with_a_reason_and_a_new_line_made(
    accountant, run_worker, members
):
    makes_the_file(accountant, run_worker)
    old = invoice("686")
    Population.objects.create(
        municipality=members["686"], on=dt.date(2025, 12, 30), count=8000, source="Tilastokeskus, korjattu"
    )
    right = Population.objects.get(count=8000)
    page = accountant.opens(f"/en/fees/fee/{old.assessment_id}/correct/")
    shown = accountant.presses(
        page, "Show both sums", population=right.pk, months="12", reason="Väärä väkiluku."
    )
    assert "8 000 residents × 0,021 € = 168,00 €" in shown.text
    assert "The earlier fee 210,00 € Credit of the earlier fee −210,00 € The new fee 168,00 €" in shown.text
    assert Assessment.objects.filter(municipality=members["686"]).count() == 1

    page = accountant.presses(shown, "Credit 210,00 € and write 168,00 €")
    assert "For Rautalampi Credited 210,00 € New fee 168,00 €" in page.part("Done")
    assert (
        "Rautalampi −210,00 € Väärä väkiluku. New fee 168,00 €. The credit note goes into the next file."
        in (page.part("Credits"))
    )
    first, credit, new = Assessment.objects.filter(municipality=members["686"]).order_by("pk")
    assert (first.amount, credit.amount, new.amount) == (210, -210, 168)
    assert (credit.credits, new.instead_of, new.residents) == (first, first, 8000)
    assert {credit.reason, new.reason} == {"Väärä väkiluku."}
    assert invoice("686") == old  # nothing overwritten, nothing removed

    makes_the_file(accountant, run_worker)
    note = credit.invoice
    assert (note.gross, note.credits, new.invoice.gross) == (-210, old, 168)
    assert "Decided, without VAT 8 818,00 €" in accountant.opens(INVOICES).part("Sums")
    reads(
        accountant, line("686"), f";{old.reference};;Rautalampi;210,00;;;hyvitetty;", line("009"), line("545")
    )
    page = accountant.opens("/en/fees/2028/reconciliation/")
    assert "The ledger and the portal agree to the cent. Both have invoiced 898,00 €" in page.text


@pytest.mark.breaks("members.models.assessment.Assessment.credit")
def test_a20_a_fee_is_credited_without_a_new_one_and_never_twice(accountant, run_worker):
    makes_the_file(accountant, run_worker)
    fee = invoice("545").assessment
    page = accountant.opens(f"/en/fees/fee/{fee.pk}/credit/")
    assert "The fee 630,00 € Credit −630,00 € Left of the fee 0,00 €" in page.text
    assert accountant.presses(page, "Credit 630,00 €", reason=" ").wrong_with("reason")
    other = accountant.opens(f"/en/fees/fee/{fee.pk}/credit/")
    accountant.presses(page, "Credit 630,00 €", reason="Kunta erosi.")
    refused = accountant.presses(other, "Credit 630,00 €", reason="Toinen.")
    assert "This fee has already been credited." in refused.text
    assert fee.credited_by.reason == "Kunta erosi."
    assert Assessment.objects.filter(credits=fee).count() == 1


@pytest.fixture(scope="module")
def schema():
    """The schema of Finvoice 3.0."""
    [path] = [file for file in files("odoo-addon-account-edi-finvoice") if file.name == "Finvoice3.0.xsd"]
    return etree.XMLSchema(file=str(path.locate()))


@pytest.mark.breaks("members.finvoice.finvoice", "members.models.invoice.LedgerLine.bill")
def test_a24_every_finvoice_of_a_batch_is_valid_and_carries_the_buyers_reference(
    accountant, run_worker, schema
):
    makes_the_file(accountant, run_worker)
    packed = accountant.opens(accountant.opens(INVOICES).link("Finvoice 3.0")).content
    read = {}
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        for name in archive.namelist():
            content = archive.read(name)
            schema.assertValid(etree.fromstring(content))
            read[name] = finvoice.read(content)
    own = {f"finvoice-{i.number}.xml": i for i in Invoice.objects.filter(is_internal=False)}
    assert read.keys() == own.keys()
    assert len(read) == 3  # Helsinki's own is an entry in its books, not an invoice
    for name, bill in read.items():
        place = own[name].assessment.municipality
        assert (bill.net, bill.vat, bill.gross) == (own[name].net, own[name].vat, own[name].gross)
        assert bill.buyer.reference == place.buyer_reference != ""
        assert bill.reference == own[name].reference
        assert is_reference(bill.reference)
        assert ytunnus.is_valid(bill.buyer.business_id) and ytunnus.is_valid(bill.seller.business_id)
        assert iban.is_valid(bill.seller.iban)
        assert is_address(bill.buyer.address)
        assert bill.buyer.language == place.languages[0]


@pytest.mark.breaks(
    "members.models.invoicing.Invoicing.bill_again",
    "members.reports.Followed.is_returned",
    "members.pages.invoices.waiting",
)
def test_c41_a_returned_invoice_its_reference_asked_the_same_claim_again(
    accountant, client_of, staff, run_worker, members
):
    makes_the_file(accountant, run_worker)
    before = invoice("686")
    reads(accountant, line("686", status="palautettu", reason="Ostajan viite puuttuu"), line("009"))
    assert states(accountant)["Rautalampi"][0] == "returned, Ostajan viite puuttuu"
    service_centre = Person(client_of(staff))
    assert (
        "1 invoice came back, 2028 Rautalampi: Ostajan viite puuttuu"
        in service_centre.opens("/en/home/").text
    )

    page = accountant.opens(INVOICES)
    assert "Returned: Ostajan viite puuttuu" in page.part("Returned")
    assert "Buyer's reference on the invoice: Kirjasto 4410; now: Kirjasto 4410." in page.part("Returned")
    accountant.presses(page, "Ask Rautalampi by letter")
    [letter] = OutgoingEmail.objects.filter(template="members/emails/invoicing_details")
    assert letter.to == "kirjaamo@kunta686.example"
    assert "Ostajan viite puuttuu" in letter.body

    Municipality.objects.filter(code="686").update(buyer_reference="OV-77")
    other = accountant.opens(INVOICES)
    page = accountant.presses(accountant.opens(INVOICES), "Send the same claims again")
    run_worker()
    assert "The same claims sent again, file 2" in page.part("Done")
    assert "have already" not in page.text
    assert invoice("686") == before  # the same claim: number, reference, sum
    assert [li.buyer_reference for li in before.lines.order_by("pk")] == ["Kirjasto 4410", "OV-77"]
    [row] = table_of(accountant.opens(accountant.opens(INVOICES).link("CSV")))
    assert (row["Ostajan viite"], row["Viitenumero"]) == ("OV-77", before.reference)
    assert states(accountant)["Rautalampi"][0] == "returned, sent again on 6.3.2028"
    assert "came back" not in service_centre.opens("/en/home/").text
    accountant.presses(other, "Send the same claims again")  # a page that was open meanwhile
    assert before.lines.count() == 2


@pytest.mark.breaks("members.settlement.settle", "members.reports.Followed.strangers")
def test_c42_paid_twice_by_the_neighbours_reference_and_short_stands_as_the_ledger_says(
    accountant, run_worker, members
):
    makes_the_file(accountant, run_worker)
    own = Assessment.objects.count(), Invoice.objects.count()
    reads(
        accountant,
        line("686", paid="209,95"),  # 0,05 short
        line("545", paid="630,00"),
        line("545", paid="630,00", paid_on="22.3.2028"),
        line("009", paid="100,00", of="545"),  # Alavieska paid with Närpes's reference
    )
    found = states(accountant)
    assert found["Rautalampi"] == ("part-paid", "209,95 €", "0,05 €")
    assert found["Närpes"] == ("paid twice", "1 360,00 €", "−730,00 €")
    assert found["Alavieska"] == ("not in the ledger's list", "0,00 €", "100,00 €")
    amiss = accountant.opens("/en/fees/2028/reconciliation/").part("To look at")
    assert "Alavieska 202800001 Not in the ledger's list" in amiss
    assert "The line names another business ID: 0184278-7." in amiss
    assert "Paid 209,95 €, open 0,05 €." in amiss
    assert (Assessment.objects.count(), Invoice.objects.count()) == own  # the portal settles nothing
