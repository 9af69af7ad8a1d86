"""The steering group's paper: alternatives of a year side by side, their figures frozen when it is asked for."""

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override, pgettext

from consortium import clock, documents
from consortium.documents import request_document
from consortium.models import DocumentState
from consortium.templatetags.portal import day, money, number, place_name
from members.fee_words import result_sentence
from members.models import FeePaper, FeePaperKind
from members.pages import fee_tables, scenario

LANGUAGES = ("fi", "sv")
ROWS_A_PAGE = {1: 30, 2: 22, 3: 22}  # of one alternative, of two, of three: a change then takes two lines


def figures_of(budget, alternatives, language):
    """Return what the paper says, as plain words and sums in the language; nothing of it is reckoned later."""
    with override(language):
        before = scenario.fees_before(budget.year)
        shown = [scenario.of_alternative(row, budget, before) for row in alternatives]
        letters = [row.letter for row in alternatives]
        words = {"year": budget.year, "letters": _join(letters)}
        if len(letters) > 1:
            title = _("Annual fee %(year)s: alternatives %(letters)s") % words
        else:
            title = _("Annual fee %(year)s: alternative %(letters)s") % words
        return {
            "file": _("annual-fee-%(year)s-proposal") % words,
            "title": title,
            "date": day(clock.today()),
            "year": budget.year,
            "amount": _amount(budget),
            "members": _("Members as of %(day)s: %(count)s.")
            % {"day": day(budget.members_on), "count": fee_tables.who_pay(shown[0])},
            "alternatives": [
                {
                    "title": found.name,
                    "terms": scenario.terms_words(row, budget.year),
                    "result": result_sentence(found.fees),
                    "range": _range(found),
                    "changes": scenario.changes_words(found),
                    "stale": scenario.why_stale(row, budget),
                }
                for row, found in zip(alternatives, shown, strict=True)
            ],
            "columns": [
                _("Municipality"),
                _("Residents"),
                _("Fee %(year)s") % {"year": budget.year - 1},
                *(
                    text
                    for letter in letters
                    for text in (_("Fee, %(letter)s") % {"letter": letter}, pgettext("of a fee", "Change"))
                ),
            ],
            "tables": _tables(_rows(shown), ROWS_A_PAGE[len(shown)]),
            "sums": [cell["value"] for cell in fee_tables.sums_side_by_side(shown, budget.year)],
            "caption": _("Fees by municipality, without VAT"),
        }


def _join(letters):
    return (
        letters[0]
        if len(letters) == 1
        else _("%(some)s and %(last)s")
        % {
            "some": ", ".join(letters[:-1]),
            "last": letters[-1],
        }
    )


def _amount(budget):
    rows = [(_("Budget %(year)s") % {"year": budget.year}, money(budget.total))]
    if budget.project_funding:
        less = f"−\u202f{money(budget.project_funding)}"
        decision = budget.project_decision
        rows.append((_("Project money"), f"{less} ({decision})" if decision else less))
    return [*rows, (_("To be covered by fees"), money(budget.to_share))]


def _range(found):
    words = _("Smallest fee paid %(smallest)s, median %(median)s, largest %(largest)s.")
    fees = found.fees
    return words % {
        "smallest": money(fees.smallest),
        "median": money(fees.median),
        "largest": money(fees.largest),
    }


def _rows(shown):
    rows = []
    for row in sorted(fee_tables.rows_of(shown), key=lambda row: row.name):
        cells = [place_name(row.municipality), number(row.residents)]
        cells.append(_("new") if row.before is None else money(row.before))
        for line in row.lines:
            cells += fee_tables.fee_and_change(line)
        rows.append(cells)
    return rows


def _tables(rows, most):
    """Return the rows as tables that each fit on a page, called by the names they begin and end with."""
    parts = [rows[at : at + most] for at in range(0, len(rows), most)]
    return [{"caption": f"{part[0][0]}–{part[-1][0]}", "rows": part} for part in parts]


def ask(budget, alternatives, *, by):
    """Ask for the paper in both languages."""
    for language in LANGUAGES:
        figures = figures_of(budget, alternatives, language)
        paper = FeePaper(budget=budget, kind=FeePaperKind.PROPOSAL, language=language, figures=figures)
        request_document(paper, by=by)


def papers(user, budget):
    """Return the newest papers on the year's alternatives that the person may read, one a language."""
    found = FeePaper.objects.visible_to(user).filter(budget=budget, kind=FeePaperKind.PROPOSAL)
    return found.newest()


def progress(user, budget):
    """Return how far the newest papers are, with the files, as partials/progress.html takes it."""
    newest = papers(user, budget)
    counts = documents.progress(newest)
    if not counts["total"]:
        says = _("No paper has been asked for yet.")
    elif counts["running"]:
        says = _("The paper is being made.")
    elif counts["failed"]:
        says = _("The paper could not be made. Ask for it again.")
    else:
        says = _("The paper is ready.")
    poll = reverse("members:fee_proposal_progress", args=[budget.year]) if counts["running"] else ""
    names = dict(settings.LANGUAGES)
    return {
        "id": "paper",
        "poll_url": poll,
        "says": says,
        "done": counts["ready"] + counts["failed"],
        "total": counts["total"],
        "template": "members/parts/fee_papers.html",
        "files": [
            {"paper": paper, "label": paper.figures["title"], "language": names[paper.language]}
            for paper in newest
            if paper.state == DocumentState.READY
        ],
    }
