"""What is open on a day, by how late it is, and what a year came to. All sums are in €."""

from dataclasses import dataclass, replace
from decimal import Decimal

from django.db.models import Sum, TextChoices
from django.utils.translation import gettext_lazy as _

from consortium import clock
from members.ledger_return import OPEN, PAID
from members.models import Invoice, Membership
from members.reports import ZERO, Followed, follow
from members.settlement import Settlement


class Age(TextChoices):
    """How long a claim has been due."""

    NOT_DUE = "not_due", _("not due yet")
    MONTH = "month", _("1–30 days late")
    TWO = "two", _("31–60 days late")
    THREE = "three", _("61–90 days late")
    MORE = "more", _("over 90 days late")
    BACK = "back", _("paid too much, or to be paid back")


LATEST = ((30, Age.MONTH), (60, Age.TWO), (90, Age.THREE))


@dataclass
class OpenItem:
    """What of one claim is open on a day, its credit note taken off (€), and for how many days it has been due."""

    row: Followed
    open: Decimal
    late: int

    @property
    def sort_key(self):
        """Return what the buyer sorts by in the page's language."""
        return self.row.sort_key

    @property
    def age(self):
        """Return the class of its age."""
        if self.open < 0:
            return Age.BACK
        if self.late <= 0:
            return Age.NOT_DUE
        return next((age for days, age in LATEST if self.late <= days), Age.MORE)


def as_of(row, day):
    """Return an invoice as it stood on a day: what was paid later is not paid yet; a payment without a day counts."""
    lines = [
        line
        if line.paid_on is None or line.paid_on <= day
        else replace(line, paid=ZERO, paid_on=None, status=OPEN if line.status == PAID else line.status)
        for line in row.settlement.lines
    ]
    return replace(row, settlement=Settlement(row.settlement.claim, lines))


def open_items(day):
    """Return what is open on the day of every year's invoices, by name, as OpenItem."""
    rows = [as_of(row, day) for row in follow(Invoice.objects.filter(issued_on__lte=day))]
    notes = {row.invoice.credits_id: row for row in rows if row.invoice.credits_id}
    found = []
    for row in rows:
        if row.invoice.credits_id:
            continue
        note = notes.get(row.invoice.pk)
        left = row.open + (note.open if note else ZERO)
        if left:
            found.append(OpenItem(row, left, (day - row.invoice.due_on).days))
    return found


def by_age(items):
    """Return (age, number, sum in €) of every class of age, those without items too."""
    return [
        (age, len(rows), sum((item.open for item in rows), ZERO))
        for age in Age
        for rows in [[item for item in items if item.age == age]]
    ]


@dataclass
class YearEnd:
    """What a year came to by a day: fees decided and invoiced (€ without VAT), memberships begun and ended."""

    decided: Decimal
    invoiced: Decimal
    to_share: Decimal
    begun: list
    ended: list

    @property
    def surplus(self):
        """Return what the fees decided bring above the amount they should cover (€); below zero: a shortfall."""
        return self.decided - self.to_share

    @property
    def surplus_size(self):
        """Return the surplus or the shortfall without its sign (€)."""
        return abs(self.surplus)


def year_end(budget, day):
    """Return the year's figures by the day."""
    first, last = clock.first_day(budget.year), min(day, clock.last_day(budget.year))
    fees = [
        row for row in budget.assessments.values_list("made_at", "amount") if clock.date_of(row[0]) <= day
    ]
    invoiced = budget.invoices.filter(issued_on__lte=day).aggregate(total=Sum("net"))["total"]
    memberships = Membership.objects.filter(period__overlap=(first, clock.first_day(budget.year + 1)))
    rows = list(memberships.select_related("municipality").order_by("municipality__sort_key_fi"))
    return YearEnd(
        decided=sum((amount for _at, amount in fees), ZERO),
        invoiced=invoiced or ZERO,
        to_share=budget.to_share,
        begun=[m for m in rows if first <= m.starts_on <= last],
        ended=[m for m in rows if m.last_day and first <= m.last_day <= last],
    )
