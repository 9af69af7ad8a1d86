"""The dashboard of a year in words: figures field by field, growth and map, and what lies ahead."""

import datetime as dt

from django.core.cache import cache
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import mark_safe
from django.utils.translation import get_language, ngettext, pgettext
from django.utils.translation import gettext as _

from consortium import clock
from consortium.charts import framed
from consortium.gather import Part
from consortium.templatetags.portal import day, money, number, weekday_day
from steering.charts import Point, growth_line
from steering.figures import figures_and, totals_of
from steering.models import Field, Subject, Tally, stamp_of
from steering.reckoning import EDITION

NO_BREAK = "\u00a0"
KEPT_SECONDS = 600
FIRST = 2013  # before it there is nothing to tell
OWN_WORK = ("proposals", "actions", "seats")


def drawn(year, today):
    """Return the page of a year as safe HTML: as it was drawn before, for as long as every total of it stands.

    Nothing on it depends on the reader. A change of what it tells, a new day or another language is another page.
    """
    wanted = [*totals_of(year), *_beside(year, today)]
    state = Tally.objects.stamp(wanted, EDITION, today)
    found = cache.get(_key(year, today, state)) if state else None
    if found:
        return mark_safe(found)
    told, stored = dashboard(year, today)
    found = render_to_string("steering/parts/dashboard.html", told)
    cache.set(_key(year, today, stamp_of(stored)), found, KEPT_SECONDS)
    return mark_safe(found)


def _key(year, today, state):
    return f"dashboard:{year}:{today}:{get_language()}:{state}"


def _beside(year, today):
    """Return the totals of the page beside the figures: growth, map, and of the present year what lies ahead."""
    ahead = [(Subject.AHEAD, year)] if year == today.year else []
    return [(Subject.GROWTH, today.year), (Subject.MAP, year), *ahead]


def dashboard(year, today):
    """Return (everything the page of a year shows, the totals it was made from). ValueError for a year to come."""
    is_now = year == today.year
    found, stored = figures_and(year, today, *_beside(year, today))
    growth = stored[Subject.GROWTH, today.year].details
    by_key = {figure.key: figure for figure in found}
    told = {
        "year": year,
        "on": found[0].on,
        "before": clock.last_day(year - 1),
        "is_now": is_now,
        "says": _says(by_key, year, is_now),
        "years": [of for of in _years(growth, today) if of != year],
        "parts": _parts(by_key, year, is_now, (day(found[0].on), day(clock.last_day(year - 1)))),
        "growth": _growth([row for row in growth if row[0] <= year], found[0].on),
        "map": _map(stored[Subject.MAP, year].details, by_key["members"]),
        "ahead": _ahead(stored[Subject.AHEAD, year].details, stored[Subject.SEATS, year], today)
        if is_now
        else None,
    }
    return told, stored


def _years(growth, today):
    """Return the years that can be looked at, the newest first."""
    first = max(min((row[0] for row in growth), default=today.year), FIRST)
    return range(today.year, first - 1, -1)


def _says(by_key, year, is_now):
    """Return how the year stands, in a sentence or two."""
    members, fees = by_key["members"], by_key["fees"]
    if members.value is None:
        return _("There are no members yet. The first figures come with the first memberships.")
    facts = {"n": number(members.value), "all": number(members.of)}
    words = ngettext(
        "%(n)s municipality of %(all)s is a member.",
        "%(n)s municipalities of %(all)s are members.",
        members.value,
    )
    if not is_now:
        words = ngettext(
            "%(n)s municipality of %(all)s was a member.",
            "%(n)s municipalities of %(all)s were members.",
            members.value,
        )
    said = words % facts
    if covered := share(by_key["residents"]):
        said += " " + _("Residents covered: %(share)s.") % {"share": covered}
    if fees.value is not None:
        said += " " + _("Annual fees of %(year)s: %(sum)s.") % {"year": year, "sum": fees.shown}
    return said


def share(figure):
    """Return a number's share of what it stands beside, as whole per cent; never 0 % or 100 % of what is not so."""
    if not figure.of or figure.value is None:
        return ""
    percent = round(100 * figure.value / figure.of)
    if figure.value and not percent:
        return f"< 1{NO_BREAK}%"
    if figure.value < figure.of and percent == 100:
        return f"> 99{NO_BREAK}%"
    return f"{percent}{NO_BREAK}%"


