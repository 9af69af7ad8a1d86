"""The city's ledger in a test: what it was sent, and the list that it gives back."""

from dataclasses import dataclass
from decimal import Decimal

# code -> how the ledger says it went; everybody else has paid
PART, TWICE, BACK = "837", "564", "179"  # Tampere, Oulu, Jyväskylä
HEAD = "Laskunumero;Viitenumero;Asiakas;Laskutettu;Maksettu;Maksupäivä;Tila;Palautuksen syy"
REASON = "Verkkolaskuosoite ei ole käytössä"
CENT = Decimal("0.01")


@dataclass
class Billed:
    """One row of the file for the ledger."""

    number: str
    reference: str
    customer: str
    amount: Decimal
    is_internal: bool


def ledgers_list(billed):
    """Return the ledger's list as a file, written from the rows it was sent."""
    lines = [HEAD]
    for code, row in billed.items():
        if row.is_internal:
            continue
        paid, status, reason, times = row.amount, "Maksettu", "", 1
        if code == PART:
            paid, status = half(row.amount), ""
        elif code == BACK:
            paid, status, reason = Decimal(0), "Palautettu", REASON
        elif code == TWICE:
            times = 2
        day = "11.1.2028" if paid else ""
        sums = [f"{each:.2f}".replace(".", ",") for each in (row.amount, paid)]
        cells = [row.number, row.reference, row.customer, *sums, day, status, reason]
        lines += [";".join(cells)] * times
    lines.append("202890817;;Kirjakauppa Esimerkki;84,00;84,00;12.1.2028;Maksettu;")
    return {
        "name": "reskontra-helmikuu.csv",
        "mimeType": "text/csv",
        "buffer": "\r\n".join(lines).encode("utf-8-sig"),
    }


def half(amount):
    """Return half of a sum, to the cent."""
    return (amount / 2).quantize(CENT)
