"""The annual fee for everyone: this year's in plain words, and one page a year with every member's fee."""

from django.contrib.auth.decorators import login_not_required
from django.db.models import Count, Max
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from consortium import clock
from consortium.lists import Column, ListPage
from consortium.steps import receipt_of
from consortium.templatetags.portal import day, money, number, place, place_name
from members.fee_words import reckoning_line
from members.filters import FeeFilter
from members.models import AnnualBudget, Assessment
from members.pages import budget as budget_page
from members.pages import budget_decision, budget_facts
from members.register import source_words


@login_not_required
@require_safe
def fees(request):
    """This year's fee and the next in plain words, the limits, and the years that the person may read."""
    today = clock.today()
    budgets = list(AnnualBudget.objects.visible_to(request.user))
    found = Assessment.objects.standing().filter(budget__in=budgets).order_by().values("budget")
    by_year = {row["budget"]: row for row in found.annotate(members=Count("pk"), largest=Max("amount"))}
    for each in budgets:
        each.fees = by_year.get(each.pk) if each.is_frozen else None
    acts = budget_page.list_acts(request.user, today)
    limits = budget_facts.limits_part(today)
    context = {
        "parts": [*budget_facts.year_parts(today), *filter(None, [limits])],
        "budgets": budgets,
        "main_act": acts[0] if acts else None,
        "other_act": acts[1] if len(acts) > 1 else None,
    }
    return render(request, "members/fees.html", context)


def _ground(row):
    """Return what settled a fee, in a word or two."""
    words = {
        "floor": _("smallest fee"),
        "cap": _("largest fee"),
        "free": _("free of charge"),
        "covered": _("nothing to be shared"),
    }
    return words.get(row.ground, _("by the scheme"))


def columns(language, url):
    """Return the columns of a year's fees; some stand in the files alone. ``url``: f(row) -> the fee's own page."""
    own = "sv" if language == "sv" else "fi"
    return [
        Column(
            "name",
            _("Municipality"),
            lambda r: place_name(r.municipality, language),
            lambda r: place(r.municipality, language),
            lambda r: reverse("municipality", args=[r.municipality.code]),
            (f"municipality__sort_key_{own}",),
        ),
        Column("code", _("Code"), lambda r: r.municipality.code, on_page=False),
        Column(
            "residents",
            _("Residents"),
            lambda r: r.residents,
            lambda r: number(r.residents),
            order_by=("residents",),
            css="num",
        ),
        Column("residents_on", _("Residents on"), lambda r: r.residents_on, on_page=False),
        Column(
            "source",
            _("Source"),
            lambda r: source_words(r.residents_source),
            on_page=False,
        ),
        Column("by_rule", _("By the scheme, €"), lambda r: r.by_rule, on_page=False),
        Column("full_year", _("Whole year, €"), lambda r: r.full_year, on_page=False),
        Column("ground", _("What settles it"), _ground, on_page=False),
        Column("months", _("Months"), lambda r: r.months, order_by=("months",), css="num"),
        Column("reckoning", _("How reckoned"), lambda r: reckoning_line(r.line)),
        Column("fee", _("Fee"), lambda r: r.amount, lambda r: money(r.amount), url, ("amount",), css="num"),
    ]


def explained(columns):
    """Return each column with what it means and where it comes from."""
    meanings = {
        "name": _("The municipality's name in the language of the page; in English in its own language."),
        "code": _(
            "The municipality's number in the classification of Statistics Finland, three digits. In the files."
        ),
        "residents": _("How many lived there on the day that counts for the year, as the fee was decided."),
        "residents_on": _("The day of the figure of residents. In the files."),
        "source": _("Who gives the figure of residents. In the files."),
        "by_rule": _(
            "What the scheme gives before the smallest and the largest fee, for a whole year. In the files."
        ),
        "full_year": _("The fee of a whole year. In the files."),
        "ground": _("Whether the scheme, the smallest fee or the largest fee settles the fee. In the files."),
        "months": _("Full months of membership in the year."),
        "reckoning": _("The reckoning in one line, which anyone can redo by hand."),
        "fee": _(
            "What the municipality pays for the year, in euros without VAT; corrections are counted in."
        ),
    }
    return [{"label": column.label, "explained": meanings[column.key]} for column in columns]


def _fees_of(request, found):
    """Return the year's fees as a list; the fee leads on to its own page for those who may open it."""
    user = request.user
    rows = Assessment.objects.standing().filter(budget=found).select_related("municipality")
    all_of_them = user.has_perm("members.view_fees")
    own = set()
    if user.is_authenticated and not all_of_them:
        own = set(user.roles.active().values_list("municipality", flat=True))

    def url(row):
        return row.get_absolute_url() if all_of_them or row.municipality_id in own else ""

    return ListPage(
        request,
        rows,
        columns(get_language(), url),
        filterset=FeeFilter,
        caption=_("Fees %(year)s") % {"year": found.year},
        default_sort="name",
        filename=f"fees-{found.year}",
    )


def _foot(listing, found):
    """Return the sum of the year under the table, unless only some of its fees are shown."""
    if listing.is_filtered:
        return None
    count = budget_facts.figures(found).members
    words = ngettext("%(n)s member", "%(n)s members", count) % {"n": number(count)}
    shown = {"name": words, "fee": money(found.assessed)}
    cells = [c for c in listing.columns if c.on_page]
    return [{"value": shown.get(c.key, ""), "css": c.css, "label": c.label} for c in cells]


@login_not_required
@require_safe
def budget(request, year):
    """One year: budget, decision and every fee for all; then what the person's duty does with it."""
    rows = AnnualBudget.objects.visible_to(request.user).select_related("scheme", "billing", "proposal")
    found = get_object_or_404(rows, year=year)
    today, listing = clock.today(), None
    if found.is_frozen:
        listing = _fees_of(request, found)
        if answer := listing.export():
            return answer
    prepares = request.user.has_perm("members.view_fees") or request.user.has_perm("members.view_drafts")
    event = receipt_of(request, found) if prepares else None
    context = {
        "budget": found,
        "receipt": budget_decision.receipt(event, found, request.user) if event else None,
        "title": _("Budget and fees %(year)s") % {"year": found.year},
        "says": budget_facts.says(found),
        "acts": budget_page.acts(request.user, found, today),
        "parts": budget_page.parts(request.user, found, today),
        "list": listing,
        "about": _about(found) if listing else "",
        "foot": _foot(listing, found) if listing else None,
        "columns": explained(listing.columns) if listing else [],
    }
    return render(request, "members/budget.html", context)


def _about(found):
    """Return of which day the residents are."""
    days = budget_facts.figures(found).days
    if len(days) == 1:
        return _("Residents on %(day)s.") % {"day": day(next(iter(days)))}
    return ""
