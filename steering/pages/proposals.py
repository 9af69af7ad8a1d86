"""Proposals as the pages tell of them: on their own page and wherever pages gather."""

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from consortium import clock
from consortium.models import AuditEvent
from consortium.templatetags.portal import day, long_weekday_day, place_name, weekday_day
from members.models import Municipality
from procurement.models import Procurement
from procurement.pages.own import own_places
from steering.models import UNSETTLED, Action, ActionState, Item, Outcome, ProposalState
from steering.models.attachment import MOST
from steering.models.proposal_set import CARRIED_OUT

VERBS = {
    "submit": gettext_lazy("Proposal made"),
    "edit": gettext_lazy("Proposal changed"),
    "attach": gettext_lazy("File added"),
    "remove_attachment": gettext_lazy("File removed"),
    "support": gettext_lazy("Supported"),
    "take_back": gettext_lazy("Support taken back"),
    "receive": gettext_lazy("Proposal received"),
    "restrict": gettext_lazy("Restricted"),
    "open": gettext_lazy("Opened to everybody"),
    "put_on_agenda": gettext_lazy("Put on an agenda"),
    "return_from_agenda": gettext_lazy("Taken off the agenda"),
    "decide": gettext_lazy("Decided"),
    "become": gettext_lazy("Went forward"),
    "finish": gettext_lazy("Done"),
    "withdraw": gettext_lazy("Proposal withdrawn"),
}
ORDER = [  # of the acts; the first that is a main one is the page's button
    *("receive", "agenda", "finish", "become", "decide", "support", "take_back"),
    *("edit", "attach", "again", "restrict", "open", "withdraw"),
]
MEMBERS_OWN = {"submit", "edit", "attach", "remove_attachment", "support", "take_back", "withdraw"}
MAIN = {"receive", "agenda", "finish"}


def says(proposal, meetings):
    """Return how things stand with a proposal, in a sentence with its day. ``meetings``: those that took it up."""
    facts = {"name": place_name(proposal.municipality), "answer": proposal.get_answer_display()}
    if proposal.state == ProposalState.SUBMITTED:
        facts["day"] = long_weekday_day(proposal.made_at)
        return _("Proposed by %(name)s on %(day)s. It has not been received yet.") % facts
    if proposal.state == ProposalState.RECEIVED:
        facts["day"] = long_weekday_day(proposal.received_on)
        return _("Received on %(day)s. It waits for a meeting, or for an answer without one.") % facts
    if proposal.state == ProposalState.AGENDA:
        return _on_agenda(meetings[-1] if meetings else None)
    if proposal.state == ProposalState.WITHDRAWN:
        return _("%(name)s has taken the proposal back.") % facts
    facts["day"] = long_weekday_day(proposal.decided_on)
    if proposal.state == ProposalState.DONE:
        facts["done"] = long_weekday_day(proposal.finished_on)
        return _("Done on %(done)s. It was decided on %(day)s: %(answer)s.") % facts
    if proposal.answer in CARRIED_OUT:
        return _("Decided on %(day)s: %(answer)s. What comes of it is told here.") % facts
    return _("Decided on %(day)s: %(answer)s.") % facts


def _on_agenda(meeting):
    if meeting is None:
        return _("On the agenda of a meeting of the steering group.")
    if meeting.starts_at is None:
        return _("On the agenda of meeting %(number)s. The day is still being chosen.") % {
            "number": meeting.number
        }
    facts = {"number": meeting.number, "day": long_weekday_day(meeting.starts_at)}
    return _("On the agenda of meeting %(number)s on %(day)s.") % facts


def about(proposal):
    """Return the sentence that the proposal is not public, or that it will not be, and why; empty when it is."""
    if proposal.in_tender and not proposal.restricted_ground:
        return _("Not public until the award. Ground: %(ground)s.") % {"ground": proposal.ground}
    if proposal.is_restricted():
        facts = {"ground": proposal.ground.rstrip(".")}
        if proposal.restricted_until:
            facts["day"] = weekday_day(proposal.restricted_until)
            return _("Not public before the end of %(day)s. Ground: %(ground)s.") % facts
        return _("Not public for the time being. Ground: %(ground)s.") % facts
    waits = proposal.procurement_id and proposal.procurement.state == "prepared"
    if waits and proposal.state in UNSETTLED and not proposal.opened_in_tender:
        return _("From the opening of the round of commitments to the award it is not public.")
    return ""


def items_of(user, proposal):
    """Return the items that took the proposal up, the first first, each knowing whether the person may read it."""
    rows = list(proposal.items.select_related("meeting__body").order_by("meeting__year", "meeting__serial"))
    seen = set(Item.objects.visible_to(user).filter(proposal=proposal).values_list("pk", flat=True))
    for row in rows:
        row.readable = row.pk in seen
    return rows


