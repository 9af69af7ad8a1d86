"""What pages tell of invoicing: links for those who invoice, what waits for somebody, receipts, files."""

import datetime as dt

from django.db.models import Count, Sum
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from consortium import clock, documents
from consortium.gather import Task
from consortium.models import DocumentState
from consortium.templatetags.portal import day, moment, money, number, weekday_day
from members.models import AnnualBudget, LedgerFile, LedgerReturn
from members.reports import asked, follow
from members.settlement import PaymentState

FEW, NAMED = 5, 3
PATIENCE = dt.timedelta(days=14)  # so long may a question about an invoice rest
COLOUR = {
    PaymentState.PAID: "done",
    PaymentState.OPEN: "waiting",
    PaymentState.UNKNOWN: "",
    PaymentState.PART_PAID: "waiting",
    PaymentState.CREDITED: "",
    PaymentState.OVERPAID: "refused",
    PaymentState.PAID_TWICE: "refused",
    PaymentState.RETURNED: "refused",
}


def state_words(found):
    """Return how an invoice stands, in words."""
    if found.is_own_entry:
        return _("internal entry")
    if found.is_sent_again:
        return _("returned, sent again on %(day)s") % {"day": day(found.line.batch.made_at)}
    if found.is_returned and found.reason:
        return _("returned, %(reason)s") % {"reason": found.reason}
    if found.state == PaymentState.UNKNOWN and found.is_credited:
        return _("credited as a whole")
    return str(found.state.label)


def asked_words(event):
    """Return who has been asked for what an invoice lacks, and when."""
    if event is None:
        return _("Nobody has been asked yet.")
    people, when = event.details["people"], weekday_day(event.at)
    whom = ngettext("%(n)s representative", "%(n)s representatives", people) % {"n": people}
    if event.details["registry"] and people:
        return _("Asked on %(day)s: the registry and %(people)s.") % {"day": when, "people": whom}
    if people:
        return _("Asked on %(day)s: %(people)s.") % {"day": when, "people": whom}
    return _("Asked on %(day)s: the registry.") % {"day": when}


def is_of_today(event):
    """Tell whether an event is there and happened today."""
    return event is not None and clock.date_of(event.at) == clock.today()


# --- The year's page and the front pages -------------------------------------------------------------------


def acts(user, budget, today):
    """Return the link from a year's page to its invoices."""
    if not budget.is_frozen or not user.has_perm("members.view_fees"):
        return []
    return [{"label": _("Invoices"), "url": reverse("members:invoice_list", args=[budget.year])}]


def links(user):
    """Return (what, address, text) of the pages of invoicing, for those who may read all fees."""
    if not user.has_perm("members.view_fees"):
        return []
    found = []
    for budget in AnnualBudget.objects.decided()[:2]:
        at = [budget.year]
        found += [
            (
                _("Invoices %(year)s") % {"year": budget.year},
                reverse("members:invoice_list", args=at),
                _("Who has been invoiced, what is paid; the file for the ledger and its lists."),
            ),
            (
                _("Reconciliation %(year)s") % {"year": budget.year},
                reverse("members:reconciliation", args=at),
                _("The portal's invoices against the ledger's lists, to the cent."),
            ),
            (
                _("Open items %(year)s") % {"year": budget.year},
                reverse("members:open_items", args=at),
                _("What is open on a day, by how late it is; the year's figures."),
            ),
        ]
    terms = _("VAT, account, invoicer and the columns of the file, each from a day on.")
    limits = _("What no fee and no year may exceed, by Helsinki's decision.")
    return [
        *found,
        (_("Settings of invoicing"), reverse("members:billing_terms"), terms),
        (_("Limits of the fee"), reverse("members:fee_limits"), limits),
    ]


def duty_tasks(user, today):
    """Return what waits for the accountant."""
    return waiting(today) if user.has_perm("members.manage_billing") and not user.is_staff else []


def waiting(today):
    """Return tasks: invoices that came back, questions unanswered for two weeks, lines of the ledger nobody knows."""
    found = []
    for budget in AnnualBudget.objects.running().select_related("billing"):
        url = reverse("members:invoice_list", args=[budget.year])
        found += [*_returned(budget, url), *_unanswered(budget, url, today)]
    return found + _unknown()


def _returned(budget, url):
    invoices = budget.invoices.filter(entries__status="returned").distinct()
    rows = [r for r in follow(invoices) if r.is_returned]
    if not rows:
        return []
    words = ngettext("%(n)s invoice came back", "%(n)s invoices came back", len(rows)) % {"n": len(rows)}
    said = [f"{r.municipality.name}: {r.reason}" if r.reason else r.municipality.name for r in rows]
    return [
        Task(
            title=f"{words}, {budget.year}",
            url=f"{url}#returned",
            text=_few(said),
            since=min(clock.date_of(r.read_at) for r in rows),
            kind=_("returned"),
        )
    ]


