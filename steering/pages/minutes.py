"""Minutes as their page tells of them: how far they are, what comes next and by whom, their papers."""

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _

from consortium import clock
from consortium.gather import Part
from consortium.models import AuditEvent, DocumentState
from consortium.templatetags.portal import day, keep, long_weekday_day, moment, put_in
from steering import minutes as composed
from steering import minutes_paper
from steering.models import Item, MinutesState, PaperForm
from steering.models.minutes_papers import last_day_of_names

VERBS = {
    "name_checkers": gettext_lazy("Checkers named"),
    "word": gettext_lazy("Wording changed"),
    "send": gettext_lazy("Sent to the checkers"),
    "approve": gettext_lazy("Approved by a checker"),
    "remark": gettext_lazy("Remark by a checker"),
    "rework": gettext_lazy("Taken back to the draft"),
    "sign": gettext_lazy("Signed file attached"),
    "publish": gettext_lazy("Published"),
    "correct": gettext_lazy("Corrected"),
    "extract": gettext_lazy("Extract printed"),
}
LABELS = {
    "name_checkers": gettext_lazy("Name the checkers"),
    "send": gettext_lazy("Send to the checkers"),
    "approve": gettext_lazy("Approve the minutes"),
    "remark": gettext_lazy("Say what should be corrected"),
    "rework": gettext_lazy("Take back to the draft"),
    "sign": gettext_lazy("Attach the signed file"),
    "publish": gettext_lazy("Publish the minutes"),
}
FORMS = {
    PaperForm.FULL: gettext_lazy("Full form"),
    PaperForm.PUBLISHED: gettext_lazy("Published form"),
    PaperForm.NAMELESS: gettext_lazy("Published form without names"),
}


def spoken(language=None):
    """Return the language in which minutes are read on a page: they are in Finnish and Swedish."""
    return "sv" if (language or get_language()) == "sv" else "fi"


def is_insider(user, minutes):
    """Tell whether the person reads more of the minutes than the public does."""
    if not user.is_authenticated:
        return False
    if user.is_staff or user.has_perm("steering.view_meeting", minutes.meeting):
        return True
    return user.has_perm("steering.approve_minutes", minutes)


def text_of(user, minutes):
    """Return (the minutes as plain values, or None, and what keeps a draft from being told) for a reader."""
    language = spoken()
    try:
        insider = is_insider(user, minutes)
        text = minutes.seen_by(user, language) if insider else minutes.shown(language)
        return minutes_paper.told(text, language), []
    except composed.Untrue:
        return None, minutes.hindrances()


def says(user, minutes, today):
    """Return how things stand with the minutes, in a sentence or two."""
    held = clock.date_of(minutes.meeting.opened_at)
    facts = {"body": minutes.body.name, "day": keep(long_weekday_day(held))}
    words = put_in(_("Meeting of the %(body)s on %(day)s."), **facts)
    return put_in("%(held)s %(state)s", held=words, state=_state_says(user, minutes, today))


def _state_says(user, minutes, today):
    if minutes.state == MinutesState.DRAFT:
        return _("The draft follows what was recorded in the meeting.")
    if minutes.state == MinutesState.CHECKING:
        waiting = [row.get_full_name() for row, approved_at in minutes.checkers if approved_at is None]
        return _("Being checked; waiting for %(names)s.") % {"names": ", ".join(waiting)}
    if minutes.state == MinutesState.CHECKED:
        return _("Checked by both; the signed file is still to be attached.")
    if minutes.state == MinutesState.SIGNED:
        return _("Signed on %(day)s; not published yet.") % {"day": day(minutes.signed_on)}
    words = _("Published on %(day)s.") % {"day": day(clock.date_of(minutes.published_at))}
    if not minutes.shows_names(today):
        told = _("People's names have not been shown since %(day)s.")
        if is_insider(user, minutes):
            told = _("The public has not been shown people's names since %(day)s.")
        words += " " + told % {"day": day(minutes.names_until)}
    return words


