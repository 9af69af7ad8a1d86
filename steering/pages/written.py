"""Written procedures as their pages tell of them: how they stand now, who has answered, what comes next."""

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from consortium import clock
from consortium.gather import Part, Task
from consortium.models import AuditEvent
from consortium.templatetags.portal import day, keep, moment, put_in, weekday_moment
from members.models import AnnualBudget
from procurement.models import Procurement
from steering.models import AsideKind, Position, Proposal, WrittenMatter
from steering.models.written import Reason
from steering.written import State

VERBS = {
    "begin": gettext_lazy("Sent to the members"),
    "answer": gettext_lazy("Answer recorded"),
    "step_aside": gettext_lazy("Recorded who does not answer"),
    "settle": gettext_lazy("Outcome written down"),
    "put_on_agenda": gettext_lazy("Put on an agenda"),
    "carry_out": gettext_lazy("Outcome carried out"),
    "open": gettext_lazy("Opened to the public"),
}
LABELS = {
    "answer": gettext_lazy("Give the answer"),
    "step_aside": gettext_lazy("I do not answer"),
    "put_on_agenda": gettext_lazy("Put on an agenda"),
    "carry_out": gettext_lazy("Carry the outcome out"),
    "open": gettext_lazy("Open it to the public"),
}


def reads_inside(user, matter):
    """Tell whether a person reads who has answered what: the group, the service centre, the auditor."""
    if not user.is_authenticated:
        return False
    if user.is_staff or user.has_perm("steering.list_written"):
        return True
    return user.has_perm("steering.answer_writtenmatter", matter)


def says(matter, standing):
    """Return how a matter stands now, in a sentence or two, by the clock and not by who has closed it."""
    if standing.state == State.OPEN:
        left = len(standing.missing)
        words = ngettext("%(n)s seat has not answered.", "%(n)s seats have not answered.", left) % {"n": left}
        facts = {"moment": keep(weekday_moment(matter.deadline)), "left": words}
        return put_in(
            _("Answers by %(moment)s. %(left)s If one is missing then, the matter goes to a meeting."),
            **facts,
        )
    on = keep(moment(standing.ended_at))
    if standing.state == State.SETTLED:
        words = _("Settled in writing on %(moment)s: accepted.")
        if standing.result == "against":
            words = _("Settled in writing on %(moment)s: rejected.")
        return put_in(words, moment=on)
    why = ", ".join(str(Reason(reason.value).label) for reason in standing.reasons)
    if matter.item_id:
        words = _("Not settled in writing: %(why)s. It is on the agenda of the meeting %(number)s.")
        return put_in(words, why=why, number=matter.item.meeting.number)
    return put_in(_("Not settled in writing: %(why)s. It goes to the next meeting."), why=why)


def acts(user, matter, standing):
    """Return what the person may do now, the main act first."""
    found = []
    open_to = matter.steps_open_to(user)
    running = standing.state == State.OPEN
    seat = matter.sitters.group.seat_of(user.pk)
    label = _("Record an answer that has come") if seat is None else LABELS["answer"]
    if running and "answer" in open_to and may_answer(user, matter, seat):
        found.append({"label": label, "url": _url(matter, "answer")})
        if seat is not None and "step_aside" in open_to:
            found.append({"label": LABELS["step_aside"], "url": _url(matter, "step_aside")})
    to_meeting = standing.state == State.TO_MEETING and matter.item_id is None and matter.may_go_to_meeting()
    if to_meeting and "put_on_agenda" in open_to:
        found.append({"label": LABELS["put_on_agenda"], "url": _url(matter, "put_on_agenda")})
    if "carry_out" in open_to and may_carry_out(matter, standing):
        found.append({"label": LABELS["carry_out"], "url": _url(matter, "carry_out")})
    if standing.state == State.SETTLED and user.has_perm("steering.manage_actions"):
        url = f"{reverse('steering:action_new')}?written={matter.pk}"
        found.append({"label": _("Have something done"), "url": url})
    if "open" in open_to and matter.has_ground():
        found.append({"label": LABELS["open"], "url": _url(matter, "open"), "quiet": True})
    return found


def may_carry_out(matter, standing):
    """Tell whether the outcome waits to be carried out here: an award of several lots is recorded on its own page."""
    if not matter.is_waiting(standing):
        return False
    if matter.procurement_id is None:
        return True
    row = matter.procurement
    return row.allows("award") and len(row.undecided_lots()) == 1 and row.offers.standing().exists()


def _source(user, matter):
    """Return the link to what the matter is about, where the person may open it; or None."""
    for name, model, label in (
        ("proposal", Proposal, _("The proposal")),
        ("budget", AnnualBudget, _("The budget")),
        ("procurement", Procurement, _("The procurement")),
    ):
        pk = getattr(matter, f"{name}_id")
        found = model.objects.visible_to(user).filter(pk=pk).first() if pk else None
        if found:
            return {"label": label, "url": found.get_absolute_url()}
    return None


def may_answer(user, matter, seat):
    """Tell whether an answer of the person would count; one who runs the body records those of others."""
    if seat is None:
        return True
    if any(row.user_id == user.pk and row.kind == AsideKind.CONFLICT for row in matter.asides.all()):
        return False
    if not matter.is_seated(user):
        return False
    own = (seat.member or seat.deputy) == user.pk
    return own or any(row.deputy_id == user.pk for row in matter.asides.all())


