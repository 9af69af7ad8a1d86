"""Budgets, fees and invoices for SQL by hand: rows that are there, and statements that would add others."""

import datetime as dt
from decimal import Decimal

from consortium import clock
from members.models import AnnualBudget, Assessment, Invoice
from tests.by_hand import run
from tests.factories import MunicipalityFactory, a_clerk, decided_budget, payer

NOON = dt.datetime(2028, 1, 10, 12, tzinfo=dt.UTC)
FEE = Decimal(100)  # of the one who pays: the smallest fee
ADD_FEE = """
INSERT INTO members_assessment (budget_id, municipality_id, version, residents_source, months, terms, by_rule,
    full_year, ground, amount, joined_later, credits_id, instead_of_id, reason, made_by_id, made_at)
SELECT budget_id, m.id, %(version)s, '', 12, terms, by_rule,
    full_year, ground, %(amount)s, true, %(credits)s, %(instead_of)s, %(reason)s, made_by_id, now()
FROM members_assessment fee, members_municipality m WHERE fee.id = %(like)s AND m.id = ANY(%(of)s)
"""
ADD_INVOICE = """
INSERT INTO members_invoice (budget_id, assessment_id, serial, number, reference, agreement, issued_on, due_on,
    net, vat_rate, vat, gross, is_internal)
SELECT budget_id, %(fee)s, %(serial)s, %(number)s, md5(random()::text)::char(25), 'x', '2028-01-10', '2028-01-31',
    %(net)s, 0, 0, %(net)s, false
FROM members_invoice WHERE id = %(like)s
"""
CONFLICTING = f"{ADD_INVOICE} ON CONFLICT DO NOTHING"


def decided_budget_of_2028():
    """Return the year's budget as it now stands."""
    return AnnualBudget.objects.get(year=2028)


def one_payer():
    """Return the fee of the only member of 2028."""
    payer()
    return decided_budget().assessments.get()


def fee(of=None, like=None, **values):
    """Return statement and values that add a fee beside another, of other municipalities unless they are given."""
    like = like or Assessment.objects.order_by("pk").first()
    of = [place.pk for place in of or [MunicipalityFactory()]]
    values = {"amount": FEE, "version": 1, "credits": None, "instead_of": None, "reason": ""} | values
    return {"text": ADD_FEE, "like": like.pk, "of": of} | values


def credit(original, **values):
    """Return statement and values that take a fee back by hand."""
    whole = {"amount": -original.amount, "credits": original.pk, "reason": "Virhe"}
    return fee([original.municipality], original, **whole | values)


def invoiced():
    """Return the year's budget with the one invoice of its one member."""
    budget = one_payer().budget
    with clock.moved_to(NOON.date()):
        budget.bill(by=a_clerk())
    return budget


def invoice(**values):
    """Return statement and values that add an invoice beside the one there is, for a fee that has none."""
    like = Invoice.objects.first()
    unbilled = Assessment.objects.filter(invoice=None).first()
    values = {"fee": unbilled and unbilled.pk, "serial": 2, "number": "202800002", "net": FEE} | values
    return {
        "text": ADD_INVOICE,
        "like": like.pk,
    } | values


def unbilled():
    """Return the fee, added by hand, of a second member of a year that has been invoiced."""
    invoiced()
    run(**fee())
    return Assessment.objects.get(invoice=None)
