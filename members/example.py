"""What is offered in a practice copy while nothing is: example text, demo tariff, a deadline in half a year."""

import datetime as dt
from decimal import Decimal

from consortium import clock
from consortium.deadlines import is_working_day, previous_working_day
from members.models import AgreementState, AgreementVersion, Offer, Scheme

DAY = dt.timedelta(days=1)
CASE = "HEL 2026-004117"
COMMITTEE = {"body_fi": "Kulttuurin ja vapaa-ajan lautakunta", "body_sv": "Kultur- och fritidsnämnden"}


def deadline(today):
    """Return the example offer's deadline: about half a year from the day, a working day outside July."""
    day = today + 180 * DAY
    while day.month == 7 or not is_working_day(day):
        day += DAY
    return day


def joining_day(decide_by):
    """Return the first 1 January at least two weeks after the deadline."""
    return dt.date((decide_by + 13 * DAY).year + 1, 1, 1)


def example_version():
    """Return the example agreement, approved and not saved."""
    decided_on = previous_working_day(clock.today() - 110 * DAY)
    return AgreementVersion(
        number="3",
        state=AgreementState.APPROVED,
        is_example=True,
        decided_on=decided_on,
        section="§ 112",
        case_number=CASE,
        **COMMITTEE,
    )


def example_tariff(year):
    """Return the demo tariff from 1.1. of a year, not saved."""
    return Scheme(
        valid_from=dt.date(year, 1, 1),
        rate=Decimal("0.009"),
        floor=Decimal("150"),
        cap=Decimal("7500"),
        decided_on=previous_working_day(dt.date(year - 1, 12, 15)),
        section="§ 165",
        case_number=f"HEL {year - 1}-015230",
        **COMMITTEE,
    )


def example_offer(today):
    """Return what is offered while nothing is: example text, demo tariff, a deadline in half a year; not saved."""
    decide_by = deadline(today)
    return Offer(
        version=example_version(),
        tariff=example_tariff(today.year),
        decide_by=decide_by,
        joins_on=joining_day(decide_by),
        case_number=CASE,
    )
