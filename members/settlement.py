"""What the ledger's list says of each claim: paid, part-paid, paid twice, returned; and which lines fit none."""

from collections import defaultdict
from dataclasses import dataclass, field
from decimal import Decimal

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from members.ledger_return import CREDITED, PAID, RETURNED, canonical_reference


class PaymentState(TextChoices):
    """How far a claim is paid, as the ledger says; the portal settles nothing itself."""

    UNKNOWN = "unknown", _("not in the ledger's list")
    OPEN = "open", _("open")
    PART_PAID = "part_paid", _("part-paid")
    PAID = "paid", _("paid")
    OVERPAID = "overpaid", _("paid too much")
    PAID_TWICE = "paid_twice", _("paid twice")
    RETURNED = "returned", _("returned")
    CREDITED = "credited", _("credited")


class Doubt(TextChoices):
    """Why a line of the ledger's list belongs to no claim."""

    NOBODY = "nobody", _("no claim has this number or reference")
    SEVERAL = "several", _("several claims fit")
    CONFLICT = "conflict", _("the invoice number and the reference belong to different claims")


@dataclass(frozen=True)
class Claim:
    """What one municipality owes, in euros with VAT; below zero for a credit. ``key`` is the caller's own."""

    key: object
    amount: Decimal
    number: str = ""
    reference: str = ""
    agreement: str = ""
    business_id: str = ""


@dataclass
class Settlement:
    """What the list says of one claim, line by line."""

    claim: Claim
    lines: list = field(default_factory=list)

    @property
    def standing(self):
        """Return the lines of invoices that were neither returned nor credited."""
        return [line for line in self.lines if line.status not in {RETURNED, CREDITED}]

    @property
    def invoiced(self):
        """Return what the ledger has billed, in euros, each invoice once; None where the list has no amounts."""
        sums = {line.invoice: line.invoiced for line in self.standing if line.invoiced is not None}
        return sum(sums.values(), Decimal(0)) if sums else None

    @property
    def difference(self):
        """Return how much more than the claim the ledger has billed, in euros; None where it has no amounts."""
        return None if self.invoiced is None else self.invoiced - self.claim.amount

    @property
    def paid(self):
        """Return what has been paid, in euros; a line marked paid without a sum counts as its whole."""
        return sum((_paid(line, self.claim) for line in self.lines), Decimal(0))

    @property
    def open(self):
        """Return what is still to be paid, in euros; below zero when too much was paid."""
        return self.claim.amount - self.paid

    @property
    def paid_on(self):
        """Return the day of the last payment, None while there is none."""
        return max((line.paid_on for line in self.lines if line.paid_on), default=None)

    @property
    def state(self):
        """Return the PaymentState."""
        sign = -1 if self.claim.amount < 0 else 1
        owed, paid = abs(self.claim.amount), self.paid * sign
        if not self.lines:
            return PaymentState.UNKNOWN
        if not paid and self.lines[-1].status in {RETURNED, CREDITED}:
            return PaymentState(self.lines[-1].status)
        if paid <= 0 < owed:
            return PaymentState.OPEN
        if paid < owed:
            return PaymentState.PART_PAID
        if paid == owed:
            return PaymentState.PAID
        return PaymentState.PAID_TWICE if paid >= 2 * owed else PaymentState.OVERPAID


def _paid(line, claim):
    if line.paid is not None:
        return line.paid
    if line.status != PAID:
        return Decimal(0)
    return claim.amount if line.invoiced is None else line.invoiced


def settle(claims, lines):
    """Return (settlements in the claims' order, [(line, Doubt)] for the lines that fit none) of one whole list.

    A line belongs to the claim of its invoice number or reference; failing these, to the only claim with its agreement
    number or business ID that has no number or reference of its own to differ by. A number and a reference of two
    claims leave it unsettled.
    """
    names = ("number", "reference", "agreement", "business_id")
    known = {name: defaultdict(list) for name in names}
    settlements = [Settlement(claim) for claim in claims]
    for settlement in settlements:
        for name in names:
            if value := getattr(settlement.claim, name):
                known[name][_key(name, value)].append(settlement)
    doubts = []
    for line in lines:
        found = [known[name].get(_key(name, value), []) for name, value in _names(line)]
        loose = [[each for each in fits if not _is_another(each.claim, line)] for fits in found[2:]]
        fits = [each for each in found[:2] if each] or [each for each in loose if each][:1]
        if not fits:
            doubts.append((line, Doubt.NOBODY))
        elif any(len(each) > 1 for each in fits):
            doubts.append((line, Doubt.SEVERAL))
        elif any(each[0] is not fits[0][0] for each in fits):
            doubts.append((line, Doubt.CONFLICT))
        else:
            fits[0][0].lines.append(line)
    return settlements, doubts


def _is_another(claim, line):
    """Say whether the claim has a number or reference, and the line has a different one."""
    return bool((line.reference and claim.reference) or (line.invoice and claim.number))


def _names(line):
    return [
        ("number", line.invoice),
        ("reference", line.reference),
        ("agreement", line.agreement),
        ("business_id", line.business_id),
    ]


def _key(name, value):
    return canonical_reference(value) if name == "reference" else "".join(value.split()).casefold()
