"""Proposals on the pages that gather: what waits for a municipality and for the service centre, and what was found."""

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from consortium import clock
from consortium.gather import Hit, Part, Task
from consortium.models import AuditEvent
from consortium.templatetags.portal import clock_time, weekday_day
from members.models import Municipality
from steering.filters import proposal_words
from steering.models import Answer, Proposal, ProposalState, Support
from steering.pages import proposals as words

MOST = 10
TOLD = ["submit", "support", "take_back", "withdraw"]


def menu(user):
    """Return the menu's line, the same for everybody."""
    return [{"label": _("Steering group"), "url": reverse("steering:front")}]


def home(user, municipality, today):
    """Return the municipality's proposals that were returned to be prepared and have not been made again."""
    rows = Proposal.objects.filter(municipality=municipality, state=ProposalState.DECIDED)
    rows = rows.filter(answer=Answer.RETURNED, followed_by__isnull=True)
    told = _("Prepare the proposal further: %(title)s")
    return [
        Task(
            title=told % {"title": row.title},
            url=row.get_absolute_url(),
            text=_(
                "The steering group returned it with its reasons. Make it again when it is ready, or leave it."
            ),
            since=row.decided_on,
            kind=_("proposal"),
        )
        for row in rows.filter(decided_on__gte=today.replace(year=today.year - 1, day=1))
    ]


def done(user, municipality, today):
    """Return the municipality's latest acts with proposals as receipts."""
    supported = Support.objects.filter(municipality=municipality).values("proposal")
    own = Q(municipality=municipality) | Q(pk__in=supported)
    rows = {row.pk: row for row in Proposal.objects.visible_to(user).filter(own)}
    if not rows:
        return []
    events = AuditEvent.objects.about(*rows.values()).filter(verb__in=TOLD)[:20]
    found = []
    for event in events:
        if event.details.get("municipality", municipality.pk) != municipality.pk:
            continue
        row = rows[event.record_id]
        if event.verb in {"submit", "withdraw"} and row.municipality_id != municipality.pk:
            continue
        who = _("The service centre") if event.by.is_staff and not user.is_staff else event.by.get_full_name()
        facts = {"who": who, "time": clock_time(event.at), "number": event.number}
        found.append(
            Task(
                title=f"{row.number} {row.title}: {words.VERBS[event.verb]}",
                url=f"{row.get_absolute_url()}?receipt={event.pk}",
                note=_("%(who)s at %(time)s. Receipt %(number)s") % facts,
                since=clock.date_of(event.at),
                done=True,
            )
        )
    return found[:3]


def member_parts(user, municipality, today):
    """Return the municipality's proposals, where each stands, and the way to make one."""
    rows = Proposal.objects.visible_to(user).filter(municipality=municipality)
    shown = rows.select_related("procurement")[:MOST]
    lines = [_line(row) for row in shown]
    link = None
    is_member = Municipality.objects.members_on(today).filter(pk=municipality.pk).exists()
    if not (is_member or lines):
        return []
    if is_member and user.has_perm("steering.add_proposal"):
        link = {"label": _("Make a proposal"), "url": reverse("steering:proposal_new")}
    context = {"rows": lines, "link": link, "all": reverse("steering:proposal_list")}
    note = ngettext("%(n)s proposal", "%(n)s proposals", len(lines)) % {"n": len(lines)}
    return [Part(_("Our proposals"), "steering/parts/own_proposals.html", context, note=note, is_list=True)]


def _line(row):
    return {
        "when": weekday_day(words.day_of(row)),
        "what": f"{row.number} {row.title}",
        "lang": row.language,
        "url": row.get_absolute_url(),
        "state": {"word": words.state_word(row), "css": "done" if row.state == ProposalState.DONE else ""},
    }


def municipality_parts(user, municipality, today):
    """Return the municipality's proposals that the person, or a visitor, may follow."""
    rows = Proposal.objects.visible_to(user).filter(municipality=municipality)[:MOST]
    lines = [_line(row) for row in rows]
    if not lines:
        return []
    note = ngettext("%(n)s proposal", "%(n)s proposals", len(lines)) % {"n": len(lines)}
    context = {"rows": lines, "link": None, "all": ""}
    template = "steering/parts/own_proposals.html"
    return [
        Part(_("Proposals to the steering group"), template, context, note=note, is_list=True, folds=True)
    ]


