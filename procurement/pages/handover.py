"""What pages tell of the lists for the central purchasing body: sentences, columns, how far files are, receipts."""

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from consortium.documents import progress
from consortium.lists import Column
from consortium.models import DocumentState
from consortium.templatetags.portal import day, keep, moment, money, number, weekday_moment
from members.models.agreement import section_sign
from procurement import commitment_list as listed
from procurement.models import HandedOver

CHANGES = {
    listed.ChangeKind.ADDED: lambda: pgettext("line of a list", "added"),
    listed.ChangeKind.REMOVED: lambda: pgettext("line of a list", "removed"),
    listed.ChangeKind.CHANGED: lambda: pgettext("line of a list", "changed"),
}


def acts(user, procurement, today):
    """Return the links on the procurement's page: lists from the freeze on, the notice's data for who runs it."""
    found, args = [], [procurement.pk]
    round_ = getattr(procurement, "round", None)
    if round_ and round_.is_frozen() and user.has_perm("procurement.view_answers", procurement):
        label = _("Lists for the central purchasing body")
        found.append({"label": label, "url": reverse("procurement:commitment_lists", args=args)})
    if user.has_perm("procurement.manage_procurement", procurement):
        url = reverse("procurement:notice", args=args)
        found.append({"label": _("Data for the notice"), "url": url})
    return found


def sums_say(found):
    """Return the sums of a list in words."""
    return _(
        "%(committed)s committed, %(committed_sum)s a year; %(interested)s interested, %(interested_sum)s a year."
    ) % {
        "committed": number(found.committed_places),
        "committed_sum": money(found.committed),
        "interested": number(found.interested_places),
        "interested_sum": money(found.interested),
    }


def state_says(round_):
    """Return the sentence on how far a round's list is."""
    if round_.is_frozen():
        return _("The list froze on %(when)s.") % {"when": weekday_moment(round_.closes_at)}
    when = weekday_moment(round_.closes_at)
    return _(
        "The round is open until %(when)s; the list freezes then. Until then there is nothing to hand over."
    ) % {"when": when}


def handed_says(given):
    """Return the sentence on whether, when and to whom a list was handed over."""
    if not given.handed_over_on:
        return _("Not handed over.")
    facts = {"day": day(given.handed_over_on), "to": given.handed_over_to, "who": given.handed_over_by}
    if given.handed_over_how == HandedOver.MAIL:
        return _("Sent on %(day)s to %(to)s by %(who)s.") % facts
    return _("Handed over on %(day)s: %(to)s. Marked by %(who)s.") % facts


def title_of(given):
    """Return what a list is called on pages."""
    facts = {"number": given.number}
    if given.compared_with_id:
        return _("List %(number)s, differences") % facts
    return _("List %(number)s") % facts


# --- Columns -----------------------------------------------------------------------------------------------------


def columns(words, rows):
    """Return the columns of a list on the page; its files have those of ``commitment_list.columns``.

    Ceilings stand on the page where one of ``rows`` has one: few have, and the table has little room.
    """
    ceilings = any(row.ceiling is not None for row in rows)

    def told(key):
        return lambda row: listed.value(row, key, words)

    labels = _page_labels(words)
    sums = [key for key in labels if key in {"yearly", "ceiling"} or key.startswith(listed.LOT)]
    return [
        Column(
            "name",
            labels["name"],
            told("name"),
            order_by=("name_sv" if words.language == "sv" else "name_fi",),
        ),
        Column("code", _("Code"), told("code"), order_by=("code",), on_page=False),
        Column("business_id", labels["business_id"], told("business_id"), _or_missing("business_id")),
        Column("answer", labels["answer"], told("answer"), order_by=("answer",)),
        *(
            _sum(
                key,
                labels[key],
                told(key),
                order_by=(key,) if key in {"yearly", "ceiling"} else (),
                on_page=ceilings or key != "ceiling",
            )
            for key in sums
        ),
        Column("contact", labels["contact_name"], told("contact_name"), _contact),
        Column("decision", _("Decision"), lambda row: _decision(row, words)),
        Column(
            "final_on",
            labels["final_on"],
            told("final_on"),
            lambda row: day(row.final_on) or _("not known"),
            order_by=("final_on",),
        ),
        Column("marks", labels["marks"], told("marks"), css="long"),
    ]


def _page_labels(words):
    """Return the labels of the columns on the page, where each sum has its sign and the caption says “without VAT”."""
    labels = {key: label.removesuffix(", €") for key, label in listed.columns(words)}
    short = {
        "yearly": _("Volume a year"),
        "ceiling": _("At most a year"),
        "contact_name": pgettext("of a municipality", "Contact"),
        "final_on": _("Final on"),
    }
    return labels | {key: label for key, label in short.items() if key in labels}


def _sum(key, label, value, order_by=(), *, on_page=True):
    return Column(
        key, label, value, lambda row: money(value(row)), css="num", order_by=order_by, on_page=on_page
    )