def duties(user, today):
    """Return the ways to the dashboard, to proposals and actions, for those who steer or audit."""
    rows = [
        {"what": what, "url": reverse(name)}
        for right, what, name in (
            ("view_dashboard", _("Dashboard %(year)s") % {"year": today.year}, "steering:dashboard"),
            ("list_actions", _("Proposals of all members"), "steering:proposal_list"),
            ("list_actions", _("All actions"), "steering:action_list"),
        )
        if user.has_perm(f"steering.{right}")
    ]
    if not rows:
        return []
    return [Part(_("How the consortium stands"), "members/parts/links.html", {"rows": rows}, is_list=True)]


# --- The figures ---------------------------------------------------------------------------------------------


def _parts(by_key, year, is_now, days):
    """Return the parts of figures in their order: heading, a sentence, the table's body, or why there is none.

    ``days``: the day of the numbers and that of last year's, as the heads of the columns say them.
    """
    groups = [
        (_("Economy"), Field.ECONOMY, _promise(by_key)),
        (_("Results"), Field.RESULTS, _taken_part(by_key, year)),
        (_("Content"), Field.CONTENT, ""),
        (_("The group's own work"), None, ""),
    ]
    found = []
    for heading, field, sentence in groups:
        rows = [
            figure
            for figure in by_key.values()
            if (
                figure.key in OWN_WORK
                if field is None
                else figure.field == field and figure.key not in OWN_WORK
            )
        ]
        is_known = any(figure.value is not None or figure.last_year is not None for figure in rows)
        found.append(
            {
                "heading": heading,
                "sentence": sentence,
                "body": _body([_row(figure, is_now, days) for figure in rows]) if is_known else "",
                "empty": _empty(field, is_now),
            }
        )
    return found


def _row(figure, is_now, days):
    """Return a figure's row as cells: what, the number with its list, last year's."""
    label = figure.label[:1].upper() + figure.label[1:]
    beside = figure.beside
    if figure.key == "residents" and beside:
        beside = f"{beside}, {share(figure)}"
    what = format_html('{} <span class="note d-block">{}</span>', label, beside) if beside else label
    shown = _("Not yet") if is_now else _("Not known")
    if figure.value is not None:
        shown = format_html(
            '<a href="{}"><b>{}</b><span class="visually-hidden"> {}</span></a>',
            figure.url,
            figure.shown,
            label,
        )
    return what, [(days[0], shown), (days[1], figure.shown_last or _("Not known"))]


def _body(rows):
    """Return the rows of a table that folds on a phone as safe HTML: (head, [(label, cell)]), the cells numbers.

    Put together here, as lists are: a template's loops would take most of the page's time.
    """
    cells = '<td role="cell" class="num" data-label="{}">{}</td>'
    return format_html_join(
        "\n",
        '<tr role="row"><th role="rowheader" scope="row">{}</th>{}</tr>',
        ((head, format_html_join("", cells, told)) for head, told in rows),
    )


def _promise(by_key):
    """Return how the year stands against what the members were promised: at most so much a year and for each."""
    budget, largest = by_key["budget"], by_key["largest_fee"]
    if budget.value is None:
        return ""
    said = _(
        "Promised: a budget of at most %(year)s and a fee of at most %(each)s for each municipality, without VAT."
    )
    return said % {"year": money(budget.of), "each": money(largest.of)}


def _taken_part(by_key, year):
    """Return how many of those asked took part in the rounds that closed in the year."""
    figure = by_key["participation"]
    if figure.value is None:
        return _("No commitment round closed in %(year)s.") % {"year": year}
    words = _("In the rounds that closed in %(year)s, %(share)s of those asked take part.")
    return words % {"year": year, "share": share(figure)}


def _empty(field, is_now):
    """Return why a part has no figures, and what brings the first."""
    if not is_now:
        return _("Nothing is known of that year.")
    return {
        Field.ECONOMY: _(
            "The first figures come when Helsinki has decided the budget, and the first invoices leave."
        ),
        Field.RESULTS: _("The first figures come with the first memberships and rounds."),
        Field.CONTENT: _("The first figures come when the first contract is in use."),
        None: _("The first figures come when the group has been appointed and proposals are received."),
    }[field]


# --- Growth and map ------------------------------------------------------------------------------------------