def acts(user, minutes, today):
    """Return what the person may do with the minutes now, the main act first."""
    found = []
    open_to = minutes.steps_open_to(user)
    order = ["approve", "send", "sign", "publish", "name_checkers", "remark", "rework"]
    if minutes.state == MinutesState.DRAFT and minutes.first_checker_id is None:
        order = ["name_checkers"]
    for verb in order:
        if verb not in open_to or (verb in {"approve", "remark"} and not minutes.awaits(user)):
            continue
        if verb == "publish" and minutes.state == MinutesState.PUBLISHED and not minutes.is_outdated(today):
            continue
        label = LABELS[verb]
        if verb == "publish" and minutes.state == MinutesState.PUBLISHED:
            label = _("Publish anew")
        found.append(
            {
                "label": label,
                "url": url(minutes, verb),
                "quiet": verb in {"name_checkers", "rework"} and bool(minutes.first_checker_id),
            }
        )
    return found


def url(minutes, verb):
    """Return the address of a step."""
    return reverse(f"steering:minutes_{verb}", args=[minutes.meeting_id])


def item_url(minutes, number):
    """Return the address of one item of the minutes."""
    return reverse("steering:minutes_item", args=[minutes.meeting_id, number])


def parts(user, minutes, told, faults, today):
    """Return the parts of the page: the text, then, for those who may, checking, papers and history."""
    found = []
    insider = is_insider(user, minutes)
    if minutes.state == MinutesState.DRAFT and (missing := faults or minutes.hindrances()):
        found.append(Part(_("Still missing"), "steering/parts/sentences.html", {"lines": missing}))
    if told:
        found += _text_parts(user, minutes, told)
    if insider and minutes.checkers:
        found.append(checking_part(user, minutes))
    if papers := papers_part(user, minutes, today):
        found.append(papers)
    return found


def _text_parts(user, minutes, told):
    language = told["language"]
    entries = []
    for entry in told["entries"]:
        has_page = bool(entry["lines"]) and minutes.pk is not None
        entries.append(entry | {"url": item_url(minutes, entry["number"]) if has_page else ""})
    count = ngettext("%(n)s matter", "%(n)s matters", len(entries)) % {"n": len(entries)}
    lines = "steering/parts/sentences.html"
    return [
        Part(_("Meeting"), lines, {"lines": told["opening"], "language": language}),
        Part(_("Attendance"), lines, {"lines": told["attendance"], "language": language}),
        Part(
            _("Items"),
            "steering/parts/minutes_entries.html",
            {"entries": entries, "language": language},
            note=count,
            is_list=True,
        ),
        Part(_("End of the meeting"), lines, {"lines": told["end"], "language": language}),
    ]


def checking_part(user, minutes):
    """Return who checks the minutes, what they have approved and, of what the reader may read, want corrected."""
    rows = [
        (
            person.get_full_name(),
            _("approved %(moment)s") % {"moment": moment(at)} if at else _("not yet approved"),
        )
        for person, at in minutes.checkers
    ]
    readable = Item.objects.visible_to(user).filter(meeting=minutes.meeting_id).values("pk")
    remarks = minutes.remarks.filter(Q(item__isnull=True) | Q(item__in=readable), answered_at__isnull=True)
    remarks = list(remarks.select_related("by", "item"))
    return Part(_("Checking"), "steering/parts/checking.html", {"rows": rows, "remarks": remarks})


def may_read_whole(user, minutes):
    """Tell whether a person may read every item of the minutes, and so their full and signed form."""
    if not is_insider(user, minutes):
        return False
    items = minutes.meeting.items.filter(number__isnull=False)
    return not items.exclude(pk__in=Item.objects.visible_to(user).values("pk")).exists()


def papers_of(user, minutes, today):
    """Return the papers that a person may have: the newest of each form and language."""
    if minutes.pk is None:
        return []
    forms = []
    if may_read_whole(user, minutes) and minutes.full:
        forms.append(PaperForm.FULL)
    rows = []
    for form in forms:
        for language in ("fi", "sv"):
            paper = minutes.papers.filter(form=form, language=language).order_by("-pk").first()
            rows += [paper] if paper else []
    if minutes.state == MinutesState.PUBLISHED:
        for language in ("fi", "sv"):
            paper = minutes.paper_for_all(language, today)
            rows += [paper] if paper else []
    return rows


