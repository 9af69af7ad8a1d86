"""A year's fees in preparation, for the pages of the simulator and of the budget."""

import datetime as dt
from decimal import Decimal

from django.contrib.auth import get_user_model

from consortium import clock
from members.models import Alternative, AnnualBudget


def records():
    """Open a budget with two alternatives; return the parts of the addresses by name.

    Of a year of its own: the story's draft is decided in test_year_of_fees.py.
    """
    year, clerk = clock.today().year + 5, get_user_model().objects.staff().earliest("pk")
    line = {"name_fi": "Palkat", "name_sv": "Löner", "planned": Decimal(45000)}
    budget = AnnualBudget.begin(
        by=clerk,
        year=year,
        total=Decimal(60000),
        members_on=clock.today() + dt.timedelta(days=1),
        lines=[line],
    )
    limits = {"floor": Decimal(100), "cap": Decimal(7500)}
    for terms in ({"kind": "tariff", "rate": Decimal("0.01")}, {"kind": "population"}):
        budget.save_alternative(Alternative(**terms, **limits), by=clerk)
    return {
        "fees in preparation": {"year": year},
        "alternative of the fees": {"year": year, "letter": "A"},
    }
