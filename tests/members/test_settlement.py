"""Whose line is it, and how far is the claim paid: as the ledger says, never settled by the portal."""

from dataclasses import replace
from decimal import Decimal

from consortium.references import national, rf
from members.ledger_return import read_return
from members.settlement import Claim, Doubt, PaymentState, settle

REFERENCES = [national(20270000 + number) for number in range(4)]
LIST = f"""Laskunumero;Viitenumero;Laskutettu;Maksettu;Maksupäivä;Tila;Palautuksen syy
9000001;{REFERENCES[0]};150,00;150,00;15.3.2027;Maksettu;
9000002;{REFERENCES[1]};7 500,00;7 000,00;16.3.2027;;
9000003;{REFERENCES[2]};150,00;150,00;15.3.2027;;
9000003;{REFERENCES[2]};150,00;150,00;18.3.2027;;
9000004;{REFERENCES[3]};150,00;0,00;;Palautettu;Tilaajan viite puuttuu
9000005;12344;99,00;99,00;15.3.2027;Maksettu;
Yhteensä;;8 049,00;7 549,00;;;
"""
CLAIMS = [
    Claim("686", Decimal("150.00"), reference=REFERENCES[0]),
    Claim("992", Decimal("7500.00"), reference=REFERENCES[1]),
    Claim("507", Decimal("150.00"), reference=REFERENCES[2]),
    Claim("001", Decimal("150.00"), reference=REFERENCES[3]),
    Claim("005", Decimal("150.00"), reference=national(20270099)),
]
ONE = Claim("1", Decimal("150.00"), number="9001", reference=REFERENCES[0], business_id="0172718-0")
TWO = Claim("2", Decimal("150.00"), number="9002", reference=REFERENCES[1], business_id="0201256-6")


def test_paid_part_paid_twice_paid_returned_unknown_and_missing():
    settlements, doubts = settle(CLAIMS, read_return(LIST.encode()).lines)
    assert [(each.claim.key, each.state, each.open) for each in settlements] == [
        ("686", PaymentState.PAID, Decimal("0.00")),
        ("992", PaymentState.PART_PAID, Decimal("500.00")),
        ("507", PaymentState.PAID_TWICE, Decimal("-150.00")),
        ("001", PaymentState.RETURNED, Decimal("150.00")),
        ("005", PaymentState.UNKNOWN, Decimal("150.00")),
    ]
    assert [each.difference for each in settlements[:3]] == [0, 0, 0]
    assert [(line.invoice, why) for line, why in doubts] == [("9000005", Doubt.NOBODY)]
    everything = sum(each.paid for each in settlements) + sum(line.paid for line, _why in doubts)
    assert everything == Decimal("7549.00")  # the ledger's own sum


def settled(claims, *lines):
    """Return states and doubts of a list given as rows of number, reference, business ID, invoiced, paid, status."""
    head = "Laskunumero;Viite;Y-tunnus;Laskutettu;Maksettu;Tila"
    found = read_return("\n".join([head, *lines]).encode())
    assert found.problems == ()
    settlements, doubts = settle(claims, found.lines)
    return [each.state for each in settlements], [why for _line, why in doubts]


def test_paid_with_the_neighbours_reference_is_shown_not_settled():
    line = f"9001;{REFERENCES[1]};;150,00;150,00;"
    assert settled([ONE, TWO], line) == ([PaymentState.UNKNOWN] * 2, [Doubt.CONFLICT])


def test_five_cents_short_is_part_paid():
    assert settled([ONE], "9001;;;150,00;149,95;") == ([PaymentState.PART_PAID], [])


def test_a_cent_too_much_is_not_paid_twice():
    assert settled([ONE], "9001;;;150,00;150,01;") == ([PaymentState.OVERPAID], [])


def test_one_payment_of_the_double_sum_is_paid_twice():
    assert settled([ONE], "9001;;;150,00;300,00;") == ([PaymentState.PAID_TWICE], [])


def test_a_payment_given_back_leaves_it_open():
    assert settled([ONE], "9001;;;150,00;150,00;", "9001;;;150,00;-150,00;") == ([PaymentState.OPEN], [])


def test_returned_then_sent_again_is_open_then_paid():
    again = ["9001;;;150,00;0,00;palautettu", f"9077;{REFERENCES[0]};;150,00;0,00;avoin"]
    assert settled([ONE], *again) == ([PaymentState.OPEN], [])
    assert settled([ONE], *again, f"9077;{REFERENCES[0]};;150,00;150,00;") == ([PaymentState.PAID], [])


def test_what_was_paid_before_it_came_back_still_counts():
    lines = ["9001;;;150,00;50,00;", "9001;;;150,00;0,00;palautettu"]
    assert settled([ONE], *lines) == ([PaymentState.PART_PAID], [])


def test_an_rf_reference_is_its_viitenumero():
    assert settled([ONE], f";{rf(REFERENCES[0])};;150,00;150,00;") == ([PaymentState.PAID], [])


def test_marked_paid_without_a_sum_is_paid():
    assert settled([ONE], "9001;;;;;maksettu") == ([PaymentState.PAID], [])


def test_a_credit_is_settled_below_zero():
    credit = replace(ONE, amount=Decimal("-150.00"))
    assert settled([credit], "9001;;;-150,00;-150,00;") == ([PaymentState.PAID], [])
    assert settled([credit], "9001;;;-150,00;0,00;") == ([PaymentState.OPEN], [])


def test_a_business_id_settles_only_a_claim_without_number_and_reference():
    bare = replace(ONE, number="", reference="")
    line = "5550001;;0172718-0;150,00;150,00;"
    assert settled([bare], line) == ([PaymentState.PAID], [])
    assert settled([ONE], line) == ([PaymentState.UNKNOWN], [Doubt.NOBODY])
    assert settled([bare, replace(bare, key="3")], line) == ([PaymentState.UNKNOWN] * 2, [Doubt.SEVERAL])


def test_the_ledgers_difference_is_shown():
    found = read_return(b"Laskunumero;Laskutettu;Maksettu\n9001;155,00;0\n9001;155,00;10\n")
    [settlement], _doubts = settle([ONE], found.lines)
    assert (settlement.invoiced, settlement.difference) == (Decimal(155), Decimal(5))