def path(proposal, items):
    """Return the steps of the proposal's path as the page draws them."""
    name = place_name(proposal.municipality)
    state, order = proposal.state, list(ProposalState)
    steps = [
        _step(proposal.made_at, _("Proposed"), body=name),
        _step(
            proposal.received_on,
            _("Received"),
            now=state == ProposalState.SUBMITTED and _("Waits to be received"),
        ),
    ]
    if state == ProposalState.WITHDRAWN:
        done = [step for step in steps if step["state"] == "done"]
        return [*done, _step(None, _("Taken back"), done=True)]
    for item in items:
        steps.append(_agenda_step(item))
    if not items and order.index(state) < order.index(ProposalState.DECIDED):
        steps.append(_step(None, _("On an agenda, or answered without a meeting"), now=state == "received"))
    body = proposal.get_answer_display().capitalize() if proposal.answer else ""
    if proposal.in_writing_id:
        body = _("%(answer)s, in the written procedure %(number)s") % {
            "answer": body,
            "number": proposal.in_writing.number,
        }
    elif proposal.answer and proposal.decided_in_id is None:
        body = _("%(answer)s, without a meeting") % {"answer": body}
    steps.append(
        _step(
            proposal.decided_on,
            _("Decided"),
            body=body,
            now=state == ProposalState.AGENDA and _("Waits for the decision"),
        )
    )
    if not proposal.answer or proposal.answer in CARRIED_OUT:
        steps.append(
            _step(
                proposal.finished_on, _("Done"), now=state == ProposalState.DECIDED and _("Being carried out")
            )
        )
    return steps


def _step(on, title, *, body="", now=False, done=False):
    """Return a step of the path. ``now``: whether it is the present one, or what the present one is called."""
    state = "done" if on or done else "now" if now else "coming"
    title = now if state == "now" and now is not True else title
    return {"when": weekday_day(on) if on else "", "title": title, "body": body, "state": state}


def _agenda_step(item):
    meeting = item.meeting
    told = (
        item.outcome and item.readable and item.outcome != Outcome.DECIDED
    )  # the decision is a step of its own
    word = item.get_outcome_display() if told else ""
    title = _("On the agenda of meeting %(number)s") % {"number": meeting.number}
    when = weekday_day(meeting.starts_at) if meeting.starts_at else _("day still open")
    step = {"when": when, "title": title, "body": word.capitalize(), "state": "done"}
    if item.readable:
        step |= {"template": "steering/parts/item_link.html", "url": item.get_absolute_url()}
    return step


def forward(user, proposal):
    """Return the links to what the proposal became and what it followed, those that the person may open."""
    found = []
    if proposal.became_procurement_id:
        row = Procurement.objects.visible_to(user).filter(pk=proposal.became_procurement_id).first()
        if row:
            found.append((_("Became the joint procurement"), f"{row.number} {row.title}", row))
    if proposal.became_project_id:
        found.append((_("Became the project"), proposal.became_project.name, proposal.became_project))
    visible = type(proposal).objects.visible_to(user)
    if proposal.follows_id and (row := visible.filter(pk=proposal.follows_id).first()):
        found.append((_("Prepared further from"), str(row), row))
    for row in visible.filter(follows=proposal):
        found.append((_("Made again as"), str(row), row))
    return [{"label": label, "title": title, "url": row.get_absolute_url()} for label, title, row in found]


def actions(user, proposal):
    """Return the proposal's actions as rows; who does them is told to those who follow the actions."""
    rows = proposal.actions.select_related("owner")
    open_to = set(Action.objects.visible_to(user).filter(proposal=proposal).values_list("pk", flat=True))
    hidden = set(rows.restricted().exclude(pk__in=open_to).values_list("pk", flat=True))
    if proposal.is_restricted():
        hidden = set()  # whoever reads this page reads the restricted proposal itself
    return [action_row(row, row.pk in open_to) for row in rows if row.pk not in hidden]


def action_row(action, whole):
    """Return an action as a row of a list. ``whole``: with its owner and its page."""
    row = {"when": _("by %(day)s") % {"day": weekday_day(action.due_on)}, "what": action.text}
    row["text"] = action.owner.get_full_name() if whole else ""
    row["url"] = action.get_absolute_url() if whole else ""
    if action.state == ActionState.OPEN:
        late = action.is_overdue()
        row["state"] = {"word": _("late") if late else _("to be done"), "css": "waiting"}
    else:
        row["when"] = weekday_day(action.ended_on)
        row["state"] = {"word": action.get_state_display(), "css": "done" if action.state == "done" else ""}
        row["note"] = action.result
    return row


