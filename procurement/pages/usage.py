"""What pages tell of a contract's use: how far a file is, who lacks which months, and what the figures come to."""

from collections import defaultdict
from datetime import date

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from consortium import clock
from consortium.gather import Task
from consortium.lists import Column
from consortium.templatetags.portal import number, place, place_name
from procurement.models import Scope, UsageFigure, UsageFile, UsageState
from procurement.usage_words import file_source, metric_words, months_words, refusal_words

CSS = {
    UsageState.READ: "done",
    UsageState.REFUSED: "refused",
    UsageState.COLUMNS: "waiting",
    UsageState.PLACES: "waiting",
    UsageState.QUEUED: "waiting",
    UsageState.READING: "waiting",
}


def state_words(file):
    """Return how a file stands, in a sentence."""
    if file.state == UsageState.READ:
        months = span(file)
        if not file.faults and not file.more_faults:
            return _("Read: %(months)s.") % {"months": months}
        lines = len(file.faults) + file.more_faults
        words = ngettext(
            "Read: %(months)s. %(n)s value was left out.",
            "Read: %(months)s. %(n)s values were left out.",
            lines,
        )
        return words % {"months": months, "n": number(lines)}
    return {
        UsageState.QUEUED: _("It will be read in a moment."),
        UsageState.READING: _("It is being read."),
        UsageState.COLUMNS: _("Say what the columns mean; then it is read."),
        UsageState.PLACES: _("Say whose figures they are; then it is read."),
        UsageState.REFUSED: _("It could not be read. %(why)s") % {"why": refusal_words(file)},
        UsageState.ASIDE: _("It was set aside and does not count: %(why)s") % {"why": file.aside_reason},
    }[file.state]


def css(file):
    """Return the colour of a file's state."""
    return CSS.get(file.state, "")


def span(file):
    """Return the months from the first to the last of which a file tells."""
    if not file.first_month:
        return ""
    first, last = f"{file.first_month:%-m/%Y}", f"{file.last_month:%-m/%Y}"
    return first if first == last else f"{first}–{last}"


def progress(file):
    """Return how far the reading is, as partials/progress.html draws it."""
    url = reverse("procurement:usage_progress", args=[file.contract_id, file.pk]) if file.is_pending else ""
    return {"id": "reading", "poll_url": url, "says": state_words(file), "done": 0, "total": 1}


def totals(file):
    """Return [(metric in words, count)] of everything that was read of a file."""
    return [(metric_words(metric), number(count)) for metric, count in sorted(file.totals.items())]


def years(contract, today):
    """Return the years of a contract that have begun, the newest first."""
    last = min(filter(None, [today, contract.last_day]))
    return list(range(last.year, contract.begins_on.year - 1, -1)) or [today.year]


def gap_rows(contract, year, today):
    """Return a row for each whose figures are known or expected in the year: months known, months missing.

    Expected are the participants, month by month until the last whole one. The same questions for any number of them.
    """
    begins, ends = clock.first_day(year), clock.first_day(year + 1)
    last = min(filter(None, [contract.last_day, clock.last_day(year)]))
    known, places, networks = defaultdict(set), {}, defaultdict(set)
    rows = UsageFigure.objects.filter(
        contract=contract, file__state=UsageState.READ, month__gte=begins, month__lt=ends
    )
    told = rows.order_by("month").values_list("scope", "municipality", "network", "month").distinct()
    for scope, municipality, network, month in told:
        if scope == Scope.MUNICIPALITY:
            known[municipality].add(month)
        else:
            networks[network].add(month)
    expected = defaultdict(set)
    for part in contract.participations.filter(period__overlap=(begins, ends)).select_related("municipality"):
        places[part.municipality_id] = part.municipality
        start = max(part.starts_on, contract.begins_on, begins)
        end = min(filter(None, [part.last_day, last]))
        if start <= end:
            expected[part.municipality_id] |= {date(year, n, 1) for n in range(start.month, end.month + 1)}
    this_month = today.replace(day=1)
    found = [
        {
            "place": place,
            "known": months_words(sorted(known[pk]), year),
            "missing": months_words(sorted(m for m in expected[pk] - known[pk] if m < this_month), year),
        }
        for pk, place in sorted(places.items(), key=lambda pair: pair[1].sort_key_fi)
    ]
    joint = [(name, months_words(sorted(months), year)) for name, months in sorted(networks.items())]
    return found, joint


def columns():
    """Return the columns of a contract's figures, each with its source and whose it is."""
    return [
        Column(
            "month", _("Month"), lambda row: row.month, lambda row: f"{row.month:%-m/%Y}", order_by=("month",)
        ),
        Column(
            "whose",
            _("Whose use"),
            whose,
            lambda row: place(row.municipality) if row.municipality else whose(row),
        ),
        Column("scope", _("Known for"), lambda row: str(row.get_scope_display())),
        Column("service", _("Service"), lambda row: row.service, order_by=("service",)),
        Column("metric", _("What is counted"), lambda row: metric_words(row.metric), order_by=("metric",)),
        Column(
            "count",
            _("Count"),
            lambda row: row.count,
            lambda row: number(row.count),
            order_by=("count",),
            css="num",
        ),
        Column(
            "source",
            _("Source"),
            lambda row: file_source(row.file),
            url=lambda row: reverse("procurement:usage_file", args=[row.contract_id, row.file_id]),
        ),
    ]


def whose(row):
    """Return whose use a figure is, in words."""
    if row.scope == Scope.MUNICIPALITY:
        return place_name(row.municipality)
    return row.network or _("all participants together")


def tasks(user, today):
    """Return the files that wait for an answer of the service centre."""
    if not user.is_staff:
        return []
    rows = UsageFile.objects.filter(state__in=[UsageState.COLUMNS, UsageState.PLACES]).select_related(
        "contract"
    )
    return [
        Task(
            title=_("%(title)s: a file of use asks something") % {"title": row.contract.title},
            url=row.get_absolute_url(),
            text=f"{row.name}. {state_words(row)}",
            since=clock.date_of(row.uploaded_at),
            kind=_("use"),
        )
        for row in rows
    ]
