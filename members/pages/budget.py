"""The page of a year's budget: what everyone may know, then what each duty does with it, one function a subject."""

from members.pages import budget_decision, budget_facts, budget_work, fee_search, invoices

# f(user, budget, today) -> gather.Parts of the year's page before the table of fees, in the order in which they stand
PARTS = [
    budget_work.parts,
    budget_facts.parts,
    budget_decision.parts,
    fee_search.look_up,
]
# f(user, budget, today) -> {"label", "url"} of what the person may do with the year now, the main act first
ACTS = [
    budget_decision.acts,
    budget_work.acts,
    invoices.acts,
]
# f(user, today) -> {"label", "url"} of what the person may do on the page of all years
LIST_ACTS = [
    budget_work.list_acts,
]


def parts(user, budget, today):
    """Return the parts of the year's page for this person."""
    return [part for function in PARTS for part in function(user, budget, today)]


def acts(user, budget, today):
    """Return what this person may do with the year, the main act first."""
    return [act for function in ACTS for act in function(user, budget, today)]


def list_acts(user, today):
    """Return what this person may do on the page of all years, the main act first."""
    return [act for function in LIST_ACTS for act in function(user, today)]
