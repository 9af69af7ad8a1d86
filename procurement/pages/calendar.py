"""The exit calendar: ends of contracts, the last days for notice and our own days, as list, feed and deadlines."""

import datetime as dt
from dataclasses import dataclass

from django.conf import settings
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from consortium.gather import Occasion, Task
from consortium.templatetags.portal import day
from procurement import exits
from procurement.exits import Exit
from procurement.models import Contract, ContractDecision
from procurement.pages.contract import silence_words

AHEAD = dt.timedelta(days=180)
SOON = dt.timedelta(days=60)  # what the service centre's page calls near


@dataclass(frozen=True)
class Row:
    """One contract and its next way out; what the calendar says of it and no more, for there may be a thousand.

    ``settled``: the ContractDecision that says what happens at this end, or None.
    """

    pk: int
    number: str
    title: str
    supplier: str
    way: Exit
    settled: object

    def get_absolute_url(self):
        """Return the page of the contract."""
        return reverse("procurement:contract", args=[self.pk])

    @property
    def next_on(self):
        """Return the day on which something must be done or happens next, or None."""
        if self.way.is_dated and not self.settled:
            return self.way.ours_on
        return self.way.ends_on

    @property
    def ours_on(self):
        """Return our own deadline."""
        return self.way.ours_on

    @property
    def notice_by(self):
        """Return the last day for notice."""
        return self.way.notice_by

    @property
    def ends_on(self):
        """Return the end."""
        return self.way.ends_on

    @property
    def silence(self):
        """Return what silence does, in words."""
        return silence_words(self.way)

    @property
    def days(self):
        """Return the days of this way out that are written anywhere, with what each is."""
        found = [(self.way.ends_on, "end")] if self.way.ends_on else []
        if self.way.is_dated and not self.settled:
            found = [(self.way.ours_on, "ours"), (self.way.notice_by, "notice"), *found]
        return found

    def is_within(self, today, ahead=AHEAD):
        """Tell whether one of its days comes in the time ahead; a day of ours that was missed stays until notice."""
        missed = self.way.is_dated and not self.settled and self.way.ours_on < today
        return missed or any(today <= on <= today + ahead for on, _kind in self.days)


def rows(today, contracts=None):
    """Return every contract that has not ended with its next way out, the nearest first."""
    contracts = Contract.objects.not_ended(today) if contracts is None else contracts
    title = "title_sv" if get_language() == "sv" else "title_fi"
    terms = list(contracts.terms("pk", "number", title, "supplier__name"))
    settled = {
        (row.contract_id, row.settles_on): row
        for row in ContractDecision.objects.filter(contract__in=contracts)
    }
    found = []
    for (pk, number, name, supplier), term in terms:
        way = exits.next_exit(term, today)
        found.append(
            Row(pk, number, name, supplier, way, settled.get((pk, way.ends_on)) if way.is_dated else None)
        )
    return sorted(found, key=lambda row: (row.next_on is None, row.next_on or dt.date.max, row.number))


def occasions(user, today):
    """Return the days of the next 180 days for a calendar feed: to the service centre all, to others their own."""
    contracts = Contract.objects.acting_until(today + AHEAD, today)
    if not user.is_staff:
        mine = user.roles.active(today).values("municipality")
        contracts = contracts.filter(
            participations__municipality__in=mine, participations__period__contains=today
        ).distinct()
    words = {
        "ours": _("%(title)s: the service centre decides on going on"),
        "notice": _("%(title)s: last day for notice"),
        "end": _("%(title)s: the contract's period ends"),
    }
    found = []
    for row in rows(today, contracts):
        if not user.is_staff and row.settled:
            continue
        for on, kind in row.days:
            if today <= on <= today + AHEAD:
                found.append(
                    Occasion(
                        f"contract-{row.pk}-{row.way.ends_on:%Y%m%d}-{kind}",
                        on,
                        words[kind] % {"title": row.title},
                        settings.ADDRESS + row.get_absolute_url(),
                        _("If nothing is said: %(what)s.") % {"what": row.silence},
                    )
                )
    return found


def deadlines(user, today):
    """Return our own days and the last days for notice that come within sixty days, as tasks."""
    if not user.has_perm("procurement.manage_contracts"):
        return []
    found = []
    for row in rows(today, Contract.objects.acting_until(today + SOON, today)):
        if not row.way.is_dated or row.settled or row.way.ours_on > today + SOON:
            continue
        title = _("Decide on going on: %(title)s")
        due_on, kind = row.way.ours_on, _("our own deadline")
        if row.way.ours_on < today:  # missed: what is left is the contract's own day
            title, due_on, kind = _("Give notice or decide: %(title)s"), row.way.notice_by, _("notice")
        found.append(
            Task(
                title=title % {"title": row.title},
                url=row.get_absolute_url(),
                text=_("Last day for notice %(notice)s, end %(end)s. If nothing is said: %(what)s.")
                % {"notice": day(row.way.notice_by), "end": day(row.way.ends_on), "what": row.silence},
                due_on=due_on,
                kind=kind,
            )
        )
    return found