def acts(user, proposal, supported, files):
    """Return what the person may do with a proposal now, the main act first.

    ``supported``: pks of the municipalities that support it; ``files``: how many it has.
    """
    if not user.is_authenticated:
        return []
    open_to = set(proposal.steps_open_to(user)) - {"put_on_agenda", "return_from_agenda"}
    own = {row.pk for row in own_places(user)}
    taken = supported | {proposal.municipality_id}
    if "support" in open_to and (
        proposal.is_restricted() or not (user.is_staff or could_support(user, taken).exists())
    ):
        open_to.discard("support")
    if "take_back" in open_to and not (supported & own or (user.is_staff and supported)):
        open_to.discard("take_back")
    if "open" in open_to and not proposal.is_restricted():
        open_to.discard("open")
    waits = (
        proposal.state in {ProposalState.RECEIVED, ProposalState.AGENDA} and not proposal.is_being_settled()
    )
    if not waits:
        open_to.discard("decide")
    if proposal.answer and proposal.answer not in CARRIED_OUT:
        open_to -= {"finish", "become"}
    if waits and user.has_perm("steering.put_on_agenda_proposal", proposal):
        open_to.add("agenda")
    belongs = user.has_perm("steering.edit_proposal", proposal)
    if belongs and proposal.state in UNSETTLED and files < MOST:
        open_to.add("attach")
    if belongs and proposal.answer == "returned":
        open_to.add("again")
    found = []
    for verb in [verb for verb in ORDER if verb in open_to]:
        # who belongs to the proposer and to another municipality has the own proposal first, then the support
        main = verb in MAIN or verb == ("edit" if belongs else "support")
        main = main and not any(act["main"] for act in found)
        label = act_words(verb, proposal, user)
        found.append({"label": label, "url": act_url(verb, proposal), "main": main})
    return sorted(found, key=lambda act: not act["main"])


def could_support(user, taken):
    """Return the person's members that neither made nor support it. ``taken``: pks of those that do."""
    own = Municipality.objects.members_on(clock.today()) & Municipality.objects.of(user)
    return own.exclude(pk__in=taken)


def act_url(verb, proposal):
    """Return the page of an act."""
    if verb == "again":
        return f"{reverse('steering:proposal_new')}?follows={proposal.pk}"
    name = {"attach": "attachment_new"}.get(verb, f"proposal_{verb}")
    return reverse(f"steering:{name}", args=[proposal.pk])


def act_words(verb, proposal, user):
    """Return what an act's link and button say to a person; a support says whose it is."""
    if verb == "support" and not user.is_staff:
        taken = {proposal.municipality_id, *proposal.supports.values_list("municipality", flat=True)}
        own = could_support(user, taken)
        if len(own) == 1:
            return _("Support the proposal: %(name)s") % {"name": place_name(own[0])}
    return {
        "receive": _("Receive the proposal"),
        "agenda": _("Put it on an agenda"),
        "decide": _("Answer without a meeting"),
        "become": _("Take it forward as a procurement or a project"),
        "finish": _("Tell what came of it"),
        "support": _("Support the proposal"),
        "take_back": _("Take a support back"),
        "edit": _("Write the proposal better"),
        "attach": _("Add a file"),
        "again": _("Make it again, prepared further"),
        "restrict": _("Restrict the proposal"),
        "open": _("Open it to everybody"),
        "withdraw": _("Withdraw the proposal of %(name)s") % {"name": place_name(proposal.municipality)},
    }[verb]


def history(proposal, reader):
    """Return what has been done with a proposal, the latest first; other municipalities' people are not named."""
    names = {
        row.municipality_id: row.municipality for row in proposal.supports.select_related("municipality")
    }
    names[proposal.municipality_id] = proposal.municipality
    own = {row.pk for row in own_places(reader)}
    found = []
    for event in AuditEvent.objects.about(proposal):
        who = _who(event, proposal, names, own, reader)
        note = _place(event, names) if event.verb in {"support", "take_back"} else ""
        what = VERBS.get(event.verb, event.verb)
        found.append({"when": event.at, "what": what, "who": who, "note": "" if note == who else note})
    return found


def _place(event, names):
    place = names.get(event.details.get("municipality"))
    return place_name(place) if place else ""


def _who(event, proposal, names, own, reader):
    if event.by is None:
        return _("The portal")
    if reader.is_staff:
        return event.by.get_full_name()
    if event.by.is_staff:
        return _("The service centre")
    if event.verb not in MEMBERS_OWN:
        return _("The steering group")
    acted_for = event.details.get("municipality", proposal.municipality_id)
    if acted_for in own:
        return event.by.get_full_name()
    return place_name(names[acted_for]) if acted_for in names else _("A municipality")


def supporters(count):
    """Return how many municipalities support a proposal, in words."""
    return ngettext("%(n)s municipality", "%(n)s municipalities", count) % {"n": count}


def day_of(proposal):
    """Return the day of the state in which a proposal is."""
    return (
        proposal.finished_on or proposal.decided_on or proposal.received_on or clock.date_of(proposal.made_at)
    )


def state_word(proposal):
    """Return the state in a word; of a decided one what was decided."""
    word = proposal.get_answer_display() if proposal.state == ProposalState.DECIDED else None
    return (word or proposal.get_state_display()).capitalize()


def state_words(proposal):
    """Return the state in words with its day, for a line of a list."""
    return f"{state_word(proposal)} {day(day_of(proposal))}"
