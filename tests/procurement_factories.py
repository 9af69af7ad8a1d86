"""Records of joint procurement for tests; each reaches its state through its own verbs."""

import datetime as dt
from decimal import Decimal

from consortium import clock
from members.models import Body
from procurement.models import (
    AnswerKind,
    CostRule,
    Procurement,
    ProcurementState,
    Round,
    closing_day,
    closing_time,
)
from tests.factories import DAY, MunicipalityFactory, a_clerk

E_MAGAZINES = {
    "title_fi": "Sähköiset lehdet",
    "title_sv": "Elektroniska tidskrifter",
    "summary_fi": "Kotimaisia ja ulkomaisia aikakauslehtiä kaikille kirjaston asiakkaille.",
    "summary_sv": "Inhemska och utländska tidskrifter för bibliotekets alla kunder.",
    "months": 36,
    "cpv": ["22213000-6"],
}


def begun(by=None, **facts):
    """Return a draft of the service centre: e-magazines for three years; ``lots`` and ``options`` may be given."""
    return Procurement.begin(by=by or a_clerk(), **(E_MAGAZINES | facts))


def announced(by=None, **facts):
    """Return a procurement that members and the public know of, with no round yet."""
    found = begun(by, **facts)
    found.announce(by=by or a_clerk())
    return found


def member(name="", *, since=dt.date(2026, 1, 1), **details):
    """Return a municipality that is a member."""
    place = MunicipalityFactory(**({"name_fi": name} if name else {}), **details)
    place.join(since)
    return place


def opened(procurement, places, *, by=None, closes_on=None, **terms):
    """Open the round of a procurement to places, by default until three weeks from now, at 0.50 € a resident."""
    closes_on = closes_on or closing_day(clock.today() + 21 * DAY)
    cost = {"cost_rule": CostRule.PER_RESIDENT, "cost_rate": Decimal("0.5"), "cost_floor": Decimal(100)}
    terms = cost | {"closes_at": closing_time(closes_on)} | terms
    return Round.open(procurement, by=by or a_clerk(), municipalities=places, **terms)


def said(kind, yearly=None, **more):
    """Return what an answer of a kind must say: a commitment its decision, preparation its meeting."""
    fields = {"kind": AnswerKind(kind)}
    if kind in {AnswerKind.COMMITTED, AnswerKind.INTERESTED}:
        fields["yearly"] = Decimal(1200 if yearly is None else yearly)
    if kind == AnswerKind.COMMITTED:
        fields |= {"body": Body.BOARD, "decided_on": clock.today() - 2 * DAY, "section": "61"}
    if kind == AnswerKind.PREPARING:
        fields["until"] = clock.today() + 5 * DAY
    return fields | more


def answers(round_, place, kind, yearly=None, *, by=None, **more):
    """Give a municipality's answer. Returns its Answer, the version in ``standing``."""
    answer = round_.answers.select_related("municipality").get(municipality=place)
    newest = answer.newest
    answer.give(by=by or a_clerk(), seen=newest.number if newest else 0, **said(kind, yearly, **more))
    return answer


def brought_to(procurement, state):
    """Put a procurement straight into a later state, for tests that are not about the way there. Returns it."""
    Procurement.objects.filter(pk=procurement.pk).update(state=ProcurementState(state))
    procurement.refresh_from_db()
    return procurement