def _growth(rows, on):
    """Return the drawing of the growth and its table: year, members and residents at its end."""
    if not rows:
        return None
    first, last = rows[0], rows[-1]
    described = _(
        "At the end of %(first)s: %(from)s members. On %(on)s: %(to)s. The figures are in the table."
    )
    facts = {"first": first[0], "from": number(first[1]), "on": day(on), "to": number(last[1])}
    drawing = growth_line(
        [Point(year, members) for year, members, _residents in rows],
        title=_("Member municipalities by year"),
        description=described % facts,
    )
    cells = (
        (
            day(on if year == last[0] else clock.last_day(year)),
            reverse("steering:figure", args=[year, "members"]),
            number(members),
            number(residents) or _("Not known"),
        )
        for year, members, residents in reversed(rows)
    )
    row = '<tr><th scope="row" class="keep">{}</th><td class="num"><a href="{}">{}</a></td><td class="num">{}</td></tr>'
    return {"drawing": drawing, "body": format_html_join("\n", row, cells)}


def _map(details, members):
    """Return the map and its table by region; None while nobody is a member."""
    if members.value is None:
        return None
    language = get_language() if get_language() in details else "fi"
    described = _(
        "%(members)s filled dots are member municipalities, %(others)s rings the others. "
        "The area of a dot tells the number of residents. The members by region are in the table."
    ) % {"members": members.value, "others": members.of - members.value}
    drawn = (mark_safe(details["circles"]), mark_safe(details[language]))
    name = 1 if language == "sv" else 0
    heads = [_("Members"), _("Municipalities"), _("Residents"), _("Of the region")]
    body = _body(
        (
            row[name],
            zip(heads, [*map(number, row[2:5]), _percent(row[4], row[5])], strict=True),
        )
        for row in details["regions"]
    )
    drawing = framed(*drawn, title=_("Member municipalities on the map"), description=described, key="map")
    return {"drawing": drawing, "heads": heads, "body": body}


def _percent(part, whole):
    return f"{round(100 * part / whole) if whole else 0}{NO_BREAK}%"


# --- Ahead ---------------------------------------------------------------------------------------------------


def _ahead(details, seats, today):
    """Return what comes within half a year as rows, how many there are in all, and the lists they are of."""
    rows = [_COMING[row[0]](*row[1:], today) for row in details["rows"]]
    body = (seats.details or {}).get("body")
    missing = (seats.details or {}).get("without_deputy")
    lists = [
        {"label": _("Exit calendar"), "url": reverse("procurement:exit_calendar")},
        {"label": _("Actions"), "url": reverse("steering:action_list")},
    ]
    if body:
        lists.append({"label": _("Seats"), "url": reverse("steering:body", args=[body])})
    deputies = ""
    if missing:
        words = ngettext("%(n)s seat has no deputy.", "%(n)s seats have no deputy.", missing)
        deputies = words % {"n": number(missing)}
    return {"rows": rows, "more": details["count"] - len(rows), "lists": lists, "deputies": deputies}


def _in(fi, sv):
    return sv if get_language() == "sv" else fi


def _date(text):
    return dt.date.fromisoformat(text)


def _way_out(on, pk, title_fi, title_sv, notice_by, today):
    late = _date(on) < today
    return {
        "when": weekday_day(notice_by if late else on),
        "small": _("last day for notice") if late else _("our own deadline"),
        "what": _("Decide on going on: %(title)s") % {"title": _in(title_fi, title_sv)},
        "url": reverse("procurement:contract", args=[pk]),
        "text": _("Last day for notice %(day)s.") % {"day": weekday_day(notice_by)},
    }


def _terms(on, body, count, today):
    words = ngettext("The term of %(n)s member ends", "The terms of %(n)s members end", count)
    return {
        "when": weekday_day(on),
        "small": _("last day of the term"),
        "what": words % {"n": number(count)},
        "url": reverse("steering:body", args=[body]),
    }


def _action(on, pk, text_fi, text_sv, today):
    return {
        "when": weekday_day(on),
        "small": pgettext("action", "overdue"),
        "small_css": "waiting",
        "what": _in(text_fi, text_sv),
        "url": reverse("steering:action", args=[pk]),
    }


_COMING = {"exit": _way_out, "terms": _terms, "action": _action}
