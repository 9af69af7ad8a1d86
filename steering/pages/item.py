"""The page of an item: its texts and papers as far as the person may read them, and what may be done with it."""

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from consortium.gather import Part
from consortium.models import AuditEvent
from consortium.templatetags.portal import day, file_size, moment
from members.models import AnnualBudget
from procurement.models import Award, Procurement
from procurement.models.paper import counted
from procurement.pages.papers import opened_words
from steering.models import ItemPaper, Proposal
from steering.models.item_paper import readings_of
from steering.pages import item_decision
from steering.pages.meeting import who

VERBS = {
    "edit": gettext_lazy("Texts changed"),
    "move": gettext_lazy("Moved on the agenda"),
    "restrict": gettext_lazy("Kept from the public"),
    "open": gettext_lazy("Opened to the public"),
    "add": gettext_lazy("Paper added"),
    "withdraw": gettext_lazy("Paper taken back"),
}
ACTS = {
    "edit": gettext_lazy("Write the texts better"),
    "move": gettext_lazy("Move on the agenda"),
    "restrict": gettext_lazy("Keep it from the public"),
    "open": gettext_lazy("Open it to the public"),
    "remove": gettext_lazy("Take it off the agenda"),
}
PAPER_ACTS = {
    "open": gettext_lazy("Open it to the public"),
    "restrict": gettext_lazy("Keep it from the public"),
    "withdraw": gettext_lazy("Take it back"),
}


def says(user, item, today):
    """Return how things stand with the item; how it ended only to those who may know."""
    found = []
    if item.outcome and item_decision.knows(user, item.meeting):
        found.append(_("Ended: %(outcome)s.") % {"outcome": item.get_outcome_display()})
    if item.is_restricted(today):
        until = item.restricted_until if item.restricted_ground else None
        words = _("Not public: %(ground)s.")
        if until:
            words = _("Not public until %(day)s: %(ground)s.")
        found.append(words % {"ground": item.ground, "day": day(until) if until else ""})
    if not found and item.meeting.called_on is None:
        return _("Being prepared. It is public from the call on.")
    return " ".join(found) or _("Public.")


def acts(user, item, today):
    """Return what the person may do with the item."""
    found, open_to = [], item.steps_open_to(user)
    if "add_paper" in open_to:
        url = reverse("steering:paper_new", args=[item.pk])
        found.append({"label": _("Add a paper"), "url": url})
    for verb, label in ACTS.items():
        restricted = item.is_restricted(today)
        if verb not in open_to or (verb == "open" and not restricted) or (verb == "restrict" and restricted):
            continue
        if verb == "remove" and (item.moved_from_id or item.action_id):
            continue
        main = verb == "edit" and not (item.background or item.proposed)  # an item says what it is about
        url = reverse(f"steering:item_{verb}", args=[item.pk])
        found.append({"label": str(label), "url": url, "main": main})
    return sorted(found, key=lambda act: not act.get("main"))


def texts(user, item, today):
    """Return the item's background and the proposed decision."""
    context = {"background": item.background, "proposed": item.proposed, "source": source(user, item)}
    return [Part(_("The matter"), "steering/parts/item_texts.html", context)]


def source(user, item):
    """Return the link to what the item comes from, where the person may open it; or None."""
    readers = {
        "proposal": (Proposal, _("The proposal")),
        "budget": (AnnualBudget, _("The budget")),
        "procurement": (Procurement, _("The procurement")),
        "award": (Award, _("The award decision")),
    }
    for name, (model, label) in readers.items():
        pk = getattr(item, f"{name}_id")
        found = model.objects.visible_to(user).filter(pk=pk).first() if pk else None
        if found:
            return {"label": label, "url": found.get_absolute_url()}
    if item.action_id and user.is_authenticated and user.has_perm("steering.list_actions"):
        return {"label": _("The action"), "url": item.action.get_absolute_url()}
    return None


def papers(user, item, today):
    """Return the papers that the person may read; for the service centre how often each was opened."""
    rows = list(ItemPaper.objects.visible_to(user, today).filter(item=item).order_by("pk"))
    may = {v for v in ItemPaper.STEPS if rows and user.has_perm(f"steering.{v}_itempaper", item)}
    readings = readings_of(rows) if rows and user.is_authenticated and user.is_staff else {}
    found = []
    for paper in rows:
        paper.item = item
        row = {
            "title": paper.title,
            "lang": paper.language,
            "url": reverse("steering:paper_file", args=[paper.pk]),
            "size": file_size(paper.file.size),
            "notes": [],
            "acts": [
                {"label": str(PAPER_ACTS[verb]), "url": reverse(f"steering:paper_{verb}", args=[paper.pk])}
                for verb in ItemPaper.STEPS
                if verb in may and paper.allows(verb)
            ],
        }
        if paper.withdrawn_at:
            facts = {"when": moment(paper.withdrawn_at), "reason": paper.withdrawn_reason.rstrip(".")}
            row["notes"].append(_("Taken back %(when)s: %(reason)s.") % facts)
        elif paper.restricted_ground and paper.is_restricted(today):
            row["notes"].append(_("Not public: %(ground)s.") % {"ground": paper.restricted_ground})
        if user.is_authenticated and user.is_staff:
            row["notes"].append(opened_words(*counted(readings.get(paper.pk, []))))
        found.append(row)
    note = ngettext("%(n)s paper", "%(n)s papers", len(found)) % {"n": len(found)}
    return [Part(_("Papers"), "steering/parts/item_papers.html", {"rows": found}, note=note, is_list=True)]


def history(user, item, today):
    """Return what has been done with the item, for those who prepare it; how often others opened its page."""
    if not user.is_authenticated or not user.has_perm("steering.edit_item", item):
        return []
    events = AuditEvent.objects.about(item, *ItemPaper.objects.filter(item=item))
    rows = [
        {
            "when": event.at,
            "what": VERBS.get(event.verb, event.verb),
            "who": who(event, user),
            "note": _opened(event),
        }
        for event in events
    ]
    words = opened_words(*counted(item.readings())) if user.is_staff else ""
    if not rows and not words:
        return []
    context = {"history": rows, "opened": words}
    return [Part(_("History"), "steering/parts/history.html", context, is_list=True)]


def _opened(event):
    if event.details.get("openings") is None:
        return ""
    times = event.details["openings"]
    return ngettext("Opened %(n)s time before.", "Opened %(n)s times before.", times) % {"n": times}


# f(user, item, today) -> gather.Parts of the item's page, in the order in which they stand
PARTS = [texts, item_decision.part, papers, history]


def parts(user, item, today, offered):
    """Return the parts of the item's page; acts without room in its head stand in a part of their own."""
    found = [part for function in PARTS for part in function(user, item, today)]
    rest = [{"what": act["label"], "url": act["url"]} for act in offered[2:]]
    if rest:
        found.insert(1, Part(_("What can be done"), "steering/parts/acts.html", {"rows": rest}, is_list=True))
    return found
