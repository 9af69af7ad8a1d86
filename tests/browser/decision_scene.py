"""Which years of the practice copy the pages of deciding and telling the fee are looked at with."""

import datetime as dt
from decimal import Decimal

from django.contrib.auth import get_user_model

from consortium import clock
from members.models import AnnualBudget, Municipality, Scheme, SchemeKind


def records():
    """Return the parts of the addresses by name: a decided year, a draft, a proposed one, a merger of this year."""
    today = clock.today()
    clerk = get_user_model().objects.staff().earliest("pk")
    draft = _draft(today.year + 3, clerk, today)  # the story's own draft is decided in test_year_of_fees.py
    return {
        "decided year": {"year": today.year + 1},
        "draft year": {"year": draft.year},
        "proposed year": {"year": _proposed(draft.year + 1, clerk, today).year},
        "merger": {
            "year": today.year,
            "code": _merged("588", "297", dt.date(today.year, 1, 1)).successor.code,
        },
    }


def _draft(year, by, today):
    """Return a year with one saved alternative and another that is dearer."""
    first = clock.first_day(today.year + 1)
    budget = AnnualBudget.begin(by=by, year=year, total=Decimal(21_000), members_on=first)
    running = Scheme.objects.tariffs().on(today)
    dearer = Scheme(kind=SchemeKind.TARIFF, rate=Decimal("0.012"), floor=Decimal(180), cap=Decimal(7_500))
    for terms in (running, dearer):
        budget.save_alternative(terms, by=by)
    return budget


def _proposed(year, by, today):
    """Return a year that the steering group has proposed."""
    budget = _draft(year, by, today)
    budget.propose(by=by, alternative=budget.alternatives.first(), proposed_on=today)
    return budget


def _merged(code, heir, on):
    """Return a municipality that was no member and went into a member on the day."""
    successor = Municipality.objects.get(code=heir)
    names = ("region_code", "region_fi", "region_sv", "language", "latitude", "longitude")
    return Municipality.objects.create(
        code=code,
        name_fi="Entiskunta",
        name_sv="Entiskunta",
        ended_on=on,
        successor=successor,
        **{name: getattr(successor, name) for name in names},
    )
