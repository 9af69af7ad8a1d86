"""Which of the practice copy's invoices, lists and fees the pages of invoicing are looked at with."""

from consortium import clock
from members.models import AnnualBudget


def records():
    """Return the parts of the addresses by name: this year's invoices, the ledger's newest list, a standing fee."""
    budget = AnnualBudget.objects.get(year=clock.today().year)
    return {
        "invoices": {"year": budget.year},
        "list of the ledger": {"pk": budget.returns.latest("pk").pk},
        "corrected fee": {"pk": _corrected(budget).pk},
        "fee to correct": {"pk": budget.assessments.standing().filter(amount__gt=0).earliest("pk").pk},
    }


def _corrected(budget):
    """Return a fee that was taken back and written anew; before the spring, when there is none, any fee."""
    fees = budget.assessments.order_by("pk")
    return fees.filter(credited_by__isnull=False).first() or fees.first()