def procurement_parts(user, procurement, today):
    """Return the proposals that became a joint procurement, for its page."""
    rows = Proposal.objects.visible_to(user).filter(became_procurement=procurement)
    lines = [_line(row) for row in rows]
    if not lines:
        return []
    context = {"rows": lines, "link": None, "all": ""}
    note = ngettext("%(n)s proposal", "%(n)s proposals", len(lines)) % {"n": len(lines)}
    template = "steering/parts/own_proposals.html"
    return [Part(_("Proposals behind it"), template, context, note=note, is_list=True)]


def tasks(user, today):
    """Return what waits for the service centre: proposals to be received, to be answered, to be told the end of."""
    if not user.is_staff:
        return []
    ready = list(Proposal.objects.to_finish().order_by("decided_on", "pk"))
    return [
        *_to_treat(Proposal.objects.waiting()),
        *_task(
            ready,
            ngettext("Tell what came of %(n)s proposal", "Tell what came of %(n)s proposals", len(ready)),
            "finishing",
            lambda row: row.decided_on,
        ),
    ]


def duty_tasks(user, today):
    """Return the proposals that wait for chair and secretary."""
    if user.is_staff or not user.has_perm("steering.receive_proposal"):
        return []
    return _to_treat(Proposal.objects.visible_to(user).waiting())


def _to_treat(waiting):
    """Return what waits to be received, and what waits for an agenda or an answer."""
    waiting = list(waiting)
    new = [row for row in waiting if row.state == ProposalState.SUBMITTED]
    unanswered = [row for row in waiting if row.state != ProposalState.SUBMITTED]
    return [
        *_task(
            new,
            ngettext("Receive %(n)s proposal", "Receive %(n)s proposals", len(new)),
            "submitted",
            lambda row: clock.date_of(row.made_at),
        ),
        *_task(
            unanswered,
            ngettext(
                "Put %(n)s proposal on an agenda, or answer it",
                "Put %(n)s proposals on an agenda, or answer them",
                len(unanswered),
            ),
            "waiting",
            lambda row: row.received_on,
        ),
    ]


def _task(rows, title, state, since):
    """Return one line for all of them; it leads to the only one, or to their list."""
    if not rows:
        return []
    url = f"{reverse('steering:proposal_list')}?state={state}"
    names = ", ".join(row.title for row in rows[:3])
    return [
        Task(
            title=title % {"n": len(rows)},
            url=rows[0].get_absolute_url() if len(rows) == 1 else url,
            text=f"{names}.",
            since=since(rows[0]),
            kind=_("proposal"),
        )
    ]


def search(user, text):
    """Return the proposals that the person may read and that hold the words, the newest first."""
    rows = Proposal.objects.visible_to(user).filter(proposal_words(text))[:MOST]
    return [
        Hit(
            _("Proposals"),
            row.title,
            row.get_absolute_url(),
            f"{row.number}, {words.state_words(row)}",
            language=row.language,
        )
        for row in rows
    ]


def my_data(user):
    """Return the proposals that the person has written, and the supports that the person has given."""
    made = Proposal.objects.filter(made_by=user).select_related("municipality").order_by("pk")
    given = Support.objects.filter(by=user).select_related("municipality", "proposal").order_by("pk")
    return [
        (
            "proposals",
            [
                {
                    "number": row.number,
                    "municipality": row.municipality.code,
                    "made": row.made_at,
                    "title": row.title,
                    "text": row.text,
                    "state": row.state,
                }
                for row in made
            ],
        ),
        (
            "supports",
            [
                {"proposal": row.proposal.number, "municipality": row.municipality.code, "at": row.at}
                for row in given
            ],
        ),
    ]


def letters():
    """Return (template, what the letter is called)."""
    called = {
        "proposal_recorded": _("proposal written down"),
        "proposal_received": _("proposal received"),
        "proposal_restricted": _("proposal restricted"),
        "proposal_agenda": _("proposal on an agenda"),
        "proposal_off_agenda": _("proposal off the agenda"),
        "proposal_decided": _("proposal decided"),
        "proposal_done": _("result of a proposal"),
        "action_given": _("action given"),
    }
    return [(f"steering/emails/{name}", label) for name, label in called.items()]