def _unanswered(budget, url, today):
    _ready, lacking = budget.waiting()
    events = asked([fee.municipality_id for fee, _gaps in lacking])
    late = [
        (fee.municipality, clock.date_of(events[fee.municipality_id].at))
        for fee, _gaps in lacking
        if fee.municipality_id in events and clock.date_of(events[fee.municipality_id].at) <= today - PATIENCE
    ]
    if not late:
        return []
    words = ngettext(
        "%(n)s municipality has not told what its invoice lacks",
        "%(n)s municipalities have not told what their invoices lack",
        len(late),
    )
    return [
        Task(
            title=f"{words % {'n': len(late)}}, {budget.year}",
            url=f"{url}#gaps",
            text=_few([place.name for place, _on in late]),
            since=min(on for _place, on in late),
            kind=_("invoice"),
        )
    ]


def _unknown():
    """Return a task for each year whose newest list has lines that belong to no invoice."""
    standing = LedgerReturn.objects.filter(
        set_aside_at__isnull=True, budget__in=AnnualBudget.objects.running()
    )
    newest = standing.order_by("budget_id", "-pk").distinct("budget_id").values("pk")
    rows = LedgerReturn.objects.filter(
        pk__in=newest, entries__from_invoice__isnull=True, entries__isnull=False
    )
    found = []
    for returned in rows.annotate(strange=Count("entries")).select_related("budget"):
        words = ngettext(
            "%(n)s line of the ledger's list belongs to no invoice",
            "%(n)s lines of the ledger's list belong to no invoice",
            returned.strange,
        )
        found.append(
            Task(
                title=f"{words % {'n': returned.strange}}, {returned.budget.year}",
                url=reverse("members:ledger_list_page", args=[returned.pk]),
                text=returned.name,
                since=clock.date_of(returned.read_at),
                kind=_("ledger"),
            )
        )
    return found


def _few(names):
    listed, more = "; ".join(names[:NAMED]), len(names) - NAMED
    if more <= 0:
        return listed
    return ngettext("%(names)s and %(n)s more", "%(names)s and %(n)s more", more) % {
        "names": listed,
        "n": more,
    }


# --- Files for the ledger --------------------------------------------------------------------------------------


def batches(budget):
    """Return the files made for the ledger, the newest first, each with its number of invoices and their sum (€)."""
    rows = budget.batches.select_related("made_by").prefetch_related("files")
    found = rows.annotate(count=Count("lines"), total=Sum("lines__invoice__gross")).order_by("-number")
    for batch in found:
        batch.formats = sorted(batch.files.all(), key=lambda file: file.format)
    return found


def file_progress(budget):
    """Return how far the files are, as partials/progress.html draws it, with the files themselves."""
    files = LedgerFile.objects.filter(batch__budget=budget)
    counts = documents.progress(files)
    if not counts["total"]:
        says = _("No file has been made yet.")
    elif counts["running"]:
        says = _("%(made)s of %(total)s files made.") % {
            "made": counts["ready"] + counts["failed"],
            "total": counts["total"],
        }
    elif counts["failed"]:
        says = _("%(ready)s of %(total)s files are ready, %(failed)s failed.") % counts
    else:
        says = _("All %(total)s files are ready.") % counts
    running = counts["running"]
    return {
        "id": "files",
        "poll_url": reverse("members:invoice_progress", args=[budget.year]) if running else "",
        "says": says,
        "done": counts["ready"] + counts["failed"],
        "total": counts["total"],
        "template": "members/parts/ledger_files.html",
        "batches": batches(budget),
        "failed": DocumentState.FAILED,
    }


# --- Receipts --------------------------------------------------------------------------------------------------


def receipt(event, budget):
    """Return the receipt of an act on the year's invoices, as partials/receipt.html draws it; None for other acts."""
    told = event.details
    if event.verb == "bill" and "again" in told:
        what = _("The same claims sent again, file %(number)s") % {"number": told["batch"]}
        next_ = _("Take the file to the ledger; numbers and references are the same as before.")
        facts = [(_("Invoices"), number(len(told["again"])))]
    elif event.verb == "bill":
        what = _("File %(number)s for the ledger") % {"number": told["batch"]}
        next_ = _("The files are ready in a moment below. Take one to the ledger, and bring its list here.")
        facts = [(_("Invoices"), number(told["invoices"]))]
        if told["left"]:
            facts.append((_("Left out, a detail is missing"), number(told["left"])))
    elif event.verb == "correct":
        what = _("The fee credited, and a new one written")
        facts = [(_("Credited"), money(told["before"])), (_("New fee"), money(told["after"]))]
        next_ = _("Credit note and invoice go into the next file for the ledger.")
    elif event.verb == "credit":
        what = _("The whole fee credited")
        facts = [(_("Credited"), money(told["amount"]))]
        next_ = _("If the fee was invoiced, its credit note goes into the next file for the ledger.")
    else:
        return None
    if event.verb in {"credit", "correct"}:
        facts.insert(0, (_("For"), event.subject.municipality.name))
    rows = [(_("What"), what), (_("Year"), str(budget.year)), *facts]
    rows += [(_("When"), moment(event.at)), (_("Receipt"), event.number), (_("What next"), next_)]
    links = [{"label": _("Files for the ledger"), "url": "#files-head"}] if event.verb == "bill" else []
    return {"rows": rows, "title": _("Done"), "links": links}
