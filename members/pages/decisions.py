"""Helsinki's decisions that everyone may read: joinings confirmed, versions of the agreement, the annual fee."""

from django.contrib.postgres.aggregates import JSONBAgg
from django.db.models import Exists, OuterRef
from django.db.models.functions import JSONObject
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from consortium.gather import Task
from consortium.templatetags.portal import NO_BREAK, day, money, number, place, place_name
from members.models import Accession, AccessionState, AgreementState, AgreementVersion, AnnualBudget, Scheme
from members.models.agreement import section_sign

NEWEST = 5  # of a kind
NAMED = 10  # municipalities of one decision


def decisions(today):
    """Return the newest decisions of each kind, with where they can be read more of."""
    return [*_confirmations(), *_versions(), *_budgets(), *_schemes()]


def _confirmations():
    """Yield Helsinki's decisions on joining; one decision may confirm many."""
    of_one = ("confirmed_on", "confirmed_body", "confirmed_section", "confirmed_case_number")
    names = ("code", "name_fi", "name_sv", "genitive_fi", "language")
    places = JSONObject(**{name: f"municipality__{name}" for name in names})
    rows = Accession.objects.filter(state=AccessionState.CONFIRMED).order_by("-confirmed_on").values(*of_one)
    rows = rows.annotate(places=JSONBAgg(places, order_by="municipality__sort_key_fi"))
    for row in rows[:NEWEST]:
        found = row["places"]
        count = len(found)
        title = ngettext("%(n)s joining confirmed", "%(n)s joinings confirmed", count) % {"n": number(count)}
        if count == 1:
            title = _("The joining of %(name)s confirmed") % {"name": _of_name(found[0])}
        yield Task(
            title=title,
            url=reverse("municipality", args=[found[0]["code"]]) if count == 1 else "",
            text=_named(found) if count > 1 else "",
            note=_by(row["confirmed_body"], row["confirmed_section"], row["confirmed_case_number"]),
            since=row["confirmed_on"],
            done=True,
        )


def _of_name(found):
    """Return the name as a sentence takes it: in Finnish its genitive."""
    return (get_language() == "fi" and found["genitive_fi"]) or place_name(found)


def _named(places):
    """Return the names with their links, the first ten of many."""
    links = (('<a href="{}">{}</a>', reverse("municipality", args=[p["code"]]), place(p)) for p in places)
    named = format_html_join(", ", "{}", ((format_html(*link),) for link in list(links)[:NAMED]))
    more = len(places) - NAMED
    if more <= 0:
        return named
    return format_html("{} {}", named, ngettext("and %(n)s more", "and %(n)s more", more) % {"n": more})


def _versions():
    rows = AgreementVersion.objects.filter(state=AgreementState.APPROVED).order_by("-decided_on")
    for version in rows[:NEWEST]:
        yield Task(
            title=_("Version %(number)s of the agreement approved") % {"number": version.number},
            url=version.get_absolute_url(),
            note=_by(version.body, version.section, version.case_number),
            since=version.decided_on,
            done=True,
        )


def _budgets():
    for budget in AnnualBudget.objects.decided().select_related("scheme").order_by("-decided_on")[:NEWEST]:
        yield Task(
            title=_("Budget and annual fees %(year)s decided") % {"year": budget.year},
            url=budget.get_absolute_url(),
            text=_("Fees %(sum)s together, at most %(cap)s a municipality")
            % {"sum": money(budget.assessed), "cap": money(budget.scheme.cap)},
            note=_by(budget.body, budget.section, budget.case_number),
            since=budget.decided_on,
            done=True,
        )


def _schemes():
    """Yield the schemes decided by themselves; one decided with a year's budget is told with that."""
    with_a_budget = AnnualBudget.objects.filter(
        decided_on=OuterRef("decided_on"), section=OuterRef("section"), case_number=OuterRef("case_number")
    )
    rows = Scheme.objects.filter(~Exists(with_a_budget), decided_on__isnull=False)
    for tariff in rows.order_by("-decided_on")[:NEWEST]:
        yield Task(
            title=_("Annual fee decided, from %(day)s") % {"day": day(tariff.valid_from)},
            url=reverse("members:fees"),
            note=_by(tariff.body, tariff.section, tariff.case_number),
            since=tariff.decided_on,
            done=True,
        )


def decision_words(decided):
    """Return a decision of Helsinki in one line: body, section, day, case number."""
    facts = [_by(decided.body, decided.section, ""), day(decided.decided_on)]
    return ", ".join([*facts, decided.case_number.replace(" ", NO_BREAK)])


def _by(body, section, case_number):
    """Return who decided, the section and the case number: Board § 12, HEL 2026-004117."""
    told = [
        f"{body} {section_sign(section).replace(' ', NO_BREAK)}".strip(),
        case_number.replace(" ", NO_BREAK),
    ]
    return ", ".join(filter(None, told))
