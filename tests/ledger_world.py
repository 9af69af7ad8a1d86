"""The pages of invoicing, for tests that look at every page; laid over money_world."""

from members.models import AnnualBudget, LedgerFormat
from tests.fee_world import make_ready
from tests.money_world import year_of_fees

FILES = ["format=csv", "format=xlsx"]
ASKED_OTHERWISE = {  # the same pages asked in other ways, which must not open anything more
    "members:invoice_list": [*FILES, "state=returned", "receipt=1"],
    "members:reconciliation": FILES,
    "members:open_items": [*FILES, "on=31.12.2030", "on=x"],
    "members:ledger_list_page": FILES,
}
OF_A_YEAR = ("invoice_list", "invoice_make", "invoice_again", "invoicing_ask", "invoice_progress")
OF_A_LIST = ("ledger_list_page", "ledger_list_aside", "ledger_list_file")
LISTS = ("ledger_return", "reconciliation", "open_items")


def ledger_pages(home):
    """Return {URL name: arguments} for a member whose fee was billed, came back, was credited and written anew."""
    budget = AnnualBudget.objects.get(year=year_of_fees())
    file = budget.batches.earliest("number").files.get(format=LedgerFormat.CSV)
    made = make_ready(file, b"zqcustomer;zqbuyer")
    fee = budget.assessments.standing().get(municipality=home)
    returned = budget.returns.latest("pk")
    return {
        **{f"members:{name}": {"year": budget.year} for name in (*OF_A_YEAR, *LISTS)},
        **{f"members:{name}": {"key": made.key} for name in ("ledger_file", "ledger_file_again")},
        **{f"members:{name}": {"pk": returned.pk} for name in OF_A_LIST},
        **{f"members:assessment_{verb}": {"pk": fee.pk} for verb in ("credit", "correct")},
    }
