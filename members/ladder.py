"""The ladder of reminders: what a municipality can be asked as its matter stands, and from when until when.

Pure: it reads the rows it is given and the days of the rules, and answers with days. Models ask it, it asks none.
"""

import datetime as dt
from dataclasses import dataclass, replace

from django.db import models
from django.utils.translation import gettext_lazy as _

from consortium import clock
from consortium.deadlines import is_working_day

DAY = dt.timedelta(days=1)
JULY = 7
APART = 7 * DAY  # so long a municipality is left in peace after a reminder


class Rung(models.TextChoices):
    """What a reminder is about."""

    OPEN = "open", _("package not opened")
    MEETING = "meeting", _("no date of a meeting")
    RESULT = "result", _("meeting passed without a result")
    PUBLISHED = "published", _("date of publication missing")
    FINALITY = "finality", _("appeal period over, finality not confirmed")
    SIGNATURE = "signature", _("signature missing")
    DEADLINE = "deadline", _("deadline near")
    CONTACTS = "contacts", _("contacts to be confirmed in January")


# Days, where staff have set none: after sending, after sending or the last handling, after the meeting, after the
# meeting, after the first day it can be final, after the decision, before the deadline (a meeting, its minutes and
# the appeal period need six weeks), after 1 January.
DEFAULT_DAYS = {
    Rung.OPEN: 14,
    Rung.MEETING: 30,
    Rung.RESULT: 1,
    Rung.PUBLISHED: 10,
    Rung.FINALITY: 1,
    Rung.SIGNATURE: 30,
    Rung.DEADLINE: 42,
    Rung.CONTACTS: 7,
}
# When several are due at once, the first of these goes and the others wait or are no longer needed.
MOST_USEFUL_FIRST = [
    Rung.RESULT,
    Rung.FINALITY,
    Rung.PUBLISHED,
    Rung.DEADLINE,
    Rung.SIGNATURE,
    Rung.MEETING,
    Rung.OPEN,
    Rung.CONTACTS,
]
# While nothing is decided and no meeting is known, each of these takes the place of those before it.
ONE_AFTER_ANOTHER = [Rung.OPEN, Rung.MEETING, Rung.DEADLINE]
UNDECIDED = {"sent", "in_preparation"}
DECIDED = {"approved", "final"}
UNDER_WAY = UNDECIDED | DECIDED | {"conditional"}


@dataclass(frozen=True)
class Ask:
    """One thing to ask: the occasion it is asked once for, the day its days count from, and when it can be asked."""

    rung: Rung
    occasion: str
    since: dt.date
    earliest: dt.date
    latest: dt.date = dt.date.max
    first: dt.date | None = None  # the day from which it is due, once the rule's days are counted in

    def holds_on(self, day):
        """Tell whether the question makes sense on the day."""
        return self.earliest <= day <= self.latest

    def is_due_on(self, day):
        """Tell whether the rule's days have gone by and the question still makes sense."""
        return self.first is not None and self.first <= day <= self.latest

    def after(self, days):
        """Return this question with the rule's days counted in; before the deadline they count backwards."""
        first = self.since + (-days if self.rung == Rung.DEADLINE else days) * DAY
        return replace(self, first=max(self.earliest, first))


def may_go_on(day):
    """Tell whether the clock may write reminders on the day: on working days, never in July."""
    return day.month != JULY and is_working_day(day)


def may_follow(rung, last_on, day):
    """Tell whether a reminder may go so soon after the last one. What a meeting decided is asked at any rate."""
    return rung == Rung.RESULT or last_on is None or day - last_on >= APART


def asks(accession):
    """Return what the municipality can be asked in the matter, whatever the day.

    Expects the row with ``last_handling_on`` and ``reopened_at`` (``Accession.objects.on_the_ladder()``). Nothing is
    asked before a known meeting has passed, while the matter is put aside, or of a merged municipality.
    """
    if accession.state in UNDECIDED:
        found = _undecided(accession)
    elif accession.state in DECIDED:
        found = _decided(accession)
    else:
        return []
    return [_within(ask, accession.municipality, accession) for ask in found]


def _within(ask, municipality, accession=None):
    earliest, latest = ask.earliest, ask.latest
    if accession and accession.aside_until:
        earliest = max(earliest, accession.aside_until)
    if accession and accession.meeting_on:  # the page promises that nothing is asked before the meeting
        earliest = max(earliest, accession.meeting_on + DAY)
    if municipality.ended_on:
        latest = min(latest, municipality.ended_on - DAY)
    return replace(ask, earliest=earliest, latest=latest)


def _ask(rung, since, earliest, latest=dt.date.max, *, occasion=None):
    return Ask(rung, (occasion or since).isoformat(), since, earliest, latest)


def _undecided(accession):
    sent_on, by, met = clock.date_of(accession.sent_at), accession.offer.decide_by, accession.meeting_on
    if met:
        return [
            _ask(Rung.RESULT, met, met),
            _ask(Rung.DEADLINE, by, met, by),
        ]
    quiet_since = max(
        filter(None, [sent_on, accession.last_handling_on, clock.date_of(accession.reopened_at)])
    )
    found = [
        _ask(Rung.MEETING, quiet_since, quiet_since, by),
        _ask(Rung.DEADLINE, by, quiet_since, by),
    ]
    if accession.state == "sent" and not accession.opened_at:
        found.append(_ask(Rung.OPEN, sent_on, sent_on, by))
    return found


def _decided(accession):
    decision, found = accession.deciding, []
    met = decision.meeting_on
    if accession.state == "approved":
        final_on = decision.final_on
        if final_on:
            found.append(_ask(Rung.FINALITY, final_on, final_on))
        else:
            found.append(_ask(Rung.PUBLISHED, met, met))
    if not accession.signed_on:
        found.append(_ask(Rung.SIGNATURE, met, met))
    return found


def contacts(municipality, accession, year):
    """Return the yearly question whether its people are right, or None when it has been answered this year.

    ``accession`` is the one under way, or None for a member.
    """
    if municipality.people_confirmed_on and municipality.people_confirmed_on.year >= year:
        return None
    first = dt.date(year, 1, 1)
    ask = Ask(Rung.CONTACTS, str(year), first, first, dt.date(year, 1, 31))
    return _within(ask, municipality, accession)


def due(found, days):
    """Return the questions with the rules' days counted in, those of one series cut where the next begins.

    ``days``: {rung: days} of the rules in use.
    """
    dated = {ask.rung: ask.after(days[ask.rung]) for ask in found if ask.rung in days}
    series = [rung for rung in ONE_AFTER_ANOTHER if rung in dated]
    if Rung.RESULT not in dated:
        for at, rung in enumerate(series):
            for later in series[at + 1 :]:
                until = dated[later].first - DAY
                dated[rung] = replace(dated[rung], latest=min(dated[rung].latest, until))
    return list(dated.values())


def most_useful(due_now):
    """Return the one question that goes when several are due, or None."""
    return min(due_now, key=lambda ask: MOST_USEFUL_FIRST.index(ask.rung), default=None)