def papers_part(user, minutes, today):
    """Return the part of the page with its PDFs, or None where there is none to be had."""
    rows = papers_of(user, minutes, today)
    signed = minutes.signed_file and may_read_whole(user, minutes)
    if not rows and not signed:
        return None
    return Part(_("As PDF"), "steering/parts/job.html", {"job": progress(user, minutes, rows, signed)})


def progress(user, minutes, rows, signed):
    """Return how far the papers are, as partials/progress.html draws it, with those that are ready."""
    running = [row for row in rows if row.state in {DocumentState.QUEUED, DocumentState.MAKING}]
    ready = [row for row in rows if row.state == DocumentState.READY]
    if running:
        told = _("The PDF is being made.")
    elif len(ready) < len(rows):
        told = _("The PDF could not be made.")
    else:
        told = _("The web page goes first; the PDF says the same.")
    papers = [
        {
            "label": FORMS[row.form],
            "language": row.language,
            "name": row.get_language_name(),
            "size": row.size,
            "url": reverse("steering:minutes_paper", args=[row.key]),
        }
        for row in ready
    ]
    return {
        "id": "papers",
        "poll_url": reverse("steering:minutes_progress", args=[minutes.meeting_id]) if running else "",
        "says": told,
        "done": len(ready),
        "total": len(rows),
        "template": "steering/parts/minutes_papers.html",
        "papers": papers,
        "again": _again_url(user, minutes, rows),
        "signed": reverse("steering:minutes_signed", args=[minutes.meeting_id]) if signed else "",
    }


def _again_url(user, minutes, rows):
    """Return where papers that failed are asked for again, for whoever may, or nothing."""
    if not any(row.state == DocumentState.FAILED for row in rows):
        return ""
    may = user.has_perm("steering.extract_minutes", minutes)
    return reverse("steering:minutes_again", args=[minutes.meeting_id]) if may else ""


def history_part(minutes):
    """Return what has been done with the minutes, for those who run or read them from inside."""
    if minutes.pk is None:
        return None
    events = [
        {
            "when": event.at,
            "what": VERBS.get(event.verb, event.verb),
            "who": event.by.get_full_name() if event.by else _("The portal"),
        }
        for event in AuditEvent.objects.about(minutes)
    ]
    if not events:
        return None
    return Part(_("History"), "members/parts/history.html", {"history": events}, is_list=True)


def receipt(event, reader):
    """Return the receipt of an act for partials/receipt.html, or None."""
    if event is None or event.by != reader:
        return None
    rows = [(_("What"), VERBS.get(event.verb, event.verb))]
    if event.details.get("section"):
        rows.append((_("Item"), f"§ {event.details['section']}"))
    rows += [(_("When"), moment(event.at)), (_("Number of the receipt"), event.number)]
    return {"title": _("Recorded"), "rows": rows}


def names_would_go(minutes):
    """Return the last day on which people are named, were the minutes published today."""
    return last_day_of_names(minutes.first_published_on or clock.today())


def item_acts(user, minutes, item):
    """Return what the person may do with one item of the minutes."""
    found = []
    if user.has_perm("steering.word_minutes", minutes) and minutes.allows("word"):
        found.append({"label": _("Write it better"), "url": _item_step_url("word", minutes, item)})
    if minutes.pk and user.has_perm("steering.correct_minutes", minutes) and minutes.allows("correct"):
        found.append({"label": _("Correct the item"), "url": _item_step_url("correct", minutes, item)})
    return found


def _item_step_url(verb, minutes, item):
    return reverse(f"steering:minutes_{verb}", args=[minutes.meeting_id, item.number])


def extracts(user, minutes, item):
    """Return the newest extract of an item in each language, for insiders who may read the item."""
    if minutes.pk is None or not is_insider(user, minutes):
        return []
    if not Item.objects.visible_to(user).filter(pk=item.pk).exists():
        return []
    rows = minutes.papers.filter(form=PaperForm.EXTRACT, section=item.number)
    return list(rows.order_by("language", "-pk").distinct("language"))
