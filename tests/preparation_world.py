"""The pages of preparing a year's fees, for tests that look at every page; laid over money_world."""

from decimal import Decimal

from members.models import AnnualBudget, CostLine
from members.pages import fee_proposal
from tests.fee_world import make_ready
from tests.money_world import year_of_fees


def preparation_pages(by):
    """Return {URL name: arguments} of a draft's alternatives and paper, and of a decided year's costs."""
    year = year_of_fees()
    budget = AnnualBudget.objects.get(year=year + 1)
    fee_proposal.ask(budget, list(budget.alternatives.all()), by=by)
    paper = make_ready(budget.papers.latest("pk"))
    decided = AnnualBudget.objects.get(year=year)
    CostLine.objects.create(budget=decided, position=1, name_fi="Palkat", name_sv="Löner", planned=Decimal(9))
    names = ("budget_edit", "simulator", "compare", "fee_proposal", "fee_proposal_progress")
    return {f"members:{name}": {"year": year + 1} for name in names} | {
        "members:alternative": {"year": year + 1, "letter": "A"},
        "members:fee_proposal_file": {"key": paper.key},
        "members:budget_account": {"year": year},
    }