def _url(matter, verb):
    return reverse(f"steering:written_{verb}", args=[matter.pk])


def parts(user, matter, standing):
    """Return the parts of a matter's page; who answered what is for the group alone."""
    text = {
        "background": matter.background,
        "proposed": matter.proposed,
        "source": _source(user, matter),
    }
    found = [Part(_("Matter"), "steering/parts/written_text.html", text)]
    if matter.is_restricted():
        words = _("Not public: %(ground)s.") % {"ground": matter.closed_because}
        if matter.has_ground() and matter.restricted_until:
            words = _("Not public: %(ground)s, until %(until)s.") % {
                "ground": matter.closed_because,
                "until": day(matter.restricted_until),
            }
        found.append(Part(_("Restriction"), "steering/parts/sentences.html", {"lines": [words]}))
    if standing.state == State.SETTLED:
        counts = _counts(standing)
        lines = [counts]
        if matter.carried_out_at:
            lines.append(_("Carried out on %(day)s.") % {"day": day(clock.date_of(matter.carried_out_at))})
        found.append(Part(_("Result"), "steering/parts/sentences.html", {"lines": lines}))
    if reads_inside(user, matter):
        found.append(_answers_part(matter, standing))
        history = [
            {
                "when": event.at,
                "what": VERBS.get(event.verb, event.verb),
                "who": event.by.get_full_name() if event.by else _("The portal"),
            }
            for event in AuditEvent.objects.about(matter)
        ]
        found.append(Part(_("History"), "members/parts/history.html", {"history": history}, is_list=True))
    return found


def _counts(standing):
    given = [answer.position.value for answer in standing.answers.values()]
    words = _("For %(votes_for)s, against %(votes_against)s.")
    return words % {"votes_for": given.count("for"), "votes_against": given.count("against")}


def _answers_part(matter, standing):
    """Return each seat with the answer that stands, or who owes one."""
    people, positions = matter.sitters.people, dict(Position.choices)
    because = {(row.user_id, row.at): row.because for row in matter.answers.all()}
    asides = {row.user_id: row for row in matter.asides.all()}
    rows = []
    for seat in matter.sitters.group.seats:
        answer = standing.answers.get(seat.key)
        own = people.get(seat.member)
        name = (
            f"{own.name} ({own.municipality})"
            if own and own.municipality
            else own.name
            if own
            else _("vacant seat")
        )
        aside = asides.get(seat.member)
        note = aside.get_kind_display() if aside else ""
        if answer and answer.person != seat.member:
            note = ", ".join(
                filter(None, [note, _("deputy: %(name)s") % {"name": people[answer.person].name}])
            )
        rows.append(
            {
                "name": name,
                "answer": positions[answer.position.value] if answer else _("no answer yet"),
                "because": because.get((answer.person, answer.at), "") if answer else "",
                "note": note,
            }
        )
    done = len(standing.answers)
    note = _("%(done)s of %(seats)s have answered") % {"done": done, "seats": len(rows)}
    return Part(_("Answers"), "steering/parts/written_answers.html", {"rows": rows}, note=note)


def receipt(event, reader):
    """Return the receipt of an act for partials/receipt.html, or None."""
    if event is None or event.by != reader:
        return None
    rows = [(_("What"), VERBS.get(event.verb, event.verb)), (_("When"), moment(event.at))]
    return {"title": _("Recorded"), "rows": [*rows, (_("Number of the receipt"), event.number)]}


# --- On gathered pages -----------------------------------------------------------------------------------------


def to_settle(user, today):
    """Return what the service centre does with matters whose time is over: those that go to a meeting."""
    if not user.is_staff:
        return []
    return [
        Task(
            title=_("Put the written procedure %(number)s on an agenda") % {"number": row.number},
            url=row.get_absolute_url(),
            text=_("It was not settled in writing."),
            since=clock.date_of(row.ended_at),
            kind=_("steering group"),
        )
        for row in WrittenMatter.objects.waiting_for_meeting()
    ] + [
        Task(
            title=_("Carry out the written procedure %(number)s") % {"number": row.number},
            url=row.get_absolute_url(),
            text=_("It has been settled in writing."),
            since=clock.date_of(row.ended_at),
            kind=_("steering group"),
        )
        for row in WrittenMatter.objects.waiting_to_be_carried_out()
    ]


def to_answer(user):
    """Return the open matters that wait for the person's answer, as Tasks."""
    rows = WrittenMatter.objects.visible_to(user).filter(state="open", deadline__gte=clock.now())
    own, found = set(rows.asked_of(user).values_list("pk", flat=True)), []
    for row in rows.order_by("deadline").prefetch_related("answers", "asides"):
        asides = row.asides.all()
        asked = row.pk in own and not any(aside.user_id == user.pk for aside in asides)
        called = any(aside.deputy_id == user.pk and aside.deputy_ended_at is None for aside in asides)
        if (asked or called) and not any(answer.user_id == user.pk for answer in row.answers.all()):
            found.append(_answer_task(row))
    return found


def _answer_task(row):
    return Task(
        title=_("Answer the written procedure %(number)s") % {"number": row.number},
        url=row.get_absolute_url(),
        text=_("Without your answer the matter goes to a meeting."),
        due_on=clock.date_of(row.deadline),
        kind=_("steering group"),
    )