def _or_missing(key):
    return lambda row: keep(getattr(row, key)) if getattr(row, key) else _("missing")


def _contact(row):
    if not row.counts:
        return ""
    return row.contact_name if row.contact_name and row.contact_email else _("missing")


def _decision(row, words):
    facts = [
        listed.value(row, "body", words),
        day(row.decided_on),
        section_sign(row.section),
        row.case_number,
    ]
    return ", ".join(filter(None, facts))


def change_columns(words):
    """Return the columns of differences on the page: of each line only what differs, as “before → now”."""
    labels = _page_labels(words)

    def what(change):
        return "; ".join(
            f"{labels[key]}: {_shown(change.before, key, words) or '–'} → {_shown(change.after, key, words) or '–'}"
            for key in change.keys
        )

    def now(key):
        return lambda change: _shown(change.row, key, words)

    return [
        Column("name", labels["name"], now("name")),
        Column("code", labels["code"], now("code")),
        Column("change", pgettext("column of differences", "Change"), lambda change: CHANGES[change.kind]()),
        Column("answer", labels["answer"], now("answer")),
        Column("yearly", labels["yearly"], now("yearly"), css="num"),
        Column("what", _("What changed"), what),
    ]


def _shown(row, key, words):
    value = listed.value(row, key, words)
    if value is None:
        return ""
    if key in listed.MONEY or key.startswith(listed.LOT):
        return money(value)
    return day(value) if key in listed.DAYS else str(value)


def foot(rows, words, shown):
    """Return the line of sums under the list on the page, as partials/sheet.html draws it."""
    found = listed.sums(rows, words.lots)
    cells = {"yearly": money(found.total)}
    for lot, pair in found.by_lot.items():
        cells[f"{listed.LOT}{lot}"] = money(sum(pair, listed.ZERO))
    label = ngettext("%(n)s municipality, together", "%(n)s municipalities, together", found.places)
    first, rest = {"value": label % {"n": number(found.places)}}, [c for c in shown if c.on_page][1:]
    return [first, *({"value": cells.get(c.key, ""), "css": c.css, "label": c.label} for c in rest)]


# --- Files -------------------------------------------------------------------------------------------------------


def list_job(given):
    """Return how far a list's file is, as partials/progress.html draws it."""
    args = [given.round.procurement_id, given.number]
    waits = given.state in {DocumentState.QUEUED, DocumentState.MAKING}
    return {
        "id": "file",
        "poll_url": reverse("procurement:commitment_list_progress", args=args) if waits else "",
        "says": _file_says(given),
        "done": 0,
        "total": 1,
        "template": "procurement/parts/list_file.html",
        "given": given,
    }


def _file_says(document):
    if document.state == DocumentState.READY:
        return _("The file is ready. It holds the whole list as it stood on %(when)s.") % {
            "when": day(document.made_on)
        }
    if document.state == DocumentState.FAILED:
        return _("The file could not be made: %(reason)s") % {"reason": document.reason}
    return _("The file is being made.")


def forms_job(round_):
    """Return how far the printed forms are, with the newest of them."""
    forms = round_.forms.select_related("municipality").order_by("-pk")
    counts = progress(forms)
    if not counts["total"]:
        says = _("No form has been printed yet.")
    elif counts["running"]:
        says = _("%(made)s of %(total)s files made.") % {
            "made": counts["ready"] + counts["failed"],
            "total": counts["total"],
        }
    else:
        says = _("All %(total)s files are ready.") % counts
        if counts["failed"]:
            says = _("%(ready)s of %(total)s files are ready, %(failed)s failed.") % counts
    url = reverse("procurement:commitment_form_progress", args=[round_.procurement_id])
    return {
        "id": "files",
        "poll_url": url if counts["running"] else "",
        "says": says,
        "done": counts["ready"] + counts["failed"],
        "total": counts["total"],
        "template": "procurement/parts/form_files.html",
        "files": forms[:20],
        "round": round_,
    }


# --- Receipts ----------------------------------------------------------------------------------------------------


def receipt(event, given):
    """Return the receipt of an act on a list, as partials/receipt.html draws it; None for other acts."""
    if event.verb == "ask":
        what = _("The list has been frozen as it stood")
        next_ = _("Look at it below. When the file is ready, send it or mark it handed over.")
    elif event.verb == "hand_over" and event.details["how"] == HandedOver.MAIL:
        what = _("The list has been sent")
        next_ = _("The letter stands among those sent. Later changes go as a list of differences.")
    elif event.verb == "hand_over":
        what = _("The list has been marked handed over")
        next_ = _("Later changes go as a list of differences.")
    else:
        return None
    rows = [(_("What"), what), (_("List"), title_of(given))]
    if given.handed_over_on:
        rows.append((_("To whom"), given.handed_over_to))
    rows += [(_("When"), moment(event.at)), (_("Receipt"), event.number), (_("What next"), next_)]
    return {"rows": rows}
