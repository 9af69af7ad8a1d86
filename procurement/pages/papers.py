"""The papers of a procurement, and for the service centre how often each published one was opened."""

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from consortium.gather import Part
from consortium.templatetags.portal import day, file_size, moment, weekday_day
from procurement.models import Paper, PaperState, Readers
from procurement.models.paper import RESTRICTED_IN, counted, openings_of


def opened_words(visitors, people):
    """Return how often a paper was opened, and by whom: visitors, and people with an account."""
    if not visitors + people:
        return _("Nobody has opened it.")
    words = ngettext("Opened %(n)s time", "Opened %(n)s times", visitors + people) % {"n": visitors + people}
    by = [
        ngettext("%(n)s time by a visitor", "%(n)s times by visitors", visitors) % {"n": visitors}
        if visitors
        else "",
        ngettext("%(n)s time by a person with an account", "%(n)s times by people with an account", people)
        % {"n": people}
        if people
        else "",
    ]
    return f"{words}: {', '.join(filter(None, by))}."


def rows_of(user, procurement):
    """Return the papers that the person may read, as the page draws them."""
    papers = list(
        Paper.objects.visible_to(user).filter(procurement=procurement).select_related("published_by")
    )
    readings = openings_of(papers) if user.is_staff and papers else {}
    found = []
    for paper in papers:
        row = {
            "when": weekday_day(paper.published_at or paper.added_at),
            "paper": paper,
            "url": reverse("procurement:paper_file", args=[paper.pk]),
            "size": file_size(paper.file.size),
            "notes": [],
            "acts": [],
        }
        if user.is_staff:
            row |= _for_staff(paper, readings.get(paper.pk, []))
        found.append(row)
    return found


def _for_staff(paper, readings):
    notes = []
    if paper.state == PaperState.PUBLISHED:
        words = _("Published %(day)s for: %(who)s.")
        notes.append(words % {"day": day(paper.published_at), "who": paper.get_audience_display()})
        notes.append(opened_words(*counted(readings)))
    elif paper.state == PaperState.WITHDRAWN:
        words = _("Was published for %(who)s from %(since)s; taken back %(until)s: %(reason)s.")
        facts = {
            "who": Readers(paper.was_open_to).label,
            "since": moment(paper.published_at),
            "until": moment(paper.withdrawn_at),
            "reason": paper.withdrawn_reason.rstrip("."),
        }
        notes += [words % facts, opened_words(*counted(readings)) if readings else _opened(paper.openings)]
    else:
        notes.append(_("Only the service centre reads it."))
    if paper.contains_volumes:
        notes.append(_("Contains volumes, ceilings or offers."))
    label = _("Change who reads it") if paper.state == PaperState.PUBLISHED else _("Publish")
    acts = [{"label": label, "url": reverse("procurement:paper_publish", args=[paper.pk])}]
    if paper.state == PaperState.PUBLISHED:
        acts.append(
            {"label": _("Take it back"), "url": reverse("procurement:paper_withdraw", args=[paper.pk])}
        )
    return {"notes": notes, "acts": acts}


def _opened(times):
    """Return how often it was opened, once the log itself has ended."""
    if not times:
        return opened_words(0, 0)
    return ngettext("Opened %(n)s time.", "Opened %(n)s times.", times) % {"n": times}


def parts(user, procurement, today):
    """Return the papers, for whoever may read some; from opening to award a new one is the service centre's own."""
    rows = rows_of(user, procurement)
    if not rows and not user.has_perm("procurement.publish_paper"):
        return []
    note = ngettext("%(n)s paper", "%(n)s papers", len(rows)) % {"n": len(rows)}
    context = {
        "rows": rows,
        "restricted": user.is_authenticated and user.is_staff and procurement.state in RESTRICTED_IN,
    }
    return [Part(_("Papers"), "procurement/parts/papers.html", context, note=note, is_list=True)]


def acts(user, procurement, today):
    """Return the link to add one."""
    if not user.has_perm("procurement.publish_paper"):
        return []
    return [{"label": _("Add a paper"), "url": reverse("procurement:paper_new", args=[procurement.pk])}]
